// Goal: the reference interpreter does what assembly/abi.ts and DESIGN.md say, judged by hand-written programs.
// Method: each test is a small program with a known schedule; nothing here knows the fast machine.

import { describe, expect, test } from "vitest";
import {
  COMPLETION_ALL,
  Detail,
  DOMAIN_ATOMIC,
  DOMAIN_SOFTIRQ,
  FUNCTION_BASE,
  LimitKind,
  Outcome,
  POINTER_BASE,
  REFCOUNT_SATURATED,
  Violation,
} from "../../assembly/abi.ts";
import type { Operand } from "../../src/model/ir.ts";
import { ReferenceMachine, START } from "../support/reference/machine.ts";
import {
  type Bare,
  imm,
  layOutGlobals,
  makeProgram,
  type Parts,
  primitive,
  reg,
} from "../support/reference/program.ts";

const GLOBALS = [
  { name: "data", size: 2, initial: [7, 8] },
  { name: "mutex", size: 1 },
  { name: "spin", size: 1 },
  { name: "rcu", size: 3, initial: [0, 0, DOMAIN_ATOMIC + DOMAIN_SOFTIRQ] },
  { name: "srcu", size: 3 },
  { name: "queue", size: 3, initial: [1, 0, 0] },
  { name: "work", size: 3, initial: [{ function: 0 }, 0, 0] },
  { name: "work2", size: 3, initial: [{ function: 0 }, 0, 0] },
  { name: "count", size: 1, initial: [1] },
  { name: "css", size: 2, initial: [1, 0] },
  { name: "done", size: 1 },
  { name: "head", size: 1 },
  { name: "out", size: 4 },
] as const;

type GlobalName = (typeof GLOBALS)[number]["name"];
const placed = layOutGlobals(GLOBALS);
const addressOf = (name: GlobalName, plus = 0): number =>
  POINTER_BASE + placed.find((global) => global.name === name)!.cell + plus;
const at = (name: GlobalName, plus = 0) => imm(addressOf(name, plus));
const HEAP = POINTER_BASE + placed.reduce((sum, global) => sum + global.size + 1, 0);

const load = (dst: number, address: Operand): Bare => ({
  op: "load",
  dst,
  address,
  order: "once",
});
const store = (address: Operand, value: Operand): Bare => ({
  op: "store",
  address,
  value,
  order: "once",
});
const out = (index: number, register: number): Bare => store(at("out", index), reg(register));
const alloc = (dst: number, size = 2): Bare => ({ op: "alloc", dst, size: imm(size), class: 3 });

type Run = Omit<Parts, "globals" | "threads">;

function machineOf(
  threads: Bare[][],
  rest: Run = {},
  choices: number[] = [],
  stepsMax?: number,
): ReferenceMachine {
  const ir = makeProgram({ globals: GLOBALS, threads: threads.map((code) => ({ code })), ...rest });
  const machine = new ReferenceMachine(ir);
  machine.begin((count) => (choices.shift() ?? 0) % count, stepsMax);
  return machine;
}

/** Steps the slots in this order, then lowest slot first until nobody can, then finishes. */
function run(machine: ReferenceMachine, schedule: readonly number[] = []): ReferenceMachine {
  for (const slot of schedule) machine.step(slot);
  for (let [next] = machine.runnable(); next !== undefined; [next] = machine.runnable()) machine.step(next);
  machine.finish();
  return machine;
}

const cell = (machine: ReferenceMachine, pointer: number) =>
  machine.dump().cells.find((each) => each.pointer === pointer);
const valueAt = (machine: ReferenceMachine, name: GlobalName, plus = 0) =>
  cell(machine, addressOf(name, plus))?.value;
const verdicts = (machine: ReferenceMachine) => machine.violations.map((v) => [v.kind, v.detail]);

/** What one thread's code does wrong, stepped alone. */
function faultOf(code: Bare[], rest: Run = {}) {
  const machine = run(machineOf([code], rest));
  return { verdicts: verdicts(machine), outcome: machine.outcome, violation: machine.violations[0], machine };
}

