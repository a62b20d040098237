// Goal: bench run measures and keeps what it measured; bench compare tells a difference from noise, and
// refuses what cannot be compared. Method: the built command line on a small model; results edited for
// compare.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";
import type { BenchComparison, Benchmark } from "../../src/campaign/summary.ts";
import { COUNTER, folder, run } from "../support/cli.ts";
import { schemaErrors } from "../support/schema.ts";

const QUICK = ["--scenario", "lost", "--engines", "scalar", "-j", "1", "--rounds", "6", "--seconds", "0.02"];
const FINDINGS = ["--seeds", "6", "--seed", "7", "--schedules", "1000"];

let work: ReturnType<typeof folder>;
let measured: Benchmark;

beforeAll(async () => {
  work = folder({ "counter.c": COUNTER });
  const { code, stderr } = await run(["bench", "run", "counter.c", ...QUICK, ...FINDINGS, "-o", "a.json"], {
    cwd: work.path,
  });
  expect({ code, stderr: stderr.includes("round 6 of 6") }).toEqual({ code: 0, stderr: true });
  measured = JSON.parse(readFileSync(join(work.path, "a.json"), "utf8")) as Benchmark;
});
afterAll(() => work.remove());

function errorsOf(schema: string, text: string): string[] {
  const file = join(packageRoot, "docs", "schema", `${schema}.json`);
  return schemaErrors(JSON.parse(readFileSync(file, "utf8")), JSON.parse(text));
}

/** The result with a change, under a name. */
function edited(name: string, change: (result: Benchmark) => unknown): string {
  const copy = structuredClone(measured);
  change(copy);
  writeFileSync(join(work.path, name), JSON.stringify(copy));
  return name;
}

async function compared(name: string, ...flags: string[]) {
  const result = await run(["bench", "compare", "a.json", name, "--json", ...flags], { cwd: work.path });
  return { ...result, json: () => JSON.parse(result.stdout) as BenchComparison };
}

describe("bench run", () => {
  it("keeps rates by round, and schedules and seconds by seed", () => {
    expect(errorsOf("bench-run", JSON.stringify(measured))).toEqual([]);
    expect(measured.throughput).toHaveLength(1);
    expect(measured.throughput[0]!.schedulesPerSecond).toHaveLength(6);
    expect(measured.throughput[0]!.schedulesPerSecond.every((rate) => rate > 1000)).toBe(true);
    const [finding] = measured.findings;
    expect(finding!.title).toContain("counter");
    expect(finding!.schedules).toHaveLength(6);
  });

  it("counts the same schedules to a finding each time, and as fuzz does", async () => {
    const again = await run(
      ["bench", "run", "counter.c", "--json", ...QUICK, "--rounds", "1", ...FINDINGS, "-j", "2"],
      { cwd: work.path },
    );
    const { findings } = JSON.parse(again.stdout) as Benchmark;
    expect(findings[0]!.schedules).toEqual(measured.findings[0]!.schedules);
    const flags = ["--scenario", "lost", "--engine", "scalar", "--seed", "9", "--strategy", "random"];
    const fuzz = await run(["fuzz", "counter.c", "--json", "--schedules", "1000", ...flags], {
      cwd: work.path,
    });
    const { findings: found } = JSON.parse(fuzz.stdout) as { findings: { firstSchedule: number }[] };
    expect(findings[0]!.schedules[2]).toBe(found[0]!.firstSchedule + 1);
  });

  it("says where a seed did not show what another did", async () => {
    const one = ["--seeds", "8", "--schedules", "1", "--rounds", "1", "--json"];
    const { stdout } = await run(["bench", "run", "counter.c", ...QUICK, ...one], { cwd: work.path });
    const { findings } = JSON.parse(stdout) as Benchmark;
    expect(findings[0]!.schedules).toContain(null);
    expect(findings[0]!.schedules).toContain(1);
  });
});

describe("bench compare", () => {
  it("finds nothing between a result and itself", async () => {
    const { code, json, stdout } = await compared("a.json");
    expect(code).toBe(0);
    expect(errorsOf("bench-compare", stdout)).toEqual([]);
    expect(json().differences.map((d) => d.verdict)).toEqual(["noise", "noise", "noise"]);
  });

  it("calls a fraction of the speed worse, and finding later too", async () => {
    const slower = edited("slower.json", (result) => {
      const [row] = result.throughput;
      Object.assign(row!, { schedulesPerSecond: row!.schedulesPerSecond.map((rate) => rate / 1000) });
      Object.assign(result.findings[0]!, { schedules: [900, 901, 902, 903, null, null] });
    });
    const { code, json } = await compared(slower);
    expect(code).toBe(1);
    const [rate, schedules] = json().differences;
    expect([rate!.verdict, schedules!.verdict]).toEqual(["worse", "worse"]);
    expect(rate!.after! / rate!.before!).toBeCloseTo(0.001, 6);
    expect(schedules!.after).toBe(902.5);
  });

  it("takes one run that is far off for noise", async () => {
    const odd = edited("odd.json", (result) => {
      const [row] = result.throughput;
      const [, ...others] = row!.schedulesPerSecond;
      Object.assign(row!, { schedulesPerSecond: [1, ...others] });
    });
    const { code, json } = await compared(odd);
    expect([code, json().differences[0]!.verdict]).toEqual([0, "noise"]);
  });

  it("refuses other seeds, other machines, and files that are no result", async () => {
    const seeds = edited("seeds.json", ({ options }) => Object.assign(options, { seed: "8" }));
    expect(await compared(seeds)).toMatchObject({ code: 2, stderr: expect.stringContaining("--seed was 7") });
    const node = edited("node.json", ({ environment }) => Object.assign(environment, { node: "23.0.0" }));
    expect(await compared(node)).toMatchObject({ code: 2, stderr: expect.stringContaining("node was") });
    expect((await compared(node, "--across-machines")).code).toBe(0);
    writeFileSync(join(work.path, "text.json"), "rates: 1 2 3");
    expect(await compared("text.json")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("not JSON"),
    });
    expect(await compared("absent.json")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("absent"),
    });
    const cut = edited("cut.json", (result) => Object.assign(result, { findings: [{}] }));
    expect(await compared(cut)).toMatchObject({ code: 2, stderr: expect.stringContaining("damaged") });
  });
});
