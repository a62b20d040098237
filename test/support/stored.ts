// Campaigns in folders, as the command line makes them: what is in them, and how they are killed.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { launcher } from "./cli.ts";

/** All that a campaign's rows say of its schedules: nothing of who ran them, when, and for how long. */
const TABLES = [
  "SELECT id, spec_hash, program FROM campaign",
  "SELECT shard, kind, runs, digest, schedules, steps, dropped, tally FROM result ORDER BY shard",
  "SELECT shard, jobs, runs, digest, schedules, steps, dropped, tally FROM partial ORDER BY shard",
  "SELECT id, key, kind FROM finding ORDER BY id",
  "SELECT finding, shard, first, count, title, bug FROM occurrence ORDER BY finding, shard",
];

export function query(folder: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(folder, "campaign.db"), { readOnly: true, timeout: 5000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** One text for what was recorded. */
export function recorded(folder: string): string {
  return TABLES.map((sql) => JSON.stringify(query(folder, sql))).join("\n");
}

export interface Killed {
  /** False: it had ended before. */
  readonly killed: boolean;
  readonly stderr: string;
}

/** Runs raceproof and kills it with SIGKILL so long after its first line of progress, or after its start. */
export function runAndKill(
  args: readonly string[],
  { cwd, afterMs, from }: { cwd: string; afterMs: number; from: "progress" | "start" },
): Promise<Killed> {
  const child = spawn(process.execPath, [launcher, ...args], { cwd, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  let timer: NodeJS.Timeout | undefined;
  const arm = () => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), afterMs);
  };
  if (from === "start") arm();
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (stderr.includes("raceproof 0.")) arm();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      clearTimeout(timer);
      resolve({ killed: signal === "SIGKILL", stderr });
    });
  });
}

/** 0 <= x < 1, from a seed. */
export function lottery(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
