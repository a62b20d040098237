// The state of a run that is not in cells: who lives, who can step, what went wrong. Plain globals, because
// every step reads them; the copies are restored at the start of each run (see program.ts).

import {
  Outcome, OBJECT_BASE, OBJECT_CLASS, OBJECT_LOCAL, OBJECT_SITES, OBJECT_SIZE, Violation,
} from "../abi";
import {
  CELLS, OBJECTS, POINTER_LIMIT, SHADOW, SHADOW_FREED, SHADOW_LIVE, SHADOW_WATCHED, TASKS, TASK_WINDOW,
  VIOLATIONS,
} from "../core/layout";
import {
  footCountCell, footReadCell, footSeeCell, footWriteCell, RECORDING,
} from "../core/footprint";
import { note, tallyAdd } from "./tally";

/** Slots whose task exists and has not ended. */
export let live: u32 = 0;
/** Slots that can take a step now. */
export let runnable: u32 = 0;
/** Slots that stand before an instruction that may have to wait. */
export let poised: u32 = 0;
/** Slots with a grace period or a flush under way that is not over. */
export let waiting: u32 = 0;
/** Poised tasks must be looked at again, or the run has ended. */
export let dirty: bool = false;
export let outcome: u32 = Outcome.RUNNING;
export let limit: u32 = 0;
/** Cells in use: the next object begins at this pointer. */
export let cellsEnd: u32 = 0;
export let objectCount: u32 = 0;
/** Orders the items of the workqueues. */
export let ticket: u32 = 0;
/** Slots below this are threads and are never used again. */
export let threadCount: u32 = 0;
/** Steps of the run so far, and their bound. */
export let steps: u32 = 0;
export let stepsMax: u32 = 0;
/**
 * Blocks of 16 cells in which something was written, bit = number modulo 64, and whether an object came or
 * went: what has to be looked at to know a state by the one before it.
 */
export let writtenBlocks: u64 = 0;
export let writtenObjects: bool = false;
/** A check saw a dangling pointer, a leaked object: names the violation should it fail. */
export let sawDangling: u32 = 0;
export let sawLeak: bool = false;

// Setters, since a module's globals can be assigned only in that module.
// @ts-ignore: decorator
@inline export function setLive(v: u32): void { live = v; }
// @ts-ignore: decorator
@inline export function setRunnable(v: u32): void { runnable = v; }
// @ts-ignore: decorator
@inline export function setPoised(v: u32): void { poised = v; }
// @ts-ignore: decorator
@inline export function setWaiting(v: u32): void { waiting = v; }
// @ts-ignore: decorator
@inline export function setDirty(v: bool): void { dirty = v; }
/** A cell was written on which a poised task may wait. */
// @ts-ignore: decorator
@inline export function touch(): void { if (poised) dirty = true; }
// @ts-ignore: decorator
@inline export function setOutcome(v: u32): void { outcome = v; }
// @ts-ignore: decorator
@inline export function setCellsEnd(v: u32): void { cellsEnd = v; }
// @ts-ignore: decorator
@inline export function setObjectCount(v: u32): void { objectCount = v; }
// @ts-ignore: decorator
@inline export function setTicket(v: u32): void { ticket = v; }
// @ts-ignore: decorator
@inline export function setThreadCount(v: u32): void { threadCount = v; }
// @ts-ignore: decorator
@inline export function setSteps(v: u32): void { steps = v; }
// @ts-ignore: decorator
@inline export function setStepsMax(v: u32): void { stepsMax = v; }
// @ts-ignore: decorator
@inline export function markCell(pointer: u32): void { writtenBlocks |= <u64>1 << (pointer >> 4); }
// @ts-ignore: decorator
@inline export function markObjects(): void { writtenObjects = true; }
/** From here on what is written is marked anew. */
// @ts-ignore: decorator
@inline export function clearMarks(): void { writtenBlocks = 0; writtenObjects = false; }
// @ts-ignore: decorator
@inline export function setSawDangling(v: u32): void { sawDangling = v; }
// @ts-ignore: decorator
@inline export function setSawLeak(v: bool): void { sawLeak = v; }

/** The block of a slot; those of checks lie behind. */
// @ts-ignore: decorator
@inline
export function taskBlock(slot: u32): usize {
  // slot * TASK_BYTES, in two cycles
  return TASKS + (<usize>slot << 10) + (<usize>slot << 6);
}

/** The registers of a slot or check. */
// @ts-ignore: decorator
@inline
export function taskWindow(slot: u32): usize {
  return taskBlock(slot) + TASK_WINDOW;
}

// ---------------------------------------------------------------- cells

/** The cell that a pointer leads to may be used. */
// @ts-ignore: decorator
@inline
export function cellLives(pointer: u32): bool {
  // A pointer beyond the end is looked up as NULL, whose shadow never lives: one branch instead of two.
  return (cellShadow(pointer) & SHADOW_LIVE) != 0;
}

// @ts-ignore: decorator
@inline
export function cellShadow(pointer: u32): u32 {
  footSeeCell(pointer);
  return load<u8>(pointer < POINTER_LIMIT ? <usize>pointer : 0, SHADOW);
}

// @ts-ignore: decorator
@inline
export function cellGet(pointer: u32): u32 {
  footReadCell(pointer);
  return load<u32>(<usize>pointer << 2, CELLS);
}

// @ts-ignore: decorator
@inline
export function cellSet(pointer: u32, value: u32): void {
  footWriteCell(pointer);
  store<u32>(<usize>pointer << 2, value, CELLS);
  markCell(pointer);
  if (cellShadow(pointer) & SHADOW_WATCHED) touch();
}

