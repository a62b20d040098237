// Campaigns in a database, as the commands open them: the connection, the store, the queues.

import { hostname } from "node:os";
import { UsageError } from "../base/errors.ts";
import { Dispatcher } from "../campaign/store/dispatch.ts";
import { migrate, schemaVersion } from "../campaign/store/migrate.ts";
import type { Patience } from "../campaign/store/patience.ts";
import { connect, inWords, type Postgres } from "../campaign/store/postgres.ts";
import { openQueues, type Queues } from "../campaign/store/queue.ts";
import { damaged, SqlStore } from "../campaign/store/sql-store.ts";
import { type CampaignStore, type StoredCampaign, StoreError } from "../campaign/store/store.ts";
import type { Program } from "../model/program.ts";
import { writeError } from "./output.ts";

/** A worker outlives a database that is away for less than this. */
const OUTAGE_MS = 15 * 60_000;

/** Enough to look. */
export interface ReadDatabase {
  readonly database: Postgres;
  readonly store: CampaignStore;
}

export interface CampaignDatabase extends ReadDatabase {
  readonly dispatcher: Dispatcher;
  readonly queues: Queues;
}

/** Opens it, and closes it after use. What the server refuses or cannot do is said in one line. */
export function inDatabase<Result>(
  url: string,
  use: (open: CampaignDatabase) => Promise<Result>,
): Promise<Result> {
  return connected(url, async (database) => {
    await migrate(database);
    const store = new SqlStore(database);
    const queues = await openQueues(database);
    try {
      return await use({ database, store, queues, dispatcher: new Dispatcher(database, store, queues) });
    } finally {
      await queues.close().catch(() => undefined);
    }
  });
}

/** The same to look at: makes no tables, so that a user that may only read can. */
export function readingDatabase<Result>(
  url: string,
  use: (open: ReadDatabase) => Promise<Result>,
): Promise<Result> {
  return connected(url, async (database) => {
    const [row] = await database.all("SELECT to_regclass('raceproof_schema') IS NULL AS missing");
    if (row!.missing || (await schemaVersion(database)) === 0) {
      throw new StoreError(`${database.place} has no campaigns`, "raceproof fuzz --database makes one");
    }
    return use({ database, store: new SqlStore(database) });
  });
}

async function connected<Result>(url: string, use: (database: Postgres) => Promise<Result>): Promise<Result> {
  const database = await connect(url, `raceproof ${workerName()}`);
  try {
    return await use(database);
  } catch (error) {
    throw inWords(error, url);
  } finally {
    await database.close();
  }
}

export function workerName(): string {
  return `${hostname()}:${process.pid}`;
}

/** Says once that the database is away, and once that it is back. */
export function patience(database: Postgres, signal: AbortSignal): Patience {
  let away = 0;
  return {
    outageMs: OUTAGE_MS,
    signal,
    onOutage(reason) {
      if (reason !== null && away++ === 0) {
        writeError(
          `${database.place} does not answer (${reason}): waiting, for at most ${OUTAGE_MS / 60_000} min`,
        );
      }
      if (reason === null && --away === 0) writeError(`${database.place} is back`);
    },
  };
}

/** The campaign that the flag names, by the beginning of its id; without it the only one there is. */
export async function findCampaign(store: CampaignStore, id = ""): Promise<StoredCampaign> {
  const campaigns = await store.campaigns();
  const found = campaigns.filter((campaign) => campaign.id.startsWith(id));
  if (found.length === 1) return found[0]!;
  const known = campaigns.map((campaign) => campaign.id).slice(-5);
  throw new UsageError(
    `${store.place} has ${found.length === 0 ? "no campaign" : "several campaigns"} ${id}`.trimEnd(),
    known.length === 0
      ? "raceproof fuzz --database --plan-only makes one"
      : `say which: --campaign ${known.join(", or ")}`,
  );
}

export async function storedProgram(store: CampaignStore, campaign: StoredCampaign): Promise<Program> {
  const program = await store.program(campaign);
  if (program !== null) return program;
  throw damaged(store.place, `the program of campaign ${campaign.id} does not fit its hash`);
}
