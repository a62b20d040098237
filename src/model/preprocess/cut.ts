// Cuts preprocessed text into top-level chunks by matching brackets: functions, declarations, and calls of
// macros that mean nothing here. Looks at tokens only; whether a chunk is good C is the parser's business.

import { lineColumn } from "../source.ts";
import type { PlacedToken } from "./expanded.ts";
import type { Reporter } from "./report.ts";

/** Brackets nested in one another; deeper text would exhaust the stack of whoever walks the tree. */
export const NESTING_MAX = 200;

export interface Cut {
  readonly kind: "function" | "declaration" | "skipped";
  /** Of the function or of the skipped macro; "" for a declaration. */
  readonly name: string;
  /** Offsets in the expanded text. */
  readonly start: number;
  readonly end: number;
  /** Skipped macros: offsets of what stands between the parentheses. */
  readonly argument: readonly [number, number];
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "auto char const double enum extern float inline int long register restrict return short signed sizeof " +
    "static struct typedef union unsigned void volatile _Bool _Atomic if else for while do switch case goto"
  ).split(" "),
);

export function cut(tokens: readonly PlacedToken[], report: Reporter): Cut[] {
  const partner = matchBrackets(tokens, report);
  const cuts: Cut[] = [];
  for (let at = 0; at < tokens.length; ) {
    if (tokens[at]!.text === ";") {
      at++;
      continue;
    }
    const found = skippedCall(tokens, partner, at) ?? codeChunk(tokens, partner, at, report);
    cuts.push(found.cut);
    at = found.next;
  }
  return cuts;
}

/**
 * For each opening bracket the index of its closing one. Bad nesting ends the run: nothing behind it can be
 * trusted.
 */
function matchBrackets(tokens: readonly PlacedToken[], report: Reporter): ReadonlyMap<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "punctuator") continue;
    if (CLOSING[token.text] !== undefined) {
      if (open.length >= NESTING_MAX) {
        report.fatal(
          token,
          `brackets nest more than ${NESTING_MAX} deep`,
          "split the expression or the function",
        );
      }
      open.push(index);
    } else if (token.text === ")" || token.text === "]" || token.text === "}") {
      const last = open.pop();
      if (last === undefined)
        report.fatal(token, `"${token.text}" closes nothing`, "remove it, or add what it should close");
      const opening = tokens[last!]!;
      const wanted = CLOSING[opening.text]!;
      if (wanted !== token.text) {
        const opened = `"${opening.text}" of line ${lineOf(opening)}`;
        const message = `"${token.text}" where "${wanted}" should close the ${opened}`;
        report.fatal(token, message, `add the "${wanted}"`);
      }
      partner.set(last!, index);
    }
  }
  const unclosed = open.at(0);
  if (unclosed !== undefined) {
    const token = tokens[unclosed]!;
    report.fatal(token, `"${token.text}" is never closed`, `add the "${CLOSING[token.text]}"`);
  }
  return partner;
}

function lineOf(token: PlacedToken): number {
  return lineColumn(token.file, token.start).line;
}

interface Found {
  readonly cut: Cut;
  /** Index of the token behind it. */
  readonly next: number;
}

/** `NAME(...);`, or `NAME(...)` alone on its line, or `NAME(...) = ...;`. */
function skippedCall(
  tokens: readonly PlacedToken[],
  partner: ReadonlyMap<number, number>,
  at: number,
): Found | null {
  const name = tokens[at]!;
  if (name.kind !== "identifier" || KEYWORDS.has(name.text) || tokens[at + 1]?.text !== "(") return null;
  const close = partner.get(at + 1)!;
  const after = tokens[close + 1];
  const argument: [number, number] = [endOf(tokens[at + 1]!), tokens[close]!.at];
  const found = (last: number): Found => ({
    cut: { kind: "skipped", name: name.text, start: name.at, end: endOf(tokens[last]!), argument },
    next: last + 1,
  });
  if (after === undefined) return found(close);
  if (after.text === ";") return found(close + 1);
  if (after.text === "{") return null;
  // An attribute of its own line before a definition lands here too, and may go.
  if (after.kind === "identifier" && after.newline) return found(close);
  if (after.text === "=") {
    let last = close + 1;
    while (last < tokens.length - 1 && tokens[last]!.text !== ";") last = (partner.get(last) ?? last) + 1;
    return found(Math.min(last, tokens.length - 1));
  }
  return null;
}

/** Up to the closing brace of a function's body, or to the semicolon of a declaration. */
function codeChunk(
  tokens: readonly PlacedToken[],
  partner: ReadonlyMap<number, number>,
  from: number,
  report: Reporter,
): Found {
  const start = tokens[from]!.at;
  const none: [number, number] = [start, start];
  let assigned = false;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.text === ";") {
      return {
        cut: { kind: "declaration", name: "", start, end: endOf(token), argument: none },
        next: at + 1,
      };
    }
    if (token.text === "=") assigned = true;
    const close = token.kind === "punctuator" ? partner.get(at) : undefined;
    if (close === undefined) continue;
    if (token.text === "{" && !assigned && tokens[at - 1]?.text === ")" && at > from) {
      const name = functionName(tokens, partner, from, at);
      return {
        cut: { kind: "function", name, start, end: endOf(tokens[close]!), argument: none },
        next: close + 1,
      };
    }
    at = close;
  }
  const last = tokens.at(-1)!;
  return report.fatal(
    tokens[from]!,
    `what begins here has no end: it stops at "${last.text}"`,
    'a ";" or a body is missing',
  );
}

/** The identifier before the last parenthesised group at the top of a definition's head: its declarator. */
function functionName(
  tokens: readonly PlacedToken[],
  partner: ReadonlyMap<number, number>,
  from: number,
  body: number,
): string {
  let name = "";
  for (let at = from; at < body; at++) {
    const close = partner.get(at);
    if (close === undefined) continue;
    const before = tokens[at - 1];
    if (before?.kind === "identifier" && at > from && !KEYWORDS.has(before.text)) {
      name = before.text;
    } else if (tokens[at]!.text === "(" && close === at + 2 && name === "") {
      // A name in parentheses keeps a macro of that name from being called: `int (name)(int)`.
      name = tokens[at + 1]!.text;
    } else if (tokens[at]!.text === "(" && tokens[at + 1]?.text === "*" && name === "") {
      // A function that returns a function pointer: `int (*name(void))(int)`.
      return functionName(tokens, partner, at + 1, close);
    }
    at = close;
  }
  return name;
}

function endOf(token: PlacedToken): number {
  return token.at + token.text.length;
}
