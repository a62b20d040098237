// What all lanes have in common: drawing, counting, refilling, and the course of a block. Bit l of each
// vector belongs to the schedule that is in lane l; who can do what is in the program, whose source is made
// from the model (src/lanes/emit.ts) and imported here as "./program".
//
// It is long because a block is one thing: the same few masks go through all of it.

import {
  ASIDE_MAX, asideAny, asideFits, asideReset, asideWanted, bringBack, putBehind, setAside, squeezedTo,
} from "./aside";
import {
  BEYOND, DEADLOCKS, DRAWS, DROPPED, ENDED, FOUND, GENERATOR, LANES, LASTS, LIMITED, MOVES, NOBODY, NUMBERS,
  OVERFLOWN, PICKS, RECORD, RETIRED, RUNS, STATE, STEP_BITS, STEPPED, STEPS, TOLD, UNSETTLED,
} from "./memory";
import {
  allDone, begin, begun, conclude, DRAWN, EVERY, FINDINGS, FOUND_VECTORS, IDLES, iterate, LOCATIONS,
  MAY_DROP, PCS, PCT, STEPS_BOUND, STICKY, TASKS, THINS, THREADS, TOGETHER, VECTORS,
} from "./program";
import { pctBegin, pctOpen } from "./pct";

const FOUND_BYTES: usize = 16;
const DEADLOCK_BYTES: usize = 24;
const DEADLOCKS_MAX: u32 = 128;
const UNSETTLED_MAX: u32 = 7000;
/** Of a rank among those who are stuck: the instruction. */
const PLACE_MASK: u32 = 0xfffff;
const NOWHERE: u32 = 0xffff_ffff;
const FAR: u64 = 0xffff_ffff_ffff_ffff;

export let schedules: u64 = 0;
export let steps: u64 = 0;
export let dropped: u64 = 0;
export let overflown: u64 = 0;
export let deadlockCount: u32 = 0;
export let unsettledCount: u32 = 0;
export let iterations: u64 = 0;

/** Schedules that were asked for: what is started beyond them does not count. */
let wanted: u32 = 0;
let started: u32 = 0;
/** Smallest number of the schedules that are under way. */
let oldest: u32 = 0;
let bounded: bool = false;
/** Steps are counted in each lane. */
let counted: bool = false;
let bound: u32 = 0;
/** What two groups of schedules have left is in the lanes: nothing is set aside before that is done. */
let joined: bool = false;

// @ts-ignore: decorator
@inline
export function none(): v128 {
  return i64x2.splat(0);
}

// @ts-ignore: decorator
@inline
export function population(m: v128): u64 {
  return popcnt<u64>(i64x2.extract_lane(m, 0)) + popcnt<u64>(i64x2.extract_lane(m, 1));
}

// @ts-ignore: decorator
@inline
function half(m: v128, which: u32): u64 {
  return which ? i64x2.extract_lane(m, 1) : i64x2.extract_lane(m, 0);
}

// @ts-ignore: decorator
@inline
function laneMask(lane: u32): v128 {
  const bit = (<u64>1) << (lane & 63);
  return lane < 64
    ? i64x2.replace_lane(none(), 0, bit)
    : i64x2.replace_lane(none(), 1, bit);
}

// @ts-ignore: decorator
@inline
function inLane(vector: usize, lane: u32): bool {
  return ((load<u8>(vector + (lane >> 3)) >> <u8>(lane & 7)) & 1) != 0;
}

// ---------------------------------------------------------------- drawing
//
// xoshiro128++ (Blackman, Vigna, 2019), four of them side by side: 128 bits a number, one for each lane.
// Seeded by SplitMix64 from the campaign's seed and the block.

function mix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

function seedGenerator(seed: u64, block: u64): void {
  let counter = mix(mix(seed + 0x9e3779b97f4a7c15) + block * 0xd1342543de82ef95) ^ 0x2545f4914f6cdd1d;
  for (let i: usize = 0; i < 8; i++) {
    counter += 0x9e3779b97f4a7c15;
    store<u64>(GENERATOR + (i << 3), mix(counter));
  }
}

