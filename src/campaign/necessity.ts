// Why a schedule shows a finding: the fewest orders of steps (orders.ts) that force it. They are orders
// that the schedule itself keeps to, between a step of it and one of another task, that comes later in it
// or not at all.
//
// Method: exceptions and hitting sets in turns (implicit hitting sets; Davies and Bacchus 2011 for MaxSAT).
// Each schedule that keeps to the orders guessed so far and does not show the finding must break one of the
// orders that are wanted; the smallest set of candidates that answers for all such exceptions is the next
// guess. The first guess without exception is a smallest set. At last each order is exchanged, where that
// forces the finding as well, for one of two steps that touch the same memory or lock.

import type { StateGraph } from "../engine/graph.ts";
import type { Program } from "../model/program.ts";
import type { Schedule } from "./apply.ts";
import { type Contact, contactsOf, related } from "./contacts.ts";
import { smallestHitting } from "./hitting.ts";
import type { TraceMachine } from "./machine.ts";
import { nameSteps, type Occurrence, occurrencesOf, type StepNames, stepsOf } from "./occurrences.ts";
import { type Order, OrderSearch } from "./orders.ts";
import { scheduleBy } from "./shortest.ts";
import type { Necessity, OrderedStep } from "./summary.ts";

/** More orders than this explain nothing to anybody. */
const ORDERS_MAX = 5;
/** Pairs of a state and what has happened that all searches for one finding may visit. */
const VISITS_MAX = 60_000_000;
/** Sets that are searched for the sake of the reader, after one has been found. */
const EXCHANGES_MAX = 60;

const NOT_ORDERS = "it does not depend on the order of steps alone, but on a choice as well";
const TOO_MANY = `it takes more than ${ORDERS_MAX} orders to force it`;
const BUDGET = "no small set was found in the time that it may take";
const TOO_LARGE = "there are too many states to look at all schedules with an order";

/**
 * One scenario, every schedule of it explored. A class because its steps are named once, for all findings.
 */
export class Necessities {
  readonly #program: Program;
  readonly #machine: TraceMachine;
  readonly #stepsMax: number;
  readonly #graph: StateGraph;
  #names: StepNames | null = null;

  constructor(program: Program, machine: TraceMachine, stepsMax: number, graph: StateGraph) {
    this.#program = program;
    this.#machine = machine;
    this.#stepsMax = stepsMax;
    this.#graph = graph;
  }

