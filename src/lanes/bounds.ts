// How long a schedule can be, and how many kworkers and callbacks it can bring forth. Of a location that is
// what its own step takes, the location after it, and those at which its step puts other tasks: each step
// leaves less of the sum over all tasks. Where a location can come to itself again, be it by way of tasks
// that queue one another, there is no bound.

import type { Location, Network } from "./network.ts";
import { eachLeaf } from "./trees.ts";

/** Infinite where there is none. */
export interface Bounds {
  readonly steps: number;
  /** Kworkers and callbacks that come to be, those that are there to begin with among them. */
  readonly spawned: number;
}

const UNBOUNDED: Bounds = { steps: Number.POSITIVE_INFINITY, spawned: Number.POSITIVE_INFINITY };

export function boundsOf({ tasks }: Network): Bounds {
  const begun = tasks.filter((task) => task.start !== null);
  const known = new Map<Location, Bounds>();
  for (const { start } of begun) if (!follow(start!, known)) return UNBOUNDED;
  const left = begun.filter(({ kind }) => kind !== 0).length;
  return sum(
    { steps: 0, spawned: left },
    begun.map(({ start }) => known.get(start!)!),
  );
}

/** Learns the bounds of a location and of all behind it; false where it can come to one again. */
function follow(from: Location, known: Map<Location, Bounds>): boolean {
  const pending = [from];
  const open = new Map<Location, readonly After[]>();
  for (let at = pending.at(-1); at !== undefined; at = pending.at(-1)) {
    const after = open.get(at);
    if (known.has(at)) pending.pop();
    else if (after !== undefined) {
      known.set(at, ofStep(after, known));
      open.delete(at);
    } else {
      const ways = afterStep(at);
      open.set(at, ways);
      for (const to of ways.flatMap(({ next, spawned }) => [...next, ...spawned])) {
        if (open.has(to)) return false;
        pending.push(to);
      }
    }
  }
  return true;
}

/** Where a step can lead, and what it puts where. */
interface After {
  readonly next: readonly Location[];
  readonly spawned: readonly Location[];
}

function afterStep(at: Location): After[] {
  const ways: After[] = [];
  eachLeaf(at.step!, ({ next, effects }) => {
    const spawned = effects.flatMap((e) => (e.do === "spawn" ? [e.location] : []));
    ways.push({ next: next === null ? [] : [next], spawned });
  });
  return ways;
}

function ofStep(ways: readonly After[], known: ReadonlyMap<Location, Bounds>): Bounds {
  const each = ways.map(({ next, spawned }) => {
    return sum(
      { steps: 1, spawned: spawned.length },
      [...next, ...spawned].map((to) => known.get(to)!),
    );
  });
  return {
    steps: Math.max(...each.map(({ steps }) => steps)),
    spawned: Math.max(...each.map(({ spawned }) => spawned)),
  };
}

function sum(first: Bounds, rest: readonly Bounds[]): Bounds {
  return rest.reduce((a, b) => ({ steps: a.steps + b.steps, spawned: a.spawned + b.spawned }), first);
}
