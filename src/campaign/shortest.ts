// The simplest way to a finding in the graph of states: fewest preemptions, then fewest context switches,
// then fewest steps, and no way is simpler. A search by cost (Dijkstra) over pairs of a state and the task
// that stepped last, because what a switch costs depends on who ran before.

import type { StateGraph } from "../engine/graph.ts";
import type { Schedule } from "./apply.ts";

/** Slots of the pairs' second half: 16 say nobody has stepped yet. */
const NOBODY = 16;
const LASTS = 17;
/** A cost in one number: preemptions, switches and steps, most significant first. */
const PREEMPTION = 2 ** 32;
const SWITCH = 2 ** 16;

/** Pairs that a search may visit: two arrays of as many numbers. */
const PAIRS_MAX = 60_000_000;

/** For each finding (see exactNumbers) the simplest way; null where there are too many states to search. */
export function simplestSchedules(graph: StateGraph, shows: readonly Uint8Array[]): Schedule[] | null {
  const found = shows.map((): Schedule | null => null);
  const pairs = (graph.states + 1) * LASTS;
  if (pairs > PAIRS_MAX) return null;
  if (shows.length === 0) return [];
  const search = new Search(graph, pairs);
  let missing = shows.length;
  search.run((step, pair) => {
    shows.forEach((of, f) => {
      if (found[f] !== null || of[graph.notes[step]!] !== 1) return;
      found[f] = search.way(pair, step);
      missing--;
    });
    return missing === 0;
  });
  return found.map((way) => way ?? { picks: [], choices: [] });
}

/** For each finding a way of fewest steps. */
export function shortestSchedules(graph: StateGraph, shows: readonly Uint8Array[]): Schedule[] {
  const { first, notes, states } = graph;
  const reached = fewestSteps(graph);
  const found = shows.map(() => ({ step: -1, state: -1 }));
  for (const n of [states, ...Array(states).keys()]) {
    for (let step = first[n]!; step < first[n + 1]!; step++) {
      if (notes[step] === 0) continue;
      shows.forEach((of, f) => {
        if (found[f]!.step < 0 && of[notes[step]!] === 1) found[f] = { step, state: n };
      });
    }
  }
  return found.map(({ step, state }) => scheduleOf(graph, reached, state, step < 0 ? [] : [step]));
}

/** A way of fewest steps to a state. */
export function shortestTo(graph: StateGraph, state: number): Schedule {
  return scheduleOf(graph, fewestSteps(graph), state, []);
}

/** By state: the step by which it is reached first, and from where. */
export interface Reached {
  readonly by: Int32Array;
  readonly from: Int32Array;
}

/** States are numbered in the order in which they were met, breadth first. */
export function fewestSteps({ first, target, states }: StateGraph): Reached {
  const by = new Int32Array(states).fill(-1);
  const from = new Int32Array(states).fill(-1);
  for (const n of [states, ...Array(states).keys()]) {
    for (let step = first[n]!; step < first[n + 1]!; step++) {
      const to = target[step]!;
      if (to < 0 || by[to]! >= 0) continue;
      by[to] = step;
      from[to] = n;
    }
  }
  return { by, from };
}

/** The steps to a state, then some more. */
function scheduleOf(graph: StateGraph, reached: Reached, state: number, more: readonly number[]): Schedule {
  return scheduleBy(graph, [...stepsTo(graph, reached, state), ...more]);
}

/** From the set-up on. */
export function stepsTo(graph: StateGraph, reached: Reached, state: number): number[] {
  const steps: number[] = [];
  for (let n = state; n >= 0 && n !== graph.states; n = reached.from[n]!) steps.push(reached.by[n]!);
  return steps.reverse();
}

/** The schedule that takes these steps of the graph, the first of which is the set-up. */
export function scheduleBy(graph: StateGraph, steps: readonly number[]): Schedule {
  return {
    picks: steps.slice(1).map((step) => graph.slot[step]!),
    choices: steps.flatMap((step) => graph.choices.get(step) ?? []),
  };
}