  /**
   * The fewest orders that force what `shows` marks among the sets of notes, from a schedule that shows it.
   */
  of(schedule: Schedule, shows: Uint8Array): Necessity {
    this.#names ??= nameSteps(this.#program, this.#machine, this.#stepsMax, this.#graph);
    const names = this.#names;
    const search = new OrderSearch(this.#graph, names, shows);
    const steps = stepsOf(this.#graph, schedule) ?? [];
    const shown = steps.findIndex((step) => search.shown(step));
    if (shown < 0) return { orders: null, reason: "the schedule never ends" };
    const way = steps.slice(0, shown + 1);
    const contacts = (taken: readonly number[]): Contact[] =>
      contactsOf(this.#program, this.#machine, this.#stepsMax, scheduleBy(this.#graph, taken));
    const found = new Fewest(search, names, way, contacts).find();
    if (typeof found === "string") return { orders: null, reason: found };
    const named = found.map(({ before, after }) => {
      return { before: stepText(names, before), after: stepText(names, after) };
    });
    return { orders: named, reason: null };
  }
}

function stepText(names: StepNames, { name, nth }: Occurrence): OrderedStep {
  const { task, place, inner } = names.names[name]!;
  return { task, place, nth, ...(inner === null ? {} : { step: inner }) };
}

/** An order, and where its steps stand in the way: `later` is its length where it comes not at all. */
interface Candidate extends Order {
  readonly earlier: number;
  readonly later: number;
  /** How little its two steps have to do with each other: 0 where they touch the same memory. */
  readonly distance: number;
}

/** The search for one finding. A class because what it has learned grows. */
class Fewest {
  readonly #search: OrderSearch;
  readonly #names: StepNames;
  readonly #way: readonly number[];
  readonly #occurrences: readonly Occurrence[];
  readonly #contacts: (steps: readonly number[]) => readonly Contact[];
  readonly #own: readonly Contact[];
  readonly #candidates: Candidate[] = [];
  readonly #breaks: bigint[] = [];
  readonly #exceptions: ReadonlyMap<string, number>[] = [];
  readonly #known: Set<string>;

  constructor(
    search: OrderSearch,
    names: StepNames,
    way: readonly number[],
    contacts: (steps: readonly number[]) => readonly Contact[],
  ) {
    this.#search = search;
    this.#names = names;
    this.#way = way;
    this.#contacts = contacts;
    this.#occurrences = occurrencesOf(names, way);
    this.#own = contacts(way);
    this.#known = new Set(this.#occurrences.map(keyOf));
    for (const [later, after] of this.#occurrences.entries()) this.#add(after, later, this.#own[later]!);
  }

  /** A smallest set, or why there is none. */
  find(): readonly Order[] | string {
    let chosen: number[] = [];
    while (true) {
      const orders = chosen.map((c) => this.#candidates[c]!);
      const exception = this.#search.exception(orders, this.#way);
      if (exception === undefined) return TOO_LARGE;
      if (exception === null) return this.#exchanged(orders);
      this.#learn(exception);
      if (this.#search.visited > VISITS_MAX) return BUDGET;
      const next = smallestHitting(this.#breaks, this.#exceptions.length, ORDERS_MAX);
      if (next === undefined) return BUDGET;
      if (next === null) {
        const last = 1n << BigInt(this.#exceptions.length - 1);
        return this.#breaks.some((mask) => (mask & last) !== 0n) ? TOO_MANY : NOT_ORDERS;
      }
      chosen = next;
    }
  }

  #learn(exception: readonly number[]): void {
    const occurrences = occurrencesOf(this.#names, exception);
    const at = new Map(occurrences.map((each, n) => [keyOf(each), n]));
    this.#exceptions.push(at);
    const contacts = this.#contacts(exception);
    occurrences.forEach((each, n) => {
      if (this.#known.has(keyOf(each))) return;
      this.#known.add(keyOf(each));
      this.#add(each, this.#way.length, contacts[n]!);
    });
    const bit = 1n << BigInt(this.#exceptions.length - 1);
    this.#candidates.forEach((candidate, c) => {
      if (isBroken(candidate, at)) this.#breaks[c]! |= bit;
    });
  }

  /** All orders in which an occurrence comes later. */
  #add(after: Occurrence, later: number, contact: Contact): void {
    const task = this.#names.names[after.name]!.task;
    const end = Math.min(later, this.#occurrences.length);
    for (let earlier = end - 1; earlier >= 0; earlier--) {
      const before = this.#occurrences[earlier]!;
      if (this.#names.names[before.name]!.task === task) continue;
      const distance = related(this.#own[earlier]!, contact);
      const candidate = { before, after, earlier, later, distance };
      this.#candidates.push(candidate);
      let mask = 0n;
      this.#exceptions.forEach((at, n) => {
        if (isBroken(candidate, at)) mask |= 1n << BigInt(n);
      });
      this.#breaks.push(mask);
    }
  }

  /** The same with orders that say more to a reader, as long as they force the finding together. */
  #exchanged(orders: readonly Candidate[]): readonly Order[] {
    const best = [...orders];
    let searches = 0;
    for (const [n, order] of orders.entries()) {
      const better = this.#candidates.filter((c) => cost(c) < cost(order)).sort((a, b) => cost(a) - cost(b));
      for (const candidate of better) {
        const tried = best.map((each, i) => (i === n ? candidate : each));
        // Most are refused by an exception that is known.
        if (this.#exceptions.some((at) => !tried.some((each) => isBroken(each, at)))) continue;
        if (this.#search.visited > VISITS_MAX || ++searches > EXCHANGES_MAX) break;
        if (this.#search.exception(tried, this.#way) !== null) continue;
        best[n] = candidate;
        break;
      }
    }
    return best.sort((a, b) => a.earlier - b.earlier || a.later - b.later);
  }
}

/** Steps that have to do with each other first, then those that stand close together. */
function cost({ distance, earlier, later }: Candidate): number {
  return distance * 1e6 + (later - earlier);
}

/** The later step happens in the schedule, and the earlier one not before it. */
function isBroken({ before, after }: Order, at: ReadonlyMap<string, number>): boolean {
  const later = at.get(keyOf(after));
  if (later === undefined) return false;
  const earlier = at.get(keyOf(before));
  return earlier === undefined || earlier > later;
}

function keyOf({ name, nth }: Occurrence): string {
  return `${name} ${nth}`;
}
