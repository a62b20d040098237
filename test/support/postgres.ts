// A PostgreSQL server of the test's own: Debian's package, a temporary folder, a free port of the loopback
// address, passwords on. It ends with the test, or with the process that started it.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

const USER = "raceproof";
/** Has what a URL must escape, so that whoever prints or parses it carelessly is found out. */
export const PASSWORD = "s3cret/p@ss:word";

const PACKAGES = "/usr/lib/postgresql";
const READY_MS = 60_000;

/** Folder of the newest installed server's programs. */
const programs = newest();

/** CI installs it: there a missing server fails the test, elsewhere it is skipped. */
export const postgresMissing = programs === undefined && (process.env.CI ?? "") === "";

function newest(): string | undefined {
  const versions = existsSync(PACKAGES) ? readdirSync(PACKAGES) : [];
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(PACKAGES, version, "bin"))
    .find((folder) => existsSync(join(folder, "postgres")));
}

export interface PostgresServer {
  readonly port: number;
  /** postgres://user:password@host:port/database, escaped. */
  url(database?: string, password?: string): string;
  /** A database of that name, made empty. */
  database(name: string): Promise<string>;
  /** Rows of one statement. */
  query<Row = Record<string, unknown>>(database: string, text: string, values?: unknown[]): Promise<Row[]>;
  /** Ends the server: "fast" lets transactions abort, "immediate" is as if it had crashed. */
  stop(how: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  if (programs === undefined) throw new Error("PostgreSQL is missing: apt-get install postgresql");
  const folder = mkdtempSync(join(tmpdir(), "raceproof-postgres-"));
  const data = join(folder, "data");
  const secret = join(folder, "password");
  writeFileSync(secret, PASSWORD);
  own(folder);
  must("initdb", [
    ...["-D", data, "-U", USER, "--pwfile", secret, "-E", "UTF8", "--locale=C"],
    ...["--auth=scram-sha-256", "--no-sync"],
  ]);
  const port = await freePort();
  const log = join(folder, "log");
  let server: ChildProcess | null = null;

  async function query<Row>(database: string, text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url(database), connectionTimeoutMillis: 5000 });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  function url(database = "postgres", password = PASSWORD): string {
    return `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  }

  async function start(): Promise<void> {
    // fsync only matters where the machine itself fails; max_connections fits several workers of several
    // tests.
    const settings = [
      "fsync=off",
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "max_connections=60",
    ];
    server = launch("postgres", ["-D", data, "-p", String(port), ...settings.flatMap((s) => ["-c", s])], log);
    const until = performance.now() + READY_MS;
    for (;;) {
      try {
        await query("postgres", "SELECT 1");
        return;
      } catch (error) {
        if (server.exitCode !== null || performance.now() > until) {
          throw new Error(`the server does not start: ${error}; ${readFileSync(log, "utf8")}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async function stop(how: "fast" | "immediate"): Promise<void> {
    const child = server;
    server = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(how === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  }

  await start();
  return {
    port,
    url,
    query,
    start,
    stop,
    async database(name) {
      await query("postgres", `CREATE DATABASE "${name}"`);
      return url(name);
    },
    async remove() {
      await stop("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isRoot = process.getuid?.() === 0;

/** The server refuses to run as root: there it is the package's user's. */
function own(folder: string): void {
  if (!isRoot) return;
  const { status } = spawnSync("chown", ["-R", "postgres:", folder]);
  if (status !== 0) throw new Error("there is no user postgres");
}

/** Dies with us, however we end. */
function asServer(program: string, args: readonly string[]): [string, string[]] {
  const user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
  return ["setpriv", [...(isRoot ? user : []), "--pdeathsig=INT", join(programs!, program), ...args]];
}

function must(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(...asServer(program, args), { encoding: "utf8", cwd: tmpdir() });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

function launch(program: string, args: readonly string[], log: string): ChildProcess {
  const [command, words] = asServer(program, args);
  const output = openSync(log, "a");
  try {
    return spawn(command, words, { cwd: tmpdir(), stdio: ["ignore", output, output] });
  } finally {
    closeSync(output);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
