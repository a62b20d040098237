// Goal: a campaign in a folder loses nothing: however often it is killed or interrupted, it ends with the
// rows of one that ran through, byte for byte. Method: the built command line, killed with SIGKILL at random
// moments. RACEPROOF_KILLS=30 kills it more often than CI has time for.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COUNTER, folder, run, timeless } from "../support/cli.ts";
import { schemaErrors } from "../support/schema.ts";
import { lottery, query, recorded, runAndKill } from "../support/stored.ts";

const KILLS = Number(process.env.RACEPROOF_KILLS ?? 3);
const MINUTE = 60_000;

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({ "counter.c": COUNTER });
});
afterAll(() => place.remove());

const here = (args: readonly string[]) => run(args, { cwd: place.path });
const at = (name: string) => join(place.path, name);

/** The JSON text without what measures time. */
describe("a campaign that is killed", () => {
  const schedules = String(300_000 * (KILLS + 2));
  const args = ["fuzz", "bpf-oom/v2", "--scenario", "storm", "--seed", "42", "--engine", "scalar"];
  const whole = [...args, "--schedules", schedules, "--shard-jobs", "4", "-j", "2"];

  it(`${KILLS} times at random moments ends with the rows and the report of one that ran through`, {
    timeout: (KILLS + 3) * MINUTE,
  }, async () => {
    const random = lottery(1);
    let kills = 0;
    while (kills < KILLS) {
      const command = kills % 2 === 0 ? [...whole, "--out", "killed"] : ["resume", "killed", "-j", "1"];
      const { killed, stderr } = await runAndKill([...command, "--ui", "plain"], {
        cwd: place.path,
        afterMs: 1500 * random(),
        from: "progress",
      });
      expect(killed, stderr).toBe(true);
      if (kills > 0) expect(stderr).toContain("was taken over: that process is gone");
      kills++;
    }
    const killed = await here([...whole, "--out", "killed", "--ui", "none", "--json"]);
    const through = await here([...whole, "--out", "through", "--ui", "none", "--json"]);
    expect([killed.code, through.code], killed.stderr).toEqual([1, 1]);
    expect(recorded(at("killed"))).toBe(recorded(at("through")));
    expect(timeless(killed.stdout)).toBe(timeless(through.stdout));
    expect(query(at("killed"), "SELECT * FROM session")).toHaveLength(KILLS + 1);
    expect(query(at("killed"), "SELECT * FROM partial")).toEqual([]);
  });

  it("while its folder is made can be started again", { timeout: 2 * MINUTE }, async () => {
    const command = ["fuzz", "counter.c", "--seed", "1", "--schedules", "200k", "--shard-jobs", "4"];
    for (let kill = 0; kill < 8; kill++) {
      await runAndKill([...command, "--out", "young"], {
        cwd: place.path,
        afterMs: 250 + 60 * kill,
        from: "start",
      });
    }
    const young = await here([...command, "--out", "young", "--json"]);
    const whole = await here([...command, "--out", "whole", "--json"]);
    expect(young.code, young.stderr).toBe(0);
    expect(recorded(at("young"))).toBe(recorded(at("whole")));
    expect(timeless(young.stdout)).toBe(timeless(whole.stdout));
  });
});