/** Draws so many random vectors. */
// @ts-ignore: decorator
@inline
export function draw(count: u32): void {
  drawTo(DRAWS, count);
}

export function drawTo(at: usize, count: u32): void {
  let a = v128.load(GENERATOR);
  let b = v128.load(GENERATOR, 16);
  let c = v128.load(GENERATOR, 32);
  let d = v128.load(GENERATOR, 48);
  for (let i: usize = 0; i < <usize>count; i++) {
    const sum = i32x4.add(a, d);
    v128.store(at + (i << 4), i32x4.add(v128.or(i32x4.shl(sum, 7), i32x4.shr_u(sum, 25)), a));
    const t = i32x4.shl(b, 9);
    c = v128.xor(c, a);
    d = v128.xor(d, b);
    b = v128.xor(b, c);
    a = v128.xor(a, d);
    c = v128.xor(c, t);
    d = v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21));
  }
  v128.store(GENERATOR, a);
  v128.store(GENERATOR, b, 16);
  v128.store(GENERATOR, c, 32);
  v128.store(GENERATOR, d, 48);
}

/** Of 2^32 cases, those in which the task that stepped last steps on. */
let staying: u32 = 0;

/** So many cases of a hundred. */
export function setStays(percent: u32): void {
  staying = <u32>(((<u64>percent << 32) + 99) / 100);
}

/** Random vectors that stay() draws ahead. */
const COINS: usize = memory.data(64, 16);
const COINS_AHEAD: u32 = 4;

/**
 * Of lanes m, those in which the task that stepped last steps on: a number of 32 bits is compared with the
 * bound, from its highest bit on, until it is decided in each lane.
 */
export function stay(m: v128): v128 {
  let open = m;
  let less = none();
  let bits = staying;
  for (let n: u32 = 0; bits && v128.any_true(open); n++) {
    if (n % COINS_AHEAD == 0) drawTo(COINS, COINS_AHEAD);
    const drawn = v128.load(COINS + (<usize>(n % COINS_AHEAD) << 4));
    if (<i32>bits < 0) {
      less = v128.or(less, v128.andnot(open, drawn));
      open = v128.and(open, drawn);
    } else {
      open = v128.andnot(open, drawn);
    }
    bits <<= 1;
  }
  return less;
}

// ---------------------------------------------------------------- what an iteration tells

/** Lanes in which somebody steps. */
// @ts-ignore: decorator
@inline
export function tell(stepped: v128): void {
  v128.store(STEPPED, stepped);
  if (!counted) steps += population(v128.andnot(stepped, v128.load(BEYOND)));
}

/** The same of several iterations of a small program, in TOLD. */
export function tellAll(count: u32): void {
  if (counted) return;
  const beyond = v128.load(BEYOND);
  for (let at = TOLD; at < TOLD + (<usize>count << 4); at += 16) {
    steps += population(v128.andnot(v128.load(at), beyond));
  }
}

/** The run is over in these lanes. */
export function over(m: v128, isDropped: bool): void {
  v128.store(ENDED, v128.or(v128.load(ENDED), m));
  if (isDropped) v128.store(DROPPED, v128.or(v128.load(DROPPED), m));
}

/** What lanes cannot follow: the run says nothing. */
export function overflow(m: v128): void {
  over(m, false);
  v128.store(OVERFLOWN, v128.or(v128.load(OVERFLOWN), m));
}

// ---------------------------------------------------------------- what went wrong

/** What lanes that have finished have shown: counted once a schedule. */
function countFindings(finished: v128): void {
  for (let n: usize = 0; n < <usize>FINDINGS; n++) {
    const shown = v128.and(v128.load(FOUND_VECTORS + (n << 4)), finished);
    if (!v128.any_true(shown)) continue;
    const at = FOUND + n * FOUND_BYTES;
    store<u64>(at, load<u64>(at) + population(shown));
    if (load<u64>(at, 8) < <u64>oldest) continue;
    for (let which: u32 = 0; which < 2; which++) {
      for (let rest = half(shown, which); rest; rest &= rest - 1) {
        const number = <u64>load<u32>(NUMBERS + ((64 * which + <u32>ctz(rest)) << 2));
        if (number < load<u64>(at, 8)) store<u64>(at, number, 8);
      }
    }
  }
}

