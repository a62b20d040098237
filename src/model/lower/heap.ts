// kzalloc() and its kin: how many cells, and of what type the object is, so that reports can name it.

import { CELLS_MAX } from "../../../assembly/abi.ts";
import type { Operand } from "../ir.ts";
import { type CType, className, pointerTo, sizeOf, ULONG, VOID_POINTER } from "../types.ts";
import { copied, fresh, scalar, type Value } from "./access.ts";
import type { Call, Expression } from "./ast.ts";
import { typeOfName } from "./build-types.ts";
import type { Context } from "./context.ts";
import { imm, isConstant, reg } from "./emit.ts";
import { typeOfExpression, value, type Wanted } from "./expressions.ts";
import { expressionArgument } from "./marked.ts";
import { binaryValue } from "./operators.ts";
import { classFor, classOf, fail, placeOf, sizeOrFail } from "./unit.ts";
import { walk } from "./walk.ts";

export function allocation(c: Context, e: Call, wanted: Wanted, name: string): Value {
  if (name.includes("_obj")) return object(c, e, name.endsWith("objs"));
  const hinted =
    wanted.type?.kind === "pointer" && wanted.type.to.kind !== "void" ? wanted.type.to : undefined;
  const arrayed = name === "kcalloc" || name === "kmalloc_array";
  const sizes = arrayed ? [expressionArgument(e, 0), expressionArgument(e, 1)] : [expressionArgument(e, 0)];
  const values = sizes.map((s) => scalar(value(c, s), s));
  const size = values.length === 2 ? binaryValue(c, "*", values[0]!, values[1]!, e) : values[0]!;
  const type = measuredType(c, sizes) ?? hinted;
  if (type === undefined && !isConstant(size.at)) {
    fail(
      e,
      "the size of the object is not a constant, and its type is not known",
      "write kzalloc(sizeof(*p), ...) or kcalloc(n, sizeof(*p), ...)",
    );
  }
  evaluateRest(c, e, sizes.length);
  return allocate(c, e, size.at, type, VOID_POINTER);
}

/** kzalloc_obj(struct x) or kzalloc_obj(*p); kzalloc_objs(type, n). */
function object(c: Context, e: Call, many: boolean): Value {
  const first = e.args[0]!;
  const type = first.kind === "type-argument" ? typeOfName(c, first.type) : typeOfExpression(c, first);
  const one = sizeOrFail(c.unit, first, type);
  let size: Operand = imm(one);
  if (many) {
    const count = scalar(value(c, expressionArgument(e, 1)), e);
    size = binaryValue(c, "*", count, { type: ULONG, at: imm(one) }, e).at;
  }
  return allocate(c, e, size, type, pointerTo(type));
}

/** Flags may have side effects in theory; in practice they are constants. */
function evaluateRest(c: Context, e: Call, from: number): void {
  for (let i = from; i < e.args.length; i++) value(c, expressionArgument(e, i));
}

function allocate(c: Context, e: Call, size: Operand, type: CType | undefined, result: CType): Value {
  if (isConstant(size) && (size.imm <= 0 || size.imm > CELLS_MAX)) {
    fail(e, `an object of ${size.imm >>> 0} cells; all objects together may have ${CELLS_MAX}`);
  }
  const dst = fresh(c);
  const place = placeOf(c, e);
  const kept = copied(c, { type: ULONG, at: size }, e).at;
  c.out.emit({ op: "alloc", dst, size: kept, class: classId(c, kept, type) }, place);
  return { type: result, at: reg(dst) };
}

function classId(c: Context, size: Operand, type: CType | undefined): number {
  const cells = isConstant(size) ? size.imm : undefined;
  if (type === undefined) return classFor(c.unit, "object", cells ?? 1, () => []);
  const one = sizeOf(type) ?? 1;
  if (cells === undefined || cells === one) return classOf(c.unit, type);
  if (cells % one === 0) return classOf(c.unit, { kind: "array", of: type, count: cells / one });
  return classFor(c.unit, className(type), one, () => []);
}

/** The type in the first sizeof of a size, the struct of struct_size() included. */
function measuredType(c: Context, sizes: readonly Expression[]): CType | undefined {
  let found: CType | undefined;
  walk(sizes, (node) => {
    if (found !== undefined) return false;
    const n = node as Expression;
    if (n.kind === "sizeof-type") found = typeOfName(c, n.type);
    else if (n.kind === "sizeof-expression") found = typeOfExpression(c, n.value);
    return found === undefined;
  });
  return found !== undefined && found.kind !== "void" ? found : undefined;
}
