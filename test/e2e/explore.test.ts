// Goal: explore says of which graph its numbers are, and what a bound leaves open. Method: the built command
// line, on bundled scenarios of few states; the reduction is made to come by allowing hardly any.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run } from "../support/cli.ts";
import { schemaErrors } from "../support/schema.ts";

const schema = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../docs/schema/fuzz.json", import.meta.url)), "utf8"),
);

const explore = (scenario: string, ...flags: string[]) =>
  run(["explore", "bpf-oom/v2", "--scenario", scenario, "--ui", "none", ...flags]);

/** What a program reads of it; valid by the schema. */
async function asJson(scenario: string, ...flags: string[]) {
  const { code, stdout } = await explore(scenario, "--json", ...flags);
  const summary = JSON.parse(stdout);
  expect(schemaErrors(schema, summary)).toEqual([]);
  return { code, summary };
}

describe("explore", () => {
  it("counts what it can hold, without a reduction", async () => {
    const { code, summary } = await asJson("close-vs-rmdir");
    expect(code).toBe(1);
    expect(summary).toMatchObject({ states: 3569, transitions: 8868, options: { reduction: true } });
    expect(summary.reduction).toBeUndefined();
    expect(summary.distinctSchedules).toMatch(/^\d{20}$/);
    expect(summary.findings.every((f: { exactProbability: number }) => f.exactProbability > 0)).toBe(true);
  });

  it("proves with a reduction what it cannot hold, and says so", async () => {
    const { code, stdout } = await explore("walk", "--max-states", "8000");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^PROVED: no schedule of this model\s+violates,\s+6,458 states\s+\(of a\s+reduced\s+graph\)/,
    );
    expect(stdout).toMatch(/--no-reduction/);
    const { summary } = await asJson("walk", "--max-states", "8000");
    expect(summary).toMatchObject({ verdict: "proved", states: 6458, reduction: { statesAlone: 2483 } });
    expect(summary.reduction.statesInFull).toBeGreaterThanOrEqual(8000);
    expect(summary.distinctSchedules).toBeUndefined();
    const full = await asJson("walk", "--max-states", "8000", "--no-reduction");
    expect(full).toMatchObject({ code: 3, summary: { verdict: "inconclusive", endedBy: "states" } });
  });

  it("says of a bound on preemptions what it shows and what it does not", async () => {
    const { code, stdout } = await explore("two-attaches", "--max-preemptions", "1");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^INCONCLUSIVE: no schedule with at most 1 preemption\s+violates/);
    expect(stdout).toMatch(/more preemptions were not looked at/);
    const all = await asJson("two-attaches", "--max-preemptions", "100");
    expect(all).toMatchObject({ code: 0, summary: { verdict: "proved", endedBy: "complete" } });
    const found = await asJson("close-vs-rmdir", "--max-preemptions", "0");
    expect(found).toMatchObject({ code: 1, summary: { verdict: "violations", endedBy: "preemptions" } });
    expect(found.summary.findings).toMatchObject([{ preemptions: 0, minimum: "exact" }]);
  });

  it.each([
    ["--max-preemptions", "many", "--max-preemptions many is not a number of preemptions"],
    ["--max-preemptions", "2001", "at most 2000"],
    ["--minimise", "switches", "--minimise switches is not known"],
  ])("refuses %s %s", async (flag, value, message) => {
    const { code, stderr } = await explore("close-vs-rmdir", flag, value);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