describe("steps", () => {
  test("a step takes the local instructions that follow it along, up to the next step", () => {
    const machine = machineOf([
      [
        { op: "move", dst: 1, value: imm(5) },
        store(at("data"), reg(1)),
        { op: "binary", operator: "+", dst: 1, left: reg(1, 1), right: imm(10) },
        store(at("data", 1), reg(1)),
      ],
    ]);
    expect(machine.position(0)).toMatchObject({ index: 1 });
    expect(valueAt(machine, "data")).toBe(7);
    machine.step(0);
    expect(machine.position(0)).toMatchObject({ index: 3 });
    expect(machine.dump().tasks[0]!.registers[1]).toBe(16);
    machine.step(0);
    expect(machine.dump().tasks[0]).toMatchObject({ ended: true });
    expect(machine.runnable()).toEqual([]);
    machine.finish();
    expect(machine.outcome).toBe(Outcome.DONE);
    expect(valueAt(machine, "data", 1)).toBe(16);
  });

  test("two increments that interleave between load and store lose one", () => {
    const increment = [load(1, at("data")), store(at("data"), reg(1, 1))];
    expect(valueAt(run(machineOf([increment, increment]), [0, 0, 1, 1]), "data")).toBe(9);
    expect(valueAt(run(machineOf([increment, increment]), [0, 1, 0, 1]), "data")).toBe(8);
  });

  test("a loop of local instructions ends as a step limit, and so does a run of too many steps", () => {
    const loop: Bare[] = [
      { op: "fence", kind: "mb" },
      { op: "jump", to: 1 },
    ];
    expect(faultOf(loop).verdicts).toEqual([[Violation.STEP_LIMIT, Detail.LOCAL_LOOP]]);
    const steps: Bare[] = [
      { op: "fence", kind: "mb" },
      { op: "jump", to: 0 },
    ];
    const machine = run(machineOf([steps], {}, [], 10));
    expect(machine.violations).toMatchObject([{ kind: Violation.STEP_LIMIT, detail: Detail.NONE, step: 10 }]);
  });

  test("read-modify-write instructions return the old value", () => {
    const rmw = (operator: "xchg" | "add" | "and" | "or" | "xor", value: number, expected: number) => {
      const machine = run(
        machineOf([
          [{ op: "rmw", operator, dst: 1, address: at("data"), value: imm(value), order: "full" }, out(0, 1)],
        ]),
      );
      expect([valueAt(machine, "data"), valueAt(machine, "out")]).toEqual([expected, 7]);
    };
    rmw("xchg", 3, 3);
    rmw("add", 0xffffffff, 6);
    rmw("and", 10, 2);
    rmw("or", 8, 15);
    rmw("xor", 5, 2);
  });

  test("cmpxchg stores only where it found what it expected", () => {
    const cmpxchg = (expected: number): Bare => ({
      op: "cmpxchg",
      dst: 1,
      address: at("data"),
      expected: imm(expected),
      value: imm(1),
      order: "full",
    });
    expect(valueAt(run(machineOf([[cmpxchg(7)]])), "data")).toBe(1);
    expect(valueAt(run(machineOf([[cmpxchg(6)]])), "data")).toBe(7);
  });

  test("choose draws, assume drops, warn goes on, bug and assert stop", () => {
    const chosen = machineOf([[{ op: "choose", dst: 1, count: imm(3) }, out(0, 1)]], {}, [2]);
    expect(valueAt(run(chosen), "out")).toBe(2);
    expect(faultOf([{ op: "assume", value: imm(0) }]).outcome).toBe(Outcome.DROPPED);
    const warned = faultOf([
      { op: "warn", value: imm(1) },
      { op: "warn", value: imm(2) },
    ]);
    expect(warned.verdicts).toEqual([
      [Violation.WARN, Detail.NONE],
      [Violation.WARN, Detail.NONE],
    ]);
    expect(warned.outcome).toBe(Outcome.DONE);
    expect(faultOf([{ op: "bug", value: imm(1) }]).verdicts).toEqual([[Violation.BUG, Detail.NONE]]);
    expect(faultOf([{ op: "assert", value: imm(0) }]).verdicts).toEqual([[Violation.ASSERTION, Detail.NONE]]);
  });

  test("division by zero is a bug, and the most negative number divided by -1 wraps", () => {
    const divide = (right: number): Bare[] => [
      { op: "binary", operator: "/s", dst: 1, left: imm(0x80000000), right: imm(right) },
      out(0, 1),
    ];
    expect(faultOf(divide(0)).verdicts).toEqual([[Violation.BUG, Detail.DIVISION]]);
    expect(valueAt(run(machineOf([divide(-1)])), "out")).toBe(0x80000000);
  });
});

