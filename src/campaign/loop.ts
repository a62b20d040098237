// Runs a campaign: hands out shards, merges what they found, knows when to stop. Which shards count is a
// function of the plan and the rules alone (but for time and interruption), never of the number of workers.

import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { Shard } from "../work/job.ts";
import { emptyTally, mergeTallies } from "../work/tally.ts";
import { type FindingGroup, groupFindings } from "./keys.ts";
import { planShardWithin, SCHEDULES_MAX } from "./plan.ts";

export interface StopRules {
  /** Exactly this many schedules. */
  readonly schedules?: number;
  /** Wall time, milliseconds. */
  readonly timeMs?: number;
  /** Stops after the shortest run of shards from the first on that shows this many findings. */
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
  /** Results of all shards, and of those from the first one on without a gap. */
  let tally = emptyTally;
  let prefix = emptyTally;
  const waiting = new Map<number, RawTally>();
  let prefixLength = 0;
  let shards = 0;
  let next = 0;
  const ending: { by: EndedBy | null } = { by: null };
  const flying = new Set<Promise<void>>();

  const stop = new Promise<void>((resolve) => {
    signal?.addEventListener("abort", () => end("interrupted", resolve), { once: true });
    if (signal?.aborted) end("interrupted", resolve);
  });
  function end(why: EndedBy, then?: () => void): void {
    ending.by ??= why;
    then?.();
  }

  function take(shard: Shard, result: RawTally): void {
    if (ending.by === "until-finding" || ending.by === "interrupted") return;
    shards++;
    tally = mergeTallies(tally, result);
    waiting.set(shard.shard, result);
    for (let found = waiting.get(prefixLength); found !== undefined; found = waiting.get(prefixLength)) {
      waiting.delete(prefixLength);
      prefixLength++;
      prefix = mergeTallies(prefix, found);
      if (rules.untilFinding !== undefined && groupFindings(program, prefix).length >= rules.untilFinding) {
        end("until-finding");
        break;
      }
    }
    onProgress?.({
      elapsedMs: clock() - started,
      schedules: tally.schedules,
      steps: tally.steps,
      shards,
      findings: groupFindings(program, tally),
    });
  }

  function launch(shard: Shard): void {
    const flight = pool.run(shard).then((result) => take(shard, result));
    flying.add(flight);
    // The race below sees a failure; here it only leaves the set.
    flight.then(
      () => flying.delete(flight),
      () => flying.delete(flight),
    );
  }

  const timer = timeLimit(rules.timeMs);
  void timer.over.then(() => end("time"));
  try {
    for (;;) {
      // One shard in the queue for each that runs, so that no worker waits for this thread.
      while (ending.by === null && flying.size < 2 * pool.workers) {
        const shard = planShardWithin(next, within);
        if (shard === null) break;
        next++;
        launch(shard);
      }
      if (ending.by !== null) break;
      if (flying.size === 0) {
        end("schedules");
        break;
      }
      await Promise.race([...flying, stop, timer.over]);
    }
    if (ending.by === "time") await Promise.race([Promise.all(flying), stop, delay(GRACE_MS)]);
  } finally {
    timer.cancel();
    // Whatever is still under way ends with the pool: nobody asks for it any more.
    for (const flight of flying) flight.catch(() => undefined);
  }
  const endedBy = ending.by ?? "schedules";
  return { tally: endedBy === "until-finding" ? prefix : tally, endedBy, elapsedMs: clock() - started };
}

function timeLimit(ms: number | undefined): { over: Promise<void>; cancel: () => void } {
  if (ms === undefined) return { over: new Promise(() => undefined), cancel: () => undefined };
  let handle: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    handle = setTimeout(resolve, ms);
  });
  return { over, cancel: () => clearTimeout(handle) };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
