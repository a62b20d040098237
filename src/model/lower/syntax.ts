// Shared by the converters: how they see a parse tree, and how they refuse what the dialect does not have.

import type { Node } from "web-tree-sitter";
import type { Span } from "./ast.ts";

/** A mistake of the author, thrown where it is found and caught by the statement that holds it. */
export class Mistake extends Error {
  override readonly name = "Mistake";
  readonly start: number;
  readonly hint: string | undefined;

  constructor(start: number, message: string, hint?: string) {
    super(message);
    this.start = start;
    this.hint = hint;
  }
}

/** What a converter needs beside the tree. */
export interface Source {
  /** The whole expanded text. */
  readonly text: string;
  /** Offset of the tree's first character in it. */
  readonly base: number;
  /** Parses a text into a tree of its own. */
  parse(text: string): Node;
  /** Is the name that of a type declared by typedef? */
  isTypeName(name: string): boolean;
  /** A typedef inside a function; it is taken to hold for the whole of it. */
  addTypeName(name: string): void;
  /** Nesting of the node under conversion. */
  depth: number;
}

/** Nesting that an expression or a statement may have. */
export const DEPTH_MAX = 200;

export function spanOf(node: Node, source: Source): Span {
  return { start: node.startIndex + source.base, end: node.endIndex + source.base };
}

/** The expanded text behind a node, which differs from node.text where accommodate() rewrote it. */
export function textOf(node: Node, source: Source): string {
  return source.text.slice(node.startIndex + source.base, node.endIndex + source.base);
}

export function refuse(node: Node, source: Source, message: string, hint?: string): never {
  throw new Mistake(spanOf(node, source).start, message, hint);
}

export function field(node: Node, name: string, source: Source): Node {
  const child = node.childForFieldName(name);
  if (child === null) refuse(node, source, `not part of the dialect: '${excerpt(node, source)}'`);
  return child;
}

/** Named children without comments. */
export function children(node: Node): Node[] {
  const list: Node[] = [];
  for (let i = 0; i < node.namedChildCount; i++) {
    const child = node.namedChild(i);
    if (child !== null && child.type !== "comment") list.push(child);
  }
  return list;
}

/** Runs `convert` one level deeper; text nested beyond reason is a mistake, not a stack overflow. */
export function deeper<T>(node: Node, source: Source, convert: () => T): T {
  if (source.depth >= DEPTH_MAX) {
    refuse(node, source, `nested more than ${DEPTH_MAX} deep`, "split the expression or the statement");
  }
  source.depth++;
  try {
    return convert();
  } finally {
    source.depth--;
  }
}

export function excerpt(node: Node, source: Source): string {
  const text = textOf(node, source).replaceAll(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
