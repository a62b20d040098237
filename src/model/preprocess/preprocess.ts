// The C preprocessor: translation phases 2 to 4 for one model, with true positions.
// Directives are here and in conditionals.ts; expansion in expand.ts; the result in expanded.ts.

import { ModelError } from "../diagnostics.ts";
import { type SourceFile, sourceFromText } from "../source.ts";
import { evaluateCondition } from "./condition.ts";
import { type Conditionals, conditionals } from "./conditionals.ts";
import { type Expander, expander } from "./expand.ts";
import { type ExpandedText, expandedText, type PlacedToken, placeTokens } from "./expanded.ts";
import { type IncludeSpec, type Library, library, UNIT_BYTES_MAX } from "./include.ts";
import type { Lexed, Token } from "./lexer.ts";
import { builtinMacros, type Macros, parseDefine } from "./macros.ts";
import { predefined } from "./predefined.ts";
import { type Reporter, reporter } from "./report.ts";

/** Files that include one another. */
export const INCLUDE_DEPTH_MAX = 40;
/** Inclusions in one unit. */
export const INCLUDES_MAX = 2000;
/** Characters of expanded text. */
export const EXPANDED_MAX = 4 * 1024 * 1024;

export interface PreprocessOptions {
  readonly includes?: readonly string[];
  readonly defines?: ReadonlyMap<string, string>;
}

export interface Preprocessed {
  readonly expanded: ExpandedText;
  readonly tokens: readonly PlacedToken[];
  readonly notes: readonly string[];
  readonly files: readonly SourceFile[];
}

interface State {
  readonly macros: Macros;
  readonly expander: Expander;
  readonly library: Library;
  readonly report: Reporter;
  readonly notes: Set<string>;
  readonly once: Set<SourceFile>;
  /** Files being read, outermost first. */
  readonly stack: SourceFile[];
  /** Active text that has not been expanded yet. */
  pending: Token[];
  readonly out: Token[];
  outLength: number;
  includes: number;
}

/** Preprocesses a main file; throws a ModelError with every mistake found. */
export function preprocess(main: SourceFile, options: PreprocessOptions = {}): Preprocessed {
  const macros = builtinMacros();
  const report = reporter();
  const state: State = {
    macros,
    expander: expander(macros, report),
    library: library(options.includes ?? [], main),
    report,
    notes: new Set(),
    once: new Set(),
    stack: [],
    pending: [],
    out: [],
    outLength: 0,
    includes: 0,
  };
  const lexedMain = state.library.add(main);
  const prelude = sourceFromText("<predefined>", "<predefined>", predefined(options.defines ?? new Map()));
  processFile(state, state.library.add(prelude));
  processFile(state, lexedMain);
  report.flush();

  const { text, placed } = placeTokens(state.out);
  const files = state.library.files.filter((file) => file !== prelude);
  const expanded = expandedText(text, placed, main);
  return { expanded, tokens: placed, notes: [...state.notes], files };
}

function processFile(state: State, lexed: Lexed): void {
  const { file, tokens, problem } = lexed;
  const { report } = state;
  state.stack.push(file);
  const open = conditionals(report, (line, directive) => condition(state, line, directive));
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]!;
    if (token.newline && token.text === "#" && token.kind === "punctuator") {
      let end = at + 1;
      while (end < tokens.length && !tokens[end]!.newline) end++;
      directive(state, open, token, tokens.slice(at + 1, end));
      at = end;
    } else {
      if (open.active()) text(state, token);
      at++;
    }
  }
  if (problem !== null) report.fatal(placeOf(file, problem.offset), problem.message, problem.hint);
  flushText(state);
  open.finish();
  state.stack.pop();
}

/** A stand-in for a token at a place where there is none. */
function placeOf(file: SourceFile, start: number): Token {
  const where = { file, start, end: start, expanded: false, hide: null };
  return { kind: "placemarker", text: "", space: false, newline: false, ...where };
}

function text(state: State, token: Token): void {
  if (token.kind === "bad") {
    const quote = token.text[0];
    if (quote === '"' || quote === "'") {
      state.report.error(
        token,
        `unterminated ${quote === '"' ? "string" : "character"}`,
        `close it with ${quote}`,
      );
    } else {
      state.report.error(token, `"${token.text}" is no C`, "remove the character");
    }
  } else {
    state.pending.push(token);
  }
}

/** Expands what was gathered. Before this the macros must not change, so a call may span #if lines. */
function flushText(state: State): void {
  if (state.pending.length === 0) return;
  const run = state.pending;
  state.pending = [];
  for (const token of state.expander.expand(run)) {
    state.out.push(token);
    state.outLength += token.text.length + 1;
    if (state.outLength > EXPANDED_MAX) {
      const message = `the preprocessed text exceeds ${EXPANDED_MAX / 1024 / 1024} MiB`;
      state.report.fatal(token, message, "leave out what the scenario does not need");
    }
  }
}