describe("memory", () => {
  test("every bad pointer is told from every other", () => {
    const kind = (address: number) => faultOf([load(1, imm(address))]).violation?.kind;
    expect(kind(0)).toBe(Violation.NULL_DEREF);
    expect(kind(POINTER_BASE - 1)).toBe(Violation.NULL_DEREF);
    expect(kind(addressOf("data", 2))).toBe(Violation.BAD_POINTER);
    expect(kind(FUNCTION_BASE)).toBe(Violation.BAD_POINTER);
    expect(kind(-22)).toBe(Violation.BAD_POINTER);
    expect(kind(HEAP)).toBe(Violation.BAD_POINTER);
    expect(kind(addressOf("data"))).toBeUndefined();
  });

  test("heap objects follow each other with a gap and are never used again", () => {
    const machine = run(
      machineOf([[alloc(1), alloc(2, 0), primitive("kfree", [reg(1)]), alloc(3), out(0, 3)]]),
    );
    expect(valueAt(machine, "out")).toBe(HEAP + 5);
    expect(cell(machine, HEAP)).toMatchObject({ state: "freed" });
    expect(cell(machine, HEAP + 2)).toBeUndefined();
    expect(cell(machine, HEAP + 3)).toMatchObject({ state: "live", value: 0 });
  });

  test("a use after free names the freeing instruction and the class", () => {
    const { violation } = faultOf([alloc(1), primitive("kfree", [reg(1)]), store(reg(1, 1), imm(1))]);
    expect(violation).toMatchObject({ kind: Violation.USE_AFTER_FREE, class: 3, site: { index: 2 } });
    expect(violation!.freedBy).toMatchObject({ index: 1 });
  });

  test("kfree takes NULL, refuses what is no object, and tells a second time", () => {
    const free = primitive("kfree", [reg(1)]);
    expect(faultOf([primitive("kfree", [imm(0)])]).verdicts).toEqual([]);
    expect(faultOf([alloc(1), free, free]).verdicts).toEqual([[Violation.DOUBLE_FREE, Detail.NONE]]);
    const notAnObject = [[Violation.BAD_POINTER, Detail.NOT_AN_OBJECT]];
    expect(faultOf([alloc(1), primitive("kfree", [reg(1, 1)])]).verdicts).toEqual(notAnObject);
    expect(faultOf([primitive("kfree", [at("data")])]).verdicts).toEqual(notAnObject);
  });

  test("an allocation beyond the cells of the machine is a limit, not a violation", () => {
    const { machine } = faultOf([alloc(1, 0x7fffffff)]);
    expect([machine.outcome, machine.limit, machine.violations]).toEqual([
      Outcome.LIMIT,
      LimitKind.CELLS,
      [],
    ]);
  });

  test("a local variable is zero while it lives and cannot be used before or after", () => {
    const locals = [{ name: "ctx", size: 2, class: 1 }];
    const body = (code: Bare[]) =>
      run(
        machineOf([[store(at("data"), imm(0))]], {
          setup: { locals, code: [{ op: "local-address", dst: 1, local: 0 }, ...code] },
        }),
      );
    const live: Bare = { op: "local-live", local: 0 };
    const dead: Bare = { op: "local-dead", local: 0 };
    expect(verdicts(body([load(2, reg(1))]))).toEqual([[Violation.BAD_POINTER, Detail.NONE]]);
    expect(verdicts(body([live, store(reg(1), imm(4)), dead, live, load(2, reg(1))]))).toEqual([]);
    expect(verdicts(body([live, dead, load(2, reg(1))]))).toEqual([[Violation.USE_AFTER_FREE, Detail.NONE]]);
    expect(body([live, load(2, reg(1, 2))]).violations[0]!.kind).toBe(Violation.BAD_POINTER);
  });

  test("a call of a program must find it alive at both ends", () => {
    const begin = primitive("ops_call_begin", [reg(1)]);
    const end = primitive("ops_call_end", [reg(1)]);
    const free = primitive("kfree", [reg(1)]);
    expect(faultOf([alloc(1), begin, end]).verdicts).toEqual([]);
    expect(faultOf([alloc(1), free, begin]).verdicts).toEqual([[Violation.USE_AFTER_FREE, Detail.NONE]]);
    expect(faultOf([alloc(1), begin, free, end]).verdicts).toEqual([
      [Violation.USE_AFTER_FREE, Detail.FREED_DURING_CALL],
    ]);
  });
});

