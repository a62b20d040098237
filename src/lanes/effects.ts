// What a step does to tasks other than its own, as text: sections that begin and end, who waits for whom,
// tasks that come to be.

import { TASKS_MAX } from "../../assembly/abi.ts";
import type { Bounds } from "./bounds.ts";
import type { Layout } from "./layout.ts";
import type { Effect, Flag, Leaf, Location, Network, Task, Tree } from "./network.ts";
import type { CarrySave } from "./rank.ts";
import { ONES, type Region } from "./region.ts";
import { successors } from "./trees.ts";

/** Who may come to wait for the sections of a domain, and for a task. */
export interface Waiters {
  readonly domains: ReadonlyMap<number, ReadonlySet<number>>;
  readonly tasks: ReadonlyMap<Task, ReadonlySet<number>>;
  /** Sections that a task enters once in a schedule, at most. */
  readonly once: ReadonlySet<Flag>;
}

export function waitersOf(network: Network): Waiters {
  const domains = new Map<number, Set<number>>();
  const tasks = new Map<Task, Set<number>>();
  const visit = (tree: Tree<Leaf>): void => {
    if (!("leaf" in tree)) {
      for (const { below } of tree.branches) visit(below);
      return;
    }
    for (const effect of tree.leaf.effects) {
      if (effect.do === "snapshot") addTo(domains, effect.domain, effect.waiter);
      if (effect.do === "await") addTo(tasks, effect.task, effect.waiter);
    }
  };
  for (const task of network.tasks) for (const at of task.locations) visit(at.step!);
  return { domains, tasks, once: enteredOnce(network) };
}

function enteredOnce(network: Network): Set<Flag> {
  const once = new Set<Flag>();
  for (const task of network.tasks) {
    // Kworkers and callbacks may come to be again.
    if (task.kind !== 0) continue;
    const enters = new Map<Location, Set<Flag>>(task.locations.map((at) => [at, entered(at.step!)]));
    for (const flag of new Set([...enters.values()].flatMap((flags) => [...flags]))) {
      const entries = task.locations.filter((at) => enters.get(at)!.has(flag));
      const after = reachable(entries);
      if (!entries.some((at) => after.has(at))) once.add(flag);
    }
  }
  return once;
}

function entered(tree: Tree<Leaf>): Set<Flag> {
  if (!("leaf" in tree)) return new Set(tree.branches.flatMap((b) => [...entered(b.below)]));
  return new Set(tree.leaf.effects.flatMap((e) => (e.do === "enter" ? [e.section] : [])));
}

/** Locations that are come to from these, in one step or more. */
function reachable(from: readonly Location[]): Set<Location> {
  const seen = new Set<Location>();
  const pending = from.flatMap(successors);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    pending.push(...successors(at));
  }
  return seen;
}

function addTo<K>(map: Map<K, Set<number>>, key: K, value: number): void {
  const known = map.get(key) ?? new Set();
  known.add(value);
  map.set(key, known);
}

/** Work items of a queue. */
export function itemsOf(network: Network, queue: number): Task[] {
  return network.tasks.filter((t) => t.kind === 1 && t.queue === queue);
}

/** Lanes in which a kworker or callback stands before its first step. */
function atStart(region: Region, layout: Layout, task: Task): string {
  const starts = task.locations.filter((at) => at.pc === task.locations[0]!.pc);
  return region.any(starts.map((at) => region.current(layout.location(at))));
}

/** What a task `by` does to itself as an item of a queue that takes one at a time: it begins, or ends. */
function isItem(network: Network, by: Task | null, task: Task): boolean {
  return by === task && task.kind === 1 && network.ordered.has(task.queue);
}

