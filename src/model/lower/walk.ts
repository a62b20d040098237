// Walks syntax trees without knowing each node's shape: they are plain data.

import type { Call, Expression, FunctionDefinition } from "./ast.ts";
import { declaredName, functionDeclarator } from "./ast.ts";

interface AnyNode {
  readonly kind?: string;
}

/**
 * Calls `enter` for every node that has a kind, parents first; a node for which it returns false is not
 * entered.
 */
export function walk(root: unknown, enter: (node: AnyNode) => boolean | undefined): void {
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const node = stack.pop();
    if (typeof node !== "object" || node === null) continue;
    if (Array.isArray(node)) {
      for (let i = node.length - 1; i >= 0; i--) stack.push(node[i]);
      continue;
    }
    if ("kind" in node && enter(node as AnyNode) === false) continue;
    const values = Object.values(node);
    for (let i = values.length - 1; i >= 0; i--) stack.push(values[i]);
  }
}

/** May evaluating it write a register variable? */
export function mayWrite(e: Expression): boolean {
  const known = writes.get(e);
  if (known !== undefined) return known;
  let found = false;
  walk(e, (n) => {
    if (n.kind === "assignment" || n.kind === "update" || n.kind === "statement-expression") found = true;
    else if (n.kind === "call" && outParameter(n as Call) !== undefined) found = true;
    else if (n.kind === "call" && WRITING_CALL.test(calleeName(n as Call) ?? "")) found = true;
    return !found;
  });
  writes.set(e, found);
  return found;
}

const writes = new WeakMap<object, boolean>();

const WRITING_CALL = /^(WRITE_ONCE|RCU_INIT_POINTER|rcu_assign_pointer|rcu_replace_pointer|smp_store_mb)$/;

/** The name of a directly called function. */
export function calleeName(e: Call): string | undefined {
  let callee = e.callee;
  while (callee.kind === "unary" && (callee.operator === "*" || callee.operator === "&"))
    callee = callee.operand;
  return callee.kind === "identifier" ? callee.name : undefined;
}

/** The `old` of try_cmpxchg(p, &old, new), where its address is taken in name only. */
export function outParameter(e: Call): Expression | undefined {
  const name = calleeName(e);
  if (name === undefined || !/^(atomic(64|_long)?_)?try_cmpxchg(_acquire|_release|_relaxed)?$/.test(name)) {
    return undefined;
  }
  const old = e.args[1];
  return old?.kind === "unary" && old.operator === "&" ? old.operand : undefined;
}

export interface FunctionFacts {
  /** Local names whose address is taken: these variables live in memory. */
  readonly addressed: ReadonlySet<string>;
  /** Parameters and local variables. */
  readonly locals: ReadonlySet<string>;
}

const facts = new WeakMap<FunctionDefinition, FunctionFacts>();

/**
 * Names, not variables: one that shadows another shares its fate, which costs a step and never correctness.
 */
export function functionFacts(f: FunctionDefinition): FunctionFacts {
  const known = facts.get(f);
  if (known !== undefined) return known;
  const addressed = new Set<string>();
  const locals = new Set<string>();
  for (const p of functionDeclarator(f.declarator)?.parameters ?? []) locals.add(declaredName(p.declarator));
  const spared = new Set<unknown>();
  walk(f.body, (node) => {
    const n = node as Expression | { kind: "declaration"; declarators: { declarator: never }[] };
    if (n.kind === "call") {
      const out = outParameter(n);
      if (out !== undefined) spared.add(out);
    } else if (n.kind === "unary" && n.operator === "&" && !spared.has(n.operand)) {
      const operand = n.operand;
      if (operand.kind === "identifier") addressed.add(operand.name);
    } else if (n.kind === "declaration") {
      for (const d of n.declarators) locals.add(declaredName(d.declarator));
    }
    return true;
  });
  const found = { addressed, locals };
  facts.set(f, found);
  return found;
}
