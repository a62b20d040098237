// What several primitives of the reference interpreter need of tasks: may this one sleep, which function
// can run as a task, which slot is free.

import {
  Detail,
  FUNCTION_BASE,
  LimitKind,
  POINTER_BASE,
  TASKS_MAX,
  Violation,
} from "../../../assembly/abi.ts";
import type { MemoryObject } from "./memory.ts";
import { reachLimit, type State, type Task, violate } from "./state.ts";

export function mustNotSleep(task: Task): boolean {
  return task.atomicDepth > 0 || task.irqsOff || task.softirqsOff > 0;
}

export function sleepingCheck(state: State, task: Task, object?: MemoryObject): void {
  if (mustNotSleep(task)) violate(state, task, Violation.LOCK_MISUSE, Detail.SLEEPING_WHILE_ATOMIC, object);
}

/** The entry that runs a function as a task; calling anything else is a violation. */
export function taskFunction(state: State, task: Task, fn: number): number {
  const entry = state.ir.functions[fn - FUNCTION_BASE]?.entry ?? -1;
  if (entry >= 0) return entry;
  return violate(state, task, fn < POINTER_BASE ? Violation.NULL_DEREF : Violation.BAD_POINTER);
}

/** Lowest slot that no thread has and no dynamic task occupies. */
export function freeSlot(state: State): number {
  for (let slot = state.ir.threads.length; slot < TASKS_MAX; slot++) {
    const occupant = state.tasks.get(slot);
    if (occupant === undefined || occupant.ended) return slot;
  }
  return reachLimit(state, LimitKind.TASKS);
}

/** From here on the task waits until each of these has ended. */
export function waitForTasks(task: Task, others: readonly Task[]): void {
  task.waitMask = new Set();
  task.waitDomain = 0;
  task.waitTasks = new Set(others.map((other) => other.slot));
}
