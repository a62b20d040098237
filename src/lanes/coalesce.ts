// Makes one value of those that no test of a network tells apart, as owners of a mutex where it is only asked
// whether there is one: fewer vectors, and fewer writes to them. A value that cannot be where a test is
// (narrow.ts) is told apart from none there.

import type { Leaf, Network, Tree, Variable } from "./network.ts";

type AnyTree = Tree<unknown>;
type AnyTest = Exclude<AnyTree, { leaf: unknown }>;
/** Values and which they become. */
type Instead = ReadonlyMap<Variable, ReadonlyMap<number, number>>;

/**
 * The trees must be as simplify() leaves them: what is the same below is one object. Changes the network;
 * returns it with its checks, or undefined where nothing becomes one.
 */
export function coalesce(network: Network): Network | undefined {
  const instead = new Map<Variable, ReadonlyMap<number, number>>();
  for (const [variable, tests] of testsOf(network)) {
    if (variable.drawn || variable.exists !== undefined || variable.domain.length < 3) continue;
    const classes = classesOf(variable.domain, [...tests]);
    if (classes.length === variable.domain.length) continue;
    instead.set(variable, new Map(classes.flatMap((each) => each.map((value) => [value, each[0]!]))));
    variable.domain.splice(0, variable.domain.length, ...classes.map(([first]) => first!));
  }
  if (instead.size === 0) return undefined;
  const renamed = new Map<AnyTree, AnyTree>();
  const rename = <L>(tree: Tree<L>): Tree<L> => {
    const known = renamed.get(tree) ?? withValues(tree, instead, rename);
    renamed.set(tree, known);
    return known as Tree<L>;
  };
  for (const { locations } of network.tasks) {
    for (const at of locations) {
      at.step = rename(at.step!);
      at.ready = at.ready === null ? null : rename(at.ready);
    }
  }
  return { ...network, always: network.always.map(rename), atEnd: network.atEnd.map(rename) };
}

/** Every test of a variable, each object once. */
function testsOf(network: Network): Map<Variable, Set<AnyTest>> {
  const found = new Map<Variable, Set<AnyTest>>();
  const visit = (tree: AnyTree): void => {
    if ("leaf" in tree) return;
    const known = found.get(tree.test) ?? new Set();
    if (known.has(tree)) return;
    found.set(tree.test, known.add(tree));
    for (const { below } of tree.branches) visit(below);
  };
  for (const { locations } of network.tasks) {
    for (const { step, ready } of locations) {
      visit(step!);
      if (ready !== null) visit(ready);
    }
  }
  for (const tree of [...network.always, ...network.atEnd]) visit(tree);
  return found;
}

/** The first value of the first class is the initial one, as before. */
function classesOf(values: readonly number[], tests: readonly AnyTest[]): number[][] {
  const classes: number[][] = [];
  for (const value of values) {
    const alike = classes.find((each) => each.every((other) => tests.every((t) => agree(t, value, other))));
    if (alike === undefined) classes.push([value]);
    else alike.push(value);
  }
  return classes;
}

/** Whether a test leads to the same for both values, as far as they can be there. */
function agree({ branches }: AnyTest, a: number, b: number): boolean {
  const [one, other] = [a, b].map((value) => branches.find((branch) => branch.value === value));
  return one === undefined || other === undefined || one.below === other.below;
}

function withValues(tree: AnyTree, instead: Instead, rename: (tree: AnyTree) => AnyTree): AnyTree {
  if ("leaf" in tree) {
    const { writes } = tree.leaf as Leaf;
    if (writes === undefined) return tree;
    const renamed = [...writes].map(([v, value]) => [v, instead.get(v)?.get(value) ?? value] as const);
    return { leaf: { ...(tree.leaf as Leaf), writes: new Map(renamed) } };
  }
  const { test } = tree;
  const branches = new Map<number, AnyTree>();
  for (const { value, below } of tree.branches) {
    branches.set(instead.get(test)?.get(value) ?? value, rename(below));
  }
  return { test, branches: [...branches].map(([value, below]) => ({ value, below })) };
}
