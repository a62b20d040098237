// Goal: what random programs found stays found.
// Method: the shrunk programs on which the reference interpreter and the machine differed, compared as in
// machine.test.ts; one machine serves all runs of a case, so nothing may be left behind from run to run.

import { beforeAll, expect, test } from "vitest";
import { DOMAIN_READY, Strategy, Violation } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { PRIMITIVES, type PrimitiveName } from "../../src/model/ir.ts";
import { compareRun } from "../support/compare-engines.ts";
import { type Bare, imm, makeProgram, type Parts, primitive, reg } from "../support/reference/program.ts";

const DATA = imm(4096);
const LOCK = imm(4098);
const COUNT = imm(4100);
const WORK = imm(4102);
const QUEUE = imm(4107);
const CSS = imm(4112);
const DOMAIN = imm(4115);
const COUNTER = reg(1);
const FREED = reg(2);
const GLOBALS = [
  { name: "data", size: 1, initial: [1] },
  { name: "lock", size: 1 },
  { name: "count", size: 1, initial: [-0x40000000] },
  { name: "work", size: 4, initial: [{ function: 0 }] },
  { name: "queue", size: 4 },
  { name: "css", size: 2, initial: [5] },
  { name: "domain", size: 4, initial: [0, 0, DOMAIN_READY] },
];
const FUNCTIONS = [{ code: [] }];

/** Primitives with a result, and what they are about. */
const RESULTS = (Object.keys(PRIMITIVES) as PrimitiveName[]).filter((name) => PRIMITIVES[name].result);
const OBJECT: Partial<Record<PrimitiveName, ReturnType<typeof imm>>> = {
  mutex_trylock: LOCK,
  spin_trylock: LOCK,
  gp_read_lock: DOMAIN,
  cancel_work: WORK,
  work_flush: WORK,
  queue_flush: QUEUE,
  work_flush_delayed: WORK,
  work_disable: WORK,
  work_disable_sync: WORK,
  gp_read_held: DOMAIN,
  css_tryget: CSS,
  css_tryget_online: CSS,
  css_put: CSS,
};

/** Those that are about a queue and a work item. */
const TWO: readonly PrimitiveName[] = ["queue_work", "work_delay", "work_redelay"];

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

/** Differences of one run of each program, on one machine. */
function differences(
  ...programs: (Omit<Parts, "globals" | "threads"> & Partial<Parts> & { code: Bare[] })[]
) {
  const engine = new Engine(module);
  return programs
    .map(({ code, ...rest }) =>
      makeProgram({ globals: GLOBALS, functions: FUNCTIONS, threads: [{ code }], ...rest }),
    )
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
    { op: "load", dst: 0, address: DATA, order: "once" },
    { op: "rmw", operator: "add", dst: 0, address: DATA, value: imm(4), order: "full" },
    { op: "cmpxchg", dst: 0, address: DATA, expected: imm(5), value: imm(6), order: "full" },
    { op: "alloc", dst: 0, size: imm(1), class: 0 },
    { op: "choose", dst: 0, count: imm(9) },
    { op: "leaks", dst: 0, class: -1 },
    { op: "dangles", dst: 0, value: FREED },
    { op: "binary", operator: "/u", dst: 0, left: imm(9), right: COUNTER },
    ...RESULTS.map((name) => primitive(name, [TWO.includes(name) ? QUEUE : (OBJECT[name] ?? DATA), WORK], 0)),
  ];
  // Were register 0 written, the stores below would store something else.
  const alike = unwanted.map((each) => {
    const freed: Bare[] = [{ op: "alloc", dst: 2, size: imm(1), class: 0 }, primitive("kfree", [reg(2)])];
    const count: Bare = { op: "move", dst: 1, value: imm(3) };
    return differences({
      code: [...freed, count, store(DATA, imm(1)), each, each, store(DATA, imm(9)), store(imm(0), imm(9))],
    });
  });
  expect(alike).toEqual(unwanted.map(() => []));
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

