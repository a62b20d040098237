// Calls that the lowering itself knows: marked accesses, barriers, RCU pointers, warnings, assertions, bits of
// the heap, memory functions. A function of the same name that the model defines wins over them.

import { LOCK_OWNER } from "../../../assembly/abi.ts";
import type { Order } from "../ir.ts";
import { INT, typeName, ULONG } from "../types.ts";
import {
  copied,
  dereference,
  fresh,
  intValue,
  type Lvalue,
  load,
  NOTHING,
  scalar,
  store,
  TRUTH,
  truth,
  type Value,
} from "./access.ts";
import type { Argument, Call, Expression, Span } from "./ast.ts";
import { atomicCall, exchangeCall, isAtomic } from "./atomics.ts";
import { constantValue } from "./build-types.ts";
import { imm, isConstant, plus, reg } from "./emit.ts";
import { lvalue, value, type Wanted } from "./expressions.ts";
import { allocation } from "./heap.ts";
import { emitBinary } from "./operators.ts";
import { type Context, fail, placeOf } from "./unit.ts";

type Handler = (c: Context, e: Call, wanted: Wanted, name: string) => Value;

interface Builtin {
  /** Fewest and most arguments. */
  readonly args: readonly [number, number];
  readonly call: Handler;
}

const MANY = 100;

export function isBuiltin(name: string): boolean {
  return TABLE.has(name) || isAtomic(name) || IGNORED.test(name);
}

/** Messages: their arguments are not even evaluated, as with the messages compiled out. */
const IGNORED =
  /^(pr_\w+|dev_(dbg|info|notice|warn|err|crit|emerg|alert)\w*|printk\w*|trace_\w+|netdev_\w+)$/;

export function builtinCall(c: Context, name: string, e: Call, wanted: Wanted): Value {
  const builtin = TABLE.get(name);
  if (builtin !== undefined) {
    const [low, high] = builtin.args;
    if (e.args.length < low || e.args.length > high) {
      const takes = low === high ? `${low}` : high === MANY ? `at least ${low}` : `${low} to ${high}`;
      fail(e, `'${name}' takes ${takes} argument${takes === "1" ? "" : "s"}, ${e.args.length} given`);
    }
    return builtin.call(c, e, wanted, name);
  }
  if (isAtomic(name)) return atomicCall(c, name, e);
  return NOTHING;
}

// ---------------------------------------------------------------- arguments

export function expressionArgument(e: Call, i: number): Expression {
  const a: Argument | undefined = e.args[i];
  if (a === undefined) return fail(e, "an argument is missing");
  if (a.kind === "type-argument") return fail(a, "a type where a value is needed");
  return a;
}

function argument(c: Context, e: Call, i: number): Value {
  const a = expressionArgument(e, i);
  return scalar(value(c, a), a);
}

// ---------------------------------------------------------------- marked accesses

function loadOf(order: Order): Handler {
  return (c, e) => {
    const a = expressionArgument(e, 0);
    const lv = markedLvalue(c, a);
    return lv.kind === "register" ? copied(c, load(c, lv, e), e) : load(c, lv, e, order);
  };
}

/** The lvalue; a pointer that was computed (rcu_dereference(f(x))) is the value itself. */
function markedLvalue(c: Context, a: Expression): Lvalue {
  if (a.kind !== "call" && a.kind !== "conditional" && a.kind !== "cast") return lvalue(c, a);
  const v = scalar(value(c, a), a);
  const register = fresh(c);
  store(c, { kind: "register", type: v.type, register, captured: false }, v, a);
  return { kind: "register", type: v.type, register, captured: false };
}

function storeOf(order: Order): Handler {
  return (c, e) => {
    const lv = lvalue(c, expressionArgument(e, 0));
    store(c, lv, value(c, expressionArgument(e, 1), { type: lv.type }), e, order);
    return NOTHING;
  };
}

function pointee(c: Context, e: Call): Lvalue {
  return dereference(argument(c, e, 0), expressionArgument(e, 0));
}

