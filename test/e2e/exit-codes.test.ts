// Goal: every way a command can end has its exit code and one line that names the thing, the reason and the
// next thing to try. Method: the built command line, spawned.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";
import { COUNTER, folder, run } from "../support/cli.ts";

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({
    "counter.c": COUNTER,
    "broken.c": "scenario broken(void)\n{\n\tint x = ;\n}\n",
    "empty.c": "",
  });
});
afterAll(() => place.remove());

const here = (args: readonly string[], env: Record<string, string> = {}) =>
  run(args, { cwd: place.path, env });

describe("fuzz", () => {
  it("exits 0 when nothing was found, and says what that does not prove", async () => {
    const { code, stdout, stderr } = await here(["fuzz", "counter.c", "--schedules", "2000", "--seed", "1"]);
    expect(code).toBe(0);
    expect(stdout).toContain("NONE FOUND");
    expect(stdout).toContain("does not prove");
    expect(stderr).toContain("seed 1");
  });

  it("exits 1 when something was found, with a line on stderr at once and the replay command", async () => {
    const { code, stdout, stderr } = await here([
      "fuzz",
      "counter.c",
      "--scenario",
      "lost",
      "--schedules",
      "2000",
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\d\d:\d\d:\d\dZ finding after \d+\.\d\ds, schedule \d+: /m);
    expect(stdout).toMatch(/raceproof repro '?rp1s:/);
    expect(stdout).not.toContain("\u001b");
  });

  it("exits 3 when a time limit cut short the schedules that were asked for", async () => {
    const { code, stdout } = await here([
      "fuzz",
      "counter.c",
      "--schedules",
      "1e12",
      "--time",
      "300ms",
      "--json",
    ]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", endedBy: "time" });
  });

  it("exits 3 when assume() dropped every run", async () => {
    const args = ["fuzz", "counter.c", "--scenario", "none", "--schedules", "2000", "--json"];
    const { code, stdout } = await here(args);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", schedules: 0 });
    expect(JSON.parse(stdout).notes.join()).toContain("2000 runs were dropped by assume()");
  });

  it("exits 70 when a shard fails twice, with its range, its reason and a token", async () => {
    for (const [fault, reason] of [
      ["trap:2:always", "RuntimeError"],
      ["exit:2:always", "exited"],
    ] as const) {
      const args = ["fuzz", "counter.c", "--schedules", "20k", "--seed", "7", "--ui", "none"];
      const { code, stdout, stderr } = await here(args, { RACEPROOF_FAULT: fault });
      expect(code).toBe(70);
      expect(stdout).toBe("");
      expect(stderr).toContain("shard 2 (schedules 2048 to 3071) failed twice");
      expect(stderr).toContain(reason);
      expect(stderr).toMatch(/rp1:[0-9a-f]{8}:pos:7:2048/);
      expect(stderr.trim().split("\n")).toHaveLength(2);
    }
  });
});

describe("wrong usage exits 2 with one line that names it, and what to try", () => {
  it.each([
    [["fuzzz"], /unknown command 'fuzzz'\n {2}Did you mean fuzz\?/],
    [["fuzz", "--bogus"], /unknown option '--bogus'/],
    [["fuzz", "bpf-oom/v22"], /no model bpf-oom\/v22.*\n.*did you mean bpf-oom\/v2/],
    [["fuzz", "no/such/file.c"], /no model no\/such\/file\.c/],
    [["fuzz", "."], /model \. is a folder/],
    [["fuzz", "counter.c", "--strategy", "portfolo"], /unknown strategy portfolo\n.*mean portfolio/],
    [["fuzz", "counter.c", "--time", "soon"], /--time soon is not a time\n.*30s/],
    [["fuzz", "counter.c", "--schedules", "0"], /--schedules 0/],
    [["fuzz", "counter.c", "--seed", "0xzz"], /--seed 0xzz/],
    [["fuzz", "counter.c", "-j", "1000"], /-j 1000 is too large/],
    [["fuzz", "counter.c", "--max-steps", "1e9"], /--max-steps 1e9 is too large/],
    [["fuzz", "counter.c", "--ui", "fancy"], /--ui fancy is unknown\n.*plain/],
    [["fuzz", "counter.c", "--define", "1=2"], /--define 1=2 does not name a macro/],
    [["repro"], /repro takes a token/],
    [["repro", "hello"], /"hello" is not a token\n.*rp1:/],
    [["repro", "rp1:00000000:random:42"], /cut off: its SCHEDULE is missing/],
    [["repro", "rp1s:00000000:a3b.0000"], /damaged on its way/],
    [["repro", "rp1:00000000:random:42:1", "--format", "pdf"], /--format pdf is unknown/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await here(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^raceproof: /);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
    expect(code).toBe(2);
    expect(stdout).toBe("");
  });

  it("a model's mistakes are diagnostics with place, line and caret", async () => {
    const { code, stderr } = await here(["fuzz", "broken.c"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken\.c:3:\d+: error: /);
    expect(stderr).toContain("int x = ;");
    expect(stderr).toMatch(/^ *\^$/m);
    expect(stderr).not.toContain("    at ");
  });

  it("an unknown scenario is named, with those that the model has", async () => {
    const { code, stdout, stderr } = await here(["fuzz", "counter.c", "--scenario", "quite"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^counter\.c: error: the model has no scenario 'quite'\n.*it has: quiet, lost, none\n$/,
    );
  });

  it("a model without a scenario is told how one is written", async () => {
    const { code, stderr } = await here(["fuzz", "empty.c"]);
    expect(code).toBe(2);
    expect(stderr).toContain("scenario");
  });

  it("a command is needed: the help goes to stderr", async () => {
    const { code, stdout, stderr } = await here([]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: raceproof");
  });

  it("a checkout that was not built is told to build", () => {
    const bare = mkdtempSync(join(tmpdir(), "raceproof-bare-"));
    try {
      cpSync(join(packageRoot, "bin"), join(bare, "bin"), { recursive: true });
      cpSync(join(packageRoot, "package.json"), join(bare, "package.json"));
      const result = spawnSync(process.execPath, [join(bare, "bin", "raceproof.js"), "list"], {
        encoding: "utf8",
      });
      expect(result.status).toBe(2);
      expect(result.stderr).toContain("npm run build");
    } finally {
      rmSync(bare, { recursive: true });
    }
  });
});

describe("help", () => {
  it.each([
    ["--help"],
    ["fuzz", "--help"],
    ["check", "--help"],
    ["repro", "--help"],
    ["minimize", "--help"],
    ["show", "--help"],
    ["compare", "--help"],
  ])("%s %s exits 0 with an example", async (...args) => {
    const { code, stdout, stderr } = await here(args.filter((word) => word !== undefined));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n|Write them as a C model, then\n\n {2}raceproof check my\.c/);
    expect(stderr).toBe("");
  });
});
