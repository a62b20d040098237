// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a counter and a mixing function. The counter is the only
// chain between two draws, so that a draw overlaps the step before it. Schedule i of a campaign starts its
// counter at a point that depends on (seed, i) alone.

const GAMMA: u64 = 0x9e3779b97f4a7c15;

let prngCounter: u64 = 0;

// @ts-ignore: decorator
@inline
function mix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** Starts the sequence of one schedule. */
// @ts-ignore: decorator
@inline
export function prngBegin(seed: u64, schedule: u64): void {
  prngCounter = mix(mix(seed + GAMMA) + schedule * 0xd1342543de82ef95);
}

/** Uniform in 0..bound-1; the bias is below bound / 2^32. */
// @ts-ignore: decorator
@inline
export function prngBelow(bound: u32): u32 {
  prngCounter += GAMMA;
  return <u32>(((mix(prngCounter) >> 32) * <u64>bound) >> 32);
}
