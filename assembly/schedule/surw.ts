// Selectively uniform random walk (Zhao, Wolff, Mathur, Roychoudhury, ASPLOS 2025, where what is interesting
// is the accesses to one variable): for each schedule one cell is drawn, and the order in which tasks come to
// step on that cell is drawn uniformly, each with a chance in proportion to how often it will; all other
// steps are taken by random priorities, a new one for each step. A task that comes to a step on the cell out
// of turn waits there until the one whose turn it is has taken its own.
//
// Cells are drawn in proportion to how often runs of practice stepped on them, of those that several tasks
// touch and one changes. A departure: where all that can step wait so, the turn goes to one of them.

import { practiceCell, practiceCellSteps, practiceTargets } from "./practice";
import { priorityBegin, priorityDraw, priorityHighest, priorityMeet } from "./priority";
import { weightOf, weightsBegin, weightsBelow, weightSet, weightsPick } from "./weights";

const NOBODY: u32 = 31;
const CELLS_APART: u64 = 0x2545f4914f6cdd1d;

let target: u32 = 0;
let turn: u32 = NOBODY;
/** Slots that wait for their turn. */
let held: u32 = 0;

/** The counter is the schedule's. */
export function surwBegin(counter: u64): void {
  priorityBegin(counter);
  weightsBegin(counter ^ CELLS_APART);
  target = practiceTargets ? practiceCell(weightsBelow(practiceTargets)) : 0;
  turn = NOBODY;
  held = 0;
}

/** The slot to step; `cells` are the cells that slots will step on, a word each. */
export function surwPick(runnable: u32, live: u32, cells: usize): u32 {
  for (let fresh = priorityMeet(live); fresh; fresh &= fresh - 1) {
    const slot = <u32>ctz(fresh);
    weightSet(slot, target ? practiceCellSteps(target, slot) : 0);
  }
  if (turn != NOBODY && !((live >> turn) & 1)) turn = NOBODY;
  held &= live;
  while (true) {
    let free = runnable & ~held;
    if (!free) {
      turn = weightsPick(runnable);
      held = 0;
      free = 1 << turn;
    }
    const slot = priorityHighest(free);
    if (!target || load<u32>(cells + (<usize>slot << 2)) != target) {
      priorityDraw(slot);
      return slot;
    }
    if (turn == NOBODY) turn = weightsPick(candidates(live, slot));
    if (turn == slot) {
      const left = weightOf(slot);
      if (left) weightSet(slot, left - 1);
      turn = NOBODY;
      held = 0;
      priorityDraw(slot);
      return slot;
    }
    held |= 1 << slot;
  }
}

/** Who may have a step on the cell left, the one that stands before it included. */
function candidates(live: u32, slot: u32): u32 {
  let set: u32 = 1 << slot;
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    if (weightOf(other)) set |= 1 << other;
  }
  return set;
}
