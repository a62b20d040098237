// The screen of a campaign that several workers share: what all of them have recorded, read from the rows.

import { Gathered } from "../campaign/gather.ts";
import { groupFindings } from "../campaign/keys.ts";
import { isTransient } from "../campaign/store/postgres.ts";
import type { StoredCampaign } from "../campaign/store/store.ts";
import type { Program } from "../model/program.ts";
import type { CampaignDatabase } from "./database.ts";
import { budgetText, type FuzzPlan, titleText } from "./fuzz.ts";
import { startStatus } from "./status.ts";

const UPDATE_MS = 1000;

export interface SharedScreen {
  /** At most once a second, but for the last time. */
  update(last?: boolean): Promise<void>;
  close(): void;
}

export function watchShared(
  { store }: CampaignDatabase,
  { id }: StoredCampaign,
  program: Program,
  plan: FuzzPlan,
): SharedScreen {
  const status = startStatus({
    mode: plan.ui,
    title: titleText({ program }, plan),
    budget: budgetText(plan.rules),
  });
  const gathered = new Gathered(store, id);
  const started = performance.now();
  let at = Number.NEGATIVE_INFINITY;
  let newMs = 0;
  let known = 0;
  let before: number | null = null;

  async function show(): Promise<void> {
    await gathered.refresh();
    const { tally, shards } = gathered;
    const elapsedMs = performance.now() - started;
    const findings = groupFindings(program, tally);
    if (findings.length > known) newMs = elapsedMs;
    known = findings.length;
    before ??= tally.schedules;
    const { schedules, steps } = tally;
    const numbers = { schedules, steps, shards, schedulesBefore: before, workers: plan.workers };
    status.update({ elapsedMs, activeMs: elapsedMs, newMs, findings, tally, ...numbers });
  }
  return {
    async update(last = false) {
      if (plan.ui === "none" || (!last && performance.now() - at < UPDATE_MS)) return;
      at = performance.now();
      try {
        await show();
      } catch (error) {
        // The database is away: the next look will tell.
        if (!isTransient(error)) throw error;
      }
    },
    close: () => status.close(),
  };
}
