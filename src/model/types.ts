// C types of the dialect and their layout: every scalar takes one cell, structs are laid out in the order of
// their members, a union's members share their cells. Integer types keep their C width for conversions.

import type { Field } from "./ir.ts";

export interface VoidType {
  readonly kind: "void";
}
export interface IntType {
  readonly kind: "int";
  readonly name: string;
  /** As in C on a 64-bit machine; 64 is held in 32 bits. A bit-field has its own width. */
  readonly bits: number;
  readonly signed: boolean;
  readonly bool: boolean;
  /** A field that was added because the header's struct lacks it: holds anything. */
  readonly added?: string;
}
export interface PointerType {
  readonly kind: "pointer";
  readonly to: CType;
}
export interface ArrayType {
  readonly kind: "array";
  readonly of: CType;
  /** -1: not known yet (`x[]` before its initialiser). */
  readonly count: number;
}
export interface FunctionType {
  readonly kind: "function";
  readonly result: CType;
  readonly parameters: readonly CType[];
  readonly variadic: boolean;
}
export interface StructType {
  readonly kind: "struct";
  readonly union: boolean;
  /** "" for an anonymous one. */
  readonly tag: string;
  /** Declared in one of raceproof's own headers. */
  readonly library: boolean;
  /** Fills `members`; undefined while only `struct tag;` was seen. */
  define?: () => readonly StructMember[];
  members?: readonly StructMember[];
}
export type CType = VoidType | IntType | PointerType | ArrayType | FunctionType | StructType;

export interface StructMember {
  /** "" for an anonymous struct or union. */
  readonly name: string;
  readonly type: CType;
  /** In cells. */
  readonly offset: number;
}

function int(name: string, bits: number, signed: boolean, bool = false): IntType {
  return { kind: "int", name, bits, signed, bool };
}

export const VOID: VoidType = { kind: "void" };
export const BOOL = int("bool", 1, false, true);
export const CHAR = int("char", 8, true);
export const INT = int("int", 32, true);
export const UINT = int("unsigned int", 32, false);
export const LONG = int("long", 64, true);
export const ULONG = int("unsigned long", 64, false);

export function pointerTo(to: CType): PointerType {
  return { kind: "pointer", to };
}

export const VOID_POINTER = pointerTo(VOID);

const KEYWORD = /^(void|bool|_Bool|char|short|int|long|signed|unsigned|const|volatile)$/;
const STANDARD = /^(size_t|ssize_t|[us]?int\d+_t|u?intptr_t|ptrdiff_t)$/;

/** The type of "unsigned long" and the like; undefined where the words make none. */
export function primitiveType(words: readonly string[]): CType | undefined {
  const count = (w: string): number => words.filter((x) => x === w).length;
  if (!words.every((w) => KEYWORD.test(w) || STANDARD.test(w))) return undefined;
  if (count("void") > 0) return VOID;
  if (count("bool") + count("_Bool") > 0) return BOOL;
  const fixed = words.map((w) => /^(u?)int(8|16|32|64)_t$/.exec(w)).find((m) => m !== null);
  if (fixed !== undefined && fixed !== null) return int(fixed[0], Number(fixed[2]), fixed[1] === "");
  if (count("size_t") + count("uintptr_t") > 0) return int("size_t", 64, false);
  if (count("ssize_t") + count("intptr_t") + count("ptrdiff_t") > 0) return int("ssize_t", 64, true);
  const signed = count("unsigned") === 0;
  const prefix = signed ? "" : "unsigned ";
  if (count("char") > 0) return int(`${prefix}char`, 8, signed);
  if (count("short") > 0) return int(`${prefix}short`, 16, signed);
  if (count("long") > 0) return int(`${prefix}${count("long") > 1 ? "long long" : "long"}`, 64, signed);
  return signed ? INT : UINT;
}

/** Integer types that the kernel's headers declare by typedef, where no header did. */
export function kernelType(name: string): CType | undefined {
  const fixed = /^(?:__)?(u|s)(8|16|32|64)$/.exec(name);
  if (fixed !== null) return int(name, Number(fixed[2]), fixed[1] === "s");
  if (/^(int|uint|size_t|ssize_t|u?int\d+_t|u?intptr_t|ptrdiff_t|bool|_Bool)$/.test(name))
    return primitiveType([name]);
  return undefined;
}

// ---------------------------------------------------------------- structs

/** Members of a struct, or undefined where the struct is incomplete. */
export function structMembers(t: StructType): readonly StructMember[] | undefined {
  if (t.members === undefined && t.define !== undefined) t.members = t.define();
  return t.members;
}

export interface FoundMember {
  readonly type: CType;
  /** Cells from the struct's start. */
  readonly offset: number;
}

/** A member by name, also through anonymous structs and unions. */
export function findMember(t: StructType, name: string): FoundMember | undefined {
  for (const m of structMembers(t) ?? []) {
    if (m.name === name) return m;
    if (m.name === "" && m.type.kind === "struct") {
      const inner = findMember(m.type, name);
      if (inner !== undefined) return { type: inner.type, offset: m.offset + inner.offset };
    }
  }
  return undefined;
}