/** Does what only writes; true where there is more to do, that looks at what other tasks do (affectThen). */
export function affectNow(
  region: Region,
  network: Network,
  layout: Layout,
  waiters: Waiters,
  task: Task | null,
  effect: Effect,
  mask: string,
): boolean {
  switch (effect.do) {
    case "enter":
      region.set(layout.section(effect.section), mask);
      return waiters.domains.has(effect.domain) && !waiters.once.has(effect.section);
    case "leave":
      region.clear(layout.section(effect.section), mask);
      return false;
    case "spawn": {
      const { location } = effect;
      const { vector } = layout.segment(location);
      region.clear(layout.idle(location.task), mask);
      region.set(layout.location(location), mask);
      if (vector !== layout.location(location)) region.set(vector, mask);
      return false;
    }
    case "end":
      region.set(layout.idle(effect.task), mask);
      for (const w of waiters.tasks.get(effect.task) ?? []) region.clear(layout.awaits(w, effect.task), mask);
      if (isItem(network, task, effect.task)) region.set(layout.free(task!.queue), mask);
      return false;
    case "dequeue":
      for (const other of beside(network, effect.task)) {
        region.clear(layout.behind(other, effect.task), mask);
      }
      if (isItem(network, task, effect.task)) region.clear(layout.free(task!.queue), mask);
      return false;
    case "unused":
      return false;
    default:
      return true;
  }
}

/**
 * How many kworkers and callbacks the scalar machine has slots for; infinite where there are never so many.
 */
export function roomFor({ tasks }: Network, { spawned }: Bounds): number {
  const others = tasks.filter(isSpawned).length;
  const room = TASKS_MAX - (tasks.length - others);
  return Math.min(others, spawned) > room ? room : Number.POSITIVE_INFINITY;
}

/** Whether a task takes one of the scalar machine's slots for kworkers and callbacks. */
export function isSpawned({ kind }: Task): boolean {
  return kind !== 0;
}

/** Lanes in which as many of these exist as there is room for. */
export function crowded(region: Region, existing: CarrySave, room: number): string {
  const bits = existing.bits(region);
  return bits.reduce((m, bit, n) => ((room >> n) & 1 ? region.and(m, bit) : region.andnot(m, bit)), ONES);
}

/**
 * Lanes that cannot be followed: what a step takes for unused is not, or the scalar machine has no slot for
 * one more task.
 */
export function notFollowed(
  region: Region,
  network: Network,
  layout: Layout,
  effect: Extract<Effect, { do: "spawn" | "unused" }>,
  room: number,
): string {
  const exists = (task: Task): string => region.not(region.load(layout.idle(task)));
  if (effect.do === "spawn") {
    const there = exists(effect.location.task);
    return room === Number.POSITIVE_INFINITY ? there : region.or(there, region.node("v128.load(CROWDED)"));
  }
  const open = (network.sections.get(effect.domain) ?? []).map((s) => region.load(layout.section(s)));
  return region.any([...open, ...effect.tasks.map(exists)]);
}

/** Effects that look at what other tasks do now. */
export function affectThen(
  region: Region,
  network: Network,
  layout: Layout,
  waiters: Waiters,
  effect: Effect,
  mask: string,
): void {
  const copy = (to: number, value: string): void => {
    region.store(to, region.select(value, region.current(to), mask));
  };
  switch (effect.do) {
    case "enter":
      // Who still has to look whether an earlier section is over need not wait for this one.
      for (const w of waiters.domains.get(effect.domain) ?? []) {
        region.clear(layout.waits(w, effect.section), mask);
      }
      break;
    case "snapshot":
      for (const s of network.sections.get(effect.domain) ?? []) {
        copy(layout.waits(effect.waiter, s), region.current(layout.section(s)));
      }
      break;
    case "enqueue":
      for (const other of beside(network, effect.task)) {
        copy(layout.behind(effect.task, other), atStart(region, layout, other));
      }
      break;
    case "await": {
      const exists = region.not(region.current(layout.idle(effect.task)));
      const which = effect.started ? region.andnot(exists, atStart(region, layout, effect.task)) : exists;
      copy(layout.awaits(effect.waiter, effect.task), which);
    }
  }
}

/** The other items of a queue that takes one at a time. */
function beside(network: Network, task: Task): Task[] {
  return network.ordered.has(task.queue) ? itemsOf(network, task.queue).filter((t) => t !== task) : [];
}
