// Marked accesses, barriers, RCU pointers, verdicts and bits: what these builtins come to.

import { LOCK_OWNER, RWSEM_READERS } from "../../../assembly/abi.ts";
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
import type { Handler } from "./builtins.ts";
import type { Context } from "./context.ts";
import { imm, isConstant, plus, reg } from "./emit.ts";
import { value, type Wanted } from "./expressions.ts";
import { lvalue } from "./lvalues.ts";
import { emitBinary } from "./operators.ts";
import { fail, placeOf } from "./unit.ts";

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

export function loadOf(order: Order): Handler {
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

export function storeOf(order: Order): Handler {
  return (c, e) => {
    const lv = lvalue(c, expressionArgument(e, 0));
    store(c, lv, value(c, expressionArgument(e, 1), { type: lv.type }), e, order);
    return NOTHING;
  };
}

export function pointee(c: Context, e: Call): Lvalue {
  return dereference(argument(c, e, 0), expressionArgument(e, 0));
}

export function replacePointer(c: Context, e: Call): Value {
  const lv = lvalue(c, expressionArgument(e, 0));
  const fresh = value(c, expressionArgument(e, 1), { type: lv.type });
  const old = copied(c, load(c, lv, e, "rcu"), e);
  store(c, lv, fresh, e, "release");
  return old;
}

export function fence(kind: "mb" | "rmb" | "wmb"): Handler {
  return (c, e) => {
    c.out.emit({ op: "fence", kind }, placeOf(c, e));
    return NOTHING;
  };
}

export function warn(c: Context, e: Call): Value {
  const v = truth(c, argument(c, e, 0), e);
  c.out.emit({ op: "warn", value: v.at }, placeOf(c, e));
  return v;
}

export function bug(c: Context, e: Call): Value {
  const v = e.args.length === 0 ? intValue(1) : truth(c, argument(c, e, 0), e);
  const place = placeOf(c, e);
  c.out.emit({ op: "bug", value: v.at }, place);
  // What follows a certain BUG() is not reached.
  if (isConstant(v.at) && v.at.imm !== 0) c.out.emit({ op: "exit" }, place);
  return NOTHING;
}

export function verdict(op: "assume" | "assert"): Handler {
  return (c, e) => {
    const v = truth(c, argument(c, e, 0), e);
    c.out.emit({ op, value: v.at }, placeOf(c, e));
    return NOTHING;
  };
}

export function choose(c: Context, e: Call): Value {
  const count = argument(c, e, 0);
  if (isConstant(count.at) && (count.at.imm < 1 || count.at.imm > 1024)) {
    fail(e, `choose(${count.at.imm}): the number of values must be from 1 to 1024`);
  }
  const dst = fresh(c);
  c.out.emit({ op: "choose", dst, count: count.at }, placeOf(c, e));
  return { type: INT, at: reg(dst) };
}

export function scenarioOnly(c: Context, e: Call, _: Wanted, name: string): Value {
  return fail(
    e,
    c.setup ? `${name}() must stand in the scenario's outermost block` : `${name}() belongs into a scenario`,
    "thread(), at_end() and always() stand at the end of a scenario, one after the other, " +
      "in no loop and no if",
  );
}

/**
 * The lock's owner cell, which must not be 0; the argument points to a lock whose first cell it is. A writer
 * and the holder of a mutex or spinlock are in its low bits, readers above.
 */
export function lockdepHeld(c: Context, e: Call): Value {
  const lock = argument(c, e, 0);
  const type = lock.type.kind === "pointer" ? lock.type.to : undefined;
  if (type?.kind !== "struct") {
    fail(
      expressionArgument(e, 0),
      `a pointer to a lock is needed here, and this is '${typeName(lock.type)}'`,
    );
  }
  const dst = fresh(c);
  const address = plus(lock.at, LOCK_OWNER);
  c.out.emit({ op: "load", dst, address, order: "relaxed", held: true }, placeOf(c, e));
  return { type: INT, at: reg(dst) };
}

export function lockdepAssert(c: Context, e: Call): Value {
  const owner = lockdepHeld(c, e);
  c.out.emit({ op: "assert", value: owner.at }, placeOf(c, e));
  return NOTHING;
}

export function lockdepAssertWrite(c: Context, e: Call): Value {
  const place = placeOf(c, e);
  const owner = emitBinary(c, "&", lockdepHeld(c, e).at, imm(RWSEM_READERS - 1), place);
  c.out.emit({ op: "assert", value: owner }, place);
  return NOTHING;
}

export function dangles(c: Context, e: Call): Value {
  const v = argument(c, e, 0);
  const dst = fresh(c);
  c.out.emit({ op: "dangles", dst, value: v.at }, placeOf(c, e));
  return { type: TRUTH, at: reg(dst) };
}

export function leaks(c: Context, e: Call): Value {
  const dst = fresh(c);
  c.out.emit({ op: "leaks", dst, class: -1 }, placeOf(c, e));
  return { type: INT, at: reg(dst) };
}

export function passThrough(c: Context, e: Call): Value {
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

export function bitOperation(operator: "and" | "or" | "xor", tests: boolean): Handler {
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

export function testBit(c: Context, e: Call): Value {
  const { address, mask } = bitOf(c, e, e);
  const word = load(c, { kind: "memory", type: ULONG, address }, e, "once");
  return truth(c, { type: ULONG, at: emitBinary(c, "&", word.at, mask, placeOf(c, e)) }, e);
}

/** Refcounts: reading and setting are plain; the rest are primitives. */
export function refcountCell(c: Context, e: Call): Lvalue {
  const pointer = argument(c, e, 0);
  return { kind: "memory", type: INT, address: pointer.at };
}
