// What steps are seen to touch, added up by the place in the code that begins them, and to which places
// they lead: so what a task may come to touch is known from where it stands. And what decisions relied on,
// so that it is noticed where something learnt later contradicts one (reduce.ts).

import { IMAGE_INSTRUCTIONS, Op } from "../abi";
import {
  FOOT_ALWAYS, FOOT_BYTES, FOOT_STEP, footprintClear, footprintsMeet, footprintTo, footprintWidth,
} from "../core/footprint";
import { live, poised, taskWindow, threadCount } from "../machine/state";
import { CODE, imageWord, taskMustWait, taskSite } from "../machine/task";
import { NOBODY } from "./bound";

/** A decision relied on what turned out not to be so. */
export let learntStale: bool = false;
// What was learnt, by place (an instruction's number):
let sites: u32 = 0;
/** FOOT_BYTES: what steps from there touched. */
let touched: usize = 0;
/** Word: the first edge of a list, 0 none; an edge is the place it leads to and the next edge's number. */
let edgesOf: usize = 0;
let edges: usize = 0;
let edgeCount: u32 = 0;
let edgeMost: u32 = 0;
/** Byte: number of the lock that is taken there, LOCK_NONE, or LOCK_MANY. */
let lockOf: usize = 0;
/** Byte: 1 where a decision relied on that lock. */
let relied: usize = 0;

const LOCK_NONE: u8 = 0xff;
const LOCK_MANY: u8 = 0xfe;
/** The first locks that were met; no others are relied on. */
const LOCKS_MAX: u32 = 32;
const LOCKS: usize = memory.data(128, 4);
/** Locks that were met: numbers below this. */
export let learntLocks: u32 = 0;

// What decisions relied on: that nobody else will touch this, by thread; all others share the last.
const CLAIMS: usize = memory.data(16 * 512, 16);
const OTHERS: u32 = 15;

/** Changes whenever something new is learnt. */
export let learntGeneration: u32 = 0;

// What a task that stands at a place may touch, given the locks it cannot get past: a cache of
// key (place, locks), generation, then FOOT_BYTES.
const REACHES: u32 = 2048;
const REACH_BYTES: usize = 16 + FOOT_BYTES;
let reaches: usize = 0;
let stack: usize = 0;
let stamps: usize = 0;
let stamp: u32 = 0;

/** Where each slot stood before the step in hand, and which lived. */
const STOOD: usize = memory.data(64, 4);
let lived: u32 = 0;

function room(at: usize, bytes: usize): usize {
  memory.fill(at, 0, bytes);
  return at + ((bytes + 15) & ~15);
}

/** Lays out tables for the loaded program from an address on, with nothing learnt; gives their end. */
export function learntOpen(at: usize): usize {
  sites = imageWord(IMAGE_INSTRUCTIONS);
  edgeMost = 8 * sites + 64;
  touched = at + 15 & ~15;
  edgesOf = room(touched, <usize>sites * FOOT_BYTES);
  edges = room(edgesOf, <usize>sites << 2);
  lockOf = room(edges, <usize>edgeMost << 3);
  relied = room(lockOf, sites);
  memory.fill(lockOf, LOCK_NONE, sites);
  stack = room(relied, sites);
  stamps = room(stack, <usize>sites << 2);
  reaches = room(stamps, <usize>sites << 2);
  edgeCount = 1;
  learntLocks = 0;
  learntGeneration++;
  stamp = 0;
  footprintClear(FOOT_ALWAYS);
  footprintClear(LEARNT_ALWAYS);
  learntForget();
  return room(reaches, <usize>REACHES * REACH_BYTES);
}

/** Begins anew: nothing relies on anything; what was learnt stays. */
export function learntForget(): void {
  learntStale = false;
  memory.fill(CLAIMS, 0, 16 * FOOT_BYTES);
  memory.fill(relied, 0, sites);
  learntGeneration++;
}

