// The strategies behind one door: which of them draws, with its parameters, and who steps next. A strategy
// sees who can step and who lives; some are told which steps conflict, or on which cells. That is looked up
// in the machine where steps are run, and was written down where they are remembered (walk.ts).

import {
  IMAGE_ALWAYS, MEMBER_PARAMETER_SHIFT, MEMBER_STRATEGY_MASK, MEMBER_STEPS_SHIFT, SLOTS, Strategy,
} from "../abi";
import { prngBegin } from "../core/prng";
import { courseBegin, courseCheck, courseConclude } from "../machine/course";
import { pendingCell, pendingConflicts, pendingLook } from "../machine/pending";
import { live, runnable, setSteps } from "../machine/state";
import { step } from "../machine/step";
import { imageWord } from "../machine/task";
import { pctBegin, pctPick } from "./pct";
import { posBegin, posPick, posStepped } from "./pos";
import { practice, practiceContested } from "./practice";
import { randomBegin, randomPick, randomRun } from "./random";
import { stickyBegin, stickyPick } from "./sticky";
import { surwBegin, surwPick } from "./surw";
import { urwBegin, urwPick } from "./urw";

/** A Strategy. */
export let drawStrategy: u32 = Strategy.RANDOM;
let parameter: u32 = 0;
let among: u32 = 0;
/** The strategy asks what pending steps touch. */
export let drawLooks: bool = false;

// What pending steps touch: a word a slot for the cell, then 16 bits a slot for those that it conflicts with.
const LOOK: usize = memory.data(96, 16);
const CONFLICTS: usize = <usize>SLOTS << 2;
/** Bytes of it. */
export const LOOK_BYTES: u32 = SLOTS * 6;
/** Slots of the present run that were looked at where they stand now. */
let looked: u32 = 0;

/** For a shard or a recording, before it: a strategy with its parameters, a number of abi.ts. */
export function drawOpen(member: u32, bound: u32): void {
  drawStrategy = member & MEMBER_STRATEGY_MASK;
  parameter = (member >> MEMBER_PARAMETER_SHIFT) & 0xff;
  among = member >> MEMBER_STEPS_SHIFT;
  drawLooks = drawStrategy == Strategy.POS || drawStrategy == Strategy.SURW;
  const observes = drawStrategy == Strategy.PCT && !among;
  if (observes || drawStrategy == Strategy.URW || drawStrategy == Strategy.SURW) practice(bound);
  if (observes) among = practiceContested;
}

/** For a new run. */
export function drawBegin(seed: u64, number: u64): void {
  looked = 0;
  switch (drawStrategy) {
    case Strategy.PCT: pctBegin(prngBegin(seed, number), parameter, among); return;
    case Strategy.POS: posBegin(prngBegin(seed, number)); return;
    case Strategy.STICKY: stickyBegin(prngBegin(seed, number), parameter); return;
    case Strategy.URW: urwBegin(prngBegin(seed, number)); return;
    case Strategy.SURW: surwBegin(prngBegin(seed, number)); return;
  }
  assert(drawStrategy == Strategy.RANDOM, "no strategy has this number");
  randomBegin(seed, number);
}

/** The slot to step; `look` is what drawLook() wrote of this state, where the strategy asks. */
// @ts-ignore: decorator
@inline
export function drawSlot(runnable: u32, live: u32, look: usize): u32 {
  switch (drawStrategy) {
    case Strategy.PCT: return pctPick(runnable, live);
    case Strategy.POS: {
      const slot = posPick(runnable, live);
      posStepped(slot, load<u16>(look + (<usize>slot << 1), CONFLICTS));
      return slot;
    }
    case Strategy.STICKY: return stickyPick(runnable);
    case Strategy.URW: return urwPick(runnable, live);
    case Strategy.SURW: return surwPick(runnable, live, look);
  }
  return randomPick(runnable);
}

/** The slot to step in the machine's present state. */
export function drawPick(): u32 {
  if (drawLooks) lookAgain();
  const slot = drawPending();
  looked &= ~(1 << slot);
  return slot;
}

function drawPending(): u32 {
  if (drawStrategy != Strategy.POS) return drawSlot(runnable, live, LOOK);
  const slot = posPick(runnable, live);
  posStepped(slot, pendingConflicts(slot, live));
  return slot;
}

/** Looks at the slots that have moved. */
function lookAgain(): void {
  looked &= live;
  for (let rest = live & ~looked; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    pendingLook(slot);
    store<u32>(LOOK + (<usize>slot << 2), pendingCell(slot));
  }
  looked = live;
}

/** Writes down, in LOOK_BYTES from an address, what the pending steps of the present state touch. */
export function drawLook(at: usize): void {
  lookAgain();
  memory.copy(at, LOOK, CONFLICTS);
  for (let rest = live; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    store<u16>(at + (<usize>slot << 1), <u16>pendingConflicts(slot, live), CONFLICTS);
  }
}

/** One schedule of at most so many steps, from its beginning to its end. */
export function drawRun(seed: u64, number: u64, bound: u32): void {
  if (drawStrategy == Strategy.RANDOM) {
    randomRun(seed, number, bound);
    return;
  }
  const always = imageWord(IMAGE_ALWAYS);
  drawBegin(seed, number);
  courseBegin();
  let count: u32 = 0;
  while (runnable && count < bound) {
    count++;
    step(drawPick());
    courseCheck(always);
  }
  setSteps(count);
  courseConclude();
}
