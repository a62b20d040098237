// A choice among slots in proportion to weights, for strategies that know how much each task has before it.

import { prngMix, prngNext } from "../core/prng";

/** By slot. */
const WEIGHTS: usize = memory.data(64, 4);
let counter: u64 = 0;

export function weightsBegin(from: u64): void {
  counter = from;
}

// @ts-ignore: decorator
@inline
export function weightOf(slot: u32): u32 {
  return load<u32>(WEIGHTS + (<usize>slot << 2));
}

// @ts-ignore: decorator
@inline
export function weightSet(slot: u32, weight: u32): void {
  store<u32>(WEIGHTS + (<usize>slot << 2), weight);
}

/** Uniform below a bound. The bias is below bound / 2^32. */
export function weightsBelow(bound: u32): u32 {
  counter = prngNext(counter);
  return <u32>(((prngMix(counter) >> 32) * <u64>bound) >> 32);
}

/** One of a set that is not empty, with chances in proportion to weight, a weight of 0 counting as 1. */
export function weightsPick(set: u32): u32 {
  let sum: u32 = 0;
  for (let rest = set; rest; rest &= rest - 1) sum += max<u32>(weightOf(<u32>ctz(rest)), 1);
  let left = weightsBelow(sum);
  let rest = set;
  while (true) {
    const slot = <u32>ctz(rest);
    const weight = max<u32>(weightOf(slot), 1);
    if (left < weight) return slot;
    left -= weight;
    rest &= rest - 1;
  }
}
