// What a shard sums up over its schedules, besides the tally of what went wrong.

import { Outcome } from "../abi";

export let shardSteps: u64 = 0;
export let shardSchedules: u64 = 0;
export let shardDropped: u64 = 0;

const LIMITS: usize = memory.data(64, 8);

/** Runs that ended at a limit, by LimitKind. */
export function shardLimited(kind: u32): u64 {
  return load<u64>(LIMITS + (<usize>kind << 3));
}

export function sumsClear(): void {
  memory.fill(LIMITS, 0, 64);
  shardSteps = 0;
  shardSchedules = 0;
  shardDropped = 0;
}

/** A run that ended so, after so many steps. */
// @ts-ignore: decorator
@inline
export function sumsAdd(outcome: u32, limit: u32, steps: u32): void {
  if (outcome == Outcome.DROPPED) {
    shardDropped++;
    return;
  }
  if (outcome == Outcome.LIMIT) {
    const at = LIMITS + (<usize>limit << 3);
    store<u64>(at, load<u64>(at) + 1);
  }
  shardSchedules++;
  shardSteps += steps;
}
