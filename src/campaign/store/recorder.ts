// Keeps a campaign's results as they come: which jobs are still to be run, a row for each shard that is
// whole, and once a second what the open shard, the session and the series have come to. A kill loses what
// was run since the last checkpoint; it is run again and gives the same.

import { InternalError } from "../../base/errors.ts";
import type { RawTally } from "../../engine/engine.ts";
import type { Program } from "../../model/program.ts";
import type { Shard } from "../../work/job.ts";
import { emptyTally, mergeTallies } from "../../work/tally.ts";
import { saturationOf } from "../coverage.ts";
import { countGroups, groupFindings } from "../keys.ts";
import type { Before, EndedBy, Journal, Progress } from "../loop.ts";
import { planShardWithin, SCHEDULES_MAX } from "../plan.ts";
import { type PartialRow, partialRows, resultRows, tallyFromJson } from "./record.ts";
import type { CampaignSpec } from "./spec.ts";
import { damaged } from "./sql-store.ts";
import type { CampaignStore, SeriesRow, StoredCampaign } from "./store.ts";

const CHECKPOINT_MS = 1000;
/** Time between two rows of the series: a hundredth of the active time, within these. */
const SERIES_MS = { least: 1000, most: 60_000 };

export interface RecorderOptions {
  readonly store: CampaignStore;
  readonly campaign: StoredCampaign;
  readonly program: Program;
  /** Of this session, all earlier schedules included. */
  readonly schedules?: number;
  /** "host:pid". */
  readonly worker: string;
  readonly version: string;
  /** Unix milliseconds: only shown, nothing is decided by them. */
  readonly now?: () => number;
  /** After each checkpoint. */
  readonly onCheckpoint?: (checkpoint: Checkpointed) => Promise<void> | void;
  readonly checkpointMs?: number;
  /** A plateau is counted from now on, not from the last new thing. */
  readonly plateauAnew?: boolean;
}

export interface Checkpointed {
  readonly session: number;
  readonly progress: Progress;
  /** The row that was added, if one was due. */
  readonly series: SeriesRow | null;
  readonly endedBy: EndedBy | null;
}

/** Where a shard stands. */
interface Open {
  readonly shard: number;
  jobs: number;
  runs: number;
  tally: RawTally;
  /** Active time at which the shard was begun. */
  beganMs: number;
  /** Runs of it that are recorded: a checkpoint with fewer would take some back. */
  recorded: number;
}