test("a count that would overflow saturates", () => {
  for (const name of ["refcount_inc", "refcount_inc_not_zero"] as const) {
    for (const value of [0x7ffffffe, 0x7fffffff, -1]) {
      const code = [store(DATA, imm(value)), primitive(name, [DATA], name === "refcount_inc" ? 0 : 1)];
      expect(differences({ code })).toEqual([]);
    }
  }
});

test("what a thread saw of the heap says nothing about another's assertion", () => {
  const look: Bare[] = [
    { op: "alloc", dst: 1, size: imm(1), class: 0 },
    { op: "leaks", dst: 2, class: -1 },
    primitive("kfree", [reg(1)]),
    { op: "dangles", dst: 3, value: reg(1) },
    store(DATA, reg(3)),
  ];
  const failing: Bare[] = [...look, { op: "assert", value: imm(0) }];
  const threads = [{ code: look }, { code: failing }];
  expect(differences({ code: failing }, { code: [], threads })).toEqual([]);
  expect(differences({ code: [], setup: { code: failing } }, { code: [], setup: { code: look } })).toEqual(
    [],
  );
});

test("a failed check names who stored what its step loaded, in the variable's present life", () => {
  const load: Bare = { op: "load", dst: 1, address: DATA, order: "once" };
  const warn: Bare = { op: "warn", value: imm(1) };
  const add: Bare = { op: "rmw", operator: "add", dst: 2, address: DATA, value: imm(0), order: "full" };
  const exchange = (expected: number): Bare => ({
    op: "cmpxchg",
    dst: 2,
    address: DATA,
    expected: imm(expected),
    value: imm(1),
    order: "full",
  });
  for (const write of [
    store(DATA, imm(5)),
    add,
    exchange(1),
    exchange(2),
    primitive("refcount_inc", [DATA]),
  ]) {
    expect(differences({ code: [write, load, warn, store(LOCK, imm(0)), warn] })).toEqual([]);
    expect(differences({ code: [load, warn], setup: { code: [write] } })).toEqual([]);
  }
  // The address escapes, so that the accesses are steps.
  const live: Bare[] = [
    { op: "local-live", local: 0 },
    { op: "local-address", dst: 3, local: 0 },
    store(DATA, reg(3)),
    { op: "load", dst: 1, address: reg(3), order: "once" },
    warn,
    store(reg(3), imm(7)),
    { op: "load", dst: 1, address: reg(3), order: "once" },
    warn,
    { op: "local-dead", local: 0 },
  ];
  const body = { locals: [{ name: "here", size: 1, class: 0 }], code: [...live, ...live] };
  expect(differences({ code: [], threads: [body] })).toEqual([]);
});

test("a run that allows fewer steps than the set-up takes ends in the set-up", () => {
  const many = Array.from({ length: 101 }, (_, n) => store(DATA, imm(n)));
  expect(differences({ code: [], setup: { code: many } })).toEqual([]);
  expect(differences({ code: [], setup: { code: many.slice(1) } })).toEqual([]);
});

test("every run that allows fewer steps than the set-up ends in the set-up, not the first alone", () => {
  const engine = new Engine(module);
  const many = Array.from({ length: 101 }, (_, n) => store(DATA, imm(n)));
  const ir = makeProgram({ globals: GLOBALS, threads: [{ code: [] }], setup: { code: many } });
  engine.load(encodeProgram(ir).words);
  const tally = engine.fuzz({ strategy: Strategy.RANDOM, seed: 1n, stepsMax: 100 }, 0, 3);
  expect(tally.findings.map(({ kind, count }) => ({ kind, count }))).toEqual([
    { kind: Violation.STEP_LIMIT, count: 3 },
  ]);
  for (let run = 0; run < 3; run++) {
    engine.begin(100, new Uint32Array());
    engine.finish();
    expect(engine.violations().map(({ kind }) => kind)).toEqual([Violation.STEP_LIMIT]);
  }
});
