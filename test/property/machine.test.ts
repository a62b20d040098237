// Goal: the fast machine (assembly/) and the encoder do what the documents say.
// Method: random programs under random schedules run in lock step on the reference interpreter, which was
// written from the documents alone; after every step the runnable slots, positions, cells and the outcome
// must be the same, and at the end the violations. The programs come from a fixed seed; a failure prints
// the shrunk program and the first difference.

import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Detail, Op, Outcome, Violation } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { type IrProgram, PRIMITIVES } from "../../src/model/ir.ts";
import { compareRun, type Difference, opcodesOf } from "../support/compare-engines.ts";
import { formatProgram } from "../support/format-program.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";
import { makeProgram } from "../support/reference/program.ts";
import { runReference } from "../support/run-reference.ts";

const PROGRAMS = 2000;
const SCHEDULES = 3;
const STEPS_MAX = 150;

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const OPERATORS = "+ - * /s /u %s %u & | ^ << >>s >>u == != <s <=s <u <=u".split(" ");
const OPERATIONS = [
  ...OPERATORS.map((operator) => `binary ${operator}`),
  ...["==", "!=", "<s", "<=s", "<u", "<=u"].map((operator) => `branch ${operator}`),
  ...["xchg", "add", "and", "or", "xor"].map((operator) => `rmw ${operator}`),
  ..."move jump local-address local-live local-dead choose assume assert warn bug bad-call".split(" "),
  ..."dangles leaks capture exit load store cmpxchg fence alloc".split(" "),
  ...Object.keys(PRIMITIVES),
];

const names = (numbers: Iterable<number>, of: Record<number, string>): string[] =>
  [...numbers].map((n) => of[n] ?? `${n}`).sort();
const valuesOf = (of: object): number[] => Object.values(of).filter((value) => typeof value === "number");

describe("random programs", () => {
  test(`${PROGRAMS} of them execute every operation and commit every violation`, () => {
    const operations = new Set<string>();
    const opcodes = new Set<number>();
    const kinds = new Set<number>([Violation.NONE]);
    const details = new Set<number>();
    const outcomes = new Set<number>();
    for (const [seed, ir] of fc.sample(randomProgram, { numRuns: PROGRAMS, seed: 42 }).entries()) {
      const { machine } = runReference(ir, seed, STEPS_MAX);
      for (const name of machine.coverage.keys()) operations.add(name);
      for (const op of opcodesOf(encodeProgram(ir)).keys()) opcodes.add(op);
      for (const violation of machine.violations) kinds.add(violation.kind).add(violation.kind);
      for (const violation of machine.violations) details.add(violation.detail);
      outcomes.add(machine.outcome);
    }
    expect([...operations].sort()).toEqual([...OPERATIONS].sort());
    expect(names(opcodes, Op)).toEqual(names(valuesOf(Op), Op));
    expect(names(kinds, Violation)).toEqual(names(valuesOf(Violation), Violation));
    // A loop of local instructions has no place in programs that end; test/unit/reference.test.ts has one.
    expect(names(details, Detail)).toEqual(
      names(valuesOf(Detail), Detail).filter((name) => name !== Detail[Detail.LOCAL_LOOP]),
    );
    expect(names(outcomes, Outcome)).toEqual(["DONE", "DROPPED", "LIMIT", "VIOLATED"]);
  });

  test.each([
    ["programs of well-formed blocks over every operation", randomProgram],
    ["programs with an arbitrary flow of control", randomFlow],
  ])("%s run alike on the reference interpreter and on the machine", (_what, programs) => {
    const schedules = fc.array(fc.nat(), { minLength: SCHEDULES, maxLength: SCHEDULES });
    // One machine for all programs: what one run leaves behind must not be seen in the next.
    let engine = new Engine(module);
    fc.assert(
      fc.property(programs, schedules, (ir, seeds) => {
        for (const seed of seeds) {
          let difference: Difference | undefined;
          try {
            difference = compareRun(engine, ir, seed, STEPS_MAX).difference;
          } catch (error) {
            engine = new Engine(module);
            throw error;
          }
          if (difference !== undefined) throw new Error(report(ir, seed, difference));
        }
      }),
      { numRuns: PROGRAMS, seed: 42 },
    );
  });
});

function report(ir: IrProgram, seed: number, { when, what, reference, fast }: Difference): string {
  const { picks, choices } = runReference(ir, seed, STEPS_MAX);
  const text = (value: unknown): string => JSON.stringify(value);
  return [
    `${when}: ${what}: the reference has ${text(reference)}, the machine ${text(fast)}`,
    `schedule seed ${seed}, slots ${picks.join(" ")}, choices ${choices.join(" ")}`,
    formatProgram(ir),
  ].join("\n");
}

test("a set-up that never settles ends the run instead of hanging", async () => {
  const fn = { imm: 0x40000000 };
  const ir = makeProgram({
    globals: [
      { name: "queue", size: 4 },
      { name: "work", size: 4, initial: [{ function: 0 }] },
    ],
    functions: [
      { code: [{ op: "primitive", name: "queue_work", dst: 2, args: [{ imm: 4096 }, { imm: 4101 }] }] },
    ],
    setup: {
      code: [
        { op: "store", address: { imm: 4101 }, value: fn, order: "plain" },
        { op: "primitive", name: "queue_work", dst: 2, args: [{ imm: 4096 }, { imm: 4101 }] },
        { op: "primitive", name: "settle", dst: 0, args: [] },
      ],
    },
    threads: [{ code: [] }],
  });
  expect(await beginElsewhere(module, encodeProgram(ir).words)).toBe(Outcome[Outcome.VIOLATED]);
  for (const stepsMax of [0, 1, STEPS_MAX]) {
    const { difference, run } = compareRun(new Engine(module), ir, 1, stepsMax);
    expect(difference).toBeUndefined();
    expect(run.machine.violations).toMatchObject([{ kind: Violation.STEP_LIMIT, step: 0 }]);
  }
});

/** Begins a run in a thread that can be given up on. */
function beginElsewhere(engineModule: EngineModule, words: Uint32Array): Promise<string> {
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     const { exports } = new WebAssembly.Instance(workerData.engineModule, {});
     const { words } = workerData;
     new Uint32Array(exports.memory.buffer, Number(exports.IMAGE.value), words.length).set(words);
     exports.programLoad();
     exports.replayBegin(${STEPS_MAX}, 0);
     parentPort.postMessage(Number(exports.outcome.value));`,
    { eval: true, workerData: { engineModule, words } },
  );
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve("still running after 5 s");
      void worker.terminate();
    }, 5000);
    worker.on("message", (outcome: number) => {
      clearTimeout(timer);
      resolve(Outcome[outcome] ?? "?");
    });
    worker.on("error", reject);
  });
}
