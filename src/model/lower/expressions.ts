// Expressions -> values in registers. Operands are evaluated from left to right.

import { type CType, INT, LONG, typeName, UINT, ULONG, VOID_POINTER } from "../types.ts";
import {
  addressOf,
  cast,
  copied,
  dereference,
  intValue,
  type Lvalue,
  load,
  NOTHING,
  scalar,
  store,
  TRUTH,
  type Value,
} from "./access.ts";
import type { Assignment, Expression, Offsetof, Span, StatementExpression, Unary, Update } from "./ast.ts";
import { noteCut, typeOfName } from "./build-types.ts";
import { callValue } from "./calls.ts";
import { conditional, logical } from "./conditions.ts";
import { type Context, dryContext, innerScope } from "./context.ts";
import { identifierConstant, lvalue, pathOffset } from "./lvalues.ts";
import { arithmetic, binaryValue, complemented, negated, notOf } from "./operators.ts";
import { leaveTo } from "./scopes.ts";
import { lowerBlockInside } from "./statements.ts";
import { fail, sizeOrFail } from "./unit.ts";
import { mayWrite } from "./walk.ts";

/** What the surroundings say about a value: kzalloc() wants to know what it allocates. */
export interface Wanted {
  readonly type?: CType;
  /** The value is thrown away. */
  readonly unused?: boolean;
}

export function value(c: Context, e: Expression, wanted: Wanted = {}): Value {
  switch (e.kind) {
    case "number": {
      noteCut(c.unit, e);
      const type = e.bits === 32 ? (e.signed ? INT : UINT) : e.signed ? LONG : ULONG;
      return intValue(e.value, type);
    }
    case "string":
    case "identifier":
    case "member":
    case "index":
    case "compound-literal":
      return identifierConstant(c, e) ?? load(c, lvalue(c, e), e);
    case "unary":
      return unary(c, e);
    case "update":
      return update(c, e, wanted.unused === true);
    case "binary": {
      const [a, b] = operands(c, e.left, e.right);
      return binaryValue(c, e.operator, a, b, e);
    }
    case "logical":
      return logical(c, e);
    case "comma":
      discard(c, e.left);
      return value(c, e.right, wanted);
    case "assignment":
      return assignment(c, e);
    case "conditional":
      return conditional(c, e, wanted);
    case "call":
      return callValue(c, e, wanted);
    case "cast": {
      const type = typeOfName(c, e.type);
      if (type.kind === "void") {
        discard(c, e.value);
        return NOTHING;
      }
      if (type.kind === "array" || type.kind === "function") fail(e, `a cast to '${typeName(type)}'`);
      return cast(c, value(c, e.value, { type }), type, e);
    }
    case "sizeof-type":
      return intValue(sizeOfType(c, typeOfName(c, e.type), e), ULONG);
    case "sizeof-expression":
      return intValue(sizeOfType(c, typeOfExpression(c, e.value), e), ULONG);
    case "offsetof":
      return intValue(offsetOf(c, e), ULONG);
    case "statement-expression":
      return statementExpression(c, e, wanted);
    case "initializer-list":
      return fail(e, "a list in braces can only initialise a variable", "write (struct x){ ... }");
  }
}

/** An expression statement: what only names something is not read. */
export function discard(c: Context, e: Expression): void {
  if (
    e.kind === "identifier" ||
    e.kind === "member" ||
    e.kind === "index" ||
    (e.kind === "unary" && e.operator === "*")
  ) {
    identifierConstant(c, e) ?? lvalue(c, e);
    return;
  }
  value(c, e, { unused: true });
}

/** Left before right; what the right side may write is kept from the left. */
export function operands(c: Context, left: Expression, right: Expression): [Value, Value] {
  let a = value(c, left);
  if (mayWrite(right)) a = copied(c, a, left);
  return [a, value(c, right)];
}

/** The type of an expression, arrays undecayed; nothing is evaluated. */
export function typeOfExpression(c: Context, e: Expression): CType {
  const dry = dryContext(c);
  if (isLvalueSyntax(e)) {
    return identifierConstant(dry, e)?.type ?? lvalue(dry, e).type;
  }
  const { type } = value(dry, e);
  return type.kind === "int" && type === TRUTH ? INT : type;
}

