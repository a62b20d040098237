// Values of number, character and string literals.

import type { Node } from "web-tree-sitter";
import type { Expression, NumberLiteral } from "./ast.ts";
import { refuse, type Source, spanOf, textOf } from "./syntax.ts";

const INTEGER = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)([uUlL]*)$/;

/** The grammar takes a sign before a number for a part of it. */
export function signedLiteral(node: Node, source: Source): Expression {
  const written = textOf(node, source);
  const operator = /^[-+]/.exec(written)?.[0] as "-" | "+" | undefined;
  if (operator === undefined) return numberLiteral(node, written, source);
  const operand = numberLiteral(node, written.slice(1).trimStart(), source);
  return { ...spanOf(node, source), kind: "unary", operator, operand };
}

function numberLiteral(node: Node, text: string, source: Source): NumberLiteral {
  const written = text.replaceAll("'", "");
  const match = INTEGER.exec(written);
  if (match === null) {
    const floating = /^[0-9.]/.test(written) && /[.eEpP]/.test(written);
    if (floating) refuse(node, source, "floating point is not part of the dialect", "use an integer");
    refuse(node, source, `not a number: '${written}'`);
  }
  const digits = match[1]!;
  const suffix = match[2]!.toLowerCase();
  const octal = /^0[0-9]+$/.test(digits);
  if (octal && /[89]/.test(digits)) refuse(node, source, `not an octal number: '${written}'`);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const decimal = /^[1-9]/.test(digits);
  const unsigned = suffix.includes("u");
  const long = suffix.includes("l");
  // The first type of C's list (6.4.4.1) that holds the value, where long has 64 bits.
  const fitsInt = value <= 0x7fffffffn;
  const fitsUnsigned = value <= 0xffffffffn;
  const is32 = !long && (fitsInt || (fitsUnsigned && (unsigned || !decimal)));
  const signed = !unsigned && (fitsInt || !is32) && value <= 0x7fffffffffffffffn;
  return {
    ...spanOf(node, source),
    kind: "number",
    value: Number(BigInt.asIntN(32, value)),
    bits: is32 ? 32 : 64,
    signed,
    cut: !fitsUnsigned,
  };
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  "\\": 92,
  "'": 39,
  '"': 34,
  "?": 63,
};

export function charValue(node: Node, source: Source): number {
  const characters = decode(
    textOf(node, source)
      .replace(/^(u8|u|U|L)/, "")
      .slice(1, -1),
    node,
    source,
  );
  if (characters.length !== 1) refuse(node, source, "a character constant holds one character");
  return (characters[0]! << 24) >> 24;
}

export function stringValue(node: Node, source: Source): string {
  const bytes = decode(
    textOf(node, source)
      .replace(/^(u8|u|U|L)/, "")
      .slice(1, -1),
    node,
    source,
  );
  return String.fromCharCode(...bytes);
}

/** The bytes of a literal's text. */
function decode(text: string, node: Node, source: Source): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\") {
      bytes.push(...new TextEncoder().encode(text[i]));
      continue;
    }
    const numeric = /^\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(text.slice(i, i + 4));
    if (numeric !== null) {
      bytes.push(Number.parseInt(numeric[1] ?? numeric[2]!, numeric[1] === undefined ? 8 : 16) & 255);
      i += numeric[0].length - 1;
      continue;
    }
    const value = ESCAPES[text[i + 1] ?? ""];
    if (value === undefined) refuse(node, source, `unknown escape '\\${text[i + 1] ?? ""}'`);
    bytes.push(value);
    i++;
  }
  return bytes;
}
