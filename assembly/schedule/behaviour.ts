// A hash of a run that is the same for runs that differ in nothing but the order of neighbouring steps that
// are independent: of its Mazurkiewicz trace (Mazurkiewicz, 1977), kept up step by step as CHESS keeps its
// happens-before hash (Musuvathi and Qadeer, PLDI 2007). Two steps depend on each other where one task takes
// both, or where they touch the same and at least one of them changes it (core/footprint.ts); one that starts
// a task touches it, and one that had to wait for something touches that.
//
// The hash of a step covers its task, its place, the results of choose() in it, and for each resource that it
// touches the hashes of the steps before it on which it depends there. So it stands for the step with all of
// its past. The hash of the run is the sum of those of its steps: whatever order they came in.
//
// Of each resource 32 bytes are kept at PAST:
//
//    0 the step that wrote it last   8 sum of those that read it since   16 ... counted   24 ... saw it live

import { choiceCount } from "../core/choice";
import {
  FOOT_COUNTED, FOOT_READ, FOOT_SEEN, FOOT_STEP, FOOT_WRITTEN, footprintClear, footprintSet, footprintTo,
  footprintWidth,
} from "../core/footprint";
import { hashMix } from "../core/hash";
import { CHOICES, PAST } from "../core/layout";
import { live, poised } from "../machine/state";
import { taskMustWait, taskSite } from "../machine/task";

const PAST_BYTES: usize = 32;
const PAST_READ: usize = 8;
const PAST_COUNTED: usize = 16;
const PAST_SEEN: usize = 24;

/** Odd numbers, one for each part of a sum. */
const BY_WRITE: u64 = 0x9e3779b97f4a7c15;
const BY_READS: u64 = 0xc2b2ae3d27d4eb4f;
const BY_COUNTS: u64 = 0xd6e8feb86659fd93;
const BY_SEEN: u64 = 0xa0761d6478bd642f;
const BY_TASK: u64 = 0xe7037ed1a0b428db;

let sum: u64 = 0;
let site: u32 = 0;
let lived: u32 = 0;
let choices: u32 = 0;

/** The run so far. */
export function behaviourHash(): u64 {
  return hashMix(sum);
}

/** For a new run whose set-up is over. */
export function behaviourBegin(): void {
  // Nothing was ever touched beyond that width.
  memory.fill(PAST, 0, (footprintWidth << 3) * PAST_BYTES);
  sum = choicesHash(0);
}

/** Before a step of a slot: what it touches is written down from here on, what it had to wait for first. */
export function behaviourBefore(slot: u32): void {
  site = taskSite(slot);
  lived = live;
  choices = choiceCount;
  footprintClear(FOOT_STEP);
  footprintTo(FOOT_STEP);
  if ((poised >> slot) & 1) taskMustWait(slot);
}

/** After it. */
export function behaviourAfter(slot: u32): void {
  footprintTo(0);
  footprintSet(FOOT_STEP, FOOT_WRITTEN, slot);
  for (let rest = live & ~lived; rest; rest &= rest - 1) {
    footprintSet(FOOT_STEP, FOOT_WRITTEN, <u32>ctz(rest));
  }
  const hash = hashMix(past() + (<u64>slot << 32 | site) * BY_TASK + choicesHash(choices));
  remember(hash);
  sum += hash;
}

/** Of the results of choose() from a number on. */
function choicesHash(from: u32): u64 {
  let hash: u64 = 0;
  for (let at = from; at < choiceCount; at++) {
    hash = hashMix(hash + load<u32>(CHOICES + (<usize>at << 2)) + 1);
  }
  return hash;
}

/** What the step depends on, resource by resource: a sum, so that the resources' order does not matter. */
function past(): u64 {
  let all: u64 = 0;
  for (let i: usize = 0; i < footprintWidth; i += 8) {
    const foot = FOOT_STEP + i;
    const written = load<u64>(foot, FOOT_WRITTEN);
    const read = load<u64>(foot, FOOT_READ) & ~written;
    const counted = load<u64>(foot, FOOT_COUNTED) & ~written;
    const seen = load<u64>(foot, FOOT_SEEN) & ~(written | read | counted);
    for (let rest = written | read | counted | seen; rest; rest &= rest - 1) {
      const bit = rest & (0 - rest);
      const resource = (<u64>i << 3) + ctz(rest);
      const at = PAST + <usize>resource * PAST_BYTES;
      let before = load<u64>(at) * BY_WRITE;
      if (bit & (written | counted)) before += load<u64>(at, PAST_READ) * BY_READS;
      if (bit & (written | read)) before += load<u64>(at, PAST_COUNTED) * BY_COUNTS;
      if (bit & written) before += load<u64>(at, PAST_SEEN) * BY_SEEN;
      all += hashMix(before + resource);
    }
  }
  return all;
}

/** The step is the past of those that come. */
function remember(hash: u64): void {
  for (let i: usize = 0; i < footprintWidth; i += 8) {
    const foot = FOOT_STEP + i;
    const written = load<u64>(foot, FOOT_WRITTEN);
    for (let rest = written; rest; rest &= rest - 1) {
      const at = PAST + ((i << 3) + <usize>ctz(rest)) * PAST_BYTES;
      v128.store(at, i64x2(<i64>hash, 0));
      v128.store(at, i64x2.splat(0), 16);
    }
    add(load<u64>(foot, FOOT_READ) & ~written, i, PAST_READ, hash);
    add(load<u64>(foot, FOOT_COUNTED) & ~written, i, PAST_COUNTED, hash);
    add(load<u64>(foot, FOOT_SEEN) & ~written, i, PAST_SEEN, hash);
  }
}

// @ts-ignore: decorator
@inline
function add(resources: u64, from: usize, part: usize, hash: u64): void {
  for (let rest = resources; rest; rest &= rest - 1) {
    const at = PAST + ((from << 3) + <usize>ctz(rest)) * PAST_BYTES + part;
    store<u64>(at, load<u64>(at) + hash);
  }
}
