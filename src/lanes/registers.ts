// The registers of a task in the middle of a step. What its location does not tell of them is asked of the
// run where it is read, and only there: what is handed on unread costs nothing.

import type { Held, Location, Task } from "./network.ts";
import { type Run, RunOver } from "./run.ts";
import type { Place, World } from "./world.ts";

/** What is known of registers to begin with. */
interface About {
  readonly registers: ReadonlyMap<number, number>;
  readonly held?: ReadonlyMap<number, Held>;
}

export class Registers {
  private readonly run: Run;
  private readonly task: Task;
  private readonly values: Map<number, number>;
  private readonly held: ReadonlyMap<number, Held>;

  constructor(run: Run, task: Task, from: About) {
    this.run = run;
    this.task = task;
    this.values = new Map(from.registers);
    this.held = from.held ?? new Map();
  }

  get(r: number): number {
    if (r === 0) return 0;
    if (r === 1) return this.task.frame;
    let value = this.values.get(r);
    if (value === undefined) {
      const held = this.held.get(r);
      value = held === undefined ? 0 : this.run.get(held.variable, held.values);
      this.values.set(r, value);
    }
    return value;
  }

  set(r: number, value: number): void {
    if (r > 1) this.values.set(r, value >>> 0);
  }

  /** Where a register is held that was neither read nor set. */
  untouched(r: number): Held | undefined {
    return this.values.has(r) ? undefined : this.held.get(r);
  }
}

/** The location to which a step takes a task with these registers; writes those that are held there. */
export function arriveAt(run: Run, place: Place, registers: Registers): Location {
  const { world } = run;
  const values = new Map<number, number>();
  const held = new Map<number, Held>();
  for (const r of world.registersAt(place)) {
    const from = registers.untouched(r);
    if (from !== undefined && from.variable === world.holder(place, r)) {
      held.set(r, from);
      continue;
    }
    const value = registers.get(r);
    const variable = world.hold(place, r, value);
    if (variable === undefined) {
      if (!world.admitsHere(place, r, value)) throw new RunOver("overflow");
      values.set(r, value);
    } else {
      run.set(variable, value);
      held.set(r, { variable, values: [value] });
    }
  }
  return world.location(place, values, held);
}

/** Where a task stands when schedules begin. */
export function beginAt(world: World, place: Place, register: (r: number) => number): Location {
  const values = new Map<number, number>();
  const held = new Map<number, Held>();
  for (const r of world.registersAt(place)) {
    const value = register(r);
    const variable = world.hold(place, r, value);
    if (variable === undefined) values.set(r, value);
    else held.set(r, { variable, values: [value] });
  }
  return world.location(place, values, held);
}
