// Explores many programs within one time: which first, how long each, and when to give up on one. And joins
// what an exploration that did not come to its end has found with what fuzzing found afterwards.
//
// Each has its share of the time that is left, and what one does not need goes to those behind it. All are
// explored within little memory first, what does not fit again in more: so a large one takes little of the
// small ones' time, and what the smaller room took is a small part of what the larger one takes. In more,
// a reduction goes first.

import type { Explored, ExploreRules } from "./explore.ts";
import type { Finding, Summary, Verdict } from "./summary.ts";

export interface ExploreAllOptions {
  readonly programs: number;
  /** Explores a program by its number. */
  readonly explore: (program: number, rules: ExploreRules) => Promise<Explored>;
  readonly rules: { readonly stepsMax: number; readonly bytes: number; readonly timeMs: number };
  /** Programs that may be explored at the same time. */
  readonly abreast: number;
  readonly signal: AbortSignal;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

/** Why a finding happens takes little time in a scenario of up to so many states. */
export const WHY_STATES_MAX = 20_000;

const ROOM_FIRST = 2 << 20;
const ROOM_FACTOR = 16;

/**
 * For each program how far it was explored; null where there was no time to begin. As many go side by side as
 * have room in the memory together.
 */
export async function exploreAll(options: ExploreAllOptions): Promise<(Explored | null)[]> {
  const { rules, signal } = options;
  const clock = options.clock ?? (() => performance.now());
  const deadline = clock() + rules.timeMs;
  const results = Array.from({ length: options.programs }, (): Explored | null => null);
  for (const { bytes, reduce } of rooms(rules.bytes)) {
    const open = [...results.keys()].filter((i) => mayGoFurther(results[i]!, reduce));
    const abreast = Math.max(1, Math.min(options.abreast, open.length, Math.floor(rules.bytes / bytes)));
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < open.length) {
        const left = deadline - clock();
        if (signal.aborted || left <= 0) return;
        const timeMs = Math.min(left, (left * abreast) / (open.length - next));
        const i = open[next++]!;
        const limits = { stepsMax: rules.stepsMax, bytes, timeMs, manner: { reduce } };
        const explored = await options.explore(i, limits);
        if (isBetter(explored, results[i]!)) results[i] = explored;
      }
    };
    await Promise.all(Array.from({ length: abreast }, lane));
  }
  return results;
}

/** What is small is counted in full; of the rest a reduction says soonest what there is to be found. */
function rooms(most: number): { readonly bytes: number; readonly reduce: boolean }[] {
  const first = { bytes: Math.min(ROOM_FIRST, most), reduce: false };
  const sizes: number[] = [];
  for (let bytes = ROOM_FIRST * ROOM_FACTOR; bytes < most; bytes *= ROOM_FACTOR) sizes.push(bytes);
  if (most > ROOM_FIRST) sizes.push(most);
  return [first, ...sizes.flatMap((bytes) => [true, false].map((reduce) => ({ bytes, reduce })))];
}

/** Findings without a reduction come with their exact probability. */
function mayGoFurther(explored: Explored | null, reduce: boolean): boolean {
  if (explored === null || explored.endedBy === "memory" || explored.endedBy === "time") return true;
  return !reduce && explored.reduced && explored.findings.length > 0;
}

function isBetter(explored: Explored, before: Explored | null): boolean {
  if (before === null || explored.endedBy === "complete") return true;
  return before.endedBy !== "complete" && explored.progress.states >= before.progress.states;
}

/** Fuzz's findings, those with a simpler schedule that exploring found, and those that it alone found. */
export function joinFindings(fuzzed: readonly Finding[], explored: readonly Finding[]): Finding[] {
  const byKey = new Map(explored.map((finding) => [finding.key, finding]));
  const joined = fuzzed.map((finding) => {
    const other = byKey.get(finding.key);
    byKey.delete(finding.key);
    if (other === undefined || !isSimpler(other, finding)) return finding;
    const { trace, preemptions, steps, scheduleToken, title } = other;
    return { ...finding, trace, preemptions, steps, scheduleToken, title };
  });
  return [...joined, ...[...byKey.values()].map((finding) => ({ ...finding, count: 0 }))];
}

function isSimpler({ trace: a }: Finding, { trace: b }: Finding): boolean {
  return (a.preemptions - b.preemptions || a.switches - b.switches || a.steps - b.steps) < 0;
}

/** Why the scenario's schedules were not all looked at; null where they were. */
export function reasonNotProved(explored: Explored | null, stepsMax: number): string | null {
  if (explored === null) return "there was no time to explore it";
  const states = `${explored.progress.states.toLocaleString("en-US")} states`;
  switch (explored.endedBy) {
    case "complete":
      return explored.limited.some((n) => n > 0) ? "a limit of the machine was reached" : null;
    case "memory":
      return `${states} filled the memory for exploring`;
    case "states":
      return `${states} are as many as was allowed`;
    case "time":
      return `the time for exploring was up after ${states}`;
    case "interrupted":
      return `interrupted after ${states}`;
    case "preemptions":
      return "schedules with more preemptions were not looked at";
    case "depth":
      return `a schedule takes more than ${stepsMax} steps`;
    case "choices":
      return "a step draws more from choose() than can be enumerated";
  }
}

/** Of all scenarios: a finding counts before a gap, a gap before what was only drawn, that before a proof. */
export function verdictOfAll(scenarios: readonly Pick<Summary, "verdict">[]): Verdict {
  const order: readonly Verdict[] = ["violations", "inconclusive", "none-found"];
  return order.find((verdict) => scenarios.some((one) => one.verdict === verdict)) ?? "proved";
}
