// Goal: a pipeline passes only where something was looked at and nothing new shows.

import { describe, expect, test } from "vitest";
import { knownAmong, replayVerdict, verdictOfGate } from "../../src/campaign/gate.ts";
import type { Gate, GateScenario } from "../../src/campaign/summary.ts";
import { warnTrace } from "../support/race-traces.ts";
import { reproduction, summary } from "../support/traces.ts";

const { model, token, trace } = reproduction(warnTrace());
const replay = (verdict: Gate["replays"][number]["verdict"], known = false) => {
  return { line: 1, token, model, known, verdict, reason: null, trace };
};
const scenario = (verdict: GateScenario["verdict"], known: readonly string[] = []): GateScenario => {
  const found = summary(verdict === "violations" ? [warnTrace()] : [], { verdict });
  return { ...found, command: "ci", notProved: null, known };
};
const [finding] = scenario("violations").findings;
const verdict = (replays: Gate["replays"], scenarios: readonly GateScenario[], interrupted = false) =>
  verdictOfGate({ ...GATE, replays, scenarios, interrupted });
const GATE = {
  schema: 1,
  version: "0.1.0",
  command: "ci",
  file: "races.txt",
  options: {},
  elapsedMs: 1,
} as const;

describe("the verdict", () => {
  test.each([
    ["a race that is back", [replay("REPRODUCED")], [scenario("proved")], "violations"],
    ["a known one", [replay("REPRODUCED", true)], [], "none-found"],
    ["one that is mended", [replay("NOT REPRODUCED")], [], "none-found"],
    ["a new finding", [replay("REPRODUCED", true)], [scenario("violations")], "violations"],
    ["a known finding", [], [scenario("violations", [finding!.key])], "none-found"],
    ["what a limit ended", [replay("NOT REPRODUCED")], [scenario("inconclusive")], "inconclusive"],
    ["tokens that fit no more, and nothing else", [replay("STALE"), replay("DIVERGED")], [], "inconclusive"],
    ["tokens that fit no more beside a proof", [replay("STALE")], [scenario("proved")], "proved"],
    ["a proof beside what was drawn", [], [scenario("proved"), scenario("none-found")], "none-found"],
  ] as const)("of %s", (_, replays, scenarios, expected) => {
    expect(verdict(replays, scenarios)).toBe(expected);
  });

  test("of an interrupted run is no pass, but a race that showed remains one", () => {
    expect(verdict([replay("NOT REPRODUCED")], [scenario("proved")], true)).toBe("inconclusive");
    expect(verdict([replay("REPRODUCED")], [], true)).toBe("violations");
  });
});

test("a violation that shows before the token diverges is shown", () => {
  const clean = { ...trace, violations: [] };
  expect(replayVerdict({ verdict: "DIVERGED", trace })).toBe("REPRODUCED");
  expect(replayVerdict({ verdict: "DIVERGED", trace: clean })).toBe("DIVERGED");
  expect(replayVerdict({ verdict: "NOT REPRODUCED", trace: clean })).toBe("NOT REPRODUCED");
});

test("known is what a known token shows, with the others of its group, and nothing else", () => {
  const of = (key: string, group: string) => ({ ...finding!, key, group });
  const all = [of("a", "g"), of("b", "g"), of("c", "h")];
  expect(knownAmong(all, new Set(["a"]))).toEqual(["a", "b"]);
  expect(knownAmong(all, new Set(["x"]))).toEqual([]);
});