describe("locks", () => {
  const lock = primitive("mutex_lock", [at("mutex")]);
  const unlock = primitive("mutex_unlock", [at("mutex")]);
  const spin = primitive("spin_lock", [at("spin")]);
  const unspin = primitive("spin_unlock", [at("spin")]);
  const misuse = (detail: Detail) => [[Violation.LOCK_MISUSE, detail]];

  test("a held mutex keeps others from running until it is given back", () => {
    const machine = machineOf([
      [lock, unlock],
      [lock, unlock],
    ]);
    machine.step(1);
    expect(machine.runnable()).toEqual([1]);
    expect(valueAt(machine, "mutex")).toBe(2);
    machine.step(1);
    expect(machine.runnable()).toEqual([0]);
    expect(run(machine).outcome).toBe(Outcome.DONE);
  });

  test("each misuse of a lock has its own detail", () => {
    expect(faultOf([lock, lock]).verdicts).toEqual(misuse(Detail.DOUBLE_LOCK));
    expect(faultOf([spin, spin]).verdicts).toEqual(misuse(Detail.DOUBLE_LOCK));
    expect(faultOf([unlock]).verdicts).toEqual(misuse(Detail.FOREIGN_UNLOCK));
    expect(faultOf([unspin]).verdicts).toEqual(misuse(Detail.FOREIGN_UNLOCK));
    expect(faultOf([lock]).verdicts).toEqual(misuse(Detail.HELD_AT_EXIT));
    expect(faultOf([spin, lock]).verdicts).toEqual(misuse(Detail.SLEEPING_WHILE_ATOMIC));
    expect(faultOf([lock, spin, unspin, unlock]).verdicts).toEqual([]);
  });

  test("trylock says 0 where anybody holds the lock", () => {
    const trylock = primitive("spin_trylock", [at("spin")], 1);
    const machine = run(machineOf([[trylock, out(0, 1), trylock, out(1, 1), unspin, lock, unlock]]));
    expect([valueAt(machine, "out"), valueAt(machine, "out", 1), machine.outcome]).toEqual([
      1,
      0,
      Outcome.DONE,
    ]);
  });

  test("two locks in opposite order deadlock in one schedule and not in another", () => {
    const code = [
      [lock, spin, unspin, unlock],
      [primitive("spin_lock", [at("spin")]), primitive("mutex_trylock", [at("mutex")], 1), unspin],
    ];
    const other = primitive("mutex_lock", [at("done")]);
    const unother = primitive("mutex_unlock", [at("done")]);
    const abba = () =>
      machineOf([
        [lock, other, unother, unlock],
        [other, lock, unlock, unother],
      ]);
    expect(run(machineOf(code), [0, 0, 0, 0, 1, 1]).violations.length).toBe(1);
    expect(run(abba(), [0, 0]).outcome).toBe(Outcome.DONE);
    expect(run(abba(), [0, 1]).violations).toMatchObject([
      { kind: Violation.DEADLOCK, task: 0, site: { index: 1 } },
    ]);
  });
});

