// Goal: what test runners and code hosts are told is well formed, whatever the outcome, and says what
// happened. Method: one report with every outcome in it, read by parsers that are not ours.

import type { Log } from "sarif";
import { describe, expect, test } from "vitest";
import type { Check, CheckedScenario, Gate, Summary } from "../../src/campaign/summary.ts";
import { casesOfCheck, casesOfComparison, casesOfSummary } from "../../src/report/cases.ts";
import { casesOfGate, renderGate } from "../../src/report/gate.ts";
import { renderGithub } from "../../src/report/github.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderKtap } from "../../src/report/ktap.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderSarif, sarifLog } from "../../src/report/sarif.ts";
import { comparison } from "../support/comparisons.ts";
import { commandsOf } from "../support/github-commands.ts";
import { deadlockTrace, uafTrace, warnTrace } from "../support/race-traces.ts";
import { place, reproduction, step, summary, trace, violation, wrong } from "../support/traces.ts";
import { parseTap, sarifErrors, xmlErrors, xmllint } from "../support/validators.ts";

function scenario(name: string, of: Summary, notProved: string | null = null): CheckedScenario {
  return { ...of, command: "check", model: { ...of.model, scenario: name }, notProved };
}

const proved = summary([], { verdict: "proved", schedules: 0, states: 100 });
const check: Check = {
  schema: 1,
  version: "0.1.0",
  command: "check",
  model: "bpf-oom/v2",
  options: {},
  verdict: "violations",
  elapsedMs: 1234,
  scenarios: [
    scenario("close_vs_rmdir", summary([warnTrace(), uafTrace()])),
    scenario("two_attaches", summary([warnTrace()])),
    scenario("alone", proved),
    scenario("storm", summary([], { verdict: "inconclusive" }), "the time was up"),
  ],
  notRun: ["never"],
  interrupted: true,
};

const replay = (line: number, verdict: Gate["replays"][number]["verdict"], known = false) => {
  const { model, token } = reproduction(warnTrace());
  const shows = verdict === "REPRODUCED" ? warnTrace() : null;
  const reason = verdict === "STALE" || verdict === "DIVERGED" ? "the token fits no more" : null;
  return { line, token, model, known, verdict, reason, trace: shows };
};
const gate: Gate = {
  schema: 1,
  version: "0.1.0",
  command: "ci",
  file: "races.txt",
  options: {},
  verdict: "violations",
  elapsedMs: 99,
  replays: [
    replay(1, "REPRODUCED", true),
    replay(2, "REPRODUCED"),
    replay(3, "NOT REPRODUCED"),
    replay(4, "NOT REPRODUCED", true),
    replay(5, "DIVERGED"),
    replay(6, "STALE"),
  ],
  scenarios: [{ ...scenario("alone", proved), command: "ci", known: [] }],
  interrupted: false,
};

const REPORTS = {
  fuzz: casesOfSummary(summary([deadlockTrace()])),
  clean: casesOfSummary(summary([])),
  check: casesOfCheck(check),
  compare: casesOfComparison(comparison(["bpf-oom/v2", "fix.c"])),
  ci: casesOfGate(gate),
};
const OUTCOMES = {
  fuzz: ["failed"],
  clean: ["passed"],
  check: ["failed", "failed", "passed", "unfinished", "unfinished"],
  compare: ["failed", "unfinished"],
  ci: ["known", "failed", "passed", "passed", "stale", "stale", "passed"],
};
const names = Object.keys(REPORTS) as (keyof typeof REPORTS)[];

