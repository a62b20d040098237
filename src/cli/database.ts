// Campaigns in a database, as the commands open them: the connection, the store, the queues.

import { hostname } from "node:os";
import { UsageError } from "../base/errors.ts";
import { Dispatcher } from "../campaign/store/dispatch.ts";
import { migrate, schemaVersion } from "../campaign/store/migrate.ts";
import { connect, type Patience, type Postgres } from "../campaign/store/postgres.ts";
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
  close(): Promise<void>;
}

export interface CampaignDatabase extends ReadDatabase {
  readonly dispatcher: Dispatcher;
  readonly queues: Queues;
}

export async function openCampaignDatabase(url: string): Promise<CampaignDatabase> {
  const database = await connect(url, `raceproof ${workerName()}`);
  try {
    await migrate(database);
    const store = new SqlStore(database);
    const queues = await openQueues(database);
    const dispatcher = new Dispatcher(database, store, queues);
    const close = async (): Promise<void> => {
      await queues.close().catch(() => undefined);
      await store.close();
    };
    return { database, store, dispatcher, queues, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Makes no tables: a user that may only read can look. */
export async function openForReading(url: string): Promise<ReadDatabase> {
  const database = await connect(url, `raceproof ${workerName()}`);
  try {
    const [row] = await database.all("SELECT to_regclass('raceproof_schema') IS NULL AS missing");
    if (row!.missing || (await schemaVersion(database)) === 0) {
      throw new StoreError(`${database.place} has no campaigns`, "raceproof fuzz --database makes one");
    }
    return { database, store: new SqlStore(database), close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
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
