// Syntax of types -> types, with the names that are in scope; constants of enums and array sizes.

import type { Declared } from "../declare.ts";
import {
  type CType,
  type FunctionType,
  INT,
  type IntType,
  kernelType,
  pointerTo,
  primitiveType,
  type StructMember,
  type StructType,
  sizeOf,
  typeName,
} from "../types.ts";
import type { Declarator, Expression, MemberDeclaration, Span, Specifier, TypeName } from "./ast.ts";
import { declaredName } from "./ast.ts";
import { isConstant } from "./emit.ts";
import { typeOfExpression, value } from "./expressions.ts";
import { type Context, dryContext, emitterFor, fail, frameFor, type Scope, type Unit } from "./unit.ts";

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
  return { unit, out: emitterFor(unit, "", 0, true), frame, setup: false };
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

function specifierType(c: Context, s: Specifier): CType {
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
  const { structs, broken } = c.unit.declarations;
  const errors = broken.get(name);
  if (errors !== undefined) {
    const first = errors[0]!;
    return fail(
      span,
      `the type '${name}' is declared in text that cannot be read`,
      `${first.file}:${first.line}: ${first.message}`,
    );
  }
  const hint = structs.has(name)
    ? `write 'struct ${name}'`
    : `declare it with typedef, or include the header that does; if it is an annotation, #define ${name} away`;
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

function globalStruct(unit: Unit, tag: string, union: boolean): StructType {
  const known = unit.structTypes.get(tag);
  if (known !== undefined) return known;
  const body = unit.declarations.structs.get(tag);
  const type: StructType = {
    kind: "struct",
    union: body?.specifier.union ?? union,
    tag,
    library: body?.library ?? false,
  };
  if (body !== undefined) {
    const members = body.specifier.members ?? [];
    type.define = () => layOut(topContext(unit), type, body.specifier, members);
  }
  unit.structTypes.set(tag, type);
  return type;
}

/** A specifier with a body: the same text is the same type. */
function definedType(
  c: Context,
  s: Specifier & { kind: "struct" },
  members: readonly MemberDeclaration[],
): CType {
  const global = s.tag === "" ? undefined : c.unit.declarations.structs.get(s.tag);
  if (global?.specifier.start === s.start) return globalStruct(c.unit, s.tag, s.union);
  const known = c.unit.specifierTypes.get(s);
  if (known !== undefined) {
    if (s.tag !== "") c.frame.scope.tags.set(s.tag, known);
    return known;
  }
  const library = c.unit.declarations.isLibrary(s.start);
  const type: StructType = { kind: "struct", union: s.union, tag: s.tag, library };
  c.unit.specifierTypes.set(s, type);
  if (s.tag !== "") c.frame.scope.tags.set(s.tag, type);
  type.members = layOut(c, type, s, members);
  return type;
}

function layOut(
  c: Context,
  type: StructType,
  span: Span,
  declarations: readonly MemberDeclaration[],
): readonly StructMember[] {
  const { busy } = c.unit;
  if (busy.has(type)) fail(span, `'${typeName(type)}' contains itself`, "contain a pointer to it");
  busy.add(type);
  const members: StructMember[] = [];
  let end = 0;
  const add = (name: string, t: CType, at: Span): void => {
    const size = t.kind === "array" && t.count < 0 ? 0 : sizeOf(t);
    if (size === undefined) {
      fail(
        at,
        `the member '${name}' has the incomplete type '${typeName(t)}'`,
        "define the type before it is used",
      );
    }
    if (name !== "" && members.some((m) => m.name === name)) fail(at, `two members are called '${name}'`);
    members.push({ name, type: t, offset: type.union ? 0 : end });
    end += size;
  };
  try {
    for (const d of declarations) {
      if (d.declarators.length === 0) add("", specifierType(c, d.specifier), d);
      for (const one of d.declarators) {
        const t = declaredType(c, d.specifier, one.declarator);
        const name = declaredName(one.declarator);
        const width =
          one.bits === undefined ? undefined : constantValue(c, one.bits, "the width of a bit-field");
        if (width !== undefined && name === "") continue;
        add(name, width === undefined ? t : bitField(t, width, d), one.declarator);
      }
    }
    for (const name of (type.library && c.unit.addedFields.get(type.tag)) || []) {
      add(name, { ...INT, name: "word", added: name }, span);
    }
    return members;
  } finally {
    busy.delete(type);
  }
}

/** A bit-field takes a cell of its own but keeps its width. */
function bitField(t: CType, width: number, span: Span): CType {
  if (t.kind !== "int") return fail(span, "a bit-field must have an integer type");
  if (width <= 0 || width > Math.min(t.bits, 32)) return fail(span, `a bit-field of ${width} bits`);
  return t.bool || width === 32 ? t : { ...t, bits: width };
}

// ---------------------------------------------------------------- enums

function defineLocalConstants(c: Context, s: Specifier & { kind: "enum" }): void {
  let next = 0;
  for (const constant of s.constants ?? []) {
    // Those at top level are looked up by name; see enumValue().
    if (c.unit.declarations.enumConstants.get(constant.name)?.specifier.start === s.start) return;
    if (constant.value !== undefined)
      next = constantValue(c, constant.value, `the value of '${constant.name}'`);
    c.frame.scope.names.set(constant.name, { kind: "constant", value: next });
    next++;
  }
}

/** Value of an enumeration constant of the top level. */
export function enumValue(unit: Unit, name: string): number | undefined {
  const entry = unit.declarations.enumConstants.get(name);
  if (entry === undefined) return undefined;
  const known = unit.enumValues.get(name);
  if (known !== undefined) return known;
  const constants = entry.specifier.constants ?? [];
  if (unit.busy.has(entry)) fail(constants[entry.index]!, `the value of '${name}' depends on itself`);
  unit.busy.add(entry);
  try {
    // From the last constant with a value of its own.
    let from = entry.index;
    while (from > 0 && constants[from]!.value === undefined) from--;
    const start = constants[from]!.value;
    const base = start === undefined ? 0 : constantValue(topContext(unit), start, `the value of '${name}'`);
    const result = base + entry.index - from;
    unit.enumValues.set(name, result);
    return result;
  } finally {
    unit.busy.delete(entry);
  }
}

// ---------------------------------------------------------------- functions

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

/** Reports text that a declared name leads to but that cannot be read. */
export function reportBroken(c: Context, name: string): boolean {
  const errors = c.unit.declarations.broken.get(name);
  if (errors === undefined) return false;
  for (const e of errors) {
    const key = `${e.file}:${e.line}:${e.column}:${e.message}`;
    c.unit.mistakes.set(key, e);
  }
  return true;
}
