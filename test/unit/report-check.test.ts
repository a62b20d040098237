// Goal: the report of check says of each scenario what it came to and why no more, and shows a finding once.
// Method: results made by hand.

import { describe, expect, test } from "vitest";
import type { Check, CheckedScenario, Trace } from "../../src/campaign/summary.ts";
import { renderCheck } from "../../src/report/check.ts";
import { renderCheckJson } from "../../src/report/json.ts";
import { uafTrace, warnTrace } from "../support/race-traces.ts";
import { summary } from "../support/traces.ts";

function scenario(name: string, traces: readonly Trace[], more: Partial<CheckedScenario>): CheckedScenario {
  const made = summary(traces, { command: "check" });
  return { ...made, model: { ...made.model, scenario: name }, notProved: null, ...more };
}

function check(scenarios: readonly CheckedScenario[], more: Partial<Check> = {}): Check {
  return {
    schema: 1,
    version: "0.1.0",
    command: "check",
    model: "m.c",
    options: { seed: "42" },
    verdict: "violations",
    elapsedMs: 1234,
    scenarios,
    notRun: [],
    interrupted: false,
    ...more,
  };
}

/** Without line breaks. */
function folded(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

const explored = { schedules: 0, states: 1200 };
const drawn = { notProved: "the time for exploring was up after 9 states" };

describe("the report of check", () => {
  test("has one line a scenario, with the numbers of its findings, and each finding once", () => {
    const text = renderCheck(
      check([
        scenario("first_one", [warnTrace()], explored),
        scenario("second", [uafTrace(), warnTrace()], { ...drawn, states: 9 }),
        scenario("third", [], { ...explored, verdict: "proved" }),
        scenario("fourth", [], drawn),
      ]),
    );
    expect(text.split("\n")[0]).toBe("VIOLATIONS: 2 findings in 2 of 4 scenarios, 1 proved; m.c");
    expect(text).toContain("  first-one  finding 1: all there are in 1,200 states\n");
    expect(folded(text)).toMatch(
      / second findings 1, 2 in 1,000,000 schedules; not every schedule: the time/,
    );
    expect(text).toContain("  third      proved in 1,200 states: no schedule violates\n");
    expect(folded(text)).toMatch(/ fourth none found in 1,000,000 schedules, p < 3\.0e-6; not every/);
    expect(text.match(/^\d+\. /gm)).toEqual(["1. ", "2. "]);
    expect(text).toContain("   shown in first-one; also in second\n");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(72);
  });

  test("an interrupted one names what it did not look at", () => {
    const one = scenario("done", [], { ...explored, verdict: "proved" });
    const text = renderCheck(check([one], { verdict: "inconclusive", notRun: ["late"], interrupted: true }));
    expect(text).toMatch(/^INCONCLUSIVE: no violation, 1 of 2 scenarios proved, interrupted; m\.c\n/);
    expect(text).toMatch(/^ {2}late +not looked at: interrupted before$/m);
    expect(folded(text)).toContain("nothing is said beyond where it ended");
  });

  test("a finding that only exploring showed was drawn in no schedule", () => {
    const one = scenario("partly", [warnTrace()], drawn);
    const findings = one.findings.map((finding) => ({ ...finding, count: 0, token: finding.scheduleToken }));
    const text = renderCheck(check([{ ...one, findings }]));
    expect(folded(text)).toContain("in none of 1,000,000 schedules drawn; found by exploring");
    expect(text).not.toContain("as drawn:");
  });

  test("a note that all scenarios share stands once, another with its scenarios", () => {
    const a = scenario("a", [], { ...explored, verdict: "proved", notes: ["of the model"] });
    const b = scenario("b", [], { ...explored, verdict: "proved", notes: ["of the model", "its own"] });
    const text = renderCheck(check([a, b], { verdict: "proved" }));
    expect(text.match(/^note: .*$/gm)).toEqual(["note: of the model", "note: b: its own"]);
  });

  test("as JSON it loses nothing", () => {
    const value = check([scenario("a", [warnTrace()], explored)]);
    expect(JSON.parse(renderCheckJson(value, { trace: true }))).toEqual(value);
  });
});
