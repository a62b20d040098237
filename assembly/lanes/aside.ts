// Setting lanes aside: where half of a group of schedules end long before the others, as in a use after free,
// what is left of two groups is put together, and goes on in lanes that are nearly all in use. So that the
// lanes of two groups can be put together whatever lanes are left of each, they are squeezed into the lowest
// ones first, in their order. Half of the lanes at most are set aside: 64 bits of each vector.
//
// Squeezing is the compress operation of Warren, Hacker's Delight, section 7-4, on both halves of a vector at
// once: bits move by 1, 2, 4 and so on, in six steps whose masks are found out once for all vectors.

import {
  ASIDE, BEYOND, LASTS, LANES, MOVES, NUMBERS, STATE, STEP_BITS, STEPS,
} from "./memory";
import { pctEach } from "./pct";
import { PCT, STICKY, TASKS, VECTORS } from "./program";

/** As many lanes can be set aside. */
export const ASIDE_MAX: u32 = 64;
const SQUEEZES: usize = 6;
/** Which bits move, in each step. */
const MOVING: usize = memory.data(96, 16);
/** Schedules in the lanes that are set aside. */
const ASIDE_NUMBERS: usize = memory.data(256, 8);

/** Lanes that are set aside, and of these the ones whose schedules were not asked for. */
let count: u32 = 0;
let beyond: u64 = 0;
/** Lanes of the running group, from the lowest one on: what is set aside goes behind them. */
let below: u32 = 0;
/** Lanes that are squeezed: of each half, in its lowest ones. */
let lowHalf: u64 = 0;
let highHalf: u64 = 0;

export function asideReset(): void {
  count = 0;
}

/** Whether lanes are set aside. */
export function asideAny(): bool {
  return count != 0;
}

/** Whether schedules that were asked for are set aside. */
export function asideWanted(): bool {
  return count != 0 && <u32>popcnt(beyond) < count;
}

/** Whether what is set aside has room beside lanes m. */
export function asideFits(m: v128): bool {
  return count + lanesIn(m) <= LANES;
}

// @ts-ignore: decorator
@inline
function lanesIn(m: v128): u32 {
  return <u32>(popcnt<u64>(i64x2.extract_lane(m, 0)) + popcnt<u64>(i64x2.extract_lane(m, 1)));
}

/** Where a lane, of those that were squeezed last, is afterwards. */
export function squeezedTo(lane: u32): u32 {
  const before = (<u64>1 << (lane & 63)) - 1;
  if (lane < 64) return <u32>popcnt<u64>(lowHalf & before);
  return <u32>(popcnt<u64>(lowHalf) + popcnt<u64>(highHalf & before));
}

/** And where one is that had been set aside, once that is put behind the others. */
export function putBehind(lane: u32): u32 {
  return below + lane;
}

function squeezing(m: v128): void {
  lowHalf = i64x2.extract_lane(m, 0);
  highHalf = i64x2.extract_lane(m, 1);
  let left = m;
  let gaps = i64x2.shl(v128.not(m), 1);
  for (let n: usize = 0; n < SQUEEZES; n++) {
    // Of each bit, whether the number of gaps below it is odd.
    let odd = gaps;
    for (let by = 1; by < 64; by <<= 1) odd = v128.xor(odd, i64x2.shl(odd, by));
    const moves = v128.and(odd, left);
    v128.store(MOVING + (n << 4), moves);
    left = v128.or(v128.andnot(left, moves), i64x2.shr_u(moves, 1 << <i32>n));
    gaps = v128.andnot(gaps, odd);
  }
}

// @ts-ignore: decorator
@inline
function squeezeBy(v: v128, n: usize): v128 {
  const moves = v128.and(v, v128.load(MOVING + (n << 4)));
  return v128.or(v128.xor(v, moves), i64x2.shr_u(moves, 1 << <i32>n));
}

// @ts-ignore: decorator
@inline
function squeezed(v: v128): v128 {
  return squeezeBy(squeezeBy(squeezeBy(squeezeBy(squeezeBy(squeezeBy(v, 0), 1), 2), 3), 4), 5);
}

