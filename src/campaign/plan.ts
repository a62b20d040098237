// Cuts a campaign into shards: a pure function of the shard's number, so that neither the number of workers
// nor the budget can be seen in any result. Shards begin small, so that the first finding shows at once,
// and double every SHARDS_PER_SIZE until they are big enough for the cost of a job to vanish, yet small
// enough for a worker to end one within a second (a schedule takes up to about ten microseconds).

import type { Shard } from "../work/job.ts";

const SIZE_FIRST = 2 ** 10;
const SIZE_LAST = 2 ** 16;
const SHARDS_PER_SIZE = 4;
const SIZES = Math.log2(SIZE_LAST / SIZE_FIRST);
/** Schedules in all shards that are smaller than SIZE_LAST. */
const GROWING = SHARDS_PER_SIZE * (SIZE_LAST - SIZE_FIRST);

/** Schedule numbers of a campaign: they must stay exact in a double. */
export const SCHEDULES_MAX = 2 ** 50;

/** Shard number `shard` of the endless plan. */
export function planShard(shard: number): Shard {
  const level = Math.min(Math.floor(shard / SHARDS_PER_SIZE), SIZES);
  const count = SIZE_FIRST * 2 ** level;
  const before = level < SIZES ? SHARDS_PER_SIZE * (count - SIZE_FIRST) : GROWING;
  return { shard, first: before + (shard - level * SHARDS_PER_SIZE) * count, count };
}

/** The same, cut off after `schedules` schedules; null where the shard lies beyond. */
export function planShardWithin(shard: number, schedules: number): Shard | null {
  const whole = planShard(shard);
  if (whole.first >= schedules) return null;
  return { ...whole, count: Math.min(whole.count, schedules - whole.first) };
}
