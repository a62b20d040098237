// Measures contenders: how fast they are, in turns so that whatever else the machine does hits them alike;
// and how long each needs to find what it finds, over many seeds. A campaign is run as `fuzz` runs it.

import type { Program } from "../model/program.ts";
import type { Contender, Throughput, TimeToFinding } from "./benchmark.ts";
import { groupFindings } from "./keys.ts";
import { type Runner, runCampaign } from "./loop.ts";
import type { EnginePlan } from "./plan.ts";

/** A contender with the means to run campaigns of it. */
export interface Measured extends Contender {
  readonly program: Program;
  readonly plan: EnginePlan;
  /** Its worker threads, for campaigns of this seed. */
  start(seed: bigint): Runner & { destroy(): Promise<void> };
}

export interface MeasureOptions {
  readonly signal: AbortSignal;
  /** "round 2 of 6", "seed 3 of 30: lanes random". */
  readonly onProgress: (text: string) => void;
}

/** V8 replaces its first code of a module while that runs: nobody is timed before. */
const WARM_UP_MS = 500;

export async function measureThroughput(
  contenders: readonly Measured[],
  { rounds, seconds, seed }: { readonly rounds: number; readonly seconds: number; readonly seed: bigint },
  { signal, onProgress }: MeasureOptions,
): Promise<Throughput[]> {
  const pools: ReturnType<Measured["start"]>[] = [];
  const rates = contenders.map(() => ({ schedules: [] as number[], steps: [] as number[] }));
  const turn = (n: number, timeMs: number) => {
    const { program, plan } = contenders[n]!;
    return runCampaign({ program, pool: pools[n]!, rules: { timeMs }, engine: plan, signal });
  };
  try {
    for (const contender of contenders) pools.push(contender.start(seed));
    for (const n of contenders.keys()) await turn(n, WARM_UP_MS);
    for (let round = 1; round <= rounds && !signal.aborted; round++) {
      onProgress(`round ${round} of ${rounds}`);
      for (const n of contenders.keys()) {
        const { tally, elapsedMs } = await turn(n, seconds * 1000);
        if (signal.aborted) break;
        rates[n]!.schedules.push((tally.schedules * 1000) / elapsedMs);
        rates[n]!.steps.push((tally.steps * 1000) / elapsedMs);
      }
    }
  } finally {
    for (const pool of pools) await pool.destroy();
  }
  return contenders.map((contender, n) => ({
    ...named(contender),
    schedulesPerSecond: rates[n]!.schedules,
    stepsPerSecond: rates[n]!.steps,
  }));
}

interface SeedOptions {
  /** One campaign each. */
  readonly seeds: readonly bigint[];
  /** After which a campaign gives up. */
  readonly schedules: number;
  /** How many bugs there are, where that is known: a campaign that found them all need not go on. */
  readonly bugs: number | null;
}

/** When a campaign first showed a bug: after how many schedules, milliseconds; and what it is called. */
interface Shown {
  readonly title: string;
  readonly schedules: number;
  readonly ms: number;
}

/** One row for each bug that any of the seeds showed. */
export async function measureFindings(
  contender: Measured,
  { seeds, schedules, bugs }: SeedOptions,
  { signal, onProgress }: MeasureOptions,
): Promise<TimeToFinding[]> {
  const runs: Map<string, Shown>[] = [];
  for (const [n, seed] of seeds.entries()) {
    onProgress(`${contender.engine} ${contender.strategy}: seed ${n + 1} of ${seeds.length}`);
    const pool = contender.start(seed);
    try {
      const run = await firstShown(contender, pool, schedules, bugs, signal);
      if (signal.aborted) break;
      runs.push(run);
    } finally {
      await pool.destroy();
    }
  }
  const titles = new Map(runs.flatMap((run) => [...run].map(([group, { title }]) => [group, title])));
  return [...titles].map(([group, title]) => ({
    ...named(contender),
    group,
    title,
    schedules: runs.map((run) => run.get(group)?.schedules ?? null),
    seconds: runs.map((run) => {
      const shown = run.get(group);
      return shown === undefined ? null : shown.ms / 1000;
    }),
  }));
}

async function firstShown(
  { program, plan }: Measured,
  pool: Runner,
  schedules: number,
  bugs: number | null,
  signal: AbortSignal,
): Promise<Map<string, Shown>> {
  const cameAt = new Map<string, number>();
  const rules = { schedules, ...(bugs === null || bugs === 0 ? {} : { untilFinding: bugs }) };
  const onProgress = ({
    elapsedMs,
    findings,
  }: {
    elapsedMs: number;
    findings: readonly { group: string }[];
  }) => {
    for (const { group } of findings) if (!cameAt.has(group)) cameAt.set(group, elapsedMs);
  };
  const { tally } = await runCampaign({ program, pool, rules, engine: plan, signal, onProgress });
  const shown = new Map<string, Shown>();
  for (const { group, title, first } of groupFindings(program, tally)) {
    if (shown.has(group)) continue;
    shown.set(group, { title, schedules: first + 1, ms: cameAt.get(group) ?? 0 });
  }
  return shown;
}

/** The same rows, and for each bug that only other contenders showed one that says: never, by any seed. */
export function withCensored(
  rows: readonly TimeToFinding[],
  contenders: readonly Contender[],
  seeds: number,
): TimeToFinding[] {
  const titles = new Map(rows.map(({ group, title }) => [group, title]));
  const never = new Array<null>(seeds).fill(null);
  return contenders.flatMap((contender) => {
    const mine = rows.filter((row) => sameContender(row, contender));
    return [...titles].map(([group, title]) => {
      const row = mine.find((r) => r.group === group);
      return row ?? { ...named(contender), group, title, schedules: never, seconds: never };
    });
  });
}

function sameContender(a: Contender, b: Contender): boolean {
  return a.engine === b.engine && a.strategy === b.strategy && a.workers === b.workers;
}

function named({ model, scenario, hash, engine, strategy, workers }: Contender): Contender {
  return { model, scenario, hash, engine, strategy, workers };
}
