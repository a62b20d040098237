// Parse tree -> syntax of initialisers and of offsetof(): paths of members and elements.

import type { Node } from "web-tree-sitter";
import type { Designator, Expression, InitializerItem, InitializerList } from "./ast.ts";
import { convertExpression } from "./convert-expressions.ts";
import { operandOf } from "./convert-types.ts";
import { children, excerpt, field, refuse, type Source, spanOf, textOf } from "./syntax.ts";

/** offsetof(TYPE, path), which accommodate() hid from the grammar. */
export function offsetof(node: Node, source: Source): Expression {
  const span = spanOf(node, source);
  const whole = textOf(node, source);
  const open = whole.indexOf("(");
  const comma = topComma(whole, open + 1);
  const base = node.startIndex + source.base;
  if (comma < 0) refuse(node, source, "offsetof takes a type and a member");
  const type = operandOf(whole.slice(open + 1, comma), base + open + 1, source);
  const name = whole.slice(comma + 1, -1);
  // "sizeof(x." + path: the path is read as members of a variable.
  const lead = name.length - name.trimStart().length;
  const path = operandOf(`_.${name.trim()}`, base + comma + 1 + lead - 2, source);
  if (type.kind !== "sizeof-type" || path.kind !== "sizeof-expression") {
    return refuse(node, source, "offsetof takes a type and a member");
  }
  return { ...span, kind: "offsetof", type: type.type, path: pathOf(path.value, node, source) };
}

/** The first comma outside of brackets, from an offset on. */
function topComma(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if ("([{".includes(text[i]!)) depth++;
    else if (")]}".includes(text[i]!)) depth--;
    else if (text[i] === "," && depth === 0) return i;
  }
  return -1;
}

function pathOf(e: Expression, node: Node, source: Source): Designator[] {
  if (e.kind === "identifier") return [];
  if (e.kind === "member" && !e.arrow) {
    return [...pathOf(e.object, node, source), { kind: "field", name: e.name }];
  }
  if (e.kind === "index") return [...pathOf(e.object, node, source), { kind: "index", first: e.index }];
  return refuse(node, source, "offsetof takes a type and a member");
}

export function initializerList(node: Node, source: Source): InitializerList {
  const items = children(node).map((c): InitializerItem => {
    const span = spanOf(c, source);
    if (c.type !== "initializer_pair") {
      return { ...span, designators: [], value: convertExpression(c, source) };
    }
    const designators: Designator[] = [];
    for (let i = 0; i < c.childCount; i++) {
      const part = c.child(i)!;
      const name = c.fieldNameForChild(i);
      if (name === "designator") designators.push(designator(part, source));
      // The old GNU form `name: value`.
      else if (part.type === "field_identifier") designators.push({ kind: "field", name: part.text });
    }
    return { ...span, designators, value: convertExpression(field(c, "value", source), source) };
  });
  return { ...spanOf(node, source), kind: "initializer-list", items };
}

function designator(node: Node, source: Source): Designator {
  switch (node.type) {
    case "field_designator":
      return { kind: "field", name: children(node)[0]?.text ?? "" };
    case "subscript_designator":
      return { kind: "index", first: convertExpression(children(node)[0]!, source) };
    case "subscript_range_designator":
      return {
        kind: "index",
        first: convertExpression(field(node, "start", source), source),
        last: convertExpression(field(node, "end", source), source),
      };
    default:
      return refuse(node, source, `not part of an initialiser: '${excerpt(node, source)}'`);
  }
}
