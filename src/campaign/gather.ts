// The tally of a campaign that others record: read row by row, as rows come. What a campaign reports is a
// function of the rows that count, which are all, or those up to the finding that ended it.

import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { Shard } from "../work/job.ts";
import { emptyTally, mergeTallies } from "../work/tally.ts";
import { countGroups, groupFindings } from "./keys.ts";
import { planShardWithin, SCHEDULES_MAX } from "./plan.ts";
import { tallyFromJson } from "./store/record.ts";
import { shardRange } from "./store/spec.ts";
import type { CampaignStore, StoredCampaign } from "./store/store.ts";

export class Gathered {
  readonly #store: CampaignStore;
  readonly #id: string;
  readonly #seen = new Set<number>();
  tally: RawTally = emptyTally;

  constructor(store: CampaignStore, id: string) {
    this.#store = store;
    this.#id = id;
  }

  /** True where something was new. */
  async refresh(): Promise<boolean> {
    const fresh = (await this.#store.doneShards(this.#id)).filter(({ shard }) => !this.#seen.has(shard));
    for (const { shard } of fresh) {
      const row = await this.#store.result(this.#id, shard);
      // A row that is run again after all comes with its new result.
      if (row === null || row.kind === "crashed") continue;
      this.#seen.add(shard);
      this.tally = mergeTallies(this.tally, tallyFromJson(row.tally));
    }
    return fresh.length > 0;
  }

  get shards(): number {
    return this.#seen.size;
  }
}

/** All that is recorded. */
export async function wholeTally(store: CampaignStore, id: string): Promise<RawTally> {
  let whole = emptyTally;
  for await (const { tally } of store.tallies(id)) whole = mergeTallies(whole, tally);
  return whole;
}

/**
 * What one process would have counted when it had found so many: the shards up to the last of these, and
 * of that one the jobs up to it, which are run again for that.
 */
export async function tallyUntil(
  store: CampaignStore,
  { id, spec, budgets }: StoredCampaign,
  program: Program,
  wanted: number,
  run: (job: Shard) => Promise<RawTally>,
): Promise<RawTally> {
  const enough = (tally: RawTally): boolean => countGroups(groupFindings(program, tally)) >= wanted;
  let before = emptyTally;
  for (let shard = 0; ; shard++) {
    const row = await store.result(id, shard);
    if (row === null) return before;
    const after = mergeTallies(before, tallyFromJson(row.tally));
    if (!enough(after)) {
      before = after;
      continue;
    }
    const { firstJob, jobs } = shardRange(spec, shard);
    for (let n = firstJob; n < firstJob + jobs && !enough(before); n++) {
      const job = planShardWithin(n, budgets.schedules ?? SCHEDULES_MAX, spec.engine);
      if (job === null) break;
      before = mergeTallies(before, await run(job));
    }
    return before;
  }
}
