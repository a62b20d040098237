// The random walk: at each step uniform among the runnable tasks. A run in which n_i tasks can step at step i is
// drawn with probability prod 1/n_i.

import { prngBegin, prngBelow } from "../core/prng";
import { tasksetSelect } from "../core/taskset";

// @ts-ignore: decorator
@inline
export function randomBegin(seed: u64, schedule: u64): void {
  prngBegin(seed, schedule);
}

/** Draws nothing where there is no choice. */
// @ts-ignore: decorator
@inline
export function randomPick(runnable: u32): u32 {
  const count = <u32>popcnt(runnable);
  return count == 1 ? <u32>ctz(runnable) : tasksetSelect(runnable, prngBelow(count));
}
