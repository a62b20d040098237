// Reading and writing what expressions name: variables in registers, cells in memory, whole structs; and the
// conversions between types. Each access to memory is one instruction.

import { CELLS_MAX, FUNCTION_BASE } from "../../../assembly/abi.ts";
import type { Operand, Order, Register } from "../ir.ts";
import {
  BOOL,
  type CType,
  decayed,
  INT,
  type IntType,
  pointerTo,
  type StructType,
  sizeOf,
  structMembers,
  typeName,
} from "../types.ts";
import type { Span } from "./ast.ts";
import { isPoison, POISON } from "./build-types.ts";
import { type Context, StartAgain, type Variable } from "./context.ts";
import { imm, isConstant, plus, reg } from "./emit.ts";
import { classOf, fail, placeOf, sizeOrFail } from "./unit.ts";

/** A scalar in `at`, or a struct at the address `at`. */
export interface Value {
  readonly type: CType;
  readonly at: Operand;
}

export type Lvalue =
  | {
      readonly kind: "register";
      readonly type: CType;
      readonly register: Register;
      readonly captured: boolean;
      /** A `__thread` variable that nothing assigns, as far as is known: it has no register yet, and is 0. */
      readonly unassigned?: string;
    }
  | { readonly kind: "memory"; readonly type: CType; readonly address: Operand };

/** An int that is known to be 0 or 1, so that no second test is needed. */
export const TRUTH: IntType = { ...BOOL, name: "int" };

export const NOTHING: Value = { type: { kind: "void" }, at: imm(0) };

export function intValue(n: number, type: CType = INT): Value {
  return { type, at: imm(n) };
}

// ---------------------------------------------------------------- registers

export function fresh(c: Context): Register {
  return c.out.register();
}

/** A copy of the value in a register of its own, which nothing else writes. */
export function copied(c: Context, v: Value, span: Span): Value {
  if (isConstant(v.at)) return v;
  const dst = fresh(c);
  c.out.emit({ op: "move", dst, value: v.at }, placeOf(c, span));
  return { type: v.type, at: reg(dst) };
}

// ---------------------------------------------------------------- locals in memory

/** Memory of this entry that lives until the scope ends; zeroed. Its number. */
export function newLocal(c: Context, span: Span, name: string, type: CType): number {
  const size = sizeOrFail(c.unit, span, type);
  const others = c.out.locals.reduce((n, l) => n + l.size, 0);
  if (size + others > CELLS_MAX) {
    fail(
      span,
      `'${name}' takes ${size} cells; the objects of a model may take ${CELLS_MAX} in all`,
      "make the array smaller: a scenario needs few elements",
    );
  }
  const local = c.out.locals.push({ name, size, class: classOf(c.unit, type) }) - 1;
  c.out.emit({ op: "local-live", local }, placeOf(c, span));
  const { active } = c.frame;
  c.frame.active = { parent: active, depth: (active?.depth ?? 0) + 1, what: { kind: "local", local } };
  return local;
}

export function localAddress(c: Context, span: Span, local: number): Operand {
  const dst = fresh(c);
  c.out.emit({ op: "local-address", dst, local }, placeOf(c, span));
  return reg(dst);
}

export function variableLvalue(c: Context, v: Variable, span: Span): Lvalue {
  switch (v.home.kind) {
    case "register":
      return { kind: "register", type: v.type, register: v.home.register, captured: v.captured === true };
    case "local":
      return { kind: "memory", type: v.type, address: localAddress(c, span, v.home.local) };
    case "address":
      return { kind: "memory", type: v.type, address: v.home.address };
  }
}

// ---------------------------------------------------------------- loads and stores