describe("grace periods", () => {
  const readLock = primitive("gp_read_lock", [at("srcu")], 1);
  const readUnlock = primitive("gp_read_unlock", [at("srcu"), reg(1)]);
  const start = primitive("gp_start", [at("srcu")]);
  const wait = primitive("gp_wait");

  test("a grace period waits for the sections open at its start and for no later one", () => {
    const machine = machineOf([
      [readLock, readUnlock],
      [start, wait],
      [readLock, readUnlock],
    ]);
    machine.step(0);
    machine.step(1);
    expect(machine.dump().tasks[1]!.waitMask).toEqual([0]);
    machine.step(2);
    expect(machine.runnable()).toEqual([0, 2]);
    machine.step(0);
    expect(machine.runnable()).toEqual([1, 2]);
    expect(run(machine).outcome).toBe(Outcome.DONE);
  });

  test("sections nest to four levels, each with its own bit", () => {
    const nested = machineOf([[readLock, out(0, 1), readLock, out(1, 1), readUnlock, readUnlock]]);
    run(nested);
    expect([valueAt(nested, "out"), valueAt(nested, "out", 1)]).toEqual([0, 16]);
    // The second unlock names the same index again.
    expect(verdicts(nested)).toEqual([[Violation.RCU_MISUSE, Detail.UNBALANCED]]);
    const { machine } = faultOf([readLock, readLock, readLock, readLock, readLock]);
    expect([machine.outcome, machine.limit]).toEqual([Outcome.LIMIT, LimitKind.NESTING]);
    expect([valueAt(machine, "srcu"), valueAt(machine, "srcu", 1)]).toEqual([0x10001, 0x10001]);
  });

  test("each misuse of a reader has its own detail", () => {
    const misuse = (detail: Detail) => [[Violation.RCU_MISUSE, detail]];
    const unlockLast = primitive("gp_read_unlock_last", [at("srcu")]);
    expect(faultOf([unlockLast]).verdicts).toEqual(misuse(Detail.UNBALANCED));
    expect(faultOf([readLock, unlockLast]).verdicts).toEqual([]);
    expect(faultOf([readLock]).verdicts).toEqual(misuse(Detail.STILL_READING));
    expect(faultOf([readLock, start]).verdicts).toEqual(misuse(Detail.OWN_GRACE_PERIOD));
  });

  test("a reader of an atomic domain must not sleep, one of a sleepable domain may", () => {
    const sleep = primitive("mutex_lock", [at("mutex")]);
    const rcu = primitive("gp_read_lock", [at("rcu")], 1);
    expect(faultOf([rcu, sleep]).verdicts).toEqual([[Violation.LOCK_MISUSE, Detail.SLEEPING_WHILE_ATOMIC]]);
    expect(faultOf([readLock, sleep, primitive("mutex_unlock", [at("mutex")]), readUnlock]).verdicts).toEqual(
      [],
    );
    expect(faultOf([rcu, primitive("gp_read_unlock", [at("rcu"), reg(1)]), sleep]).verdicts).toEqual([
      [Violation.LOCK_MISUSE, Detail.HELD_AT_EXIT],
    ]);
  });

  test("a callback runs after the readers that it found, with the head as its argument", () => {
    const call = primitive("gp_call", [at("srcu"), at("head"), imm(FUNCTION_BASE)]);
    const machine = machineOf([[readLock, readUnlock], [call]], { functions: [{ code: [out(0, 1)] }] });
    machine.step(0);
    machine.step(1);
    expect(valueAt(machine, "head")).toBe(1);
    expect(machine.position(2)).toMatchObject({ index: START });
    expect(machine.runnable()).toEqual([0]);
    machine.step(0);
    expect(machine.runnable()).toEqual([2]);
    machine.step(2);
    expect(valueAt(machine, "head")).toBe(0);
    run(machine);
    expect(valueAt(machine, "out")).toBe(addressOf("head"));
  });

  test("a head that is queued twice, or freed before its callback, is a violation", () => {
    const functions = [{ code: [] }];
    const call = (head: Operand) => primitive("gp_call", [at("rcu"), head, imm(FUNCTION_BASE)]);
    const twice = run(machineOf([[call(at("head")), call(at("head"))]], { functions }), [0, 0]);
    expect(verdicts(twice)).toEqual([[Violation.RCU_MISUSE, Detail.DOUBLE_QUEUE]]);
    const freed = machineOf([[alloc(1), call(reg(1)), primitive("kfree", [reg(1)])]], { functions });
    run(freed, [0, 0, 0]);
    expect(freed.violations).toMatchObject([
      { kind: Violation.USE_AFTER_FREE, task: 1, site: { index: START } },
    ]);
  });

  test("callbacks of a softirq domain must not sleep", () => {
    const lock = primitive("mutex_lock", [at("mutex")]);
    const functions = [{ code: [lock, primitive("mutex_unlock", [at("mutex")])] }];
    const call = (domain: GlobalName) => [primitive("gp_call", [at(domain), at("head"), imm(FUNCTION_BASE)])];
    expect(faultOf(call("rcu"), { functions }).verdicts).toEqual([
      [Violation.LOCK_MISUSE, Detail.SLEEPING_WHILE_ATOMIC],
    ]);
    expect(faultOf(call("srcu"), { functions }).verdicts).toEqual([]);
  });
});

