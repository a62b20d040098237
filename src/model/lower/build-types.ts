// Syntax of types -> types, with the names that are in scope.

import type { Declared } from "../declare.ts";
import {
  type CType,
  type FunctionType,
  INT,
  type IntType,
  kernelType,
  pointerTo,
  primitiveType,
  typeName,
} from "../types.ts";
import type { Declarator, Expression, Span, Specifier, TypeName } from "./ast.ts";
import { definedType, defineLocalConstants, globalStruct } from "./build-structs.ts";
import { type Context, dryContext, emitterFor, frameFor, type Scope, type Unit } from "./context.ts";
import { isConstant } from "./emit.ts";
import { typeOfExpression, value } from "./expressions.ts";
import { fail, stop, tellBroken } from "./unit.ts";

/** A type that stands for one that was reported already: everything may be done with it. */
export const POISON: IntType = {
  kind: "int",
  name: "unknown",
  bits: 32,
  signed: true,
  bool: false,
  added: "",
};

export function isPoison(t: CType): boolean {
  return t.kind === "int" && t.added === "";
}

/** The context of text outside functions. */
export function topContext(unit: Unit): Context {
  const exit = { label: { at: -1, used: false }, active: undefined };
  const returns = { type: INT, to: undefined, exit };
  const frame = frameFor({ name: "", caller: -1, stack: [], returns });
  return { unit, out: emitterFor(unit, "", 0, true), frame, setup: false, taskVariables: new Map() };
}

/** Value of a constant expression. */
export function constantValue(c: Context, e: Expression, what: string): number {
  const v = value(dryContext(c), e);
  if (!isConstant(v.at)) fail(e, `${what} is not a constant`);
  return v.at.imm;
}

export function typeOfName(c: Context, t: TypeName): CType {
  return declaredType(c, t.specifier, t.declarator);
}

export function declaredType(c: Context, s: Specifier, d: Declarator): CType {
  return wrap(c, specifierType(c, s), d);
}

/** The declarator's layers around the base type, from the outside in. */
function wrap(c: Context, base: CType, d: Declarator): CType {
  switch (d.kind) {
    case "name":
      return base;
    case "pointer":
      return wrap(c, pointerTo(base), d.inner);
    case "array":
      return wrap(c, arrayOf(c, base, d), d.inner);
    case "function": {
      const parameters = d.parameters.map((p) => parameterType(declaredType(c, p.specifier, p.declarator)));
      return wrap(c, { kind: "function", result: base, parameters, variadic: d.variadic }, d.inner);
    }
  }
}

/** Arrays and functions as parameters are pointers. */
function parameterType(t: CType): CType {
  if (t.kind === "array") return pointerTo(t.of);
  return t.kind === "function" ? pointerTo(t) : t;
}

function arrayOf(c: Context, of: CType, d: Declarator & { kind: "array" }): CType {
  if (of.kind === "function" || of.kind === "void") fail(d, `an array of '${typeName(of)}'`);
  if (d.size === undefined) return { kind: "array", of, count: -1 };
  const v = value(dryContext(c), d.size);
  if (!isConstant(v.at)) {
    fail(
      d.size,
      "the length of an array must be a constant",
      "give it a length that is large enough: variable-length arrays and alloca() are not supported",
    );
  }
  if (v.at.imm < 0) fail(d.size, "an array cannot have a negative length");
  return { kind: "array", of, count: v.at.imm };
}

export function specifierType(c: Context, s: Specifier): CType {
  switch (s.kind) {
    case "primitive": {
      const type = primitiveType(s.words);
      return type ?? fail(s, `not a type of the dialect: '${s.words.join(" ")}'`);
    }
    case "named":
      return namedType(c, s, s.name);
    case "typeof":
      return s.value.kind === "type-name" ? typeOfName(c, s.value) : typeOfExpression(c, s.value);
    case "enum":
      defineLocalConstants(c, s);
      return INT;
    case "struct":
      return s.members === undefined ? taggedType(c, s) : definedType(c, s, s.members);
  }
}

function namedType(c: Context, span: Span, name: string): CType {
  for (let scope: Scope | undefined = c.frame.scope; scope !== undefined; scope = scope.parent) {
    const found = scope.names.get(name);
    if (found?.kind === "typedef") return found.type;
  }
  const { unit } = c;
  const known = unit.typedefTypes.get(name);
  if (known !== undefined) return known;
  const declared = unit.declarations.typedefs.get(name);
  if (declared !== undefined) {
    if (unit.busy.has(declared)) fail(span, `the type '${name}' is declared by itself`);
    unit.busy.add(declared);
    try {
      const type = declaredType(topContext(unit), declared.specifier, declared.declarator);
      unit.typedefTypes.set(name, type);
      return type;
    } finally {
      unit.busy.delete(declared);
    }
  }
  const builtin = kernelType(name);
  if (builtin !== undefined) return builtin;
  return unknownType(c, span, name);
}

function unknownType(c: Context, span: Span, name: string): never {
  const { structs } = c.unit.declarations;
  if (tellBroken(c.unit, name)) stop(span);
  const hint = structs.has(name)
    ? `write 'struct ${name}'`
    : "declare it with typedef, or include the header that does; " +
      `if it is an annotation, #define ${name} away`;
  return fail(span, `unknown type '${name}'`, hint);
}

/** `struct tag` without a body. */
function taggedType(c: Context, s: Specifier & { kind: "struct" }): CType {
  for (let scope: Scope | undefined = c.frame.scope; scope !== undefined; scope = scope.parent) {
    const found = scope.tags.get(s.tag);
    if (found !== undefined) return found;
  }
  return globalStruct(c.unit, s.tag, s.union);
}

/** The type of a declared function, or undefined where the declaration is none of a function. */
export function functionTypeOf(
  unit: Unit,
  d: Pick<Declared, "specifier" | "declarator">,
): FunctionType | undefined {
  const type = declaredType(topContext(unit), d.specifier, d.declarator);
  return type.kind === "function" ? type : undefined;
}

/** Notes that a constant lost bits. */
export function noteCut(unit: Unit, e: Span & { cut: boolean }): void {
  if (!e.cut) return;
  const { file, line } = unit.parsed.expanded.positionAt(e.start);
  const text = unit.parsed.expanded.originalText(e.start, e.end);
  unit.notes.add(`${file}:${line}: ${text} does not fit 32 bits: values are taken modulo 2^32`);
}
