// A campaign's folder: which folders are ours, and how they are opened. The database in it is the truth; all
// other files (files.ts) are made from it.

import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../base/folders.ts";
import { claimWriter, livingWriter, releaseWriter, touchWriter, type Writer } from "./lock.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import type { SqlDatabase } from "./sql.ts";
import { damaged, SqlStore } from "./sql-store.ts";
import { APPLICATION_ID, openSqlite } from "./sqlite.ts";
import { type CampaignStore, type StoredCampaign, StoreError } from "./store.ts";

const DATABASE = "campaign.db";

export interface OpenFolder {
  readonly folder: string;
  readonly store: CampaignStore;
  /** Null: the folder is new. */
  readonly campaign: StoredCampaign | null;
}

export interface WrittenFolder extends OpenFolder {
  /** What is to be said of a lock that was left behind, or null. */
  readonly stale: string | null;
  /** Says that we live, for those on another machine. */
  touch(): Promise<void>;
  writer(): Promise<Writer | null>;
  close(): Promise<void>;
}

export interface ReadFolder extends OpenFolder {
  readonly campaign: StoredCampaign;
  writer(): Promise<Writer | null>;
}

/** Opens a folder to write to, as the only one; with `create` it is made where it is not there. */
export async function openToWrite(
  folder: string,
  { create, now = Date.now }: { readonly create: boolean; readonly now?: () => number },
): Promise<WrittenFolder> {
  inspect(folder, create);
  const database = await openSqlite({ file: join(folder, DATABASE), place: folder, readOnly: false });
  try {
    if (!(await isMarked(database))) await database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    await migrate(database);
    await checkPages(database);
    const stale = await claimWriter(database, now);
    const store = new SqlStore(database);
    return {
      folder,
      store,
      campaign: await onlyCampaign(store),
      stale,
      touch: () => touchWriter(database, now()),
      writer: () => livingWriter(database, now()),
      async close() {
        // On a full disk it stays, and is found stale.
        await releaseWriter(database).catch(() => undefined);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

export async function openToRead(folder: string, now: () => number = Date.now): Promise<ReadFolder> {
  inspect(folder, false);
  const database = await openSqlite({ file: join(folder, DATABASE), place: folder, readOnly: true });
  try {
    const marked = await isMarked(database);
    const none = new StoreError(`${folder} has no campaign yet`, "raceproof fuzz --out makes one");
    const tables = await database.all("SELECT name FROM sqlite_master WHERE name = 'raceproof_schema'");
    if (!marked || tables.length === 0 || (await schemaVersion(database)) === 0) throw none;
    const store = new SqlStore(database);
    const campaign = await onlyCampaign(store);
    if (campaign === null) throw none;
    return { folder, store, campaign, writer: () => livingWriter(database, now()) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Throws where the folder is not ours; makes it where it is not there. */
function inspect(folder: string, create: boolean): void {
  let names: string[];
  try {
    if (create) makeFolder(folder);
    names = readdirSync(folder);
  } catch (error) {
    throw unusable(folder, error as NodeJS.ErrnoException, create);
  }
  const ours = names.includes(DATABASE);
  if (!ours && (!create || names.length > 0)) {
    throw new StoreError(
      `${folder} is no campaign: ${names.length === 0 ? "it is empty" : "it holds other files"}`,
      create ? "name a folder that is new or empty" : "raceproof fuzz --out makes one",
    );
  }
  if (ours) checkHeader(folder, names);
}

function unusable(folder: string, { code, message }: NodeJS.ErrnoException, create: boolean): StoreError {
  if (code === "ENOENT" && !create) {
    return new StoreError(`there is no folder ${folder}`, "raceproof fuzz --out makes one");
  }
  const reasons: Readonly<Record<string, string>> = {
    ENOTDIR: "it is no folder",
    EEXIST: "it is no folder",
    EACCES: "there is no permission to",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
  };
  return new StoreError(
    `${folder} cannot be ${create ? "made a campaign's folder" : "read"}: ${reasons[code ?? ""] ?? message}`,
    create ? "name another folder" : "raceproof fuzz --out makes one",
  );
}

/** Before SQLite opens it, which would write to a file that it takes for empty. */
function checkHeader(folder: string, names: readonly string[]): void {
  const file = join(folder, DATABASE);
  if (!statSync(file).isFile()) throw damaged(folder, `${DATABASE} is no file`);
  const header = Buffer.alloc(16);
  const handle = openSync(file, "r");
  try {
    const length = readSync(handle, header, 0, 16, 0);
    const others = names.some((name) => !name.startsWith(DATABASE));
    if (length === 0 && others) throw damaged(folder, `${DATABASE} is empty`);
    if (length > 0 && header.toString("latin1") !== "SQLite format 3\0") {
      throw damaged(folder, `${DATABASE} is not a database`);
    }
  } finally {
    closeSync(handle);
  }
}

/** A new database, or one whose first migration was cut off, may have no mark, but no tables either. */
async function isMarked(database: SqlDatabase): Promise<boolean> {
  const [row] = await database.all("PRAGMA application_id");
  if (row?.application_id === APPLICATION_ID) return true;
  const tables = await database.all("SELECT name FROM sqlite_master");
  if (row?.application_id === 0 && tables.length === 0) return false;
  throw new StoreError(
    `${database.place} is no campaign: its ${DATABASE} belongs to another program`,
    "name a folder that is new or empty",
  );
}

async function checkPages(database: SqlDatabase): Promise<void> {
  const [row] = await database.all("PRAGMA quick_check(1)");
  if (row?.quick_check !== "ok") throw damaged(database.place, String(row?.quick_check));
}

async function onlyCampaign(store: CampaignStore): Promise<StoredCampaign | null> {
  const campaigns = await store.campaigns();
  if (campaigns.length > 1) throw damaged(store.place, "it holds more than one campaign");
  return campaigns[0] ?? null;
}
