// atomic_*(), xchg(), cmpxchg(): each is one step, except those that the kernel builds from a cmpxchg loop
// too.

import type { Operand, Order } from "../ir.ts";
import { type CType, INT, LONG } from "../types.ts";
import {
  cellType,
  convert,
  copied,
  dereference,
  fresh,
  type Lvalue,
  load,
  NOTHING,
  scalar,
  store,
  TRUTH,
  type Value,
} from "./access.ts";
import type { Call } from "./ast.ts";
import type { Context } from "./context.ts";
import { imm, label, reg } from "./emit.ts";
import { value } from "./expressions.ts";
import { lvalue } from "./lvalues.ts";
import { expressionArgument } from "./marked.ts";
import { emitBinary } from "./operators.ts";
import { fail, placeOf, wrongCount } from "./unit.ts";
import { outParameter } from "./walk.ts";

const NAME = /^atomic(64|_long)?_(\w+?)(?:_(acquire|release|relaxed))?$/;
const ARITHMETIC = /(fetch_)?(add|sub|and|or|xor|andnot|inc|dec)|(add|sub|inc|dec)_return/;
const EXCHANGE = /read|set|xchg|cmpxchg|try_cmpxchg/;
const TESTING = /(sub|inc|dec)_and_test|add_negative|(fetch_)?add_unless|inc_not_zero|inc_unless_negative/;
const OPERATIONS = new RegExp(
  `^(${EXCHANGE.source}|${ARITHMETIC.source}|${TESTING.source}|dec_(if|unless)_positive)$`,
);

export function isAtomic(name: string): boolean {
  const match = NAME.exec(name);
  return match !== null && OPERATIONS.test(match[2]!);
}

export function atomicCall(c: Context, name: string, e: Call): Value {
  const [, width, operation, suffix] = NAME.exec(name)!;
  const type = width === undefined ? INT : LONG;
  const returns = /return|fetch|xchg|test|negative|unless|not_zero|positive|read/.test(operation!);
  const order =
    (suffix as Order | undefined) ??
    (/^(read|set)$/.test(operation!) ? "relaxed" : returns ? "full" : "relaxed");
  const wanted = argumentCount(operation!);
  if (e.args.length !== wanted) {
    fail(e, wrongCount(`'${name}'`, wanted, e.args.length));
  }
  switch (operation) {
    case "read":
      return load(c, counter(c, e, 0, type), e, order);
    case "set": {
      const lv = counter(c, e, 0, type);
      store(c, lv, operand(c, e, 1, type), e, order);
      return NOTHING;
    }
    case "xchg":
    case "cmpxchg":
    case "try_cmpxchg":
      return exchange(c, e, operation, counter(c, e, 0, type), order);
    default:
      return /unless|not_zero|if_positive/.test(operation!)
        ? conditionalAdd(c, e, operation!, type, order)
        : arithmetic(c, e, operation!, type, order);
  }
}

function argumentCount(operation: string): number {
  if (
    /^(read|(fetch_)?(inc|dec)(_return|_and_test)?|inc_not_zero|inc_unless_negative|dec_\w+)$/.test(operation)
  )
    return 1;
  return /^(cmpxchg|try_cmpxchg|fetch_add_unless|add_unless)$/.test(operation) ? 3 : 2;
}

/** The cell of the atomic_t that an argument points to. */
function counter(c: Context, e: Call, i: number, type: CType): Lvalue & { kind: "memory" } {
  const a = expressionArgument(e, i);
  const v = scalar(value(c, a), a);
  dereference(v, a);
  return { kind: "memory", type, address: v.at };
}

function operand(c: Context, e: Call, i: number, type: CType): Value {
  const a = expressionArgument(e, i);
  return convert(c, scalar(value(c, a), a), type, a);
}

/** Reads, changes and writes the cell in one step; what the name says of the old or the new value. */
function arithmetic(c: Context, e: Call, operation: string, type: CType, order: Order): Value {
  const place = placeOf(c, e);
  const verb = /add|sub|andnot|and(?!_)|xor|or|inc|dec/.exec(operation.replace("fetch_", ""))![0];
  const counted = verb === "inc" || verb === "dec";
  const amount = counted ? imm(1) : copied(c, operand(c, e, 0, type), e).at;
  const lv = counter(c, e, counted ? 0 : 1, type);
  const [operator, change] = rmwOf(c, verb, amount, e);
  const dst = fresh(c);
  c.out.emit({ op: "rmw", operator, dst, address: lv.address, value: change, order }, place);
  if (operation.startsWith("fetch_")) return { type, at: reg(dst) };
  if (operation === verb) return NOTHING;
  const now = emitBinary(c, "+", reg(dst), change, place);
  if (operation.endsWith("_return")) return { type, at: now };
  if (operation === "add_negative") return { type: TRUTH, at: emitBinary(c, "<s", now, imm(0), place) };
  return { type: TRUTH, at: emitBinary(c, "==", now, imm(0), place) };
}

