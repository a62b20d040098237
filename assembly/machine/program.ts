// Loading an image, and bringing the machine to the state in which the threads begin. The set-up runs once;
// if it drew no choice and did nothing wrong, each run starts from a copy of the state after it, otherwise it
// runs anew.

import {
  ABI_VERSION, CHECKS_MAX, IMAGE_CELLS, IMAGE_CHECKS, IMAGE_CHECK_REGISTERS, IMAGE_FUNCTIONS,
  IMAGE_HEADER_WORDS, IMAGE_INSTRUCTIONS, IMAGE_OBJECTS, IMAGE_REGISTERS, IMAGE_SETUP, IMAGE_THREADS,
  IMAGE_VERSION, JUMP_BLOCKS, JUMP_STOP, LimitKind, OBJECT_BASE, OBJECT_CLASS, OBJECT_LOCAL, OBJECT_SIZE,
  Op, Outcome, POINTER_BASE, SLOTS, SLOT_ALONE, STEPS_DEFAULT, TASKS_MAX, Violation,
} from "../abi";
import { choiceBegin, choiceCount, CHOICE_DRAW } from "../core/choice";
import {
  CELLS, CELLS_COPY, layoutCopy, OBJECTS, OBJECTS_COPY, POINTER_LIMIT, REGISTER_FRAME, SHADOW, SHADOW_COPY,
  SHADOW_LIVE, SHADOW_NONE, TASKS, TASKS_COPY, TASK_BYTES, TASK_WINDOW, WRITERS, WRITERS_COPY,
} from "../core/layout";
import {
  cellsEnd, live, objectCount, outcome, poised, runnable, setCellsEnd, setDirty, setLive, setObjectCount,
  setOutcome, setPoised, setRunnable, setSawDangling, setSawLeak, setSteps, setStepsMax, setThreadCount,
  setTicket, setWaiting, stepsMax, stopAtLimit, taskBlock, taskWindow, threadCount, ticket, violate,
  violationCount, waiting, setTallying, violationsClear,
} from "./state";
import { step } from "./step";
import { imageWord, taskPrepare, taskReconsider, taskSite } from "./task";

/** Registers in use, as bytes rounded for copying: of threads and dynamic tasks, and of checks. */
let windowBytes: usize = 0;
let checkBytes: usize = 0;

// What the copies do not hold, as it was when the threads began.
let readyLive: u32 = 0;
let readyRunnable: u32 = 0;
let readyPoised: u32 = 0;
let readyWaiting: u32 = 0;
let readyCells: u32 = 0;
let readyObjects: u32 = 0;
let readyTicket: u32 = 0;
let readySlots: u32 = 0;
/** Steps of the set-up as loading ran it, its dynamic tasks' included. */
let setupSteps: u32 = 0;
/** The set-up must run anew for every schedule. */
let setupVaries: bool = false;
/** Counts the programs that were loaded. */
export let programNumber: u32 = 0;

/** Prepares the loaded image; false where it was made for another machine. */
export function programLoad(): bool {
  if (imageWord(IMAGE_VERSION) != ABI_VERSION) return false;
  programNumber++;
  windowBytes = (<usize>imageWord(IMAGE_REGISTERS) << 2) + 15 & ~15;
  checkBytes = (<usize>imageWord(IMAGE_CHECK_REGISTERS) << 2) + 15 & ~15;
  setThreadCount(imageWord(IMAGE_THREADS));
  setTallying(false);
  violationsClear();
  choiceBegin(CHOICE_DRAW, 0);
  setStepsMax(STEPS_DEFAULT);
  programBase();
  setupSteps = programSetup();
  setupVaries = choiceCount != 0 || violationCount != 0 || outcome != Outcome.RUNNING;
  programCopy();
  return true;
}

/** Every run of so many steps begins in the same state and draws nothing but who steps. */
export function programRepeats(bound: u32): bool {
  if (setupVaries || setupSteps > bound) return false;
  const instructions = imageWord(IMAGE_INSTRUCTIONS);
  for (let i: u32 = 0; i < instructions; i++) {
    if ((imageWord(IMAGE_HEADER_WORDS + 4 * i) & 0xff) == Op.CHOOSE) return false;
  }
  return true;
}

