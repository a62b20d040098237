// Goal: the hash of a behaviour is the same for runs that differ in the order of independent steps, and for
// no others. Method: random programs, some schedules of each, and of each schedule variants in which
// neighbouring steps change places. What depends on what is asked of the plain reference in
// test/support/behaviours.ts, from what each step was seen to touch; that it was seen rightly is asked of the
// machine: independent steps the other way round must be possible, touch the same, and end in the same state.
// Last, rules of the hash and of what steps touch are broken one after the other in a copy of the engine, and
// each must be noticed.
//
// RACEPROOF_PROGRAMS=5000 takes more than CI has time for.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { engineFile, reducerFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type Recording } from "../../src/engine/engine.ts";
import { Observer } from "../../src/engine/observer.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { IrProgram } from "../../src/model/ir.ts";
import { canonical, choicesByStep, depend, footprintOf, type Step, swapped } from "../support/behaviours.ts";
import { compileMutant } from "../support/mutant.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";

const PROGRAMS = Number(process.env.RACEPROOF_PROGRAMS ?? 800);
const STEPS_MAX = 60;
const SCHEDULES = 12;
const VARIANTS = 4;
const HOUR = 3_600_000;

let engine: Engine;
let observer: Observer;
beforeAll(async () => {
  engine = new Engine(await compileEngine(engineFile));
  observer = new Observer(await compileEngine(reducerFile));
});

interface Seen {
  readonly steps: readonly Step[];
  readonly parts: readonly (readonly number[])[];
  readonly canonical: string;
  readonly behaviour: number;
  readonly end: number;
}

interface Counts {
  runs: number;
  equal: number;
  moved: number;
}

/** The runs of one program. */
class Runs {
  readonly #observer: Observer;
  readonly #counts: Counts;
  readonly #byText = new Map<string, Seen>();
  readonly #byHash = new Map<number, string>();
  /** What is wrong, the first of it. */
  wrong: string | null = null;

  constructor(by: Observer, ir: IrProgram, counts: Counts) {
    this.#observer = by;
    this.#counts = counts;
    const { words } = encodeProgram(ir);
    engine.load(words);
    by.load(words);
  }

  draw(schedule: number): void {
    let run = engine.record({ strategy: Strategy.RANDOM, seed: 42n, stepsMax: STEPS_MAX }, schedule);
    let seen = this.#look(run);
    for (let variant = 0; variant < VARIANTS; variant++) {
      // What ends the run early stays where it is.
      const at = (7 * variant + 3 * schedule) % Math.max(1, run.picks.length - 2);
      if (run.picks.length < at + 3 || run.picks[at] === run.picks[at + 1]) continue;
      // A check that holds always may fail in between, and who waits cannot come first.
      const other = swapped(engine, run, seen.parts, at, STEPS_MAX);
      if (other === null) continue;
      const then = this.#look(other);
      if (!depend(seen.steps[at]!, seen.steps[at + 1]!)) {
        this.#counts.moved++;
        if (then.canonical !== seen.canonical)
          this.#complain("independent steps touch something else", other);
      }
      [run, seen] = [other, then];
    }
  }

  #look(run: Recording): Seen {
    const parts = choicesByStep(engine, run, STEPS_MAX)!;
    const { run: observed, touched } = this.#observer.observeSteps(run, STEPS_MAX);
    const steps = touched.map((bytes, i) => {
      return { slot: run.picks[i]!, choices: parts[i + 1]!, touched: footprintOf(bytes) };
    });
    const { behaviour, end } = observed;
    const seen = { steps, parts, canonical: canonical(steps, parts[0]!), behaviour, end };
    this.#counts.runs++;
    const same = this.#byText.get(seen.canonical);
    if (same !== undefined) {
      this.#counts.equal++;
      if (same.behaviour !== behaviour) this.#complain("one behaviour has two hashes", run);
      if (same.end !== end) this.#complain("one behaviour ends in two states", run);
    }
    const text = this.#byHash.get(behaviour) ?? seen.canonical;
    if (text !== seen.canonical) this.#complain("two behaviours have one hash", run);
    this.#byText.set(seen.canonical, seen);
    this.#byHash.set(behaviour, seen.canonical);
    return seen;
  }

  #complain(what: string, { picks, choices }: Recording): void {
    this.wrong ??= `${what}: picks ${picks.join()}, choices ${choices.join()}`;
  }
}

function wrongWith(by: Observer, ir: IrProgram, counts: Counts): string | null {
  const runs = new Runs(by, ir, counts);
  for (let schedule = 0; schedule < SCHEDULES; schedule++) runs.draw(schedule);
  return runs.wrong;
}

test.each([
  ["well-formed blocks", randomProgram],
  ["an arbitrary flow of control", randomFlow],
])("equal hashes are equal behaviours, in programs of %s", { timeout: HOUR }, (_what, programs) => {
  const counts = { runs: 0, equal: 0, moved: 0 };
  fc.assert(
    fc.property(programs, (ir: IrProgram) => {
      expect(wrongWith(observer, ir, counts)).toBeNull();
    }),
    { numRuns: PROGRAMS / 2, seed: 42 },
  );
  if (PROGRAMS > 1000) console.log(counts);
  expect(counts.runs).toBeGreaterThan(PROGRAMS * 6);
  expect(counts.equal).toBeGreaterThan(PROGRAMS * 2);
  expect(counts.moved).toBeGreaterThan(PROGRAMS);
});

describe("a wrong rule is noticed", () => {
  test.each([
    {
      rule: "nobody minds who wrote before",
      file: "schedule/behaviour.ts",
      from: "let before = load<u64>(at) * BY_WRITE;",
      to: "let before: u64 = 0;",
    },
    {
      rule: "the order of steps counts",
      file: "schedule/behaviour.ts",
      from: "sum += hash;",
      to: "sum = hashMix(sum + hash);",
    },
    {
      rule: "a store is no change",
      file: "machine/step.ts",
      from: "  footWriteCell(pointer);\n",
      to: "  footReadCell(pointer);\n",
    },
  ])("$rule", { timeout: HOUR }, async ({ file, from, to }) => {
    const mutant = new Observer(await compileEngine(await compileMutant(file, from, to)));
    const programs = [
      ...fc.sample(randomProgram, { numRuns: 300, seed: 42 }),
      ...fc.sample(randomFlow, { numRuns: 100, seed: 42 }),
    ];
    const counts = { runs: 0, equal: 0, moved: 0 };
    expect(programs.some((ir) => wrongWith(mutant, ir, counts) !== null)).toBe(true);
  });
});
