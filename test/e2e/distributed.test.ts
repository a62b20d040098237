// Goal: a campaign in a database, or in pieces that a batch scheduler runs, is the campaign of one process;
// it is left as it was found when told to stop; two different results of a shard are never passed over; and
// bad input gets one line, exit code 2, and no password. Method: the built command line, a server of the
// test's own.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { COUNTER, folder, type Result, run } from "../support/cli.ts";
import { PASSWORD, type PostgresServer, postgresMissing, startPostgres } from "../support/postgres.ts";
import { schemaErrors } from "../support/schema.ts";
import { Crew, recordedIn, recordedThere, until } from "../support/workers.ts";

// Each case is several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

const place = folder({ "counter.c": COUNTER });
afterAll(() => place.remove());
const here = (...args: readonly string[]): Promise<Result> => run(args, { cwd: place.path });

const LOST = ["counter.c", "--scenario", "lost", "--engine", "scalar", "--ui", "none"];
const campaign = (seed: number, ...budget: readonly string[]): string[] => [
  ...["fuzz", ...LOST, "--seed", String(seed), "--shard-jobs", "8", ...budget],
];

/** The value of a result as JSON, which keeps the promise of its schema. */
function checked(name: string, text: string) {
  const file = new URL(`../../docs/schema/${name}.json`, import.meta.url);
  const value = JSON.parse(text);
  expect(schemaErrors(JSON.parse(readFileSync(file, "utf8")), value)).toEqual([]);
  return value;
}

/** One line with what to try, the code for wrong usage, and not a word of the password. */
function refused({ code, stdout, stderr }: Result, pattern: RegExp): void {
  expect(code, stderr).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(pattern);
  const lines = stderr.trimEnd().split("\n");
  expect(lines.length, stderr).toBeLessThanOrEqual(2);
  expect(lines[0]).toMatch(/^raceproof: /);
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), "hunter2"])
    expect(stderr).not.toContain(secret);
}

describe("pieces of a campaign for a batch scheduler", () => {
  it("shards run apart and imported are the rows of one process; again they change nothing", async () => {
    const plan = await here(...campaign(7, "--schedules", "3M"), "--plan-only", "--out", "pieces", "--json");
    expect(plan.code, plan.stderr).toBe(0);
    const { shards, campaign: id } = checked("plan", plan.stdout);
    expect(shards).toBe(9);
    const spec = join("pieces", "plan.json");
    const pieces = await Promise.all([
      here("worker", "--spec", spec, "--shards", "0/2", "--out", "a.ndjson", "-j", "1"),
      here("worker", "--spec", spec, "--shards", "3-8", "--out", "b.ndjson", "-j", "1"),
    ]);
    expect(pieces.map(({ code }) => code)).toEqual([0, 0]);
    // What a kill leaves behind: half a line. The next run goes on behind the last whole one.
    const whole = readFileSync(join(place.path, "a.ndjson"), "utf8");
    expect(whole.split("\n")).toHaveLength(5);
    writeFileSync(join(place.path, "a.ndjson"), whole.slice(0, -40));
    const again = await here("worker", "--spec", spec, "--shards", "0-3", "--out", "a.ndjson", "--json");
    expect(checked("worker", again.stdout)).toMatchObject({
      campaign: id,
      shards: 4,
      before: 3,
      recorded: 1,
    });
    const first = await here("import", "a.ndjson", "b.ndjson", "--out", "pieces", "--json");
    for (const text of whole.trimEnd().split("\n")) checked("results", text);
    expect(checked("import", first.stdout)).toMatchObject({
      recorded: 9,
      known: 1,
      other: 0,
      shards: 9,
      planned: 9,
    });
    const second = await here("import", "b.ndjson", "a.ndjson", "--out", "pieces", "--json");
    expect(JSON.parse(second.stdout)).toMatchObject({ recorded: 0, known: 10, shards: 9 });
    const alone = await here(...campaign(7, "--schedules", "3M"), "--out", "whole", "--json");
    const report = await here("resume", "pieces", "--ui", "none", "--json");
    expect([alone.code, report.code], report.stderr).toEqual([1, 1]);
    expect(recordedIn(join(place.path, "pieces"))).toBe(recordedIn(join(place.path, "whole")));
    expect(JSON.parse(report.stdout).findings).toEqual(JSON.parse(alone.stdout).findings);
  });

  it("foreign, changed and differing results are refused, and nothing is imported", async () => {
    await here(...campaign(8, "--schedules", "1M"), "--plan-only", "--out", "other");
    refused(await here("import", "a.ndjson", "--out", "other"), /a\.ndjson:1 belongs to campaign/);
    const [line = ""] = readFileSync(join(place.path, "a.ndjson"), "utf8").split("\n");
    writeFileSync(join(place.path, "bad.ndjson"), `${line.replace(/schedules\\":\d/, "$&9")}\n`);
    refused(await here("import", "bad.ndjson", "--out", "pieces"), /bad\.ndjson:1 is damaged/);
    appendFileSync(join(place.path, "junk.ndjson"), "not a result\n");
    refused(await here("import", "junk.ndjson", "--out", "pieces"), /junk\.ndjson:1 is no result/);
    refused(
      await here("import", "none.ndjson", "--out", "pieces"),
      /none\.ndjson cannot be used: there is no such/,
    );
    refused(await here("import", "a.ndjson"), /needs the place/);
    const spec = join("pieces", "plan.json");
    refused(
      await here("worker", "--spec", spec, "--shards", "9", "--out", "c.ndjson"),
      /beyond .* last shard, 8/,
    );
    refused(await here("worker", "--spec", spec, "--shards", "2-1", "--out", "c.ndjson"), /names no shards/);
    refused(await here("worker", "--spec", spec, "--shards", "2/2", "--out", "c.ndjson"), /from 0 to 1/);
    refused(
      await here("worker", "--spec", "counter.c", "--shards", "0", "--out", "c.ndjson"),
      /no campaign file/,
    );
    refused(await here("worker", "--spec", spec, "--shards", "0"), /needs a database, or a plan/);
    refused(await here("worker"), /needs a database, or a plan/);
    refused(await here(...campaign(1), "--plan-only"), /no place for the plan/);
    refused(await here(...campaign(1)), /--shard-jobs is of a campaign that is kept/);
  });
});

