// Which bit of a schedule's state is which vector. A variable of two values is one vector (0: its initial
// value), one of more is one vector a value; a task is one vector for each location and one for not existing.
// A segment of locations has one more, for being at any of them.

import type { Flag, Location, Network, Task, Variable } from "./network.ts";

/** A condition on one vector: that it is set, or that it is not. */
export interface Literal {
  readonly vector: number;
  readonly set: boolean;
}

/** Locations whose code is skipped together; `vector` says that a lane is at one of them. */
export interface Segment {
  readonly locations: readonly Location[];
  readonly vector: number;
}

export class Layout {
  /** For each vector: what it says, and whether it is set when a schedule begins. */
  readonly vectors: { readonly name: string; readonly initial: boolean }[] = [];
  /** First of those that say whether a lane has shown a finding. */
  readonly found: number;
  private readonly network: Network;
  private readonly locations = new Map<Location, number>();
  private readonly idles = new Map<Task, number>();
  private readonly variables = new Map<Variable, number[]>();
  private readonly sections = new Map<Flag, number>();
  private readonly relations = new Map<string, number>();
  private readonly segmentAt = new Map<Location, Segment>();
  private readonly segmentLists = new Map<Task, readonly Segment[]>();

  constructor(network: Network, segmentsOf: (task: Task) => readonly (readonly Location[])[]) {
    this.network = network;
    for (const task of network.tasks) {
      this.idles.set(task, this.add(`${task.name} does not exist`, task.start === null));
      for (const at of task.locations) {
        this.locations.set(at, this.add(`${task.name} at ${at.pc} (${at.index})`, at === task.start));
      }
    }
    for (const task of network.tasks) this.addSegments(task, segmentsOf(task));
    for (const flags of network.sections.values()) {
      for (const flag of flags) this.sections.set(flag, this.add(flag.name, false));
    }
    this.found = this.vectors.length;
    for (const finding of network.findings) {
      this.add(`finding ${finding.id} was shown`, network.begun.findings.includes(finding));
    }
  }

  private addSegments(task: Task, lists: readonly (readonly Location[])[]): void {
    const segments = lists.map((locations, n) => {
      const name = `${task.name} in segment ${n}`;
      const initial = task.start !== null && locations.includes(task.start);
      const vector = locations.length === 1 ? this.location(locations[0]!) : this.add(name, initial);
      return { locations, vector };
    });
    this.segmentLists.set(task, segments);
    for (const segment of segments) for (const at of segment.locations) this.segmentAt.set(at, segment);
  }

  private add(name: string, initial: boolean): number {
    this.vectors.push({ name, initial });
    return this.vectors.length - 1;
  }

  location(at: Location): number {
    return this.locations.get(at)!;
  }

  segment(at: Location): Segment {
    return this.segmentAt.get(at)!;
  }

  segments(task: Task): readonly Segment[] {
    return this.segmentLists.get(task)!;
  }

  idle(task: Task): number {
    return this.idles.get(task)!;
  }

  section(flag: Flag): number {
    return this.sections.get(flag)!;
  }

  /** A task waits for a section to end. */
  waits(waiter: number, section: Flag): number {
    return this.relation(`${this.network.tasks[waiter]!.name} waits for section ${section.id}`);
  }

  /** A task waits for another one. */
  awaits(waiter: number, task: Task): number {
    return this.relation(`${this.network.tasks[waiter]!.name} waits for ${task.name} of ${task.index}`);
  }

  /** No item of a queue that takes one at a time has begun: an item may begin and end in one step. */
  free(queue: number): number {
    return this.relation(`queue ${queue} is free`, true);
  }

  /** A kworker is behind another one on their queue. */
  behind(task: Task, other: Task): number {
    const initial = this.network.ahead.some(([a, b]) => a === task && b === other);
    const name = `${other.name} (${other.index}) is ahead of ${task.name} (${task.index})`;
    return this.relation(name, initial);
  }

  /** A vector for a pair: made when it is asked for first. */
  private relation(name: string, initial = false): number {
    let vector = this.relations.get(name);
    if (vector === undefined) {
      vector = this.add(name, initial);
      this.relations.set(name, vector);
    }
    return vector;
  }

  /** The vectors of a variable: one, or one a value. */
  of(variable: Variable): readonly number[] {
    let vectors = this.variables.get(variable);
    if (vectors === undefined) {
      const { domain, name } = variable;
      vectors =
        domain.length <= 2
          ? [this.add(`${name} = ${domain[1]}`, false)]
          : domain.map((value, n) => this.add(`${name} = ${value}`, n === 0));
      this.variables.set(variable, vectors);
    }
    return vectors;
  }

  /** Holds while the variable has the value. */
  literal(variable: Variable, value: number): Literal {
    if (variable.exists !== undefined) return { vector: this.idle(variable.exists), set: value === 0 };
    const vectors = this.of(variable);
    const code = variable.domain.indexOf(value);
    return vectors.length === 1
      ? { vector: vectors[0]!, set: code === 1 }
      : { vector: vectors[code]!, set: true };
  }
}
