// The generator of schedules once more, in integers without a limit: SplitMix64 (Steele, Lea, Flood, OOPSLA
// 2014), and how a schedule's counter begins.

const WORD = (1n << 64n) - 1n;
const GAMMA = 0x9e3779b97f4a7c15n;

export function mix(value: bigint): bigint {
  let z = value & WORD;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & WORD;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & WORD;
  return z ^ (z >> 31n);
}

/** Where the counter of a schedule begins. */
export function counterOf(seed: bigint, schedule: number): bigint {
  return mix(mix(seed + GAMMA) + BigInt(schedule) * 0xd1342543de82ef95n);
}

/** Numbers from a counter on, the one at the counter itself among them. */
export class Numbers {
  #counter: bigint;

  constructor(counter: bigint) {
    this.#counter = counter & WORD;
  }

  next(): bigint {
    const drawn = mix(this.#counter);
    this.#counter = (this.#counter + GAMMA) & WORD;
    return drawn;
  }

  /** The one at the counter is left out. */
  skip(): this {
    this.next();
    return this;
  }
}

/** Uniform in 0..bound-1, from the upper half of a number. */
export function below(drawn: bigint, bound: number): number {
  return Number(((drawn >> 32n) * BigInt(bound)) >> 32n);
}
