// Which bit of a schedule's state is which vector. A variable of two values is one vector (0: its initial
// value), one of more is one vector a value; a task is one vector for each location and one for not existing.

import type { Flag, Location, Network, Task, Variable } from "./network.ts";

/** A condition on one vector: that it is set, or that it is not. */
export interface Literal {
  readonly vector: number;
  readonly set: boolean;
}

export class Layout {
  /** For each vector: what it says, and whether it is set when a schedule begins. */
  readonly vectors: { readonly name: string; readonly initial: boolean }[] = [];
  private readonly locations = new Map<Location, number>();
  private readonly idles = new Map<Task, number>();
  private readonly variables = new Map<Variable, number[]>();
  private readonly sections = new Map<Flag, number>();
  private readonly relations = new Map<string, number>();

  constructor(network: Network) {
    for (const task of network.tasks) {
      this.idles.set(task, this.add(`${task.name} does not exist`, task.start === null));
      for (const at of task.locations) {
        this.locations.set(at, this.add(`${task.name} at ${at.pc} (${at.index})`, at === task.start));
      }
    }
    for (const flags of network.sections.values()) {
      for (const flag of flags) this.sections.set(flag, this.add(flag.name, false));
    }
  }

  private add(name: string, initial: boolean): number {
    this.vectors.push({ name, initial });
    return this.vectors.length - 1;
  }

  location(at: Location): number {
    return this.locations.get(at)!;
  }

  idle(task: Task): number {
    return this.idles.get(task)!;
  }

  section(flag: Flag): number {
    return this.sections.get(flag)!;
  }

  /** A vector for a pair: made when it is asked for first. */
  relation(name: string, initial = false): number {
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
