// The random walk: at each step uniform among the runnable tasks. A run in which n_i tasks can step at step i
// is drawn with probability prod 1/n_i.

//
// The number for the next step is drawn before this step runs: the machine waits for a mispredicted dispatch
// in each step anyway, and the generator's latency hides behind that.

import { IMAGE_ALWAYS } from "../abi";
import { prngBegin, prngMix, prngNext, prngScale } from "../core/prng";
import { tasksetSelect } from "../core/taskset";
import { courseBegin, courseCheck, courseConclude } from "../machine/course";
import { runnable, setSteps } from "../machine/state";
import { stepInline } from "../machine/step";
import { imageWord } from "../machine/task";

let randomCounter: u64 = 0;
let randomDrawn: u64 = 0;

// @ts-ignore: decorator
@inline
export function randomBegin(seed: u64, schedule: u64): void {
  randomCounter = prngBegin(seed, schedule);
  randomDrawn = prngMix(randomCounter);
}

/** Rank of the one to step among so many: one number a step, also where there is no choice. */
// @ts-ignore: decorator
@inline
export function randomRank(count: u32): u32 {
  const drawn = randomDrawn;
  randomCounter = prngNext(randomCounter);
  randomDrawn = prngMix(randomCounter);
  return prngScale(drawn, count);
}

/** The slot to step. */
// @ts-ignore: decorator
@inline
export function randomPick(runnable: u32): u32 {
  return tasksetSelect(runnable, randomRank(<u32>popcnt(runnable)));
}

/** One schedule of at most so many steps, from its beginning to its end. */
export function randomRun(seed: u64, number: u64, bound: u32): void {
  const always = imageWord(IMAGE_ALWAYS);
  randomBegin(seed, number);
  courseBegin();
  let count: u32 = 0;
  while (runnable && count < bound) {
    count++;
    stepInline(randomPick(runnable));
    courseCheck(always);
  }
  setSteps(count);
  courseConclude();
}
