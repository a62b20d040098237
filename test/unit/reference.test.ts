// Goal: the reference interpreter does what assembly/abi.ts and DESIGN.md say of steps, memory, set-up and
// checks.
// Method: each test is a small program with a known schedule; nothing here knows the fast machine.

import { describe, expect, test } from "vitest";
import { Detail, FUNCTION_BASE, LimitKind, Outcome, POINTER_BASE, Violation } from "../../assembly/abi.ts";
import {
  addressOf,
  alloc,
  at,
  cell,
  faultOf,
  GLOBALS,
  HEAP,
  load,
  machineOf,
  out,
  run,
  store,
  valueAt,
  verdicts,
} from "../support/reference/fixture.ts";
import { ReferenceMachine } from "../support/reference/machine.ts";
import { type Bare, imm, makeProgram, primitive, reg } from "../support/reference/program.ts";

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
