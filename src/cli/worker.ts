// worker: runs shards of the campaigns in a database, until all have ended or it is told to stop.

import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import type { DispatchEnd } from "../campaign/store/dispatch.ts";
import { machineFingerprint } from "../campaign/store/machine.ts";
import { patiently, pause } from "../campaign/store/patience.ts";
import { isTransient } from "../campaign/store/postgres.ts";
import type { StoredCampaign } from "../campaign/store/store.ts";
import { type WorkCounts, work } from "../campaign/worker.ts";
import type { Program } from "../model/program.ts";
import { si } from "../report/text.ts";
import { bookkeeper } from "./bookkeeper.ts";
import { type CampaignPool, mustBeOurBuild, startCampaignPool } from "./campaign-pool.ts";
import {
  type CampaignDatabase,
  findCampaign,
  inDatabase,
  patience,
  storedProgram,
  workerName,
} from "./database.ts";
import type { WorkerFlags } from "./flags.ts";
import { catchInterrupts } from "./interrupt.ts";
import { writeError, writeJson, writeResult } from "./output.ts";
import { dashed } from "./session.ts";
import { parseDuration, parseJobs, parseUi } from "./values.ts";

/** How often a worker that waits for campaigns looks for one. */
const WAIT_MS = 5000;

export interface Shift {
  readonly open: CampaignDatabase;
  readonly signal: AbortSignal;
  readonly threads: number;
  readonly counts: WorkCounts;
  readonly say: (text: string) => void;
  readonly onChange?: () => Promise<void>;
}

/** With a database, or with a file in its place. */
export async function runWorker(flags: WorkerFlags): Promise<ExitCode> {
  const { database, spec, shards, out } = flags;
  if (spec === undefined && database !== undefined && shards === undefined && out === undefined) {
    return runShared(database, flags);
  }
  if (spec !== undefined && database === undefined && shards !== undefined && out !== undefined) {
    return (await import("./shards.ts")).runShards({ ...flags, spec, shards, out });
  }
  throw new UsageError(
    "a worker needs a database, or a plan with shards and a place for their results",
    "give --database URL, or --spec FILE --shards A-B --out FILE",
  );
}

async function runShared(url: string, flags: WorkerFlags): Promise<ExitCode> {
  const threads = parseJobs(flags.jobs);
  const timeMs = flags.time === undefined ? undefined : parseDuration(flags.time);
  const quiet = parseUi(flags.ui) === "none";
  const say = (text: string): void => (quiet ? undefined : writeError(text));
  const interrupts = catchInterrupts();
  const timer = new AbortController();
  const timeout = timeMs === undefined ? undefined : setTimeout(() => timer.abort(), timeMs);
  const signal = AbortSignal.any([interrupts.signal, timer.signal]);
  const counts: WorkCounts = { recorded: 0, known: 0, crashed: 0, schedules: 0 };
  try {
    const work = () => inDatabase(url, (open) => serve({ open, signal, threads, counts, say }, flags));
    await (flags.wait ? untilThere(work, signal, say) : work());
  } finally {
    clearTimeout(timeout);
  }
  await (flags.json
    ? writeJson({ schema: 1, version, command: "worker", worker: workerName(), ...counts })
    : writeResult(countsText(counts)));
  interrupts.release();
  return interrupts.exitCode() ?? Exit.CLEAN;
}

/** A worker of a fleet may come before its database. */
async function untilThere(
  work: () => Promise<void>,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (!told) say(`${(error as Error).message}: waiting for it`);
      await pause(WAIT_MS, signal);
    }
  }
}

async function serve(shift: Shift, flags: WorkerFlags): Promise<void> {
  const { open, signal, say } = shift;
  const only = flags.campaign === undefined ? null : await findCampaign(open.store, flags.campaign);
  for (let waited = false; !signal.aborted; ) {
    const campaign = await patiently(open.database, patience(open.database, signal), () => next(open, only));
    if (campaign !== null) {
      waited = false;
      await serveAlone(shift, campaign);
    } else if (flags.wait) {
      if (!waited) say(`${open.store.place} has no campaign to run: waiting for one`);
      waited = true;
      await pause(WAIT_MS, signal);
    } else return;
  }
}

/** The oldest campaign that has not ended and that this build can run. */
async function next(
  { dispatcher, store }: CampaignDatabase,
  only: StoredCampaign | null,
): Promise<StoredCampaign | null> {
  const ids = await dispatcher.openCampaigns();
  const campaigns = (await store.campaigns()).filter(({ id }) => ids.includes(id));
  const wanted = campaigns.filter(({ id }) => only === null || id === only.id);
  const machine = machineFingerprint();
  const fitting = wanted.find(({ spec }) => spec.machine === machine);
  if (fitting === undefined && wanted.length > 0)
    mustBeOurBuild(wanted[0]!.id, wanted[0]!.spec, wanted[0]!.version);
  return fitting ?? null;
}

async function serveAlone(shift: Shift, campaign: StoredCampaign): Promise<void> {
  const { database, store } = shift.open;
  const program = await patiently(database, patience(database, shift.signal), () =>
    storedProgram(store, campaign),
  );
  const pool = await startCampaignPool(campaign.spec, program, shift.threads);
  try {
    await serveCampaign(shift, campaign, program, pool);
  } finally {
    await pool.destroy();
  }
}

/** Works on a campaign until it has ended, or until the worker is told to stop. */
export async function serveCampaign(
  { open, signal, threads, counts, say, onChange }: Shift,
  campaign: StoredCampaign,
  program: Program,
  pool: CampaignPool,
): Promise<DispatchEnd | null> {
  const { database, dispatcher, queues } = open;
  const { name, scenario } = campaign.spec.model;
  say(`campaign ${campaign.id}: ${name} ${dashed(scenario)}, seed ${campaign.spec.seed}`);
  const worker = workerName();
  const waiting = patience(database, signal);
  const books = await patiently(database, waiting, () => bookkeeper(open, campaign.id, worker));
  const queue = await patiently(database, waiting, () => queues.open(campaign.id));
  const end = await work({
    ...{ campaign, program, database, dispatcher, queue, threads, worker, counts },
    run: (job) => pool.run(job),
    patience: waiting,
    async onChange() {
      await books.keep(null);
      await onChange?.();
    },
  });
  await books.close(end ?? "interrupted");
  if (end === "nondeterminism") throw await dispatcher.nondeterminism(campaign.id);
  if (end !== null) say(`campaign ${campaign.id} has ended: ${end}`);
  return end;
}

function countsText({ recorded, known, crashed, schedules }: WorkCounts): string {
  const shards = recorded === 1 ? "1 shard" : `${recorded} shards`;
  const parts = [`${shards} recorded, ${si(schedules)} schedules`];
  if (known > 0) parts.push(`${known} were recorded by others before, with equal results`);
  if (crashed > 0) parts.push(`${crashed} written off: whoever ran them died of it`);
  return parts.join("; ");
}
