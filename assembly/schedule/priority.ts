// Priorities of tasks, for the strategies that always step the highest of those that can: drawn numbers,
// which no two tasks share, so that the order of any tasks is uniform. Each slot draws from a stream of its
// own, whose start depends on the schedule and the slot alone: so the order in which slots come to be known
// does not matter.
//
// A drawn priority has its highest bit set and the slot in its lowest four; below all of them lie those that
// were set by hand.

import { prngMix, prngNext } from "../core/prng";

/** By slot: priority (64 bits), then the counter of its stream. */
const SLOTS_AT: usize = memory.data(256, 16);
const COUNTER: usize = 8;
const APART: u64 = 0xd1342543de82ef95;
const DRAWN: u64 = 1 << 63;

let origin: u64 = 0;
/** Slots whose stream has begun. */
let begun: u32 = 0;
/** Slots whose task is known. */
let present: u32 = 0;

/** For a new run; the counter is the schedule's. */
// @ts-ignore: decorator
@inline
export function priorityBegin(counter: u64): void {
  origin = counter;
  begun = 0;
  present = 0;
}

/** Who lives now: a task that was not there before draws its priority. Gives those that are new. */
// @ts-ignore: decorator
@inline
export function priorityMeet(live: u32): u32 {
  const fresh = live & ~present;
  present = live;
  for (let rest = fresh; rest; rest &= rest - 1) priorityDraw(<u32>ctz(rest));
  return fresh;
}

/** A new one in place of what the slot has. */
// @ts-ignore: decorator
@inline
export function priorityDraw(slot: u32): void {
  const at = SLOTS_AT + (<usize>slot << 4);
  const bit = <u32>1 << slot;
  const counter = begun & bit ? prngNext(load<u64>(at, COUNTER)) : prngMix(origin + <u64>(slot + 1) * APART);
  begun |= bit;
  store<u64>(at, counter, COUNTER);
  store<u64>(at, (prngMix(counter) & ~15) | DRAWN | slot);
}

/** Below every drawn one; of two that are set so the higher level counts more. */
export function prioritySet(slot: u32, level: u32): void {
  store<u64>(SLOTS_AT + (<usize>slot << 4), (<u64>level << 4) | slot);
}

/** The slot with the highest priority of a set that is not empty. */
// @ts-ignore: decorator
@inline
export function priorityHighest(set: u32): u32 {
  let best = load<u64>(SLOTS_AT + (<usize>ctz(set) << 4));
  for (let rest = set & (set - 1); rest; rest &= rest - 1) {
    const other = load<u64>(SLOTS_AT + (<usize>ctz(rest) << 4));
    best = select(best, other, best > other);
  }
  return <u32>best & 15;
}
