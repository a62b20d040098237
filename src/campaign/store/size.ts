// How large a campaign's shards are: chosen once, when it is made, so that one takes a worker about twelve
// seconds on this machine (5 to 30 s where the estimate is off by a factor of two). Small enough that a kill
// on another machine loses little, large enough that recording it costs nothing.

import type { Draw, RawTally } from "../../engine/engine.ts";
import { piecesOf } from "../../work/portfolio.ts";
import { type EnginePlan, planShard } from "../plan.ts";

const TARGET_S = 12;
/** Time to find out how fast the machine is. */
const PROBE_MS = 60;
/** Lanes were not compiled yet when the scalar machine was timed. */
const LANES_FACTOR = 2;
export const JOBS_MAX = 2 ** 14;
/** A job beyond those that grow. */
const LATE_JOB = 1000;

interface Machine {
  fuzz(draw: Draw, first: number, count: number): RawTally;
}

/** Engine jobs of a shard: a power of two, so that machines that are alike agree. */
export function chooseShardJobs(
  machine: Machine,
  draw: Draw,
  engine: EnginePlan,
  clock: () => number = () => performance.now(),
): number {
  let rate = 0;
  const started = clock();
  for (let count = 256; clock() - started < PROBE_MS && count <= 2 ** 20; count *= 2) {
    const before = clock();
    for (const { member, first, count: part } of piecesOf(draw.strategy, 0, count)) {
      machine.fuzz({ ...draw, strategy: member }, first, part);
    }
    rate = count / Math.max(1e-6, (clock() - before) / 1000);
  }
  if (engine === "auto" || engine === "lanes") rate *= LANES_FACTOR;
  const [late, later] = [LATE_JOB, 2 * LATE_JOB].map((job) => planShard(job, engine).first) as [
    number,
    number,
  ];
  const jobs = (rate * TARGET_S * LATE_JOB) / (later - late);
  return Math.min(JOBS_MAX, 2 ** Math.max(0, Math.round(Math.log2(jobs))));
}

/** Enough for a crowd of workers, where the budget has so much. */
const SHARED_SHARDS = 64;
/** As small as this part of the size that is best for one process, no smaller. */
const SHARED_PART = 16;

/** For workers that share a campaign: small enough that a short one has something for each of them. */
export function sharedShardJobs(jobs: number, engine: EnginePlan, schedules: number | undefined): number {
  if (schedules === undefined) return jobs;
  const least = Math.max(1, jobs / SHARED_PART);
  let smaller = jobs;
  while (smaller > least && planShard(smaller * SHARED_SHARDS, engine).first > schedules) smaller /= 2;
  return smaller;
}
