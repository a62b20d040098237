// What makes two states the same: everything on which can depend what happens from here on, and the names
// that findings get, but nothing else. Left out are registers that nobody reads before writing them (the
// encoder says which, see IMAGE_LIVENESS), the content of freed memory, the numbers of tickets (only their
// order counts), which cells are watched (a hint), and the way that led here.
//
// A state has parts: each task, the objects together, each block of 16 cells. Written out here, a part holds
// what counts and zeros for the rest, so that parts are the same where their bytes are; written back, it
// makes the machine's part such that the run goes on as it would have. The hash of a state is the sum of its
// parts' and of who lives, who waits, and whose turn it is.
//
//    a task      its block: header, then registers; without ticket and what it waits for, unless it waits
//    objects     0 cells end   4 object count   16 a record each; without who allocated
//    a block     0 shadow   16 writers   48 cells

import {
  IMAGE_LIVENESS, INSTRUCTION_BYTES, LIVENESS_WORDS_BITS, LIVENESS_WORDS_MASK, POINTER_BASE,
} from "../abi";
import { hashContent, hashMix } from "../core/hash";
import {
  CELLS, CELLS_COPY, KIND_KWORKER, layoutCopy, OBJECTS, REGISTER_FRAME, SHADOW, SHADOW_COPY, SHADOW_FREED,
  SHADOW_LIVE, TASK_ARGUMENT, TASK_KIND, TASK_READ, TASK_SLEEP, TASK_TICKET, TASK_WAIT, TASK_WINDOW, WRITERS,
  WRITERS_COPY,
} from "../core/layout";
import { programWindow } from "./program";
import {
  cellsEnd, live, objectCount, setCellsEnd, setObjectCount, taskBlock, taskWindow, threadCount, waiting,
} from "./state";
import { imageWord, taskSite, taskTimed, taskUnstarted } from "./task";

/** Parts that are hashed: a slot's, or these. */
export const PART_OBJECTS: u32 = 15;
/** The first block of cells; the others follow. */
export const PART_BLOCKS: u32 = 16;
export const BLOCK_BYTES: usize = 112;
/** Where the parts of one state are written, one after the other, to be hashed. */
const SCRATCH: usize = memory.data(16640, 16);

/** Tickets of those that have not started are from here on, those that are drawn next from twice that. */
const TICKETS: u32 = 256;
export const TICKETS_NEXT: u32 = 2 * TICKETS;

/** Blocks of cells in use. */
// @ts-ignore: decorator
@inline
export function identityBlocks(): u32 {
  return (cellsEnd - POINTER_BASE + 15) >> 4;
}

// @ts-ignore: decorator
@inline
export function identityTaskBytes(): usize {
  return TASK_WINDOW + programWindow();
}

// @ts-ignore: decorator
@inline
export function identityObjectsBytes(): usize {
  return 16 + (<usize>objectCount << 4);
}

// @ts-ignore: decorator
@inline
export function identityPart(at: usize, bytes: usize, part: u32): u64 {
  return hashContent(at, bytes, <u64>part + 1);
}

/** Who lives, who waits, whose turn it is. */
// @ts-ignore: decorator
@inline
export function identityTasks(lives: u32, waits: u32, turns: u64): u64 {
  return hashMix(turns ^ hashMix(<u64>lives | (<u64>waits << 16)));
}

/** Hash of the present state; the run must be between two steps. */
export function identityHash(): u64 {
  let hash = identityTasks(live, waiting, identityTurns());
  for (let rest = live; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    identityTask(slot, SCRATCH);
    hash += identityPart(SCRATCH, identityTaskBytes(), slot);
  }
  identityObjects(SCRATCH);
  hash += identityPart(SCRATCH, identityObjectsBytes(), PART_OBJECTS);
  const blocks = identityBlocks();
  for (let block: u32 = 0; block < blocks; block++) {
    // What is as it was when the threads began is so in every state that is the same.
    if (!changed(block)) continue;
    identityBlock(block, SCRATCH);
    hash += identityPart(SCRATCH, BLOCK_BYTES, PART_BLOCKS + block);
  }
  return hash;
}