function unsettle(number: u32): void {
  if (unsettledCount < UNSETTLED_MAX) store<u32>(UNSETTLED + (<usize>unsettledCount << 2), number);
  unsettledCount++;
}

/** Where a task stands in a lane: its instruction, or -1 where it does not exist. */
function position(task: u32, lane: u32): i32 {
  const idle = load<u32>(IDLES + (<usize>task << 2));
  if (inLane(STATE + (<usize>idle << 4), lane)) return -1;
  const count = load<u32>(LOCATIONS + (<usize>task << 2));
  for (let n: u32 = 1; n <= count; n++) {
    if (inLane(STATE + (<usize>(idle + n) << 4), lane)) return load<i32>(PCS + (<usize>(idle + n) << 2));
  }
  return -1;
}

/** Nobody can go on: told by where the first two stand, threads by number, the others by place. */
function deadlocked(lane: u32): void {
  const number = load<u32>(NUMBERS + (lane << 2));
  let first: u32 = NOWHERE;
  let second: u32 = NOWHERE;
  for (let task: u32 = 0; task < TASKS; task++) {
    const at = position(task, lane);
    if (at < 0) continue;
    const rank = task < THREADS ? at | (task << 20) : at | (THREADS << 20);
    second = min(second, max(first, rank));
    first = min(first, rank);
  }
  const site = <i32>(first & PLACE_MASK);
  const other = second == NOWHERE ? -1 : <i32>(second & PLACE_MASK);
  for (let n: u32 = 0; n < deadlockCount; n++) {
    const at = DEADLOCKS + <usize>n * DEADLOCK_BYTES;
    if (load<i32>(at) != site || load<i32>(at, 4) != other) continue;
    store<u64>(at, load<u64>(at, 8) + 1, 8);
    if (<u64>number < load<u64>(at, 16)) store<u64>(at, number, 16);
    return;
  }
  if (deadlockCount == DEADLOCKS_MAX) {
    unsettle(number);
    return;
  }
  const at = DEADLOCKS + <usize>deadlockCount * DEADLOCK_BYTES;
  deadlockCount++;
  store<i32>(at, site);
  store<i32>(at, other, 4);
  store<u64>(at, 1, 8);
  store<u64>(at, number, 16);
}

// ---------------------------------------------------------------- the course of a block

/** Steps that a lane has taken. */
function stepsOf(lane: u32): u32 {
  let count: u32 = 0;
  for (let bit: u32 = 0; bit < STEP_BITS; bit++) {
    if (inLane(STEPS + (<usize>bit << 4), lane)) count |= 1 << bit;
  }
  return count;
}

function countSteps(): void {
  let carry = v128.load(STEPPED);
  for (let at = STEPS; at < STEPS + (<usize>STEP_BITS << 4) && v128.any_true(carry); at += 16) {
    const bit = v128.load(at);
    v128.store(at, v128.xor(bit, carry));
    carry = v128.and(bit, carry);
  }
  if (!bounded) return;
  let reached = v128.andnot(v128.load(STEPPED), v128.load(ENDED));
  for (let bit: u32 = 0; bit < STEP_BITS; bit++) {
    const v = v128.load(STEPS + (<usize>bit << 4));
    reached = (bound >> bit) & 1 ? v128.and(reached, v) : v128.andnot(reached, v);
  }
  if (v128.any_true(reached)) v128.store(LIMITED, v128.or(v128.load(LIMITED), reached));
}

/** So many iterations, one by one where each is to be looked at. */
function advance(): void {
  iterations += EVERY;
  if (!counted && !recorded) {
    iterate(EVERY);
    return;
  }
  for (let n: u32 = 0; n < EVERY; n++) {
    iterate(1);
    if (recorded) recordIteration();
    if (!counted) continue;
    countSteps();
    if (bounded && v128.any_true(v128.load(LIMITED))) harvest(true);
  }
}

/**
 * Ends what is done and begins the next schedules. Lanes in which nobody can step were seen by the last
 * iteration; those at the bound of steps are looked at in the one after, which they may not step in. What
 * is beyond the schedules that were asked for runs too, so that the others are the same, but does not count.
 */
