// C's translation phases 2 and 3: line continuations, comments, preprocessing tokens (C11 5.1.1.2, 6.4).
// A file is lexed once and whole. Nothing here knows directives or macros, and nothing here throws on bad
// text: an unterminated literal becomes a token of kind "bad", which hurts only where it is used.

import type { SourceFile } from "../source.ts";
import type { HideSet } from "./hide.ts";

export type TokenKind = "identifier" | "number" | "string" | "char" | "punctuator" | "placemarker" | "bad";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** White space stood before it. */
  readonly space: boolean;
  /** First token of its line. */
  readonly newline: boolean;
  /** Where its author wrote it; for text out of a macro's body: the call of that macro. */
  readonly file: SourceFile;
  /** Offsets in the file: [start, end). */
  readonly start: number;
  readonly end: number;
  /** It came out of a macro's body: [start, end) is the call, not the token. */
  readonly expanded: boolean;
  /** Macros that may not expand it again; null: none. */
  readonly hide: HideSet | null;
}

/** Tokens of one file; more would exhaust memory before any limit on text is reached. */
export const FILE_TOKENS_MAX = 300_000;

export interface Lexed {
  readonly file: SourceFile;
  readonly tokens: readonly Token[];
  /** A mistake that holds even in text that #if leaves out: an unterminated comment, too many tokens. */
  readonly problem: { readonly offset: number; readonly message: string; readonly hint: string } | null;
}

const SPACE = /[ \t\f\v]+/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const IDENTIFIER = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\.?\d(?:[eEpP][+-]|[\w.])*/y;
const PUNCTUATOR =
  /\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|&&|\|\||##|[<>=!*/%+\-&^|]=|[[\](){}.&*+\-~!/%<>^|?:;=,#]/y;

export function lex(file: SourceFile): Lexed {
  const { text, toOriginal } = splice(file.text);
  const tokens: Token[] = [];
  let problem: Lexed["problem"] = null;
  let at = 0;
  let space = false;
  let newline = true;

  const match = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };
  const push = (kind: TokenKind, end: number): void => {
    const [start, stop] = [toOriginal(at), toOriginal(end - 1) + 1];
    const token = { kind, text: text.slice(at, end), space, newline, file, start, end: stop };
    tokens.push({ ...token, expanded: false, hide: null });
    at = end;
    space = false;
    newline = false;
  };

  while (at < text.length) {
    if (tokens.length >= FILE_TOKENS_MAX) {
      const message = `too much text: more than ${FILE_TOKENS_MAX} tokens in one file`;
      problem = { offset: toOriginal(at), message, hint: "leave out what the scenario does not need" };
      break;
    }
    const c = text[at]!;
    if (c === "\n") {
      at++;
      newline = true;
      continue;
    }
    let end = match(SPACE);
    if (end < 0) end = match(LINE_COMMENT);
    if (end >= 0) {
      at = end;
      space = true;
      continue;
    }
    if (text.startsWith("/*", at)) {
      const close = text.indexOf("*/", at + 2);
      if (close < 0) {
        problem = { offset: toOriginal(at), message: "unterminated comment", hint: "close it with */" };
        break;
      }
      at = close + 2;
      space = true;
      continue;
    }
    if (c === '"' || c === "'") {
      const [stop, closed] = literalEnd(text, at);
      push(closed ? (c === '"' ? "string" : "char") : "bad", stop);
      continue;
    }
    // The number goes first: ".5" begins like a punctuator.
    end = match(NUMBER);
    if (end >= 0) {
      push("number", end);
      continue;
    }
    end = match(IDENTIFIER);
    if (end >= 0) {
      push("identifier", end);
      continue;
    }
    end = match(PUNCTUATOR);
    push(end >= 0 ? "punctuator" : "bad", end >= 0 ? end : at + 1);
  }
  return { file, tokens, problem };
}

/** Where the literal that opens at an offset ends, and whether it was closed on its line. */
function literalEnd(text: string, start: number): [number, boolean] {
  const quote = text[start];
  let at = start + 1;
  while (at < text.length && text[at] !== "\n") {
    if (text[at] === quote) return [at + 1, true];
    at += text[at] === "\\" && at + 1 < text.length && text[at + 1] !== "\n" ? 2 : 1;
  }
  return [at, false];
}

/** Removes backslash-newline pairs (white space between the two is forgiven, as gcc does). */
function splice(original: string): { text: string; toOriginal: (offset: number) => number } {
  if (!/\\[ \t]*\n/.test(original)) return { text: original, toOriginal: (offset) => offset };
  // cuts[i]: offset in the spliced text at and behind which shifts[i] characters are missing.
  const cuts: number[] = [];
  const shifts: number[] = [];
  const parts: string[] = [];
  let from = 0;
  let length = 0;
  for (const found of original.matchAll(/\\[ \t]*\n/g)) {
    parts.push(original.slice(from, found.index));
    length += found.index - from;
    from = found.index + found[0].length;
    cuts.push(length);
    shifts.push(from - length);
  }
  parts.push(original.slice(from));
  const toOriginal = (offset: number): number => {
    let low = -1;
    let high = cuts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (cuts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low < 0 ? offset : offset + shifts[low]!;
  };
  return { text: parts.join(""), toOriginal };
}
