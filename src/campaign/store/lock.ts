// One writer to a folder: a row that says who it is. It is read and replaced in one transaction, so that of
// two that come together one is refused. A writer that was killed leaves its row behind: whether it still
// lives is asked of the machine where that can tell, else of the time at which it was last heard of.

import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { SqlDatabase, SqlRow } from "./sql.ts";
import { StoreError } from "./store.ts";

export interface Writer {
  readonly pid: number;
  readonly host: string;
  /** Boot, pid namespace and start of the process: a pid alone may have been given away again. */
  readonly process: string;
}

/** A writer elsewhere that was heard of within this time is taken to live. */
const SILENCE_MS = 30_000;

const ROLE = "campaign";

/** Null, or what is to be said of the stale lock that was taken over. */
export async function claimWriter(database: SqlDatabase, now: () => number): Promise<string | null> {
  const me = thisWriter();
  return database.transaction(async (session) => {
    const [row] = await session.all("SELECT * FROM writer WHERE role = ?", [ROLE]);
    const stale = row === undefined ? null : staleness(database.place, row, me, now());
    await session.run("DELETE FROM writer WHERE role = ?", [ROLE]);
    await session.run(
      "INSERT INTO writer (role, pid, host, process, started, seen) VALUES (?, ?, ?, ?, ?, ?)",
      [ROLE, me.pid, me.host, me.process, now(), now()],
    );
    return stale;
  });
}

/** For those who cannot ask this machine whether it lives. */
export async function touchWriter(database: SqlDatabase, now: number): Promise<void> {
  const { pid, process } = thisWriter();
  await database.run("UPDATE writer SET seen = ? WHERE role = ? AND pid = ? AND process = ?", [
    now,
    ROLE,
    pid,
    process,
  ]);
}

export async function releaseWriter(database: SqlDatabase): Promise<void> {
  const { pid, process } = thisWriter();
  await database.run("DELETE FROM writer WHERE role = ? AND pid = ? AND process = ?", [ROLE, pid, process]);
}

/** The writer that lives, for `status`; null: nobody writes. */
export async function livingWriter(database: SqlDatabase, now: number): Promise<Writer | null> {
  const [row] = await database.all("SELECT * FROM writer WHERE role = ?", [ROLE]);
  if (row === undefined) return null;
  const writer = writerOf(row);
  return fate(writer, Number(row.seen), thisWriter(), now).lives ? writer : null;
}

function staleness(place: string, row: SqlRow, me: Writer, now: number): string {
  const writer = writerOf(row);
  const { lives, why } = fate(writer, Number(row.seen), me, now);
  if (lives) {
    throw new StoreError(
      `${place} is being written by process ${writer.pid} on ${writer.host}${why}`,
      "wait for it, end it, or name another folder; raceproof status shows how far it is",
    );
  }
  return `the lock of process ${writer.pid} on ${writer.host} was taken over: ${why}`;
}

function fate(writer: Writer, seen: number, me: Writer, now: number): { lives: boolean; why: string } {
  const [boot, space] = writer.process.split(" ");
  const [myBoot, mySpace] = me.process.split(" ");
  if (boot !== "" && boot === myBoot && space === mySpace) {
    const lives = processStart(writer.pid) === writer.process.split(" ")[2];
    return { lives, why: lives ? "" : "that process is gone" };
  }
  if (writer.host === me.host && boot !== "" && boot !== myBoot) {
    return { lives: false, why: "the machine was started anew since" };
  }
  const silence = Math.round(Math.abs(now - seen) / 1000);
  const lives = silence * 1000 <= SILENCE_MS;
  const heard = `last heard of ${silence} s ${now < seen ? "ahead of this machine's clock" : "ago"}`;
  return { lives, why: lives ? `, ${heard}` : heard };
}

function writerOf(row: SqlRow): Writer {
  return { pid: Number(row.pid), host: String(row.host), process: String(row.process) };
}

function thisWriter(): Writer {
  const identity = [
    readOr("", () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    readOr("", () => readlinkSync("/proc/self/ns/pid")),
    processStart(process.pid),
  ];
  return { pid: process.pid, host: hostname(), process: identity.join(" ") };
}

/** Clock ticks from boot to the process's start; "" where there is none, or only what was left of it. */
function processStart(pid: number): string {
  const stat = readOr("", () => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name is in parentheses and may hold anything; the state and 19 more numbers follow it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "");
}

function readOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
