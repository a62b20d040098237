// A random walk that seldom preempts: who stepped last steps on in so many of a hundred cases where it can,
// otherwise anybody who can does, with equal chances. It draws what lets one task run far while another waits
// (Coyote's "probabilistic" strategy is of this kind). With 0 it is the uniform random walk.

import { prngMix, prngNext, prngScale } from "../core/prng";
import { tasksetSelect } from "../core/taskset";

const NOBODY: u32 = 31;

let counter: u64 = 0;
let percent: u32 = 0;
let last: u32 = NOBODY;

/** The counter is the schedule's. */
export function stickyBegin(from: u64, stays: u32): void {
  counter = from;
  percent = stays;
  last = NOBODY;
}

/** The slot to step: one number a step, also where there is no choice. */
// @ts-ignore: decorator
@inline
export function stickyPick(runnable: u32): u32 {
  counter = prngNext(counter);
  const drawn = prngMix(counter);
  // The upper half says who, the lower one whether that is asked at all.
  const stays = prngScale(drawn << 32, 100) < percent;
  if (!(stays && (runnable >> last) & 1)) {
    last = tasksetSelect(runnable, prngScale(drawn, <u32>popcnt(runnable)));
  }
  return last;
}