describe.skipIf(postgresMissing)("a campaign in a database (PostgreSQL is needed)", () => {
  let server: PostgresServer;
  const crew = new Crew();
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    crew.dismiss();
    await server?.remove();
  });
  const json = (result: Result) => {
    expect(result.stdout, result.stderr).not.toBe("");
    const { elapsedMs: _, schedulesPerSecond: __, stepsPerSecond: ___, ...rest } = JSON.parse(result.stdout);
    const { sinceNewMs: ____, ...coverage } = rest.coverage;
    return { ...rest, coverage };
  };

  it.each([
    ["--schedules", "3M"],
    ["--until-finding", "1"],
  ])(
    "fuzz --database %s %s reports what one process does, and the same when it has ended",
    async (...budget) => {
      const url = await server.database(`whole-${budget[0]!.slice(2)}`);
      const alone = await here("fuzz", ...LOST, "--seed", "7", ...budget, "--json");
      const shared = await here(...campaign(7, ...budget), "--database", url, "--json", "-j", "2");
      expect([alone.code, shared.code], shared.stderr).toEqual([1, 1]);
      expect(json(shared)).toEqual(json(alone));
      const again = await here("resume", "--database", url, "--json");
      expect(json(again).findings).toEqual(json(alone).findings);
    },
  );

  it("whatever strategy and engine are the default: the rows are those of a folder", async () => {
    const url = await server.database("default");
    const flags = [
      "fuzz",
      "counter.c",
      "--seed",
      "5",
      "--schedules",
      "1500k",
      "--shard-jobs",
      "4",
      "--ui",
      "none",
    ];
    const shared = await here(...flags, "--database", url);
    const alone = await here(...flags, "--out", "default");
    expect([shared.code, alone.code], shared.stderr).toEqual([0, 0]);
    expect(await recordedThere(server, "default")).toBe(recordedIn(join(place.path, "default")));
  });

  it("a larger budget goes on, and the shard that the smaller one cut is run whole", async () => {
    const url = await server.database("larger");
    expect((await here(...campaign(9, "--schedules", "1M"), "--database", url, "--json")).code).toBe(1);
    const more = json(await here(...campaign(9, "--schedules", "2M"), "--database", url, "--json"));
    expect(more).toEqual(json(await here("fuzz", ...LOST, "--seed", "9", "--schedules", "2M", "--json")));
    const shown = checked("status", (await here("status", "--database", url, "--json")).stdout);
    expect(shown.campaigns).toHaveLength(1);
    expect(shown.campaigns[0]).toMatchObject({ state: "ended", shards: 7, shardsPlanned: 7 });
  });

  it("a worker that is told to stop gives back what it has in hand, at once", async () => {
    const url = await server.database("stop");
    const long = ["fuzz", ...LOST, "--seed", "1", "--shard-jobs", "4096", "--schedules", "2G"];
    expect((await here(...long, "--database", url, "--plan-only")).code).toBe(0);
    const worker = crew.start(url);
    const active = "SELECT 1 FROM raceproof_queue.job WHERE state = 'active'";
    await until("a shard in hand", 30_000, async () => (await server.query("stop", active)).length > 0);
    const asked = performance.now();
    worker.process.kill("SIGINT");
    expect(await worker.ended).toMatchObject({ code: 130 });
    expect(performance.now() - asked).toBeLessThan(2500);
    const jobs = await server.query("stop", "SELECT state, retry_count FROM raceproof_queue.job");
    expect(new Set(jobs.map((job) => JSON.stringify(job)))).toEqual(
      new Set([JSON.stringify({ state: "created", retry_count: 0 })]),
    );
  });

  it("two different results of a shard end the campaign with code 70, whoever comes second", async () => {
    const url = await server.database("differs");
    const flags = campaign(7, "--schedules", "3M");
    expect((await here(...flags, "--database", url, "--plan-only", "--spec", "differs.json")).code).toBe(0);
    await here("worker", "--spec", "differs.json", "--shards", "0-1", "--out", "d.ndjson");
    expect((await here("import", "d.ndjson", "--database", url)).code).toBe(0);
    await server.query("differs", "UPDATE raceproof.result SET digest = repeat('0', 64) WHERE shard = 1");
    const second = await here("import", "d.ndjson", "--database", url);
    expect(second.code).toBe(70);
    expect(second.stderr).toMatch(/^raceproof: nondeterminism: campaign [0-9a-f]{16}, shard 1: two runs/);
    const resumed = await here("resume", "--database", url, "--ui", "none");
    expect([resumed.code, resumed.stdout], resumed.stderr).toEqual([70, ""]);
    expect(resumed.stderr).toMatch(/nondeterminism/);
  });

  it("what was imported is not run again, and the rest is", async () => {
    const url = await server.database("mixed");
    await here(...campaign(7, "--schedules", "3M"), "--database", url, "--plan-only", "--spec", "mixed.json");
    await here("worker", "--spec", "mixed.json", "--shards", "2-5", "--out", "m.ndjson");
    await here("import", "m.ndjson", "--database", url);
    const rest = await here("worker", "--database", url, "--json");
    expect(checked("worker", rest.stdout), rest.stderr).toMatchObject({ recorded: 5, known: 0, crashed: 0 });
    expect(await recordedThere(server, "mixed")).toBe(recordedIn(join(place.path, "whole")));
  });

  it("a database that cannot be used: one line, code 2, never the password", async () => {
    const dead = "postgres://me:hunter2@127.0.0.1:1/races";
    for (const command of [
      ["worker"],
      ["status"],
      ["resume"],
      campaign(1, "--schedules", "1k"),
      ["import", "a.ndjson"],
    ]) {
      refused(await here(...command, "--database", dead), /no database at 127\.0\.0\.1:1: .*ECONNREFUSED/);
    }
    refused(await here("worker", "--database", "mysql://me:hunter2@db/x"), /no URL of PostgreSQL/);
    refused(
      await here("worker", "--database", server.url("postgres", "hunter2")),
      /does not let raceproof in/,
    );
    refused(await here("worker", "--database", server.url("absent")), /no database "absent"/);
    refused(await here("status", "--database", server.url("postgres")), /has no campaigns/);
    const url = server.url("mixed");
    refused(await here("worker", "--database", url, "--campaign", "ffff"), /no campaign ffff/);
    refused(await here(...campaign(1, "--time", "5s"), "--database", url), /no budget of time/);
    refused(await here(...campaign(1), "--database", url), /needs an end/);
    refused(await here(...campaign(1, "--schedules", "1k"), "--database", url, "--out", "x"), /two places/);
    await server.query("mixed", "INSERT INTO raceproof.raceproof_schema VALUES (99)");
    for (const command of [["worker"], ["status"], ["resume"]]) {
      refused(await here(...command, "--database", url), /written by a newer raceproof \(schema 99/);
    }
  });
});
