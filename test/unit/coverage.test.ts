// Goal: what a sample covered can be cut and merged anyhow, in bounded room, and its estimates are near.
// Method: against a plain bag of what was met; laws of a commutative monoid; classes whose number is known.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { planShard } from "../../src/campaign/plan.ts";
import { BEHAVIOURS_MAX, HASH_BITS, type RawCoverage, STATES_MAX } from "../../src/engine/coverage.ts";
import { BLOCK } from "../../src/engine/lanes.ts";
import { classesOf, mergeClasses, noClasses } from "../../src/work/classes.ts";
import { mergeCoverage, noCoverage, packMarks, unpackMarks } from "../../src/work/coverage.ts";
import { isRandomBlock, MEMBERS, piecesOf } from "../../src/work/portfolio.ts";
import { sampledOfBlock, sampledSchedules } from "../../src/work/sample.ts";
import { emptyTally, mergeTallies } from "../../src/work/tally.ts";

const runs = { seed: 42, numRuns: 500 };
const MOST = 8;
/** Few enough that they collide, spread over all of the range. */
const hash = fc.nat({ max: 40 }).map((n) => Math.floor((n * 0.6180339887 * 2 ** HASH_BITS) % 2 ** HASH_BITS));
const kind = fc.constantFrom("1", "2", "3");
const met = fc.array(fc.record({ kind, hash }), { maxLength: 60 });

type Met = readonly { readonly kind: string; readonly hash: number }[];

/** One after the other. */
function gathered(all: Met) {
  const one = ({ kind: of, hash: h }: Met[number]) => classesOf(of, [h], MOST);
  return all.map(one).reduce((sum, each) => mergeClasses(sum, each, MOST), noClasses);
}

/** What is kept must be this: the lowest level with few enough members, each with its count. */
function plainly(all: Met) {
  for (let level = 0; ; level++) {
    const counts = new Map<string, number>();
    for (const { kind: of, hash: h } of all) {
      if (h < 2 ** (HASH_BITS - level)) counts.set(`${of} ${h}`, (counts.get(`${of} ${h}`) ?? 0) + 1);
    }
    if (counts.size > MOST) continue;
    return { level, counts: [...counts].map(([of, n]) => `${of} ${Math.min(3, n)}`).sort() };
  }
}

describe("classes", () => {
  it("are the same whichever way they were cut and merged", () => {
    fc.assert(
      fc.property(met, fc.nat({ max: 60 }), fc.boolean(), (all, at, turned) => {
        const [a, b] = [gathered(all.slice(0, at)), gathered(all.slice(at))];
        const merged = turned ? mergeClasses(b, a, MOST) : mergeClasses(a, b, MOST);
        const flat = Object.entries(merged.members).flatMap(([of, { hashes, counts }]) => {
          return hashes.map((h, i) => `${of} ${h} ${counts[i]}`);
        });
        expect({ level: merged.level, counts: flat.sort() }).toEqual(plainly(all));
        expect(merged).toEqual(gathered(all));
      }),
      runs,
    );
  });

  it("of one kind can be made at once", () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 60 }), (all) => {
        expect(classesOf("1", all, MOST)).toEqual(gathered(all.map((h) => ({ kind: "1", hash: h }))));
      }),
      runs,
    );
  });

  // The relative error of one estimate is about 1.2 / sqrt(512), 5 %; of the mean of 20 about 1.2 %.
  it("are counted to within some percent where only a part of them is kept", () => {
    let ratio = 0;
    let state = 42n;
    const random = (): number => {
      state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
      return Number((state ^ (state >> 33n)) >> 16n);
    };
    for (let round = 0; round < 20; round++) {
      const all = Array.from({ length: 20_000 }, random);
      const { level, members } = classesOf("1", all, BEHAVIOURS_MAX);
      const estimate = members["1"]!.hashes.length * 2 ** level;
      expect(estimate / 20_000).toBeGreaterThan(0.75);
      expect(estimate / 20_000).toBeLessThan(1.25);
      ratio += estimate / 20_000 / 20;
    }
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  });
});

const coverage: fc.Arbitrary<RawCoverage> = fc
  .record({
    sampler: kind,
    met: fc.array(hash, { minLength: 1, maxLength: 30 }),
    marks: fc.uint8Array({ minLength: 5, maxLength: 5, max: 3 }),
  })
  .map(({ sampler, met: hashes, marks }) => ({
    schedules: { [sampler]: hashes.length },
    behaviours: classesOf(sampler, hashes, BEHAVIOURS_MAX),
    states: classesOf("all", hashes, STATES_MAX),
    ends: classesOf("all", hashes.slice(1), STATES_MAX),
    marks: packMarks(marks),
  }));

