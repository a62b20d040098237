// Partial-order reduction: which one task's step may be taken alone from a state, all others' being put
// off.
//
// That is sound where the step is independent of every step that the other tasks can take before the task
// itself moves: whatever order would have begun without it, it can be moved to the front (a persistent set
// of one, Godefroid, LNCS 1032; "ample" in Peled's words). Kept are every step of every task with all that
// it sees, up to the order of independent ones, and every state in which a run ends: so every violation,
// every deadlock and what is checked at the end. What is checked always may not depend on the step.
//
// What the others can do is not known beforehand; it is learnt. For each place in the code that begins a
// step, all that steps from there have ever touched is added up (see core/footprint.ts), and to which
// places they led. From where a task stands, that gives what it may come to touch. If a step taken later
// touches more than that, and a decision made before relied on that it would not, exploring begins anew
// with what has been learnt. In the end no decision relied on what is not so: the first step that an order
// put off wrongly would have depended on has the same place and touches the same, up to what it depends on,
// in the orders that were not put off. Some random runs come first, so that hardly anything is new later.
//
// A task cannot take a lock that another holds. So where the task whose step is to be taken holds it, the
// others come as far as that lock, and no further; the same holds of who waits for a read-side section or
// an item of that task. This is what makes the steps inside a critical section come alone.
//
// That no step is put off for ever: the step must lead to a state whose steps have yet to be taken.

import { IMAGE_ALWAYS } from "../abi";
import { choiceBegin, CHOICE_DRAW } from "../core/choice";
import {
  FOOT_BYTES, FOOT_READ, FOOT_STEP, FOOT_WRITTEN, footprintCell, footprintSet,
  footprintsMeet, footprintTasks,
} from "../core/footprint";
import { CELLS, POINTER_LIMIT, SHADOW, SHADOW_LIVE, TASK_WAIT, TASK_WAIT_DOMAIN } from "../core/layout";
import { courseBegin, courseStep } from "../machine/course";
import { live, runnable, steps, taskBlock, waiting } from "../machine/state";
import { imageWord, taskSite } from "../machine/task";
import { NOBODY } from "./bound";
import {
  LEARNT_ALWAYS, learntAfter, learntBefore, learntClaim, learntForget, learntGeneration, learntLock,
  learntLocks, learntNext, learntOpen, learntReach, learntTouched,
} from "./learnt";
import { randomBegin, randomPick } from "./random";

/** Random runs before the first state. */
const PRACTICE: u32 = 256;

/** States from which one step was taken alone. */
export let reduceAlone: u32 = 0;

/** Lays out tables from an address on, and fills them by some random runs; gives their end. */
export function reduceOpen(at: usize, stepsMax: u32): usize {
  answers = learntOpen(at);
  memory.fill(answers, 0, <usize>ANSWERS << 4);
  const always = imageWord(IMAGE_ALWAYS);
  for (let i: u32 = 0; i < PRACTICE; i++) {
    choiceBegin(CHOICE_DRAW, 0);
    randomBegin(0, i);
    learntBefore();
    courseBegin();
    learntAfter(NOBODY);
    while (runnable && steps < stepsMax) {
      const slot = randomPick(runnable);
      learntNext();
      learntBefore();
      courseStep(slot, always);
      learntAfter(slot);
    }
  }
  return answers + (<usize>ANSWERS << 4);
}

/** Begins anew: nothing relies on anything; what was learnt stays. */
export function reduceForget(): void {
  reduceAlone = 0;
  learntForget();
}

/** Of the state in hand: who lives and where, who cannot move before whom. */
const STANDS: usize = memory.data(64, 4);
let stands: u32 = 0;
/** By slot: the locks that it holds, and the slots that wait for it. */
const HOLDS: usize = memory.data(64, 4);
const HELD_UP: usize = memory.data(64, 4);
/** What a decision relies on: that what others may touch does not meet this. */
const CLAIM: usize = memory.data(512, 16);

/** Looks at the present state; gives the slots whose steps may be taken alone, as far as that is known. */
export function reduceCandidates(): u32 {
  stands = live;
  for (let rest = live; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    store<u32>(STANDS + (<usize>slot << 2), taskSite(slot) >> 4);
    store<u32>(HOLDS + (<usize>slot << 2), locksOf(slot));
    store<u32>(HELD_UP + (<usize>slot << 2), waitersOf(slot));
  }
  let candidates: u32 = 0;
  for (let rest = runnable; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    if (promises(slot)) candidates |= 1 << slot;
  }
  return candidates;
}