/** The block, as it counts, differs from what it was when the threads began. */
function changed(block: u32): bool {
  const at = <usize>POINTER_BASE + (<usize>block << 4);
  const marks = i8x16.splat(<i8>(SHADOW_LIVE | SHADOW_FREED));
  const lives = i8x16.ne(v128.and(v128.load(SHADOW + at), i8x16.splat(<i8>SHADOW_LIVE)), i8x16.splat(0));
  const low = i16x8.extend_low_i8x16_s(lives);
  const high = i16x8.extend_high_i8x16_s(lives);
  let all = v128.and(differ(SHADOW + at, SHADOW_COPY), marks);
  const writers = WRITERS + (at << 1);
  all = v128.or(all, v128.and(differ(writers, WRITERS_COPY), low));
  all = v128.or(all, v128.and(differ(writers + 16, WRITERS_COPY), high));
  const cells = CELLS + (at << 2);
  all = v128.or(all, v128.and(differ(cells, CELLS_COPY), i32x4.extend_low_i16x8_s(low)));
  all = v128.or(all, v128.and(differ(cells + 16, CELLS_COPY), i32x4.extend_high_i16x8_s(low)));
  all = v128.or(all, v128.and(differ(cells + 32, CELLS_COPY), i32x4.extend_low_i16x8_s(high)));
  all = v128.or(all, v128.and(differ(cells + 48, CELLS_COPY), i32x4.extend_high_i16x8_s(high)));
  return v128.any_true(all);
}

// @ts-ignore: decorator
@inline
function differ(at: usize, copy: usize): v128 {
  return v128.xor(v128.load(at), v128.load(at + copy));
}

// ---------------------------------------------------------------- tasks

export function identityTask(slot: u32, to: usize): void {
  const task = taskBlock(slot);
  layoutCopy(to, task, TASK_WINDOW);
  if (!((waiting >> slot) & 1)) store<u64>(to, 0, TASK_WAIT);
  store<u32>(to, 0, TASK_TICKET);
  store<u32>(to, 0, TASK_READ);
  store<u32>(to, 0, TASK_SLEEP + 4);
  const registers = to + TASK_WINDOW;
  const bytes = programWindow();
  for (let i: usize = 0; i < bytes; i += 16) v128.store(registers + i, i64x2.splat(0));
  const window = taskWindow(slot);
  // Whoever gets the slot next finds it there.
  store<u32>(registers, load<u32>(window, REGISTER_FRAME << 2), REGISTER_FRAME << 2);
  const needed = imageWord(imageWord(IMAGE_LIVENESS) + taskSite(slot) / INSTRUCTION_BYTES);
  const words = needed & LIVENESS_WORDS_MASK;
  for (let word: u32 = 0; word < words; word++) {
    const set = imageWord((needed >> LIVENESS_WORDS_BITS) + word);
    for (let rest = set; rest; rest &= rest - 1) {
      const at = <usize>(32 * word + <u32>ctz(rest)) << 2;
      store<u32>(registers + at, load<u32>(window + at));
    }
  }
}

/** The task of a slot differs from a part that it was written to or made from, in more than registers. */
// @ts-ignore: decorator
@inline
export function identityTaskChanged(slot: u32, from: usize): bool {
  const task = taskBlock(slot);
  let all = v128.xor(v128.load(task), v128.load(from));
  all = v128.or(all, v128.xor(v128.load(task, 16), v128.load(from, 16)));
  all = v128.or(all, v128.xor(v128.load(task, 32), v128.load(from, 32)));
  return v128.any_true(all) || load<u32>(task, TASK_SLEEP) != load<u32>(from, TASK_SLEEP);
}

/** Makes the machine's task of a slot what a part says, but for whose turn it is. */
// @ts-ignore: decorator
@inline
export function identityPlaceTask(slot: u32, from: usize): void {
  layoutCopy(taskBlock(slot), from, identityTaskBytes());
}

/** Tickets by which these tasks, whose parts are in place, have the turns that identityTurns() gave. */
export function identityPlaceTurns(slots: u32, turns: u64): void {
  for (let rest = slots >> threadCount << threadCount; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    const turn = <u32>(turns >> (4 * slot)) & 15;
    store<u32>(taskBlock(slot), taskUnstarted(slot) ? TICKETS + turn : turn, TASK_TICKET);
  }
}

/**
 * Of each kworker, four bits: how many work items wait that were queued before it; of one that runs, how many
 * executions of the same item: a flush waits for the last.
 */
