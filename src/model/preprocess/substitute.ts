// Fills in a macro's body: arguments, # (string), ## (paste), __VA_OPT__, GNU's comma before an empty
// __VA_ARGS__ (C11 6.10.3.1 to 6.10.3.3).

import type { SourceFile } from "../source.ts";
import { sourceFromText } from "../source.ts";
import type { HideSet, HideSets } from "./hide.ts";
import { lex, type Token } from "./lexer.ts";
import type { Macro } from "./macros.ts";
import type { Reporter } from "./report.ts";

/** Characters of one token that # or ## made. */
export const TOKEN_LENGTH_MAX = 65_536;

export interface Origin {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

export interface Substitution {
  readonly macro: Macro;
  /** As written. */
  readonly args: readonly (readonly Token[])[];
  /** As expanded; computed when first asked for. */
  readonly expandArg: readonly (() => readonly Token[])[];
  readonly hide: HideSet | null;
  readonly hides: HideSets;
  readonly origin: Origin;
  readonly name: Token;
  readonly report: Reporter;
}

export const pasted = { isPlacemarker: (token: Token): boolean => token.kind === "placemarker" };

export function substitute(s: Substitution): Token[] {
  const filled = fill(s, s.macro.body);
  return filled
    .filter((token) => token.kind !== "placemarker")
    .map((token) => ({ ...token, hide: s.hides.union(token.hide, s.hide) }));
}

/** The body (or the part of it inside __VA_OPT__) with everything put in; may hold placemarkers. */
function fill(s: Substitution, body: readonly Token[]): Token[] {
  const out: Token[] = [];
  const functionLike = s.macro.parameters !== null;
  for (let at = 0; at < body.length; at++) {
    const token = body[at]!;
    if (functionLike && isPunctuator(token, "#")) {
      at++;
      out.push(stringOf(s, token, body[at]!));
    } else if (isPunctuator(token, "##") && at + 1 < body.length) {
      at++;
      const [right, used] = operand(s, body, at);
      at += used - 1;
      pasteOnto(s, out, token, right, body[at]!);
    } else {
      const raw = isPunctuator(body[at + 1], "##");
      const [result, used] = raw ? operand(s, body, at) : expandedOperand(s, body, at);
      at += used - 1;
      appendAll(out, result);
    }
  }
  return out;
}

function appendAll(out: Token[], tokens: readonly Token[]): void {
  for (const token of tokens) out.push(token);
}

/** What stands beside ##: an argument as written, or a token of the body. */
function operand(s: Substitution, body: readonly Token[], at: number): [readonly Token[], number] {
  const token = body[at]!;
  const index = parameterIndex(s.macro, token);
  if (index >= 0) {
    const arg = s.args[index]!;
    return [arg.length > 0 ? spaced(arg, token) : [placemarker(s, token)], 1];
  }
  return bodyOperand(s, body, at);
}

function expandedOperand(s: Substitution, body: readonly Token[], at: number): [readonly Token[], number] {
  const token = body[at]!;
  const index = parameterIndex(s.macro, token);
  if (index >= 0) return [spaced(s.expandArg[index]!(), token), 1];
  return bodyOperand(s, body, at);
}

function bodyOperand(s: Substitution, body: readonly Token[], at: number): [readonly Token[], number] {
  const token = body[at]!;
  if (token.text === "__VA_OPT__" && s.macro.variadic && isPunctuator(body[at + 1], "(")) {
    let nesting = 0;
    for (let end = at + 1; end < body.length; end++) {
      if (isPunctuator(body[end], "(")) nesting++;
      if (isPunctuator(body[end], ")") && --nesting === 0) {
        const given = s.expandArg.at(-1)!().some((t) => t.kind !== "placemarker");
        const inside = given ? fill(s, body.slice(at + 2, end)) : [placemarker(s, token)];
        return [inside, end + 1 - at];
      }
    }
  }
  return [[fromBody(s, token)], 1];
}

function parameterIndex(macro: Macro, token: Token): number {
  return token.kind === "identifier" && macro.parameters !== null ? macro.parameters.indexOf(token.text) : -1;
}

/** An argument's first token takes the white space of the parameter that it replaces. */
function spaced(tokens: readonly Token[], parameter: Token): readonly Token[] {
  const first = tokens[0];
  if (first === undefined) return tokens;
  return [{ ...first, space: parameter.space || parameter.newline, newline: false }, ...tokens.slice(1)];
}

function fromBody(s: Substitution, token: Token): Token {
  const { file, start, end } = s.origin;
  const space = token.space || token.newline;
  return { ...token, file, start, end, space, newline: false, expanded: true, hide: null };
}

function placemarker(s: Substitution, token: Token): Token {
  return { ...fromBody(s, token), kind: "placemarker", text: "" };
}

function isPunctuator(token: Token | undefined, text: string): boolean {
  return token !== undefined && token.kind === "punctuator" && token.text === text;
}

/** `left ## right`: the last token of what is there with the first of what comes. */
function pasteOnto(
  s: Substitution,
  out: Token[],
  at: Token,
  right: readonly Token[],
  rightBody: Token,
): void {
  const left = out.pop();
  const first = right[0];
  if (left === undefined || first === undefined) return;
  const isVariadic =
    s.macro.variadic && parameterIndex(s.macro, rightBody) === s.macro.parameters!.length - 1;
  if (left.text === "," && isVariadic) {
    // GNU: the comma goes where the variadic argument is empty; otherwise nothing is pasted.
    if (first.kind === "placemarker") out.push(placemarker(s, at));
    else appendAll(out, [left, ...s.expandArg.at(-1)!()]);
    return;
  }
  out.push(paste(s, left, first));
  appendAll(out, right.slice(1));
}

function paste(s: Substitution, left: Token, right: Token): Token {
  if (right.kind === "placemarker") return left;
  if (left.kind === "placemarker") return { ...right, space: left.space };
  const text = left.text + right.text;
  limit(s, text);
  const made = lex(sourceFromText("", "", text));
  const token = made.tokens[0];
  if (made.problem !== null || made.tokens.length !== 1 || token === undefined || token.kind === "bad") {
    s.report.error(
      s.name,
      `## makes no token of "${brief(left.text)}" and "${brief(right.text)}" in macro ${s.macro.name}`,
    );
    return left;
  }
  return { ...fromBody(s, token), space: left.space };
}

function stringOf(s: Substitution, at: Token, parameter: Token): Token {
  const index = parameterIndex(s.macro, parameter);
  let text = '"';
  for (const [i, token] of (s.args[index] ?? []).entries()) {
    if (i > 0 && (token.space || token.newline)) text += " ";
    const literal = token.kind === "string" || token.kind === "char";
    text += literal ? token.text.replaceAll(/["\\]/g, "\\$&") : token.text;
    limit(s, text);
  }
  return { ...fromBody(s, at), kind: "string", text: `${text}"` };
}

function limit(s: Substitution, text: string): void {
  if (text.length > TOKEN_LENGTH_MAX) {
    s.report.fatal(s.name, `macro ${s.macro.name} makes a token of more than ${TOKEN_LENGTH_MAX} characters`);
  }
}

function brief(text: string): string {
  return text.length > 20 ? `${text.slice(0, 17)}...` : text;
}
