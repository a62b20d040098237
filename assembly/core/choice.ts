// Results of choose(): drawn, drawn and recorded, taken from a recording, or all of them in turn.

import { CHOICES } from "./layout";
import { prngBelow } from "./prng";
import { STEPS_MAX } from "../abi";

export const CHOICE_DRAW: u32 = 0;
export const CHOICE_RECORD: u32 = 1;
export const CHOICE_REPLAY: u32 = 2;
export const CHOICE_ENUMERATE: u32 = 3;

/** Results that can be enumerated of what is run at one time. */
export const CHOICES_TOGETHER: u32 = 32;
const BOUNDS: usize = memory.data(128, 4);
const SUSPENDED: usize = memory.data(128, 4);
let suspendedStored: u32 = 0;

let choiceMode: u32 = CHOICE_DRAW;
/** Results drawn or taken so far in this run. */
export let choiceCount: u32 = 0;
let choiceStored: u32 = 0;

/** For a new run; `stored` results lie at CHOICES when they are to be replayed. */
export function choiceBegin(mode: u32, stored: u32): void {
  choiceMode = mode;
  choiceStored = stored;
  choiceCount = 0;
}

/** From now on so many results lie at CHOICES, those that were taken already among them. */
export function choiceOffer(stored: u32): void {
  choiceStored = min(stored, <u32>STEPS_MAX);
}

/** A value below the bound (0 counts as 1). A recording that is too short goes on with zeros. */
export function choiceBelow(bound: u32): u32 {
  const at = choiceCount++;
  if (choiceMode >= CHOICE_REPLAY) {
    const value = at < choiceStored ? load<u32>(CHOICES + (<usize>at << 2)) : 0;
    if (choiceMode == CHOICE_ENUMERATE && at < CHOICES_TOGETHER) {
      store<u32>(CHOICES + (<usize>at << 2), value);
      store<u32>(BOUNDS + (<usize>at << 2), max<u32>(bound, 1));
    }
    return value < bound ? value : 0;
  }
  const value = bound > 1 ? prngBelow(bound) : 0;
  if (choiceMode == CHOICE_RECORD && at < <u32>STEPS_MAX) store<u32>(CHOICES + (<usize>at << 2), value);
  return value;
}

/**
 * After a run with CHOICE_ENUMERATE: sets up the next combination of results, the last counting fastest,
 * and begins anew; false where this was the last one.
 */
export function choiceAdvance(): bool {
  let at = min(choiceCount, CHOICES_TOGETHER);
  while (at > 0) {
    at--;
    const value = load<u32>(CHOICES + (<usize>at << 2)) + 1;
    if (value == load<u32>(BOUNDS + (<usize>at << 2))) continue;
    store<u32>(CHOICES + (<usize>at << 2), value);
    choiceBegin(CHOICE_ENUMERATE, at + 1);
    return true;
  }
  return false;
}

/** One in how many times the combination comes that was just run; 0 where that is more than 2^31. */
export function choiceOdds(): u32 {
  let product: u64 = 1;
  for (let at: u32 = 0; at < min(choiceCount, CHOICES_TOGETHER); at++) {
    product *= load<u32>(BOUNDS + (<usize>at << 2));
    if (product >> 31) return 0;
  }
  return choiceCount > CHOICES_TOGETHER ? 0 : <u32>product;
}

/** Sets aside the combination that is set up, while other steps are run; nothing has been drawn of it yet. */
export function choiceSuspend(): void {
  suspendedStored = choiceStored;
  memory.copy(SUSPENDED, CHOICES, <usize>CHOICES_TOGETHER << 2);
}

/** Sets it up again. */
export function choiceResume(): void {
  memory.copy(CHOICES, SUSPENDED, <usize>CHOICES_TOGETHER << 2);
  choiceBegin(CHOICE_ENUMERATE, suspendedStored);
}
