// Calls through pointers: a choice among the functions whose address is taken and whose type fits. A call
// through a field of a struct_ops object is begun and ended around the body.

import { FUNCTION_BASE } from "../../../assembly/abi.ts";
import type { Operand } from "../ir.ts";
import { type CType, type FunctionType, fits, INT, typeName } from "../types.ts";
import { convert, copied, dereference, fresh, load, NOTHING, scalar, store, type Value } from "./access.ts";
import type { Call, Expression, Span } from "./ast.ts";
import { functionTypeOf, isPoison, POISON } from "./build-types.ts";
import { argumentValues, countArguments, inline, primitive, resultPlace } from "./calls.ts";
import type { Context } from "./context.ts";
import { imm, label, plus, reg } from "./emit.ts";
import { value, type Wanted } from "./expressions.ts";
import { lvalue, memberOf } from "./lvalues.ts";
import { fail, placeOf } from "./unit.ts";

export function indirectCall(c: Context, e: Call, wanted: Wanted): Value {
  const { pointer, object } = calleeOf(c, e);
  const target = pointer.type.kind === "pointer" ? pointer.type.to : undefined;
  if (isPoison(pointer.type)) return { type: POISON, at: imm(0) };
  const added = pointer.type.kind === "int" && pointer.type.added !== undefined;
  if (target?.kind !== "function" && !added) {
    return fail(e.callee, `'${typeName(pointer.type)}' is no function and no pointer to one`);
  }
  const type: FunctionType | undefined = target?.kind === "function" ? target : undefined;
  if (type !== undefined) countArguments(e, "the function that is called here", type);
  const callee = copied(c, pointer, e.callee);
  const args = argumentValues(c, e, type?.parameters).map((v, i) => {
    const to = type?.parameters[i];
    const a = e.args[i] as Expression;
    return copied(c, to === undefined ? v : convert(c, v, to, a), a);
  });
  const result = type?.result ?? INT;
  if (c.out.dry) return result.kind === "void" ? NOTHING : { type: result, at: reg(fresh(c)) };
  if (object !== undefined) primitive(c, "ops_call_begin", [object], e);
  const v = dispatch(c, e, callee.at, type, args, result, wanted);
  if (object !== undefined) primitive(c, "ops_call_end", [object], e);
  return v;
}

interface Callee {
  readonly pointer: Value;
  /** Of `o->fn(...)` where o is a struct_ops object: its address. */
  readonly object?: Operand;
}

/** The function pointer of a call; the object before it is evaluated once. */
function calleeOf(c: Context, e: Call): Callee {
  let callee = e.callee;
  while (callee.kind === "unary" && callee.operator === "*") callee = callee.operand;
  if (callee.kind !== "member") return { pointer: scalar(value(c, callee), callee) };
  const base = callee.arrow
    ? dereference(scalar(value(c, callee.object), callee.object), callee.object)
    : lvalue(c, callee.object);
  if (base.kind === "register" || base.type.kind !== "struct")
    return { pointer: scalar(value(c, callee), callee) };
  const address = copied(c, { type: INT, at: base.address }, callee.object).at;
  const found = memberOf(c, base.type, callee.name, callee);
  const pointer = load(c, { kind: "memory", type: found.type, address: plus(address, found.offset) }, callee);
  return opsType(c, base.type) === undefined ? { pointer } : { pointer, object: address };
}

function opsType(c: Context, t: CType): CType | undefined {
  return t.kind === "struct" && c.unit.declarations.opsTypes.has(t.tag) ? t : undefined;
}

function dispatch(
  c: Context,
  e: Call,
  callee: Operand,
  type: FunctionType | undefined,
  args: readonly Value[],
  result: CType,
  wanted: Wanted,
): Value {
  const { out } = c;
  const place = placeOf(c, e);
  const done = label();
  const to = resultPlace(c, result, e);
  const mark = c.frame.active;
  for (const [name, index] of [...c.unit.functionIds]) {
    const chunk = c.unit.declarations.functions.get(name)!;
    const ast = chunk.ast();
    const own = ast === undefined ? undefined : functionTypeOf(c.unit, ast);
    if (ast === undefined || own === undefined) continue;
    if (type === undefined ? own.parameters.length !== args.length : !fits(own, type)) continue;
    const [hit, miss] = [label(), label()];
    out.branch("==", callee, imm(FUNCTION_BASE + index), hit, miss, place);
    out.place(hit);
    const v = inline(c, chunk, ast, own, args, e, wanted.unused !== true);
    if (to !== undefined && v !== NOTHING) settle(c, to, result, v, e);
    c.frame.active = mark;
    out.jump(done, place);
    out.place(miss);
  }
  out.emit({ op: "bad-call", value: callee }, place);
  out.emit({ op: "exit" }, place);
  out.place(done);
  return to === undefined ? NOTHING : { type: result, at: to };
}

function settle(c: Context, to: Operand, type: CType, v: Value, span: Span): void {
  if (type.kind === "struct") {
    store(
      c,
      { kind: "memory", type, address: to },
      load(c, { kind: "memory", type, address: v.at }, span),
      span,
    );
  } else if ("reg" in to) {
    store(c, { kind: "register", type, register: to.reg, captured: false }, v, span);
  }
}
