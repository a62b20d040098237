// Makes one location of those that a task goes on from alike: from there on it does the same, whatever the
// registers were in which they differ. That is the coarsest partition that the steps respect (bisimulation),
// found by refining (Hopcroft's way, without his order: networks are small). Where a task stands is only told
// of those that wait, in a deadlock, so that only these must be at the same instruction.

import type { Leaf, Location, Network, Task, Tree } from "./network.ts";
import { treeKey } from "./simplify.ts";

/** Changes the network; true where there was something to merge. */
export function merge(network: Network): boolean {
  let merged = false;
  for (const task of network.tasks) {
    const classes = partition(task);
    const first = new Map<number, Location>();
    for (const at of task.locations) if (!first.has(classes.get(at)!)) first.set(classes.get(at)!, at);
    if (first.size === task.locations.length) continue;
    merged = true;
    const instead = (at: Location): Location => first.get(classes.get(at)!)!;
    const kept = task.locations.filter((at) => instead(at) === at);
    for (const at of kept) at.step = redirect(at.step!, instead);
    if (task.start !== null) task.start = instead(task.start);
    task.locations.splice(0, task.locations.length, ...kept);
    kept.forEach((at, index) => {
      (at as { index: number }).index = index;
    });
  }
  return merged;
}

function partition(task: Task): Map<Location, number> {
  let classes = numbered(task, (at) => String(firstKey(task, at)));
  for (let before = 0; before !== count(classes); ) {
    before = count(classes);
    const old = classes;
    classes = numbered(task, (at) => `${old.get(at)} ${treeKey(at.step!, (to) => String(old.get(to)))}`);
  }
  return classes;
}

/** Where others put a task, or see it stand, it is told apart from anywhere else. */
function firstKey(task: Task, at: Location): string {
  const isStart = at.pc === task.locations[0]!.pc || at === task.start;
  if (isStart) return `start ${at.index}`;
  return at.ready === null ? "" : `waits ${at.pc} ${treeKey(at.ready)}`;
}

function numbered(task: Task, key: (at: Location) => string): Map<Location, number> {
  const numbers = new Map<string, number>();
  const classes = new Map<Location, number>();
  for (const at of task.locations) {
    const k = key(at);
    if (!numbers.has(k)) numbers.set(k, numbers.size);
    classes.set(at, numbers.get(k)!);
  }
  return classes;
}

function count(classes: ReadonlyMap<Location, number>): number {
  return new Set(classes.values()).size;
}

function redirect(tree: Tree<Leaf>, instead: (at: Location) => Location): Tree<Leaf> {
  if ("leaf" in tree) {
    const { next } = tree.leaf;
    return next === null ? tree : { leaf: { ...tree.leaf, next: instead(next) } };
  }
  const branches = tree.branches.map(({ value, below }) => ({ value, below: redirect(below, instead) }));
  return { test: tree.test, branches };
}
