// Goal: --engine as a user meets it: the same results for any number of workers, tokens that replay, what is
// said where a model does not fit.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { folder, run, timeless } from "../support/cli.ts";

const cache = mkdtempSync(join(tmpdir(), "raceproof-lanes-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const env = { XDG_CACHE_HOME: cache };
const fuzz = (...args: string[]) => run(["fuzz", "--ui", "none", "--seed", "42", ...args], { env });

interface Result {
  readonly schedules: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
  readonly findings: readonly {
    readonly token: string;
    readonly count: number;
    readonly perMillion: number;
  }[];
}

describe("fuzz --engine lanes", () => {
  const args = ["bpf-oom/v2", "--schedules", "300k", "--engine", "lanes", "--json"];

  test("gives the same with any number of workers, and tokens that replay", {
    timeout: 120_000,
  }, async () => {
    const one = await fuzz(...args, "-j", "1");
    const two = await fuzz(...args, "-j", "2");
    expect(one.stderr).toBe("");
    expect(one.code).toBe(1);
    expect(timeless(two.stdout)).toBe(timeless(one.stdout));
    const result = JSON.parse(one.stdout) as Result;
    expect(result).toMatchObject({ schedules: 300_000, options: { engine: "lanes", strategy: "random" } });
    expect(result.notes[0]).toMatch(
      /^of \d+ violations \d+ that lanes showed were run on the scalar machine too/,
    );
    expect(result.findings.length).toBe(4);
    for (const { token } of result.findings) {
      expect(token).toMatch(/^rp1:[0-9a-f]{8}:lanes:42:\d+$/);
      const { stdout, code } = await run(["repro", token, "bpf-oom/v2"], { env });
      expect(stdout).toMatch(/^REPRODUCED: /);
      expect(code).toBe(1);
    }
  });

  test("hears Ctrl-C while lanes are made", { timeout: 120_000 }, async () => {
    let sent = 0;
    const long = ["fuzz", "bpf-oom/v3", "--scenario", "storm", "--engine", "lanes", "--time", "1h", "--json"];
    const { code, stdout } = await run(long, {
      env: { XDG_CACHE_HOME: mkdtempSync(join(cache, "cold-")) },
      onStderr: (_, child) => {
        if (sent > 0) return;
        sent = performance.now();
        child.kill("SIGINT");
      },
    });
    expect(performance.now() - sent).toBeLessThan(2500);
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", schedules: 0 });
  });

  test("compiles once: the module is kept, and made anew where it is spoilt", {
    timeout: 120_000,
  }, async () => {
    const kept = join(cache, "raceproof", "lanes");
    const [facts, module] = readdirSync(kept).sort();
    expect(readdirSync(kept)).toHaveLength(2);
    expect(facts).toMatch(/^[0-9a-f]{32}\.json$/);
    expect(module).toBe(facts!.replace("json", "wasm"));
    const before = await fuzz(...args);
    for (const spoilt of [facts!, module!]) {
      writeFileSync(join(kept, spoilt), "no module");
      const after = await fuzz(...args);
      expect(timeless(after.stdout)).toBe(timeless(before.stdout));
    }
  });
});

describe("fuzz --engine auto", () => {
  test("runs the first block on the scalar machine, the others in lanes", { timeout: 120_000 }, async () => {
    const { stdout } = await fuzz("bpf-oom/v2", "--schedules", "600k", "--json", "--scenario", "uaf-7");
    const scalar = await fuzz("bpf-oom/v2", "--schedules", "250k", "--json", "--scenario", "uaf-7");
    expect(JSON.parse(stdout)).toMatchObject({ schedules: 600_000, options: { engine: "auto" } });
    const tokens = ({ findings }: Result): string[] => findings.map(({ token }) => token);
    expect(tokens(JSON.parse(stdout) as Result)).toEqual(tokens(JSON.parse(scalar.stdout) as Result));
  });

  test("says why a model does not fit", { timeout: 60_000 }, async () => {
    const { path, remove } = folder({
      "late.c": `#include <raceproof.h>
#include <linux/workqueue.h>
static void nothing(struct work_struct *work) { }
static DECLARE_DELAYED_WORK(late, nothing);
static void queue(void) { schedule_delayed_work(&late, 1); }
scenario delays(void) { thread("a", queue()); thread("b", queue()); }
`,
    });
    try {
      const auto = await run(
        ["fuzz", "late.c", "--strategy", "random", "--schedules", "300k", "--ui", "none", "--json"],
        {
          cwd: path,
          env,
        },
      );
      expect(auto.code).toBe(0);
      expect((JSON.parse(auto.stdout) as Result).notes).toEqual([
        "run by the scalar machine: lanes do not fit, it uses work_delay",
      ]);
      const lanes = await run(["fuzz", "late.c", "--engine", "lanes", "--ui", "none"], { cwd: path, env });
      expect(lanes).toMatchObject({ code: 2, stdout: "" });
      expect(lanes.stderr).toContain("lanes do not fit: it uses work_delay");
      const shown = await run(["show", "late.c", "--lanes"], { cwd: path, env });
      expect(shown).toMatchObject({ code: 2, stdout: "" });
    } finally {
      remove();
    }
  });

  test("an engine that there is not is refused", async () => {
    const { code, stderr } = await fuzz("--engine", "gpu");
    expect(code).toBe(2);
    expect(stderr).toMatch(/--engine gpu .*auto, lanes/s);
  });
});

describe.each(["sticky-90", "pct-3"])("fuzz --strategy %s", (strategy) => {
  const args = ["bpf-oom/v2", "--strategy", strategy.replace("-", ":"), "--json"];

  test("in lanes gives the same with any number of workers, and tokens that replay", {
    timeout: 120_000,
  }, async () => {
    const lanes = [...args, "--engine", "lanes", "--schedules", "300k"];
    const one = await fuzz(...lanes, "-j", "1");
    const two = await fuzz(...lanes, "-j", "2");
    expect(one.stderr).toBe("");
    expect(timeless(two.stdout)).toBe(timeless(one.stdout));
    const result = JSON.parse(one.stdout) as Result;
    expect(result).toMatchObject({
      schedules: 300_000,
      options: { engine: "lanes", strategy },
      strategies: [{ strategy, schedules: 300_000 }],
      coverage: { samplers: [{ sampler: strategy }] },
    });
    expect(result.notes[0]).toMatch(/ that lanes showed were run on the scalar machine too/);
    expect(result.findings.length).toBe(4);
    for (const { token } of result.findings) {
      expect(token).toMatch(/^rp1:[0-9a-f]{8}:lanes-/);
      expect(token.split(":").slice(2, 4)).toEqual([`lanes-${strategy}`, "42"]);
      const { stdout, code } = await run(["repro", token, "bpf-oom/v2"], { env });
      expect(stdout).toMatch(/^REPRODUCED: /);
      expect(code).toBe(1);
    }
  });

  test("in a folder goes on in lanes where it was stopped", { timeout: 120_000 }, async () => {
    const out = join(mkdtempSync(join(cache, "out-")), "campaign");
    const part = await fuzz(...args, "--out", out, "--schedules", "300k");
    expect(JSON.parse(part.stdout)).toMatchObject({ schedules: 300_000, options: { engine: "auto" } });
    const whole = await fuzz(...args, "--out", out, "--schedules", "600k");
    const once = await fuzz(...args, "--schedules", "600k");
    const results = [whole, once].map(({ stdout }) => JSON.parse(stdout) as Result);
    const counts = results.map(({ findings }) => findings.map(({ token, count }) => [token, count]));
    expect(results[0]!.schedules).toBe(600_000);
    expect(counts[0]).toEqual(counts[1]);
  });
});

test("strategies that lanes do not draw stay on the scalar machine, which is said", {
  timeout: 60_000,
}, async () => {
  const args = ["bpf-oom/v2", "--strategy", "pos", "--schedules", "270k", "--json"];
  const auto = JSON.parse((await fuzz(...args)).stdout) as Result;
  expect(auto.notes).toContain("run by the scalar machine: lanes do not draw pos");
  const scalar = JSON.parse((await fuzz(...args, "--engine", "scalar")).stdout) as Result;
  expect(scalar.notes.join()).not.toContain("scalar machine");
  expect(scalar.findings).toEqual(auto.findings);
  const lanes = await fuzz(...args, "--engine", "lanes");
  expect(lanes).toMatchObject({ code: 2, stdout: "" });
  expect(lanes.stderr).toBe(
    "raceproof: lanes draw random, pct:D and sticky:P, not pos\n  write --engine auto or --strategy random\n",
  );
});

test("show --lanes prints the source, which ends with a newline", async () => {
  const { stdout, code } = await run(["show", "bpf-oom/v2", "--lanes"], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\/\/ Lanes of bpf-oom\/v2, scenario close_vs_rmdir/);
  expect(stdout.endsWith("}\n")).toBe(true);
});
