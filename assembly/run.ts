// Whole runs: many for a shard, one to be recorded, or one step by step.

import { IMAGE_ALWAYS, STEPS_MAX } from "./abi";
import { choiceBegin, CHOICE_DRAW, CHOICE_RECORD, CHOICE_REPLAY } from "./core/choice";
import { PICKS } from "./core/layout";
import { sumsAdd, sumsClear } from "./core/sums";
import { courseBegin, courseCheck, courseConclude, courseStep } from "./machine/course";
import {
  limit, outcome, runnable, setSchedule, setSteps, setStepsMax, setTallying, steps, stepsMax, tallyClear,
  violationsClear,
} from "./machine/state";
import { stepInline } from "./machine/step";
import { imageWord } from "./machine/task";
import { randomBegin, randomPick } from "./schedule/random";
import { walkKnown, walkLearn, walkLearns, walkOpen } from "./schedule/walk";

/** Schedules first..first+count-1 of a campaign, each walked over what is known or run step by step. */
export function shardRandom(seed: u64, first: u64, count: u32, bound: u32): void {
  tallyClear();
  sumsClear();
  setTallying(true);
  setStepsMax(bound);
  choiceBegin(CHOICE_DRAW, 0);
  const known = walkOpen(bound);
  for (let i: u32 = 0; i < count; i++) {
    const number = first + i;
    setSchedule(number);
    if (known && walkKnown(seed, number, bound)) continue;
    if (known && walkLearns()) walkLearn(seed, number, bound);
    else interpret(seed, number, bound);
    sumsAdd(outcome, limit, steps);
  }
  setTallying(false);
}

/** One schedule, step by step. */
function interpret(seed: u64, number: u64, bound: u32): void {
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

/** One schedule, with its picks and choices written down. */
export function recordRandom(seed: u64, schedule: u64, bound: u32): void {
  violationsClear();
  setTallying(false);
  setStepsMax(bound);
  choiceBegin(CHOICE_RECORD, 0);
  const always = imageWord(IMAGE_ALWAYS);
  randomBegin(seed, schedule);
  courseBegin();
  while (runnable && steps < bound) {
    const slot = randomPick(runnable);
    if (steps < <u32>STEPS_MAX) store<u8>(PICKS + steps, <u8>slot);
    courseStep(slot, always);
  }
  courseConclude();
}

/** A run that is stepped from outside; `choices` results of choose() lie in their buffer. */
export function replayBegin(bound: u32, choices: u32): void {
  violationsClear();
  setTallying(false);
  setStepsMax(bound);
  choiceBegin(CHOICE_REPLAY, choices);
  courseBegin();
}

/** The slot must be runnable. */
export function replayStep(slot: u32): void {
  assert((runnable >> slot) & 1, "a task that cannot step was picked");
  courseStep(slot, imageWord(IMAGE_ALWAYS));
  if (runnable && steps >= stepsMax) courseConclude();
}

/** After the last step: end checks, or the deadlock. */
export function replayFinish(): void {
  courseConclude();
}