function replacePointer(c: Context, e: Call): Value {
  const lv = lvalue(c, expressionArgument(e, 0));
  const fresh = value(c, expressionArgument(e, 1), { type: lv.type });
  const old = copied(c, load(c, lv, e, "rcu"), e);
  store(c, lv, fresh, e, "release");
  return old;
}

function fence(kind: "mb" | "rmb" | "wmb"): Handler {
  return (c, e) => {
    c.out.emit({ op: "fence", kind }, placeOf(c, e));
    return NOTHING;
  };
}

// ---------------------------------------------------------------- verdicts

function warn(c: Context, e: Call): Value {
  const v = truth(c, argument(c, e, 0), e);
  c.out.emit({ op: "warn", value: v.at }, placeOf(c, e));
  return v;
}

function bug(c: Context, e: Call): Value {
  const v = e.args.length === 0 ? intValue(1) : truth(c, argument(c, e, 0), e);
  const place = placeOf(c, e);
  c.out.emit({ op: "bug", value: v.at }, place);
  // What follows a certain BUG() is not reached.
  if (isConstant(v.at) && v.at.imm !== 0) c.out.emit({ op: "exit" }, place);
  return NOTHING;
}

function verdict(op: "assume" | "assert"): Handler {
  return (c, e) => {
    const v = truth(c, argument(c, e, 0), e);
    c.out.emit({ op, value: v.at }, placeOf(c, e));
    return NOTHING;
  };
}

function choose(c: Context, e: Call): Value {
  const count = argument(c, e, 0);
  if (isConstant(count.at) && (count.at.imm < 1 || count.at.imm > 1024)) {
    fail(e, `choose(${count.at.imm}): the number of values must be from 1 to 1024`);
  }
  const dst = fresh(c);
  c.out.emit({ op: "choose", dst, count: count.at }, placeOf(c, e));
  return { type: INT, at: reg(dst) };
}

function scenarioOnly(c: Context, e: Call, _: Wanted, name: string): Value {
  return fail(
    e,
    c.setup ? `${name}() must stand in the scenario's outermost block` : `${name}() belongs into a scenario`,
    "thread(), at_end() and always() stand at the end of a scenario, one after the other, in no loop and no if",
  );
}

/** The lock's owner cell must not be 0; the argument points to a lock whose first cell is its owner. */
function lockdepHeld(c: Context, e: Call): Value {
  const lock = argument(c, e, 0);
  const type = lock.type.kind === "pointer" ? lock.type.to : undefined;
  if (type?.kind !== "struct") {
    fail(
      expressionArgument(e, 0),
      `a pointer to a lock is needed here, and this is '${typeName(lock.type)}'`,
    );
  }
  return load(c, { kind: "memory", type: INT, address: plus(lock.at, LOCK_OWNER) }, e, "relaxed");
}

function lockdepAssert(c: Context, e: Call): Value {
  const owner = lockdepHeld(c, e);
  c.out.emit({ op: "assert", value: owner.at }, placeOf(c, e));
  return NOTHING;
}

function dangles(c: Context, e: Call): Value {
  const v = argument(c, e, 0);
  const dst = fresh(c);
  c.out.emit({ op: "dangles", dst, value: v.at }, placeOf(c, e));
  return { type: TRUTH, at: reg(dst) };
}

function leaks(c: Context, e: Call): Value {
  const dst = fresh(c);
  c.out.emit({ op: "leaks", dst, class: -1 }, placeOf(c, e));
  return { type: INT, at: reg(dst) };
}

// ---------------------------------------------------------------- memory functions

/** Cells that memcpy() and the like copy one by one; more become unwieldy. */
const COPIED_MAX = 256;

function cellCount(c: Context, e: Expression): number {
  const n = constantValue(c, e, "the number of cells");
  if (n < 0 || n > COPIED_MAX) fail(e, `${n} cells: at most ${COPIED_MAX} can be copied at once`);
  return n;
}

function memset(c: Context, e: Call): Value {
  const to = copied(c, argument(c, e, 0), e);
  const v = argument(c, e, 1);
  const place = placeOf(c, e);
  for (let i = 0, n = cellCount(c, expressionArgument(e, 2)); i < n; i++) {
    c.out.emit({ op: "store", address: plus(to.at, i), value: v.at, order: "plain" }, place);
  }
  return to;
}

