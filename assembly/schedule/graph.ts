// A graph of states that were met, and of where each step leads from them: nodes in a heap that only grows,
// found again by the hash of their state (open addressing, linear probing; two states of n share a hash with
// probability below n^2 / 2^65).
//
// Where a step leads is one word. Its low four bits are the number of tasks that can step next, the others
// say where the node lies, in units of 8 bytes from the heap's beginning:
//
//    0      hash of the state (64 bits)
//    8      the edge that led here first: its node's place, and its rank in the low four bits
//    12     a word for each task that can step, by rank: where its step leads; 0 while unknown
//
// A word whose low four bits are 0 leads to a record instead:
//
//    0      hash of the state, where it is an end without a violation
//    8      RECORD_NOTED: a step did something wrong and went on; RECORD_ENDED: the run has ended
//    12     where the step leads, for RECORD_NOTED; outcome | limit << 8 for RECORD_ENDED
//    16     number of notes
//    20     each note, NOTE_BYTES: what was wrong, by the step or by the checks at the end

import { GRAPH } from "../core/layout";
import { limit, outcome } from "../machine/state";
import { NOTES, NOTE_BYTES } from "../machine/tally";

export const RECORD_NOTED: u32 = 1;
export const RECORD_ENDED: u32 = 2;

const NODE_PARENT: usize = 8;
/** First word of a node's edges. */
export const NODE_EDGES: usize = 12;
export const RECORD_KIND: usize = 8;
export const RECORD_VALUE: usize = 12;
export const RECORD_COUNT: usize = 16;
export const RECORD_NOTES: usize = 20;

/** Where the table ends and the heap begins. */
let heap: usize = 0;
let heapUsed: usize = 0;
let heapLimit: usize = 0;
let tableMask: u32 = 0;
export let graphNodes: u32 = 0;
/** A node did not fit: nothing is added any more. */
export let graphFull: bool = false;

/** An empty graph in so many bytes behind GRAPH; a quarter of them, a power of two, is the table. */
export function graphBegin(bytes: usize): void {
  const words = <u32>1 << (29 - <u32>clz(<u32>(bytes >> 2)));
  memory.fill(GRAPH, 0, <usize>words << 2);
  tableMask = words - 1;
  heap = GRAPH + (<usize>words << 2);
  // The first unit stays free: no node lies at 0.
  heapUsed = 8;
  heapLimit = bytes - (<usize>words << 2);
  graphNodes = 0;
  graphFull = false;
}

/** Address of what a word leads to. */
// @ts-ignore: decorator
@inline
export function graphAt(word: u32): usize {
  return heap + (<usize>(word & ~15) >> 1);
}

/** Number of tasks that can step there; 0 where the word leads to a record. */
// @ts-ignore: decorator
@inline
export function graphDegree(word: u32): u32 {
  return word & 15;
}

/** The word of the node that a word leads to, past a note; 0 where the run ends. */
export function graphNode(word: u32): u32 {
  if (graphDegree(word)) return word;
  const at = graphAt(word);
  return word && load<u32>(at, RECORD_KIND) == RECORD_NOTED ? load<u32>(at, RECORD_VALUE) : 0;
}

/** Slot of the table where a hash stands or, where it is new, would stand. */
function slotOf(hash: u64): usize {
  let slot = <u32>hash & tableMask;
  while (true) {
    const at = GRAPH + (<usize>slot << 2);
    const word = load<u32>(at);
    if (!word || load<u64>(graphAt(word)) == hash) return at;
    slot = (slot + 1) & tableMask;
  }
}

/** The word that stands for a state, or 0 if it is new. */
export function graphFind(hash: u64): u32 {
  return load<u32>(slotOf(hash));
}

/** A new state in which `degree` tasks can step; 0 where it does not fit. */
export function graphAdd(hash: u64, degree: u32, parent: u32): u32 {
  const place = allocate(NODE_EDGES + (<usize>degree << 2));
  if (!place) return 0;
  const at = graphAt(place);
  store<u64>(at, hash);
  store<u32>(at, parent, NODE_PARENT);
  memory.fill(at + NODE_EDGES, 0, <usize>degree << 2);
  return enter(hash, place | degree);
}

/** A new state in which the run has ended well, but for the notes from `first` to `end`. */
export function graphAddEnd(hash: u64, first: u32, end: u32): u32 {
  const word = record(RECORD_ENDED, outcome | (limit << 8), first, end);
  if (!word) return 0;
  store<u64>(graphAt(word), hash);
  return enter(hash, word);
}

/** The end of a run by what its last step did, with the notes up to `end`; 0 where it does not fit. */
export function graphEnd(end: u32): u32 {
  return record(RECORD_ENDED, outcome | (limit << 8), 0, end);
}

/** A step that left notes 0 to `end` and led where the word says; 0 where it does not fit. */
export function graphNoted(word: u32, end: u32): u32 {
  return record(RECORD_NOTED, word, 0, end);
}

function enter(hash: u64, word: u32): u32 {
  store<u32>(slotOf(hash), word);
  graphNodes++;
  // The table stays at most three quarters full, or its chains grow long.
  if (graphNodes > tableMask - (tableMask >> 2)) graphFull = true;
  return word;
}

function record(kind: u32, value: u32, first: u32, end: u32): u32 {
  const bytes = <usize>(end - first) * NOTE_BYTES;
  const place = allocate(RECORD_NOTES + bytes);
  if (!place) return 0;
  const at = graphAt(place);
  store<u64>(at, 0);
  store<u32>(at, kind, RECORD_KIND);
  store<u32>(at, value, RECORD_VALUE);
  store<u32>(at, end - first, RECORD_COUNT);
  memory.copy(at + RECORD_NOTES, NOTES + <usize>first * NOTE_BYTES, bytes);
  return place;
}

/** Room of so many bytes, as a word with degree 0; 0 where there is none. */
function allocate(bytes: usize): u32 {
  const size = (bytes + 7) & ~7;
  if (graphFull || heapUsed + size > heapLimit) {
    graphFull = true;
    return 0;
  }
  const place = <u32>(heapUsed << 1);
  heapUsed += size;
  return place;
}