/** What steps from where a task stands are known to touch meets nothing, as in isAlone(); asked often. */
function promises(slot: u32): bool {
  const site = load<u32>(STANDS + (<usize>slot << 2));
  const locks = load<u32>(HOLDS + (<usize>slot << 2));
  const others = stands & ~(1 << slot) & ~load<u32>(HELD_UP + (<usize>slot << 2));
  if (footprintTasks(learntTouched(site)) & others) return false;
  for (let rest = others; rest; rest &= rest - 1) {
    const other = load<u32>(STANDS + (<usize>ctz(rest) << 2));
    if (meets(slot, site, locks, other)) return false;
  }
  return true;
}

/** Answers that were given: places and slot, locks, what had been learnt (31 bits), and the answer. */
const ANSWERS: u32 = 1 << 14;
let answers: usize = 0;

function meets(slot: u32, site: u32, locks: u32, other: u32): bool {
  const places = (<u64>slot << 32) | (site << 16) | other;
  const entry = <u32>(((places ^ (<u64>locks << 20)) * 0x9e3779b97f4a7c15) >> 50);
  const at = answers + (<usize>entry << 4);
  const asked = learntGeneration << 1;
  if (load<u64>(at) == places && load<u32>(at, 8) == locks && (load<u32>(at, 12) & ~1) == asked) {
    return (load<u32>(at, 12) & 1) != 0;
  }
  memory.copy(CLAIM, learntTouched(site), FOOT_BYTES);
  claimLocks(slot, locks);
  const answer = footprintsMeet(CLAIM, LEARNT_ALWAYS) || footprintsMeet(CLAIM, learntReach(other, locks));
  store<u64>(at, places);
  store<u32>(at, locks, 8);
  store<u32>(at, asked | (answer ? 1 : 0), 12);
  return answer;
}

/** The step that was just taken from that state, with all of its choices, may be the only one. */
export function reduceConfirm(slot: u32): bool {
  memory.copy(CLAIM, FOOT_STEP, FOOT_BYTES);
  if (!isAlone(slot)) return false;
  learntClaim(slot, CLAIM);
  reduceAlone++;
  return true;
}

/** What is in CLAIM, by a task, meets nothing that others may touch before that task moves. */
function isAlone(slot: u32): bool {
  const locks = load<u32>(HOLDS + (<usize>slot << 2));
  claimLocks(slot, locks);
  if (footprintsMeet(CLAIM, LEARNT_ALWAYS)) return false;
  const others = stands & ~(1 << slot) & ~load<u32>(HELD_UP + (<usize>slot << 2));
  // A step of theirs touches their own tasks, whatever else it does.
  if (footprintTasks(CLAIM) & others) return false;
  for (let rest = others; rest; rest &= rest - 1) {
    const site = load<u32>(STANDS + (<usize>ctz(rest) << 2));
    if (footprintsMeet(CLAIM, learntReach(site, locks))) return false;
  }
  return true;
}

/** To CLAIM: the task itself, and the locks: only while they are what they are do they keep others off. */
function claimLocks(slot: u32, locks: u32): void {
  footprintSet(CLAIM, FOOT_WRITTEN, slot);
  for (let rest = locks; rest; rest &= rest - 1) {
    footprintSet(CLAIM, FOOT_READ, footprintCell(learntLock(<u32>ctz(rest))));
  }
}

/** The locks that a task holds, of those that are known. */
function locksOf(slot: u32): u32 {
  let held: u32 = 0;
  for (let i: u32 = 0; i < learntLocks; i++) {
    const pointer = learntLock(i);
    if (pointer >= POINTER_LIMIT || !(load<u8>(<usize>pointer, SHADOW) & SHADOW_LIVE)) continue;
    if (load<u32>(<usize>pointer << 2, CELLS) == slot + 1) held |= 1 << i;
  }
  return held;
}

/** The slots that cannot move until a section, callback or work item of this one is over. */
function waitersOf(slot: u32): u32 {
  let waiters: u32 = 0;
  for (let rest = waiting & live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const task = taskBlock(other);
    const mask = load<u64>(task, TASK_WAIT);
    const own: u64 = load<u32>(task, TASK_WAIT_DOMAIN) ? 0x0001_0001_0001_0001 : 1;
    if (mask & (own << slot)) waiters |= 1 << other;
  }
  return waiters;
}
