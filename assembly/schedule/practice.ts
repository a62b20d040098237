// What is to be known of a program beforehand by strategies that plan: how many steps there are at which two
// or more tasks can step, how many steps each slot takes, and which cells several tasks step on how often.
// Always the same schedules are run for it, so that it depends on the program and the bound on steps alone,
// and with it a run on nothing else than its token says.
//
// Half of them are drawn by random priorities without a change, for in those one task runs far while others
// can step: nothing shows more of such steps. The others are uniform random walks.

import { CELLS_MAX, IMAGE_ALWAYS, POINTER_BASE, SLOTS } from "../abi";
import { choiceBegin, CHOICE_DRAW } from "../core/choice";
import { RECORDING } from "../core/footprint";
import { IMAGE, PRACTICE } from "../core/layout";
import { prngBegin } from "../core/prng";
import { courseBegin, courseConclude, courseStep } from "../machine/course";
import { pendingCell, pendingChanges, pendingLook } from "../machine/pending";
import { programNumber } from "../machine/program";
import { cellsEnd, live, runnable, setStepsMax, setTallying, steps, violationsClear } from "../machine/state";
import { imageWord } from "../machine/task";
import { pctBegin, pctPick } from "./pct";
import { randomBegin, randomPick } from "./random";

const RUNS: u32 = 256;
/** No further run after so many steps: loops can be long. */
const STEPS_ALL: u32 = 1 << 18;
const SEED: u64 = 0x70726163;

let program: u32 = 0;
let bound: u32 = 0;
let runs: u32 = 0;

/** Most steps of a run at which two or more tasks could step. */
export let practiceContested: u32 = 0;
/** Most tasks of a run, those that are over included. */
export let practiceTasks: u32 = 0;
/** By slot: steps that it took. */
const STEPS_OF: usize = memory.data(64, 4);

// PRACTICE: by cell and slot how often it was stepped on (16 bits), in place of the last slot whether anybody
// changed it.
const ROW: usize = <usize>SLOTS << 1;
const CHANGED: usize = ROW - 2;
let cells: u32 = 0;

assert(PRACTICE + <usize>CELLS_MAX * ROW <= IMAGE, "every cell has its row");

/** Cells that may be drawn, the most stepped on: cell and how often, which sums up to practiceTargets. */
const TARGETS: usize = memory.data(512, 4);
const TARGETS_MAX: u32 = 64;
let targets: u32 = 0;
export let practiceTargets: u32 = 0;

/** For the program that is loaded, unless it is done; leaves a run behind. */
export function practice(stepsMax: u32): void {
  assert(!RECORDING, "what this engine records of runs lies where practice would count");
  if (program == programNumber && bound == stepsMax) return;
  program = programNumber;
  bound = stepsMax;
  memory.fill(PRACTICE, 0, <usize>cells * ROW);
  memory.fill(STEPS_OF, 0, 64);
  practiceContested = 1;
  practiceTasks = 1;
  cells = 0;
  setTallying(false);
  setStepsMax(stepsMax);
  choiceBegin(CHOICE_DRAW, 0);
  let all: u32 = 0;
  for (runs = 0; runs < RUNS && all < STEPS_ALL; runs++) {
    violationsClear();
    run(runs);
    all += steps;
  }
  violationsClear();
  findTargets();
}

function run(number: u32): void {
  const always = imageWord(IMAGE_ALWAYS);
  const byPriority = (number & 1) == 0;
  if (byPriority) pctBegin(prngBegin(SEED, number), 1, 1);
  else randomBegin(SEED, number);
  courseBegin();
  let contested: u32 = 0;
  let tasks: u32 = 0;
  let present: u32 = 0;
  while (runnable && steps < bound) {
    if (runnable & (runnable - 1)) contested++;
    tasks += <u32>popcnt(live & ~present);
    present = live;
    const slot = byPriority ? pctPick(runnable, live) : randomPick(runnable);
    add(slot);
    courseStep(slot, always);
  }
  courseConclude();
  practiceContested = max(practiceContested, contested);
  practiceTasks = max(practiceTasks, tasks);
  cells = max(cells, cellsEnd - POINTER_BASE);
}

/** A slot is about to step. */
function add(slot: u32): void {
  const at = STEPS_OF + (<usize>slot << 2);
  store<u32>(at, load<u32>(at) + 1);
  pendingLook(slot);
  const cell = pendingCell(slot) - POINTER_BASE;
  if (cell >= cellsEnd - POINTER_BASE) return;
  const row = PRACTICE + <usize>cell * ROW;
  const entry = row + (<usize>slot << 1);
  store<u16>(entry, <u16>min<u32>(<u32>load<u16>(entry) + 1, 0xffff));
  if (pendingChanges(slot)) store<u16>(row, 1, CHANGED);
}

function findTargets(): void {
  targets = 0;
  practiceTargets = 0;
  for (let cell: u32 = 0; cell < cells; cell++) {
    const row = PRACTICE + <usize>cell * ROW;
    if (!load<u16>(row, CHANGED)) continue;
    let sharers: u32 = 0;
    let times: u32 = 0;
    for (let slot: usize = 0; slot < CHANGED; slot += 2) {
      const count = <u32>load<u16>(row + slot);
      times += count;
      sharers += count ? 1 : 0;
    }
    if (sharers > 1) keep(cell + POINTER_BASE, times);
  }
  for (let i: u32 = 0; i < targets; i++) practiceTargets += load<u32>(TARGETS + (<usize>i << 3), 4);
}

/** In place of the one that was stepped on least, where there is no room. */
function keep(cell: u32, times: u32): void {
  let at = TARGETS + (<usize>targets << 3);
  if (targets < TARGETS_MAX) targets++;
  else {
    at = TARGETS;
    for (let i: u32 = 1; i < targets; i++) {
      const other = TARGETS + (<usize>i << 3);
      if (load<u32>(other, 4) < load<u32>(at, 4)) at = other;
    }
    if (load<u32>(at, 4) >= times) return;
  }
  store<u32>(at, cell);
  store<u32>(at, times, 4);
}

/** Steps that a slot took in a run on average, rounded up. */
export function practiceSteps(slot: u32): u32 {
  return max<u32>((load<u32>(STEPS_OF + (<usize>slot << 2)) + runs - 1) / runs, 1);
}

/** The cell of a number below practiceTargets. */
export function practiceCell(number: u32): u32 {
  let left = number;
  let at = TARGETS;
  while (left >= load<u32>(at, 4)) {
    left -= load<u32>(at, 4);
    at += 8;
  }
  return load<u32>(at);
}

/** Steps of a slot on a cell in a run on average, rounded up. */
export function practiceCellSteps(cell: u32, slot: u32): u32 {
  const times = <u32>load<u16>(PRACTICE + <usize>(cell - POINTER_BASE) * ROW + (<usize>slot << 1));
  return (times + runs - 1) / runs;
}
