// The budgets of a campaign over its sessions: what a further one comes to in all, and what a larger one
// opens again.

import { type Budgets, type CampaignSpec, shardRange } from "./spec.ts";
import type { CampaignStore, StoredCampaign } from "./store.ts";

/** Budgets beyond what was done. Findings are counted in all: there is no telling which are new ones. */
export async function budgetsInAll(
  store: CampaignStore,
  { id, spec }: StoredCampaign,
  { schedules, timeMs, untilFinding, untilPlateauMs }: Budgets,
): Promise<Budgets> {
  const { activeMs } = await store.totals(id);
  return {
    schedules: schedules === undefined ? undefined : schedules + (await position(store, id, spec)),
    timeMs: timeMs === undefined ? undefined : timeMs + activeMs,
    untilFinding,
    untilPlateauMs,
  };
}

/** Schedule numbers from 0 on without a gap. */
async function position(store: CampaignStore, id: string, spec: CampaignSpec): Promise<number> {
  let next = 0;
  let end = 0;
  for (const { shard, runs } of await store.doneShards(id)) {
    if (shard !== next) break;
    end = shardRange(spec, next++).first + runs;
  }
  const partial = (await store.partials(id)).find(({ shard }) => shard === next);
  return partial === undefined ? end : shardRange(spec, next).first + partial.runs;
}

/** A larger budget of schedules opens the shard that a smaller one had cut. */
export async function changeBudgets(
  store: CampaignStore,
  { id, spec }: StoredCampaign,
  budgets: Budgets,
): Promise<void> {
  const { schedules = Number.POSITIVE_INFINITY } = budgets;
  const cut = (await store.doneShards(id)).filter(({ shard, runs, kind }) => {
    const { first, count } = shardRange(spec, shard);
    return kind === "done" && runs < count && first + runs < schedules;
  });
  if (cut.length > 0)
    await store.reopen(
      id,
      cut.map(({ shard }) => shard),
    );
  await store.setBudgets(id, budgets);
}
