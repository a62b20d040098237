// Goal: walking over remembered states gives what running every step gives.
// Method: the tally of fuzz(), which remembers, against one added up from recordings, which run each schedule
// from its beginning; for random programs, for every bundled scenario, and for the wait queues of the corpus,
// whose state is not all in cells. Ranges are fuzzed twice: the second time most schedules are walked to
// their end. That states are remembered at all is asserted too.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { LimitKind, Outcome, Strategy } from "../../assembly/abi.ts";
import { bundledModels, corpusModels, programIndex } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { dashed } from "../../src/cli/session.ts";
import { compileEngine, Engine, type EngineModule, type RawTally } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { rawKey } from "../../src/work/tally.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

// Fewer steps than violations that a recording can list, so that none is cut off.
const draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: 60 };

interface Sums {
  schedules: number;
  steps: number;
  dropped: number;
  limited: number;
  findings: Record<string, { count: number; first: number; task: number }>;
}

/** What the recordings of schedules 0..count-1 add up to. */
function recorded(engine: Engine, count: number, stepsMax: number): Sums {
  const sums: Sums = { schedules: 0, steps: 0, dropped: 0, limited: 0, findings: {} };
  for (let i = 0; i < count; i++) {
    const { outcome, picks, violations } = engine.record({ ...draw, stepsMax }, i);
    const seen = new Set<string>();
    for (const violation of violations) {
      const key = rawKey(violation);
      if (seen.has(key)) continue;
      seen.add(key);
      sums.findings[key] ??= { count: 0, first: i, task: violation.task };
      sums.findings[key].count++;
    }
    if (outcome === Outcome.DROPPED) sums.dropped++;
    else {
      sums.schedules++;
      sums.steps += picks.length;
      if (outcome === Outcome.LIMIT) sums.limited++;
    }
  }
  return sums;
}

function tallied(tally: RawTally): Sums {
  return {
    schedules: tally.schedules,
    steps: tally.steps,
    dropped: tally.dropped,
    limited: tally.limited.reduce((sum, n, kind) => (kind === LimitKind.TALLY ? sum : sum + n), 0),
    findings: Object.fromEntries(
      tally.findings.map((f) => [rawKey(f), { count: f.count, first: f.first, task: f.task }]),
    ),
  };
}

describe("a walk over remembered states", () => {
  test.each([
    ["programs of well-formed blocks", randomProgram],
    ["programs with an arbitrary flow of control", randomFlow],
  ])("counts and finds what running does, for %s", (_what, programs) => {
    const SCHEDULES = 40;
    let remembering = 0;
    // One engine for all: the states of one program must not be taken for another's.
    const engine = new Engine(module);
    fc.assert(
      fc.property(programs, (ir) => {
        engine.load(encodeProgram(ir).words);
        const expected = recorded(engine, SCHEDULES, draw.stepsMax);
        expect(tallied(engine.fuzz(draw, 0, SCHEDULES))).toEqual(expected);
        expect(tallied(engine.fuzz(draw, 0, SCHEDULES))).toEqual(expected);
        if (engine.states() > 0) remembering++;
      }),
      { numRuns: 400, seed: 42 },
    );
    expect(remembering).toBeGreaterThan(100);
  });

  const models = [
    // The variants of version 2 differ by a line or two from it: one of them stands for all.
    ...bundledModels()
      .filter(({ name }) => !/v2-(?!minimal)/.test(name))
      .map((model) => ({ ...model, SCHEDULES: 1000 })),
    ...corpusModels()
      .filter(({ name }) => /\/s?wait_/.test(name))
      .map((model) => ({ ...model, SCHEDULES: 100 })),
  ];
  test.each(models)("counts and finds what running does, for each scenario of $name", async (model) => {
    const { name, file, SCHEDULES } = model;
    const stepsMax = 10_000;
    const opened = await openModel(file, { name });
    const engine = new Engine(module);
    for (const { name: scenario } of opened.scenarios) {
      const program = encodeProgram(opened.compile(scenario));
      expect(programIndex()[name]?.[dashed(scenario)], "run: npm run programs").toBe(program.hash);
      engine.load(program.words);
      const expected = recorded(engine, SCHEDULES, stepsMax);
      const tally = { ...draw, stepsMax };
      expect(tallied(engine.fuzz(tally, 0, SCHEDULES)), scenario).toEqual(expected);
      expect(tallied(engine.fuzz(tally, 0, SCHEDULES)), scenario).toEqual(expected);
    }
  });
});
