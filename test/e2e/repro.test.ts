// Goal: a token is enough. It replays from any folder, says which of three things happened, and minimises.
// Method: tokens are made in this process from recordings, and replayed by the built command line.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Outcome, STEPS_DEFAULT, Strategy } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { formatToken } from "../../src/campaign/tokens.ts";
import { loadModel } from "../../src/cli/session.ts";
import { compileEngine, type Draw, Engine } from "../../src/engine/engine.ts";
import { COUNTER, folder, run } from "../support/cli.ts";

const NO_FLAGS = { define: [], include: [], stub: [], strict: false };
const draw: Draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: STEPS_DEFAULT };

let place: ReturnType<typeof folder>;
let elsewhere = "";
let hash = "";
let failing: { schedule: number; picks: number[]; choices: number[] }[] = [];
let innocent = 0;

beforeAll(async () => {
  place = folder({ "counter.c": COUNTER });
  elsewhere = mkdtempSync(join(tmpdir(), "raceproof-elsewhere-"));
  const { program } = await loadModel("canary", { ...NO_FLAGS, scenario: "lost-update" });
  hash = program.hash;
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  innocent = -1;
  failing = [];
  for (let schedule = 0; failing.length < 100; schedule++) {
    const { outcome, picks, choices } = engine.record(draw, schedule);
    if (outcome === Outcome.VIOLATED) failing.push({ schedule, picks: [...picks], choices: [...choices] });
    else innocent = schedule;
  }
});
afterAll(() => {
  place.remove();
  rmSync(elsewhere, { recursive: true });
});

const seedToken = (schedule: number) =>
  formatToken({ kind: "seed", hash, strategy: "random", seed: draw.seed, schedule });
const scheduleToken = (picks: number[], choices: number[] = []) =>
  formatToken({ kind: "schedule", hash, picks, choices });
const there = (args: readonly string[]) => run(args, { cwd: elsewhere });

describe("repro", () => {
  it("reproduces 100 of 100 tokens from another folder, half of them seeds, half schedules", async () => {
    const tokens = failing.map((f, i) =>
      i % 2 === 0 ? seedToken(f.schedule) : scheduleToken(f.picks, f.choices),
    );
    expect(tokens).toHaveLength(100);
    const left = [...tokens];
    const verdicts: string[] = [];
    const worker = async () => {
      for (let token = left.pop(); token !== undefined; token = left.pop()) {
        const { code, stdout } = await there([
          "repro",
          token,
          "canary",
          "--scenario",
          "lost-update",
          "--json",
        ]);
        verdicts.push(`${code} ${JSON.parse(stdout).verdict}`);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(verdicts).toEqual(tokens.map(() => "1 REPRODUCED"));
  }, 240_000);

  it("finds the bundled model and scenario by the token's hash", async () => {
    const { code, stdout } = await there(["repro", seedToken(failing[0]!.schedule), "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).model).toMatchObject({ name: "canary", scenario: "lost-update", hash });
  });

  it.each(["repro", "minimize"])(
    "%s refuses a token of no bundled model where none is named",
    async (name) => {
      const foreign = formatToken({ kind: "schedule", hash: "0badc0de", picks: [0, 1, 1, 0], choices: [] });
      for (const token of [foreign, "rp1:0badc0de:random:42:1"]) {
        const { code, stdout, stderr } = await there([name, token]);
        expect(stderr).toMatch(
          /^raceproof: the token is of program 0badc0de[^\n]*\n {2}name the model [^\n]*\n$/,
        );
        expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
      }
    },
  );

  it("exits 0 with NOT REPRODUCED where the run is fine", async () => {
    const { code, stdout } = await there([
      "repro",
      seedToken(innocent),
      "canary",
      "--scenario",
      "lost-update",
    ]);
    expect(stdout).toContain("NOT REPRODUCED");
    expect(code).toBe(0);
  });

  it("exits 125 with DIVERGED, the step, what was expected and what was found", async () => {
    const { code, stdout } = await there(["repro", scheduleToken([0, 0, 0, 0, 0, 0]), "canary", "--json"]);
    expect(code).toBe(125);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "DIVERGED",
      divergence: { step: 3, expected: "task a (left) to step", found: "it has ended" },
    });
  });

  it("exits 125 for a seed token of another program, with both hashes and what to use instead", async () => {
    const { code, stderr } = await there(["repro", "rp1:00000000:random:42:1", "canary"]);
    expect(code).toBe(125);
    expect(stderr).toMatch(/program 00000000.*program [0-9a-f]{8}/);
    expect(stderr).toContain("rp1s:");
  });

  it("exits 125 for a strategy that this version does not have", async () => {
    const token = `rp1:${hash}:pst-3:42:1`;
    const { code, stderr } = await there(["repro", token, "canary", "--scenario", "lost-update"]);
    expect(code).toBe(125);
    expect(stderr).toContain('strategy "pst-3"');
  });

  it("tries a schedule token on an edited model, with a note", async () => {
    const picks = failing.find((f) => f.picks.length === 4)!.picks;
    const args = ["repro", scheduleToken(picks), "counter.c", "--scenario", "lost", "--json"];
    const { code, stdout } = await run(args, { cwd: place.path });
    const result = JSON.parse(stdout);
    expect(result.verdict).toBe("REPRODUCED");
    expect(code).toBe(1);
    if (result.model.hash !== hash) expect(result.notes.join()).toContain(hash);
  });

  it.each(["text", "mail", "steps"])("prints the run as %s, with what went wrong", async (format) => {
    const { schedule } = failing[0]!;
    const args = ["repro", seedToken(schedule), "canary", "--scenario", "lost-update", "--format", format];
    const { stdout } = await there(args);
    expect(stdout).toContain("READ_ONCE(counter)");
    expect(stdout).toContain("***");
    if (format === "mail") for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(72);
  });
});

describe("minimize", () => {
  it("prints before and after, and a token that replays", async () => {
    const long = failing.find((f) => f.picks.join("") === "0110" || f.picks.join("") === "1001")!;
    const args = ["minimize", scheduleToken(long.picks), "canary", "--scenario", "lost-update"];
    const { code, stdout } = await there(args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/before: +1 preemption, 2 context switches, 4 steps, 2 tasks/);
    expect(stdout).toMatch(/after: +1 preemption, 2 context switches, 4 steps, 2 tasks/);
    const token = /rp1s:\S+/.exec(stdout)![0];
    expect(stdout).toContain(`  replay:  raceproof repro '${token}' canary --scenario lost-update\n`);
    const again = await there(["repro", token, "canary", "--scenario", "lost-update"]);
    expect(again.code).toBe(1);
  });

  it("makes a schedule with needless switches smaller", async () => {
    const wild = failing.find((f) => /^(0101|1010)$/.test(f.picks.join("")))!;
    const args = ["minimize", scheduleToken(wild.picks), "canary", "--scenario", "lost-update", "--json"];
    const { stdout } = await there(args);
    const [result] = JSON.parse(stdout).results;
    expect(result.before).toEqual({ steps: 4, preemptions: 2, switches: 3, tasks: 2 });
    expect(result.after).toEqual({ steps: 4, preemptions: 1, switches: 2, tasks: 2 });
  });

  it("exits 0 where there is nothing to minimise", async () => {
    const { code } = await there(["minimize", seedToken(innocent), "canary", "--scenario", "lost-update"]);
    expect(code).toBe(0);
  });
});
