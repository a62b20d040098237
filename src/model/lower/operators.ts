// Arithmetic, comparison and pointer arithmetic on values, with C's conversions; constants are folded.

import type { BinaryOperator, BranchOperator, Operand, PlaceId } from "../ir.ts";
import {
  type CType,
  commonType,
  type IntType,
  LONG,
  type PointerType,
  promoted,
  typeName,
} from "../types.ts";
import { fresh, intValue, scalar, TRUTH, type Value } from "./access.ts";
import type { ArithmeticOperator, Binary, ComparisonOperator, Span } from "./ast.ts";
import { isPoison, POISON } from "./build-types.ts";
import type { Context } from "./context.ts";
import { imm, isConstant, type Label, plus, reg } from "./emit.ts";
import { fail, placeOf, sizeOrFail } from "./unit.ts";

export function binaryValue(c: Context, operator: Binary["operator"], a: Value, b: Value, span: Span): Value {
  scalar(a, span);
  scalar(b, span);
  if (isComparison(operator)) {
    const { op, left, right } = comparison(operator, a, b, span);
    return { type: TRUTH, at: emitBinary(c, op, left, right, placeOf(c, span)) };
  }
  return arithmetic(c, operator, a, b, span);
}

export function arithmetic(c: Context, operator: ArithmeticOperator, a: Value, b: Value, span: Span): Value {
  const place = placeOf(c, span);
  if (a.type.kind === "pointer" || b.type.kind === "pointer")
    return pointerArithmetic(c, operator, a, b, span);
  if (isPoison(a.type) || isPoison(b.type)) return { type: POISON, at: a.at };
  const [left, right] = [integer(a, span), integer(b, span)];
  if (operator === "<<" || operator === ">>") {
    const type = promoted(left);
    if (isConstant(b.at) && (b.at.imm < 0 || b.at.imm >= type.bits)) {
      fail(span, `a shift by ${b.at.imm} of a value of ${type.bits} bits`);
    }
    // A 64-bit value is held modulo 2^32: a shift by 32 or more leaves nothing of it.
    if (isConstant(b.at) && b.at.imm >= 32) return intValue(0, type);
    const op = operator === "<<" ? "<<" : type.signed ? ">>s" : ">>u";
    return { type, at: emitBinary(c, op, a.at, b.at, place) };
  }
  const type = commonType(left, right);
  return { type, at: emitBinary(c, machineOperator(operator, type), a.at, b.at, place) };
}

function machineOperator(operator: Exclude<ArithmeticOperator, "<<" | ">>">, type: IntType): BinaryOperator {
  if (operator === "/") return type.signed ? "/s" : "/u";
  if (operator === "%") return type.signed ? "%s" : "%u";
  return operator;
}

function integer(v: Value, span: Span): IntType {
  if (v.type.kind === "int") return v.type;
  return fail(span, `an integer is needed here, and this is '${typeName(v.type)}'`);
}

// ---------------------------------------------------------------- pointers

/** Cells that a pointer moves by when it is incremented; void * and function pointers move by one. */
function stride(c: Context, t: PointerType, span: Span): number {
  return t.to.kind === "void" || t.to.kind === "function" ? 1 : sizeOrFail(c.unit, span, t.to);
}

function pointerArithmetic(c: Context, operator: ArithmeticOperator, a: Value, b: Value, span: Span): Value {
  if (operator === "-" && a.type.kind === "pointer" && b.type.kind === "pointer") {
    const place = placeOf(c, span);
    const cells = emitBinary(c, "-", a.at, b.at, place);
    const size = stride(c, a.type, span);
    return { type: LONG, at: size <= 1 ? cells : emitBinary(c, "/s", cells, imm(size), place) };
  }
  if (operator === "+" && b.type.kind === "pointer" && a.type.kind !== "pointer") {
    return advanced(c, b, a, 1, span);
  }
  if ((operator === "+" || operator === "-") && a.type.kind === "pointer" && b.type.kind === "int") {
    return advanced(c, a, b, operator === "+" ? 1 : -1, span);
  }
  return fail(
    span,
    `'${typeName(a.type)}' ${operator} '${typeName(b.type)}' means nothing`,
    "cast the pointer to unsigned long first",
  );
}

/** pointer + sign * count, in elements. */
export function advanced(c: Context, pointer: Value, count: Value, sign: 1 | -1, span: Span): Value {
  if (pointer.type.kind !== "pointer") return fail(span, "a pointer is needed here");
  const size = stride(c, pointer.type, span);
  if (isConstant(count.at)) {
    return { type: pointer.type, at: plus(pointer.at, Math.imul(count.at.imm, sign * size)) };
  }
  const place = placeOf(c, span);
  const cells = size === 1 ? count.at : emitBinary(c, "*", count.at, imm(size), place);
  return { type: pointer.type, at: emitBinary(c, sign > 0 ? "+" : "-", pointer.at, cells, place) };
}

