// Whole runs: many for a shard, one to be recorded, or one step by step.

import { IMAGE_ALWAYS, STEPS_MAX } from "./abi";
import { choiceBegin, CHOICE_DRAW, CHOICE_RECORD, CHOICE_REPLAY } from "./core/choice";
import { PICKS } from "./core/layout";
import { sumsAdd, sumsClear } from "./core/sums";
import { courseBegin, courseConclude, courseStep } from "./machine/course";
import {
  limit, outcome, runnable, setStepsMax, setTallying, steps, stepsMax, violationsClear,
} from "./machine/state";
import { setSchedule, tallyClear } from "./machine/tally";
import { imageWord } from "./machine/task";
import { drawBegin, drawOpen, drawPick, drawRun } from "./schedule/draw";
import { walkOpen, walkShard } from "./schedule/walk";

/**
 * Schedules first..first+count-1 of a campaign, drawn by a member (see abi.ts), each walked over what is
 * known or run step by step.
 */
export function shardDraw(member: u32, seed: u64, first: u64, count: u32, bound: u32): void {
  drawOpen(member, bound);
  setStepsMax(bound);
  choiceBegin(CHOICE_DRAW, 0);
  const walkable = walkOpen(bound);
  tallyClear();
  sumsClear();
  setTallying(true);
  if (walkable) walkShard(seed, first, count, bound);
  else {
    for (let i: u32 = 0; i < count; i++) {
      setSchedule(first + i);
      drawRun(seed, first + i, bound);
      sumsAdd(outcome, limit, steps);
    }
  }
  setTallying(false);
}

/** One schedule, with its picks and choices written down. */
export function recordDraw(member: u32, seed: u64, schedule: u64, bound: u32): void {
  drawOpen(member, bound);
  violationsClear();
  setTallying(false);
  setStepsMax(bound);
  choiceBegin(CHOICE_RECORD, 0);
  const always = imageWord(IMAGE_ALWAYS);
  drawBegin(seed, schedule);
  courseBegin();
  while (runnable && steps < bound) {
    const slot = drawPick();
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
