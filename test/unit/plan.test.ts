// Goal: the plan cuts all schedule numbers into ranges without gap or overlap, the same for every budget.

import { describe, expect, it } from "vitest";
import { planShard, planShardWithin } from "../../src/campaign/plan.ts";

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
