// Interrupts and softirqs off, in the reference interpreter: flags of the task, both of which forbid to
// sleep.

import { Detail, Violation } from "../../../assembly/abi.ts";
import { type State, type Task, violate } from "./state.ts";
import { sleepingCheck } from "./tasks.ts";

export function irqDisable(_state: State, task: Task): number {
  const were = task.irqsOff;
  task.irqsOff = true;
  return were ? 1 : 0;
}

export function irqRestore(_state: State, task: Task, [off = 0]: readonly number[]): number {
  task.irqsOff = off !== 0;
  return 0;
}

export function bhDisable(_state: State, task: Task): number {
  task.softirqsOff++;
  return 0;
}

export function bhEnable(state: State, task: Task): number {
  if (task.softirqsOff === 0) violate(state, task, Violation.LOCK_MISUSE, Detail.UNBALANCED);
  task.softirqsOff--;
  return 0;
}

export function mightSleep(state: State, task: Task): number {
  sleepingCheck(state, task);
  return 0;
}
