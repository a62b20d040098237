// Goal: a reduction keeps every finding, every state in which a run ends, and whether schedules can be
// endless. Method: random programs, the corpus, what is published and the bundled scenarios that fit are
// explored with and without it. The states in which runs end are compared by number: those of the reduced
// graph are among the others, so that equal numbers are equal sets. Last, three rules of what steps touch
// are broken one after the other in a copy of the engine, and the comparison must notice each.
//
// RACEPROOF_PROGRAMS=10000 takes more random programs than CI has time for, RACEPROOF_SEED others,
// RACEPROOF_STATES=3000000 all bundled models, and their larger scenarios.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { bundledModels, corpusModels, type ModelFile } from "../../src/base/models.ts";
import { engineFile, reducerFile } from "../../src/base/paths.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compileText } from "../support/compile-text.ts";
import { compileMutant } from "../support/mutant.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";
import { exploreManner } from "../support/reduced.ts";

let plain: Engine;
let reducer: Engine;
beforeAll(async () => {
  plain = new Engine(await compileEngine(engineFile));
  reducer = new Engine(await compileEngine(reducerFile));
});

const PROGRAMS = Number(process.env.RACEPROOF_PROGRAMS ?? 600);
const SEED = Number(process.env.RACEPROOF_SEED ?? 42);
/** Small enough that a few hundred programs take seconds; what is larger is left out. */
const SMALL = { bytes: 2 ** 21, stepsMax: 300 };
/** The tables of the reduction need room too. */
const ROOMY = { ...SMALL, bytes: 2 ** 25 };
const HOUR = 3_600_000;

describe("a reduction keeps what there is to be found", () => {
  test.each([
    ["well-formed blocks", randomProgram],
    ["an arbitrary flow of control", randomFlow],
  ])("in random programs of %s", { timeout: HOUR }, (_what, programs) => {
    const seen = { compared: 0, violating: 0, smaller: 0 };
    fc.assert(
      fc.property(programs, (ir) => {
        const program = encodeProgram(ir);
        const whole = exploreManner(plain, program, {}, SMALL);
        if (whole === null) return;
        const reduced = exploreManner(reducer, program, { reduce: true }, ROOMY);
        expect(reduced?.kept).toEqual(whole.kept);
        seen.compared++;
        if (whole.kept.violations.length > 0) seen.violating++;
        if (reduced!.states < whole.states) seen.smaller++;
      }),
      { numRuns: PROGRAMS / 2, seed: SEED },
    );
    if (PROGRAMS > 1000) console.log(seen);
    expect(seen.compared).toBeGreaterThan(PROGRAMS / 4);
    expect(seen.violating).toBeGreaterThan(PROGRAMS / 8);
    expect(seen.smaller).toBeGreaterThan(PROGRAMS / 20);
  });

  const most = Number(process.env.RACEPROOF_STATES ?? 30_000);
  // One of each kind, for CI.
  const bundled = bundledModels().filter(({ name }) => {
    return most > 1e6 || ["bpf-oom/v2", "bpf-oom/v4", "examples/driver", "srcu/correct"].includes(name);
  });
  test.each(bundled)("in the scenarios of $name", { timeout: HOUR }, async (model) => {
    await compareScenarios(model, most);
  });

  test("in the corpus of primitives and in what is published", { timeout: HOUR }, async () => {
    for (const model of corpusModels()) await compareScenarios(model, most);
  });
});

/** Puts a step off that the check would have to see first: only with y = 1 while x = 0 does it fail. */
const CHECKED_ALWAYS = `
#include <raceproof.h>
#include <linux/compiler.h>

static int x, y;

static void set(int *what)
{
	WRITE_ONCE(*what, 1);
}

scenario ordered(void)
{
	thread("x", set(&x));
	thread("y", set(&y));
	always(x == 1 || y == 0);
}
`;

test("a step that a check always sees is not taken alone", async () => {
  const program = encodeProgram(await compileText(CHECKED_ALWAYS, { scenario: "ordered" }));
  const whole = exploreManner(plain, program, {}, SMALL);
  expect(whole?.kept.violations).toHaveLength(1);
  expect(exploreManner(reducer, program, { reduce: true }, ROOMY)?.kept).toEqual(whole?.kept);
});

async function compareScenarios(model: ModelFile, statesMax: number): Promise<void> {
  const { scenarios, compile } = await openModel(model.file);
  for (const { name } of scenarios) {
    const program = encodeProgram(compile(name));
    // About 40 bytes for each state.
    const whole = exploreManner(plain, program, {}, { bytes: statesMax * 60 + 2 ** 22, stepsMax: 2000 });
    if (whole === null || whole.states > statesMax) continue;
    const reduced = exploreManner(reducer, program, { reduce: true }, { bytes: 2 ** 28, stepsMax: 2000 });
    expect(reduced?.kept, `${model.name} ${name}`).toEqual(whole.kept);
    if (process.env.RACEPROOF_STATES !== undefined) {
      console.log(`${model.name} ${name}: ${whole.states} states, ${reduced!.states} with a reduction`);
    }
  }
}

describe("a wrong rule of what steps touch is noticed", () => {
  test.each([
    {
      rule: "who reads does not mind who writes",
      file: "core/footprint.ts",
      from: "v128.or(v128.and(writtenA, v128.or(anyB, writtenB)), v128.and(anyA, writtenB))",
      to: "v128.and(writtenA, writtenB)",
    },
    {
      rule: "a grace period does not look at who reads",
      file: "kernel/srcu.ts",
      from: `  footReadCell(domain + DOMAIN_SECTIONS);
  footReadCell(domain + DOMAIN_SECTIONS + 1);
  return`,
      to: "  return",
    },
    {
      rule: "a step is taken alone even if it leads back",
      file: "schedule/explore.ts",
      from: "if ((graphNode(word) & ~15) <= node) mayBeAlone = false;",
      to: "",
    },
  ])("$rule", { timeout: 300_000 }, async ({ file, from, to }) => {
    const mutant = new Engine(await compileEngine(await compileMutant(file, from, to)));
    const programs = [
      ...fc.sample(randomFlow, { numRuns: 400, seed: 42 }),
      ...fc.sample(randomProgram, { numRuns: 400, seed: 42 }),
    ];
    const noticed = programs.some((ir) => {
      const program = encodeProgram(ir);
      const whole = exploreManner(plain, program, {}, SMALL);
      if (whole === null) return false;
      const reduced = exploreManner(mutant, program, { reduce: true }, ROOMY);
      return JSON.stringify(reduced?.kept) !== JSON.stringify(whole.kept);
    });
    expect(noticed).toBe(true);
  });
});