/** All is read before anything is written where the regions may overlap (memmove). */
function memcpy(c: Context, e: Call): Value {
  const to = copied(c, argument(c, e, 0), e);
  const from = copied(c, argument(c, e, 1), e);
  const place = placeOf(c, e);
  const n = cellCount(c, expressionArgument(e, 2));
  const cells = Array.from({ length: n }, () => fresh(c));
  const read = (i: number): void =>
    c.out.emit({ op: "load", dst: cells[i]!, address: plus(from.at, i), order: "plain" }, place);
  const write = (i: number): void =>
    c.out.emit({ op: "store", address: plus(to.at, i), value: reg(cells[i]!), order: "plain" }, place);
  const overlapping = e.callee.kind === "identifier" && e.callee.name === "memmove";
  for (let i = 0; i < n; i++) {
    read(i);
    if (!overlapping) write(i);
  }
  if (overlapping) for (let i = 0; i < n; i++) write(i);
  return to;
}

// ---------------------------------------------------------------- the rest

function passThrough(c: Context, e: Call): Value {
  return truth(c, argument(c, e, 0), e);
}

/** A bit that is tested or changed: address of its word, and the bit in it. */
function bitOf(c: Context, e: Call, span: Span): { address: Value["at"]; mask: Value["at"] } {
  const place = placeOf(c, span);
  const n = copied(c, argument(c, e, 0), span);
  const base = argument(c, e, 1);
  const word = emitBinary(c, ">>u", n.at, imm(5), place);
  const bit = emitBinary(c, "&", n.at, imm(31), place);
  const address = emitBinary(c, "+", base.at, word, place);
  return { address, mask: emitBinary(c, "<<", imm(1), bit, place) };
}

function bitOperation(operator: "and" | "or" | "xor", tests: boolean): Handler {
  return (c, e) => {
    const place = placeOf(c, e);
    const { address, mask } = bitOf(c, e, e);
    const operand = operator === "and" ? emitBinary(c, "^", mask, imm(-1), place) : mask;
    const dst = fresh(c);
    c.out.emit(
      { op: "rmw", operator, dst, address, value: operand, order: tests ? "full" : "relaxed" },
      place,
    );
    if (!tests) return NOTHING;
    return truth(c, { type: ULONG, at: emitBinary(c, "&", reg(dst), mask, place) }, e);
  };
}

function testBit(c: Context, e: Call): Value {
  const { address, mask } = bitOf(c, e, e);
  const word = load(c, { kind: "memory", type: ULONG, address }, e, "once");
  return truth(c, { type: ULONG, at: emitBinary(c, "&", word.at, mask, placeOf(c, e)) }, e);
}

/** Refcounts: reading and setting are plain; the rest are primitives. */
function refcountCell(c: Context, e: Call): Lvalue {
  const pointer = argument(c, e, 0);
  return { kind: "memory", type: INT, address: pointer.at };
}

const one = (call: Handler): Builtin => ({ args: [1, 1], call });
const two = (call: Handler): Builtin => ({ args: [2, 2], call });
const three = (call: Handler): Builtin => ({ args: [3, 3], call });
const none = (call: Handler): Builtin => ({ args: [0, 0], call });

