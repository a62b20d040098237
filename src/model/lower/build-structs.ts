// Struct and union definitions -> their layout; constants of enumerations.

import { type CType, INT, type StructMember, type StructType, sizeOf, typeName } from "../types.ts";
import { declaredName, type MemberDeclaration, type Span, type Specifier } from "./ast.ts";
import { constantValue, declaredType, specifierType, topContext } from "./build-types.ts";
import type { Context, Unit } from "./context.ts";
import { fail } from "./unit.ts";

export function globalStruct(unit: Unit, tag: string, union: boolean): StructType {
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
export function definedType(
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

export function defineLocalConstants(c: Context, s: Specifier & { kind: "enum" }): void {
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
