// Cuts a campaign into shards: a pure function of the shard's number, so that neither the number of workers
// nor the budget can be seen in any result. Shards begin small, so that the first finding shows at once,
// and double every SHARDS_PER_SIZE until they are big enough for the cost of a job to vanish, yet small
// enough for a worker to end one within a second (a schedule takes up to about ten microseconds).
//
// A campaign with lanes runs its first block of schedules on the scalar machine, so that the first finding
// need not wait until lanes are compiled, or none; from there on a shard is a block of lanes.

import { BLOCK } from "../engine/lanes.ts";
import type { Shard } from "../work/job.ts";
import { isRandomBlock, RANDOM_EVERY } from "../work/portfolio.ts";

const SIZE_FIRST = 2 ** 10;
const SIZE_LAST = 2 ** 16;
const SHARDS_PER_SIZE = 4;
const SIZES = Math.log2(SIZE_LAST / SIZE_FIRST);
/** Schedules in all shards that are smaller than SIZE_LAST. */
const GROWING = SHARDS_PER_SIZE * (SIZE_LAST - SIZE_FIRST);

/** Schedule numbers of a campaign: they must stay exact in a double. */
export const SCHEDULES_MAX = 2 ** 50;

/**
 * Which engine runs which schedules: the scalar machine all, lanes all, lanes all but the first block, or of
 * the portfolio those blocks that are the random walk's.
 */
export type EnginePlan = "scalar" | "lanes" | "auto" | "portfolio";

/** Shards of the first block of "auto": the growing ones, and one that fills it. */
const SHARDS_BEFORE_LANES = SHARDS_PER_SIZE * SIZES + 1;

/**
 * Shard number `shard` of the endless plan. Where the program turns out to have no lanes (`fits` is false),
 * blocks of "auto" and "portfolio" are cut like what the scalar machine runs anyway.
 */
export function planShard(shard: number, engine: EnginePlan = "scalar", fits = true): Shard {
  if (!fits && shard >= SHARDS_BEFORE_LANES) {
    return { shard, first: BLOCK + (shard - SHARDS_BEFORE_LANES) * SIZE_LAST, count: SIZE_LAST };
  }
  if (engine === "portfolio") return planPortfolio(shard);
  const block = engine === "lanes" ? shard : engine === "auto" ? shard - SHARDS_BEFORE_LANES + 1 : -1;
  if (block >= (engine === "auto" ? 1 : 0)) return { shard, first: block * BLOCK, count: BLOCK, block };
  const planned = planScalar(shard);
  if (engine === "scalar") return planned;
  return { ...planned, count: Math.min(planned.count, BLOCK - planned.first) };
}

/** Shards of a block that the scalar machine runs, and those up to the end of the next block of lanes. */
const SHARDS_PER_BLOCK = BLOCK / SIZE_LAST;
const SHARDS_PER_ROUND = (RANDOM_EVERY - 1) * SHARDS_PER_BLOCK + 1;

function planPortfolio(shard: number): Shard {
  if (shard < SHARDS_BEFORE_LANES) return planShard(shard, "auto");
  const round = Math.floor((shard - SHARDS_BEFORE_LANES) / SHARDS_PER_ROUND);
  const turn = (shard - SHARDS_BEFORE_LANES) % SHARDS_PER_ROUND;
  const block = round * RANDOM_EVERY + 1 + Math.floor(turn / SHARDS_PER_BLOCK);
  if (isRandomBlock(block)) return { shard, first: block * BLOCK, count: BLOCK, block };
  return { shard, first: block * BLOCK + (turn % SHARDS_PER_BLOCK) * SIZE_LAST, count: SIZE_LAST };
}

function planScalar(shard: number): Shard {
  const level = Math.min(Math.floor(shard / SHARDS_PER_SIZE), SIZES);
  const count = SIZE_FIRST * 2 ** level;
  const before = level < SIZES ? SHARDS_PER_SIZE * (count - SIZE_FIRST) : GROWING;
  return { shard, first: before + (shard - level * SHARDS_PER_SIZE) * count, count };
}

/** The same, cut off after `schedules` schedules; null where the shard lies beyond. */
export function planShardWithin(
  shard: number,
  schedules: number,
  engine: EnginePlan = "scalar",
  fits = true,
): Shard | null {
  const whole = planShard(shard, engine, fits);
  if (whole.first >= schedules) return null;
  return { ...whole, count: Math.min(whole.count, schedules - whole.first) };
}

/**
 * The shards of a plan in turn, where it may not be known yet whether the program has lanes: "later" in place
 * of the first block of them until then.
 */
export class PlannedShards {
  /** Once it is. */
  readonly known: Promise<void>;
  readonly #schedules: number;
  readonly #engine: EnginePlan | undefined;
  #fits: boolean | null;
  #next = 0;

  /** Without `fits` the program has lanes if the plan says so. */
  constructor(schedules: number, engine?: EnginePlan, fits?: Promise<boolean>) {
    this.#schedules = schedules;
    this.#engine = engine;
    this.#fits = fits === undefined ? true : null;
    this.known = (fits ?? Promise.resolve(true)).then((answer) => {
      this.#fits = answer;
    });
  }

  next(): Shard | "later" | null {
    const shard = planShardWithin(this.#next, this.#schedules, this.#engine, this.#fits ?? true);
    if (shard?.block !== undefined && this.#fits === null) return "later";
    this.#next++;
    return shard;
  }
}