/** Slots that are in use when the threads begin. */
export function programSlots(): u32 {
  return readySlots;
}

/** Bytes of the registers in use of a task. */
export function programWindow(): usize {
  return windowBytes;
}

/** Words of the tables behind the code. */
// @ts-ignore: decorator
@inline
function tableThreads(): u32 {
  return IMAGE_HEADER_WORDS + 4 * imageWord(IMAGE_INSTRUCTIONS);
}

/** Everything as the image says, before the set-up. */
function programBase(): void {
  const cells = imageWord(IMAGE_CELLS);
  const objects = imageWord(IMAGE_OBJECTS);
  const checks = imageWord(IMAGE_CHECKS);
  memory.fill(SHADOW, <u8>SHADOW_NONE, POINTER_LIMIT);
  memory.fill(WRITERS, 0, <usize>POINTER_LIMIT << 1);
  memory.fill(TASKS, 0, <usize>(SLOTS + CHECKS_MAX) * TASK_BYTES);
  const objectTable = tableThreads() + imageWord(IMAGE_THREADS) + checks + imageWord(IMAGE_FUNCTIONS);
  for (let i: u32 = 0; i < objects; i++) {
    const record = OBJECTS + (<usize>i << 4);
    for (let w: u32 = 0; w < 4; w++) store<u32>(record + (<usize>w << 2), imageWord(objectTable + 4 * i + w));
    const base = load<u32>(record, OBJECT_BASE << 2);
    // A local variable's cells live from LOCAL_LIVE on only.
    if (load<u32>(record, OBJECT_CLASS << 2) & OBJECT_LOCAL) continue;
    memory.fill(SHADOW + base, <u8>SHADOW_LIVE, load<u32>(record, OBJECT_SIZE << 2));
  }
  const cellTable = objectTable + 4 * objects;
  for (let i: u32 = 0; i < cells; i++) {
    store<u32>(<usize>(POINTER_BASE + i) << 2, imageWord(cellTable + i), CELLS);
  }
  const frames = cellTable + cells;
  for (let window: u32 = 0; window < <u32>SLOTS + checks; window++) {
    store<u32>(taskWindow(window), imageWord(frames + window), REGISTER_FRAME << 2);
  }
  setLive(0);
  setRunnable(0);
  setPoised(0);
  setWaiting(0);
  setDirty(false);
  setOutcome(Outcome.RUNNING);
  setCellsEnd(POINTER_BASE + cells);
  setObjectCount(objects);
  setTicket(0);
  setSteps(0);
  setSawDangling(0);
  setSawLeak(false);
}

/** Begins a task at a jump: runs its prologue, unless that starts with a step. */
function taskBegin(slot: u32, start: u32): void {
  taskPrepare(slot, start);
  const bit = <u32>1 << slot;
  if (!(start & JUMP_STOP)) {
    setRunnable(runnable | bit);
    step(slot);
  } else {
    if (start & JUMP_BLOCKS) setPoised(poised | bit);
    setRunnable(runnable | bit);
    taskReconsider();
  }
}

/**
 * The set-up, alone; kworkers and callbacks step only while it waits, and it takes no more steps than a run
 * may. Then the prologue of each thread. Returns the set-up's steps.
 */
function programSetup(): u32 {
  taskBegin(SLOT_ALONE, imageWord(IMAGE_SETUP));
  const alone = <u32>1 << SLOT_ALONE;
  let taken: u32 = 0;
  while (outcome == Outcome.RUNNING && live & alone) {
    const slot = runnable & alone ? <u32>SLOT_ALONE : <u32>ctz(runnable);
    if (!runnable) stopAtLimit(LimitKind.SETUP_BLOCKED);
    else if (taken == stepsMax) violate(Violation.STEP_LIMIT, 0, slot, taskSite(slot), -1, -1);
    else {
      taken++;
      step(slot);
    }
  }
  const threads = tableThreads();
  for (let i: u32 = 0; i < threadCount && outcome == Outcome.RUNNING; i++) {
    taskBegin(i, imageWord(threads + i));
  }
  return taken;
}

