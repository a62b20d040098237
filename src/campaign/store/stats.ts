// How a campaign stands, from its rows alone: what `status` shows and `stats.json` holds. Additive only
// within its schema number; times are unix milliseconds, durations milliseconds.

import type { Writer } from "./lock.ts";
import type { Budgets } from "./spec.ts";
import type { CampaignStore, StoredCampaign, StoredFinding } from "./store.ts";

export interface CampaignStats {
  readonly schema: 1;
  readonly version: string;
  readonly campaign: string;
  readonly hash: string;
  readonly model: { readonly name: string; readonly scenario: string; readonly hash: string };
  readonly options: Readonly<Record<string, string | number>>;
  readonly budgets: Budgets;
  /** `stopped`: it was killed, or its machine went down; resuming it loses nothing. */
  readonly state: "running" | "ended" | "stopped";
  readonly writer: { readonly pid: number; readonly host: string } | null;
  /** Which budget ended the last session; null: it runs, or was killed. */
  readonly endedBy: string | null;
  readonly created: number;
  /** When its last session was last heard of. */
  readonly updated: number;
  readonly sessions: number;
  readonly activeMs: number;
  readonly schedules: number;
  readonly steps: number;
  readonly dropped: number;
  readonly shards: number;
  readonly crashed: number;
  readonly schedulesPerSecond: number;
  /** Of about the last ten seconds of activity, or the last two rows of the series. */
  readonly recentSchedulesPerSecond: number;
  /** Findings by dedupe key, and what a reader takes for different bugs. */
  readonly findings: number;
  readonly bugs: number;
  /** Active time since the last new finding; of the whole campaign where there is none. */
  readonly quietMs: number;
  readonly rssBytes: number;
  /** Those that were seen first. */
  readonly found: readonly StoredFinding[];
}

const FOUND_MAX = 100;
const RECENT_MS = 10_000;
const RECENT_ROWS = 16;

export async function readStats(
  store: CampaignStore,
  { id, hash, spec, budgets, version, created }: StoredCampaign,
  writer: Writer | null,
): Promise<CampaignStats> {
  const totals = await store.totals(id);
  const sessions = await store.sessions(id);
  const series = await store.series(id, RECENT_ROWS);
  const found = await store.findings(id, FOUND_MAX);
  const last = sessions.at(-1);
  const endedBy = last?.endedBy ?? null;
  const { activeMs, schedules } = totals;
  const newest = series.at(-1);
  const older =
    series.findLast((row) => row.t_active_ms <= (newest?.t_active_ms ?? 0) - RECENT_MS) ?? series[0];
  const newMs = Math.max(0, ...sessions.map((session) => session.newMs));
  const { name, scenario, hash: program } = spec.model;
  return {
    schema: 1,
    version,
    campaign: id,
    hash,
    model: { name, scenario, hash: program },
    options: { strategy: spec.strategy, seed: spec.seed, maxSteps: spec.stepsMax, engine: spec.engine },
    budgets,
    state: writer !== null && endedBy === null ? "running" : endedBy === null ? "stopped" : "ended",
    writer: writer === null ? null : { pid: writer.pid, host: writer.host },
    endedBy,
    created,
    updated: last?.last ?? created,
    sessions: sessions.length,
    activeMs,
    schedules,
    steps: totals.steps,
    dropped: totals.dropped,
    shards: totals.shards,
    crashed: totals.crashed,
    schedulesPerSecond: perSecond(schedules, activeMs),
    recentSchedulesPerSecond:
      newest === undefined || older === undefined || newest === older
        ? perSecond(schedules, activeMs)
        : perSecond(newest.schedules - older.schedules, newest.t_active_ms - older.t_active_ms),
    findings: totals.findings,
    bugs: totals.bugs,
    quietMs: activeMs - newMs,
    rssBytes: newest?.rss ?? 0,
    found,
  };
}

function perSecond(count: number, ms: number): number {
  return Math.round((count * 1000) / Math.max(1, ms));
}
