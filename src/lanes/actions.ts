// What the leaves of a decision tree do to the state, and what all leaves below a test do alike, so that
// it is done once.

import type { Effect, Leaf, Location, Tree, Variable } from "./network.ts";
import { effectKey } from "./simplify.ts";

/** What is done at a leaf, by a key that is the same for the same thing. */
export type Action =
  | { readonly do: "write"; readonly variable: Variable; readonly value: number }
  | { readonly do: "go"; readonly to: Location }
  | { readonly do: "effect"; readonly effect: Effect };

function actionsOf(leaf: Leaf): Map<string, Action> {
  const actions = new Map<string, Action>();
  for (const [variable, value] of leaf.writes) {
    actions.set(`write ${variable.id} ${value}`, { do: "write", variable, value });
  }
  for (const effect of leaf.effects) actions.set(effectKey(effect), { do: "effect", effect });
  if (leaf.next !== null) actions.set(`go ${leaf.next.index}`, { do: "go", to: leaf.next });
  return actions;
}

/** What every leaf of the tree does. */
export function commonActions(tree: Tree<Leaf>): Map<string, Action> {
  if ("leaf" in tree) return actionsOf(tree.leaf);
  let common: Map<string, Action> | null = null;
  for (const { below } of tree.branches) {
    const each = commonActions(below);
    if (common === null) common = each;
    else for (const key of [...common.keys()]) if (!each.has(key)) common.delete(key);
  }
  return common ?? new Map();
}

/** Whether a tree does anything but what was done already. */
export function doesMore(tree: Tree<Leaf>, already: ReadonlySet<string>): boolean {
  if (!("leaf" in tree)) return tree.branches.some((b) => doesMore(b.below, already));
  return [...actionsOf(tree.leaf).keys()].some((key) => !already.has(key));
}
