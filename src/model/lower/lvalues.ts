// Names, members and elements -> the places that they stand for.

import { headerOf } from "../headers.ts";
import {
  CHAR,
  type CType,
  findMember,
  pointerTo,
  type StructType,
  structMembers,
  typeName,
} from "../types.ts";
import {
  dereference,
  functionAddress,
  intValue,
  type Lvalue,
  localAddress,
  newLocal,
  scalar,
  type Value,
  variableLvalue,
} from "./access.ts";
import type { Designator, Expression, Identifier, Member, Span, StringLiteral } from "./ast.ts";
import { enumValue } from "./build-structs.ts";
import { constantValue, isPoison, POISON, typeOfName } from "./build-types.ts";
import { type Binding, type Context, type Scope, StartAgain } from "./context.ts";
import { imm, plus } from "./emit.ts";
import { discard, operands, sizeOfType, value } from "./expressions.ts";
import { functionIndex, globalVariable, taskVariable } from "./globals.ts";
import { initialise, sizedByInitializer } from "./initialise.ts";
import { advanced } from "./operators.ts";
import { addGlobal, fail, globalAddress, stop, suggestion, tellBroken } from "./unit.ts";

export function lvalue(c: Context, e: Expression): Lvalue {
  switch (e.kind) {
    case "identifier":
      return identifierLvalue(c, e);
    case "string":
      return stringLvalue(c, e);
    case "unary":
      if (e.operator === "*") return dereference(scalar(value(c, e.operand), e.operand), e);
      break;
    case "member":
      return member(c, e);
    case "index": {
      const [a, b] = operands(c, e.object, e.index);
      if (isPoison(a.type)) return { kind: "memory", type: POISON, address: a.at };
      const [pointer, index] = b.type.kind === "pointer" ? [b, a] : [a, b];
      if (pointer.type.kind !== "pointer") fail(e, `'${typeName(a.type)}' is no array and no pointer`);
      return dereference(advanced(c, pointer, index, 1, e), e);
    }
    case "compound-literal": {
      const type = sizedByInitializer(c, typeOfName(c, e.type), e.value);
      if (c.frame.stack.length === 0) {
        const draft = addGlobal(c.unit, e, e, `(${typeName(type)})`, type);
        c.unit.pending.push({ draft, value: e.value });
        return { kind: "memory", type, address: globalAddress(draft) };
      }
      const address = localAddress(c, e, newLocal(c, e, `(${typeName(type)})`, type));
      initialise(c, address, type, e.value, e);
      return { kind: "memory", type, address };
    }
    case "comma":
      discard(c, e.left);
      return lvalue(c, e.right);
    default:
      break;
  }
  const v = value(c, e);
  // A struct that a function returned, or that an assignment left: its cells can be named, not assigned to.
  if (v.type.kind === "struct") return { kind: "memory", type: v.type, address: v.at };
  if (isPoison(v.type)) return { kind: "memory", type: POISON, address: v.at };
  return fail(e, "this is a value, not a variable: it has no place to be stored in or pointed to");
}

