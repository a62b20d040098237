// Conditions -> jumps: && || ! stop early, ?: evaluates one branch, what is known while compiling is not
// tested.

import { isScalar } from "../types.ts";
import { convert, copied, fresh, intValue, NOTHING, scalar, TRUTH, truth, type Value } from "./access.ts";
import type { Conditional, Expression, Logical } from "./ast.ts";
import { POISON } from "./build-types.ts";
import { type Context, dryContext, StartAgain } from "./context.ts";
import { imm, isConstant, type Label, label, reg } from "./emit.ts";
import { operands, value, type Wanted } from "./expressions.ts";
import { branchOn, comparison, mergedType } from "./operators.ts";
import { placeOf } from "./unit.ts";
import { mayWrite } from "./walk.ts";

/** Control goes to `yes` or `no`; && || and ! become jumps. */
export function condition(c: Context, e: Expression, yes: Label, no: Label): void {
  if (e.kind === "logical") {
    const middle = label();
    if (e.operator === "&&") condition(c, e.left, middle, no);
    else condition(c, e.left, yes, middle);
    c.out.place(middle);
    condition(c, e.right, yes, no);
    return;
  }
  if (e.kind === "unary" && e.operator === "!") {
    condition(c, e.operand, no, yes);
    return;
  }
  if (e.kind === "call" && e.callee.kind === "identifier" && /^(un)?likely$/.test(e.callee.name)) {
    const inner = e.args[0];
    if (inner !== undefined && inner.kind !== "type-argument" && e.args.length === 1) {
      condition(c, inner, yes, no);
      return;
    }
  }
  const place = placeOf(c, e);
  if (e.kind === "binary" && /^(==|!=|<|<=|>|>=)$/.test(e.operator)) {
    const [a, b] = operands(c, e.left, e.right);
    branchOn(c, comparison(e.operator as "==", a, b, e), yes, no, place);
    return;
  }
  const v = scalar(value(c, e), e);
  branchOn(c, { op: "!=", left: v.at, right: imm(0) }, yes, no, place);
}

/** The value of a condition that is known while compiling. */
export function knownCondition(c: Context, e: Expression): boolean | undefined {
  if (e.kind === "logical") {
    const left = knownCondition(c, e.left);
    if (left === (e.operator === "||")) return left;
    return left === undefined ? undefined : knownCondition(c, e.right);
  }
  // Most conditions are not: looking at those that cannot be spares the second lowering.
  if (!/^(number|binary|unary|cast|conditional|sizeof-type|sizeof-expression|identifier)$/.test(e.kind))
    return undefined;
  if (mayWrite(e)) return undefined;
  const mistakes = new Map(c.unit.mistakes);
  try {
    const v = value(dryContext(c), e);
    return isConstant(v.at) && isScalar(v.type) && v.type !== POISON ? v.at.imm !== 0 : undefined;
  } catch (error) {
    if (error instanceof StartAgain) throw error;
    return undefined;
  } finally {
    c.unit.mistakes.clear();
    for (const [k, d] of mistakes) c.unit.mistakes.set(k, d);
  }
}

export function logical(c: Context, e: Logical): Value {
  if (c.out.dry) {
    const [a, b] = [scalar(value(c, e.left), e.left).at, scalar(value(c, e.right), e.right).at];
    const decisive = e.operator === "||";
    if (isConstant(a) && (a.imm !== 0) === decisive) return intValue(decisive ? 1 : 0, TRUTH);
    if (isConstant(a) && isConstant(b)) return intValue(b.imm !== 0 ? 1 : 0, TRUTH);
    return { type: TRUTH, at: reg(fresh(c)) };
  }
  const known = knownCondition(c, e.left);
  if (known === (e.operator === "||")) return intValue(known ? 1 : 0, TRUTH);
  if (known !== undefined) return truth(c, value(c, e.right), e);
  const [yes, no, end] = [label(), label(), label()];
  const dst = fresh(c);
  const place = placeOf(c, e);
  condition(c, e, yes, no);
  c.out.place(yes);
  c.out.emit({ op: "move", dst, value: imm(1) }, place);
  c.out.jump(end, place);
  c.out.place(no);
  c.out.emit({ op: "move", dst, value: imm(0) }, place);
  c.out.place(end);
  return { type: TRUTH, at: reg(dst) };
}

export function conditional(c: Context, e: Conditional, wanted: Wanted): Value {
  const branch = (): Expression => e.yes ?? e.condition;
  if (c.out.dry) {
    const choice = scalar(value(c, e.condition), e.condition).at;
    const [a, b] = [value(c, branch(), wanted), value(c, e.no, wanted)];
    const type = mergedType(a.type, b.type, e);
    if (isConstant(choice)) return convert(c, choice.imm !== 0 ? a : b, type, e);
    return type.kind === "void" ? NOTHING : { type, at: reg(fresh(c)) };
  }
  const known = knownCondition(c, e.condition);
  if (known !== undefined) {
    const other = dryContext(c);
    const type = mergedType(value(other, branch()).type, value(other, e.no).type, e);
    return convert(c, value(c, known ? branch() : e.no, wanted), type, e);
  }
  const dry = dryContext(c);
  const type = mergedType(value(dry, branch(), wanted).type, value(dry, e.no, wanted).type, e);
  const [yes, no, end] = [label(), label(), label()];
  const dst = fresh(c);
  const place = placeOf(c, e);
  const settle = (v: Value): void => {
    if (type.kind !== "void") c.out.emit({ op: "move", dst, value: convert(c, v, type, e).at }, place);
  };
  if (e.yes === undefined) {
    const v = copied(c, scalar(value(c, e.condition), e.condition), e.condition);
    branchOn(c, { op: "!=", left: v.at, right: imm(0) }, yes, no, place);
    c.out.place(yes);
    settle(v);
  } else {
    condition(c, e.condition, yes, no);
    c.out.place(yes);
    settle(value(c, e.yes, wanted));
  }
  c.out.jump(end, place);
  c.out.place(no);
  settle(value(c, e.no, wanted));
  c.out.place(end);
  return type.kind === "void" ? NOTHING : { type, at: reg(dst) };
}
