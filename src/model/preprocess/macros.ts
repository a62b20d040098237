// Macro definitions: reading #define, and what a definition holds. Expansion is in expand.ts.

import type { Token } from "./lexer.ts";
import type { Reporter } from "./report.ts";

export interface Macro {
  readonly name: string;
  /**
   * null: object-like. The variadic parameter is the last one, by its name (`__VA_ARGS__` or the author's).
   */
  readonly parameters: readonly string[] | null;
  readonly variadic: boolean;
  readonly body: readonly Token[];
  /** Computed at the place of use. */
  readonly dynamic?: "file" | "line" | "counter";
}

export type Macros = Map<string, Macro>;

/** Parameters of one macro (C11 asks for 127). */
export const PARAMETERS_MAX = 127;

/** The macros that every unit starts with. */
export function builtinMacros(): Macros {
  const dynamic = (name: string, kind: NonNullable<Macro["dynamic"]>): [string, Macro] => [
    name,
    { name, parameters: null, variadic: false, body: [], dynamic: kind },
  ];
  return new Map([
    dynamic("__FILE__", "file"),
    dynamic("__LINE__", "line"),
    dynamic("__COUNTER__", "counter"),
  ]);
}

/** Reads what follows `#define`; null where it was wrong (and reported). */
export function parseDefine(line: readonly Token[], directive: Token, report: Reporter): Macro | null {
  const name = line[0];
  if (name === undefined) {
    report.error(directive, "#define without a name", "write #define NAME text");
    return null;
  }
  if (name.kind !== "identifier" || name.text === "defined") {
    report.error(name, `"${name.text}" cannot be the name of a macro`, "a macro's name is an identifier");
    return null;
  }
  const open = line[1];
  // Only a parenthesis that touches the name makes the macro function-like.
  if (open === undefined || open.text !== "(" || open.space || open.kind !== "punctuator") {
    const macro = { name: name.text, parameters: null, variadic: false, body: line.slice(1) };
    return checkBody(macro, report) ? macro : null;
  }
  const head = parseParameters(line, name, report);
  if (head === null) return null;
  const macro = { name: name.text, ...head.head, body: line.slice(head.end) };
  return checkBody(macro, report) ? macro : null;
}

function parseParameters(
  line: readonly Token[],
  name: Token,
  report: Reporter,
): { head: { parameters: string[]; variadic: boolean }; end: number } | null {
  const parameters: string[] = [];
  let variadic = false;
  const wrong = (token: Token, message: string): null => {
    report.error(token, message, `write #define ${name.text}(a, b) text`);
    return null;
  };
  let at = 2;
  if (line[at]?.text === ")") return { head: { parameters, variadic }, end: at + 1 };
  for (;;) {
    const token = line[at];
    if (token === undefined) return wrong(name, `the parameters of macro ${name.text} are not closed`);
    if (variadic) return wrong(token, "... must be the last parameter");
    if (token.text === "...") {
      variadic = true;
      parameters.push("__VA_ARGS__");
    } else if (token.kind === "identifier") {
      if (parameters.includes(token.text)) return wrong(token, `parameter ${token.text} appears twice`);
      parameters.push(token.text);
      // GNU: `args...` names the variadic parameter.
      if (line[at + 1]?.text === "...") {
        variadic = true;
        at++;
      }
    } else {
      return wrong(token, `"${token.text}" cannot be a macro's parameter`);
    }
    if (parameters.length > PARAMETERS_MAX) return wrong(token, `more than ${PARAMETERS_MAX} parameters`);
    const next = line[at + 1];
    if (next?.text === ")") return { head: { parameters, variadic }, end: at + 2 };
    if (next === undefined || next.text !== ",") {
      return wrong(next ?? token, `the parameters of macro ${name.text} are not closed`);
    }
    at += 2;
  }
}

function checkBody(macro: Macro, report: Reporter): boolean {
  const { body, parameters } = macro;
  const [first, last] = [body[0], body.at(-1)];
  const outer = first?.text === "##" ? first : last?.text === "##" ? last : undefined;
  if (outer !== undefined) {
    report.error(outer, "## cannot stand at either end of a macro", "it joins the two tokens beside it");
    return false;
  }
  if (parameters === null) return true;
  for (const [index, token] of body.entries()) {
    if (token.text !== "#" || token.kind !== "punctuator") continue;
    const next = body[index + 1];
    if (next === undefined || !(parameters.includes(next.text) || next.text === "__VA_OPT__")) {
      report.error(
        token,
        "# is not followed by a parameter of the macro",
        "it makes a string of an argument",
      );
      return false;
    }
  }
  return true;
}