function harvest(limited: bool): void {
  const ended = v128.load(ENDED);
  if (TOGETHER && !limited && !timely(v128.or(v128.load(NOBODY), ended))) return;
  const retired = v128.load(RETIRED);
  let stuck = v128.andnot(v128.andnot(v128.load(NOBODY), ended), retired);
  if (limited) stuck = v128.andnot(stuck, v128.load(LIMITED));
  const done = v128.and(stuck, allDone());
  if (v128.any_true(done)) conclude(done);
  let finished = v128.or(v128.andnot(ended, retired), stuck);
  let reached = none();
  if (limited) {
    reached = v128.andnot(v128.load(LIMITED), finished);
    finished = v128.or(finished, reached);
    const last = v128.and(reached, allDone());
    if (v128.any_true(last)) conclude(last);
    reached = v128.andnot(reached, last);
    v128.store(LIMITED, none());
  }
  if (!THINS && !v128.any_true(finished)) return;
  account(finished, v128.andnot(stuck, done), reached);
  const waiting = v128.or(retired, finished);
  v128.store(RETIRED, waiting);
  v128.store(ENDED, v128.or(v128.load(ENDED), finished));
  if (recorded) eachLane(finished, 3);
  if (THINS && !limited && regroup(v128.not(waiting))) return;
  const all = isAll(waiting);
  if (all || !TOGETHER) refill(waiting, all);
}

// @ts-ignore: decorator
@inline
function isAll(m: v128): bool {
  return v128.all_true<i64>(i64x2.eq(m, i64x2.splat(-1)));
}

/** Whether something is to be done when these lanes are done, where lanes begin together. */
function timely(done: v128): bool {
  if (isAll(done)) return true;
  if (!THINS || joined) return false;
  const live = v128.not(done);
  return asideAny() ? asideFits(live) : <u32>population(live) <= ASIDE_MAX;
}

/**
 * Where half of the lanes are left, they are set aside and the next schedules begin; when that has come to
 * as few of these, they go on together. True where that was done.
 */
function regroup(live: v128): bool {
  if (asideAny()) {
    if (!asideFits(live)) return false;
    const used = bringBack(live);
    const free = v128.not(used);
    v128.store(ENDED, free);
    v128.store(RETIRED, free);
    v128.store(NOBODY, free);
    v128.store(DROPPED, none());
    v128.store(OVERFLOWN, none());
    joined = true;
    if (recorded) recordJoined();
    return true;
  }
  if (joined || !v128.any_true(live) || <u32>population(live) > ASIDE_MAX) return false;
  setAside(live);
  if (recorded) recordAside();
  v128.store(BEYOND, none());
  refill(i64x2.splat(-1), true);
  return true;
}

/** Counts schedules that have finished, those that are stuck and those at their bound among them. */
function account(finished: v128, dead: v128, reached: v128): void {
  const beyond = v128.load(BEYOND);
  eachLane(v128.andnot(dead, beyond), 0);
  eachLane(v128.andnot(reached, beyond), 1);
  const ours = v128.andnot(finished, beyond);
  const lost = v128.and(ours, v128.load(DROPPED));
  dropped += population(lost);
  overflown += population(v128.and(ours, v128.load(OVERFLOWN)));
  schedules += population(v128.andnot(ours, lost));
  if (counted) eachLane(v128.andnot(ours, lost), 2);
  countFindings(ours);
}

function eachLane(m: v128, what: u32): void {
  for (let which: u32 = 0; which < 2; which++) {
    for (let rest = half(m, which); rest; rest &= rest - 1) {
      const lane = 64 * which + <u32>ctz(rest);
      if (what == 0) deadlocked(lane);
      else if (what == 1) unsettle(load<u32>(NUMBERS + (lane << 2)));
      else if (what == 2) steps += stepsOf(lane);
      else recordEnd(lane);
    }
  }
}