describe("budgets", () => {
  const lost = [
    "fuzz",
    "counter.c",
    "--scenario",
    "lost",
    "--seed",
    "42",
    "--shard-jobs",
    "4",
    "--ui",
    "none",
  ];

  it("a smaller one of schedules, then a larger one, is the larger one", { timeout: MINUTE }, async () => {
    await here([...lost, "--schedules", "20001", "--out", "grown"]);
    expect(query(at("grown"), "SELECT SUM(schedules) AS n FROM result")).toEqual([{ n: 20001 }]);
    await here([...lost, "--schedules", "70003", "--out", "grown"]);
    const grown = await here(["resume", "grown", "--schedules", "29997", "--ui", "none", "--json"]);
    const atOnce = await here([...lost, "--schedules", "100k", "--out", "at-once", "--json"]);
    expect(timeless(grown.stdout)).toBe(timeless(atOnce.stdout));
    expect(recorded(at("grown"))).toBe(recorded(at("at-once")));
  });

  it("until a finding: the same rows for one worker and for three, and as without a folder", async () => {
    const args = [...lost, "--until-finding", "1", "--json"];
    const one = await here([...args, "-j", "1", "--out", "one"]);
    const three = await here([...args, "-j", "3", "--out", "three"]);
    const none = await here([...args, "-j", "2"].filter((word) => word !== "--shard-jobs" && word !== "4"));
    expect(recorded(at("three"))).toBe(recorded(at("one")));
    expect(timeless(three.stdout)).toBe(timeless(one.stdout));
    expect(timeless(none.stdout)).toBe(timeless(one.stdout));
    expect(query(at("one"), "SELECT ended_by FROM session")).toEqual([{ ended_by: "until-finding" }]);
  });

  it("of time counts the time of all sessions, and a further one is added to it", {
    timeout: MINUTE,
  }, async () => {
    const quiet = [
      "fuzz",
      "counter.c",
      "--seed",
      "7",
      "--engine",
      "scalar",
      "--ui",
      "none",
      "--json",
      "--time",
      "1s",
      "--out",
      "timed",
    ];
    const first = JSON.parse((await here(quiet)).stdout);
    const again = JSON.parse((await here(quiet)).stdout);
    expect(first).toMatchObject({ endedBy: "time", verdict: "none-found" });
    expect(again.schedules).toBe(first.schedules);
    const more = JSON.parse(
      (await here(["resume", "timed", "--time", "500ms", "--ui", "none", "--json"])).stdout,
    );
    expect(more.schedules).toBeGreaterThan(first.schedules);
    expect(more.elapsedMs).toBeGreaterThanOrEqual(first.elapsedMs + 500);
    expect(more.options.timeMs).toBeGreaterThanOrEqual(1500);
  });

  it("until nothing new was seen for a while", { timeout: MINUTE }, async () => {
    const { stdout } = await here([...lost, "--until-plateau", "700ms", "--json", "--out", "plateau"]);
    const { endedBy, verdict, elapsedMs } = JSON.parse(stdout);
    expect({ endedBy, verdict }).toEqual({ endedBy: "until-plateau", verdict: "violations" });
    expect(elapsedMs).toBeGreaterThanOrEqual(700);
    const without = await here([...lost.slice(0, -4), "--ui", "none", "--until-plateau", "300ms", "--json"]);
    expect(JSON.parse(without.stdout).endedBy).toBe("until-plateau");
  });
});

describe("an interruption", () => {
  it("drains within two seconds, says how to go on, and loses nothing", { timeout: 2 * MINUTE }, async () => {
    const args = [
      "fuzz",
      "bpf-oom/v2",
      "--scenario",
      "storm",
      "--engine",
      "scalar",
      "--seed",
      "9",
      "--shard-jobs",
      "4",
    ];
    let asked = 0;
    const { code, stderr, stdout } = await run([...args, "--out", "stopped", "--ui", "plain"], {
      cwd: place.path,
      onStderr: (text, child) => {
        if (asked > 0 || !text.includes("raceproof 0.")) return;
        asked = 1;
        setTimeout(() => {
          asked = Date.now();
          child.kill("SIGINT");
        }, 1200);
      },
    });
    const [{ last }] = query(at("stopped"), "SELECT last FROM session") as [{ last: number }];
    // Two seconds where nothing else runs.
    expect(last - asked).toBeLessThan(6000);
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("saved; to go on: raceproof resume stopped");
    const [{ n }] = query(
      at("stopped"),
      `SELECT SUM(schedules) AS n FROM
         (SELECT schedules FROM result UNION ALL SELECT schedules FROM partial)`,
    ) as [{ n: number }];
    expect(n).toBeGreaterThan(0);
    expect(stdout).toContain(n.toLocaleString("en-US"));
    const total = n + 200_000;
    const on = await here(["resume", "stopped", "--schedules", "200k", "--ui", "none"]);
    expect(on.code).toBe(1);
    await here([...args, "--schedules", String(total), "--ui", "none", "--out", "not-stopped"]);
    expect(recorded(at("stopped"))).toBe(recorded(at("not-stopped")));
  });
});

/** Keeps the promise of docs/schema/. */
function fits(name: string, values: readonly unknown[]): void {
  const file = fileURLToPath(new URL(`../../docs/schema/${name}.json`, import.meta.url));
  const schema = JSON.parse(readFileSync(file, "utf8"));
  expect(values.length).toBeGreaterThan(0);
  for (const value of values) expect(schemaErrors(schema, value as never)).toEqual([]);
}

