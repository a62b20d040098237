// Results of choose(): drawn, drawn and recorded, or taken from a recording.

import { CHOICES } from "./layout";
import { prngBelow } from "./prng";
import { STEPS_MAX } from "../abi";

export const CHOICE_DRAW: u32 = 0;
export const CHOICE_RECORD: u32 = 1;
export const CHOICE_REPLAY: u32 = 2;

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

/** A value below the bound (0 counts as 1). A recording that is too short goes on with zeros. */
export function choiceBelow(bound: u32): u32 {
  const at = choiceCount++;
  if (choiceMode == CHOICE_REPLAY) {
    const value = at < choiceStored ? load<u32>(CHOICES + (<usize>at << 2)) : 0;
    return value < bound ? value : 0;
  }
  const value = bound > 1 ? prngBelow(bound) : 0;
  if (choiceMode == CHOICE_RECORD && at < <u32>STEPS_MAX) store<u32>(CHOICES + (<usize>at << 2), value);
  return value;
}
