// A run that was drawn before, looked at closely: which behaviour it is (behaviour.ts), which states it goes
// through, how it ends, and, left behind at MARKS, which instructions it takes. It needs the engine that
// records (build/reducer.wasm).

import { IMAGE_ALWAYS, Outcome, STEPS_MAX } from "../abi";
import { choiceBegin, CHOICE_REPLAY } from "../core/choice";
import { RECORDING } from "../core/footprint";
import { hashMix } from "../core/hash";
import { PICKS, SEEN, VIOLATIONS } from "../core/layout";
import { courseBegin, courseConclude, courseStep } from "../machine/course";
import { identityHash } from "../machine/identity";
import {
  outcome, runnable, setStepsMax, setTallying, violationCount, violationsClear,
} from "../machine/state";
import { imageWord } from "../machine/task";
import { behaviourAfter, behaviourBefore, behaviourBegin, behaviourHash } from "./behaviour";

/** Bits of a hash that are given away. */
const HASH_CUT: u64 = 16;

/** Of the states of the run those that are wanted: so many hashes lie at SEEN. */
export let observeSeen: u32 = 0;
let seenMost: u64 = 0;
let endState: u64 = 0;

/** 1 where this engine can. */
export function observeAbility(): bool {
  return RECORDING;
}

/** From here on states are kept whose hash, without its lowest HASH_CUT bits, is at most this. */
export function observeStates(most: u64): void {
  seenMost = most;
}

/** A run of at most so many steps begins; so many results of choose() lie in their buffer. */
export function observeBegin(bound: u32, choices: u32): void {
  assert(RECORDING, "this engine does not record what steps touch");
  violationsClear();
  setTallying(false);
  setStepsMax(bound);
  choiceBegin(CHOICE_REPLAY, choices);
  observeSeen = 0;
  endState = 0;
  courseBegin();
  behaviourBegin();
  see();
}

export function observeStep(slot: u32): void {
  assert((runnable >> slot) & 1, "a task that cannot step was picked");
  behaviourBefore(slot);
  courseStep(slot, imageWord(IMAGE_ALWAYS));
  behaviourAfter(slot);
  see();
}

/** After the last step; gives an Outcome. */
export function observeEnd(): u32 {
  endState = identityHash();
  if (outcome == Outcome.VIOLATED) {
    // The step was not finished: where it stopped, and why, is part of how the run ended.
    const last = VIOLATIONS + (<usize>(violationCount - 1) << 5);
    endState = hashMix(endState + load<u64>(last)) + hashMix(load<u64>(last, 8) ^ load<u64>(last, 16));
  }
  courseConclude();
  return outcome;
}

/** The whole of a run whose picks lie in their buffer; gives an Outcome. */
export function observeRun(picks: u32, bound: u32, choices: u32): u32 {
  observeBegin(bound, choices);
  for (let i: u32 = 0; i < picks; i++) observeStep(load<u8>(PICKS + i));
  return observeEnd();
}

/** Hash of the behaviour (0), or of the state in which the run ended (1). */
export function observeHash(which: u32): u64 {
  return which ? endState : behaviourHash();
}

/** The present state, between two steps. */
function see(): void {
  if (outcome != Outcome.RUNNING) return;
  const hash = identityHash();
  if (hash >> HASH_CUT > seenMost || observeSeen == <u32>STEPS_MAX) return;
  store<u64>(SEEN + (<usize>observeSeen << 3), hash);
  observeSeen++;
}