// ---------------------------------------------------------------- learning

/** The next step's first choice comes; further ones add to what it touches. */
export function learntNext(): void {
  footprintClear(FOOT_STEP);
}

/** Before a step, or the set-up. */
export function learntBefore(): void {
  footprintTo(FOOT_STEP);
  lived = live;
  for (let rest = live; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    store<u32>(STOOD + (<usize>slot << 2), taskSite(slot) >> 4);
  }
}

/** After it; NOBODY stepped where it was the set-up. */
export function learntAfter(slot: u32): void {
  footprintTo(0);
  if (slot == NOBODY) {
    look();
    return;
  }
  // The step's own task is taken for granted.
  clear(FOOT_STEP, slot);
  const from = stood(slot);
  learn(FOOT_STEP, learntTouched(from), ownerOf(slot));
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const site = taskSite(other) >> 4;
    if (!((lived >> other) & 1)) addEdge(from, site, OTHERS);
    else if (site != stood(other)) addEdge(stood(other), site, other == slot ? ownerOf(slot) : OTHERS);
  }
  look();
}

/** The present state is looked at as those do who may have to wait, and as the checks just did. */
function look(): void {
  learn(FOOT_ALWAYS, LEARNT_ALWAYS, OTHERS);
  for (let rest = poised & live; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    const site = taskSite(slot) >> 4;
    footprintClear(LOOKED);
    footprintTo(LOOKED);
    taskMustWait(slot);
    footprintTo(0);
    clear(LOOKED, slot);
    learn(LOOKED, learntTouched(site), ownerOf(slot));
    noteLock(slot, site);
  }
}

/** What the checks that hold always are known to touch. */
export const LEARNT_ALWAYS: usize = memory.data(512, 16);
const NEW: usize = memory.data(512, 16);
const LOOKED: usize = memory.data(512, 16);

// @ts-ignore: decorator
@inline
function stood(slot: u32): u32 {
  return load<u32>(STOOD + (<usize>slot << 2));
}

// @ts-ignore: decorator
@inline
function ownerOf(slot: u32): u32 {
  return slot < threadCount ? slot : OTHERS;
}

function clear(foot: usize, slot: u32): void {
  const keep = ~(<u32>1 << slot);
  for (let set: usize = 0; set < FOOT_BYTES; set += 128) store<u32>(foot + set, load<u32>(foot + set) & keep);
}

/** What was touched is added to what is known. */
function learn(foot: usize, known: usize, owner: u32): void {
  let more = false;
  for (let set: usize = 0; set < FOOT_BYTES; set += 128) {
    for (let i: usize = set; i < set + footprintWidth; i += 16) {
      const old = v128.load(known + i);
      const news = v128.andnot(v128.load(foot + i), old);
      if (!v128.any_true(news)) continue;
      if (!more) footprintClear(NEW);
      more = true;
      v128.store(NEW + i, news);
      v128.store(known + i, v128.or(old, news));
    }
  }
  if (more) grown(NEW, owner);
}

/** Somebody touches more than was known: does a decision rely on that nobody does? */
function grown(foot: usize, owner: u32): void {
  learntGeneration++;
  for (let claimant: u32 = 0; claimant <= OTHERS; claimant++) {
    if (claimant == owner && owner != OTHERS) continue;
    if (footprintsMeet(CLAIMS + <usize>claimant * FOOT_BYTES, foot)) learntStale = true;
  }
}

function addEdge(from: u32, to: u32, owner: u32): void {
  const head = edgesOf + (<usize>from << 2);
  for (let edge = load<u32>(head); edge; edge = load<u32>(edges + (<usize>edge << 3), 4)) {
    if (load<u32>(edges + (<usize>edge << 3)) == to) return;
  }
  assert(edgeCount < edgeMost, "a step leads to more places than there is room for");
  const at = edges + (<usize>edgeCount << 3);
  store<u32>(at, to);
  store<u32>(at, load<u32>(head), 4);
  store<u32>(head, edgeCount++);
  grown(learntReach(to, 0), owner);
}

