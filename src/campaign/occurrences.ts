// Which step of which task each step of the graph of states is, in words that hold for all schedules: the
// task, the place in the source, and, counted along a schedule, for the how manieth time. kworkers and
// callbacks of one function are one task here; they come and go, and no reader can tell them apart.
//
// The graph does not say where a task stands. So each state is made once more, on a way of fewest steps, and
// looked at: ways to the states met last first, because they lead through the others.

import type { StateGraph } from "../engine/graph.ts";
import type { Program } from "../model/program.ts";
import { applySchedule, type Schedule } from "./apply.ts";
import type { SlotState, TraceMachine } from "./machine.ts";
import { placesOf, sitePlace } from "./places.ts";
import { fewestSteps, scheduleBy, stepsTo } from "./shortest.ts";
import type { SourcePlace } from "./summary.ts";

/** A step that some task takes at some place. */
export interface StepName {
  readonly task: string;
  /** Whose text it is: outside the kernel's headers if there is such a place. */
  readonly place: SourcePlace;
  /** What the step itself is, where that is another place. */
  readonly inner: SourcePlace | null;
}

export interface StepNames {
  /** By step of the graph: index into `names`; -1 for the set-up. */
  readonly of: Int32Array;
  readonly names: readonly StepName[];
}

/** The n-th time (from 1) that a step of a name is taken. */
export interface Occurrence {
  readonly name: number;
  readonly nth: number;
}

/** The machine has the program loaded, whose graph it is. */
export function nameSteps(
  program: Program,
  machine: TraceMachine,
  stepsMax: number,
  graph: StateGraph,
): StepNames {
  const { first, slot, states } = graph;
  const of = new Int32Array(graph.target.length).fill(-1);
  const names = new Names(program);
  const reached = fewestSteps(graph);
  const named = new Uint8Array(states);
  const look = (state: number): void => {
    if (state < 0 || state >= states || named[state] === 1) return;
    named[state] = 1;
    const slots = machine.slots();
    for (let step = first[state]!; step < first[state + 1]!; step++) of[step] = names.of(slots[slot[step]!]!);
  };
  for (let state = states - 1; state >= 0; state--) {
    if (named[state] === 1) continue;
    const steps = stepsTo(graph, reached, state);
    const on = steps.map((step) => graph.target[step]!);
    applySchedule(machine, stepsMax, scheduleBy(graph, steps), {
      before: (n) => look(on[n - 1]!),
      after: () => undefined,
    });
    look(state);
  }
  return { of, names: names.all };
}

/** A class because it is a table that fills. */
class Names {
  readonly all: StepName[] = [];
  readonly #program: Program;
  readonly #byKey = new Map<string, number>();
  readonly #byPc = new Map<string, number>();

  constructor(program: Program) {
    this.#program = program;
  }

  of(state: SlotState): number {
    const task = state.kind === 0 ? `thread ${state.slot}` : `${state.kind} ${state.function}`;
    const short = `${task} ${state.pc}`;
    const known = this.#byPc.get(short);
    if (known !== undefined) return known;
    const inner = placesOf(this.#program, this.#program.sourceMap[state.pc] ?? -1)[0]!;
    const key = `${task} ${inner.file}:${inner.line}:${inner.column} ${inner.function}`;
    const found = this.#byKey.get(key) ?? this.#add(key, state, inner);
    this.#byPc.set(short, found);
    return found;
  }

  #add(key: string, state: SlotState, inner: SourcePlace): number {
    const place = sitePlace(this.#program, state.pc)!;
    const same = place.file === inner.file && place.line === inner.line && place.column === inner.column;
    this.all.push({ task: this.#task(state), place, inner: same ? null : inner });
    this.#byKey.set(key, this.all.length - 1);
    return this.all.length - 1;
  }

  /** Threads that share a label are told apart by the letter that the schedule token uses. */
  #task(state: SlotState): string {
    const label = taskLabel(this.#program, state);
    const alike = this.#program.symbols.threads.filter((thread) => thread.label === label);
    return state.kind === 0 && alike.length > 1
      ? `${label} (${String.fromCharCode(97 + state.slot)})`
      : label;
  }
}

/** As it heads a column of a trace. */
export function taskLabel(program: Program, { kind, slot, function: of }: SlotState): string {
  const { functions, threads } = program.symbols;
  if (kind === 0) return threads[slot]?.label ?? `task ${slot}`;
  const name = functions[of]?.name ?? "?";
  return kind === 1 ? `kworker: ${name}` : `rcu: ${name}`;
}

/** The steps of the graph that a schedule takes, from the set-up on; null where it leaves the graph. */
export function stepsOf(graph: StateGraph, { picks, choices }: Schedule): number[] | null {
  const { first, slot, target, states } = graph;
  const steps: number[] = [];
  let state = states;
  let used = 0;
  for (let n = -1; n < picks.length; n++) {
    let taken = -1;
    for (let step = first[state]!; step < first[state + 1]!; step++) {
      if (n >= 0 && slot[step] !== picks[n]) continue;
      const own = graph.choices.get(step) ?? [];
      if (own.every((value, i) => value === (choices[used + i] ?? 0))) taken = step;
    }
    if (taken < 0) return null;
    used += graph.choices.get(taken)?.length ?? 0;
    steps.push(taken);
    state = target[taken]!;
    if (state < 0) break;
  }
  return steps;
}

/** Each step's occurrence along a way; the set-up has none. */
export function occurrencesOf(names: StepNames, steps: readonly number[]): Occurrence[] {
  const counts = new Map<number, number>();
  return steps.slice(1).map((step) => {
    const name = names.of[step]!;
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return { name, nth };
  });
}
