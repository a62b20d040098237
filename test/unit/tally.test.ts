// Goal: results do not depend on the order in which shards end. Method: the laws of a commutative monoid,
// over random tallies whose findings collide often (few kinds and sites).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RawFinding, RawShare, RawTally } from "../../src/engine/engine.ts";
import { emptyTally, mergeTallies, rawKey } from "../../src/work/tally.ts";

const small = fc.integer({ min: 0, max: 2 });
const finding: fc.Arbitrary<RawFinding> = fc.record({
  kind: small,
  detail: fc.integer({ min: 0, max: 1 }),
  site: small,
  class: fc.integer({ min: -1, max: 1 }),
  other: fc.integer({ min: -1, max: 1 }),
  task: small,
  count: fc.integer({ min: 1, max: 1000 }),
  first: fc.integer({ min: 0, max: 20 }),
  // One schedule is drawn by one strategy: what has the same first schedule has the same of these.
  strategy: fc.constant(1),
  replayed: fc.integer({ min: 1, max: 9 }),
});
const share: fc.Arbitrary<RawShare> = fc.record({
  strategy: fc.integer({ min: 1, max: 3 }),
  schedules: fc.nat(),
  steps: fc.nat(),
  findings: fc.uniqueArray(finding, { maxLength: 4, selector: rawKey }),
});
const raw: fc.Arbitrary<RawTally> = fc.record({
  schedules: fc.nat(),
  steps: fc.nat(),
  dropped: fc.nat(),
  limited: fc.array(fc.nat({ max: 3 }), { maxLength: 7 }),
  findings: fc.uniqueArray(finding, { maxLength: 12, selector: rawKey }),
  byStrategy: fc.uniqueArray(share, { maxLength: 3, selector: ({ strategy }) => strategy }),
});
/** As a shard's result is after its first merge: sorted. */
const tally = raw.map((t) => mergeTallies(emptyTally, t));
const runs = { seed: 42, numRuns: 1000 };

describe("mergeTallies", () => {
  it("is commutative", () => {
    fc.assert(
      fc.property(raw, raw, (a, b) => {
        expect(mergeTallies(a, b)).toEqual(mergeTallies(b, a));
      }),
      runs,
    );
  });

  it("is associative", () => {
    fc.assert(
      fc.property(raw, raw, raw, (a, b, c) => {
        expect(mergeTallies(mergeTallies(a, b), c)).toEqual(mergeTallies(a, mergeTallies(b, c)));
      }),
      runs,
    );
  });

  it("has the empty tally as its identity", () => {
    fc.assert(
      fc.property(tally, (t) => {
        expect(mergeTallies(t, emptyTally)).toEqual(t);
        expect(mergeTallies(emptyTally, t)).toEqual(t);
      }),
      runs,
    );
  });

  it("adds counts and keeps the earliest schedule with its task", () => {
    const at = (first: number, task: number, count: number): RawTally => ({
      ...emptyTally,
      schedules: 10,
      steps: 100,
      limited: [0, count],
      findings: [{ kind: 3, detail: 0, site: 7, class: 1, other: 5, task, count, first, strategy: 1 }],
    });
    const merged = mergeTallies(at(40, 1, 3), at(12, 2, 4));
    expect(merged).toEqual({
      schedules: 20,
      steps: 200,
      dropped: 0,
      limited: [0, 7],
      findings: [
        { kind: 3, detail: 0, site: 7, class: 1, other: 5, task: 2, count: 7, first: 12, strategy: 1 },
      ],
    });
  });
});
