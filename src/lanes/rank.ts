// Choosing who steps, in every lane at once, as text: exactly uniform among those who can. Their number n is
// counted across the tasks; a rank is drawn with as many bits as n - 1 has, and drawn again where it is n or
// more; who steps is the one before whom as many can step as the rank says. Going through the tasks once
// more, the rank is counted down, and who finds it at 0 steps.

import { ONES, type Region, ZERO } from "./region.ts";

/**
 * Uniformly among those who can step; or often who stepped last, else so (sticky.ts); or who has the highest
 * priority (pct.ts).
 */
export type Rule = "random" | "sticky" | "pct";

/**
 * Draws of a rank before a lane sits an iteration out: one is enough where every number is a power of
 * two.
 */
export function rankTries(tasks: number): number {
  return tasks <= 2 ? 1 : 2;
}

/** Bits of the number of tasks that can step. */
export function countBits(tasks: number): number {
  return Math.floor(Math.log2(tasks)) + 1;
}

/** Bits of a rank among so many tasks. */
export function rankBits(tasks: number): number {
  return Math.ceil(Math.log2(Math.max(1, tasks)));
}

/** One more where `one` is set; the count was `most` before, at most. Returns the new bits. */
export function count(region: Region, bits: readonly string[], one: string, most: number): string[] {
  const width = countBits(most + 1);
  const sum: string[] = [];
  let carry = one;
  for (let bit = 0; bit < width; bit++) {
    const old = bits[bit]!;
    sum.push(region.xor(old, carry));
    carry = region.and(old, carry);
  }
  return [...sum, ...bits.slice(width)];
}

/**
 * How many of some vectors are set in each lane: of three bits that weigh the same, one that does and one of
 * twice the weight are made, so that five operations do for each vector.
 */
export class CarrySave {
  private readonly levels: string[][] = [];

  add(region: Region, one: string, weight = 0): void {
    const level = this.levels[weight] ?? [];
    this.levels[weight] = level;
    level.push(one);
    if (level.length < 3) return;
    const [a, b, c] = level.splice(0) as [string, string, string];
    const either = region.xor(a, b);
    level.push(region.xor(either, c));
    this.add(region, region.or(region.and(a, b), region.and(either, c)), weight + 1);
  }

  /** The sum of all that were added, lowest bit first. */
  bits(region: Region): string[] {
    for (let weight = 0; weight < this.levels.length; weight++) {
      const [a, b] = this.levels[weight]!;
      if (b === undefined) continue;
      this.levels[weight] = [region.xor(a!, b)];
      this.add(region, region.and(a!, b), weight + 1);
    }
    return this.levels.map(([bit]) => bit ?? ZERO);
  }
}

export interface Rank {
  /** The rank, lowest bit first. */
  readonly bits: readonly string[];
  /** Lanes in which somebody steps. */
  readonly chosen: string;
}

/**
 * Draws a rank of `width` bits where the count `n`, lowest bit first, says how many there are; `drawn(i)` is
 * the i-th random vector.
 */
export function rank(
  region: Region,
  n: readonly string[],
  width: number,
  tries: number,
  drawn: (i: number) => string,
): Rank {
  const some = region.any(n);
  // d is n - 1, and m its bits from the highest one down.
  const d: string[] = [];
  let borrow = ONES;
  for (let bit = 0; bit < width; bit++) {
    d.push(bit === 0 ? region.not(n[0]!) : region.xor(n[bit]!, borrow));
    borrow = region.andnot(borrow, n[bit]!);
  }
  const m: string[] = [];
  for (let bit = width - 1; bit >= 0; bit--) m[bit] = region.or(d[bit]!, m[bit + 1] ?? ZERO);
  let bits: string[] = [];
  let above = ZERO;
  for (let attempt = 0; attempt < tries; attempt++) {
    const fresh = m.map((mask, bit) => region.and(drawn(attempt * width + bit), mask));
    bits = attempt === 0 ? fresh : fresh.map((k, bit) => region.select(k, bits[bit]!, above));
    // One bit below a power of two is never too much.
    above = width === 1 ? ZERO : greater(region, bits, d);
  }
  return { bits, chosen: region.andnot(some, above) };
}

/** Where k is more than d: compared from the lowest bit up, the highest that differs decides. */
function greater(region: Region, k: readonly string[], d: readonly string[]): string {
  let above = ZERO;
  k.forEach((bit, n) => {
    const more = region.andnot(bit, d[n]!);
    above = region.or(more, region.andnot(above, region.xor(bit, d[n]!)));
  });
  return above;
}

export interface Passed {
  /** Lanes in which the rank was 0 and the task can step: it does. */
  readonly picked: string;
  /** The rank, one less where the task can step. */
  readonly bits: readonly string[];
}

/**
 * Passes a task. Where there was no luck, the rank is not below the number of those who can step, and comes
 * to 0 nowhere; below 0 it is as high as can be, and does not come to 0 again.
 */
export function pass(region: Region, bits: readonly string[], able: string): Passed {
  let borrow = able;
  const less = bits.map((bit) => {
    const one = region.xor(bit, borrow);
    borrow = region.andnot(borrow, bit);
    return one;
  });
  return { picked: borrow, bits: less };
}
