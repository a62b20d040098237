// Goal: who draws schedule i of the portfolio depends on i alone, the shares are those that are stated, and
// the plan gives lanes exactly the blocks that are the random walk's.

import { describe, expect, it } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { planShard, planShardWithin } from "../../src/campaign/plan.ts";
import { strategyName } from "../../src/campaign/strategies.ts";
import { BLOCK } from "../../src/engine/lanes.ts";
import { isRandomBlock, MEMBERS, memberAt, piecesOf, resolveMember } from "../../src/work/portfolio.ts";

describe("the portfolio", () => {
  it("gives everybody a turn within the first 16,384 schedules", () => {
    const first = new Set(Array.from({ length: 16_384 }, (_, i) => memberAt(i)));
    expect([...first]).toEqual(MEMBERS);
    expect(MEMBERS.map(strategyName)).toMatchInlineSnapshot(`
      [
        "random",
        "surw",
        "pos",
        "pct-3",
        "urw",
        "pct-2",
        "sticky-90",
        "pct-5",
      ]
    `);
  });

  it("has the same shares in every block that is not the random walk's", () => {
    const shares = (block: number): Record<string, number> => {
      const count: Record<string, number> = {};
      for (let i = 0; i < BLOCK; i += 1024) {
        const name = strategyName(memberAt(block * BLOCK + i));
        count[name] = (count[name] ?? 0) + 1024;
      }
      return count;
    };
    expect(shares(0)).toMatchInlineSnapshot(`
      {
        "pct-2": 16384,
        "pct-3": 32768,
        "pct-5": 16384,
        "pos": 65536,
        "random": 16384,
        "sticky-90": 16384,
        "surw": 81920,
        "urw": 16384,
      }
    `);
    for (const block of [1, 2, 3, 5, 1_000_001]) expect(shares(block)).toEqual(shares(0));
    for (const block of [4, 8, 1_000_000]) expect(shares(block)).toEqual({ random: BLOCK });
  });

  it.each([
    [0, 1],
    [1000, 100],
    [0, 5 * BLOCK],
    [4 * BLOCK - 10, BLOCK + 20],
    [123_456, 3_000_000],
  ])("cuts the range from %i of %i schedules without gap or overlap", (first, count) => {
    let next = first;
    let before = -1;
    for (const piece of piecesOf(Strategy.PORTFOLIO, first, count)) {
      expect(piece.first).toBe(next);
      expect(piece.member).not.toBe(before);
      for (const i of [piece.first, piece.first + piece.count - 1]) expect(memberAt(i)).toBe(piece.member);
      next += piece.count;
      before = piece.member;
    }
    expect(next).toBe(first + count);
  });

  it("leaves any other strategy alone", () => {
    expect(piecesOf(Strategy.POS, 5, 10_000)).toEqual([{ member: Strategy.POS, first: 5, count: 10_000 }]);
    expect(resolveMember(Strategy.POS, 5 * BLOCK)).toBe(Strategy.POS);
    expect(resolveMember(Strategy.PORTFOLIO, 4 * BLOCK)).toBe(Strategy.RANDOM);
  });
});

describe("the plan of a portfolio with lanes", () => {
  it("covers the schedule numbers from 0 on without gap or overlap", () => {
    let next = 0;
    for (let shard = 0; shard < 500; shard++) {
      const planned = planShard(shard, "portfolio");
      expect(planned).toMatchObject({ shard, first: next });
      next += planned.count;
    }
    expect(next).toBeGreaterThan(100 * BLOCK);
  });

  it("gives lanes whole blocks, and only those that the random walk draws", () => {
    for (let shard = 0; shard < 500; shard++) {
      const { first, count, block } = planShard(shard, "portfolio");
      const drawnByRandom = isRandomBlock(Math.floor(first / BLOCK));
      expect(block).toBe(drawnByRandom ? first / BLOCK : undefined);
      if (drawnByRandom) expect(count).toBe(BLOCK);
    }
  });

  it("begins as without lanes, and is cut off where it is told", () => {
    for (let shard = 0; shard < 24; shard++) expect(planShard(shard, "portfolio")).toEqual(planShard(shard));
    const budget = 4 * BLOCK + 12_345;
    let total = 0;
    for (let shard = 0; ; shard++) {
      const planned = planShardWithin(shard, budget, "portfolio");
      if (planned === null) break;
      total += planned.count;
    }
    expect(total).toBe(budget);
  });
});