export function identityTurns(): u64 {
  let kworkers: u32 = 0;
  for (let rest = live >> threadCount << threadCount; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    if (load<u32>(taskBlock(slot), TASK_KIND) == KIND_KWORKER && !taskTimed(slot)) kworkers |= 1 << slot;
  }
  // One alone is first.
  if (!(kworkers & (kworkers - 1))) return 0;
  let turns: u64 = 0;
  for (let rest = kworkers; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    turns |= <u64>turn(slot, kworkers & ~(1 << slot)) << (4 * slot);
  }
  return turns;
}

function turn(slot: u32, others: u32): u32 {
  const mine = load<u32>(taskBlock(slot), TASK_TICKET);
  const work = load<u32>(taskBlock(slot), TASK_ARGUMENT);
  const waits = taskUnstarted(slot);
  let before: u32 = 0;
  for (let rest = others; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const task = taskBlock(other);
    if (taskUnstarted(other) != waits || (!waits && load<u32>(task, TASK_ARGUMENT) != work)) continue;
    if (load<u32>(task, TASK_TICKET) < mine) before++;
  }
  return before;
}

// ---------------------------------------------------------------- objects

/** Objects: where they lie, their class, whether they were freed, and by whom. */
export function identityObjects(to: usize): void {
  const header = i32x4.replace_lane(i32x4.splat(0), 0, cellsEnd);
  v128.store(to, i32x4.replace_lane(header, 1, objectCount));
  const keep = i16x8(-1, -1, -1, -1, -1, -1, 0, -1);
  const bytes = <usize>objectCount << 4;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + 16 + i, v128.and(v128.load(OBJECTS + i), keep));
}

export function identityPlaceObjects(from: usize): void {
  setCellsEnd(load<u32>(from));
  setObjectCount(load<u32>(from, 4));
  layoutCopy(OBJECTS, from + 16, <usize>objectCount << 4);
}

// ---------------------------------------------------------------- cells

export function identityBlock(block: u32, to: usize): void {
  const at = <usize>POINTER_BASE + (<usize>block << 4);
  const shadow = v128.and(v128.load(SHADOW + at), i8x16.splat(<i8>(SHADOW_LIVE | SHADOW_FREED)));
  const lives = i8x16.ne(v128.and(shadow, i8x16.splat(<i8>SHADOW_LIVE)), i8x16.splat(0));
  const low = i16x8.extend_low_i8x16_s(lives);
  const high = i16x8.extend_high_i8x16_s(lives);
  v128.store(to, shadow);
  const writers = WRITERS + (at << 1);
  v128.store(to, v128.and(v128.load(writers), low), 16);
  v128.store(to, v128.and(v128.load(writers, 16), high), 32);
  const cells = CELLS + (at << 2);
  v128.store(to, v128.and(v128.load(cells), i32x4.extend_low_i16x8_s(low)), 48);
  v128.store(to, v128.and(v128.load(cells, 16), i32x4.extend_high_i16x8_s(low)), 64);
  v128.store(to, v128.and(v128.load(cells, 32), i32x4.extend_low_i16x8_s(high)), 80);
  v128.store(to, v128.and(v128.load(cells, 48), i32x4.extend_high_i16x8_s(high)), 96);
}

/** Nothing is watched in it then: who may wait must be looked at again after each step. */
export function identityPlaceBlock(block: u32, from: usize): void {
  const at = <usize>POINTER_BASE + (<usize>block << 4);
  v128.store(SHADOW + at, v128.load(from));
  const writers = WRITERS + (at << 1);
  v128.store(writers, v128.load(from, 16));
  v128.store(writers, v128.load(from, 32), 16);
  const cells = CELLS + (at << 2);
  v128.store(cells, v128.load(from, 48));
  v128.store(cells, v128.load(from, 64), 16);
  v128.store(cells, v128.load(from, 80), 32);
  v128.store(cells, v128.load(from, 96), 48);
}

/** The block was never allocated. */
export function identityClearBlock(block: u32): void {
  const at = <usize>POINTER_BASE + (<usize>block << 4);
  v128.store(SHADOW + at, i64x2.splat(0));
  v128.store(WRITERS + (at << 1), i64x2.splat(0));
  v128.store(WRITERS + (at << 1) + 16, i64x2.splat(0));
}
