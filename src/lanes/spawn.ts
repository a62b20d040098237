// Kworkers and callbacks come to be.

import { FUNCTION_BASE, Violation } from "../../assembly/abi.ts";
import type { Jump } from "./image.ts";
import type { Task } from "./network.ts";
import { arriveAt, Registers } from "./registers.ts";
import { type Run, RunOver } from "./run.ts";

/** Where a function starts as a task; a violation where the value is none that can. */
export function functionStart(run: Run, site: number, callback: number): Jump {
  const start = run.world.image.functions[callback - FUNCTION_BASE];
  if (start !== undefined && start !== null) return start;
  run.violate(callback < 4096 ? Violation.NULL_DEREF : Violation.BAD_POINTER, 0, site);
  throw new RunOver("violated");
}

/** A task comes to be at its start. */
export function spawn(run: Run, task: Task, pc: number, atomic: number): void {
  const registers = new Registers(run, task, { registers: new Map([[2, task.argument]]) });
  const location = arriveAt(run, run.world.unstarted(task, pc, atomic), registers);
  run.effects.push({ do: "spawn", location });
}