describe("work", () => {
  const queueWork = (work: GlobalName) => primitive("queue_work", [at("queue"), at(work)], 1);
  const functions = [{ code: [load(2, at("data")), store(at("data"), reg(2, 1))] }];

  test("a queued item runs once for each time it was queued, one wide, in order", () => {
    const thread = [queueWork("work"), out(0, 1), queueWork("work"), out(1, 1), queueWork("work2")];
    const machine = machineOf([thread], { functions });
    for (let i = 0; i < 5; i++) machine.step(0);
    expect([valueAt(machine, "out"), valueAt(machine, "out", 1), valueAt(machine, "queue", 2)]).toEqual([
      1, 0, 2,
    ]);
    expect(machine.runnable()).toEqual([1]);
    machine.step(1);
    expect([valueAt(machine, "work", 1), valueAt(machine, "work", 2), valueAt(machine, "queue", 1)]).toEqual([
      0, 1, 1,
    ]);
    expect(machine.runnable()).toEqual([1]);
    machine.step(1);
    machine.step(1);
    expect(machine.runnable()).toEqual([2]);
    run(machine);
    expect([valueAt(machine, "data"), valueAt(machine, "queue", 1), machine.outcome]).toEqual([
      9,
      0,
      Outcome.DONE,
    ]);
  });

  test("cancel takes a pending item away, and its slot is free again", () => {
    const cancel = primitive("cancel_work", [at("work")], 1);
    const machine = machineOf(
      [[queueWork("work"), cancel, out(0, 1), cancel, out(1, 1), queueWork("work2")]],
      {
        functions,
      },
    );
    run(machine, [0, 0, 0, 0, 0, 0]);
    expect([valueAt(machine, "out"), valueAt(machine, "out", 1), valueAt(machine, "data")]).toEqual([
      1, 0, 8,
    ]);
    expect(machine.dump().tasks.map((task) => task.slot)).toEqual([0, 1]);
  });

  test("flush waits while the item is pending or running; flushing oneself is a deadlock", () => {
    const flush = primitive("flush_work", [at("work")], 1);
    const machine = machineOf([[queueWork("work"), flush]], { functions });
    machine.step(0);
    expect(machine.runnable()).toEqual([1]);
    machine.step(1);
    expect(machine.runnable()).toEqual([1]);
    expect(run(machine).outcome).toBe(Outcome.DONE);
    expect(faultOf([queueWork("work")], { functions: [{ code: [flush] }] }).verdicts).toEqual([
      [Violation.DEADLOCK, Detail.NONE],
    ]);
  });

  test("a work function may free its own item, and nobody else may", () => {
    const makeItem: Bare[] = [
      alloc(2, 3),
      store(reg(2), imm(FUNCTION_BASE)),
      primitive("queue_work", [at("queue"), reg(2)], 1),
    ];
    const own = faultOf(makeItem, { functions: [{ code: [primitive("kfree", [reg(1)])] }] });
    expect([own.verdicts, own.outcome]).toEqual([[], Outcome.DONE]);
    const other = run(machineOf([[...makeItem, primitive("kfree", [reg(2)])]], { functions }), [0, 0, 0, 0]);
    expect(other.violations).toMatchObject([
      { kind: Violation.USE_AFTER_FREE, task: 1, site: { index: START } },
    ]);
  });

  test("work without a function is a call of nothing", () => {
    expect(faultOf([queueWork("work")], { functions: [undefined] }).violation?.kind).toBe(
      Violation.BAD_POINTER,
    );
    expect(faultOf([store(at("work"), imm(0)), queueWork("work")], { functions }).violation?.kind).toBe(
      Violation.NULL_DEREF,
    );
  });

  test("more tasks than slots is a limit", () => {
    const heads: Bare[] = Array.from({ length: 15 }, () => [
      alloc(1),
      primitive("gp_call", [at("srcu"), reg(1), imm(FUNCTION_BASE)]),
    ]).flat();
    const machine = machineOf([heads], { functions });
    while (machine.runnable().includes(0)) machine.step(0);
    expect([machine.outcome, machine.limit]).toEqual([Outcome.LIMIT, LimitKind.TASKS]);
  });
});

