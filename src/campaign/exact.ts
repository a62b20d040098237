// Exact numbers from the graph of states: how many schedules there are, how many of them show a finding,
// and with which probability the uniform random walk shows it. Both are sums over the ways through a graph
// without cycles, taken from its ends backwards (dynamic programming): every state once, however many ways
// lead there.

import { Outcome } from "../../assembly/abi.ts";
import { type StateGraph, UNKNOWN } from "../engine/graph.ts";

export interface ExactFinding {
  /** Of a schedule that no assume() drops, at least once. */
  readonly probability: number;
  /** Distinct schedules that show it; null where they were not counted. */
  readonly schedules: bigint | null;
}

export interface Exact {
  /** Distinct schedules, dropped ones left out; null where there are too many states to count them. */
  readonly schedules: bigint | null;
  /** Mean number of steps of a schedule that the random walk draws, dropped ones included. */
  readonly meanSteps: number;
  /** Most steps of any schedule. */
  readonly stepsMost: number;
  readonly findings: readonly ExactFinding[];
}

/** Steps up to which schedules are counted: numbers without limit are slow. */
const COUNT_STEPS_MAX = 3_000_000;

/**
 * `shows[f]` holds, for each set of notes, whether it belongs to finding f. Null where the graph has a
 * cycle: then there are endlessly many schedules. The graph must be complete.
 */
export function exactNumbers(graph: StateGraph, shows: readonly Uint8Array[]): Exact | null {
  const order = topologicalOrder(graph);
  if (order === null) return null;
  const dropped = probabilities(graph, order, (step) => endsSo(graph, step, Outcome.DROPPED));
  const kept = 1 - dropped;
  const counting = graph.target.length <= COUNT_STEPS_MAX;
  const all = counting ? count(graph, order, () => false) : null;
  const findings = shows.map((of) => {
    const shown = (step: number) => of[graph.notes[step]!] === 1;
    const probability = kept > 0 ? probabilities(graph, order, shown) / kept : 0;
    return { probability, schedules: all === null ? null : all - count(graph, order, shown) };
  });
  return { schedules: all, ...lengths(graph, order), findings };
}

/**
 * States from which no step leads towards any end: whoever comes there goes on for ever. The graph is
 * complete, or a reduction left steps out of it: from every state of which an end can be reached, that end is
 * reached in the reduced graph too.
 */
export function endlessStates(graph: StateGraph): number[] {
  const { first, target, states } = graph;
  const ends = new Uint8Array(states + 1);
  // States in the order in which they were met: the ends lie behind, so few passes are needed.
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = states; n >= 0; n--) {
      if (ends[n] === 1) continue;
      for (let step = first[n]!; step < first[n + 1]!; step++) {
        const to = target[step]!;
        if (to === UNKNOWN || (to >= 0 && ends[to] === 0)) continue;
        ends[n] = 1;
        changed = true;
        break;
      }
    }
  }
  return Array.from({ length: states }, (_, n) => n).filter((n) => ends[n] === 0);
}

function endsSo(graph: StateGraph, step: number, outcome: Outcome): boolean {
  return graph.target[step]! < 0 && graph.outcome[step] === outcome;
}

/**
 * States from the ends backwards, the set-up last: each behind all to which it has a step. Null with a
 * cycle.
 */
function topologicalOrder(graph: StateGraph): Uint32Array | null {
  const { first, target } = graph;
  const nodes = graph.states + 1;
  // Steps that lead to a state; those that no step leads to any more come next.
  const into = new Uint32Array(nodes);
  for (const to of target) if (to >= 0) into[to]!++;
  const order = new Uint32Array(nodes);
  let end = 0;
  for (let n = 0; n < nodes; n++) if (into[n] === 0) order[end++] = n;
  for (let at = 0; at < end; at++) {
    const n = order[at]!;
    for (let step = first[n]!; step < first[n + 1]!; step++) {
      const to = target[step]!;
      if (to >= 0 && --into[to]! === 0) order[end++] = to;
    }
  }
  return end === nodes ? order.reverse() : null;
}

/** Probability that a walk from the set-up takes a step that is marked. */
function probabilities(graph: StateGraph, order: Uint32Array, marked: (step: number) => boolean): number {
  const { first, target, chance } = graph;
  const value = new Float64Array(graph.states + 1);
  for (const n of order) {
    let sum = 0;
    for (let step = first[n]!; step < first[n + 1]!; step++) {
      const to = target[step]!;
      sum += chance[step]! * (marked(step) ? 1 : to >= 0 ? value[to]! : 0);
    }
    value[n] = sum;
  }
  return value[graph.states]!;
}

/** Distinct ways from the set-up to an end that is not dropped, without a step that is marked. */
function count(graph: StateGraph, order: Uint32Array, marked: (step: number) => boolean): bigint {
  const { first, target } = graph;
  const value = new Array<bigint>(graph.states + 1).fill(0n);
  for (const n of order) {
    let sum = 0n;
    for (let step = first[n]!; step < first[n + 1]!; step++) {
      if (marked(step)) continue;
      const to = target[step]!;
      if (to >= 0) sum += value[to]!;
      else if (graph.outcome[step] !== Outcome.DROPPED) sum++;
    }
    value[n] = sum;
  }
  return value[graph.states]!;
}

function lengths(graph: StateGraph, order: Uint32Array): { meanSteps: number; stepsMost: number } {
  const { first, target, chance } = graph;
  const mean = new Float64Array(graph.states + 1);
  const most = new Uint32Array(graph.states + 1);
  for (const n of order) {
    let sum = 0;
    let longest = 0;
    // The set-up is no step.
    const own = n === graph.states ? 0 : 1;
    for (let step = first[n]!; step < first[n + 1]!; step++) {
      const to = target[step]!;
      sum += chance[step]! * (own + (to >= 0 ? mean[to]! : 0));
      longest = Math.max(longest, own + (to >= 0 ? most[to]! : 0));
    }
    mean[n] = sum;
    most[n] = longest;
  }
  return { meanSteps: mean[graph.states]!, stepsMost: most[graph.states]! };
}