function programCopy(): void {
  readyLive = live;
  readyRunnable = runnable;
  readyPoised = poised;
  readyWaiting = waiting;
  readyCells = cellsEnd;
  readyObjects = objectCount;
  readyTicket = ticket;
  const slots = max(threadCount, 32 - <u32>clz(live & ((1 << TASKS_MAX) - 1)));
  readySlots = slots;
  layoutCopy(TASKS + TASKS_COPY, TASKS, <usize>SLOTS * TASK_BYTES);
  layoutCopy(OBJECTS + OBJECTS_COPY, OBJECTS, <usize>objectCount << 4);
  layoutCopy(SHADOW + SHADOW_COPY, SHADOW, POINTER_LIMIT);
  layoutCopy(CELLS + CELLS_COPY, CELLS, <usize>POINTER_LIMIT << 2);
  layoutCopy(WRITERS + WRITERS_COPY, WRITERS, <usize>POINTER_LIMIT << 1);
}

/** The state in which the threads begin. */
export function programBegin(): void {
  // A run may allow fewer steps than loading did.
  if (setupVaries || setupSteps > stepsMax) {
    programBase();
    programSetup();
    return;
  }
  const from: usize = POINTER_BASE;
  const to = <usize>readyCells + 15 & ~15;
  for (let i = to; i < <usize>cellsEnd; i += 16) v128.store(SHADOW + i, i8x16.splat(0));
  layoutCopy(SHADOW + from, SHADOW + SHADOW_COPY + from, to - from);
  for (let i = to << 1; i < <usize>cellsEnd << 1; i += 16) v128.store(WRITERS + i, i8x16.splat(0));
  layoutCopy(WRITERS + (from << 1), WRITERS + WRITERS_COPY + (from << 1), (to - from) << 1);
  layoutCopy(CELLS + (from << 2), CELLS + CELLS_COPY + (from << 2), (to - from) << 2);
  layoutCopy(OBJECTS, OBJECTS + OBJECTS_COPY, <usize>readyObjects << 4);
  for (let slot: u32 = 0; slot < readySlots; slot++) {
    layoutCopy(taskBlock(slot), taskBlock(slot) + TASKS_COPY, TASK_WINDOW + windowBytes);
  }
  setLive(readyLive);
  setRunnable(readyRunnable);
  setPoised(readyPoised);
  setWaiting(readyWaiting);
  setDirty(false);
  setOutcome(Outcome.RUNNING);
  setCellsEnd(readyCells);
  setObjectCount(readyObjects);
  setTicket(readyTicket);
  setSteps(0);
  setSawDangling(0);
  setSawLeak(false);
}

/** Evaluates checks from..to-1 alone; the run is as before unless one fails. */
export function programChecks(from: u32, to: u32): void {
  const wasLive = live;
  const wasRunnable = runnable;
  const wasPoised = poised;
  const wasWaiting = waiting;
  const table = tableThreads() + imageWord(IMAGE_THREADS);
  const alone = <u32>1 << SLOT_ALONE;
  for (let check = from; check < to; check++) {
    setSawDangling(0);
    setSawLeak(false);
    layoutCopy(taskWindow(SLOT_ALONE), taskWindow(SLOTS + check), checkBytes);
    taskBegin(SLOT_ALONE, imageWord(table + check));
    while (outcome == Outcome.RUNNING && live & alone) {
      if (runnable & alone) step(SLOT_ALONE);
      else stopAtLimit(LimitKind.SETUP_BLOCKED);
    }
    if (outcome != Outcome.RUNNING) return;
    setLive(wasLive);
    setRunnable(wasRunnable);
    setPoised(wasPoised);
    setWaiting(wasWaiting);
    setDirty(false);
  }
  setSawDangling(0);
  setSawLeak(false);
}
