// A graph of states that were met, and of where each step leads from them (laid out in abi.ts): nodes and
// records in a heap that only grows, nodes found again by the hash of their state (two states of n share a
// hash with probability below n^2 / 2^65).
//
// The table has open addressing and linear probing. Its entries are a place, and in the low four bits the
// first bits of the hash, so that most of the nodes that are not meant are not looked at. It begins small,
// for what is small stays in the cache, and is made anew from the nodes when it is three quarters full.

import {
  ALTERNATIVE_BYTES, NODE_EDGES, NODE_PARENT, NODE_SLOTS, NOTE_BYTES, RECORD_CHOICES, RECORD_CHOSEN,
  RECORD_COUNT, RECORD_ENDED, RECORD_ITEMS, RECORD_KIND, RECORD_NOTED, RECORD_TAKEN, RECORD_VALUE,
} from "../abi";
import { CHOICES } from "../core/layout";
import { limit, outcome } from "../machine/state";
import { NOTES } from "../machine/tally";

let table: usize = 0;
let tableMask: u32 = 0;
/** What the mask can grow to, and beyond how many states it has to. */
let tableMost: u32 = 0;
let tableStates: u32 = 0;
const TABLE_FIRST: u32 = 1 << 12;
/** Where the table ends and the nodes begin. */
export let graphHeap: usize = 0;
/**
 * Bytes of the heap that nodes take, from its beginning, and where records begin, which fill it from its
 * end.
 */
export let graphUsed: usize = 0;
let recordsFrom: usize = 0;
let heapEnd: usize = 0;
/** States: nodes, and ends without a violation. */
export let graphStates: u32 = 0;
/** Something did not fit: nothing is added any more. */
export let graphFull: bool = false;
/** Counts the graphs that were begun. */
export let graphNumber: u32 = 0;

/** An empty graph in so many bytes (at most 2^31) from an address; about a quarter is for the table. */
export function graphBegin(at: usize, bytes: usize): void {
  const words = <u32>1 << (29 - <u32>clz(<u32>(bytes >> 2)));
  table = at;
  tableMost = words - 1;
  graphHeap = table + (<usize>words << 2);
  // The first unit stays free: no node lies at 0.
  graphUsed = 8;
  heapEnd = bytes - (<usize>words << 2) & ~7;
  recordsFrom = heapEnd;
  graphStates = 0;
  graphFull = false;
  graphNumber++;
  resize(min(words, TABLE_FIRST) - 1);
}

/** Bytes in use: of the heap, and of the table. */
export function graphBytes(): usize {
  return graphUsed + (heapEnd - recordsFrom) + (<usize>(tableMask + 1) << 2);
}

/** So many bytes of the heap for something else, at a multiple of 8; 0 where they do not fit. */
export function graphTake(bytes: usize): usize {
  const word = record(RECORD_TAKEN, 0, <u32>bytes, bytes + 4);
  return word ? graphAt(word) + RECORD_ITEMS + 4 : 0;
}

/** Address of what a word leads to. */
// @ts-ignore: decorator
@inline
export function graphAt(word: u32): usize {
  return graphHeap + (<usize>(word & ~15) >> 1);
}

/** The word of what lies at an address, without a degree. */
// @ts-ignore: decorator
@inline
export function graphPlace(at: usize): u32 {
  return <u32>((at - graphHeap) << 1);
}

/** Number of tasks that can step there; 0 where the word leads to a record. */
// @ts-ignore: decorator
@inline
export function graphDegree(word: u32): u32 {
  return word & 15;
}

/** The place is a record's, not a node's. */
// @ts-ignore: decorator
@inline
export function graphIsRecord(place: u32): bool {
  return (<usize>place >> 1) >= recordsFrom;
}

/** Bytes of a node from which so many tasks can step. */
// @ts-ignore: decorator
@inline
export function graphNodeBytes(degree: u32): usize {
  return (<usize>NODE_EDGES + (<usize>degree << 2) + 7) & ~7;
}

/** The word of the node that a word leads to, past a note; 0 where the run ends. */
export function graphNode(word: u32): u32 {
  if (graphDegree(word)) return word;
  const at = graphAt(word);
  return word && load<u32>(at, RECORD_KIND) == RECORD_NOTED ? load<u32>(at, RECORD_VALUE) : 0;
}

// ---------------------------------------------------------------- the table

/** Entry of the table where a hash stands or, where it is new, would stand. */
// @ts-ignore: decorator
@inline
function entryOf(hash: u64): usize {
  let entry = <u32>hash & tableMask;
  const tag = <u32>(hash >> 60);
  while (true) {
    const at = table + (<usize>entry << 2);
    const held = load<u32>(at);
    if (!held || ((held & 15) == tag && load<u64>(graphAt(held)) == hash)) return at;
    entry = (entry + 1) & tableMask;
  }
}

/** The word that stands for a state, or 0 if it is new. */
export function graphFind(hash: u64): u32 {
  const held = load<u32>(entryOf(hash));
  if (!held) return 0;
  const place = held & ~15;
  return graphIsRecord(place) ? place : place | <u32>popcnt(<u32>load<u16>(graphAt(place), NODE_SLOTS));
}

/**
 * Reads where graphFind() will read, the table or the nodes: of several hashes one after the other the memory
 * does it at the same time. What it returns says nothing, but must be used.
 */
// @ts-ignore: decorator
@inline
export function graphTouch(hash: u64): u32 {
  return load<u32>(table + (<usize>(<u32>hash & tableMask) << 2));
}

