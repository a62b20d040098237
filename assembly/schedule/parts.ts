// The states of an exploration, taken apart: each part that was met is kept once (intern.ts), and a state is
// a list of addresses of parts; machine/identity.ts says what the parts are. A step changes a few of them:
// only these are hashed, looked up, and made undone before the next step is taken from the same state.
//
// The list has a word for each slot (0 where nobody lives), for the objects, and for each block of cells (0
// where nothing was ever allocated). What a step leads to is written down as its difference from whence it
// was taken:
//
//    0 hash (64 bits)   12 poised                24 words of its list   32 each word: which, and the address
//    8 live (16 bits)   14 waiting               28 how many differ
//   10 runnable         16 turns (64 bits)
//
// A state packed, to be taken up later, as it differs from the first:
//
//    0 live (16 bits)   4 poised      8 turns (64 bits)   20 a bit for each word that differs,
//    2 runnable         6 waiting    16 words               in units of 64 bits, then these words

import { CELLS_MAX, Outcome } from "../abi";
import { GRAPH, layoutCopy } from "../core/layout";
import {
  BLOCK_BYTES, identityBlock, identityBlocks, identityClearBlock, identityObjects, identityObjectsBytes,
  identityPlaceBlock, identityPlaceObjects, identityPlaceTask, identityPlaceTurns, identityTask,
  identityTaskBytes, identityTaskChanged, identityTasks, identityTurns, PART_BLOCKS, PART_OBJECTS,
  TICKETS_NEXT,
} from "../machine/identity";
import {
  clearMarks, live, poised, runnable, setDirty, setLive, setOutcome, setPoised, setRunnable, setSteps,
  setTicket, setWaiting, waiting, writtenBlocks, writtenObjects,
} from "../machine/state";
import { intern, internBegin, internHash, internRoom } from "./intern";

const STEPPED_STATE: usize = 8;
const STEPPED_TURNS: usize = 16;
const STEPPED_LIST: usize = 24;
const STEPPED_COUNT: usize = 28;
const STEPPED_WORDS: usize = 32;
/** Words of the longest list, in units of 64. */
const WORDS_MAX: usize = (<usize>PART_BLOCKS + (CELLS_MAX >> 4) + 63) & ~63;
const LIST_BYTES: usize = WORDS_MAX << 2;
/** What the first state consists of, the one that steps are taken from, and that the machine is in. */
const FIRST: usize = GRAPH;
const FROM: usize = FIRST + LIST_BYTES;
const HERE: usize = FROM + LIST_BYTES;
export const PARTS_END: usize = HERE + LIST_BYTES;
/** Bytes of the largest difference, and of the largest packed state. */
export const STEPPED_MAX: usize = STEPPED_WORDS + 2 * LIST_BYTES;
export const PACKED_MAX: usize = 20 + (WORDS_MAX >> 3) + LIST_BYTES;
const PACKED_BITS: usize = 20;

/** Words in use of each list; those behind are 0. */
let firstWords: u32 = 0;
let fromWords: u32 = 0;
let hereWords: u32 = 0;
/** Of the state that steps are taken from, what is in no part, and the sum of its parts' hashes. */
let fromLive: u32 = 0;
let fromRunnable: u32 = 0;
let fromPoised: u32 = 0;
let fromWaiting: u32 = 0;
let fromTurns: u64 = 0;
let fromSum: u64 = 0;
let fromSteps: u32 = 0;
/** Slots that may not be what FROM says. */
let touched: u32 = 0;

const ALL: u32 = (1 << PART_OBJECTS) - 1;

/** For a new exploration; false where there is no memory. */
export function partsBegin(): bool {
  memory.fill(FIRST, 0, LIST_BYTES);
  memory.fill(FROM, 0, LIST_BYTES);
  partsForget();
  firstWords = 0;
  fromWords = 0;
  return internBegin();
}

/** What the machine's state consists of is not known any more. */
export function partsForget(): void {
  memory.fill(HERE, 0xff, LIST_BYTES);
  hereWords = <u32>WORDS_MAX;
}

// @ts-ignore: decorator
@inline
function word(list: usize, part: u32): usize {
  return load<u32>(list + (<usize>part << 2));
}

// @ts-ignore: decorator
@inline
function setWord(list: usize, part: u32, at: usize): void {
  store<u32>(list + (<usize>part << 2), <u32>at);
}

