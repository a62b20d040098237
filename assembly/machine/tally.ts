// The tally of a shard: distinct violations, how often each was seen and in which schedule first; and the
// notes, what went wrong of late, for those who remember steps.
//
// An entry of the tally takes 48 bytes:
//
//    0 kind | detail << 8   8 class   16 count (64)   32 schedule counted last (64)
//    4 site                12 other   24 first (64)   40 task

import { NOTE_BYTES, TALLY_MAX } from "../abi";
import { TALLY } from "../core/layout";

export let schedule: u64 = 0;
export let tallyCount: u32 = 0;
export let tallyOverflow: bool = false;

/** The schedule that is being run. */
// @ts-ignore: decorator
@inline export function setSchedule(v: u64): void { schedule = v; }

export function tallyClear(): void {
  tallyCount = 0;
  tallyOverflow = false;
}

/** Counts a violation for the present schedule: once, however often it is seen in it. */
export function tallyAdd(kind: u32, site: u32, klass: i32, other: i32, task: u32): void {
  for (let i: u32 = 0; i < tallyCount; i++) {
    const at = TALLY + <usize>i * 48;
    if (load<u32>(at) != kind || load<u32>(at, 4) != site) continue;
    if (load<i32>(at, 8) == klass && load<i32>(at, 12) == other) {
      if (load<u64>(at, 32) != schedule) {
        store<u64>(at, load<u64>(at, 16) + 1, 16);
        store<u64>(at, schedule, 32);
      }
      return;
    }
  }
  if (tallyCount == TALLY_MAX) {
    tallyOverflow = true;
    return;
  }
  const at = TALLY + <usize>tallyCount * 48;
  tallyCount++;
  store<u32>(at, kind);
  store<u32>(at, site, 4);
  store<i32>(at, klass, 8);
  store<i32>(at, other, 12);
  store<u64>(at, 1, 16);
  store<u64>(at, schedule, 24);
  store<u64>(at, schedule, 32);
  store<u32>(at, task, 40);
}

// What went wrong since notesClear(), for those who remember steps: 20 bytes each, the first four words as in
// the tally, then the task.

const NOTES_MAX: u32 = 16;
export const NOTES: usize = memory.data(320, 8);
/** Beyond NOTES_MAX they are counted, not kept. */
export let noteCount: u32 = 0;

export function notesClear(): void {
  noteCount = 0;
}

/** All of them were kept. */
export function notesComplete(): bool {
  return noteCount <= NOTES_MAX;
}

export function note(kind: u32, site: u32, klass: i32, other: i32, task: u32): void {
  if (noteCount < NOTES_MAX) {
    const at = NOTES + <usize>noteCount * NOTE_BYTES;
    store<u32>(at, kind);
    store<u32>(at, site, 4);
    store<i32>(at, klass, 8);
    store<i32>(at, other, 12);
    store<u32>(at, task, 16);
  }
  noteCount++;
}

/** Counts a noted violation for the present schedule. */
export function noteTally(at: usize): void {
  tallyAdd(load<u32>(at), load<u32>(at, 4), load<i32>(at, 8), load<i32>(at, 12), load<u32>(at, 16));
}
