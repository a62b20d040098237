// Goal: the kernel primitives of the reference interpreter do what assembly/abi.ts and DESIGN.md sections
// 5-6 say.
// Method: each test is a small program with a known schedule; nothing here knows the fast machine. Longer
// than most because each primitive has its good and its bad uses here, side by side.

import { describe, expect, test } from "vitest";
import {
  COMPLETION_ALL,
  Detail,
  FUNCTION_BASE,
  LimitKind,
  Outcome,
  REFCOUNT_SATURATED,
  Violation,
} from "../../assembly/abi.ts";
import type { Operand } from "../../src/model/ir.ts";
import {
  addressOf,
  alloc,
  at,
  faultOf,
  type GlobalName,
  load,
  machineOf,
  out,
  run,
  store,
  valueAt,
  verdicts,
} from "../support/reference/fixture.ts";
import { START } from "../support/reference/machine.ts";
import { type Bare, imm, primitive, reg } from "../support/reference/program.ts";

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

  test("a barrier waits for the callbacks that it finds, a flush for those that have started", () => {
    const call = primitive("gp_call", [at("srcu"), at("head"), imm(FUNCTION_BASE)]);
    const wait = primitive("flush_wait");
    const functions = [{ code: [store(at("data"), imm(1)), store(at("data"), imm(2))] }];
    const barrier = machineOf([[call, primitive("gp_barrier", [at("srcu")]), wait]], { functions });
    barrier.step(0);
    barrier.step(0);
    expect([barrier.runnable(), valueAt(barrier, "srcu", 3)]).toEqual([[1], 1]);
    run(barrier);
    expect([barrier.outcome, valueAt(barrier, "srcu", 3)]).toEqual([Outcome.DONE, 0]);
    const flush = machineOf([[call, primitive("gp_flush", [at("srcu")]), wait]], { functions });
    flush.step(0);
    flush.step(0);
    expect(flush.runnable()).toEqual([0, 1]);
  });

  test("a domain that was not initialised is not used, and a task knows whether it reads", () => {
    const held = primitive("gp_read_held", [at("srcu")], 2);
    const machine = run(machineOf([[held, out(0, 2), readLock, held, out(1, 2), readUnlock]]));
    expect([valueAt(machine, "out"), valueAt(machine, "out", 1)]).toEqual([0, 1]);
    const bare = store(at("srcu", 2), imm(0));
    const call = primitive("gp_call", [at("srcu"), at("head"), imm(FUNCTION_BASE)]);
    for (const use of [readLock, start, held, call, primitive("gp_barrier", [at("srcu")])]) {
      expect(faultOf([bare, use]).verdicts).toEqual([[Violation.RCU_MISUSE, Detail.NOT_INITIALISED]]);
    }
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

  test("a flush waits for the execution that it finds; flushing oneself is a deadlock", () => {
    const flush = [primitive("work_flush", [at("work")], 1), primitive("flush_wait")];
    const machine = machineOf([[queueWork("work"), ...flush]], { functions });
    machine.step(0);
    machine.step(0);
    expect(machine.runnable()).toEqual([1]);
    machine.step(1);
    expect(machine.runnable()).toEqual([1]);
    expect(run(machine).outcome).toBe(Outcome.DONE);
    expect(faultOf([queueWork("work")], { functions: [{ code: flush }] }).verdicts).toEqual([
      [Violation.DEADLOCK, Detail.NONE],
    ]);
  });

  test("a timer brings its item onto the queue, and a drained queue takes nothing from outside", () => {
    const delay = primitive("work_delay", [at("queue"), at("work")], 1);
    const machine = machineOf([[delay, queueWork("work2")]], { functions });
    machine.step(0);
    expect([valueAt(machine, "work", 1), valueAt(machine, "queue", 2)]).toEqual([1, 0]);
    machine.step(0);
    expect(machine.runnable()).toEqual([1, 2]);
    machine.step(1);
    expect([valueAt(machine, "queue", 2), machine.position(1)?.index]).toEqual([2, START]);
    expect(machine.runnable()).toEqual([2]);
    expect(run(machine).outcome).toBe(Outcome.DONE);
    const drained = faultOf([store(at("queue", 3), imm(1)), delay, queueWork("work2")], { functions });
    expect(drained.verdicts).toEqual(Array(2).fill([Violation.WARN, Detail.QUEUE_DRAINING]));
    expect(valueAt(drained.machine, "work2", 1)).toBe(1);
  });

  test("a work function may free its own item, and nobody else may", () => {
    const makeItem: Bare[] = [
      alloc(2, 4),
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