function rmwOf(c: Context, verb: string, amount: Operand, e: Call): ["add" | "and" | "or" | "xor", Operand] {
  const place = placeOf(c, e);
  switch (verb) {
    case "sub":
    case "dec":
      return ["add", emitBinary(c, "-", imm(0), amount, place)];
    case "andnot":
      return ["and", emitBinary(c, "^", amount, imm(-1), place)];
    case "and":
    case "or":
    case "xor":
      return [verb, amount];
    default:
      return ["add", amount];
  }
}

/** Those that change the counter only if it has a certain value: a cmpxchg loop. */
function conditionalAdd(c: Context, e: Call, operation: string, type: CType, order: Order): Value {
  const place = placeOf(c, e);
  const lv = counter(c, e, 0, type);
  const takesAmount = operation.endsWith("add_unless");
  const decrements = operation.startsWith("dec");
  const amount = takesAmount ? copied(c, operand(c, e, 1, type), e).at : imm(decrements ? -1 : 1);
  const unless = takesAmount ? copied(c, operand(c, e, 2, type), e).at : imm(0);
  const old = fresh(c);
  const done = fresh(c);
  const [top, attempt, retry, failed, end] = [label(), label(), label(), label(), label()];
  c.out.emit({ op: "load", dst: old, address: lv.address, order: "relaxed" }, place);
  c.out.jump(top, place);
  c.out.place(top);
  if (/negative/.test(operation)) c.out.branch("<s", reg(old), imm(0), failed, attempt, place);
  else if (operation === "dec_unless_positive") c.out.branch("<s", imm(0), reg(old), failed, attempt, place);
  else if (operation === "dec_if_positive") c.out.branch("<=s", reg(old), imm(0), failed, attempt, place);
  else c.out.branch("==", reg(old), unless, failed, attempt, place);
  c.out.place(attempt);
  const next = emitBinary(c, "+", reg(old), amount, place);
  const seen = fresh(c);
  c.out.emit(
    { op: "cmpxchg", dst: seen, address: lv.address, expected: reg(old), value: next, order },
    place,
  );
  const success = label();
  c.out.branch("==", reg(seen), reg(old), success, retry, place);
  c.out.place(retry);
  c.out.emit({ op: "move", dst: old, value: reg(seen) }, place);
  c.out.jump(top, place);
  c.out.place(failed);
  c.out.emit({ op: "move", dst: done, value: imm(0) }, place);
  c.out.jump(end, place);
  c.out.place(success);
  c.out.emit({ op: "move", dst: done, value: imm(1) }, place);
  c.out.place(end);
  if (operation === "fetch_add_unless") return { type, at: reg(old) };
  // dec_if_positive gives the new value, whether or not it was stored.
  if (operation === "dec_if_positive") return { type, at: emitBinary(c, "-", reg(old), imm(1), place) };
  return { type: TRUTH, at: reg(done) };
}

// ---------------------------------------------------------------- exchanges

/** xchg(), cmpxchg() and try_cmpxchg() of any scalar. */
export function exchangeCall(c: Context, e: Call): Value {
  const a = expressionArgument(e, 0);
  const lv = dereference(scalar(value(c, a), a), a);
  if (lv.kind !== "memory") return fail(a, "a pointer to memory is needed here");
  const name = e.callee.kind === "identifier" ? e.callee.name : "";
  const type = cellType(lv.type);
  return exchange(c, e, name as "xchg", { ...lv, type }, "full");
}

function exchange(
  c: Context,
  e: Call,
  name: "xchg" | "cmpxchg" | "try_cmpxchg",
  lv: Lvalue & { kind: "memory" },
  order: Order,
): Value {
  const place = placeOf(c, e);
  const { type } = lv;
  const address = copied(c, { type: INT, at: lv.address }, e).at;
  const dst = fresh(c);
  if (name === "xchg") {
    const v = operand(c, e, 1, type);
    c.out.emit({ op: "rmw", operator: "xchg", dst, address, value: v.at, order }, place);
    return { type, at: reg(dst) };
  }
  if (name === "cmpxchg") {
    const old = copied(c, operand(c, e, 1, type), e);
    const v = operand(c, e, 2, type);
    c.out.emit({ op: "cmpxchg", dst, address, expected: old.at, value: v.at, order }, place);
    return { type, at: reg(dst) };
  }
  const out = outParameter(e);
  const a = expressionArgument(e, 1);
  const kept = out === undefined ? dereference(scalar(value(c, a), a), a) : lvalue(c, out);
  const old = copied(c, load(c, kept, a), a);
  const v = operand(c, e, 2, type);
  c.out.emit({ op: "cmpxchg", dst, address, expected: old.at, value: v.at, order }, place);
  const success = emitBinary(c, "==", reg(dst), old.at, place);
  const [differs, end] = [label(), label()];
  c.out.branch("==", success, imm(0), differs, end, place);
  c.out.place(differs);
  store(c, kept, { type, at: reg(dst) }, a);
  c.out.jump(end, place);
  c.out.place(end);
  return { type: TRUTH, at: success };
}
