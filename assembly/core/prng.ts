// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a counter and a mixing function. The counter is the only
// chain between two draws, so that a draw overlaps the step before it. Schedule i of a campaign starts its
// counter at a point that depends on (seed, i) alone.

const GAMMA: u64 = 0x9e3779b97f4a7c15;

/** Streams of one schedule, apart in the sequence's 2^64 numbers: who steps, and results of choose(). */
const CHOICES_APART: u64 = 0x5851f42d4c957f2d;

let prngCounter: u64 = 0;

// @ts-ignore: decorator
@inline
export function prngMix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** Starts both streams of a schedule; returns the counter of the one that draws who steps. */
// @ts-ignore: decorator
@inline
export function prngBegin(seed: u64, schedule: u64): u64 {
  const counter = prngMix(prngMix(seed + GAMMA) + schedule * 0xd1342543de82ef95);
  prngCounter = counter ^ CHOICES_APART;
  return counter;
}

/** The counter after one draw. */
// @ts-ignore: decorator
@inline
export function prngNext(counter: u64): u64 {
  return counter + GAMMA;
}

/** Uniform in 0..bound-1 from one drawn number; the bias is below bound / 2^32. */
// @ts-ignore: decorator
@inline
export function prngScale(drawn: u64, bound: u32): u32 {
  return <u32>(((drawn >> 32) * <u64>bound) >> 32);
}

/** The next number of the stream of choices, below the bound. */
export function prngBelow(bound: u32): u32 {
  prngCounter = prngNext(prngCounter);
  return prngScale(prngMix(prngCounter), bound);
}
