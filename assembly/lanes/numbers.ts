// A number in each lane, a vector for each of its bits, the lowest first.

import { drawTo, none } from "./runtime";

/** A bound in each lane, and what is drawn before it is known not to be beyond. */
const MOST: usize = memory.data(256, 16);
const DRAWN: usize = memory.data(256, 16);

/** Bits of a number, none of 0. */
// @ts-ignore: decorator
@inline
export function bitsOf(most: u32): u32 {
  return 32 - <u32>clz(most);
}

// @ts-ignore: decorator
@inline
export function clear(at: usize, m: v128): void {
  v128.store(at, v128.andnot(v128.load(at), m));
}

// @ts-ignore: decorator
@inline
export function constant(bit: u32): v128 {
  return i64x2.splat(-<i64>bit);
}

/** a in lanes m. */
// @ts-ignore: decorator
@inline
export function put(at: usize, a: v128, m: v128): void {
  v128.store(at, v128.bitselect(a, v128.load(at), m));
}

/** Uniformly one of `count` numbers, in as many bits as the highest has. */
export function drawBelow(at: usize, count: u32): void {
  const bits = bitsOf(count - 1);
  for (let bit: u32 = 0; bit < bits; bit++) {
    v128.store(MOST + (<usize>bit << 4), constant(((count - 1) >> bit) & 1));
  }
  drawUpTo(at, MOST, bits, v128.not(none()));
}

/** In lanes m uniformly a number that is not beyond the one that `most` says there. */
export function drawUpTo(at: usize, most: usize, bits: u32, m: v128): void {
  if (!bits) return;
  for (let open = m; v128.any_true(open); ) {
    drawTo(DRAWN, bits);
    for (let n: usize = 0; n < <usize>bits << 4; n += 16) put(at + n, v128.load(DRAWN + n), open);
    open = v128.andnot(open, notBelow(most, DRAWN, bits));
  }
}

/** Lanes in which one number is not below another. */
export function notBelow(a: usize, b: usize, bits: u32): v128 {
  let below = none();
  for (let n: usize = 0; n < <usize>bits << 4; n += 16) {
    const x = v128.load(a + n);
    const y = v128.load(b + n);
    below = v128.bitselect(y, below, v128.xor(x, y));
  }
  return v128.not(below);
}

/** One more in lanes m. */
export function raise(at: usize, bits: u32, m: v128): void {
  let carry = m;
  for (let n: usize = 0; n < <usize>bits << 4; n += 16) {
    const x = v128.load(at + n);
    v128.store(at + n, v128.xor(x, carry));
    carry = v128.and(x, carry);
  }
}
