// Goal: each strategy draws what its reference draws, and over remembered states what it draws step by step.
// Method: for random programs, bundled scenarios, and some of the corpus, recordings against the
// reference, which sees who can step, who lives, and what pending steps touch; the tally of fuzz(), which
// remembers, against one added up from recordings.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { bundledModels, corpusModels } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { memberOf, strategyName } from "../../src/campaign/strategies.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";
import { type Practised, practised } from "../support/strategies/practised.ts";
import { sampler } from "../support/strategies/reference.ts";
import { touchOf } from "../support/strategies/touches.ts";
import { recorded, tallied } from "../support/tallies.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const MEMBERS = [
  Strategy.RANDOM,
  memberOf(Strategy.PCT, 1),
  memberOf(Strategy.PCT, 3),
  memberOf(Strategy.PCT, 16, 12),
  Strategy.POS,
  memberOf(Strategy.STICKY, 90),
  memberOf(Strategy.STICKY, 0),
  Strategy.URW,
  Strategy.SURW,
].map((member) => ({ member, name: strategyName(member) }));

/** The slots of a mask, ascending. */
function slotsOf(mask: number): number[] {
  return Array.from({ length: 15 }, (_, slot) => slot).filter((slot) => (mask >>> slot) & 1);
}

/** Draws a schedule again by the reference; throws at the first step that differs. */
function expectReference(
  program: Program,
  engine: Engine,
  stepsMax: number,
  member: number,
  schedule: number,
  practice: Practised,
): void {
  const seed = 42n;
  const { picks, choices } = engine.record({ strategy: member, seed, stepsMax }, schedule);
  const reference = sampler(member, seed, schedule, practice);
  engine.begin(stepsMax, choices);
  picks.forEach((slot, step) => {
    const slots = engine.slots();
    const expected = reference.pick({
      runnable: slotsOf(engine.runnable()),
      live: slots.filter((s) => s.live).map((s) => s.slot),
      touch: (s) => touchOf(program, engine, s),
    });
    expect(slot, `${strategyName(member)}, schedule ${schedule}, step ${step + 1}`).toBe(expected);
    engine.step(slot);
  });
}

function compare(
  program: Program,
  engine: Engine,
  stepsMax: number,
  member: number,
  schedules: number,
): void {
  engine.load(program.words);
  const known = practised(program, engine, stepsMax);
  for (let i = 0; i < schedules; i++) expectReference(program, engine, stepsMax, member, i, known);
  expect(engine.practice(stepsMax)).toEqual({ contested: known.contested, tasks: known.tasks });
}

describe.each(MEMBERS)("$name", ({ member }) => {
  test.each([
    ["programs of well-formed blocks", randomProgram],
    ["programs with an arbitrary flow of control", randomFlow],
  ])("draws what the reference draws, and remembers nothing wrong, for %s", (_what, programs) => {
    const engine = new Engine(module);
    const draw = { strategy: member, seed: 42n, stepsMax: 60 };
    fc.assert(
      fc.property(programs, (ir) => {
        const program = encodeProgram(ir);
        compare(program, engine, draw.stepsMax, member, 3);
        const expected = recorded(engine, draw, 30);
        for (let again = 0; again < 3; again++) {
          expect(tallied(engine.fuzz(draw, 0, 30))).toEqual(expected);
        }
      }),
      { numRuns: 60, seed: 42 },
    );
  });

  test("draws what the reference draws in bundled scenarios, and remembers nothing wrong", async () => {
    const engine = new Engine(module);
    const models = [
      ...bundledModels().filter(({ name }) => ["bpf-oom/v2", "srcu/correct", "canary"].includes(name)),
      ...corpusModels().filter(({ name }) => /\/(work_flushed|wait_event|rcu_callback|rwsem_exc)/.test(name)),
    ];
    for (const { name, file } of models) {
      const opened = await openModel(file, { name });
      for (const { name: scenario } of opened.scenarios.slice(0, 4)) {
        const program = encodeProgram(opened.compile(scenario));
        const draw = { strategy: member, seed: 42n, stepsMax: 1000 };
        compare(program, engine, draw.stepsMax, member, 4);
        const expected = recorded(engine, draw, 300);
        for (let again = 0; again < 2; again++) {
          expect(tallied(engine.fuzz(draw, 0, 300)), `${name} ${scenario}`).toEqual(expected);
        }
      }
    }
  });
});
