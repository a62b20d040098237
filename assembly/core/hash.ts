// A 64-bit hash of some words of memory: multilinear hashing (Carter and Wegman, JCSS 1979) with a fixed key
// for each place, behind a mixing function that is not linear, so that changes in two places do not cancel.
// The places do not wait for each other, unlike in a hash that runs through a stream. Two of n contents share
// a hash with probability below n^2 / 2^65.

import { prngMix, prngNext } from "./prng";

/** Words of 64 bits that can be hashed together. */
export const HASH_WORDS: u32 = 2304;
const KEYS: usize = memory.data(18432, 16);
const MULTIPLY: u64 = 0x9fb21c651e98df25;

/** Fills the table of keys; once, before the first hash. */
export function hashInit(): void {
  let counter: u64 = 0;
  for (let i: usize = 0; i < <usize>HASH_WORDS; i++) {
    counter = prngNext(counter);
    // An odd factor loses nothing.
    store<u64>(KEYS + (i << 3), prngMix(counter) | 1);
  }
}

/** Hash of so many bytes, a multiple of 8; `what` tells apart what may have the same content. */
// @ts-ignore: decorator
@inline
export function hashContent(at: usize, bytes: usize, what: u64): u64 {
  let sum = what;
  for (let i: usize = 0; i < bytes; i += 8) {
    const key = load<u64>(KEYS + i);
    const mixed = (load<u64>(at + i) ^ key) * MULTIPLY;
    sum += (mixed ^ (mixed >> 32)) * key;
  }
  return hashMix(sum);
}

/** A bijection after which every bit depends on every bit before it. */
// @ts-ignore: decorator
@inline
export function hashMix(word: u64): u64 {
  return prngMix(word);
}