const TABLE: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["READ_ONCE", one(loadOf("once"))],
  ["WRITE_ONCE", two(storeOf("once"))],
  ["smp_load_acquire", one((c, e) => load(c, pointee(c, e), e, "acquire"))],
  [
    "smp_store_release",
    two((c, e) => {
      const lv = pointee(c, e);
      store(c, lv, value(c, expressionArgument(e, 1), { type: lv.type }), e, "release");
      return NOTHING;
    }),
  ],
  ["rcu_dereference", one(loadOf("rcu"))],
  ["rcu_dereference_raw", one(loadOf("rcu"))],
  ["rcu_dereference_bh", one(loadOf("rcu"))],
  ["rcu_dereference_sched", one(loadOf("rcu"))],
  ["rcu_dereference_all", one(loadOf("rcu"))],
  ["rcu_dereference_check", two(loadOf("rcu"))],
  ["rcu_dereference_bh_check", two(loadOf("rcu"))],
  ["rcu_dereference_protected", two(loadOf("plain"))],
  ["srcu_dereference", two(loadOf("rcu"))],
  ["srcu_dereference_check", three(loadOf("rcu"))],
  ["rcu_access_pointer", one(loadOf("once"))],
  ["rcu_assign_pointer", two(storeOf("release"))],
  ["RCU_INIT_POINTER", two(storeOf("plain"))],
  ["rcu_replace_pointer", three(replacePointer)],
  ["smp_mb", none(fence("mb"))],
  ["smp_rmb", none(fence("rmb"))],
  ["smp_wmb", none(fence("wmb"))],
  ["WARN_ON", one(warn)],
  ["WARN_ON_ONCE", one(warn)],
  ["WARN", { args: [1, MANY], call: warn }],
  ["WARN_ONCE", { args: [1, MANY], call: warn }],
  ["BUG_ON", one(bug)],
  ["BUG", none(bug)],
  ["likely", one(passThrough)],
  ["unlikely", one(passThrough)],
  ["choose", one(choose)],
  ["assume", one(verdict("assume"))],
  ["assert", one(verdict("assert"))],
  ["thread", { args: [0, MANY], call: scenarioOnly }],
  ["at_end", { args: [0, MANY], call: scenarioOnly }],
  ["always", { args: [0, MANY], call: scenarioOnly }],
  ["lockdep_assert_held", one(lockdepAssert)],
  ["lockdep_assert_held_write", one(lockdepAssert)],
  ["lockdep_is_held", one((c, e) => truth(c, lockdepHeld(c, e), e))],
  ["dangles", one(dangles)],
  ["leaks", none(leaks)],
  ["xchg", two(exchangeCall)],
  ["cmpxchg", three(exchangeCall)],
  ["try_cmpxchg", three(exchangeCall)],
  ["set_bit", two(bitOperation("or", false))],
  ["clear_bit", two(bitOperation("and", false))],
  ["change_bit", two(bitOperation("xor", false))],
  ["clear_bit_unlock", two(bitOperation("and", false))],
  ["test_bit", two(testBit)],
  ["test_and_set_bit", two(bitOperation("or", true))],
  ["test_and_set_bit_lock", two(bitOperation("or", true))],
  ["test_and_clear_bit", two(bitOperation("and", true))],
  ["test_and_change_bit", two(bitOperation("xor", true))],
  ["refcount_read", one((c, e) => load(c, refcountCell(c, e), e, "once"))],
  [
    "refcount_set",
    two((c, e) => {
      const lv = refcountCell(c, e);
      store(c, lv, value(c, expressionArgument(e, 1)), e, "once");
      return NOTHING;
    }),
  ],
  ["memset", three(memset)],
  ["memcpy", three(memcpy)],
  ["memmove", three(memcpy)],
  ["kzalloc", two(allocation)],
  ["kmalloc", two(allocation)],
  ["kvzalloc", two(allocation)],
  ["kvmalloc", two(allocation)],
  ["kcalloc", three(allocation)],
  ["kmalloc_array", three(allocation)],
  ["kzalloc_obj", { args: [1, 2], call: allocation }],
  ["kmalloc_obj", { args: [1, 2], call: allocation }],
  ["kvzalloc_obj", { args: [1, 2], call: allocation }],
  ["kzalloc_objs", { args: [2, 3], call: allocation }],
  ["kmalloc_objs", { args: [2, 3], call: allocation }],
  ["barrier", none(() => NOTHING)],
  ["might_sleep", none(() => NOTHING)],
  ["cond_resched", none(() => NOTHING)],
  ["cpu_relax", none(() => NOTHING)],
  ["rcu_read_lock_held", none(() => intValue(1))],
  ["static_assert", { args: [1, 2], call: () => NOTHING }],
  ["typecheck", two(() => intValue(1))],
  ["__builtin_unreachable", none(bug)],
  ["__builtin_trap", none(bug)],
]);
