// Goal: walking over remembered states gives what running every step gives.
// Method: the tally of fuzz(), which remembers, against one added up from recordings, which run each schedule
// from its beginning; for random programs, for every bundled scenario, and for the wait queues of the corpus,
// whose state is not all in cells. Ranges are fuzzed twice: the second time most schedules are walked to
// their end. That states are remembered at all is asserted too.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { bundledModels, corpusModels, programIndex } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { dashed } from "../../src/cli/session.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";
import { recorded, tallied } from "../support/tallies.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

// Fewer steps than violations that a recording can list, so that none is cut off.
const draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: 60 };

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
        const expected = recorded(engine, draw, SCHEDULES);
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
      const expected = recorded(engine, { ...draw, stepsMax }, SCHEDULES);
      const tally = { ...draw, stepsMax };
      expect(tallied(engine.fuzz(tally, 0, SCHEDULES)), scenario).toEqual(expected);
      expect(tallied(engine.fuzz(tally, 0, SCHEDULES)), scenario).toEqual(expected);
    }
  });
});
