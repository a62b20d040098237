// Workers as a user starts them, and what they have recorded.

import { type ChildProcess, spawn } from "node:child_process";
import { launcher } from "./cli.ts";
import type { PostgresServer } from "./postgres.ts";
import { query } from "./stored.ts";

export interface Worker {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Both streams so far. */
  output(): string;
}

export class Crew {
  readonly workers: Worker[] = [];

  start(url: string, flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Worker {
    const child = spawn(process.execPath, [launcher, "worker", "--database", url, "-j", "1", ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
    }
    const ended = new Promise<Awaited<Worker["ended"]>>((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal }));
    });
    const worker = { process: child, ended, output: () => text };
    this.workers.push(worker);
    return worker;
  }

  outputs(): string {
    return this.workers.map((worker) => worker.output()).join("\n---\n");
  }

  /** Nobody is left behind. */
  dismiss(): void {
    for (const { process: child } of this.workers) child.kill("SIGKILL");
  }
}

export const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until it holds; a database that is away counts as no. */
export async function until(
  what: string,
  ms: number,
  holds: () => Promise<boolean>,
  more = () => "",
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms\n${more()}`);
    await after(100);
  }
}

/** What rows say of schedules: nothing of who ran them, when, and for how long. */
const ROWS = "SELECT shard, kind, runs, digest, schedules, steps, dropped, tally FROM result ORDER BY shard";
const OCCURRENCES = "SELECT finding, shard, first, count, title, bug FROM occurrence ORDER BY finding, shard";

/** One text for what is in a database. */
export async function recordedThere(server: PostgresServer, database: string): Promise<string> {
  const rows = [ROWS, OCCURRENCES].map(async (sql) => {
    const found = await server.query<Record<string, unknown>>(
      database,
      sql.replaceAll("FROM ", "FROM raceproof."),
    );
    return JSON.stringify(found.map(withNumbers));
  });
  return (await Promise.all(rows)).join("\n");
}

/** The same for a folder. */
export function recordedIn(folder: string): string {
  return [ROWS, OCCURRENCES].map((sql) => JSON.stringify(query(folder, sql).map(withNumbers))).join("\n");
}

/** A BIGINT comes as text from the one, as a number from the other. */
function withNumbers(row: Record<string, unknown>): Record<string, unknown> {
  const plain = (value: unknown) => (/^\d{1,15}$/.test(String(value)) ? Number(value) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}