function keepTask(slot: u32): usize {
  const at = internRoom(identityTaskBytes());
  if (!at) return 0;
  identityTask(slot, at);
  return intern(slot, identityTaskBytes());
}

function keepObjects(): usize {
  const at = internRoom(identityObjectsBytes());
  if (!at) return 0;
  identityObjects(at);
  return intern(PART_OBJECTS, identityObjectsBytes());
}

function keepBlock(block: u32): usize {
  const at = internRoom(BLOCK_BYTES);
  if (!at) return 0;
  identityBlock(block, at);
  if (!v128.any_true(v128.load(at))) return 0;
  return intern(PART_BLOCKS + block, BLOCK_BYTES);
}

/** The machine's state, whatever it was before, as one from which nothing differs. */
export function partsWhole(to: usize): void {
  for (let slot: u32 = 0; slot < PART_OBJECTS; slot++) {
    setWord(HERE, slot, (live >> slot) & 1 ? keepTask(slot) : 0);
  }
  setWord(HERE, PART_OBJECTS, keepObjects());
  const words = PART_BLOCKS + identityBlocks();
  for (let part = PART_BLOCKS; part < words; part++) setWord(HERE, part, keepBlock(part - PART_BLOCKS));
  for (let part = words; part < hereWords; part++) setWord(HERE, part, 0);
  hereWords = words;
  if (!firstWords) {
    memory.copy(FIRST, HERE, LIST_BYTES);
    firstWords = words;
  }
  let sum: u64 = 0;
  for (let part: u32 = 0; part < words; part++) sum += internHash(word(HERE, part));
  describe(to, sum, to + STEPPED_WORDS);
}

/** Looks at what a step of a slot has changed, and writes it down; the end of it. See internFull. */
export function partsStepped(slot: u32, to: usize): usize {
  let sum = fromSum;
  let at = to + STEPPED_WORDS;
  touched = (1 << slot) | (live ^ fromLive);
  for (let rest = live & ~touched; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    if (identityTaskChanged(other, word(FROM, other) + 8)) touched |= 1 << other;
  }
  for (let rest = touched; rest; rest &= rest - 1, at += 8) {
    const other = <u32>ctz(rest);
    sum += becomes(at, other, (live >> other) & 1 ? keepTask(other) : 0);
  }
  if (writtenObjects) {
    sum += becomes(at, PART_OBJECTS, keepObjects());
    at += 8;
  }
  const words = PART_BLOCKS + identityBlocks();
  for (let rest = writtenBlocks; rest; rest &= rest - 1) {
    for (let part = PART_BLOCKS + <u32>ctz(rest); part < words; part += 64, at += 8) {
      sum += becomes(at, part, keepBlock(part - PART_BLOCKS));
    }
  }
  describe(to, sum, at);
  return at;
}

/** What that adds to the sum of the state's parts. */
// @ts-ignore: decorator
@inline
function becomes(to: usize, part: u32, at: usize): u64 {
  store<u32>(to, part);
  store<u32>(to, <u32>at, 4);
  return internHash(at) - internHash(word(FROM, part));
}

// @ts-ignore: decorator
@inline
function describe(to: usize, sum: u64, end: usize): void {
  const turns = identityTurns();
  store<u64>(to, sum + identityTasks(live, waiting, turns));
  store<u32>(to, live | (runnable << 16), STEPPED_STATE);
  store<u32>(to, poised | (waiting << 16), STEPPED_STATE + 4);
  store<u64>(to, turns, STEPPED_TURNS);
  store<u32>(to, PART_BLOCKS + identityBlocks(), STEPPED_LIST);
  store<u32>(to, <u32>((end - to - STEPPED_WORDS) >> 3), STEPPED_COUNT);
}

// @ts-ignore: decorator
@inline
export function partsHash(stepped: usize): u64 {
  return load<u64>(stepped);
}

// @ts-ignore: decorator
@inline
export function partsRunnable(stepped: usize): u32 {
  return load<u16>(stepped, STEPPED_STATE + 2);
}

/** The machine is again in the state that steps are taken from, whatever was done since. */
export function partsBack(): void {
  for (let rest = touched; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    if ((fromLive >> slot) & 1) identityPlaceTask(slot, word(FROM, slot) + 8);
  }
  identityPlaceTurns(touched & fromLive, fromTurns);
  const words = max(fromWords, PART_BLOCKS + identityBlocks());
  if (writtenObjects) putBack(PART_OBJECTS);
  for (let rest = writtenBlocks; rest; rest &= rest - 1) {
    for (let part = PART_BLOCKS + <u32>ctz(rest); part < words; part += 64) putBack(part);
  }
  standBetweenSteps();
  // What a step touches is known when it has been looked at.
  touched = ALL;
}

