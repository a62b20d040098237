// Goal: the hash of a behaviour is the same for runs that differ in the order of independent steps, and for no
// others. Method: random programs, some schedules of each, and of each schedule variants in which
// neighbouring steps change places. What depends on what is asked of the plain reference in
// test/support/behaviours.ts, from what each step was seen to touch; that it was seen rightly is asked of the
// machine: independent steps the other way round must be possible and end in the same state.
//
// RACEPROOF_PROGRAMS=5000 takes more than CI has time for.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { engineFile, reducerFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type Recording } from "../../src/engine/engine.ts";
import { Observer } from "../../src/engine/observer.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { IrProgram } from "../../src/model/ir.ts";
import { canonical, choicesByStep, depend, footprintOf, type Step, swapped } from "../support/behaviours.ts";
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

function look(run: Recording): Seen {
  const parts = choicesByStep(engine, run, STEPS_MAX)!;
  const { run: observed, touched } = observer.observeSteps(run, STEPS_MAX);
  const steps = touched.map((bytes, i) => {
    return { slot: run.picks[i]!, choices: parts[i + 1]!, touched: footprintOf(bytes) };
  });
  const { behaviour, end } = observed;
  return { steps, parts, canonical: canonical(steps, parts[0]!), behaviour, end };
}

test.each([
  ["well-formed blocks", randomProgram],
  ["an arbitrary flow of control", randomFlow],
])("equal hashes are equal behaviours, in programs of %s", { timeout: HOUR }, (_what, programs) => {
  const counts = { runs: 0, equal: 0, moved: 0, refused: 0 };
  fc.assert(
    fc.property(programs, (ir: IrProgram) => {
      const program = encodeProgram(ir);
      engine.load(program.words);
      observer.load(program.words);
      const byText = new Map<string, Seen>();
      const byHash = new Map<number, string>();
      const note = (seen: Seen): void => {
        counts.runs++;
        const known = byText.get(seen.canonical);
        if (known !== undefined) {
          counts.equal++;
          expect([seen.behaviour, seen.end]).toEqual([known.behaviour, known.end]);
        }
        byText.set(seen.canonical, seen);
        expect(byHash.get(seen.behaviour) ?? seen.canonical).toBe(seen.canonical);
        byHash.set(seen.behaviour, seen.canonical);
      };
      for (let i = 0; i < SCHEDULES; i++) {
        let run = engine.record({ strategy: Strategy.RANDOM, seed: 42n, stepsMax: STEPS_MAX }, i);
        let seen = look(run);
        note(seen);
        for (let variant = 0; variant < VARIANTS; variant++) {
          // What ends the run early stays where it is.
          const at = (7 * variant + 3 * i) % Math.max(1, run.picks.length - 2);
          if (run.picks.length < at + 3 || run.picks[at] === run.picks[at + 1]) continue;
          const independent = !depend(seen.steps[at]!, seen.steps[at + 1]!);
          const other = swapped(engine, run, seen.parts, at, STEPS_MAX);
          if (other === null) {
            // A check that holds always may fail in between, and who waits cannot come first.
            counts.refused++;
            continue;
          }
          const then = look(other);
          note(then);
          if (independent) {
            counts.moved++;
            expect(then.canonical).toBe(seen.canonical);
          }
          [run, seen] = [other, then];
        }
      }
    }),
    { numRuns: PROGRAMS / 2, seed: 42 },
  );
  if (PROGRAMS > 1000) console.log(counts);
  expect(counts.runs).toBeGreaterThan(PROGRAMS * 6);
  expect(counts.moved).toBeGreaterThan(PROGRAMS);
});
