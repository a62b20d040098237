// Goal: whatever happens to a campaign's folder, one line says what is wrong and what to do, and no row that
// was recorded is lost. Method: the built command line on folders that are full, read-only, damaged, foreign,
// locked or newer. Full and read-only ones are file systems in memory, for root alone: a folder's permissions
// do not stop root.

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { specHash } from "../../src/campaign/store/spec.ts";
import { COUNTER, folder, type Result, run } from "../support/cli.ts";
import { query, recorded, runAndKill } from "../support/stored.ts";

const MINUTE = 60_000;
const LOST = ["counter.c", "--scenario", "lost", "--seed", "42", "--ui", "none"];
const SMALL = [...LOST, "--schedules", "50k", "--shard-jobs", "2"];

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({ "counter.c": COUNTER });
});
afterAll(() => place.remove());

const here = (args: readonly string[]) => run(args, { cwd: place.path });
const at = (...names: string[]) => join(place.path, ...names);

/** Refused in one line, with a hint at most; no stack, no crash. */
function refused({ code, stdout, stderr }: Result, words: RegExp): void {
  expect(code, stderr).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(words);
  expect(stderr.trimEnd().split("\n").length, stderr).toBeLessThanOrEqual(2);
}

describe("a folder", () => {
  it("that holds other files is not touched", async () => {
    mkdirSync(at("foreign"));
    writeFileSync(at("foreign", "thesis.tex"), "years of work");
    refused(
      await here(["fuzz", ...SMALL, "--out", "foreign"]),
      /foreign is no campaign: it holds other files/,
    );
    refused(await here(["resume", "foreign"]), /no campaign/);
    refused(await here(["fuzz", ...SMALL, "--out", "counter.c"]), /counter.c .*it is no folder/);
    refused(await here(["fuzz", ...SMALL, "--out", "counter.c/deep"]), /it is no folder/);
    refused(await here(["resume", "nowhere"]), /there is no folder nowhere/);
  });

  it("that holds another program's database is not touched", async () => {
    mkdirSync(at("other"));
    const other = new DatabaseSync(at("other", "campaign.db"));
    other.exec("CREATE TABLE thesis (text TEXT)");
    other.close();
    refused(await here(["fuzz", ...SMALL, "--out", "other"]), /belongs to another program/);
    refused(await here(["resume", "other"]), /belongs to another program/);
    expect(query(at("other"), "SELECT name FROM sqlite_master")).toEqual([{ name: "thesis" }]);
  });

  it("of another campaign is refused with both hashes and what differs", async () => {
    await here(["fuzz", ...SMALL, "--out", "own"]);
    const { hash } = JSON.parse(readFileSync(at("own", "stats.json"), "utf8"));
    const other = await here(["fuzz", ...SMALL, "--seed", "43", "--max-steps", "77", "--out", "own"]);
    refused(
      other,
      new RegExp(`own holds campaign ${hash.slice(0, 16)}, these flags are campaign [0-9a-f]{16}: `),
    );
    expect(other.stderr).toContain("seed 42 there, 43 here; --max-steps 10000 there, 77 here");
    const program = await here(["fuzz", "counter.c", "--scenario", "quiet", "--seed", "42", "--out", "own"]);
    refused(program, /program [0-9a-f]{20} there/);
    refused(
      await here(["fuzz", ...SMALL, "--shard-jobs", "4", "--out", "own"]),
      /jobs of a shard 2 there, 4 here/,
    );
  });

  it("of a newer raceproof is not touched", async () => {
    await here(["fuzz", ...SMALL, "--out", "newer"]);
    const database = new DatabaseSync(at("newer", "campaign.db"));
    database.exec("INSERT INTO raceproof_schema (version) VALUES (99)");
    database.close();
    for (const command of [
      ["fuzz", ...SMALL, "--out", "newer"],
      ["resume", "newer"],
      ["status", "newer"],
    ]) {
      const { code, stdout, stderr } = await here(command);
      expect(code).toBe(2);
      expect(stdout + stderr).toMatch(/written by a newer raceproof \(schema 99, this one knows \d+\)/);
    }
  });

  it("of another build of the engines is not mixed with this one", async () => {
    await here(["fuzz", ...SMALL, "--out", "built"]);
    const database = new DatabaseSync(at("built", "campaign.db"));
    const { spec: text } = database.prepare("SELECT spec FROM campaign").get() as { spec: string };
    const spec = { ...JSON.parse(text), machine: "0123456789abcdef" };
    database.prepare("UPDATE campaign SET spec = ?, spec_hash = ?").run(JSON.stringify(spec), specHash(spec));
    database.close();
    refused(
      await here(["resume", "built"]),
      /made by another build of the engines \(0123456789abcdef, this is/,
    );
    refused(await here(["fuzz", ...SMALL, "--out", "built"]), /engine build 0123456789abcdef there/);
    expect((await here(["status", "built"])).code).toBe(0);
  });
});

describe("two writers", () => {
  it("the second is told who the first is; status reads while it runs", { timeout: MINUTE }, async () => {
    const first = run(["fuzz", ...LOST, "--time", "6s", "--engine", "scalar", "--out", "busy"], {
      cwd: place.path,
    });
    let status: { campaigns: { state: string; schedules: number; writer: { pid: number } }[] };
    do {
      const { stdout } = await here(["status", "busy", "--json"]);
      status = JSON.parse(stdout);
    } while (!(status.campaigns[0]!.schedules > 0));
    const [running] = status.campaigns;
    expect(running).toMatchObject({ state: "running" });
    const second = await here(["resume", "busy"]);
    refused(second, new RegExp(`busy is being written by process ${running!.writer.pid} on`));
    expect((await first).code).toBe(1);
    expect((await here(["status", "busy"])).stdout).toContain("ended: time");
  });

  it("a killed one's lock is taken over, and said to be", { timeout: MINUTE }, async () => {
    const args = ["fuzz", ...LOST.slice(0, -1), "plain", "--engine", "scalar", "--out", "left"];
    expect((await runAndKill(args, { cwd: place.path, afterMs: 1500, from: "progress" })).killed).toBe(true);
    expect((await here(["status", "left"])).stdout).toContain("stopped without an end");
    const { code, stderr } = await here(["resume", "left", "--time", "100ms", "--ui", "none"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the lock of process \d+ on .* was taken over: that process is gone/);
  });
});

describe("a damaged database", () => {
  const damages: [string, (file: string) => void, RegExp][] = [
    [
      "text in its place",
      (file) => writeFileSync(file, "not a database, but text of some length\n"),
      /not a database/,
    ],
    ["an empty file", (file) => writeFileSync(file, ""), /campaign.db is empty/],
    ["half a file", (file) => truncateSync(file, 20_000), /is damaged/],
    ["another header", (file) => overwrite(file, 16, 100), /is damaged|not a database/],
    ["noise in the middle", (file) => overwrite(file, 8192, 60_000), /is damaged/],
    [
      "a changed tally",
      (file) => change(file, "UPDATE result SET tally = REPLACE(tally, '1', '2') WHERE shard = 3"),
      /shard 3 does not fit its digest/,
    ],
    [
      "a changed sum",
      (file) => change(file, "UPDATE result SET steps = steps + 1 WHERE shard = 3"),
      /the sums of its rows do not fit/,
    ],
    [
      "a changed spec",
      (file) => change(file, `UPDATE campaign SET spec = REPLACE(spec, '"42"', '"43"')`),
      /does not fit its hash/,
    ],
    [
      "a changed program",
      (file) => change(file, "UPDATE campaign SET program = 'H4sI'"),
      /program does not fit its hash/,
    ],
  ];

  it.each(damages)("%s is noticed, and nothing is written", async (what, damage, words) => {
    const name = what.replaceAll(" ", "-");
    await here(["fuzz", ...SMALL, "--out", name]);
    damage(at(name, "campaign.db"));
    const before = readFileSync(at(name, "campaign.db"));
    refused(await here(["resume", name, "--schedules", "10k", "--ui", "none"]), words);
    if (!what.startsWith("a changed")) expect(readFileSync(at(name, "campaign.db"))).toEqual(before);
    const status = await here(["status", name]);
    expect([0, 2]).toContain(status.code);
    expect(status.stderr).toBe("");
  });

  function overwrite(file: string, from: number, count: number): void {
    const noise = Buffer.alloc(count, 0xa5);
    writeSync(openSync(file, "r+"), noise, 0, count, from);
  }

  function change(file: string, sql: string): void {
    const database = new DatabaseSync(file);
    expect(database.prepare(sql).run().changes).toBe(1);
    database.close();
  }
});

/** A file system in memory at `name`; gone when the test ends. */
function mountTmpfs(name: string, options: string): string {
  const path = at(name);
  mkdirSync(path);
  mount("-t", "tmpfs", "-o", options, "tmpfs", path);
  onTestFinished(() => {
    spawnSync("umount", ["-l", path]);
  });
  return path;
}

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  expect(status, stderr).toBe(0);
}

/** Whether this process may mount: root outside a container that forbids it. */
function mayMount(): boolean {
  const probe = folder({});
  const { status } = spawnSync("mount", ["-t", "tmpfs", "tmpfs", probe.path]);
  if (status === 0) spawnSync("umount", [probe.path]);
  probe.remove();
  return status === 0;
}

describe.skipIf(!mayMount())("a file system (needs to be root, to mount one)", () => {
  it("that is full ends the campaign in a line; with room again it goes on", {
    timeout: 2 * MINUTE,
  }, async () => {
    const disk = mountTmpfs("disk", "size=600k");
    const out = join(disk, "campaign");
    const args = ["fuzz", ...LOST, "--engine", "scalar", "--shard-jobs", "1", "--schedules", "8M"];
    const full = await here([...args, "--out", out]);
    refused(full, /cannot be written: the disk is full/);
    expect(full.stderr).toContain("make room, then raceproof resume goes on");
    // What was recorded before is there, and can be read though nothing can be written.
    const [{ n }] = query(out, "SELECT COUNT(*) AS n FROM result") as [{ n: number }];
    expect(n).toBeGreaterThan(0);
    refused(await here(["resume", out, "--ui", "none"]), /disk is full/);
    mount("-o", "remount,size=20m", disk);
    const on = await here(["resume", out, "--ui", "none", "--json"]);
    expect(on.code, on.stderr).toBe(1);
    await here([...args, "--out", "roomy"]);
    expect(recorded(out)).toBe(recorded(at("roomy")));
  });

  it("that is read-only is refused; status reads it", { timeout: MINUTE }, async () => {
    const disk = mountTmpfs("frozen", "size=20m");
    const out = join(disk, "campaign");
    await here(["fuzz", ...SMALL, "--out", out]);
    mount("-o", "remount,ro", disk);
    refused(await here(["fuzz", ...SMALL, "--out", out]), /cannot be written/);
    refused(await here(["resume", out]), /cannot be written/);
    refused(await here(["fuzz", ...SMALL, "--out", join(disk, "new")]), /the file system is read-only/);
    const status = await here(["status", out]);
    expect(status.code, status.stdout).toBe(0);
    expect(status.stdout).toContain("50,000 schedules");
    // As a killed writer leaves it: with its log.
    mount("-o", "remount,rw", disk);
    const killed = join(disk, "killed");
    const run = ["fuzz", ...LOST.slice(0, -1), "plain", "--engine", "scalar", "--out", killed];
    await runAndKill(run, { cwd: place.path, afterMs: 2500, from: "progress" });
    const before = await here(["status", killed, "--json"]);
    mount("-o", "remount,ro", disk);
    const after = await here(["status", killed, "--json"]);
    expect(JSON.parse(after.stdout).campaigns[0].schedules).toBe(
      JSON.parse(before.stdout).campaigns[0].schedules,
    );
  });
});

describe("a copy of a folder", () => {
  it("goes on by itself", async () => {
    await here(["fuzz", ...SMALL, "--out", "original"]);
    mkdirSync(at("copy"));
    copyFileSync(at("original", "campaign.db"), at("copy", "campaign.db"));
    expect((await here(["resume", "copy", "--schedules", "10k", "--ui", "none"])).code).toBe(1);
    expect(query(at("copy"), "SELECT SUM(schedules) AS n FROM result")).toEqual([{ n: 60_000 }]);
  });
});