function isLvalueSyntax(e: Expression): boolean {
  if (e.kind === "unary") return e.operator === "*";
  return /^(string|identifier|member|index|compound-literal)$/.test(e.kind);
}

export function sizeOfType(c: Context, t: CType, span: Span): number {
  return t.kind === "function" ? 1 : sizeOrFail(c.unit, span, t);
}

function unary(c: Context, e: Unary): Value {
  switch (e.operator) {
    case "&": {
      const constant = identifierConstant(c, e.operand);
      if (constant !== undefined && constant.type.kind === "pointer") return constant;
      if (constant !== undefined) fail(e, "the address of a constant cannot be taken");
      return addressOf(lvalue(c, e.operand), e);
    }
    case "*": {
      // *f of a function pointer is the function again.
      const pointer = scalar(value(c, e.operand), e.operand);
      if (pointer.type.kind === "pointer" && pointer.type.to.kind === "function") return pointer;
      return load(c, dereference(pointer, e), e);
    }
    case "!":
      return notOf(c, value(c, e.operand), e);
    case "-":
      return negated(c, scalar(value(c, e.operand), e), e);
    case "~":
      return complemented(c, scalar(value(c, e.operand), e), e);
    case "+":
      return scalar(value(c, e.operand), e);
  }
}

function update(c: Context, e: Update, unused: boolean): Value {
  const lv = lvalue(c, e.target);
  let old = scalar(load(c, lv, lv.kind === "register" ? e : e.target), e);
  if (!e.prefix && !unused) old = copied(c, old, e);
  const next = arithmetic(c, e.operator, old, intValue(1), e);
  const stored = store(c, lv, next, e);
  return e.prefix ? stored : old;
}

function assignment(c: Context, e: Assignment): Value {
  if (e.operator === "") {
    if (!isLvalueSyntax(e.target) && e.target.kind !== "comma") {
      fail(e.target, "only a variable, a field, an element or what a pointer points to can be assigned to");
    }
    const lv = lvalue(c, e.target);
    if (identifierConstant(c, e.target) !== undefined) fail(e.target, "a constant cannot be assigned to");
    const kept = mayWrite(e.value) ? keptLvalue(c, lv, e.target) : lv;
    return store(c, kept, value(c, e.value, { type: lv.type }), e);
  }
  const lv = lvalue(c, e.target);
  const kept = mayWrite(e.value) ? keptLvalue(c, lv, e.target) : lv;
  let old = load(c, kept, e.target);
  if (mayWrite(e.value)) old = copied(c, old, e.target);
  const right = value(c, e.value);
  return store(c, kept, arithmetic(c, e.operator, scalar(old, e.target), scalar(right, e.value), e), e);
}

/** The address stays what it was when it was evaluated. */
function keptLvalue(c: Context, lv: Lvalue, span: Span): Lvalue {
  if (lv.kind === "register") return lv;
  return { ...lv, address: copied(c, { type: VOID_POINTER, at: lv.address }, span).at };
}

function statementExpression(c: Context, e: StatementExpression, wanted: Wanted): Value {
  const { frame } = c;
  const outer = frame.scope;
  const mark = frame.active;
  frame.scope = innerScope(outer);
  try {
    const last = e.block.statements.at(-1);
    if (last?.kind !== "expression") {
      lowerBlockInside(c, e.block.statements);
      return NOTHING;
    }
    lowerBlockInside(c, e.block.statements.slice(0, -1));
    const v = value(c, last.value, wanted);
    // A struct may be a local of the block: it stays alive until the block around ends.
    if (v.type.kind === "struct") return v;
    const result = v.type.kind === "void" ? v : copied(c, v, last.value);
    leaveTo(c, mark, e);
    return result;
  } finally {
    if (frame.active !== mark && !keepsAlive(e)) frame.active = mark;
    frame.scope = outer;
  }
}

function keepsAlive(e: StatementExpression): boolean {
  return e.block.statements.at(-1)?.kind === "expression";
}

function offsetOf(c: Context, e: Offsetof): number {
  return pathOffset(c, typeOfName(c, e.type), e.path, e).offset;
}
