// Whole runs: many for a shard, one to be recorded, or one step by step.

import { IMAGE_ALWAYS, IMAGE_CHECKS, LimitKind, Outcome, STEPS_MAX, Violation } from "./abi";
import { choiceBegin, CHOICE_DRAW, CHOICE_RECORD, CHOICE_REPLAY } from "./core/choice";
import { PICKS } from "./core/layout";
import { programBegin, programChecks } from "./machine/program";
import {
  limit, live, outcome, runnable, setOutcome, setSchedule, setSteps, setStepsMax, setTallying, steps,
  stepsMax, tallyClear, violate, violationsClear,
} from "./machine/state";
import { step, stepInline } from "./machine/step";
import { imageWord, taskSite } from "./machine/task";
import { randomBegin, randomPick } from "./schedule/random";

// Sums of the shard.
export let shardSteps: u64 = 0;
export let shardSchedules: u64 = 0;
export let shardDropped: u64 = 0;

const LIMITS: usize = memory.data(64, 8);

/** Runs that ended at a limit, by LimitKind. */
export function shardLimited(kind: u32): u64 {
  return load<u64>(LIMITS + (<usize>kind << 3));
}

/** A step of a run, with the checks that hold always. */
function advance(slot: u32, always: u32): void {
  setSteps(steps + 1);
  step(slot);
  if (always && outcome == Outcome.RUNNING) programChecks(0, always);
}

/** The last task has ended, or nobody can go on: says how the run ended. */
function conclude(): void {
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

/** The place is where the lowest blocked task stands, the other side where the next one does. */
function violateDeadlock(): void {
  const slot = <u32>ctz(live);
  const rest = live & (live - 1);
  violate(Violation.DEADLOCK, 0, slot, taskSite(slot), -1, rest ? <i32>(taskSite(<u32>ctz(rest)) >> 4) : -1);
}

/** Schedules first..first+count-1 of a campaign. */
export function shardRandom(seed: u64, first: u64, count: u32, bound: u32): void {
  tallyClear();
  memory.fill(LIMITS, 0, 64);
  shardSteps = 0;
  shardSchedules = 0;
  shardDropped = 0;
  setTallying(true);
  setStepsMax(bound);
  choiceBegin(CHOICE_DRAW, 0);
  const always = imageWord(IMAGE_ALWAYS);
  for (let i: u32 = 0; i < count; i++) {
    const number = first + i;
    setSchedule(number);
    randomBegin(seed, number);
    programBegin();
    if (always && outcome == Outcome.RUNNING) programChecks(0, always);
    let count: u32 = 0;
    while (runnable && count < bound) {
      count++;
      stepInline(randomPick(runnable));
      if (always && outcome == Outcome.RUNNING) programChecks(0, always);
    }
    setSteps(count);
    conclude();
    account();
  }
  setTallying(false);
}

function account(): void {
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

/** One schedule, with its picks and choices written down. */
export function recordRandom(seed: u64, schedule: u64, bound: u32): void {
  violationsClear();
  setTallying(false);
  setStepsMax(bound);
  choiceBegin(CHOICE_RECORD, 0);
  const always = imageWord(IMAGE_ALWAYS);
  randomBegin(seed, schedule);
  programBegin();
  if (always && outcome == Outcome.RUNNING) programChecks(0, always);
  while (runnable && steps < bound) {
    const slot = randomPick(runnable);
    if (steps < <u32>STEPS_MAX) store<u8>(PICKS + steps, <u8>slot);
    advance(slot, always);
  }
  conclude();
}

/** A run that is stepped from outside; `choices` results of choose() lie in their buffer. */
export function replayBegin(bound: u32, choices: u32): void {
  violationsClear();
  setTallying(false);
  setStepsMax(bound);
  choiceBegin(CHOICE_REPLAY, choices);
  programBegin();
  const always = imageWord(IMAGE_ALWAYS);
  if (always && outcome == Outcome.RUNNING) programChecks(0, always);
}

/** The slot must be runnable. */
export function replayStep(slot: u32): void {
  assert((runnable >> slot) & 1, "a task that cannot step was picked");
  advance(slot, imageWord(IMAGE_ALWAYS));
  if (runnable && steps >= stepsMax) conclude();
}

/** After the last step: end checks, or the deadlock. */
export function replayFinish(): void {
  conclude();
}
