// Runs a campaign: hands out shards, merges what they found, knows when to stop. Which shards count is a
// function of the plan and the rules alone (but for time and interruption), never of the number of workers.

import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { Shard } from "../work/job.ts";
import { emptyTally, mergeTallies } from "../work/tally.ts";
import { countGroups, type FindingGroup, groupFindings } from "./keys.ts";
import { type EnginePlan, planShardWithin, SCHEDULES_MAX } from "./plan.ts";

export interface StopRules {
  /** Exactly this many schedules. */
  readonly schedules?: number;
  /** Wall time, milliseconds. */
  readonly timeMs?: number;
  /** Stops after the shortest run of shards from the first on that shows this many groups of findings. */
  readonly untilFinding?: number;
}

export type EndedBy = "schedules" | "time" | "until-finding" | "interrupted";

export interface Progress {
  readonly elapsedMs: number;
  readonly schedules: number;
  readonly steps: number;
  readonly shards: number;
  readonly findings: readonly FindingGroup[];
}

export interface Runner {
  readonly workers: number;
  run(shard: Shard): Promise<RawTally>;
}

export interface Campaign {
  readonly tally: RawTally;
  readonly endedBy: EndedBy;
  readonly elapsedMs: number;
}

export interface LoopOptions {
  readonly program: Program;
  readonly pool: Runner;
  readonly rules: StopRules;
  /** Which engine runs which shards; default: the scalar machine. */
  readonly engine?: EnginePlan;
  /** Interrupts: no further shard, and what is under way is dropped. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

/** When time is up, shards under way are waited for this long, then dropped. */
const GRACE_MS = 1000;

export async function runCampaign(options: LoopOptions): Promise<Campaign> {
  const { pool, program, rules, signal, onProgress } = options;
  const clock = options.clock ?? (() => performance.now());
  const started = clock();
  const within = rules.schedules ?? SCHEDULES_MAX;
  const results = collectResults(program, rules.untilFinding);
  let next = 0;
  const ending: { by: EndedBy | null } = { by: null };
  let failure: unknown;
  let flying = 0;
  /** Ends the loop's sleep. (A race of promises would leave a reaction on the lasting ones at every turn.) */
  let wake = (): void => undefined;

  function end(why: EndedBy): void {
    ending.by ??= why;
    wake();
  }
  const interrupt = () => end("interrupted");
  if (signal?.aborted) interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  const timer = rules.timeMs === undefined ? undefined : setTimeout(() => end("time"), rules.timeMs);
  const sleep = (): Promise<void> => {
    return new Promise((resolve) => {
      wake = resolve;
    });
  };

  function take(shard: Shard, result: RawTally): void {
    if (ending.by === "until-finding" || ending.by === "interrupted") return;
    const enough = results.take(shard, result);
    onProgress?.({ elapsedMs: clock() - started, ...results.progress() });
    if (enough) end("until-finding");
  }

  function launch(shard: Shard): void {
    flying++;
    pool
      .run(shard)
      .then((result) => take(shard, result))
      .catch((error: unknown) => {
        // What fails after the end (the pool is being destroyed) is nobody's concern.
        if (ending.by === null || ending.by === "time") failure ??= error;
      })
      .finally(() => {
        flying--;
        wake();
      });
  }

  try {
    while (ending.by === null && failure === undefined) {
      // One shard in the queue for each that runs, so that no worker waits for this thread.
      while (flying < 2 * pool.workers) {
        const shard = planShardWithin(next, within, options.engine);
        if (shard === null) break;
        next++;
        launch(shard);
      }
      if (flying === 0) end("schedules");
      else await sleep();
    }
    if (ending.by === "time") await landing();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", interrupt);
  }
  if (failure !== undefined) throw failure;

  /** Time is up: what is under way may still land, for a while. */
  async function landing(): Promise<void> {
    let late = false;
    const grace = setTimeout(() => {
      late = true;
      wake();
    }, GRACE_MS);
    while (flying > 0 && !late && failure === undefined && signal?.aborted !== true) await sleep();
    clearTimeout(grace);
  }

  const endedBy = ending.by ?? "schedules";
  const tally = endedBy === "until-finding" ? results.prefix() : results.all();
  return { tally, endedBy, elapsedMs: clock() - started };
}

/** Merges results as they come; those from the first shard on without a gap decide when to stop. */
function collectResults(program: Program, untilFinding: number | undefined) {
  let all = emptyTally;
  let prefix = emptyTally;
  let prefixLength = 0;
  let shards = 0;
  const waiting = new Map<number, RawTally>();
  return {
    all: () => all,
    prefix: () => prefix,
    progress: () => ({
      schedules: all.schedules,
      steps: all.steps,
      shards,
      findings: groupFindings(program, all),
    }),
    /** True where the shards without a gap show enough findings; they are the shortest that do. */
    take(shard: Shard, result: RawTally): boolean {
      shards++;
      all = mergeTallies(all, result);
      if (untilFinding === undefined) return false;
      waiting.set(shard.shard, result);
      for (let found = waiting.get(prefixLength); found !== undefined; found = waiting.get(prefixLength)) {
        waiting.delete(prefixLength++);
        prefix = mergeTallies(prefix, found);
        if (countGroups(groupFindings(program, prefix)) >= untilFinding) return true;
      }
      return false;
    },
  };
}
