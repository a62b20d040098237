// Schedules with few preemptions only (iterative context bounding, Musuvathi and Qadeer, PLDI 2007). A node
// is a state, the slot that stepped last and how often somebody who could have gone on was preempted on the
// way: what a further switch costs, and whether it may still be made, depends on them. Where the same state
// and slot was met with fewer preemptions, that node does instead: whatever can be done from the one can be
// done from the other.

import { BOUND_MAX, NODE_SLOTS } from "../abi";
import { runnable } from "../machine/state";
import { noteCount, notesComplete } from "../machine/tally";
import { graphAdd, graphFind, graphNoted } from "./graph";

/** No bound. */
export const NO_BOUND: u32 = <u32>-1;
/** In place of a slot: nobody has stepped. */
export const NOBODY: u32 = 31;

export let bounded: bool = false;
/** Steps that were left out. */
export let boundCut: u32 = 0;
const SALT: u64 = 0x9fb21c651e98df25;
let most: u32 = 0;
/** Of the node in hand. */
let last: u32 = NOBODY;
let preemptions: u32 = 0;
let could: u32 = 0;

export function boundBegin(preemptionsMax: u32): void {
  bounded = preemptionsMax != NO_BOUND;
  assert(!bounded || preemptionsMax <= <u32>BOUND_MAX, "so many preemptions do not fit into a node");
  most = preemptionsMax;
  boundCut = 0;
  preemptions = 0;
  last = NOBODY;
}

/** The node at an address, which boundLearn() made, is expanded; gives the hash of its state. */
export function boundNode(at: usize): u64 {
  const kept = <u32>load<u16>(at, NODE_SLOTS + 2);
  last = kept & 31;
  preemptions = kept >> 5;
  could = load<u16>(at, NODE_SLOTS);
  return load<u64>(at) - <u64>kept * SALT;
}

// @ts-ignore: decorator
@inline
function after(slot: u32): u32 {
  return preemptions + (slot != last && last != NOBODY ? (could >> last) & 1 : 0);
}

/** A slot's step from that node is within the bound; else it is counted as left out. */
export function boundAllows(slot: u32): bool {
  if (after(slot) <= most) return true;
  boundCut++;
  return false;
}

/** The word for a state with this hash, in which somebody can step, after a slot's step; 0 without memory. */
export function boundLearn(hash: u64, slot: u32, whence: u32): u32 {
  const now = slot == NOBODY ? <u32>0 : after(slot);
  let word: u32 = 0;
  for (let count: u32 = 0; count <= now && !word; count++) word = graphFind(salted(hash, slot, count));
  if (!word) word = graphAdd(salted(hash, slot, now), runnable | (slot << 16) | (now << 21), whence);
  if (!word || !noteCount) return word;
  return notesComplete() ? graphNoted(word, noteCount) : 0;
}

function salted(hash: u64, slot: u32, count: u32): u64 {
  return hash + <u64>(slot | (count << 5)) * SALT;
}
