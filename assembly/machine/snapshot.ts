// A state of a run, set aside and taken up again: what programBegin() restores, as it is now.
//
//    0 live        8 poised     16 cells end      24 ticket   32 task blocks, then objects, shadow,
//    4 runnable   12 waiting    20 object count   28 steps       writers and cells
//
// Every part is rounded up to 16 bytes.

import { Outcome, POINTER_BASE } from "../abi";
import { CELLS, layoutCopy, OBJECTS, SHADOW, TASK_WINDOW, WRITERS } from "../core/layout";
import { programSlots, programWindow } from "./program";
import {
  cellsEnd, live, objectCount, poised, runnable, setCellsEnd, setDirty, setLive, setObjectCount, setOutcome,
  setPoised, setRunnable, setSteps, setTicket, setWaiting, steps, taskBlock, ticket, waiting,
} from "./state";

const HEADER: usize = 32;

/** Slots whose blocks belong to a state with these tasks. */
// @ts-ignore: decorator
@inline
function slotsOf(tasks: u32): u32 {
  return max(programSlots(), 32 - <u32>clz(tasks));
}

/** Bytes that the present state takes. */
export function snapshotBytes(): usize {
  const cells = <usize>cellsEnd - POINTER_BASE + 15 & ~15;
  const blocks = <usize>slotsOf(live) * (TASK_WINDOW + programWindow());
  return HEADER + blocks + (<usize>objectCount << 4) + 7 * cells;
}

/** Sets the present state aside; the run must be between two steps. */
export function snapshotSave(to: usize): void {
  store<u32>(to, live);
  store<u32>(to, runnable, 4);
  store<u32>(to, poised, 8);
  store<u32>(to, waiting, 12);
  store<u32>(to, cellsEnd, 16);
  store<u32>(to, objectCount, 20);
  store<u32>(to, ticket, 24);
  store<u32>(to, steps, 28);
  let at = to + HEADER;
  const block = TASK_WINDOW + programWindow();
  const slots = slotsOf(live);
  for (let slot: u32 = 0; slot < slots; slot++, at += block) layoutCopy(at, taskBlock(slot), block);
  const objects = <usize>objectCount << 4;
  layoutCopy(at, OBJECTS, objects);
  at += objects;
  const from: usize = POINTER_BASE;
  const cells = <usize>cellsEnd - from + 15 & ~15;
  layoutCopy(at, SHADOW + from, cells);
  at += cells;
  layoutCopy(at, WRITERS + (from << 1), cells << 1);
  at += cells << 1;
  layoutCopy(at, CELLS + (from << 2), cells << 2);
}

/** The run goes on from that state. */
export function snapshotLoad(from: usize): void {
  const end = load<u32>(from, 16);
  const base: usize = POINTER_BASE;
  const cells = <usize>end - base + 15 & ~15;
  // What was allocated since is no more.
  for (let i = base + cells; i < <usize>cellsEnd; i += 16) v128.store(SHADOW + i, i8x16.splat(0));
  const gone = (base + cells) << 1;
  for (let i = gone; i < <usize>cellsEnd << 1; i += 16) v128.store(WRITERS + i, i8x16.splat(0));
  setLive(load<u32>(from));
  setRunnable(load<u32>(from, 4));
  setPoised(load<u32>(from, 8));
  setWaiting(load<u32>(from, 12));
  setDirty(false);
  setOutcome(Outcome.RUNNING);
  setCellsEnd(end);
  setObjectCount(load<u32>(from, 20));
  setTicket(load<u32>(from, 24));
  setSteps(load<u32>(from, 28));
  let at = from + HEADER;
  const block = TASK_WINDOW + programWindow();
  const slots = slotsOf(live);
  for (let slot: u32 = 0; slot < slots; slot++, at += block) layoutCopy(taskBlock(slot), at, block);
  const objects = <usize>objectCount << 4;
  layoutCopy(OBJECTS, at, objects);
  at += objects;
  layoutCopy(SHADOW + base, at, cells);
  at += cells;
  layoutCopy(WRITERS + (base << 1), at, cells << 1);
  at += cells << 1;
  layoutCopy(CELLS + (base << 2), at, cells << 2);
}