/** A task that is about to take a lock: which. */
function noteLock(slot: u32, site: u32): void {
  const at = CODE + (<usize>site << 4);
  const word = load<u32>(at);
  const op = word & 0xff;
  if (op != Op.MUTEX_LOCK && op != Op.SPIN_LOCK) return;
  const x = load<u32>(taskWindow(slot) + (<usize>((word >> 16) & 0xff) << 2)) + load<u32>(at, 4);
  const lock = lockNumber(x);
  const known = load<u8>(lockOf + site);
  if (known == lock || known == LOCK_MANY) return;
  store<u8>(lockOf + site, known == LOCK_NONE ? lock : LOCK_MANY);
  learntGeneration++;
  if (load<u8>(relied + site)) learntStale = true;
}

function lockNumber(pointer: u32): u8 {
  for (let i: u32 = 0; i < learntLocks; i++) if (learntLock(i) == pointer) return <u8>i;
  if (learntLocks == LOCKS_MAX) return LOCK_MANY;
  store<u32>(LOCKS + (<usize>learntLocks << 2), pointer);
  learntLocks++;
  return <u8>(learntLocks - 1);
}

/** A decision relies on that nobody else will touch this, or only when its locks were given back. */
export function learntClaim(slot: u32, foot: usize): void {
  const claims = CLAIMS + <usize>ownerOf(slot) * FOOT_BYTES;
  for (let i: usize = 0; i < FOOT_BYTES; i += 16) {
    v128.store(claims + i, v128.or(v128.load(claims + i), v128.load(foot + i)));
  }
}

/** What steps from a place are known to touch. */
// @ts-ignore: decorator
@inline
export function learntTouched(site: u32): usize {
  return touched + <usize>site * FOOT_BYTES;
}

/** The cell of a lock by its number. */
// @ts-ignore: decorator
@inline
export function learntLock(number: u32): u32 {
  return load<u32>(LOCKS + (<usize>number << 2));
}

// ---------------------------------------------------------------- what tasks may come to touch

/** All that a task may touch that stands at a place, up to where it needs one of some locks. */
export function learntReach(site: u32, locks: u32): usize {
  const key = (<u64>locks << 32) | site;
  const entry = <u32>((key * 0x9e3779b97f4a7c15) >> 40) & (REACHES - 1);
  const at = reaches + <usize>entry * REACH_BYTES;
  const sum = at + 16;
  if (load<u32>(at, 8) == learntGeneration && load<u64>(at) == key) return sum;
  store<u64>(at, key);
  store<u32>(at, learntGeneration, 8);
  footprintClear(sum);
  stamp++;
  store<u32>(stack, site);
  store<u32>(stamps + (<usize>site << 2), stamp);
  let depth: usize = 1;
  while (depth) {
    const here = load<u32>(stack + (--depth << 2));
    const lock = load<u8>(lockOf + here);
    if (lock < <u8>LOCKS_MAX && (locks >> lock) & 1) {
      store<u8>(relied + here, 1);
      continue;
    }
    const foot = learntTouched(here);
    for (let set: usize = 0; set < FOOT_BYTES; set += 128) {
      for (let i: usize = set; i < set + footprintWidth; i += 16) {
        v128.store(sum + i, v128.or(v128.load(sum + i), v128.load(foot + i)));
      }
    }
    let edge = load<u32>(edgesOf + (<usize>here << 2));
    for (; edge; edge = load<u32>(edges + (<usize>edge << 3), 4)) {
      const to = load<u32>(edges + (<usize>edge << 3));
      if (load<u32>(stamps + (<usize>to << 2)) == stamp) continue;
      store<u32>(stamps + (<usize>to << 2), stamp);
      store<u32>(stack + (depth++ << 2), to);
    }
  }
  return sum;
}
