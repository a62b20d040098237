// The uniform random walk over interleavings (Zhao, Wolff, Mathur, Roychoudhury, ASPLOS 2025): a task is
// picked with a chance in proportion to the steps that it has left. Where no step waits and the numbers are
// right, every interleaving is equally likely. (The plain random walk picks tasks with equal chances, which
// lets short ones end early.) What is left is what runs of practice took on average, less what was taken.

import { practiceSteps } from "./practice";
import { weightOf, weightsBegin, weightSet, weightsPick } from "./weights";

let present: u32 = 0;

/** The counter is the schedule's. */
export function urwBegin(counter: u64): void {
  weightsBegin(counter);
  present = 0;
}

/** The slot to step. */
export function urwPick(runnable: u32, live: u32): u32 {
  for (let fresh = live & ~present; fresh; fresh &= fresh - 1) {
    const slot = <u32>ctz(fresh);
    weightSet(slot, practiceSteps(slot));
  }
  present = live;
  const slot = weightsPick(runnable);
  const left = weightOf(slot);
  if (left > 1) weightSet(slot, left - 1);
  return slot;
}
