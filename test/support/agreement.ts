// What the fuzzer counts against what exploring says: each count is binomial with the finding's exact
// probability, and nothing is found that exploring has not. With fixed seeds, so that it fails on a change
// only.

import { expect } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import type { Explored } from "../../src/campaign/explore.ts";
import { groupFindings } from "../../src/campaign/keys.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Program } from "../../src/model/program.ts";

/** Standard deviations that are allowed. */
const DEVIATIONS = 5;

/** Fuzzes the program that the engine has loaded, and compares. */
export function expectAgreement(
  engine: Engine,
  program: Program,
  explored: Explored,
  schedules: number,
  stepsMax: number,
): void {
  const { scenario } = program.symbols;
  const tally = engine.fuzz({ strategy: Strategy.RANDOM, seed: 42n, stepsMax }, 0, schedules);
  const counts = new Map(groupFindings(program, tally).map((group) => [group.key, group.count]));
  const keys = explored.findings.map((finding) => finding.key);
  const more = [...counts.keys()].filter((key) => !keys.includes(key));
  expect(more, `${scenario}: found by fuzzing only`).toEqual([]);
  const n = tally.schedules;
  for (const { key, exactProbability: p } of explored.findings) {
    if (p === undefined) continue;
    const deviation = Math.sqrt(n * p * (1 - p));
    const count = counts.get(key) ?? 0;
    const what = `${scenario}: ${key}: ${count} of ${n}, exactly ${p}`;
    expect(Math.abs(count - n * p), what).toBeLessThan(DEVIATIONS * deviation + 5);
  }
}
