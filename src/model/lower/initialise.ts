// Initialisers (C11 6.7.9): nested lists, designators, brace elision, strings; flattened to one value a cell.

import type { Operand } from "../ir.ts";
import { type ArrayType, type CType, sizeOf, structMembers, typeName } from "../types.ts";
import { copyStruct, intValue, load, store } from "./access.ts";
import type { Expression, InitializerItem, InitializerList, Span } from "./ast.ts";
import { constantValue, isPoison } from "./build-types.ts";
import type { Context } from "./context.ts";
import { isConstant, plus } from "./emit.ts";
import { typeOfExpression, value } from "./expressions.ts";
import { memberOf, pathOffset } from "./lvalues.ts";
import { fail, sizeOrFail } from "./unit.ts";

export interface Leaf {
  /** In cells. */
  readonly offset: number;
  /** A scalar's type, or a struct's where an expression initialises the whole of it. */
  readonly type: CType;
  readonly value: Expression | number;
  readonly span: Span;
}

/** The type of `x[] = ...`, with its length. */
export function sizedByInitializer(c: Context, t: CType, e: Expression): CType {
  if (t.kind !== "array" || t.count >= 0) return t;
  const text = stringOf(e);
  if (text !== undefined) return { ...t, count: text.length + 1 };
  if (e.kind !== "initializer-list") return fail(e, "an array is initialised with a list in braces");
  let [count, at] = [0, 0];
  const list = cursorOf(e);
  while (list.at < list.items.length) {
    const item = list.items[list.at]!;
    const first = item.designators[0];
    if (first?.kind === "index") at = constantValue(c, first.last ?? first.first, "the index");
    if (first === undefined) {
      skipElement(c, t.of, list);
    } else {
      list.at++;
    }
    at++;
    count = Math.max(count, at);
  }
  return { ...t, count };
}

/** Moves behind the items that one element without braces takes. */
function skipElement(c: Context, t: CType, list: Cursor): void {
  const sink: Leaf[] = [];
  element(c, t, 0, list, sink);
}

export function leavesOf(c: Context, t: CType, e: Expression): Leaf[] {
  const leaves: Leaf[] = [];
  whole(c, t, 0, e, leaves);
  return leaves;
}

/** Initialises memory that is zero; values are evaluated and stored in the order of the text. */
export function initialise(c: Context, address: Operand, t: CType, e: Expression, span: Span): void {
  for (const leaf of leavesOf(c, t, e)) {
    const at = plus(address, leaf.offset);
    if (typeof leaf.value === "number") {
      if (leaf.value !== 0) {
        store(c, { kind: "memory", type: leaf.type, address: at }, intValue(leaf.value), span);
      }
      continue;
    }
    const v = value(c, leaf.value, { type: leaf.type });
    if (leaf.type.kind === "struct") {
      if (v.type !== leaf.type)
        fail(leaf.span, `'${typeName(v.type)}' does not initialise '${typeName(leaf.type)}'`);
      copyStruct(
        c,
        at,
        load(c, { kind: "memory", type: leaf.type, address: v.at }, leaf.span).at,
        leaf.type,
        span,
      );
      continue;
    }
    // What is zero already needs no store.
    if (isConstant(v.at) && v.at.imm === 0 && e.kind === "initializer-list") continue;
    store(
      c,
      { kind: "memory", type: leaf.type, address: at },
      v,
      e.kind === "initializer-list" ? leaf.span : span,
    );
  }
}

interface Cursor {
  readonly items: readonly InitializerItem[];
  at: number;
}

function cursorOf(list: InitializerList): Cursor {
  return { items: list.items, at: 0 };
}

function stringOf(e: Expression): string | undefined {
  if (e.kind === "string") return e.value;
  if (e.kind === "initializer-list" && e.items.length === 1 && e.items[0]!.value.kind === "string") {
    return e.items[0]!.designators.length === 0 ? e.items[0]!.value.value : undefined;
  }
  return undefined;
}

/** `t x = e;` */
function whole(c: Context, t: CType, offset: number, e: Expression, leaves: Leaf[]): void {
  if (t.kind === "array" && t.of.kind === "int" && t.of.bits === 8) {
    const text = stringOf(e);
    if (text !== undefined) {
      stringLeaves(t, offset, text, e, leaves);
      return;
    }
  }
  if (e.kind !== "initializer-list") {
    if (t.kind === "array") fail(e, "an array is initialised with a list in braces");
    leaves.push({ offset, type: t, value: e, span: e });
    return;
  }
  if (t.kind !== "array" && t.kind !== "struct") {
    const only = e.items[0];
    if (e.items.length > 1) fail(e.items[1]!, `too many values for '${typeName(t)}'`);
    if (only !== undefined) whole(c, t, offset, only.value, leaves);
    return;
  }
  const list = cursorOf(e);
  aggregate(c, t, offset, list, leaves, true);
  if (list.at < list.items.length) fail(list.items[list.at]!, `too many values for '${typeName(t)}'`);
}

