// status --database: how the campaigns in a database stand, from their rows alone.

import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { type Attempts, readAttempts, readDispatch } from "../campaign/store/dispatch.ts";
import { pause } from "../campaign/store/patience.ts";
import { shardsWithin } from "../campaign/store/spec.ts";
import { type CampaignStats, readStats } from "../campaign/store/stats.ts";
import type { StoredCampaign } from "../campaign/store/store.ts";
import { grouped } from "../report/text.ts";
import { statsLines } from "./campaign-status.ts";
import { findCampaign, type ReadDatabase, readingDatabase } from "./database.ts";
import type { StatusFlags } from "./flags.ts";
import { catchInterrupts } from "./interrupt.ts";
import { writeJson, writeResult } from "./output.ts";

const WATCH_MS = 1000;
/** A worker says so often that it lives that one which has not for so long is gone. */
const QUIET_MS = 30_000;

interface SharedStats extends Omit<CampaignStats, "writer"> {
  /** Shards that the budgets come to; null where they have no number. */
  readonly shardsPlanned: number | null;
  /** Heard of lately. */
  readonly workers: readonly string[];
  /** Shards that were run more often than once: runs that were lost, results that came late. */
  readonly again: Attempts;
}

export async function runSharedStatus(
  url: string,
  folders: readonly string[],
  flags: StatusFlags,
): Promise<ExitCode> {
  if (folders.length > 0) throw new UsageError("status looks at folders or at a database", "ask twice");
  const interrupts = catchInterrupts();
  const { signal } = interrupts;
  await readingDatabase(url, async (open) => {
    for (let running = true; running; ) {
      const shown = await readAll(open, flags.campaign);
      const { place } = open.store;
      if (flags.json) await writeJson({ schema: 1, command: "status", database: place, campaigns: shown });
      else await writeResult(textOf(place, shown));
      running = flags.watch && !signal.aborted && shown.some(({ state }) => state === "running");
      if (running) await pause(WATCH_MS, signal);
    }
  });
  interrupts.release();
  return Exit.CLEAN;
}

async function readAll(open: ReadDatabase, id: string | undefined): Promise<SharedStats[]> {
  const campaigns = id === undefined ? await open.store.campaigns() : [await findCampaign(open.store, id)];
  const stats: SharedStats[] = [];
  for (const campaign of campaigns) stats.push(await read(open, campaign));
  return stats;
}

async function read({ store, database }: ReadDatabase, campaign: StoredCampaign): Promise<SharedStats> {
  const { id, spec, budgets } = campaign;
  const { writer: _, ...stats } = await readStats(store, campaign, null);
  const { endedBy } = await readDispatch(database, id);
  const heard = (await database.now()) - QUIET_MS;
  const sessions = await store.sessions(id);
  const workers = sessions.filter(({ last, endedBy: left }) => left === null && last >= heard);
  const state = endedBy !== null ? "ended" : workers.length > 0 ? "running" : "stopped";
  const { schedules } = budgets;
  return {
    ...stats,
    state,
    endedBy,
    shardsPlanned: schedules === undefined ? null : shardsWithin(spec, schedules),
    workers: endedBy === null ? workers.map(({ worker }) => worker) : [],
    again: await readAttempts(database, id),
  };
}

function textOf(place: string, shown: readonly SharedStats[]): string {
  if (shown.length === 0) return `${place} has no campaign`;
  const blocks = shown.map((stats) => {
    const { campaign, model, state, endedBy } = stats;
    const how =
      state === "ended" ? `ended: ${endedBy}` : state === "running" ? "running" : "waits for a worker";
    // What is said of the one process that writes to a folder does not fit.
    const [, ...rest] = statsLines(campaign, { ...stats, writer: null, state: "ended" });
    return [`${campaign}: ${model.name} ${model.scenario}, ${how}`, sharesLine(stats), ...rest].join("\n");
  });
  return [place, ...blocks].join("\n\n");
}

function sharesLine({ shards, shardsPlanned, crashed, workers, again, state }: SharedStats): string {
  const parts = [`shards ${grouped(shards)}${shardsPlanned === null ? "" : ` of ${grouped(shardsPlanned)}`}`];
  if (state === "running") parts.push(`workers ${workers.length}`);
  if (again.shards > 0) parts.push(`run again ${again.shards} (${again.lost} lost, ${again.late} late)`);
  if (crashed > 0) parts.push(`given up ${crashed}`);
  return `  ${parts.join(", ")}`;
}