/** Lanes m, or all, get the next schedules. */
function refill(m: v128, all: bool): void {
  if (all) joined = false;
  if (all) numberAll();
  else numberEach(m);
  begin(m);
  if (STICKY) {
    for (let at = LASTS; at < LASTS + (<usize>TASKS << 4); at += 16) {
      v128.store(at, v128.andnot(v128.load(at), m));
    }
    v128.store(MOVES, v128.andnot(v128.load(MOVES), m));
  }
  if (PCT) pctBegin(m);
  v128.store(RETIRED, v128.andnot(v128.load(RETIRED), m));
  v128.store(ENDED, v128.andnot(v128.load(ENDED), m));
  v128.store(DROPPED, v128.andnot(v128.load(DROPPED), m));
  v128.store(OVERFLOWN, v128.andnot(v128.load(OVERFLOWN), m));
  v128.store(NOBODY, v128.andnot(v128.load(NOBODY), m));
  begun(m);
  if (!counted) return;
  for (let bit: u32 = 0; bit < STEP_BITS; bit++) {
    const at = STEPS + (<usize>bit << 4);
    v128.store(at, v128.andnot(v128.load(at), m));
  }
}

function numberAll(): void {
  if (!asideAny()) oldest = started;
  const four = i32x4.splat(4);
  let numbers = i32x4.add(i32x4.splat(<i32>started), i32x4(0, 1, 2, 3));
  for (let at = NUMBERS; at < NUMBERS + (<usize>LANES << 2); at += 16) {
    v128.store(at, numbers);
    numbers = i32x4.add(numbers, four);
  }
  if (started + LANES > wanted) {
    for (let lane = wanted > started ? wanted - started : 0; lane < LANES; lane++) {
      v128.store(BEYOND, v128.or(v128.load(BEYOND), laneMask(lane)));
    }
  }
  if (recorded) for (let lane: u32 = 0; lane < LANES; lane++) recordBegin(lane, started + lane);
  started += LANES;
}

function numberEach(m: v128): void {
  for (let which: u32 = 0; which < 2; which++) {
    for (let rest = half(m, which); rest; rest &= rest - 1) {
      const lane = 64 * which + <u32>ctz(rest);
      store<u32>(NUMBERS + (lane << 2), started);
      if (started >= wanted) v128.store(BEYOND, v128.or(v128.load(BEYOND), laneMask(lane)));
      if (recorded) recordBegin(lane, started);
      started++;
    }
  }
  oldest = started;
  for (let lane: u32 = 0; lane < LANES; lane++) oldest = min(oldest, load<u32>(NUMBERS + (lane << 2)));
}

function blockBegin(seed: u64, block: u64, count: u32, stepsMax: u32): void {
  schedules = 0;
  steps = 0;
  dropped = 0;
  overflown = 0;
  iterations = 0;
  deadlockCount = 0;
  unsettledCount = 0;
  asideReset();
  wanted = count;
  started = 0;
  bound = stepsMax;
  bounded = stepsMax < STEPS_BOUND;
  counted = bounded || MAY_DROP;
  // What a program does not use is left alone: a block of a small one takes half a millisecond.
  memory.fill(NUMBERS, 0, STATE + (<usize>VECTORS << 4) - NUMBERS);
  memory.fill(FOUND, 0, <usize>FINDINGS * FOUND_BYTES);
  for (let n: u32 = 0; n < FINDINGS; n++) store<u64>(FOUND + <usize>n * FOUND_BYTES, FAR, 8);
  seedGenerator(seed, block);
  if (PCT) pctOpen();
  refill(i64x2.splat(-1), true);
}

/** True where all schedules that were asked for have ended. */
function blockOver(): bool {
  if (started < wanted || asideWanted()) return false;
  const left = v128.andnot(v128.not(v128.load(RETIRED)), v128.load(BEYOND));
  return !v128.any_true(left);
}

/**
 * Runs the first `count` schedules of a block to their ends. False where lanes cannot follow one of them, or
 * more are unsettled than `unsettledMax`: the block is given up then.
 */
export function runBlock(seed: u64, block: u64, count: u32, stepsMax: u32, unsettledMax: u32): bool {
  recorded = 0;
  blockBegin(seed, block, count, stepsMax);
  while (!blockOver()) {
    advance();
    harvest(false);
    if (overflown || unsettledCount > unsettledMax) return false;
  }
  return true;
}