describe.each(names)("the report of %s", (name) => {
  const report = REPORTS[name];
  const outcomes = OUTCOMES[name];

  test("has the outcomes that it should", () => {
    expect(report.cases.map(({ outcome }) => outcome)).toEqual(outcomes);
  });

  test.skipIf(!xmllint)("is JUnit that xmllint finds valid, with sums that fit", () => {
    const xml = renderJunit(report);
    expect(xmlErrors([xml])).toBe("");
    const amount = (...of: string[]) => outcomes.filter((outcome) => of.includes(outcome)).length;
    const sums = [outcomes.length, amount("failed"), amount("unfinished"), amount("stale", "known")];
    const [tests, failures, errors, skipped] = sums;
    expect(xml).toContain(`tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`);
    const elements = ["testcase", "failure", "error", "skipped"];
    expect(elements.map((e) => xml.match(new RegExp(`<${e}[ >]`, "g"))?.length ?? 0)).toEqual(sums);
  });

  test("is SARIF that its schema and its types take", () => {
    const log: Log = sarifLog(report);
    expect(sarifErrors(JSON.parse(renderSarif(report)))).toBe("");
    expect(log.runs[0]!.invocations![0]!.executionSuccessful).toBe(report.verdict !== "inconclusive");
  });

  test("is TAP in which a parser sees the same", () => {
    const { results, plan, extra, bailout } = parseTap(renderKtap(report));
    expect([plan, extra, bailout]).toEqual([outcomes.length, [], false]);
    expect(results.map(({ ok }) => ok)).toEqual(outcomes.map((o) => o !== "failed" && o !== "unfinished"));
    expect(results.map(({ skip }) => Boolean(skip))).toEqual(outcomes.map((o) => o === "stale"));
  });

  test("gives annotations that point to the model", () => {
    const commands = commandsOf(renderGithub(report));
    const errors = commands.filter((c) => c.name === "error");
    expect(errors.length > 0).toBe(outcomes.includes("failed"));
    for (const { properties } of errors) {
      expect(properties.file).toMatch(/\.c$/);
      expect(Number(properties.line)).toBeGreaterThan(0);
      expect(properties.title).not.toBe("");
    }
    expect(commands.filter((c) => c.name === "warning")).toHaveLength(
      outcomes.filter((o) => o === "unfinished" || o === "stale").length,
    );
  });

  test("is markdown with a row a case", () => {
    const rows = renderMarkdown(report)
      .split("\n")
      .filter((text) => text.startsWith("| `"));
    expect(rows).toHaveLength(outcomes.length);
  });
});

describe("annotations", () => {
  const many = (n: number) => {
    const traces = Array.from({ length: n }, (_, i) => {
      const at = place(`m.c:${i + 1}`, `f${i}`, "x");
      const bad = violation("assertion", `assertion ${i}`, { task: "t", place: at });
      return trace({ tasks: ["t"], rows: [wrong(step("t", `f${i}`, `m.c:${i + 1}`, "x"), bad)] });
    });
    return commandsOf(renderGithub(casesOfSummary(summary(traces)))).filter((c) => c.name === "error");
  };

  test("are ten at most, of which the last says how many there are more", () => {
    expect(many(10)).toHaveLength(10);
    expect(many(10).at(-1)!.message).toContain("assertion 9");
    expect(many(25)).toHaveLength(10);
    expect(many(25).at(-1)!.message).toBe("and 16 more; see the log");
  });

  test("carry title, how often, and the command that replays it", () => {
    const [error] = commandsOf(renderGithub(REPORTS.fuzz));
    expect(error!.properties).toMatchObject({ file: "fix.c", line: "77" });
    expect(error!.message.split("\n")).toEqual([
      "deadlock in bpf_oom_auto_detach(): mutex_lock(&update_mutex)",
      "in bpf-oom/v2 close-vs-rmdir; seen in 212 of 1,000,000 schedules (212 per million)",
      "raceproof repro 'rp1s:7c1e4b20:4a9b5a3c7d2b1x' bpf-oom/v2 --scenario close-vs-rmdir",
    ]);
  });

  test("of a run without findings say what came of it", () => {
    const commands = commandsOf(renderGithub(REPORTS.clean));
    expect(commands.map(({ name }) => name)).toEqual(["notice", "group", "endgroup"]);
    expect(commands[0]!.message).toMatch(/^NONE FOUND: no violation in 1,000,000 schedules/);
  });
});

describe("a SARIF result", () => {
  const [run] = sarifLog(REPORTS.check).runs;

  test("stands once for a finding that two scenarios show", () => {
    expect(run!.results.map(({ ruleId }) => ruleId)).toEqual(["warn", "use-after-free"]);
    expect(run!.results[0]!.message.text).toContain("bpf-oom/v2 close-vs-rmdir, bpf-oom/v2 two-attaches");
  });

  test("has a flow a task, whose steps are numbered as they ran", () => {
    const [flow] = run!.results[0]!.codeFlows!;
    const orders = flow!.threadFlows.map(({ locations }) => locations.map((l) => l.executionOrder));
    expect(orders).toEqual([
      [1, 2, 7],
      [3, 4, 5, 6],
    ]);
  });

  test("of compare says what is new", () => {
    const { results } = sarifLog(REPORTS.compare).runs[0]!;
    expect(results.map((result) => ("baselineState" in result ? result.baselineState : ""))).toEqual([
      "unchanged",
      "new",
    ]);
  });
});

describe("the text of ci", () => {
  test("begins with the verdict and has a line for each race and scenario", () => {
    const text = renderGate(gate);
    expect(text.split("\n").slice(0, 2)).toEqual([
      "VIOLATIONS: 1 of 6 races shows, 1 known, 2 stale, 0 new findings in 1",
      "  scenario, 1 proved; races.txt",
    ]);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(72);
    for (const word of ["known ", "failed ", "passed ", "stale "]) expect(text).toContain(`\n  ${word}`);
  });
});