describe("counts", () => {
  const refcount = (detail: Detail) => [[Violation.REFCOUNT, detail]];
  const setCount = (value: number) => store(at("count"), imm(value));

  test("refcount_t saturates and tells where it went wrong", () => {
    const inc = primitive("refcount_inc", [at("count")]);
    const dec = primitive("refcount_dec_and_test", [at("count")], 1);
    const tryInc = primitive("refcount_inc_not_zero", [at("count")], 1);
    const fromZero = faultOf([dec, out(0, 1), tryInc, out(1, 1), inc]);
    expect(fromZero.verdicts).toEqual(refcount(Detail.FROM_ZERO));
    expect([0, 1].map((n) => valueAt(fromZero.machine, "out", n))).toEqual([1, 0]);
    expect(valueAt(fromZero.machine, "count")).toBe(REFCOUNT_SATURATED);
    expect(faultOf([dec, dec]).verdicts).toEqual(refcount(Detail.UNDERFLOW));
    expect(faultOf([setCount(REFCOUNT_SATURATED), inc]).verdicts).toEqual(refcount(Detail.SATURATED));
    expect(faultOf([setCount(REFCOUNT_SATURATED), tryInc]).verdicts).toEqual(refcount(Detail.SATURATED));
    const kept = faultOf([inc, dec, out(0, 1)]);
    expect([kept.verdicts, valueAt(kept.machine, "out"), valueAt(kept.machine, "count")]).toEqual([[], 0, 1]);
  });

  test("a killed css can be got but not by tryget_online; the last put says so", () => {
    const css = (name: "css_tryget" | "css_tryget_online" | "css_get" | "css_put" | "css_kill", dst = 1) =>
      primitive(name, [at("css")], name === "css_get" || name === "css_kill" ? 0 : dst);
    const { machine, verdicts: found } = faultOf([
      css("css_tryget_online"),
      out(0, 1),
      css("css_kill"),
      css("css_tryget_online"),
      out(1, 1),
      css("css_tryget"),
      out(2, 1),
      css("css_put"),
      css("css_put"),
      css("css_put"),
      out(3, 1),
      css("css_kill"),
      css("css_get"),
    ]);
    expect([0, 1, 2, 3].map((n) => valueAt(machine, "out", n))).toEqual([1, 0, 1, 1]);
    expect(found).toEqual([
      [Violation.WARN, Detail.KILLED_TWICE],
      [Violation.REFCOUNT, Detail.FROM_ZERO],
    ]);
    expect(faultOf([css("css_put"), css("css_put")]).verdicts).toEqual(refcount(Detail.UNDERFLOW));
  });

  test("a completion lets through as many as it was completed for, or all", () => {
    const wait = primitive("wait_for_completion", [at("done")]);
    const machine = machineOf([[wait], [primitive("complete", [at("done")])], [wait]]);
    expect(machine.runnable()).toEqual([1]);
    machine.step(1);
    expect(machine.runnable()).toEqual([0, 2]);
    expect(verdicts(run(machine))).toEqual([[Violation.DEADLOCK, Detail.NONE]]);
    const all = machineOf([[wait], [primitive("complete_all", [at("done")])], [wait]]);
    expect([run(all).outcome, valueAt(all, "done")]).toEqual([Outcome.DONE, COMPLETION_ALL]);
  });
});