describe("coverage", () => {
  it("is a commutative monoid", () => {
    fc.assert(
      fc.property(coverage, coverage, coverage, (a, b, c) => {
        expect(mergeCoverage(a, b)).toEqual(mergeCoverage(b, a));
        expect(mergeCoverage(mergeCoverage(a, b), c)).toEqual(mergeCoverage(a, mergeCoverage(b, c)));
        expect(mergeCoverage(a, noCoverage)).toEqual(a);
        expect(mergeCoverage(noCoverage, a)).toEqual(a);
      }),
      runs,
    );
  });

  it("is part of a tally, or not there", () => {
    fc.assert(
      fc.property(coverage, coverage, (a, b) => {
        const [x, y] = [a, b].map((each) => ({ ...emptyTally, coverage: each }));
        expect(mergeTallies(x!, y!).coverage).toEqual(mergeCoverage(a, b));
        expect(mergeTallies(x!, emptyTally).coverage).toEqual(a);
        expect(mergeTallies(emptyTally, emptyTally)).toEqual(emptyTally);
      }),
      runs,
    );
  });

  it("packs its marks", () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 3, maxLength: 50 }), (marks) => {
        expect(unpackMarks(packMarks(marks), marks.length)).toEqual(Uint8Array.from(marks));
      }),
      runs,
    );
  });

  it("takes at most some 16 KB as JSON, of thousands of schedules of every strategy", () => {
    const part = (sampler: number): RawCoverage => {
      const hashes = Array.from(
        { length: 3000 },
        (_, n) => ((n + 1) * (sampler + 7) * 88_172_645_463_325) % 2 ** 48,
      );
      return {
        schedules: { [sampler]: 3000 },
        behaviours: classesOf(String(sampler), hashes, BEHAVIOURS_MAX),
        states: classesOf("all", hashes, STATES_MAX),
        ends: classesOf("all", hashes, STATES_MAX),
        marks: packMarks(new Uint8Array(4000).fill(3)),
      };
    };
    const all = [1, 2, 3, 4, 5, 6].map(part).reduce(mergeCoverage, noCoverage);
    expect(JSON.stringify(all).length).toBeLessThan(17_000);
  });
});

describe("the sample", () => {
  it("is the same however schedules are cut into shards", () => {
    fc.assert(
      fc.property(fc.nat({ max: 200_000 }), fc.nat({ max: 9000 }), fc.nat({ max: 9000 }), (first, a, b) => {
        const parts = [...sampledSchedules(first, a), ...sampledSchedules(first + a, b)];
        expect(parts).toEqual(sampledSchedules(first, a + b));
      }),
      runs,
    );
  });

  it("takes all at first and thins out", () => {
    expect(sampledSchedules(0, 40).length).toBe(40);
    const upTo = (count: number) => sampledSchedules(0, count).length;
    expect(upTo(2 ** 18)).toBeGreaterThan(800);
    expect(upTo(2 ** 18)).toBeLessThan(1000);
    expect(upTo(2 ** 26) - upTo(2 ** 25)).toBe(2 ** 25 / 2 ** 16);
  });

  it("takes some of every sixteenth block of lanes", () => {
    expect(sampledOfBlock(16, BLOCK)).toEqual(Array.from({ length: 8 }, (_, n) => 16 * BLOCK + n));
    for (let block = 17; block < 32; block++) expect(sampledOfBlock(block, BLOCK)).toEqual([]);
    expect(sampledOfBlock(32, 3)).toEqual([32 * BLOCK, 32 * BLOCK + 1, 32 * BLOCK + 2]);
  });

  it("has of each member of the portfolio as many as its share", () => {
    const drawn = new Map(MEMBERS.map((member) => [member, { schedules: 0, sampled: 0 }]));
    for (const { member, first, count } of piecesOf(Strategy.PORTFOLIO, BLOCK, 512 * BLOCK)) {
      if (isRandomBlock(Math.floor(first / BLOCK))) continue;
      const all = drawn.get(member)!;
      all.schedules += count;
      all.sampled += sampledSchedules(first, count).length;
    }
    const shares = [...drawn.values()];
    const sampled = shares.reduce((sum, each) => sum + each.sampled, 0);
    const schedules = shares.reduce((sum, each) => sum + each.schedules, 0);
    expect(sampled).toBeGreaterThan(500);
    for (const each of shares) {
      const expected = (sampled * each.schedules) / schedules;
      expect(Math.abs(each.sampled - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  it("finds one in the first shard", () => {
    const { first, count } = planShard(0);
    expect(sampledSchedules(first, count).length).toBeGreaterThan(100);
  });
});
