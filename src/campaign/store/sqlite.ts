// SQLite as a store's database: node:sqlite, in WAL mode, each transaction on disk before it is acknowledged.
// Its errors become one line that says what to do. The only file that knows node:sqlite.

import { existsSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../base/errors.ts";
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from "./sql.ts";
import { damaged } from "./sql-store.ts";
import { ROOM, StoreError } from "./store.ts";

/** Marks the file as ours: "RcPf". */
export const APPLICATION_ID = 0x52635066;
/** How long a statement waits for another process's transaction. */
const BUSY_MS = 5000;

export interface SqliteOptions {
  readonly file: string;
  readonly place: string;
  readonly readOnly: boolean;
}

export async function openSqlite({ file, place, readOnly }: SqliteOptions): Promise<SqlDatabase> {
  const { DatabaseSync } = await loadSqlite();
  return guarded(place, () => {
    const database = new DatabaseSync(readOnly ? readable(file) : file, { readOnly, timeout: BUSY_MS });
    if (!readOnly) {
      database.exec("PRAGMA journal_mode = WAL");
      database.exec("PRAGMA synchronous = FULL");
    }
    return new Sqlite(database, place);
  });
}

async function loadSqlite(): Promise<typeof import("node:sqlite")> {
  try {
    return await import("node:sqlite");
  } catch {
    throw new UsageError(
      `this Node (${process.version}) has no SQLite, which campaigns are kept in`,
      "run npm install in the checkout for the pinned Node",
    );
  }
}

/**
 * A database that nobody has open, in a folder that cannot be written: its log cannot be made, nor is it
 * needed.
 */
function readable(file: string): string | URL {
  if (existsSync(`${file}-wal`)) return file;
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  return url;
}

class Sqlite implements SqlDatabase {
  readonly place: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** The end of the last transaction: the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: DatabaseSync, place: string) {
    this.#database = database;
    this.place = place;
  }

  async all(sql: string, parameters: readonly SqlValue[] = []): Promise<SqlRow[]> {
    return guarded(this.place, () => this.#statement(sql).all(...parameters) as SqlRow[]);
  }

  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<number> {
    return guarded(this.place, () => Number(this.#statement(sql).run(...parameters).changes));
  }

  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => this.#transact(work));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #transact<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    guarded(this.place, () => this.#database.exec("BEGIN IMMEDIATE"));
    try {
      const result = await work(this);
      guarded(this.place, () => this.#database.exec("COMMIT"));
      return result;
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#last;
    guarded(this.place, () => this.#database.close());
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const CODE = { BUSY: 5, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 } as const;

function guarded<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explained(place, error);
  }
}

function explained(place: string, error: unknown): unknown {
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code !== "number") return error;
  const reason = (error as Error).message;
  switch (code & 0xff) {
    case CODE.FULL:
      return new StoreError(`${place} cannot be written: the disk is full`, ROOM);
    case CODE.READONLY:
    case CODE.CANTOPEN:
      return new StoreError(`${place} cannot be written: ${reason}`, "make it writable, or name another");
    case CODE.IOERR:
      return new StoreError(
        `${place} cannot be read or written: ${reason}`,
        "is the disk full, or was it taken away?",
      );
    case CODE.BUSY:
      return new StoreError(`${place} is in use: another process has held it for ${BUSY_MS / 1000} s`);
    case CODE.CORRUPT:
      return damaged(place, reason);
    case CODE.NOTADB:
      return damaged(place, "campaign.db is not a database");
    default:
      return error;
  }
}
