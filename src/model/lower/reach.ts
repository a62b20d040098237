// What the scenario can reach, by name: which functions have their address taken. A superset of what is
// lowered: code that constants exclude counts too.

import type { Declarations } from "../declare.ts";
import type { Call, Cast, Expression } from "./ast.ts";
import { calleeName, functionFacts, walk } from "./walk.ts";

export interface Reached {
  /** In the order in which they are met. */
  readonly addressTaken: readonly string[];
  /** Of these, the ones whose address is cast to another type. */
  readonly cast: ReadonlySet<string>;
}

export function reach(declarations: Declarations, scenario: string): Reached {
  const taken = new Set<string>();
  const cast = new Set<string>();
  const seen = new Set<string>([scenario]);
  const work = [scenario];
  const meet = (name: string, locals: ReadonlySet<string>, called: boolean): void => {
    if (locals.has(name)) return;
    const isFunction = declarations.functions.has(name);
    if (isFunction && !called) taken.add(name);
    if (seen.has(name) || !(isFunction || declarations.variables.has(name))) return;
    seen.add(name);
    work.push(name);
  };
  for (let name = work.shift(); name !== undefined; name = work.shift()) {
    const ast = declarations.functions.get(name)?.ast();
    const locals = ast === undefined ? new Set<string>() : functionFacts(ast).locals;
    const callees = new Set<unknown>();
    walk(ast?.body ?? declarations.variables.get(name)?.value, (node) => {
      const e = node as Expression;
      if (e.kind === "call") {
        const callee = calleeName(e as Call);
        if (callee !== undefined) {
          callees.add(innermost(e.callee));
          meet(callee, locals, true);
        }
      } else if (e.kind === "cast") {
        const value = innermost((e as Cast).value);
        if (value.kind === "identifier") cast.add(value.name);
      } else if (e.kind === "identifier" && !callees.has(e)) {
        meet(e.name, locals, false);
      }
      return true;
    });
  }
  return { addressTaken: [...taken], cast };
}

/** f in (*f) and (&f). */
function innermost(e: Expression): Expression {
  let at = e;
  while (at.kind === "unary" && (at.operator === "*" || at.operator === "&")) at = at.operand;
  return at;
}
