// Partial order sampling (Yuan, Yang, Gu, CAV 2018): each step that tasks stand before has a random priority,
// the highest that can be taken is, and then the steps that conflict with it draw anew, as does the next one
// of the task that stepped. So of two steps that conflict neither is known to be low for having waited long,
// which priorities that are kept would make it: every partial order comes up with a probability that does not
// depend on how many steps without a conflict lie in between.
//
// A departure: a step that has to wait has its priority too, and draws anew with the others. What conflicts
// is told before the step is taken (machine/pending.ts), a little more coarsely than it is.

import { priorityBegin, priorityDraw, priorityHighest, priorityMeet } from "./priority";

/** The counter is the schedule's. */
export function posBegin(counter: u64): void {
  priorityBegin(counter);
}

/** The slot to step. */
// @ts-ignore: decorator
@inline
export function posPick(runnable: u32, live: u32): u32 {
  priorityMeet(live);
  return priorityHighest(runnable);
}

/** It is about to step, and these slots stand before steps that conflict with its own. */
// @ts-ignore: decorator
@inline
export function posStepped(slot: u32, conflicts: u32): void {
  for (let rest = conflicts | (1 << slot); rest; rest &= rest - 1) priorityDraw(<u32>ctz(rest));
}
