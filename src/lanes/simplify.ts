// Makes the trees of a network as small as what they decide: a test whose branches are all alike goes, and
// with it the writes to variables that nobody tests any longer, until nothing changes.

import type { Leaf, Location, Network, Ready, Tree, Variable } from "./network.ts";

/** Every tree of the network, to be looked at or replaced. */
interface Slot {
  readonly kind: "step" | "ready";
  get(): Tree<Leaf> | Tree<Ready>;
  set(tree: Tree<Leaf> | Tree<Ready>): void;
}

export function simplify(network: Network): Network {
  const always = [...network.always];
  const atEnd = [...network.atEnd];
  const slots = slotsOf(network, always, atEnd);
  for (let before = -1, size = 0; before !== size; ) {
    before = size;
    size = 0;
    const tested = new Set<Variable>();
    for (const slot of slots) testedIn(slot.get(), tested);
    const interned = new Map<string, Tree<unknown>>();
    for (const slot of slots) {
      const tree = reduce(slot.get() as Tree<unknown>, (leaf) => prune(leaf, tested), interned);
      slot.set(tree as Tree<Leaf>);
      size += sizeOf(tree);
    }
  }
  return { ...network, always, atEnd };
}

function slotsOf(network: Network, always: Tree<Leaf>[], atEnd: Tree<Leaf>[]): Slot[] {
  const slots: Slot[] = [];
  for (const task of network.tasks) {
    for (const at of task.locations) {
      slots.push({ kind: "step", get: () => at.step!, set: (t) => (at.step = t as Tree<Leaf>) });
      if (at.ready === null) continue;
      slots.push({ kind: "ready", get: () => at.ready!, set: (t) => (at.ready = t as Tree<Ready>) });
    }
  }
  for (const trees of [always, atEnd]) {
    trees.forEach((_, n) => {
      slots.push({ kind: "step", get: () => trees[n]!, set: (t) => (trees[n] = t as Tree<Leaf>) });
    });
  }
  return slots;
}

function testedIn(tree: Tree<unknown>, found: Set<Variable>): void {
  if ("leaf" in tree) return;
  found.add(tree.test);
  for (const { below } of tree.branches) testedIn(below, found);
}

function prune(leaf: unknown, tested: ReadonlySet<Variable>): unknown {
  const { writes } = leaf as Leaf;
  if (writes === undefined) return leaf;
  return { ...(leaf as Leaf), writes: new Map([...writes].filter(([v]) => tested.has(v))) };
}

const keys = new WeakMap<object, string>();

function reduce(
  tree: Tree<unknown>,
  prune: (leaf: unknown) => unknown,
  interned: Map<string, Tree<unknown>>,
): Tree<unknown> {
  if ("leaf" in tree) {
    const leaf = prune(tree.leaf);
    return intern(interned, `L${leafKey(leaf)}`, { leaf });
  }
  const branches = tree.branches.map((b) => ({ value: b.value, below: reduce(b.below, prune, interned) }));
  if (branches.every((b) => b.below === branches[0]!.below)) return branches[0]!.below;
  const key = `T${tree.test.id}:${branches.map((b) => `${b.value}=${keys.get(b.below)}`).join(",")}`;
  return intern(interned, key, { test: tree.test, branches });
}

function intern(interned: Map<string, Tree<unknown>>, key: string, tree: Tree<unknown>): Tree<unknown> {
  const known = interned.get(key);
  if (known !== undefined) return known;
  keys.set(tree, `#${interned.size}`);
  interned.set(key, tree);
  return tree;
}

const placeOf = (at: Location): string => `${at.task.index}.${at.index}`;

/** Tells trees apart, of a step or of a waiting condition; locations by what is said of them. */
export function treeKey(tree: Tree<unknown>, place = placeOf): string {
  if ("leaf" in tree) return leafKey(tree.leaf, place);
  const below = tree.branches.map((b) => `${b.value}:${treeKey(b.below, place)}`);
  return `${tree.test.id}(${below.join(" ")})`;
}

function leafKey(leaf: unknown, place = placeOf): string {
  const { writes, effects, findings, next, end } = leaf as Leaf;
  if (writes === undefined) return JSON.stringify(leaf);
  return [
    [...writes]
      .map(([v, value]) => `${v.id}=${value}`)
      .sort()
      .join(","),
    effects.map(effectKey).join(","),
    findings.map((f) => f.id).join(","),
    next === null ? "" : place(next),
    end ?? "",
  ].join(";");
}

/** Tells effects apart. */
export function effectKey(effect: Leaf["effects"][number]): string {
  switch (effect.do) {
    case "snapshot":
      return `snapshot ${effect.waiter} ${effect.domain}`;
    case "enter":
    case "leave":
      return `${effect.do} ${effect.section.id}`;
    case "spawn":
      return `spawn ${effect.location.task.index} ${effect.location.index}`;
    case "await":
      return `await ${effect.waiter} ${effect.task.index} ${effect.started}`;
    case "unused":
      return `unused ${effect.domain} ${effect.tasks.map((t) => t.index).join(" ")}`;
    default:
      return `${effect.do} ${effect.task.index}`;
  }
}

function sizeOf(tree: Tree<unknown>): number {
  return "leaf" in tree ? 1 : tree.branches.reduce((sum, b) => sum + sizeOf(b.below), 1);
}
