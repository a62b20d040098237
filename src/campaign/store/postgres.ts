// A connection to PostgreSQL: the only file that opens one. What can go wrong becomes one line that never has
// the password in it; what is only a server that restarts is waited for, where the caller can do it again.

import type { ClientBase, Pool, QueryResult } from "pg";
import type { SqlDatabase, SqlSession } from "./sql.ts";
import { StoreError } from "./store.ts";

/** What pg-boss calls: several statements in one text come back as several results. */
export interface RawSession {
  raw(text: string, values?: readonly unknown[]): Promise<QueryResult>;
}

export interface PostgresSession extends SqlSession, RawSession {}

export interface Postgres extends SqlDatabase, RawSession {
  /** The server's clock, unix milliseconds. */
  now(): Promise<number>;
  /** Holds a connection and locks: short. */
  transaction<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result>;
}

/** Of the tables of this program; a database may hold others too. */
const SCHEMA = "raceproof";

/** A server that does not answer for so long is taken for gone, milliseconds. */
const CONNECT_MS = 10_000;
const STATEMENT_MS = 60_000;
/** A process that is frozen within a transaction holds its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** Connections of one process: its statements are short and few. */
const CONNECTIONS = 4;

/**
 * Tries to connect once, so that a wrong URL and a dead server are told at once. `name` shows in
 * pg_stat_activity. Tables are looked for, and made, in SCHEMA.
 */
export async function connect(url: string, name: string): Promise<Postgres> {
  const place = readUrl(url);
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    onConnect: async (client) => {
      await client.query(`SET search_path = ${SCHEMA}`);
    },
  });
  // A connection that dies while nobody uses it is replaced by the next that is needed.
  pool.on("error", () => undefined);
  const database = wrap(pool, place.shown);
  try {
    // Asked first: who may only read may not make a schema, not even one that is there.
    const [found] = await database.all(`SELECT to_regnamespace('${SCHEMA}') IS NULL AS missing`);
    if (found!.missing) await database.raw(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  } catch (error) {
    await pool.end();
    throw explained(error, place);
  }
  return database;
}

function wrap(pool: Pool, place: string): Postgres {
  return {
    place,
    ...sessionOf(pool),
    async now() {
      const { rows } = await pool.query("SELECT extract(epoch FROM now()) * 1000 AS now");
      return Number(rows[0].now);
    },
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      // While it is lent out nobody else listens, and an error that nobody hears ends the process.
      const listener = (error: Error): void => {
        broken = error;
      };
      client.on("error", listener);
      try {
        await client.query(
          `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
        );
        const result = await work(sessionOf(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        broken ??= error as Error;
        throw error;
      } finally {
        client.off("error", listener);
        // Given up rather than rolled back: the server rolls back what a connection leaves behind.
        client.release(broken ?? false);
      }
    },
    close: () => pool.end(),
  };
}

function sessionOf(through: Pool | ClientBase): PostgresSession {
  const raw = (text: string, values: readonly unknown[] = []) => through.query(text, [...values]);
  return {
    raw,
    async all(sql, parameters) {
      return (await raw(numbered(sql), parameters)).rows;
    },
    async run(sql, parameters) {
      return (await raw(numbered(sql), parameters)).rowCount ?? 0;
    },
  };
}

/** `?` is SQLite's; no statement of ours has one in a literal. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll("?", () => `$${++count}`);
}

interface Place {
  readonly host: string;
  readonly database: string;
  readonly user: string;
  readonly shown: string;
}

/**
 * The parts that messages name. Nothing of a URL that cannot be read is ever repeated: it may be a
 * password.
 */
export function readUrl(text: string): Place {
  const hint = "write postgres://USER@HOST:PORT/NAME; the password in PGPASSWORD, or after USER";
  if (!/^postgres(ql)?:\/\//.test(text)) throw new StoreError("--database is no URL of PostgreSQL", hint);
  // Without a host it is the local socket; any name will do to make it a URL.
  const url = URL.parse(text.replace(/^(\w+:\/\/(?:[^/@]*@)?)(\/|$)/, "$1localhost$2"));
  if (url === null) throw new StoreError("--database cannot be read: a part of the URL is malformed", hint);
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw new StoreError("--database cannot be read: % is followed by no hexadecimal digits", hint);
    }
  };
  const user = decode(url.username) || process.env.PGUSER || process.env.USER || "";
  const port = url.port || process.env.PGPORT || 5432;
  const host = `${url.searchParams.get("host") ?? decode(url.hostname)}:${port}`;
  const database = decode(url.pathname.slice(1)) || process.env.PGDATABASE || user;
  if (url.password !== "") decode(url.password);
  return {
    host,
    database,
    user,
    shown: `postgres://${url.username}${url.username && "@"}${url.host}${url.pathname}`,
  };
}

/** In words, where a statement failed for a reason that is not ours; anything else is left as it is. */
export function inWords(error: unknown, url: string): unknown {
  if (error instanceof StoreError) return error;
  return isTransient(error) || reasonOf(error).code === "42501" ? explained(error, readUrl(url)) : error;
}

/** What a failed connection or statement comes to for a user: one line, what to try, exit code 2. */
function explained(error: unknown, place: Place): StoreError {
  const words = wordsFor(error, place);
  words.cause = error;
  return words;
}

function wordsFor(error: unknown, { host, database, user }: Place): StoreError {
  const { code, message } = reasonOf(error);
  switch (code) {
    case "28P01":
    case "28000":
      return new StoreError(
        `the server at ${host} does not let ${user} in: wrong user or password`,
        "give the password in PGPASSWORD, or in the URL with / @ : % as %2F %40 %3A %25",
      );
    case "3D000":
      return new StoreError(
        `the server at ${host} has no database "${database}"`,
        `create it: createdb ${database}`,
      );
    case "42501":
      return new StoreError(
        `${user} may not do that in database "${database}" at ${host}: ${message}`,
        `let it: GRANT CREATE ON DATABASE ${database} TO ${user}`,
      );
    case "53100":
      return new StoreError(
        `the server at ${host} has no room: ${message}`,
        "make room; what is recorded stays",
      );
    case "53300":
      return new StoreError(
        `the server at ${host} takes no more connections`,
        "stop some workers, or raise max_connections",
      );
    default:
      return new StoreError(
        `no database at ${host}: ${message}`,
        "is PostgreSQL running there, and do host and port fit?",
      );
  }
}

/** Node reports an address that did not answer for each that it tried. */
export function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code = "", message = String(first) } = (first ?? {}) as { code?: string; message?: string };
  return { code, message: message === "" ? code : message };
}

/**
 * Errors after which the same may succeed in a while: no connection, a server that starts, ends or is full.
 */
const TRANSIENT =
  /^(08...|57P0[123]|53...|40001|40P01|25P03|E(CONN\w+|PIPE|HOSTUNREACH|NETUNREACH|TIMEDOUT|AI_AGAIN))$/;
const TRANSIENT_TEXT =
  /Connection terminated|timeout exceeded|Query read timeout|Client has encountered a connection error/;

export function isTransient(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : error;
  if (cause === undefined) return false;
  const { code, message } = reasonOf(cause);
  return TRANSIENT.test(code) || TRANSIENT_TEXT.test(message);
}

/** Another transaction inserted the same key first. */
export function isConflict(error: unknown): boolean {
  return reasonOf(error).code === "23505";
}
