// Macro expansion: rescanning with hide sets (Prosser), limits on how much it may produce. How one call's
// body is filled in is in substitute.ts.
//
// Where text comes from: a token of a macro's body belongs to the call as the author spelled it; a token
// of an argument keeps its own place.

import { lineColumn } from "../source.ts";
import { type HideSets, hideSets } from "./hide.ts";
import type { Token } from "./lexer.ts";
import type { Macro, Macros } from "./macros.ts";
import type { Reporter } from "./report.ts";
import { type Origin, pasted, substitute } from "./substitute.ts";

/** Tokens that all expansions of a unit may produce. */
export const EXPANSION_TOKENS_MAX = 1_000_000;
/** Macro calls nested in arguments of macro calls. */
export const EXPANSION_DEPTH_MAX = 64;

export interface Expander {
  /** Replaces every macro call in the tokens. */
  expand(tokens: readonly Token[]): Token[];
}

interface Call {
  readonly args: Token[][];
  readonly close: Token;
}

export function expander(macros: Macros, report: Reporter): Expander {
  const hides: HideSets = hideSets();
  let produced = 0;
  let counter = 0;

  function expand(tokens: readonly Token[], depth: number): Token[] {
    const out: Token[] = [];
    const work = tokens.toReversed();
    for (let token = work.pop(); token !== undefined; token = work.pop()) {
      const macro = token.kind === "identifier" ? macros.get(token.text) : undefined;
      if (macro === undefined || token.hide?.names.has(macro.name)) {
        out.push(token);
      } else if (macro.dynamic !== undefined) {
        out.push(dynamicToken(macro, token));
      } else if (macro.parameters === null) {
        const hide = hides.union(token.hide, hides.of([macro.name]));
        queue(
          work,
          token,
          substitute({ macro, args: [], expandArg: [], hide, hides, origin: token, report, name: token }),
        );
      } else if (work.at(-1)?.text !== "(" || work.at(-1)?.kind !== "punctuator") {
        out.push(token);
      } else {
        queue(work, token, expandCall(macro, token, work, depth));
      }
    }
    return out;
  }

  /** Puts what a call became in front of what is still to be read. */
  function queue(work: Token[], name: Token, result: Token[]): void {
    produced += result.length + 1;
    if (produced > EXPANSION_TOKENS_MAX) {
      report.fatal(
        name,
        `macros expand to more than ${EXPANSION_TOKENS_MAX} tokens`,
        "do macros call each other twice over?",
      );
    }
    for (let i = result.length - 1; i >= 0; i--) {
      const token = result[i]!;
      // The first token takes the white space of the name that it replaces.
      work.push(i === 0 ? { ...token, space: name.space, newline: name.newline } : token);
    }
  }

  function expandCall(macro: Macro, name: Token, work: Token[], depth: number): Token[] {
    if (depth >= EXPANSION_DEPTH_MAX) {
      report.fatal(
        name,
        `macro calls nested more than ${EXPANSION_DEPTH_MAX} deep`,
        "name intermediate results",
      );
    }
    const call = collect(macro, name, work);
    const args = matchParameters(macro, name, call.args);
    const hide = hides.union(hides.intersection(name.hide, call.close.hide), hides.of([macro.name]));
    const cache: (Token[] | undefined)[] = [];
    const expandArg = args.map((arg, index) => (): Token[] => {
      const known = cache[index];
      if (known !== undefined) return known;
      const result = expand(arg, depth + 1);
      cache[index] = result;
      return result;
    });
    return substitute({
      macro,
      args,
      expandArg,
      hide,
      hides,
      origin: originOf(name, call.close),
      report,
      name,
    });
  }

  /** Takes the arguments of a call off the work stack, whose top is the opening parenthesis. */
  function collect(macro: Macro, name: Token, work: Token[]): Call {
    work.pop();
    const args: Token[][] = [[]];
    const fixed = macro.parameters!.length - (macro.variadic ? 1 : 0);
    let nesting = 0;
    for (let token = work.pop(); token !== undefined; token = work.pop()) {
      if (token.kind === "punctuator") {
        if (token.text === "(") nesting++;
        if (token.text === ")" && nesting-- === 0) return { args, close: token };
        if (token.text === "," && nesting === 0 && !(macro.variadic && args.length > fixed)) {
          args.push([]);
          continue;
        }
      }
      // Inside an argument a line end is white space.
      args.at(-1)!.push(token.newline ? { ...token, newline: false, space: true } : token);
    }
    return report.fatal(name, `the call of macro ${name.text} is not closed`, 'a ")" is missing');
  }

  /** Brings the arguments to the number of parameters, or reports that they do not fit. */
  function matchParameters(macro: Macro, name: Token, args: Token[][]): Token[][] {
    const wanted = macro.parameters!.length;
    if (wanted === 0) {
      if (args.length === 1 && args[0]!.length === 0) return [];
    } else if (args.length === wanted) {
      return args;
    } else if (macro.variadic && args.length === wanted - 1) {
      return [...args, []];
    }
    const given = args.length === 1 && args[0]!.length === 0 ? 0 : args.length;
    const takes = macro.variadic ? `at least ${wanted - 1}` : `${wanted}`;
    report.error(name, `macro ${macro.name} takes ${takes} arguments, not ${given}`);
    return Array.from({ length: wanted }, (_, index) => args[index] ?? []);
  }

  function dynamicToken(macro: Macro, token: Token): Token {
    switch (macro.dynamic) {
      case "file":
        return { ...token, kind: "string", text: JSON.stringify(token.file.name), expanded: true };
      case "counter":
        return { ...token, kind: "number", text: String(counter++), expanded: true };
      default: {
        const { line } = lineColumn(token.file, token.start);
        return { ...token, kind: "number", text: String(line), expanded: true };
      }
    }
  }

  return { expand: (tokens) => expand(tokens, 0).filter((token) => !pasted.isPlacemarker(token)) };
}

/** What the author spelled as the call: from its name to its closing parenthesis. */
function originOf(name: Token, close: Token): Origin {
  if (close.file !== name.file) return name;
  return { file: name.file, start: Math.min(name.start, close.start), end: Math.max(name.end, close.end) };
}