/** Adds to a counter, of which nobody who does so sees the value, or sets bits that are the task's own. */
export function cellCount(pointer: u32, value: u32): void {
  footCountCell(pointer);
  store<u32>(<usize>pointer << 2, value, CELLS);
  markCell(pointer);
  if (cellShadow(pointer) & SHADOW_WATCHED) touch();
}

// ---------------------------------------------------------------- objects

/** The object that contains a pointer, as the address of its record, or 0. Objects ascend by first cell. */
export function objectFind(pointer: u32): usize {
  let low: i32 = 0;
  let high: i32 = <i32>objectCount - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const record = OBJECTS + (<usize>middle << 4);
    const base = load<u32>(record, OBJECT_BASE << 2);
    if (pointer < base) high = middle - 1;
    else if (pointer >= base + load<u32>(record, OBJECT_SIZE << 2)) low = middle + 1;
    else return record;
  }
  return 0;
}

// ---------------------------------------------------------------- violations
//
// While fuzzing, a violation goes to the tally (see tally.ts),
// otherwise to a list of the run's, 32 bytes each: kind, detail, site, task, class, other, step.

export let tallying: bool = false;
export let violationCount: u32 = 0;

const LIST_MAX: u32 = 64;

// @ts-ignore: decorator
@inline export function setTallying(v: bool): void { tallying = v; }

export function violationsClear(): void {
  violationCount = 0;
}

/** Records a violation; every kind but WARN ends the run. Class and other are -1 where there is none. */
export function violate(kind: u32, detail: u32, task: u32, site: u32, klass: i32, other: i32): void {
  if (kind != Violation.WARN) stop(Outcome.VIOLATED);
  if (tallying) {
    note(kind | (detail << 8), site >> 4, klass, other, task);
    tallyAdd(kind | (detail << 8), site >> 4, klass, other, task);
    return;
  }
  // What ends the run takes the last place if the list is full of warnings.
  if (violationCount == LIST_MAX && kind != Violation.WARN) violationCount--;
  if (violationCount < LIST_MAX) {
    const at = VIOLATIONS + (<usize>violationCount << 5);
    store<u32>(at, kind);
    store<u32>(at, detail, 4);
    store<u32>(at, site >> 4, 8);
    store<u32>(at, task, 12);
    store<i32>(at, klass, 16);
    store<i32>(at, other, 20);
    store<u32>(at, steps, 24);
    violationCount++;
  }
}

/** A violation that concerns an object: its class, and the instruction that freed it as the other side. */
export function violateObject(kind: u32, detail: u32, task: u32, site: u32, pointer: u32): void {
  const record = objectFind(pointer);
  let klass: i32 = -1;
  let other: i32 = -1;
  if (record) {
    const word = load<u32>(record, OBJECT_CLASS << 2);
    if (!(word & OBJECT_LOCAL)) klass = <i32>(word & 0xffff);
    const freedBy = load<u32>(record, OBJECT_SITES << 2) >> 16;
    if (freedBy) other = <i32>freedBy;
  }
  violate(kind, detail, task, site, klass, other);
}

/** A pointer that may not be used was used: says which kind of wrong it is. */
export function violatePointer(task: u32, site: u32, pointer: u32): void {
  if (pointer < 4096) violate(Violation.NULL_DEREF, 0, task, site, -1, -1);
  else if (pointer < POINTER_LIMIT && load<u8>(<usize>pointer, SHADOW) & SHADOW_FREED)
    violateObject(Violation.USE_AFTER_FREE, 0, task, site, pointer);
  else violate(Violation.BAD_POINTER, 0, task, site, -1, -1);
}

/** The cells of a struct of 2 to 4 cells may all be used. */
// @ts-ignore: decorator
@inline
export function structLives(pointer: u32, cells: u32): bool {
  if (RECORDING) for (let i: u32 = 0; i < cells; i++) footSeeCell(pointer + i);
  const all: u32 = 0x01010101 >> (8 * (4 - cells));
  return pointer < POINTER_LIMIT && (load<u32>(<usize>pointer, SHADOW) & all) == all;
}

/** Marks the cells on which a task waits, whether or not they live: what becomes of them may wake it. */
export function structWatch(pointer: u32, cells: u32): void {
  for (let at = pointer; at < min(pointer + cells, POINTER_LIMIT); at++) {
    store<u8>(<usize>at, <u8>(cellShadow(at) | SHADOW_WATCHED), SHADOW);
  }
}

/** A cell comes to live or ceases to; who waits for it is looked at again. */
export function shadowSet(pointer: u32, shadow: u32): void {
  footWriteCell(pointer);
  const watched = cellShadow(pointer) & SHADOW_WATCHED;
  store<u8>(<usize>pointer, <u8>(shadow | watched), SHADOW);
  markCell(pointer);
  if (watched) touch();
}

/** The same; otherwise the first cell that may not be used is reported. */
export function structUsable(pointer: u32, cells: u32, task: u32, site: u32): bool {
  if (structLives(pointer, cells)) return true;
  let bad = pointer;
  while (cellLives(bad)) bad++;
  violatePointer(task, site, bad);
  return false;
}

/** Ends the run: nobody can step any more. */
export function stop(how: u32): void {
  outcome = how;
  runnable = 0;
  dirty = true;
}

/** A limit of the machine was reached: the run says nothing about the model. */
export function stopAtLimit(kind: u32): void {
  limit = kind;
  stop(Outcome.LIMIT);
}
