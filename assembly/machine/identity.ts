// What makes two states the same: everything on which can depend what happens from here on, and the names
// that findings get, but nothing else. Left out are registers that nobody reads before writing them (the
// encoder says which, see IMAGE_LIVENESS), the content of freed memory, the numbers of tickets (only their
// order counts), which cells are watched (a hint), and the way that led here.
//
// Cells are compared with the state in which the threads begin, so that only what changed is hashed.

import {
  IMAGE_LIVENESS, INSTRUCTION_BYTES, LIVENESS_WORDS_BITS, LIVENESS_WORDS_MASK, OBJECT_BASE, OBJECT_CLASS,
  OBJECT_SITES, OBJECT_SIZE, POINTER_BASE,
} from "../abi";
import { HASH_EMPTY, hashAdd, hashEnd } from "../core/hash";
import {
  CELLS, CELLS_COPY, KIND_KWORKER, OBJECTS, SHADOW, SHADOW_COPY, SHADOW_FREED, SHADOW_LIVE, TASK_ARGUMENT,
  TASK_ATOMIC, TASK_FUNCTION, TASK_KIND, TASK_LOCKS, TASK_QUEUE, TASK_SECTIONS, TASK_SLEEP, TASK_TICKET,
  TASK_WAIT, TASK_WAIT_DOMAIN, WRITERS, WRITERS_COPY,
} from "../core/layout";
import { cellsEnd, live, objectCount, taskBlock, taskWindow, waiting } from "./state";
import { imageWord, taskSite, taskTimed, taskUnstarted } from "./task";

/** Hash of the present state; the run must be between two steps. */
export function identityHash(): u64 {
  let hash = hashAdd(HASH_EMPTY, pair(live, waiting));
  hash = hashAdd(hash, pair(cellsEnd, objectCount));
  for (let rest = live; rest; rest &= rest - 1) hash = addTask(hash, <u32>ctz(rest));
  hash = addObjects(hash);
  return hashEnd(addCells(hash));
}

// @ts-ignore: decorator
@inline
function pair(low: u32, high: u32): u64 {
  return <u64>low | (<u64>high << 32);
}

function addTask(hash: u64, slot: u32): u64 {
  const task = taskBlock(slot);
  const site = taskSite(slot);
  let h = hashAdd(hash, pair(site, load<u32>(task, TASK_ATOMIC)));
  h = hashAdd(h, pair(load<u32>(task, TASK_LOCKS), load<u32>(task, TASK_SECTIONS)));
  // A kind takes two bits.
  const kind = load<u32>(task, TASK_KIND) | load<u32>(task, TASK_SLEEP) << 2;
  h = hashAdd(h, pair(kind, load<u32>(task, TASK_FUNCTION)));
  h = hashAdd(h, pair(load<u32>(task, TASK_ARGUMENT), load<u32>(task, TASK_QUEUE)));
  // The domain counts until the second half of the wait has been taken.
  h = hashAdd(h, load<u32>(task, TASK_WAIT_DOMAIN));
  if ((waiting >> slot) & 1) h = hashAdd(h, load<u64>(task, TASK_WAIT));
  if (load<u32>(task, TASK_KIND) == KIND_KWORKER && !taskTimed(slot)) h = hashAdd(h, turn(slot));
  const window = taskWindow(slot);
  const needed = imageWord(imageWord(IMAGE_LIVENESS) + site / INSTRUCTION_BYTES);
  const words = needed & LIVENESS_WORDS_MASK;
  for (let word: u32 = 0; word < words; word++) {
    const set = imageWord((needed >> LIVENESS_WORDS_BITS) + word);
    for (let rest = set; rest; rest &= rest - 1) {
      const register = 32 * word + <u32>ctz(rest);
      h = hashAdd(h, load<u32>(window + (<usize>register << 2)));
    }
  }
  return h;
}

/**
 * How many work items wait that were queued before this one; of one that runs, how many executions of the
 * same item: a flush waits for the last.
 */
function turn(slot: u32): u32 {
  const mine = load<u32>(taskBlock(slot), TASK_TICKET);
  const work = load<u32>(taskBlock(slot), TASK_ARGUMENT);
  const waits = taskUnstarted(slot);
  let before: u32 = 0;
  for (let rest = live & ~(1 << slot); rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const task = taskBlock(other);
    if (load<u32>(task, TASK_KIND) != KIND_KWORKER || taskTimed(other)) continue;
    if (taskUnstarted(other) != waits || (!waits && load<u32>(task, TASK_ARGUMENT) != work)) continue;
    if (load<u32>(task, TASK_TICKET) < mine) before++;
  }
  return before;
}

/** Objects: where they lie, their class, whether they were freed, and by whom. */
function addObjects(hash: u64): u64 {
  let h = hash;
  for (let i: u32 = 0; i < objectCount; i++) {
    const record = OBJECTS + (<usize>i << 4);
    h = hashAdd(h, pair(load<u32>(record, OBJECT_BASE << 2), load<u32>(record, OBJECT_SIZE << 2)));
    const freedBy = load<u32>(record, OBJECT_SITES << 2) >> 16;
    h = hashAdd(h, pair(load<u32>(record, OBJECT_CLASS << 2), freedBy));
  }
  return h;
}

/** Blocks of 16 cells that differ from what they were when the threads began. */
function addCells(hash: u64): u64 {
  let h = hash;
  const marks = i8x16.splat(<i8>(SHADOW_LIVE | SHADOW_FREED));
  for (let at: usize = POINTER_BASE; at < <usize>cellsEnd; at += 16) {
    const shadow = v128.and(v128.load(SHADOW + at), marks);
    const changed = v128.xor(shadow, v128.and(v128.load(SHADOW + SHADOW_COPY + at), marks));
    const lives = i8x16.ne(v128.and(shadow, i8x16.splat(<i8>SHADOW_LIVE)), i8x16.splat(0));
    const low = i16x8.extend_low_i8x16_s(lives);
    const high = i16x8.extend_high_i8x16_s(lives);
    const writers = WRITERS + (at << 1);
    h = addBlock(h, at, 0, changed);
    h = addBlock(h, at, 1, v128.and(differ(writers, WRITERS_COPY), low));
    h = addBlock(h, at, 2, v128.and(differ(writers + 16, WRITERS_COPY), high));
    const cells = CELLS + (at << 2);
    h = addBlock(h, at, 3, v128.and(differ(cells, CELLS_COPY), i32x4.extend_low_i16x8_s(low)));
    h = addBlock(h, at, 4, v128.and(differ(cells + 16, CELLS_COPY), i32x4.extend_high_i16x8_s(low)));
    h = addBlock(h, at, 5, v128.and(differ(cells + 32, CELLS_COPY), i32x4.extend_low_i16x8_s(high)));
    h = addBlock(h, at, 6, v128.and(differ(cells + 48, CELLS_COPY), i32x4.extend_high_i16x8_s(high)));
  }
  return h;
}

// @ts-ignore: decorator
@inline
function differ(at: usize, copy: usize): v128 {
  return v128.xor(v128.load(at), v128.load(at + copy));
}

// @ts-ignore: decorator
@inline
function addBlock(hash: u64, at: usize, part: u32, difference: v128): u64 {
  if (!v128.any_true(difference)) return hash;
  const h = hashAdd(hash, pair(<u32>at, part));
  return hashAdd(hashAdd(h, v128.extract_lane<u64>(difference, 0)), v128.extract_lane<u64>(difference, 1));
}