// @ts-ignore: decorator
@inline
export function graphTouchNode(hash: u64): u32 {
  const held = graphTouch(hash);
  return load<u32>(select(graphAt(held), graphHeap, (held & 15) == <u32>(hash >> 60)));
}

function enter(hash: u64, word: u32): u32 {
  if (graphStates >= tableStates) resize(2 * tableMask + 1);
  put(hash, word);
  graphStates++;
  // The table stays at most three quarters full, or its chains grow long.
  if (graphStates > tableMost - (tableMost >> 2)) graphFull = true;
  return word;
}

// @ts-ignore: decorator
@inline
function put(hash: u64, word: u32): void {
  store<u32>(entryOf(hash), (word & ~15) | <u32>(hash >> 60));
}

/** A table with this mask, of the states that there are. */
function resize(mask: u32): void {
  tableMask = mask;
  tableStates = mask == tableMost ? u32.MAX_VALUE : mask - (mask >> 2);
  memory.fill(table, 0, (<usize>mask + 1) << 2);
  for (let at = graphHeap + 8; at < graphHeap + graphUsed;) {
    put(load<u64>(at), graphPlace(at));
    at += graphNodeBytes(<u32>popcnt(<u32>load<u16>(at, NODE_SLOTS)));
  }
  for (let at = graphHeap + recordsFrom; at < graphHeap + heapEnd;) {
    // The end of a run has a hash where it is a state.
    const hash = load<u64>(at);
    if (hash) put(hash, graphPlace(at));
    at += recordBytes(itemsOf(load<u32>(at, RECORD_KIND), load<u32>(at, RECORD_COUNT)));
  }
}

function itemsOf(kind: u32, count: u32): usize {
  switch (kind) {
    case RECORD_CHOSEN: return <usize>count * ALTERNATIVE_BYTES;
    case RECORD_CHOICES: return <usize>count << 2;
    case RECORD_TAKEN: return <usize>count + 4;
  }
  return <usize>count * NOTE_BYTES;
}

// ---------------------------------------------------------------- nodes and records

/** A new state in which some slots can step (NODE_SLOTS in full); 0 where it does not fit. */
export function graphAdd(hash: u64, slots: u32, parent: u32): u32 {
  const degree = <u32>popcnt(slots & 0xffff);
  const bytes = graphNodeBytes(degree);
  if (!fits(bytes)) return 0;
  const at = graphHeap + graphUsed;
  graphUsed += bytes;
  store<u64>(at, hash);
  store<u32>(at, parent, NODE_PARENT);
  store<u32>(at, slots, NODE_SLOTS);
  for (let edge: usize = NODE_EDGES; edge < bytes; edge += 8) store<u64>(at + edge, 0);
  return enter(hash, graphPlace(at) | degree);
}

/** A new state in which the run has ended well, but for the notes from `first` to `end`. */
export function graphAddEnd(hash: u64, first: u32, end: u32): u32 {
  const word = note(RECORD_ENDED, outcome | (limit << 8), first, end);
  if (!word) return 0;
  store<u64>(graphAt(word), hash);
  return enter(hash, word);
}

/** The end of a run by what its last step did, with the notes up to `end`; 0 where it does not fit. */
export function graphEnd(end: u32): u32 {
  return note(RECORD_ENDED, outcome | (limit << 8), 0, end);
}

/** A step that left notes 0 to `end` and led where the word says; 0 where it does not fit. */
export function graphNoted(word: u32, end: u32): u32 {
  return note(RECORD_NOTED, word, 0, end);
}

/** A step that chose, with room for some alternatives, to be filled in; 0 where it does not fit. */
export function graphChosen(parent: u32, alternatives: u32): u32 {
  const bytes = <usize>alternatives * ALTERNATIVE_BYTES;
  const word = record(RECORD_CHOSEN, parent, alternatives, bytes);
  if (word) memory.fill(graphAt(word) + RECORD_ITEMS, 0, bytes);
  return word;
}

/** The choices that were made, from CHOICES; 0 where they do not fit. */
export function graphChoices(count: u32): u32 {
  const bytes = <usize>count << 2;
  const word = record(RECORD_CHOICES, 0, count, bytes);
  if (word) memory.copy(graphAt(word) + RECORD_ITEMS, CHOICES, bytes);
  return word;
}

function note(kind: u32, value: u32, first: u32, end: u32): u32 {
  const bytes = <usize>(end - first) * NOTE_BYTES;
  const word = record(kind, value, end - first, bytes);
  if (word) memory.copy(graphAt(word) + RECORD_ITEMS, NOTES + <usize>first * NOTE_BYTES, bytes);
  return word;
}

function record(kind: u32, value: u32, count: u32, bytes: usize): u32 {
  const size = recordBytes(bytes);
  if (!fits(size)) return 0;
  recordsFrom -= size;
  const at = graphHeap + recordsFrom;
  store<u64>(at, 0);
  store<u32>(at, kind, RECORD_KIND);
  store<u32>(at, value, RECORD_VALUE);
  store<u32>(at, count, RECORD_COUNT);
  return graphPlace(at);
}

/** Bytes of a record with so many bytes of items. */
// @ts-ignore: decorator
@inline
function recordBytes(bytes: usize): usize {
  return (<usize>RECORD_ITEMS + bytes + 7) & ~7;
}

function fits(bytes: usize): bool {
  if (graphUsed + bytes > recordsFrom) graphFull = true;
  return !graphFull;
}