function stringLeaves(t: ArrayType, offset: number, text: string, span: Span, leaves: Leaf[]): void {
  const count = t.count < 0 ? text.length + 1 : t.count;
  if (text.length > count)
    fail(span, `the string has ${text.length} characters, the array ${count} elements`);
  for (let i = 0; i < count && i < text.length; i++) {
    leaves.push({ offset: offset + i, type: t.of, value: (text.charCodeAt(i) << 24) >> 24, span });
  }
}

/** Members or elements in order, from a list that may continue behind them where braces were left out. */
function aggregate(
  c: Context,
  t: CType,
  offset: number,
  list: Cursor,
  leaves: Leaf[],
  braced: boolean,
): void {
  const parts = partsOf(t);
  let index = 0;
  while (list.at < list.items.length) {
    const item = list.items[list.at]!;
    const [first, ...rest] = item.designators;
    if (first !== undefined) {
      if (!braced) return;
      list.at++;
      if (first.kind === "field") {
        if (t.kind !== "struct") fail(item, `'${typeName(t)}' has no member '${first.name}'`);
        const target = pathOffset(c, t, item.designators, item);
        override(leaves, offset + target.offset, sizeOf(target.type) ?? 1);
        whole(c, target.type, offset + target.offset, item.value, leaves);
        index = parts.indexOf(first.name, memberOf(c, t, first.name, item).offset);
      } else {
        if (t.kind !== "array") fail(item, `'${typeName(t)}' is no array`);
        const low = constantValue(c, first.first, "the index");
        const high = first.last === undefined ? low : constantValue(c, first.last, "the index");
        if (low < 0 || high < low || (t.count >= 0 && high >= t.count)) {
          fail(item, `the index is outside the array of ${t.count}`);
        }
        const size = sizeOrFail(c.unit, item, t.of);
        for (let i = low; i <= high; i++) {
          const target = pathOffset(c, t.of, rest, item);
          const at = offset + i * size + target.offset;
          override(leaves, at, sizeOf(target.type) ?? 1);
          whole(c, target.type, at, item.value, leaves);
        }
        index = high + 1;
      }
      continue;
    }
    const part = parts.at(index);
    if (part === undefined) return;
    index++;
    element(c, part.type, offset + part.offset, list, leaves);
  }
}

/** A later designator wins over an earlier value. */
function override(leaves: Leaf[], offset: number, size: number): void {
  for (let i = leaves.length - 1; i >= 0; i--) {
    if (leaves[i]!.offset >= offset && leaves[i]!.offset < offset + size) leaves.splice(i, 1);
  }
}

/** One element from the list: braced, a whole value, or (braces left out) as many items as it has parts. */
function element(c: Context, t: CType, offset: number, list: Cursor, leaves: Leaf[]): void {
  const item = list.items[list.at]!;
  const e = item.value;
  const aggregated = t.kind === "struct" || t.kind === "array";
  const isText = t.kind === "array" && t.of.kind === "int" && t.of.bits === 8 && e.kind === "string";
  if (!aggregated || e.kind === "initializer-list" || isText || isWholeStruct(c, t, e)) {
    list.at++;
    whole(c, t, offset, e, leaves);
    return;
  }
  aggregate(c, t, offset, list, leaves, false);
}

function isWholeStruct(c: Context, t: CType, e: Expression): boolean {
  if (t.kind !== "struct") return false;
  if (e.kind === "number" || e.kind === "string") return false;
  const type = typeOfExpression(c, e);
  return type === t || isPoison(type);
}

interface Parts {
  at(index: number): { readonly type: CType; readonly offset: number } | undefined;
  /** The index behind a member. */
  indexOf(name: string, offset: number): number;
}

function partsOf(t: CType): Parts {
  if (t.kind === "array") {
    const size = sizeOf(t.of) ?? 1;
    return {
      at: (i) => (t.count >= 0 && i >= t.count ? undefined : { type: t.of, offset: i * size }),
      indexOf: () => 0,
    };
  }
  const members = t.kind === "struct" ? (structMembers(t) ?? []) : [];
  return {
    // Of a union only the first member takes a value without a designator.
    at: (i) => (t.kind === "struct" && t.union && i > 0 ? undefined : members[i]),
    indexOf: (name, offset) => {
      const direct = members.findIndex((m) => m.name === name);
      if (direct >= 0) return direct + 1;
      // A member of an anonymous one: go on behind it.
      return members.findLastIndex((m) => m.offset <= offset) + 1;
    },
  };
}