export function lookUp(c: Context, name: string): Binding | undefined {
  for (let scope: Scope | undefined = c.frame.scope; scope !== undefined; scope = scope.parent) {
    const found = scope.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Enumeration constants and functions: names that are no lvalues. */
export function identifierConstant(c: Context, e: Expression): Value | undefined {
  if (e.kind !== "identifier") return undefined;
  const local = lookUp(c, e.name);
  if (local?.kind === "constant") return intValue(local.value);
  if (local?.kind === "variable") return undefined;
  const constant = enumValue(c.unit, e.name);
  if (constant !== undefined) return intValue(constant);
  const found = functionIndex(c, e, e.name);
  if (found === undefined) return undefined;
  return { type: pointerTo(found.type), at: functionAddress(found.index) };
}

function identifierLvalue(c: Context, e: Identifier): Lvalue {
  const local = lookUp(c, e.name);
  if (local?.kind === "variable") return variableLvalue(c, local, e);
  if (local === undefined) {
    const own = taskVariable(c, e, e.name);
    if (own !== undefined) return own;
    const global = globalVariable(c, e, e.name);
    if (global !== undefined) return { kind: "memory", type: global.type, address: globalAddress(global) };
  }
  if (local?.kind === "typedef" || c.unit.declarations.typedefs.has(e.name)) {
    fail(e, `'${e.name}' is a type, and a value is needed here`);
  }
  const constant = identifierConstant(c, e);
  if (constant !== undefined) {
    fail(
      e,
      `'${e.name}' is a ${constant.type.kind === "pointer" ? "function" : "constant"}: it cannot be changed`,
    );
  }
  return undeclared(c, e);
}

/** Told once for each function, as compilers do. */
function undeclared(c: Context, e: Identifier): Lvalue {
  const lv: Lvalue = { kind: "memory", type: POISON, address: imm(0) };
  if (c.frame.undeclared.has(e.name)) return lv;
  c.frame.undeclared.add(e.name);
  if (tellBroken(c.unit, e.name)) return lv;
  const names = [...c.unit.declarations.variables.keys(), ...c.unit.declarations.enumConstants.keys()];
  for (let scope: Scope | undefined = c.frame.scope; scope !== undefined; scope = scope.parent) {
    names.push(...scope.names.keys());
  }
  const near = suggestion(e.name, names);
  const header = headerOf(e.name, c.unit.parsed.files);
  const hint =
    header !== undefined
      ? `#include <${header}>`
      : near !== undefined
        ? `did you mean '${near}'?`
        : `declare it, include the header that does, or give --define ${e.name}=value if it is a macro`;
  return fail(e, `'${e.name}' is not declared`, hint);
}

function member(c: Context, e: Member): Lvalue {
  const base = e.arrow ? pointedTo(c, e) : lvalue(c, e.object);
  if (isPoison(base.type)) return base;
  if (base.type.kind !== "struct") {
    const isPointer = base.type.kind === "pointer" && !e.arrow;
    const hint = isPointer ? `write '->${e.name}'` : undefined;
    return fail(e, `'${typeName(base.type)}' has no members`, hint);
  }
  if (base.kind === "register") return fail(e, "this struct has no place");
  const found = memberOf(c, base.type, e.name, e);
  return { kind: "memory", type: found.type, address: plus(base.address, found.offset) };
}

function pointedTo(c: Context, e: Member): Lvalue {
  const pointer = value(c, e.object);
  if (pointer.type.kind === "struct") {
    fail(e, `'${typeName(pointer.type)}' is no pointer`, `write '.${e.name}'`);
  }
  return dereference(scalar(pointer, e.object), e.object);
}

/** A member; one that a header's struct lacks is added, and the lowering starts again. */
export function memberOf(c: Context, t: StructType, name: string, span: Span) {
  const found = findMember(t, name);
  if (found !== undefined) return found;
  const members = structMembers(t);
  if (members === undefined) {
    if (tellBroken(c.unit, t.tag)) stop(span);
    return fail(
      span,
      `'${typeName(t)}' is declared but not defined`,
      "define it in the model, or include the header that does",
    );
  }
  if (t.library && t.tag !== "" && !c.unit.options.strict) {
    const added = c.unit.addedFields.get(t.tag) ?? new Set<string>();
    c.unit.addedFields.set(t.tag, added.add(name));
    throw new StartAgain();
  }
  const near = suggestion(
    name,
    members.map((m) => m.name),
  );
  const hint = near !== undefined ? `did you mean '${near}'?` : `add the field to ${typeName(t)}`;
  return fail(span, `'${typeName(t)}' has no member '${name}'`, hint);
}

function stringLvalue(c: Context, e: StringLiteral): Lvalue {
  const key = `string ${e.value}`;
  const type: CType = { kind: "array", of: CHAR, count: e.value.length + 1 };
  let draft = c.unit.globalsByKey.get(key);
  if (draft === undefined) {
    draft = addGlobal(c.unit, e, key, JSON.stringify(e.value), type);
    draft.initial = [...e.value].map((x) => (x.charCodeAt(0) << 24) >> 24);
    draft.initial.push(0);
  }
  return { kind: "memory", type, address: globalAddress(draft) };
}

/** Cells from the start of a value to the member or element that a path of designators names. */
export function pathOffset(c: Context, from: CType, path: readonly Designator[], span: Span) {
  let [type, offset] = [from, 0];
  for (const step of path) {
    if (isPoison(type)) break;
    if (step.kind === "field") {
      if (type.kind !== "struct") return fail(span, `'${typeName(type)}' has no member '${step.name}'`);
      const found = memberOf(c, type, step.name, span);
      [type, offset] = [found.type, offset + found.offset];
    } else {
      if (type.kind !== "array") return fail(span, `'${typeName(type)}' is no array`);
      const index = constantValue(c, step.first, "the index");
      offset += index * sizeOfType(c, type.of, span);
      type = type.of;
    }
  }
  return { type, offset };
}
