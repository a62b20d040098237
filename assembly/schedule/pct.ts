// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): tasks have
// random priorities, the highest that can step does, and at d - 1 change points, drawn among k steps, the one
// that is about to step falls below all others. A run shows a bug of depth d, one that takes d orderings of
// two steps, with a probability of at least 1 / (n k^(d-1)), n being the tasks.
//
// Departures. Only steps at which two or more tasks can step are counted, and k bounds those: where one task
// alone can step, its priority decides nothing, so that a change there can as well be made where it next has
// the highest priority among several; for each choice of change points that shows the bug there is one among
// the counted steps. A task that is started later draws its priority as the first ones do, independent of all
// others, so that the order of all tasks of a run, those that are over included, is uniform. The change
// is made before the counted step, not after the one before it, which is the same.
//
// k is given, or what runs of practice came to (practice.ts): then the guarantee holds where no run has more.

import { prngNext, prngMix, prngScale } from "../core/prng";
import { priorityBegin, priorityHighest, priorityMeet, prioritySet } from "./priority";

/** Most change points: the levels of a task that has fallen are 1 to this. */
const POINTS_MAX: u32 = 15;
/** The counted step before which each falls, from 1 on. */
const POINTS: usize = memory.data(64, 4);
let points: u32 = 0;
/** Steps counted so far, and before which one the next change is; 0 where none is left. */
let counted: u32 = 0;
let next: u32 = 0;
/** Who could step and who lived when it was last asked, and who had the highest priority of them. */
let able: u32 = 0;
let there: u32 = 0;
let top: u32 = 0;

/** The counter is the schedule's; so deep, with change points among so many steps. */
export function pctBegin(counter: u64, depth: u32, among: u32): void {
  priorityBegin(counter);
  points = min(depth - 1, POINTS_MAX);
  let drawn = counter;
  for (let i: u32 = 0; i < points; i++) {
    drawn = prngNext(drawn);
    store<u32>(POINTS + (<usize>i << 2), 1 + prngScale(prngMix(drawn), among));
  }
  counted = 0;
  able = 0;
  findNext();
}

/** The slot to step. */
// @ts-ignore: decorator
@inline
export function pctPick(runnable: u32, live: u32): u32 {
  // From one step to the next hardly anything changes.
  if (runnable != able || live != there) {
    priorityMeet(live);
    top = priorityHighest(runnable);
    able = runnable;
    there = live;
  }
  if (runnable & (runnable - 1) && ++counted == next) fall();
  return top;
}

/** Whoever is highest falls, to the level of the change point; of several at one step to the last one's. */
function fall(): void {
  for (let i: u32 = 0; i < points; i++) {
    if (load<u32>(POINTS + (<usize>i << 2)) == counted) prioritySet(top, i + 1);
  }
  findNext();
  top = priorityHighest(able);
}

function findNext(): void {
  next = 0;
  for (let i: u32 = 0; i < points; i++) {
    const point = load<u32>(POINTS + (<usize>i << 2));
    if (point > counted && (!next || point < next)) next = point;
  }
}