describe("set-up and checks", () => {
  test("the set-up runs alone, lets others run only where it must wait, and hands values over", () => {
    const settle = primitive("settle");
    const queueWork = primitive("queue_work", [at("queue"), at("work")], 1);
    const capture: Bare = { op: "capture", kind: "thread", index: 0, parameter: 1, value: imm(42) };
    const functions = [{ code: [store(at("data"), imm(1))] }];
    const thread = { parameters: 1, code: [out(0, 1)] };
    const settled = makeProgram({
      globals: GLOBALS,
      functions,
      threads: [thread],
      setup: { code: [queueWork, settle, load(1, at("data")), capture, out(1, 1)] },
    });
    const machine = new ReferenceMachine(settled);
    machine.begin(() => 0);
    expect([valueAt(machine, "data"), valueAt(machine, "out", 1), machine.runnable()]).toEqual([1, 1, [0]]);
    expect(valueAt(run(machine), "out")).toBe(42);
    const unsettled = machineOf([[]], { functions, setup: { code: [queueWork] } });
    expect([valueAt(unsettled, "data"), unsettled.runnable()]).toEqual([7, [1]]);
  });

  test("a set-up that can never go on is a limit", () => {
    const machine = machineOf([[]], { setup: { code: [primitive("wait_for_completion", [at("done")])] } });
    expect([machine.outcome, machine.limit]).toEqual([Outcome.LIMIT, LimitKind.SETUP_BLOCKED]);
  });

  test("an always check runs before the first step and after each one", () => {
    const body = { code: [load(1, at("data")), { op: "assert", value: reg(1) } satisfies Bare] };
    const checks = [{ kind: "always", body } as const];
    const machine = machineOf([[store(at("data", 1), imm(0)), store(at("data"), imm(0))]], { checks });
    machine.step(0);
    expect(machine.outcome).toBe(Outcome.RUNNING);
    machine.step(0);
    expect(machine.violations).toMatchObject([{ kind: Violation.ASSERTION, task: 15, check: 0, step: 2 }]);
    const early = machineOf([[out(0, 1)]], { checks, setup: { code: [store(at("data"), imm(0))] } });
    expect([early.outcome, early.violations[0]!.step]).toEqual([Outcome.VIOLATED, 0]);
  });

  test("a failing end check is a leak or dangling where it saw one", () => {
    const thread = [alloc(1), store(at("data"), reg(1))];
    const check = (code: Bare[]) => ({ checks: [{ kind: "at_end", body: { code } } as const] });
    const not: Bare[] = [
      { op: "binary", operator: "==", dst: 2, left: reg(2), right: imm(0) },
      { op: "assert", value: reg(2) },
    ];
    const dangles = check([load(1, at("data")), { op: "dangles", dst: 2, value: reg(1) }, ...not]);
    const leaks = check([{ op: "leaks", dst: 2, class: 3 }, ...not]);
    const otherLeaks = check([{ op: "leaks", dst: 2, class: 4 }, ...not]);
    const freeing = [...thread, primitive("kfree", [reg(1)])];
    expect(faultOf(thread, dangles).verdicts).toEqual([]);
    expect(faultOf(freeing, dangles).violation).toMatchObject({
      kind: Violation.DANGLING,
      class: 3,
      task: 15,
    });
    expect(faultOf(thread, leaks).violation?.kind).toBe(Violation.LEAK);
    expect(faultOf(freeing, leaks).verdicts).toEqual([]);
    expect(faultOf(thread, otherLeaks).verdicts).toEqual([]);
  });
});