export class Recorder implements Journal {
  readonly before: Before;
  readonly session: number;
  readonly #options: RecorderOptions;
  readonly #done: ReadonlySet<number>;
  readonly #partials: ReadonlyMap<number, PartialRow>;
  readonly #within: number;
  /** The next job to be handed out. */
  #nextJob = 0;
  /** Results come in the order of jobs: one shard is open, or none. */
  #open: Open | null = null;
  #progress: Progress | null = null;
  #seriesMs = Number.NEGATIVE_INFINITY;
  /** All writes so far, in their order. */
  #writes: Promise<void> = Promise.resolve();
  #writing = 0;
  #fail: (error: unknown) => void = () => undefined;
  #failed = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    options: RecorderOptions,
    session: number,
    { before, done, partials }: Awaited<ReturnType<typeof readBefore>>,
  ) {
    this.#options = options;
    this.session = session;
    this.before = options.plateauAnew === true ? { ...before, newMs: before.activeMs } : before;
    this.#done = done;
    this.#partials = partials;
    this.#within = options.schedules ?? SCHEDULES_MAX;
    const ms = options.checkpointMs ?? CHECKPOINT_MS;
    this.#timer = setInterval(() => this.#tick(), ms).unref();
  }

  /** Reads what is there, and begins a session. */
  static async begin(options: RecorderOptions): Promise<Recorder> {
    const { store, campaign, worker, version, now = Date.now } = options;
    const before = await readBefore(store, campaign.id);
    const session = await store.beginSession(campaign.id, { worker, version, started: now() });
    return new Recorder(options, session, before);
  }

  onFailure(fail: (error: unknown) => void): void {
    this.#fail = fail;
  }

  next(): Shard | null {
    const { spec } = this.#options.campaign;
    if (this.#nextJob % spec.shardJobs === 0) {
      while (this.#done.has(shardOf(spec, this.#nextJob))) this.#nextJob += spec.shardJobs;
      this.#nextJob += this.#partials.get(shardOf(spec, this.#nextJob))?.jobs ?? 0;
    }
    return planShardWithin(this.#nextJob++, this.#within, spec.engine);
  }

  take(progress: Progress, job: Shard, result: RawTally): void {
    const { spec } = this.#options.campaign;
    this.#progress = progress;
    const shard = shardOf(spec, job.shard);
    if (this.#open?.shard !== shard) this.#open = this.#begin(shard, progress.activeMs);
    const open = this.#open;
    open.tally = mergeTallies(open.tally, result);
    open.jobs = (job.shard % spec.shardJobs) + 1;
    open.runs += job.count;
    const last = open.jobs === spec.shardJobs || job.first + job.count >= this.#within;
    if (!last) return;
    this.#open = null;
    const { program, worker, now = Date.now } = this.#options;
    const ran = { worker, tookMs: progress.activeMs - open.beganMs, at: now() };
    this.#write(async ({ store, campaign }) => {
      const rows = resultRows(program, { shard, runs: open.runs }, open.tally, ran);
      const { digest } = await store.record(campaign.id, rows);
      if (digest !== rows.row.digest) throw differs(campaign.id, shard, digest, rows.row.digest);
    });
  }

  /** Everything is recorded when this returns, or it throws. */
  async end(endedBy: EndedBy, activeMs: number): Promise<void> {
    clearInterval(this.#timer);
    this.#checkpoint({ ...(this.#progress ?? this.#nothingNew()), activeMs }, endedBy);
    await this.#writes;
  }

  /** Without another word to the store: it has failed. */
  abandon(): void {
    clearInterval(this.#timer);
    this.#failed = true;
  }

  /** Of a session in which no job has ended. */
  #nothingNew(): Progress {
    const { schedules, steps } = this.before.tally;
    const findings = groupFindings(this.#options.program, this.before.tally);
    const numbers = { elapsedMs: 0, schedules, schedulesBefore: schedules, steps, shards: 0, workers: 0 };
    const seen = { findings, findingsBefore: countGroups(findings), coveredMs: this.before.activeMs };
    return { ...this.before, ...numbers, ...seen };
  }

  #begin(shard: number, activeMs: number): Open {
    const partial = this.#partials.get(shard);
    const none = { shard, jobs: 0, runs: 0, tally: emptyTally, beganMs: activeMs };
    if (partial === undefined) return { ...none, recorded: 0 };
    const { jobs, runs } = partial;
    // Without whole jobs it is what a smaller budget has cut: to be run again.
    if (jobs === 0) return { ...none, recorded: runs };
    return { ...none, jobs, runs, tally: tallyFromJson(partial.tally), recorded: runs };
  }

  #tick(): void {
    // A slow disk: one checkpoint at a time.
    if (this.#writing > 0 || this.#progress === null) return;
    this.#checkpoint(this.#progress, null);
  }

  #checkpoint(progress: Progress, endedBy: EndedBy | null): void {
    const { program, now = Date.now } = this.#options;
    const at = now();
    const partial = this.#partial(at);
    const series = this.#series(progress, at, endedBy !== null);
    const { session, before } = this;
    const { activeMs, newMs } = progress;
    const own = { session, activeMs: activeMs - before.activeMs, newMs, last: at, endedBy };
    this.#write(async ({ store, campaign, onCheckpoint }) => {
      await store.checkpoint(campaign.id, {
        session: own,
        ...(partial === null ? {} : { partial: partialRows(program, partial.part, partial.tally) }),
        ...(series === null ? {} : { series }),
      });
      await onCheckpoint?.({ session, progress, series, endedBy });
    });
  }

  #partial(at: number) {
    const open = this.#open;
    if (open === null || open.runs <= open.recorded) return null;
    open.recorded = open.runs;
    return { part: { shard: open.shard, jobs: open.jobs, runs: open.runs, at }, tally: open.tally };
  }

  #series(progress: Progress, at: number, last: boolean): SeriesRow | null {
    const { activeMs, schedules, steps, findings, tally } = progress;
    const gap = Math.min(Math.max(activeMs / 100, SERIES_MS.least), SERIES_MS.most);
    if (activeMs - this.#seriesMs < gap && !last) return null;
    this.#seriesMs = activeMs;
    const saturation = saturationOf(tally);
    return {
      session: this.session,
      t_active_ms: Math.round(activeMs),
      at,
      schedules,
      steps,
      findings: countGroups(findings),
      distinct: saturation?.distinct ?? null,
      unseen: saturation?.unseen ?? null,
      rss: process.memoryUsage.rss(),
    };
  }

  #write(work: (options: RecorderOptions) => Promise<void>): void {
    this.#writing++;
    const mine = this.#writes.then(() => (this.#failed ? undefined : work(this.#options)));
    this.#writes = mine;
    mine
      .catch((error: unknown) => {
        this.#failed = true;
        clearInterval(this.#timer);
        this.#fail(error);
      })
      .finally(() => this.#writing--);
  }
}

function shardOf({ shardJobs }: CampaignSpec, job: number): number {
  return Math.floor(job / shardJobs);
}

async function readBefore(store: CampaignStore, id: string) {
  const partials = new Map((await store.partials(id)).map((row) => [row.shard, row]));
  const done = new Set((await store.doneShards(id)).map(({ shard }) => shard));
  let tally = emptyTally;
  let again = emptyTally;
  for await (const each of store.tallies(id)) {
    // What a smaller budget has cut is run again: it counts when it has been.
    if (partials.get(each.shard)?.jobs === 0) again = mergeTallies(again, each.tally);
    else tally = mergeTallies(tally, each.tally);
  }
  const { activeMs, schedules, steps, dropped } = await store.totals(id);
  const all = mergeTallies(tally, again);
  if (schedules !== all.schedules || steps !== all.steps || dropped !== all.dropped) {
    throw damaged(store.place, "the sums of its rows do not fit what is in them");
  }
  const newMs = Math.max(0, ...(await store.sessions(id)).map((session) => session.newMs));
  return { before: { tally, activeMs, newMs }, done, partials };
}

export function differs(campaign: string, shard: number, there: string, here: string): InternalError {
  return new InternalError(
    `nondeterminism: shard ${shard} of campaign ${campaign} was recorded as ${there.slice(0, 16)} and ` +
      `gives ${here.slice(0, 16)} now`,
    "this is a bug in raceproof, or a machine that computes wrongly",
  );
}
