// Orders of steps as a restriction on schedules, and the search for a schedule that keeps to them and does
// not show what they are said to force.
//
// An order "A before B" is kept by a schedule in which B does not happen before A has happened: nothing is
// said about whether they happen. So orders are what a scheduler could enforce by letting tasks wait, and a
// set of them forces a finding if every schedule that keeps to all of them, and ends, shows it.
//
// The search is exact: depth first over pairs of a state and of which steps have happened so far, as far as
// the orders ask (the product of the graph of states with a monitor). Schedules that an assume() drops do
// not count; one that a limit of the machine ends does, for what it would have shown is not known.

import { Outcome } from "../../assembly/abi.ts";
import type { StateGraph } from "../engine/graph.ts";
import type { Occurrence, StepNames } from "./occurrences.ts";

export interface Order {
  readonly before: Occurrence;
  readonly after: Occurrence;
}

/** Pairs that a search may have to tell apart: a byte each. */
const PAIRS_MAX = 1 << 27;

/** A class because it is one finding's graph with the memory of its searches. */
export class OrderSearch {
  readonly #graph: StateGraph;
  readonly #names: StepNames;
  /** By set of notes: whether it shows the finding. */
  readonly #shows: Uint8Array;
  #seen = new Uint8Array(0);
  /** Pairs that all searches have visited. */
  visited = 0;

  constructor(graph: StateGraph, names: StepNames, shows: Uint8Array) {
    this.#graph = graph;
    this.#names = names;
    this.#shows = shows;
  }

  /** The step shows the finding. */
  shown(step: number): boolean {
    return this.#shows[this.#graph.notes[step]!] === 1;
  }

  /**
   * The steps of a schedule that keeps to the orders and does not show the finding, from the set-up to its
   * end; null where there is none; undefined where there are too many pairs to tell. It follows `way`,
   * which keeps to the orders and shows the finding in its last step, for as long as possible: so it says
   * which orders matter.
   */
  exception(orders: readonly Order[], way: readonly number[]): number[] | null | undefined {
    const monitor = new Monitor(orders);
    const pairs = (this.#graph.states + 1) * monitor.size;
    if (pairs > PAIRS_MAX) return undefined;
    if (this.#seen.length < pairs) this.#seen = new Uint8Array(pairs);
    else this.#seen.fill(0, 0, pairs);
    const marks: number[] = [0];
    for (const step of way) marks.push(monitor.after(marks.at(-1)!, this.#names.of[step]!));
    const { states, target } = this.#graph;
    for (let n = way.length - 1; n >= 0; n--) {
      const state = n === 0 ? states : target[way[n - 1]!]!;
      const rest = this.#from(monitor, state, marks[n]!);
      if (rest !== null) return [...way.slice(0, n), ...rest];
    }
    return null;
  }

  /** The steps from a state to an end without the finding; null where there are none. */
  #from(monitor: Monitor, start: number, mark: number): number[] | null {
    const { first, outcome, target } = this.#graph;
    const seen = this.#seen;
    const enter = (state: number, at: number): boolean => {
      const pair = state * monitor.size + at;
      if (seen[pair] === 1) return false;
      seen[pair] = 1;
      this.visited++;
      return true;
    };
    if (!enter(start, mark)) return null;
    // Per depth: the state's mark, and the step that is to be taken next or was taken last.
    const states = [start];
    const marks = [mark];
    const steps = [first[start]!];
    while (states.length > 0) {
      const depth = states.length - 1;
      const step = steps[depth]!;
      if (step === first[states[depth]! + 1]) {
        states.pop();
        marks.pop();
        steps.pop();
        if (depth > 0) steps[depth - 1]!++;
        continue;
      }
      const next = this.shown(step) ? BROKEN : monitor.after(marks[depth]!, this.#names.of[step]!);
      const to = target[step]!;
      if (next !== BROKEN && to < 0 && outcome[step] !== Outcome.DROPPED) return steps;
      if (next === BROKEN || to < 0 || !enter(to, next)) {
        steps[depth]!++;
        continue;
      }
      states.push(to);
      marks.push(next);
      steps.push(first[to]!);
    }
    return null;
  }
}

/** What a monitor says of a step that an order forbids. */
const BROKEN = -1;

/**
 * How often the steps that orders name have happened, in one number. A class because it is a small machine.
 */
class Monitor {
  /** Numbers that there are. */
  readonly size: number;
  /** By name: its place in the number, and how far it is counted. */
  readonly #counted = new Map<number, { readonly unit: number; readonly most: number }>();
  /** By name: the orders that its step must wait for. */
  readonly #awaited = new Map<number, Order[]>();

  constructor(orders: readonly Order[]) {
    const most = new Map<number, number>();
    const count = ({ name, nth }: Occurrence): void => {
      most.set(name, Math.max(most.get(name) ?? 0, nth));
    };
    for (const order of orders) {
      count(order.before);
      // The first time needs no count: whether the other has happened is all that is asked, each time.
      if (order.after.nth > 1) count({ ...order.after, nth: order.after.nth - 1 });
      this.#awaited.set(order.after.name, [...(this.#awaited.get(order.after.name) ?? []), order]);
    }
    let unit = 1;
    for (const [name, times] of most) {
      this.#counted.set(name, { unit, most: times });
      unit *= times + 1;
    }
    this.size = unit;
  }

  /** The number after a step; BROKEN where it comes too early. */
  after(mark: number, name: number): number {
    for (const { before, after } of this.#awaited.get(name) ?? []) {
      if (this.#times(mark, after.name) + 1 >= after.nth && this.#times(mark, before.name) < before.nth) {
        return BROKEN;
      }
    }
    const own = this.#counted.get(name);
    if (own === undefined || this.#times(mark, name) === own.most) return mark;
    return mark + own.unit;
  }

  #times(mark: number, name: number): number {
    const own = this.#counted.get(name);
    return own === undefined ? 0 : Math.floor(mark / own.unit) % (own.most + 1);
  }
}
