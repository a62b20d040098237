// The screen of a campaign that several workers share: what all of them have recorded, read from the rows.

import { showsMore } from "../campaign/coverage.ts";
import { Gathered } from "../campaign/gather.ts";
import { countGroups, groupFindings } from "../campaign/keys.ts";
import { seldom } from "../campaign/store/patience.ts";
import { isTransient } from "../campaign/store/postgres.ts";
import type { StoredCampaign } from "../campaign/store/store.ts";
import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { CampaignDatabase } from "./database.ts";
import { type FuzzPlan, titleText } from "./fuzz.ts";
import { endsText } from "./screen.ts";
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
    budget: endsText(plan.rules),
    program,
  });
  const gathered = new Gathered(store, id);
  const started = performance.now();
  const showSeldom = seldom(show, UPDATE_MS);
  let newMs = 0;
  let known = 0;
  let covered: RawTally | null = null;
  let coveredMs = 0;
  let before: { readonly schedules: number; readonly findings: number } | null = null;

  async function show(): Promise<void> {
    await gathered.refresh();
    const { tally, shards } = gathered;
    const elapsedMs = performance.now() - started;
    const findings = groupFindings(program, tally);
    if (findings.length > known) newMs = elapsedMs;
    known = findings.length;
    if (covered === null || showsMore(tally, covered)) coveredMs = elapsedMs;
    covered = tally;
    const { schedules, steps } = tally;
    before ??= { schedules, findings: countGroups(findings) };
    status.update({
      elapsedMs,
      activeMs: elapsedMs,
      newMs,
      coveredMs,
      findings,
      findingsBefore: before.findings,
      tally,
      schedules,
      schedulesBefore: before.schedules,
      steps,
      shards,
      workers: plan.workers,
    });
  }
  return {
    async update(last = false) {
      if (plan.ui === "none") return;
      try {
        await (last ? show() : showSeldom());
      } catch (error) {
        // The database is away: the next look will tell.
        if (!isTransient(error)) throw error;
      }
    },
    close: () => status.close(),
  };
}
