// Goal: the plan cuts all schedule numbers into ranges without gap or overlap, the same for every budget.

import { describe, expect, it } from "vitest";
import { type EnginePlan, PlannedShards, planShard, planShardWithin } from "../../src/campaign/plan.ts";
import { BLOCK } from "../../src/engine/lanes.ts";

describe("the plan", () => {
  it("covers the schedule numbers from 0 on without gap or overlap", () => {
    let next = 0;
    for (let shard = 0; shard < 200; shard++) {
      const planned = planShard(shard);
      expect(planned).toMatchObject({ shard, first: next });
      next += planned.count;
    }
  });

  it("begins with small shards, so that a first finding shows at once, and ends with shards of 2^16", () => {
    expect(planShard(0).count).toBe(1024);
    expect(planShard(23).count).toBe(2 ** 15);
    expect(planShard(24).count).toBe(2 ** 16);
    expect(planShard(1_000_000).count).toBe(2 ** 16);
  });

  it.each([1, 1023, 1024, 1025, 5000, 1_000_000, 5_000_000])(
    "gives exactly %i schedules when asked to",
    (n) => {
      let total = 0;
      for (let shard = 0; ; shard++) {
        const planned = planShardWithin(shard, n);
        if (planned === null) break;
        expect(planned.first).toBe(planShard(shard).first);
        total += planned.count;
      }
      expect(total).toBe(n);
    },
  );
});

describe("shards of a plan with lanes, where it is not known yet whether there are any", () => {
  const plans: [EnginePlan, number][] = [
    ["lanes", 0],
    ["auto", BLOCK],
    ["portfolio", 4 * BLOCK],
  ];

  it.each(plans)("%s: come up to the first block of lanes, schedule %i", (engine, before) => {
    const planned = new PlannedShards(10 * BLOCK, engine, new Promise(() => undefined));
    let next = 0;
    for (let shard = planned.next(); shard !== "later"; shard = planned.next()) {
      expect(shard).toMatchObject({ first: next });
      next += shard!.count;
    }
    expect(next).toBe(before);
    expect(planned.next()).toBe("later");
  });

  it.each(plans.slice(1))("%s: are all schedules once, whichever it is", async (engine) => {
    for (const fits of [true, false]) {
      let answer = (_: boolean): void => undefined;
      const asked = new Promise<boolean>((resolve) => {
        answer = resolve;
      });
      const planned = new PlannedShards(10 * BLOCK - 1, engine, asked);
      let next = 0;
      let blocks = 0;
      for (let shard = planned.next(); shard !== null; shard = planned.next()) {
        if (shard === "later") {
          answer(fits);
          await planned.known;
          continue;
        }
        expect(shard.first).toBe(next);
        if (shard.block !== undefined) blocks++;
        else expect(shard.count).toBeLessThanOrEqual(2 ** 16);
        next += shard.count;
      }
      expect(next).toBe(10 * BLOCK - 1);
      expect(blocks > 0).toBe(fits);
    }
  });
});