/** Cells that a value takes; undefined for an incomplete type or a function. */
export function sizeOf(t: CType): number | undefined {
  switch (t.kind) {
    case "void":
    case "int":
    case "pointer":
      return 1;
    case "array": {
      const element = sizeOf(t.of);
      return element === undefined || t.count < 0 ? undefined : element * t.count;
    }
    case "function":
      return undefined;
    case "struct": {
      const members = structMembers(t);
      if (members === undefined) return undefined;
      let size = 0;
      for (const m of members) size = Math.max(size, m.offset + (sizeOf(m.type) ?? 0));
      return Math.max(size, 1);
    }
  }
}

// ---------------------------------------------------------------- conversions

export function isScalar(t: CType): t is IntType | PointerType {
  return t.kind === "int" || t.kind === "pointer";
}

/** Arrays and functions as values (C11 6.3.2.1). */
export function decayed(t: CType): CType {
  if (t.kind === "array") return pointerTo(t.of);
  if (t.kind === "function") return pointerTo(t);
  return t;
}

/** Integer promotion (C11 6.3.1.1). */
export function promoted(t: IntType): IntType {
  return t.bits < 32 || t.bool ? INT : t;
}

/** The usual arithmetic conversions (C11 6.3.1.8). */
export function commonType(a: IntType, b: IntType): IntType {
  const left = promoted(a);
  const right = promoted(b);
  if (left.bits === right.bits) return left.signed ? right : left;
  return left.bits > right.bits ? left : right;
}

function sameType(a: CType, b: CType): boolean {
  if (a === b) return true;
  if (a.kind === "int" && b.kind === "int")
    return a.bits === b.bits && a.signed === b.signed && a.bool === b.bool;
  if (a.kind === "pointer" && b.kind === "pointer") return sameType(a.to, b.to);
  if (a.kind === "array" && b.kind === "array") return a.count === b.count && sameType(a.of, b.of);
  if (a.kind === "function" && b.kind === "function") return fits(a, b);
  return a.kind === "void" && b.kind === "void";
}

/**
 * May a function of type `f` be called through a pointer to `wanted`? As the kernel's CFI sees it, bar void
 * *.
 */
export function fits(f: FunctionType, wanted: FunctionType): boolean {
  if (f.parameters.length !== wanted.parameters.length) return false;
  if ((f.result.kind === "void") !== (wanted.result.kind === "void")) return false;
  if ((f.result.kind === "struct") !== (wanted.result.kind === "struct")) return false;
  return f.parameters.every((p, i) => compatible(p, wanted.parameters[i]!));
}

function compatible(a: CType, b: CType): boolean {
  if (a.kind === "pointer" && b.kind === "pointer") {
    return a.to.kind === "void" || b.to.kind === "void" || sameType(a.to, b.to);
  }
  if (a.kind === "struct" || b.kind === "struct") return a === b;
  return a.kind === b.kind;
}

/** As C writes it, for messages. */
export function typeName(t: CType): string {
  switch (t.kind) {
    case "void":
      return "void";
    case "int":
      return t.name;
    case "pointer":
      if (t.to.kind === "function") return functionName(t.to, "(*)");
      return t.to.kind === "pointer" ? `${typeName(t.to)}*` : `${typeName(t.to)} *`;
    case "array":
      return `${typeName(t.of)}[${t.count < 0 ? "" : t.count}]`;
    case "function":
      return functionName(t, "");
    case "struct":
      return `${t.union ? "union" : "struct"} ${t.tag === "" ? "(anonymous)" : t.tag}`;
  }
}

function functionName(t: FunctionType, middle: string): string {
  const parameters = t.parameters.length === 0 ? "void" : t.parameters.map(typeName).join(", ");
  return `${typeName(t.result)} ${middle}(${parameters}${t.variadic ? ", ..." : ""})`;
}

// ---------------------------------------------------------------- classes

/** How reports call an object of this type: a struct's tag without "struct". */
export function className(t: CType): string {
  if (t.kind === "struct") return t.tag === "" ? (t.union ? "union" : "struct") : t.tag;
  if (t.kind === "array") return `${className(t.of)}[${t.count}]`;
  return typeName(t);
}

/** Names and kinds of the cells, in order; of cells that a union shares, the first member's. */
export function fieldsOf(t: CType): Field[] {
  const fields: Field[] = [];
  collect(t, "", 0, fields);
  for (let i = 0; i < fields.length; i++) fields[i] ??= { name: `[${i}]`, kind: "int" };
  return fields;
}

function collect(t: CType, path: string, at: number, fields: Field[]): void {
  switch (t.kind) {
    case "array": {
      const element = sizeOf(t.of) ?? 0;
      for (let i = 0; i < t.count; i++) collect(t.of, `${path}[${i}]`, at + i * element, fields);
      return;
    }
    case "struct":
      for (const m of structMembers(t) ?? []) {
        const name = m.name === "" ? path : path === "" ? m.name : `${path}.${m.name}`;
        collect(m.type, name, at + m.offset, fields);
      }
      return;
    case "pointer":
      fields[at] ??= { name: path, kind: t.to.kind === "function" ? "function" : "pointer" };
      return;
    case "int":
      fields[at] ??= { name: path, kind: t.bool ? "bool" : "int" };
      return;
    default:
      fields[at] ??= { name: path, kind: "int" };
  }
}
