// Where a step leads that has just been run, for the graph of states.

import { Outcome } from "../abi";
import { courseConclude } from "../machine/course";
import { identityHash } from "../machine/identity";
import { live, outcome, runnable } from "../machine/state";
import { noteCount, notesComplete } from "../machine/tally";
import { graphAdd, graphAddEnd, graphEnd, graphFind, graphNoted } from "./graph";

/**
 * The word for what came of the step; 0 where that cannot be kept. The notes were cleared before the step.
 * A run that has come to its end may be concluded by this.
 */
export function learn(parent: u32): u32 {
  if (outcome != Outcome.RUNNING) return learnEnd();
  return learnState(identityHash(), parent);
}

/** Where the run is over. */
export function learnEnd(): u32 {
  return notesComplete() ? graphEnd(noteCount) : 0;
}

/** Where it goes on from a state with this hash, or has come to its end without a violation. */
export function learnState(hash: u64, parent: u32): u32 {
  const notes = noteCount;
  if (!notesComplete()) return 0;
  let word = graphFind(hash);
  if (!word && runnable) word = graphAdd(hash, runnable | (live << 16), parent);
  else if (!word) {
    courseConclude();
    if (notesComplete()) word = graphAddEnd(hash, notes, noteCount);
  }
  return word && notes ? graphNoted(word, notes) : word;
}