/** Bits from a lane on: in the lower half, and in the upper one. */
// @ts-ignore: decorator
@inline
function lower(bits: u64, from: u32): u64 {
  return from < 64 ? bits << from : 0;
}

// @ts-ignore: decorator
@inline
function upper(bits: u64, from: u32): u64 {
  if (from >= 64) return bits << (from - 64);
  return from ? bits >> (64 - from) : 0;
}

// ---------------------------------------------------------------- out of the lanes, and into them again

/** Sets lanes m aside, all that the schedules in them are; they are not more than ASIDE_MAX. */
export function setAside(m: v128): void {
  squeezing(m);
  let at = ASIDE;
  at = takeAll(STATE, VECTORS, m, at);
  at = takeAll(STEPS, STEP_BITS, m, at);
  if (STICKY) at = takeAll(MOVES, 1, m, takeAll(LASTS, TASKS, m, at));
  if (PCT) at = pctEach(takeAll, m, at);
  takeAll(BEYOND, 1, m, at);
  beyond = load<u64>(at);
  count = lanesIn(m);
  squeezeNumbers(m, ASIDE_NUMBERS);
}

/** Puts what was set aside beside lanes m, if it fits. Returns the lanes that are in use then. */
export function bringBack(m: v128): v128 {
  squeezing(m);
  below = lanesIn(m);
  let at = ASIDE;
  at = putAll(STATE, VECTORS, m, at);
  at = putAll(STEPS, STEP_BITS, m, at);
  if (STICKY) at = putAll(MOVES, 1, m, putAll(LASTS, TASKS, m, at));
  if (PCT) at = pctEach(putAll, m, at);
  putAll(BEYOND, 1, m, at);
  squeezeNumbers(m, NUMBERS);
  memory.copy(NUMBERS + (<usize>below << 2), ASIDE_NUMBERS, <usize>count << 2);
  const used = below + count;
  count = 0;
  const full: u64 = 0xffff_ffff_ffff_ffff;
  const upTo = i64x2.splat(used < 64 ? ~(full << used) : full);
  return i64x2.replace_lane(upTo, 1, used <= 64 ? 0 : full >> (128 - used));
}

function takeAll(vectors: usize, n: u32, m: v128, to: usize): usize {
  const high = <u32>popcnt<u64>(lowHalf);
  const end = vectors + (<usize>n << 4);
  for (let from = vectors; from < end; from += 16, to += 8) {
    const v = v128.and(v128.load(from), m);
    let bits: u64 = 0;
    if (v128.any_true(v)) {
      const s = squeezed(v);
      bits = i64x2.extract_lane(s, 0) | lower(i64x2.extract_lane(s, 1), high);
    }
    store<u64>(to, bits);
  }
  return to;
}

function putAll(vectors: usize, n: u32, m: v128, from: usize): usize {
  const high = <u32>popcnt<u64>(lowHalf);
  const end = vectors + (<usize>n << 4);
  for (let to = vectors; to < end; to += 16, from += 8) {
    const bits = load<u64>(from);
    const v = v128.and(v128.load(to), m);
    let low = lower(bits, below);
    let up = upper(bits, below);
    if (v128.any_true(v)) {
      const s = squeezed(v);
      const top = i64x2.extract_lane(s, 1);
      low |= i64x2.extract_lane(s, 0) | lower(top, high);
      up |= upper(top, high);
    }
    store<u64>(to, low);
    store<u64>(to, up, 8);
  }
  return from;
}

/** Numbers of the schedules in lanes m, in their order. */
function squeezeNumbers(m: v128, to: usize): void {
  for (let which: u32 = 0; which < 2; which++) {
    for (let rest = which ? highHalf : lowHalf; rest; rest &= rest - 1, to += 4) {
      store<u32>(to, load<u32>(NUMBERS + ((64 * which + <u32>ctz(rest)) << 2)));
    }
  }
}