/** Of the objects or a block. */
// @ts-ignore: decorator
@inline
function putBack(part: u32): void {
  const at = word(FROM, part);
  if (part == PART_OBJECTS) identityPlaceObjects(at + 8);
  else if (at) identityPlaceBlock(part - PART_BLOCKS, at + 8);
  else identityClearBlock(part - PART_BLOCKS);
}

/** All that is in no part. */
function standBetweenSteps(): void {
  setLive(fromLive);
  setRunnable(fromRunnable);
  setPoised(fromPoised);
  setWaiting(fromWaiting);
  setTicket(TICKETS_NEXT);
  setSteps(fromSteps);
  setOutcome(Outcome.RUNNING);
  // The cells that are watched are not remembered.
  setDirty(fromPoised != 0);
  touched = 0;
  clearMarks();
}

/** Packs a state that was written down, as long as the one it differs from is the machine's; its end. */
export function partsPack(stepped: usize, to: usize): usize {
  const end = stepped + STEPPED_WORDS + (<usize>load<u32>(stepped, STEPPED_COUNT) << 3);
  for (let at = stepped + STEPPED_WORDS; at < end; at += 8) setWord(HERE, load<u32>(at), load<u32>(at, 4));
  v128.store(to, v128.load(stepped, STEPPED_STATE));
  const words = max(load<u32>(stepped, STEPPED_LIST), firstWords);
  store<u32>(to, words, 16);
  let out = to + PACKED_BITS + (<usize>((words + 63) >> 6) << 3);
  for (let unit: usize = 0; unit < <usize>words; unit += 64) {
    let bits: u64 = 0;
    for (let group: usize = 0; group < 64; group += 4) {
      const at = (unit + group) << 2;
      let differ = <u32>i32x4.bitmask(i32x4.ne(v128.load(HERE + at), v128.load(FIRST + at)));
      bits |= <u64>differ << group;
      for (; differ; differ &= differ - 1, out += 4) {
        store<u32>(out, load<u32>(HERE + at + (<usize>ctz(differ) << 2)));
      }
    }
    store<u64>(to + PACKED_BITS + (unit >> 3), bits);
  }
  for (let at = stepped + STEPPED_WORDS; at < end; at += 8) {
    setWord(HERE, load<u32>(at), word(FROM, load<u32>(at)));
  }
  return out;
}

/**
 * Makes a packed state the machine's, from which steps are taken; its end. The hash is what was said of it
 * then.
 */
export function partsUnpack(from: usize, hash: u64, steps: u32): usize {
  fromLive = load<u16>(from);
  fromRunnable = load<u16>(from, 2);
  fromPoised = load<u16>(from, 4);
  fromWaiting = load<u16>(from, 6);
  fromTurns = load<u64>(from, 8);
  fromSteps = steps;
  const words = load<u32>(from, 16);
  let at = from + PACKED_BITS + (<usize>((words + 63) >> 6) << 3);
  layoutCopy(FROM, FIRST, <usize>max(words, fromWords) << 2);
  fromWords = words;
  for (let unit: usize = 0; unit < <usize>words; unit += 64) {
    let bits = load<u64>(from + PACKED_BITS + (unit >> 3));
    for (; bits; bits &= bits - 1, at += 4) {
      store<u32>(FROM + ((unit + <usize>ctz(bits)) << 2), load<u32>(at));
    }
  }
  const bytes = <usize>max(words, hereWords) << 2;
  for (let group: usize = 0; group < bytes; group += 16) {
    let differ = <u32>i32x4.bitmask(i32x4.ne(v128.load(HERE + group), v128.load(FROM + group)));
    for (; differ; differ &= differ - 1) {
      const part = <u32>(group >> 2) + <u32>ctz(differ);
      if (part >= PART_OBJECTS) putBack(part);
      else if (word(FROM, part)) identityPlaceTask(part, word(FROM, part) + 8);
    }
    v128.store(HERE + group, v128.load(FROM + group));
  }
  hereWords = words;
  identityPlaceTurns(fromLive, fromTurns);
  standBetweenSteps();
  fromSum = hash - identityTasks(fromLive, fromWaiting, fromTurns);
  return at;
}