/** The value of an lvalue: arrays and functions decay, structs stay where they are. */
export function load(c: Context, lv: Lvalue, span: Span, order: Order = "plain"): Value {
  if (lv.kind === "register") {
    return { type: lv.type, at: lv.unassigned === undefined ? reg(lv.register) : imm(0) };
  }
  const { type } = lv;
  if (type.kind === "array" || type.kind === "function") return { type: decayed(type), at: lv.address };
  if (type.kind === "struct") return { type, at: lv.address };
  if (type.kind === "void")
    fail(span, "a 'void *' is read through", "cast the pointer to the type that it points to");
  const dst = fresh(c);
  c.out.emit({ op: "load", dst, address: lv.address, order }, placeOf(c, span));
  return { type, at: reg(dst) };
}

/** Stores a value of any type that converts; what the lvalue holds then. */
export function store(c: Context, lv: Lvalue, v: Value, span: Span, order: Order = "plain"): Value {
  if (lv.type.kind === "array") fail(span, "an array cannot be assigned", "assign its elements one by one");
  if (lv.type.kind === "function") fail(span, "a function cannot be assigned");
  if (lv.type.kind === "void")
    fail(span, "a 'void *' is written through", "cast the pointer to the type that it points to");
  const converted = convert(c, v, lv.type, span);
  if (lv.type.kind === "struct") {
    if (lv.kind === "memory") copyStruct(c, lv.address, converted.at, lv.type, span);
    return { type: lv.type, at: lv.kind === "memory" ? lv.address : converted.at };
  }
  if (lv.kind === "register") {
    if (lv.unassigned !== undefined) {
      c.unit.assigned.add(lv.unassigned);
      throw new StartAgain();
    }
    if (lv.captured) {
      fail(
        span,
        "a thread has its own copy of a variable of the scenario",
        "keep what threads share in a global or in an object from kzalloc()",
      );
    }
    c.out.emit({ op: "move", dst: lv.register, value: converted.at }, placeOf(c, span));
    return { type: lv.type, at: reg(lv.register) };
  }
  c.out.emit({ op: "store", address: lv.address, value: converted.at, order }, placeOf(c, span));
  return converted;
}

/** Cell by cell, in order, as a compiler would. */
export function copyStruct(c: Context, to: Operand, from: Operand, type: StructType, span: Span): void {
  copyCells(c, to, from, sizeOrFail(c.unit, span, type), span);
}

function copyCells(c: Context, to: Operand, from: Operand, size: number, span: Span): void {
  const place = placeOf(c, span);
  for (let i = 0; i < size; i++) {
    const dst = fresh(c);
    c.out.emit({ op: "load", dst, address: plus(from, i), order: "plain" }, place);
    c.out.emit({ op: "store", address: plus(to, i), value: reg(dst), order: "plain" }, place);
  }
}

// ---------------------------------------------------------------- conversions

/** As by assignment: narrow integers are cut, bool becomes 0 or 1; numbers and pointers do not mix. */
export function convert(c: Context, v: Value, to: CType, span: Span): Value {
  refuseMixture(v, to, span);
  return cast(c, v, to, span);
}

/** What compilers warn of: it is a mistake in the model more often than not. */
function refuseMixture(v: Value, to: CType, span: Span): void {
  const from = v.type;
  const added = (t: CType): boolean => t.kind === "int" && t.added !== undefined;
  if (added(from) || added(to)) return;
  const hint = "cast it if that is what is meant";
  if (from.kind === "pointer" && to.kind === "int" && !to.bool) {
    fail(span, `a pointer ('${typeName(from)}') where a number ('${to.name}') is expected`, hint);
  }
  if (from.kind === "int" && to.kind === "pointer" && !(isConstant(v.at) && v.at.imm === 0)) {
    fail(span, `a number ('${from.name}') where a pointer ('${typeName(to)}') is expected`, hint);
  }
  if (from.kind === "pointer" && to.kind === "pointer") {
    const [a, b] = [from.to, to.to];
    if (a.kind === "struct" && b.kind === "struct" && a !== b) {
      fail(span, `'${typeName(from)}' where '${typeName(to)}' is expected`, hint);
    }
  }
}

