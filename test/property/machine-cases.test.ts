// Goal: what random programs found stays found.
// Method: the shrunk programs on which the reference interpreter and the machine differed, compared as in
// machine.test.ts; one machine serves all runs of a case, so nothing may be left behind from run to run.

import { beforeAll, expect, test } from "vitest";
import { engineFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { compareRun } from "../support/compare-engines.ts";
import { type Bare, imm, makeProgram, type Parts, primitive, reg } from "../support/reference/program.ts";

const DATA = imm(4096);
const LOCK = imm(4098);
const COUNT = imm(4100);
const GLOBALS = [
  { name: "data", size: 1, initial: [1] },
  { name: "lock", size: 1 },
  { name: "count", size: 1, initial: [-0x40000000] },
];

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

/** Differences of one run of each program, on one machine. */
function differences(...programs: (Omit<Parts, "globals" | "threads"> & { code: Bare[] })[]) {
  const engine = new Engine(module);
  return programs
    .map(({ code, ...rest }) => makeProgram({ globals: GLOBALS, threads: [{ code }], ...rest }))
    .map((ir) => compareRun(engine, ir, 1, 100).difference)
    .filter((difference) => difference !== undefined);
}

const store = (address: ReturnType<typeof imm>, value: ReturnType<typeof imm>): Bare => ({
  op: "store",
  address,
  value,
  order: "plain",
});

test("a primitive's violation ends the step: what follows it in the step does not happen", () => {
  const unlock = primitive("spin_unlock", [LOCK]);
  expect(differences({ code: [unlock, { op: "warn", value: imm(1) }] })).toEqual([]);
  expect(differences({ code: [unlock, { op: "choose", dst: 1, count: imm(2) }] })).toEqual([]);
  const held = [primitive("spin_lock", [LOCK]), primitive("spin_unlock", [imm(0)])];
  expect(differences({ code: held })).toEqual([]);
});

test("a result that nobody wants is thrown away", () => {
  const unwanted: Bare[] = [
    { op: "rmw", operator: "add", dst: 0, address: DATA, value: imm(4), order: "full" },
    { op: "cmpxchg", dst: 0, address: DATA, expected: imm(5), value: imm(6), order: "full" },
    primitive("refcount_inc_not_zero", [DATA], 0),
    primitive("mutex_trylock", [LOCK], 0),
  ];
  const programs = unwanted.map((each) => ({ code: [each, store(DATA, imm(9)), store(DATA, imm(9))] }));
  expect(programs.map((each) => differences(each))).toEqual([[], [], [], []]);
});

test("what a check saw of leaks is forgotten before the next run", () => {
  const leak = { op: "leaks", dst: 1, class: -1 } satisfies Bare;
  const none = { op: "binary", operator: "==", dst: 2, left: reg(1), right: imm(0) } satisfies Bare;
  const body = { code: [leak, none, { op: "assert", value: reg(2) } satisfies Bare] };
  const leaking = { code: [{ op: "alloc", dst: 1, size: imm(1), class: 0 } satisfies Bare] };
  expect(
    differences(
      { ...leaking, checks: [{ kind: "at_end", body }] },
      { code: [store(DATA, imm(1)), { op: "assert", value: imm(0) }] },
    ),
  ).toEqual([]);
});

test("a call through a small number is a call of NULL", () => {
  for (const target of [0, 1, 4095, 4096, -1]) {
    expect(differences({ code: [store(DATA, imm(1)), { op: "bad-call", value: imm(target) }] })).toEqual([]);
  }
});

test("a saturated count is told as such by every operation on it", () => {
  for (const name of ["refcount_inc", "refcount_inc_not_zero", "refcount_dec_and_test"] as const) {
    expect(differences({ code: [primitive(name, [COUNT], name === "refcount_inc" ? 0 : 1)] })).toEqual([]);
  }
});