/** A class because it is one search's memory. */
class Search {
  readonly #graph: StateGraph;
  readonly #cost: Float64Array;
  /** By pair: step by which it was reached, and the pair before; -1 at the beginning. */
  readonly #step: Int32Array;
  readonly #before: Int32Array;
  /** By cost: pairs, and below 0 those of #shown. A cost is in #costs once. */
  readonly #buckets = new Map<number, number[]>();
  readonly #costs: number[] = [];
  /** Steps on which something went wrong, and the pairs they were taken from. */
  readonly #shown: { readonly step: number; readonly pair: number }[] = [];

  constructor(graph: StateGraph, pairs: number) {
    this.#graph = graph;
    this.#cost = new Float64Array(pairs).fill(Number.POSITIVE_INFINITY);
    this.#step = new Int32Array(pairs).fill(-1);
    this.#before = new Int32Array(pairs).fill(-1);
  }

  /** Calls `visit` with each step that shows something, cheapest first, until it returns true. */
  run(visit: (step: number, pair: number) => boolean): void {
    // The set-up costs nothing; every step after it costs something.
    this.#expand(this.#graph.states * LASTS + NOBODY, 0);
    while (this.#costs.length > 0) {
      const cost = this.#pop();
      const bucket = this.#buckets.get(cost)!;
      this.#buckets.delete(cost);
      for (const item of bucket) {
        if (item < 0) {
          const { step, pair } = this.#shown[-1 - item]!;
          if (visit(step, pair)) return;
        } else if (this.#cost[item] === cost) this.#expand(item, cost);
      }
    }
  }

  #expand(pair: number, cost: number): void {
    const { first, notes, slot, target, states } = this.#graph;
    const n = Math.floor(pair / LASTS);
    for (let step = first[n]!; step < first[n + 1]!; step++) {
      const total = cost + this.#price(pair, step);
      if (notes[step] !== 0) this.#put(total, -this.#shown.push({ step, pair }));
      const to = target[step]!;
      if (to >= 0) this.#reach(to * LASTS + (n === states ? NOBODY : slot[step]!), total, step, pair);
    }
  }

  #price(pair: number, step: number): number {
    const { slot, slots, states } = this.#graph;
    const n = Math.floor(pair / LASTS);
    const last = pair % LASTS;
    if (n === states) return 0;
    if (last === NOBODY || slot[step] === last) return 1;
    return 1 + SWITCH + (((slots[n]! >> last) & 1) === 1 ? PREEMPTION : 0);
  }

  #reach(pair: number, cost: number, step: number, before: number): void {
    if (cost >= this.#cost[pair]!) return;
    this.#cost[pair] = cost;
    this.#step[pair] = step;
    this.#before[pair] = before;
    this.#put(cost, pair);
  }

  #put(cost: number, item: number): void {
    const bucket = this.#buckets.get(cost);
    if (bucket !== undefined) bucket.push(item);
    else {
      this.#buckets.set(cost, [item]);
      this.#push(cost);
    }
  }

  /** Steps from the set-up to a pair, then one more. */
  way(pair: number, lastStep: number): Schedule {
    const steps = [lastStep];
    for (let at = pair; this.#step[at]! >= 0; at = this.#before[at]!) steps.push(this.#step[at]!);
    return scheduleBy(this.#graph, steps.reverse());
  }

  // The costs that have a bucket, as a binary heap.

  #push(cost: number): void {
    const heap = this.#costs;
    let at = heap.length;
    heap.push(cost);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (heap[up]! <= cost) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = cost;
  }

  #pop(): number {
    const heap = this.#costs;
    const least = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return least;
    let at = 0;
    while (true) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && heap[down + 1]! < heap[down]!) down++;
      if (heap[down]! >= last) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return least;
  }
}