/** As by a cast. */
export function cast(c: Context, v: Value, to: CType, span: Span): Value {
  const from = v.type;
  if (isPoison(from) || isPoison(to)) return { type: to, at: v.at };
  if (to.kind === "void") return NOTHING;
  if (from.kind === "void") fail(span, "a value is needed here, and this is 'void'");
  if (from.kind === "struct" || to.kind === "struct") {
    if (from === to) return v;
    fail(span, `'${typeName(from)}' does not convert to '${typeName(to)}'`);
  }
  if (to.kind === "int" && to.added === undefined) return { type: to, at: narrowed(c, v, to, span) };
  return { type: to, at: v.at };
}

function narrowed(c: Context, v: Value, to: IntType, span: Span): Operand {
  if (to.bool) return v.type.kind === "int" && v.type.bool ? v.at : truth(c, v, span).at;
  if (to.bits >= 32) return v.at;
  const from = v.type;
  const holds =
    from.kind === "int" &&
    (from.signed === to.signed ? from.bits <= to.bits : !from.signed && from.bits < to.bits);
  if (holds) return v.at;
  if (isConstant(v.at)) {
    const shift = 32 - to.bits;
    return imm(to.signed ? (v.at.imm << shift) >> shift : (v.at.imm << shift) >>> shift);
  }
  const place = placeOf(c, span);
  const dst = fresh(c);
  if (!to.signed) {
    const mask = imm(2 ** to.bits - 1);
    c.out.emit({ op: "binary", operator: "&", dst, left: v.at, right: mask }, place);
    return reg(dst);
  }
  const shifted = fresh(c);
  const count = imm(32 - to.bits);
  c.out.emit({ op: "binary", operator: "<<", dst: shifted, left: v.at, right: count }, place);
  c.out.emit({ op: "binary", operator: ">>s", dst, left: reg(shifted), right: count }, place);
  return reg(dst);
}

/** 1 if the value is not 0, else 0; of type int. */
export function truth(c: Context, v: Value, span: Span): Value {
  scalar(v, span);
  if (v.type.kind === "int" && v.type.bool) return { type: INT, at: v.at };
  if (isConstant(v.at)) return intValue(v.at.imm === 0 ? 0 : 1);
  const dst = fresh(c);
  c.out.emit({ op: "binary", operator: "!=", dst, left: v.at, right: imm(0) }, placeOf(c, span));
  return { type: TRUTH, at: reg(dst) };
}

/** Refuses structs and void where a number or a pointer is needed. */
export function scalar(v: Value, span: Span): Value {
  if (v.type.kind === "void") fail(span, "a value is needed here, and this is 'void'");
  if (v.type.kind === "struct")
    fail(span, `a number or a pointer is needed here, and this is '${typeName(v.type)}'`);
  return v;
}

/** The address in a pointer value, as an lvalue. */
export function dereference(v: Value, span: Span): Lvalue {
  if (isPoison(v.type)) return { kind: "memory", type: POISON, address: v.at };
  if (v.type.kind === "int" && v.type.added !== undefined) {
    fail(
      span,
      `the field '${v.type.added}' was added as a plain word, so nothing is known of what it points to`,
      `declare the struct with '${v.type.added}' in the model, or cast: ((struct x *)p->${v.type.added})`,
    );
  }
  if (v.type.kind !== "pointer") fail(span, `a pointer is needed here, and this is '${typeName(v.type)}'`);
  return { kind: "memory", type: v.type.to, address: v.at };
}

export function addressOf(lv: Lvalue, span: Span): Value {
  if (lv.kind === "register") return fail(span, "the address of this value cannot be taken");
  return { type: pointerTo(lv.type), at: lv.address };
}

/**
 * The lvalue's type where all of it is a single cell or it is a struct whose first cell is meant (atomic_t).
 */
export function cellType(t: CType): CType {
  if (t.kind !== "struct") return t;
  const first = structMembers(t)?.[0];
  return first === undefined || sizeOf(t) !== 1 ? t : cellType(first.type);
}

export function functionAddress(index: number): Operand {
  return imm(FUNCTION_BASE + index);
}