describe("the files", () => {
  it("say what the rows say", { timeout: MINUTE }, async () => {
    const args = [
      "fuzz",
      "counter.c",
      "--scenario",
      "lost",
      "--seed",
      "3",
      "--schedules",
      "100k",
      "--ui",
      "none",
    ];
    const { stdout } = await here([...args, "--out", "files", "--events", "events.ndjson", "--json"]);
    const summary = JSON.parse(stdout);
    const read = (name: string) => readFileSync(at(name), "utf8");
    const stats = JSON.parse(read("files/stats.json"));
    expect(stats).toMatchObject({
      schema: 1,
      state: "ended",
      endedBy: "schedules",
      schedules: 100_000,
      bugs: 1,
    });
    const status = JSON.parse((await here(["status", "files", "--json"])).stdout);
    expect(status.campaigns[0]).toMatchObject({ schedules: 100_000, found: stats.found, writer: null });
    const rows = read("files/series.ndjson")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows[0]).toMatchObject({ schema: 1, session: 1 });
    expect(rows.at(-1)).toMatchObject({ schedules: 100_000, findings: 1, session: 1 });
    const [finding] = summary.findings;
    const [{ id }] = stats.found;
    expect(read(`files/findings/${id}/token`)).toBe(`${finding.scheduleToken}\n${finding.token}\n`);
    expect(read(`files/findings/${id}/report.txt`)).toContain("*** ASSERTION FAILED");
    expect(JSON.parse(read(`files/findings/${id}/trace.json`)).trace.steps).toBe(4);
    expect(read("files/regressions.txt")).toContain(`${finding.scheduleToken} counter.c --scenario lost`);
    const events = read("events.ndjson")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(["start", "finding", "end"]);
    expect(events[2].findings[0]).toMatchObject({ id, token: finding.token });
    fits("stats", [stats]);
    fits("status", [status]);
    fits("series", rows);
    fits("events", events);
    // Without a folder the same is said of findings.
    await here([...args, "--events", "bare.ndjson", "-j", "1"]);
    const bare = read("bare.ndjson")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const timed = { at: 0, activeMs: 0 };
    expect({ ...bare[1], ...timed }).toEqual({ ...events[1], ...timed });
    expect({ ...bare[2], ...timed }).toEqual({ ...events[2], ...timed });
  });
});

describe("a file of tokens", () => {
  const LOST = "rp1s:LOST counter.c --scenario lost";
  const write = (name: string, ...lines: string[]) => writeFileSync(at(name), lines.join("\n"));
  let token = "";
  beforeAll(async () => {
    const args = ["fuzz", "counter.c", "--scenario", "lost", "--seed", "3", "--schedules", "1000", "--json"];
    token = JSON.parse((await here(args)).stdout).findings[0].scheduleToken;
  });
  const lost = () => LOST.replace("rp1s:LOST", token);

  it("is replayed as a whole; the exit code says whether any still shows a violation", async () => {
    write("all.txt", "# found last week", lost(), "", `${lost().replace("lost", "quiet")} # mended`);
    const { code, stdout } = await here(["repro", "--file", "all.txt", "--json"]);
    const result = JSON.parse(stdout);
    fits("repro-file", [result]);
    expect(result.results).toMatchObject([
      { line: 2, verdict: "REPRODUCED", scenario: "lost" },
      { line: 4, verdict: "NOT REPRODUCED", scenario: "quiet" },
    ]);
    expect(code).toBe(1);
    write("mended.txt", lost().replace("lost", "quiet"));
    expect((await here(["repro", "--file", "mended.txt"])).code).toBe(0);
  });

  it("with one that does not fit is 125, and says which", async () => {
    const seed = "rp1:00000000:random:1:1 counter.c --scenario quiet";
    write("unfit.txt", seed);
    const { code, stdout } = await here(["repro", "--file", "unfit.txt"]);
    expect(code).toBe(125);
    expect(stdout).toContain("DOES NOT FIT: line 1, counter.c quiet");
    write("both.txt", seed, lost());
    expect((await here(["repro", "--file", "both.txt"])).code).toBe(1);
  });

  it("with lines that cannot be read names them all, and replays none", async () => {
    write("wrong.txt", lost(), "hello counter.c", `${lost()} --bogus`, "rp1s:x 'y");
    const { code, stdout, stderr } = await here(["repro", "--file", "wrong.txt"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/wrong.txt:2: .*; wrong.txt:3: .*--bogus.*; wrong.txt:4: a quote/);
    for (const args of [["nowhere.txt"], ["wrong.txt", lost().split(" ")[0]!]]) {
      expect((await here(["repro", "--file", ...args])).code).toBe(2);
    }
    write("empty.txt", "# nothing");
    expect((await here(["repro", "--file", "empty.txt"])).stderr).toContain("has no token");
    expect((await here(["repro"])).stderr).toContain("repro takes a token");
  });
});
