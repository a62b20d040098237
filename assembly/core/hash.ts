// A 64-bit hash of a stream of words: the body of MurmurHash3 x64 (Appleby, public domain), one lane of it.
// States of one run differ in a few bits, so that mixing matters more than speed. Two of n states share a
// hash with probability below n^2 / 2^65.

const MULTIPLY_FIRST: u64 = 0x87c37b91114253d5;
const MULTIPLY_SECOND: u64 = 0x4cf5ad432745937f;

export const HASH_EMPTY: u64 = 0x9e3779b97f4a7c15;

/** The hash with one more word. */
// @ts-ignore: decorator
@inline
export function hashAdd(hash: u64, word: u64): u64 {
  const mixed = rotl(word * MULTIPLY_FIRST, 31) * MULTIPLY_SECOND;
  return rotl(hash ^ mixed, 27) * 5 + 0x52dce729;
}

/** The finished hash. */
export function hashEnd(hash: u64): u64 {
  let h = hash;
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}
