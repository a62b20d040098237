// Decision trees of steps as their text needs them: branches that lead to the same, what is left of a tree
// where runs go on, where it leads.

import type { Leaf, Location, Tree } from "./network.ts";
import { treeKey } from "./simplify.ts";

export type Test = Exclude<Tree<Leaf>, { leaf: Leaf }>;

/** Branches of a test by where they lead. */
export function groups({ branches }: Test): Map<Tree<Leaf>, number[]> {
  const found = new Map<Tree<Leaf>, number[]>();
  const first = new Map<string, Tree<Leaf>>();
  for (const { value, below } of branches) {
    const key = treeKey(below);
    const same = first.get(key) ?? below;
    first.set(key, same);
    found.set(same, [...(found.get(same) ?? []), value]);
  }
  return found;
}

const livings = new WeakMap<Tree<Leaf>, Tree<Leaf> | "none">();

/** A tree without the branches in which the run is over, or null: it always is. */
export function living(tree: Tree<Leaf>): Tree<Leaf> | null {
  let known = livings.get(tree);
  if (known === undefined) {
    known = withoutOver(tree) ?? "none";
    livings.set(tree, known);
  }
  return known === "none" ? null : known;
}

function withoutOver(tree: Tree<Leaf>): Tree<Leaf> | null {
  if ("leaf" in tree) return tree.leaf.end === null ? tree : null;
  const branches = tree.branches.flatMap(({ value, below }) => {
    const rest = living(below);
    return rest === null ? [] : [{ value, below: rest }];
  });
  const [first] = branches;
  if (first === undefined) return null;
  const key = treeKey(first.below);
  return branches.every((b) => treeKey(b.below) === key) ? first.below : { test: tree.test, branches };
}

/** Whether anything is told of runs that take this tree. */
export function tellsAny(tree: Tree<Leaf>): boolean {
  if (!("leaf" in tree)) return tree.branches.some((b) => tellsAny(b.below));
  const { end, findings, effects } = tree.leaf;
  return end !== null || findings.length > 0 || effects.some((e) => e.do === "spawn" || e.do === "unused");
}

/** Where a step can lead, each location once. */
export function successors(location: Location): Location[] {
  const found = new Set<Location>();
  eachLeaf(location.step!, (leaf) => {
    if (leaf.next !== null) found.add(leaf.next);
  });
  return [...found];
}

export function eachLeaf<L>(tree: Tree<L>, visit: (leaf: L) => void): void {
  if ("leaf" in tree) visit(tree.leaf);
  else for (const branch of tree.branches) eachLeaf(branch.below, visit);
}
