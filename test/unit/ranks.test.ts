// Goal: quantiles and the rank test are those of the textbooks. Method: published critical values, all ways
// to part a few numbers counted here, and both ways of computing p against each other.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, quantile } from "../../src/base/quantile.ts";
import { holm, mannWhitney } from "../../src/campaign/ranks.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

describe("quantile", () => {
  it("is between the nearest two", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
  });

  it("is never where most runs are censored", () => {
    const never = Number.POSITIVE_INFINITY;
    expect(median([1, 2, never, never, never])).toBe(never);
    expect(median([1, never])).toBe(never);
    expect(median([1, 2, 3, never, never])).toBe(3);
  });
});

/** Every choice of a's size among all values, by bits. */
function counted(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const rank = (v: number) => all.filter((w) => w < v).length + (all.filter((w) => w === v).length + 1) / 2;
  const ranks = all.map(rank);
  const mean = (a.length * (all.length + 1)) / 2;
  const far = (sum: number) => Math.abs(sum - mean);
  const seen = far(ranks.slice(0, a.length).reduce((x, y) => x + y, 0));
  let as = 0;
  let ways = 0;
  for (let set = 0; set < 2 ** all.length; set++) {
    const chosen = ranks.filter((_, n) => (set >> n) & 1);
    if (chosen.length !== a.length) continue;
    ways++;
    if (far(chosen.reduce((x, y) => x + y, 0)) >= seen - 1e-9) as++;
  }
  return as / ways;
}

describe("mannWhitney", () => {
  it("is the least p there is where nothing overlaps", () => {
    expect(mannWhitney(range(0, 6), range(6, 12))).toBeCloseTo(2 / 924, 12);
    expect(mannWhitney(range(6, 12), range(0, 6))).toBeCloseTo(2 / 924, 12);
    expect(mannWhitney([1], [2])).toBe(1);
  });

  it("is 1 where all are the same", () => {
    const never = Number.POSITIVE_INFINITY;
    expect(mannWhitney([5, 5, 5], [5, 5])).toBe(1);
    expect(mannWhitney([never, never], [never])).toBe(1);
  });

  it("counts all ways, ties and censored runs among them", () => {
    const value = fc.constantFrom(1, 2, 3, 4, Number.POSITIVE_INFINITY);
    const few = fc.array(value, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(few, few, (a, b) => {
        expect(mannWhitney(a, b)).toBeCloseTo(counted(a, b), 9);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it("goes over to the normal distribution without a jump", () => {
    const a = range(0, 30).map((n) => n * 1.1);
    const b = range(0, 30).map((n) => n + 3.05);
    const exact = mannWhitney(a, b);
    const normal = mannWhitney(a, [...b, median(b)]);
    expect(Math.abs(exact - normal)).toBeLessThan(0.02);
    // U of 30 against 31 with the least overlap that is significant at 5 % lies near 330 (of 930).
    expect(mannWhitney(range(0, 31), range(100, 131))).toBeLessThan(1e-8);
  });
});

describe("holm", () => {
  it("multiplies the smallest by all, the next by one less, and never goes down", () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
