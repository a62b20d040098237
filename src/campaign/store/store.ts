// Where campaigns are kept: what the loop writes, and what status, reports and workers read. Two stores keep
// it, with one schema (schema.ts) and one set of statements (sql-store.ts): a folder (sqlite.ts), a database
// server (postgres.ts).

import { Exit, RaceproofError } from "../../base/errors.ts";
import type { RawTally } from "../../engine/engine.ts";
import type { Program } from "../../model/program.ts";
import type { PartialRow, ResultKind, ResultRow, Rows, TallyNumbers } from "./record.ts";
import type { Budgets, CampaignSpec } from "./spec.ts";

/** The store cannot be used, or not as it was asked to: one line, nothing that was recorded is lost. */
export class StoreError extends RaceproofError {
  constructor(message: string, hint?: string) {
    super(Exit.USAGE, message, hint);
  }
}

/** What to do about a full disk. */
export const ROOM = "make room, then raceproof resume goes on: nothing that was recorded is lost";

export interface NewCampaign {
  readonly spec: CampaignSpec;
  readonly program: Program;
  readonly budgets: Budgets;
  /** Of raceproof. */
  readonly version: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface StoredCampaign {
  readonly id: string;
  /** SHA-256, hex. */
  readonly hash: string;
  readonly spec: CampaignSpec;
  readonly budgets: Budgets;
  readonly version: string;
  readonly created: number;
}

/** Sums over all rows. */
export interface Totals extends TallyNumbers {
  /** Shards whose result is there. */
  readonly shards: number;
  readonly crashed: number;
  /** Different findings, by key, and what a reader takes for different bugs. */
  readonly findings: number;
  readonly bugs: number;
  /** Active time, all sessions together. */
  readonly activeMs: number;
}

/** One finding over all shards, as SQL tells it. */
export interface StoredFinding {
  /** Of its key (findingId): names its folder. */
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  readonly group: string;
  /** Smallest schedule number. */
  readonly first: number;
  readonly count: number;
  readonly shards: number;
}

/** A row of the series; `series.ndjson` has the same. */
export interface SeriesRow {
  readonly session: number;
  readonly t_active_ms: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly schedules: number;
  readonly steps: number;
  readonly findings: number;
  /** Different behaviours seen; null where that was not measured. */
  readonly distinct: number | null;
  /** Estimated chance that the next schedule shows something new; null where that was not measured. */
  readonly unseen: number | null;
  /** Bytes. */
  readonly rss: number;
}

export interface Session {
  readonly session: number;
  /** "host:pid". */
  readonly worker: string;
  readonly version: string;
  readonly started: number;
  /** When it was last heard of. */
  readonly last: number;
  readonly activeMs: number;
  /** Active time, of all sessions together, at which the last new thing was seen. */
  readonly newMs: number;
  /** Which budget ended it; null: it runs, or was killed. */
  readonly endedBy: string | null;
}

export interface DoneShard {
  readonly shard: number;
  /** As in ResultRow. */
  readonly runs: number;
  readonly kind: ResultKind;
}

export interface Checkpoint {
  /** In place of the shard's partial row that was there; ignored where its result is there. */
  readonly partial?: Rows<PartialRow>;
  /** Cumulative for the session. */
  readonly session?: Pick<Session, "session" | "activeMs" | "newMs" | "last" | "endedBy">;
  /** A row of a moment that is there already is left as it is. */
  readonly series?: SeriesRow;
}

/** What became of a result that was offered. */
export interface Recorded {
  /** False where the shard had a row already. */
  readonly inserted: boolean;
  /** Digest of the row that is there: another one than was offered means that a run was not deterministic. */
  readonly digest: string;
}

export interface CampaignStore {
  /** Where it is, to be shown: a folder, or an address without its password. */
  readonly place: string;
  /** Makes the campaign, or finds it as it was made. */
  create(campaign: NewCampaign): Promise<StoredCampaign>;
  /** In the order in which they were made. */
  campaigns(): Promise<StoredCampaign[]>;
  /** Null where its text is damaged. */
  program(campaign: StoredCampaign): Promise<Program | null>;
  setBudgets(id: string, budgets: Budgets): Promise<void>;

  /** One transaction: result, findings, occurrences; the shard's partial row goes. Recorded once. */
  record(id: string, rows: Rows<ResultRow>): Promise<Recorded>;
  /** What a session has come to so far, in one transaction. */
  checkpoint(id: string, checkpoint: Checkpoint): Promise<void>;
  /** The results of shards that the end of a smaller budget cut become partial: there is more to run. */
  reopen(id: string, shards: readonly number[]): Promise<void>;

  /** Shards whose results are there, ascending. */
  doneShards(id: string): Promise<DoneShard[]>;
  result(id: string, shard: number): Promise<ResultRow | null>;
  partials(id: string): Promise<PartialRow[]>;
  /** Every tally, partial ones too, by shard; checks digests. */
  tallies(id: string): AsyncIterable<{ readonly shard: number; readonly tally: RawTally }>;
  totals(id: string): Promise<Totals>;
  /** Ordered by first schedule, then by key. */
  findings(id: string, limit?: number): Promise<StoredFinding[]>;

  beginSession(id: string, session: Pick<Session, "worker" | "version" | "started">): Promise<number>;
  sessions(id: string): Promise<Session[]>;
  /** Ordered by active time; of all rows, or the last so many. */
  series(id: string, last?: number): Promise<SeriesRow[]>;
  close(): Promise<void>;
}