function directive(state: State, open: Conditionals, hash: Token, line: readonly Token[]): void {
  const name = line[0];
  if (name === undefined) return;
  const rest = line.slice(1);
  if (open.directive(name, rest, state.macros)) return;
  if (!open.active()) return;
  const { report } = state;
  switch (name.text) {
    case "define": {
      flushText(state);
      const macro = parseDefine(rest, name, report);
      if (macro !== null) state.macros.set(macro.name, macro);
      return;
    }
    case "undef":
      flushText(state);
      if (rest[0]?.kind !== "identifier") report.error(rest[0] ?? name, "#undef without a name");
      else state.macros.delete(rest[0].text);
      return;
    case "include":
    case "include_next":
    case "import":
      flushText(state);
      include(state, name, rest);
      return;
    case "error":
      report.error(hash, `#error ${spell(rest)}`, "perhaps a --define is missing");
      return;
    case "warning":
      state.notes.add(`${hash.file.name}: #warning ${spell(rest)}`);
      return;
    case "pragma":
      if (rest[0]?.text === "once") state.once.add(hash.file);
      return;
    case "line":
    case "ident":
      // Positions stay those of the file that was read.
      return;
    default:
      if (name.kind === "number") return;
      report.error(name, `unknown directive #${name.text}`, "remove the line");
  }
}

function spell(tokens: readonly Token[]): string {
  return tokens.map((token, index) => (index > 0 && token.space ? " " : "") + token.text).join("");
}

/** Evaluates the expression of #if or #elif. */
function condition(state: State, line: readonly Token[], directive: Token): boolean {
  const prepared: Token[] = [];
  const number = (token: Token, yes: boolean): Token => ({ ...token, kind: "number", text: yes ? "1" : "0" });
  for (let at = 0; at < line.length; at++) {
    const token = line[at]!;
    if (token.text === "defined") {
      const parenthesised = line[at + 1]?.text === "(";
      const name = line[at + (parenthesised ? 2 : 1)];
      if (name?.kind !== "identifier" || (parenthesised && line[at + 3]?.text !== ")")) {
        state.report.error(token, "defined without a name", "write defined(NAME)");
        return false;
      }
      prepared.push(number(token, state.macros.has(name.text)));
      at += parenthesised ? 3 : 1;
    } else if (token.text === "__has_include" && line[at + 1]?.text === "(") {
      const close = line.findIndex((t, index) => index > at && t.text === ")");
      const spec = includeSpec(close < 0 ? [] : line.slice(at + 2, close));
      prepared.push(number(token, spec !== null && state.library.find(spec, token.file) !== null));
      at = close < 0 ? line.length : close;
    } else if (/^__has_\w+$/.test(token.text) && line[at + 1]?.text === "(") {
      // No attribute, builtin or extension of a compiler is of use here.
      const close = line.findIndex((t, index) => index > at && t.text === ")");
      prepared.push(number(token, false));
      at = close < 0 ? line.length : close;
    } else {
      prepared.push(token);
    }
  }
  return evaluateCondition(state.expander.expand(prepared), directive, state.report);
}

function include(state: State, directive: Token, line: readonly Token[]): void {
  const { report } = state;
  const spec = includeSpec(line) ?? includeSpec(state.expander.expand(line));
  if (spec === null) {
    report.error(directive, "#include without a file", 'write #include "file" or #include <file>');
    return;
  }
  let lexed: Lexed | null;
  try {
    lexed = state.library.find(spec, directive.file);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const [first] = error.diagnostics;
    report.error(directive, `cannot include "${spec.name}": ${first?.message}`, first?.hint);
    return;
  }
  if (lexed === null) {
    if (spec.system) {
      state.notes.add(`header <${spec.name}> is not known here and was skipped`);
    } else {
      const hint = "name its folder with --include, or remove the line if the scenario does not need it";
      report.error(line[0] ?? directive, `"${spec.name}" was not found`, hint);
    }
    return;
  }
  if (state.once.has(lexed.file)) return;
  limitIncludes(state, directive);
  processFile(state, lexed);
}

function limitIncludes(state: State, directive: Token): void {
  const { report, stack } = state;
  if (stack.length >= INCLUDE_DEPTH_MAX) {
    const first = stack.findIndex((f, index) => stack.includes(f, index + 1));
    if (first >= 0) {
      const chain = stack.slice(first, stack.indexOf(stack[first]!, first + 1) + 1).map((f) => f.name);
      const message = `the files include each other without end: ${chain.join(" -> ")}`;
      report.fatal(directive, message, "guard the file with #pragma once");
    }
    report.fatal(directive, `#include nests more than ${INCLUDE_DEPTH_MAX} deep`);
  }
  if (++state.includes > INCLUDES_MAX) {
    report.fatal(directive, `more than ${INCLUDES_MAX} inclusions`, "guard headers with #pragma once");
  }
  const bytes = state.library.files.reduce((sum, f) => sum + f.text.length, 0);
  if (bytes > UNIT_BYTES_MAX) {
    report.fatal(directive, `the files exceed ${UNIT_BYTES_MAX / 1024 / 1024} MiB together`);
  }
}

function includeSpec(line: readonly Token[]): IncludeSpec | null {
  const first = line[0];
  if (first?.kind === "string") return { name: first.text.slice(1, -1), system: false };
  const close = line.findIndex((token) => token.text === ">");
  if (first?.text !== "<" || close < 2) return null;
  return { name: spell(line.slice(1, close)).trim(), system: true };
}