// ---------------------------------------------------------------- comparisons

function isComparison(o: string): o is ComparisonOperator {
  return /^(==|!=|<|<=|>|>=)$/.test(o);
}

export interface Comparison {
  readonly op: BranchOperator;
  readonly left: Operand;
  readonly right: Operand;
}

/** With the operands exchanged where the machine has only < and <=. */
export function comparison(operator: ComparisonOperator, a: Value, b: Value, span: Span): Comparison {
  scalar(a, span);
  scalar(b, span);
  if (operator === "==" || operator === "!=") return { op: operator, left: a.at, right: b.at };
  const signed = a.type.kind === "int" && b.type.kind === "int" && commonType(a.type, b.type).signed;
  const swap = operator === ">" || operator === ">=";
  const strict = operator === "<" || operator === ">";
  const op = strict ? (signed ? "<s" : "<u") : signed ? "<=s" : "<=u";
  return swap ? { op, left: b.at, right: a.at } : { op, left: a.at, right: b.at };
}

export function branchOn(c: Context, k: Comparison, yes: Label, no: Label, place: PlaceId): void {
  if (isConstant(k.left) && isConstant(k.right)) {
    c.out.jump(folded(k.op, k.left.imm, k.right.imm) === 0 ? no : yes, place);
  } else {
    c.out.branch(k.op, k.left, k.right, yes, no, place);
  }
}

// ---------------------------------------------------------------- unary

export function negated(c: Context, v: Value, span: Span): Value {
  const type = promoted(integer(v, span));
  return { type, at: emitBinary(c, "-", imm(0), v.at, placeOf(c, span)) };
}

export function complemented(c: Context, v: Value, span: Span): Value {
  const type = promoted(integer(v, span));
  return { type, at: emitBinary(c, "^", v.at, imm(-1), placeOf(c, span)) };
}

export function notOf(c: Context, v: Value, span: Span): Value {
  scalar(v, span);
  const at = emitBinary(c, "==", v.at, imm(0), placeOf(c, span));
  return { type: TRUTH, at };
}

// ---------------------------------------------------------------- instructions

export function emitBinary(
  c: Context,
  op: BinaryOperator,
  left: Operand,
  right: Operand,
  place: PlaceId,
): Operand {
  if (isConstant(left) && isConstant(right)) {
    // A division by zero is left to the machine, which reports it.
    if (right.imm !== 0 || !/[/%]/.test(op)) return imm(folded(op, left.imm, right.imm));
  }
  if (isConstant(right) && op === "+") return plus(left, right.imm);
  if (isConstant(left) && op === "+") return plus(right, left.imm);
  if (isConstant(right) && op === "-") return plus(left, -right.imm);
  const dst = fresh(c);
  c.out.emit({ op: "binary", operator: op, dst, left, right }, place);
  return reg(dst);
}

function folded(op: BinaryOperator, a: number, b: number): number {
  switch (op) {
    case "+":
      return (a + b) | 0;
    case "-":
      return (a - b) | 0;
    case "*":
      return Math.imul(a, b);
    case "/s":
      return (a / b) | 0;
    case "/u":
      return ((a >>> 0) / (b >>> 0)) | 0;
    case "%s":
      return (a % b) | 0;
    case "%u":
      return ((a >>> 0) % (b >>> 0)) | 0;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return a << b;
    case ">>s":
      return a >> b;
    case ">>u":
      return (a >>> b) | 0;
    case "==":
      return Number(a === b);
    case "!=":
      return Number(a !== b);
    case "<s":
      return Number(a < b);
    case "<=s":
      return Number(a <= b);
    case "<u":
      return Number(a >>> 0 < b >>> 0);
    case "<=u":
      return Number(a >>> 0 <= b >>> 0);
  }
}

/** The type of `a ? b : c`. */
export function mergedType(a: CType, b: CType, span: Span): CType {
  if (a.kind === "int" && b.kind === "int") return isPoison(a) ? b : isPoison(b) ? a : commonType(a, b);
  if (a.kind === "void" || b.kind === "void") return { kind: "void" };
  if (a.kind === "pointer" && b.kind === "pointer") return a.to.kind === "void" ? b : a;
  if (a.kind === "pointer") return a;
  if (b.kind === "pointer") return b;
  if (a === b) return a;
  return fail(span, `the branches have different types: '${typeName(a)}' and '${typeName(b)}'`);
}
