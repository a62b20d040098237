// The course of one run, whoever picks: it begins, steps with the checks that hold always, and is concluded.

import { IMAGE_ALWAYS, IMAGE_CHECKS, Outcome, Violation } from "../abi";
import { FOOT_ALWAYS, footprintTo, RECORDING } from "../core/footprint";
import { programBegin, programChecks } from "./program";
import { live, outcome, runnable, setOutcome, setSteps, steps, threadCount, violate } from "./state";
import { step } from "./step";
import { imageWord, taskSite } from "./task";

/** The state in which the threads begin; what must hold always holds there too, or the run is over. */
export function courseBegin(): void {
  programBegin();
  courseCheck(imageWord(IMAGE_ALWAYS));
}

/** After each step: the checks that hold always. */
// @ts-ignore: decorator
@inline
export function courseCheck(always: u32): void {
  if (!always || outcome != Outcome.RUNNING) return;
  if (!RECORDING) programChecks(0, always);
  else {
    const recorded = footprintTo(0);
    if (recorded) footprintTo(FOOT_ALWAYS);
    programChecks(0, always);
    footprintTo(recorded);
  }
}

/** A step of a run, with the checks that hold always. */
export function courseStep(slot: u32, always: u32): void {
  setSteps(steps + 1);
  step(slot);
  courseCheck(always);
}

/** The last task has ended, or nobody can go on: says how the run ended. */
export function courseConclude(): void {
  if (outcome != Outcome.RUNNING) return;
  if (runnable) violateLimit();
  else if (live) violateDeadlock();
  else {
    programChecks(imageWord(IMAGE_ALWAYS), imageWord(IMAGE_CHECKS));
    if (outcome == Outcome.RUNNING) setOutcome(Outcome.DONE);
  }
}

function violateLimit(): void {
  const slot = <u32>ctz(runnable);
  violate(Violation.STEP_LIMIT, 0, slot, taskSite(slot), -1, -1);
}

/** The place is where the first of those who are stuck stands, the other side where the next one does. */
function violateDeadlock(): void {
  const slot = first(live);
  const rest = live & ~(1 << slot);
  violate(Violation.DEADLOCK, 0, slot, taskSite(slot), -1, rest ? <i32>(taskSite(first(rest)) >> 4) : -1);
}

/** Threads by number, then kworkers and callbacks by where they stand: which slots they got is chance. */
function first(slots: u32): u32 {
  let found = <u32>ctz(slots);
  if (found < threadCount) return found;
  for (let rest = slots & (slots - 1); rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    if (taskSite(slot) < taskSite(found)) found = slot;
  }
  return found;
}
