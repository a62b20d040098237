// What the leaves of a decision tree do, and what all leaves below a test do alike, so that it is done once.

import type { Effect, Leaf, Location, Tree, Variable } from "./network.ts";
import { effectKey } from "./simplify.ts";

/** What is done at a leaf, by a key that is the same for the same thing. */
export type Action =
  | {
      readonly do: "write";
      readonly variable: Variable;
      readonly value: number;
      readonly from: number | null;
    }
  | { readonly do: "go"; readonly to: Location }
  | { readonly do: "find"; readonly finding: number }
  | { readonly do: "over"; readonly how: NonNullable<Leaf["end"]> }
  | { readonly do: "effect"; readonly effect: Effect };

function actionsOf(leaf: Leaf, known: ReadonlyMap<Variable, number>): Map<string, Action> {
  const actions = new Map<string, Action>();
  for (const [variable, value] of leaf.writes) {
    const from = known.get(variable) ?? null;
    actions.set(`write ${variable.id} ${value} ${from}`, { do: "write", variable, value, from });
  }
  for (const effect of leaf.effects) actions.set(effectKey(effect), { do: "effect", effect });
  for (const finding of leaf.findings) actions.set(`find ${finding.id}`, { do: "find", finding: finding.id });
  if (leaf.next !== null) actions.set(`go ${leaf.next.index}`, { do: "go", to: leaf.next });
  if (leaf.end !== null) actions.set(`over ${leaf.end}`, { do: "over", how: leaf.end });
  return actions;
}

/** What every leaf of the tree does. */
export function commonActions(tree: Tree<Leaf>, known: ReadonlyMap<Variable, number>): Map<string, Action> {
  if ("leaf" in tree) return actionsOf(tree.leaf, known);
  let common: Map<string, Action> | null = null;
  for (const { value, below } of tree.branches) {
    const each = commonActions(below, new Map([...known, [tree.test, value]]));
    if (common === null) common = each;
    else for (const key of [...common.keys()]) if (!each.has(key)) common.delete(key);
  }
  return common ?? new Map();
}

/** Whether a tree does anything but what was done already. */
export function doesMore(tree: Tree<Leaf>, already: ReadonlySet<string>): boolean {
  if (!("leaf" in tree)) return tree.branches.some((b) => doesMore(b.below, already));
  const { writes, effects, findings, next, end } = tree.leaf;
  return writes.size + effects.length + findings.length > 0 || next !== null || end !== null
    ? [...actionsOf(tree.leaf, new Map()).keys()].some((key) => !already.has(key)) || writes.size > 0
    : false;
}
