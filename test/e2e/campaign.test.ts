// Goal: what a campaign says depends on the seed and the budget alone: not on the number of workers, on a
// worker that fails once, on who listens; and it ends when it is told to. Method: the built command line.

import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COUNTER, folder, launcher, run, timeless } from "../support/cli.ts";

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({ "counter.c": COUNTER });
});
afterAll(() => place.remove());

const here = (args: readonly string[], env: Record<string, string> = {}) =>
  run(args, { cwd: place.path, env });

/** The JSON text without the fields that measure time. */
describe("determinism", () => {
  it.each([
    ["--schedules", "60k"],
    ["--until-finding", "1"],
    ["--until-finding", "1", "--schedules", "60k"],
  ])(
    "%s %s %s: the JSON is the same, byte by byte, for one worker and for two, and after a trap or a death",
    async (...budget) => {
      const words = budget.filter((word) => word !== undefined);
      const args = [
        "fuzz",
        "counter.c",
        "--scenario",
        "lost",
        "--seed",
        "42",
        "--json",
        "--traces",
        ...words,
      ];
      const one = await here([...args, "-j", "1"]);
      const two = await here([...args, "-j", "2"]);
      const trapped = await here([...args, "-j", "2"], { RACEPROOF_FAULT: "trap:0" });
      const died = await here([...args, "-j", "2"], { RACEPROOF_FAULT: "exit:0" });
      expect([one.code, two.code, trapped.code, died.code]).toEqual([1, 1, 1, 1]);
      for (const other of [two, trapped, died]) expect(timeless(other.stdout)).toBe(timeless(one.stdout));
    },
  );

  it("counts exactly the schedules that were asked for", async () => {
    const { stdout } = await here(["fuzz", "counter.c", "--schedules", "12345", "--seed", "0x10", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      command: "fuzz",
      model: { name: "counter.c", scenario: "quiet", memoryModel: "sc" },
      options: { strategy: "portfolio", seed: "16", schedules: 12345 },
      verdict: "none-found",
      schedules: 12345,
      endedBy: "schedules",
      findings: [],
    });
  });

  it("estimates what exact counting says: a lost update in half of the schedules", async () => {
    const drawn = ["--strategy", "random", "--schedules", "100k", "--seed", "5", "--json"];
    const args = ["fuzz", "counter.c", "--scenario", "lost", ...drawn];
    const { findings } = JSON.parse((await here(args)).stdout);
    // Of the 6 orders, LLRR and RRLL are right, with probability 1/4 each; odds of leaving +-1 %: below 1e-9.
    expect(findings).toHaveLength(1);
    expect(findings[0].perMillion).toBeGreaterThan(490_000);
    expect(findings[0].perMillion).toBeLessThan(510_000);
    expect(findings[0]).toMatchObject({ preemptions: 1, steps: 4 });
  });
});

describe("interruption", () => {
  it.each([
    ["SIGINT", 130, process.execPath],
    ["SIGTERM", 143, process.execPath],
    ["SIGINT", 130, "node"],
    ["SIGTERM", 143, "node"],
  ] as const)("%s: reports what it has within 2 s and exits %i (%s)", async (signal, code, node) => {
    let sent = 0;
    const args = ["fuzz", "counter.c", "--scenario", "lost", "--time", "1h", "--json"];
    const result = await run(args, {
      cwd: place.path,
      node,
      onStderr: (text, child) => {
        if (sent > 0 || !text.includes("finding after")) return;
        sent = performance.now();
        child.kill(signal);
      },
    });
    expect(performance.now() - sent).toBeLessThan(2500);
    expect(result).toMatchObject({ code, signal: null });
    const summary = JSON.parse(result.stdout);
    expect(summary.endedBy).toBe("interrupted");
    expect(summary.schedules).toBeGreaterThan(0);
    expect(summary.findings).toHaveLength(1);
  });

  it("an interrupted run without a finding does not look like a pass", async () => {
    const result = await run(["fuzz", "counter.c", "--time", "1h", "--json"], {
      cwd: place.path,
      onStderr: (_, child) => setTimeout(() => child.kill("SIGINT"), 700),
    });
    expect(result.code).toBe(130);
    expect(JSON.parse(result.stdout).verdict).toBe("inconclusive");
  });
});

describe("streams", () => {
  it("a reader that goes away is no error: nothing on stderr, the exit code stays", async () => {
    const args = [launcher, "fuzz", "counter.c", "--scenario", "lost", "--schedules", "5000", "--ui", "none"];
    const child = spawn(process.execPath, args, { cwd: place.path, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toBe("");
    expect(code).toBe(1);
  });

  it("--ui none keeps stderr empty; results go to stdout only", async () => {
    const { stdout, stderr } = await here(["fuzz", "counter.c", "--schedules", "2000", "--ui", "none"]);
    expect(stderr).toBe("");
    expect(stdout).not.toBe("");
  });
});

describe("the bundled question", () => {
  it("demo finds the warning and the use after free, and exits 0", async () => {
    const { code, stdout } = await here(["demo", "--time", "5s", "--json"]);
    expect(code).toBe(0);
    const kinds = JSON.parse(stdout).findings.map((f: { kind: string }) => f.kind);
    expect(kinds).toContain("warn");
    expect(kinds).toContain("use-after-free");
  });

  it("demo shows what a check shows, then how often random schedules did", async () => {
    const { code, stdout } = await here(["demo", "--time", "1s", "--ui", "none", "--seed", "42"]);
    expect(code).toBe(0);
    const [check, counts] = stdout.split("\nRandom schedules of the same scenario, on all cores:\n");
    const alone = await here(["check", "bpf-oom/v2", "--scenario", "close-vs-rmdir", "--ui", "none"]);
    const untimed = (text: string): string => text.replaceAll(/[0-9.]+ (s|[kM] steps\/s)\b/g, "...");
    expect(untimed(check!)).toBe(untimed(alone.stdout));
    expect(counts).toMatch(/first drawn: rp1:[0-9a-f]{8}:random:42:0\n/);
    expect(counts).toMatch(/schedules\/s/);
  });

  it("list names every bundled model with its scenarios, and show takes one apart", async () => {
    const { code, stdout } = await here(["list", "--json"]);
    expect(code).toBe(0);
    const { models } = JSON.parse(stdout);
    const v2 = models.find((m: { name: string }) => m.name === "bpf-oom/v2");
    expect(v2.scenarios.map((s: { name: string }) => s.name)).toContain("close-vs-rmdir");
    const named = async (...flags: string[]): Promise<string[]> =>
      JSON.parse((await here(["list", "--json", ...flags])).stdout).models.map(
        (m: { name: string }) => m.name,
      );
    expect(await named()).not.toContain("primitives/wrong/abba");
    expect(await named("--all")).toContain("primitives/wrong/abba");
    expect((await here(["list"])).stdout).toMatch(/^primitives\/\n {2}\d+ small models.*--all$/m);
    const shown = JSON.parse((await here(["show", "--json"])).stdout);
    expect(shown.model).toMatchObject({ name: "bpf-oom/v2", scenario: "close-vs-rmdir" });
    expect(shown.tasks.map((t: { label: string }) => t.label)).toContain("close(link)");
  });
});
