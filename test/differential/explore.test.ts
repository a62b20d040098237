// Goal: exploring visits every schedule, counts them, and tells their probabilities. Method: three
// independent ways to the same numbers. (1) For small random programs every schedule is run one after the
// other on the reference interpreter, which knows of no states; the number of schedules, of those that show
// each violation, and their probability must be equal. (2) For the bundled scenarios that fit, what the
// fuzzer counts agrees with the exact probabilities: each is a binomial count, and five standard deviations
// are allowed, with fixed seeds, so that it fails on a change only. (3) The fuzzer finds nothing that
// exploring did not.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Outcome, Violation } from "../../assembly/abi.ts";
import { bundledModels } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { exactNumbers } from "../../src/campaign/exact.ts";
import { explore } from "../../src/campaign/explore.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { IrProgram } from "../../src/model/ir.ts";
import { expectAgreement } from "../support/agreement.ts";
import { withLocalAccesses } from "../support/compare-engines.ts";
import { Decisions } from "../support/decisions.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";
import { ReferenceMachine } from "../support/reference/machine.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const STEPS_MAX = 60;

interface Numbers {
  schedules: bigint;
  /** By kind and detail: schedules that show it at least once, and their probability. */
  shown: Record<string, { schedules: bigint; probability: string }>;
}

/**
 * Every schedule of a program, one after the other, on the reference interpreter; null where there are too
 * many.
 */
function enumerate(ir: IrProgram, most: number): Numbers | null {
  const shown = new Map<string, { schedules: bigint; probability: number }>();
  let schedules = 0n;
  let kept = 0;
  const decisions = new Decisions();
  const decide = (bound: number): number => decisions.decide(bound);
  for (let runs = 0; ; runs++) {
    if (runs === most) return null;
    const machine = new ReferenceMachine(ir);
    machine.begin((bound) => decide(Math.max(1, bound)), STEPS_MAX);
    for (let runnable = machine.runnable(); runnable.length > 0; runnable = machine.runnable()) {
      machine.step(runnable[decide(runnable.length)]!);
    }
    machine.finish();
    if (machine.violations.some((v) => v.kind === Violation.STEP_LIMIT)) return null;
    const probability = decisions.bounds.reduce((product, bound) => product / bound, 1);
    if (machine.outcome !== Outcome.DROPPED) {
      schedules++;
      kept += probability;
    }
    for (const key of new Set(machine.violations.map((v) => `${Violation[v.kind]} ${v.detail}`))) {
      const known = shown.get(key) ?? { schedules: 0n, probability: 0 };
      const counts = machine.outcome === Outcome.DROPPED ? 0n : 1n;
      shown.set(key, { schedules: known.schedules + counts, probability: known.probability + probability });
    }
    if (!decisions.next()) break;
  }
  const entries = [...shown].map(([key, each]) => {
    const share = kept > 0 ? each.probability / kept : 0;
    return [key, { schedules: each.schedules, probability: share.toFixed(9) }] as const;
  });
  return { schedules, shown: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** The same from the graph of states. */
function explored(engine: Engine, ir: IrProgram): Numbers | null {
  engine.load(encodeProgram(ir).words);
  expect(engine.exploreBegin(2 ** 22, STEPS_MAX)).toBe(true);
  expect(engine.exploreRun(1_000_000)).toBe(true);
  if (engine.exploreProgress().stopped !== 0) return null;
  const graph = engine.exploredGraph()!;
  const keyOf = (note: { kind: number; detail: number }) => `${Violation[note.kind]} ${note.detail}`;
  const keys = [...new Set(graph.noteSets.flatMap((notes) => notes.map(keyOf)))].sort();
  const shows = keys.map((key) => {
    return Uint8Array.from(graph.noteSets, (notes) => (notes.some((note) => keyOf(note) === key) ? 1 : 0));
  });
  const exact = exactNumbers(graph, shows);
  if (exact === null) return null;
  const entries = keys.map((key, k) => {
    const { schedules, probability } = exact.findings[k]!;
    return [key, { schedules: schedules!, probability: probability.toFixed(9) }] as const;
  });
  return { schedules: exact.schedules!, shown: Object.fromEntries(entries) };
}

describe("exploring random programs", () => {
  test.each([
    ["well-formed blocks", randomProgram],
    ["an arbitrary flow of control", randomFlow],
  ])("counts what running every schedule counts, with %s", (_what, programs) => {
    const engine = new Engine(module);
    let compared = 0;
    let violating = 0;
    fc.assert(
      fc.property(programs, (ir) => {
        const expected = enumerate(withLocalAccesses(ir), 300);
        if (expected === null) return;
        const found = explored(engine, ir);
        if (found === null) return;
        expect(found).toEqual(expected);
        compared++;
        if (Object.keys(found.shown).length > 0) violating++;
      }),
      { numRuns: 250, seed: 42 },
    );
    expect(compared).toBeGreaterThan(40);
    expect(violating).toBeGreaterThan(20);
  });
});

const SCHEDULES = 20_000;
/** Most states of a scenario that is explored here. */
const STATES_MAX = 20_000;

describe("exploring bundled scenarios", () => {
  // The scenarios of the verdict table are compared where it is (test/golden/expected.test.ts).
  const models = bundledModels()
    .filter(({ name }) => !name.startsWith("bpf-oom/") || name === "bpf-oom/v2")
    .map(({ name, file }) => [name, file] as const);
  test.each(models)("agrees with fuzzing %s", async (name, file) => {
    const engine = new Engine(module);
    const opened = await openModel(file, { name });
    for (const { name: scenario } of opened.scenarios) {
      const program = encodeProgram(opened.compile(scenario));
      engine.load(program.words);
      const rules = { stepsMax: 1000, bytes: 2 ** 26, statesMax: STATES_MAX };
      const whole = await explore({ program, machine: engine, rules });
      if (whole.endedBy === "complete") expectAgreement(engine, program, whole, SCHEDULES, rules.stepsMax);
    }
  });
});
