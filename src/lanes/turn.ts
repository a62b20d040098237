// Who can step in each lane, as text.

import { itemsOf, type Waiters } from "./effects.ts";
import type { Layout } from "./layout.ts";
import type { Location, Network, Ready, Task, Tree } from "./network.ts";
import type { Region } from "./region.ts";

export class Turn {
  private readonly network: Network;
  private readonly layout: Layout;
  private readonly waiters: Waiters;

  constructor(network: Network, layout: Layout, waiters: Waiters) {
    this.network = network;
    this.layout = layout;
    this.waiters = waiters;
  }

  /** Of lanes in which the task exists, those in which it need not wait. */
  able(region: Region, task: Task, exists: string): string {
    const blocked = task.locations.filter((at) => at.ready !== null).map((at) => this.blocked(region, at));
    return region.andnot(exists, region.any(blocked));
  }

  /** The same, looking at places only where a lane is there. */
  ableGuarded(region: Region, task: Task, exists: string): string {
    const waits = task.locations.filter((at) => at.ready !== null);
    if (waits.length === 0) return exists;
    const able = region.variable(exists);
    for (const at of waits) {
      region.guard(region.load(this.layout.location(at)), (inner) => {
        const blocked = this.blocked(inner, at);
        inner.say(`${able} = v128.andnot(${able}, ${blocked});`, [blocked]);
      });
    }
    return able;
  }

  /** Lanes in which the task stands there and has to wait. */
  private blocked(region: Region, at: Location): string {
    return this.visit(region, at, at.ready!, region.load(this.layout.location(at)));
  }

  private visit(region: Region, at: Location, tree: Tree<Ready>, mask: string): string {
    if ("leaf" in tree) {
      if (tree.leaf.blocked) return mask;
      return region.and(mask, region.any(this.holding(region, at, tree.leaf)));
    }
    const values = new Map<Tree<Ready>, number[]>();
    for (const { value, below } of tree.branches) {
      if (canBlock(below)) values.set(below, [...(values.get(below) ?? []), value]);
    }
    const { test } = tree;
    const blocked = [...values].map(([below, each]) => {
      const free = tree.branches.filter((b) => !each.includes(b.value)).map((b) => b.value);
      const oneHot = test.exists === undefined && this.layout.of(test).length > 1;
      const fewer = oneHot && free.length < each.length ? free : each;
      const lanes = fewer.map((value) => {
        const { vector, set } = this.layout.literal(test, value);
        return set ? region.load(vector) : region.not(region.load(vector));
      });
      const m = fewer === each ? region.and(mask, region.any(lanes)) : region.andnot(mask, region.any(lanes));
      return this.visit(region, at, below, m);
    });
    return region.any(blocked);
  }

  private holding(region: Region, { task }: Location, ready: Ready): string[] {
    const { layout, network, waiters } = this;
    const holds: string[] = [];
    if (ready.waitsDomain !== 0 && waiters.domains.get(ready.waitsDomain)?.has(task.index)) {
      for (const section of network.sections.get(ready.waitsDomain) ?? []) {
        const open = region.load(layout.section(section));
        holds.push(region.and(region.load(layout.waits(task.index, section)), open));
      }
    }
    if (ready.waitsTasks) {
      for (const [awaited, by] of waiters.tasks) {
        if (by.has(task.index)) holds.push(region.load(layout.awaits(task.index, awaited)));
      }
    }
    if (ready.waitsTurn && network.ordered.has(task.queue)) {
      holds.push(region.not(region.load(layout.free(task.queue))));
      for (const other of itemsOf(network, task.queue)) {
        if (other !== task) holds.push(region.load(layout.behind(task, other)));
      }
    }
    return holds;
  }
}

function canBlock(tree: Tree<Ready>): boolean {
  if (!("leaf" in tree)) return tree.branches.some((b) => canBlock(b.below));
  const { blocked, waitsDomain, waitsTasks, waitsTurn } = tree.leaf;
  return blocked || waitsDomain !== 0 || waitsTasks || waitsTurn;
}