// ---------------------------------------------------------------- recording

/** Schedules to be recorded, their lanes (or LANES), how many steps were written down. */
const RECORDED_MAX: u32 = 64;
const TARGETS: usize = memory.data(256, 8);
const TARGET_LANES: usize = memory.data(256, 8);
const TARGET_STEPS: usize = memory.data(256, 8);
let recorded: u32 = 0;
let recording: u32 = 0;
let recordRoom: u32 = 0;

/** A schedule to be recorded by recordBlock. */
export function recordTarget(n: u32, number: u32): void {
  store<u32>(TARGETS + (n << 2), number);
}

/** Steps that were written down of a target: two bytes each, the task and the drawn bits. */
export function recordSteps(n: u32): u32 {
  return load<u32>(TARGET_STEPS + (n << 2));
}

export function recordAt(n: u32): usize {
  return RECORD + <usize>n * <usize>recordRoom * 2;
}

/** Runs a block again until its first `targets` targets have ended, and writes down who stepped in each. */
export function recordBlock(seed: u64, block: u64, count: u32, stepsMax: u32, targets: u32, room: u32): bool {
  recordRoom = room;
  const pages = <i32>((RECORD + <usize>targets * room * 2 + 0xffff) >> 16);
  if (memory.size() < pages && memory.grow(pages - memory.size()) < 0) return false;
  recorded = min(targets, RECORDED_MAX);
  recording = recorded;
  for (let n: u32 = 0; n < recorded; n++) {
    store<u32>(TARGET_LANES + (n << 2), LANES);
    store<u32>(TARGET_STEPS + (n << 2), 0);
  }
  blockBegin(seed, block, count, stepsMax);
  while (recording && !blockOver()) {
    advance();
    harvest(false);
  }
  recorded = 0;
  return recording == 0;
}

function recordBegin(lane: u32, number: u32): void {
  for (let n: u32 = 0; n < recorded; n++) {
    if (load<u32>(TARGETS + (n << 2)) == number) store<u32>(TARGET_LANES + (n << 2), lane);
  }
}

function recordEnd(lane: u32): void {
  for (let n: u32 = 0; n < recorded; n++) {
    if (load<u32>(TARGET_LANES + (n << 2)) != lane) continue;
    store<u32>(TARGET_LANES + (n << 2), LANES);
    recording--;
  }
}

/** In a target's lane: it is set aside. */
const AWAY: u32 = 256;

function recordAside(): void {
  for (let n: u32 = 0; n < recorded; n++) {
    const lane = load<u32>(TARGET_LANES + (n << 2));
    if (lane < LANES) store<u32>(TARGET_LANES + (n << 2), AWAY + squeezedTo(lane));
  }
}

function recordJoined(): void {
  for (let n: u32 = 0; n < recorded; n++) {
    const lane = load<u32>(TARGET_LANES + (n << 2));
    if (lane >= AWAY) store<u32>(TARGET_LANES + (n << 2), putBehind(lane - AWAY));
    else if (lane < LANES) store<u32>(TARGET_LANES + (n << 2), squeezedTo(lane));
  }
}

function recordIteration(): void {
  for (let n: u32 = 0; n < recorded; n++) {
    const lane = load<u32>(TARGET_LANES + (n << 2));
    if (lane >= LANES || !inLane(STEPPED, lane)) continue;
    const count = load<u32>(TARGET_STEPS + (n << 2));
    if (count >= recordRoom) continue;
    for (let task: u32 = 0; task < TASKS; task++) {
      // A pick is of this iteration where the task can step.
      if (!inLane(RUNS + (<usize>task << 4), lane) || !inLane(PICKS + (<usize>task << 4), lane)) continue;
      let bits: u32 = 0;
      for (let bit: u32 = 0; bit < min<u32>(DRAWN, 8); bit++) {
        if (inLane(DRAWS + (<usize>bit << 4), lane)) bits |= 1 << bit;
      }
      store<u8>(recordAt(n) + 2 * count, <u8>task);
      store<u8>(recordAt(n) + 2 * count + 1, <u8>bits);
    }
    store<u32>(TARGET_STEPS + (n << 2), count + 1);
  }
}
