// The stack of #if ... #endif of one file: which text is active.

import type { Token } from "./lexer.ts";
import type { Macros } from "./macros.ts";
import type { Reporter } from "./report.ts";

/** Conditionals nested in one file. */
export const CONDITIONALS_MAX = 256;

export interface Conditionals {
  /** True where text counts. */
  active(): boolean;
  /** Handles a directive if it is a conditional one; says whether it was. */
  directive(name: Token, rest: readonly Token[], macros: Macros): boolean;
  /** At the file's end: reports what was not closed. */
  finish(): void;
}

interface Level {
  readonly opened: Token;
  /** The text around it counts. */
  readonly outer: boolean;
  active: boolean;
  /** A branch was taken. */
  taken: boolean;
  otherwise: boolean;
}

type Evaluate = (line: readonly Token[], directive: Token) => boolean;

export function conditionals(report: Reporter, evaluate: Evaluate): Conditionals {
  const levels: Level[] = [];
  const active = (): boolean => levels.at(-1)?.active ?? true;

  function enter(opened: Token, test: () => boolean): void {
    if (levels.length >= CONDITIONALS_MAX) {
      report.fatal(opened, `#if nests more than ${CONDITIONALS_MAX} deep`);
    }
    const outer = active();
    const yes = outer && test();
    levels.push({ opened, outer, active: yes, taken: yes, otherwise: false });
  }

  function branch(name: Token, test: () => boolean, last: boolean): void {
    const level = levels.at(-1);
    if (level === undefined) {
      report.error(name, `#${name.text} without #if`);
    } else if (level.otherwise) {
      report.error(name, `#${name.text} after #else`);
    } else {
      level.otherwise = last;
      level.active = level.outer && !level.taken && test();
      level.taken ||= level.active;
    }
  }

  function isDefined(name: Token, rest: readonly Token[], macros: Macros): boolean {
    const [macro] = rest;
    if (macro?.kind === "identifier") return macros.has(macro.text);
    report.error(macro ?? name, `#${name.text} without a name`);
    return false;
  }

  function directive(name: Token, rest: readonly Token[], macros: Macros): boolean {
    switch (name.text) {
      case "if":
        enter(name, () => evaluate(rest, name));
        return true;
      case "ifdef":
        enter(name, () => isDefined(name, rest, macros));
        return true;
      case "ifndef":
        enter(name, () => !isDefined(name, rest, macros));
        return true;
      case "elif":
        branch(name, () => evaluate(rest, name), false);
        return true;
      case "elifdef":
        branch(name, () => isDefined(name, rest, macros), false);
        return true;
      case "elifndef":
        branch(name, () => !isDefined(name, rest, macros), false);
        return true;
      case "else":
        branch(name, () => true, true);
        return true;
      case "endif":
        if (levels.pop() === undefined) report.error(name, "#endif without #if");
        return true;
      default:
        return false;
    }
  }

  function finish(): void {
    for (const { opened } of levels) report.error(opened, `#${opened.text} without #endif`);
  }

  return { active, directive, finish };
}
