// Workqueues of the reference interpreter: each queued item is a task of its own that waits for its turn
// (see blocking.ts). Not modelled: delayed work, queues other than first come, first served.

import {
  QUEUE_ACTIVE,
  QUEUE_WAITING,
  WORK_FUNCTION,
  WORK_PENDING,
  WORK_RUNNING,
} from "../../../assembly/abi.ts";
import { unsigned } from "./arithmetic.ts";
import type { Cell } from "./memory.ts";
import { cellAt, newTask, peek, START, type State, setRegister, type Task, tasksLeft } from "./state.ts";
import { freeSlot, sleepingCheck, taskFunction } from "./tasks.ts";

interface WorkItem {
  readonly fn: Cell;
  readonly pending: Cell;
  readonly running: Cell;
}

/** A work item is checked as a whole, whichever of its cells is wanted. */
function workAt(state: State, task: Task, work: number): WorkItem {
  const fn = cellAt(state, task, work + WORK_FUNCTION);
  const pending = cellAt(state, task, work + WORK_PENDING);
  return { fn, pending, running: cellAt(state, task, work + WORK_RUNNING) };
}

export function queueWork(state: State, task: Task, [queue = 0, work = 0]: readonly number[]): number {
  const waiting = cellAt(state, task, queue + QUEUE_WAITING);
  const { fn, pending } = workAt(state, task, work);
  if (pending.value !== 0) return 0;
  const entry = taskFunction(state, task, fn.value);
  pending.value = 1;
  waiting.value = unsigned(waiting.value + 1);
  const turn = { work, queue, order: state.queued++ };
  const kworker = newTask("kworker", freeSlot(state), entry, { index: START, turn });
  state.tasks.set(kworker.slot, kworker);
  return 1;
}

/** Executes a kworker's start step. */
export function startWork(state: State, kworker: Task): void {
  const { work, queue } = kworker.turn!;
  const { pending, running } = workAt(state, kworker, work);
  const active = cellAt(state, kworker, queue + QUEUE_ACTIVE);
  const waiting = cellAt(state, kworker, queue + QUEUE_WAITING);
  pending.value = 0;
  running.value = 1;
  active.value = unsigned(active.value + 1);
  waiting.value = unsigned(waiting.value - 1);
  setRegister(kworker, 1, work);
}

/** A kworker ends. The function may have freed its own item, so the item may be gone. */
export function endWork(state: State, kworker: Task): void {
  const { work, queue } = kworker.turn!;
  if (peek(state, work + WORK_RUNNING) !== undefined) cellAt(state, kworker, work + WORK_RUNNING).value = 0;
  const active = cellAt(state, kworker, queue + QUEUE_ACTIVE);
  active.value = unsigned(active.value - 1);
}

export function cancelWork(state: State, task: Task, [work = 0]: readonly number[]): number {
  const { pending } = workAt(state, task, work);
  if (pending.value === 0) return 0;
  pending.value = 0;
  const kworker = tasksLeft(state).find((each) => each.turn?.work === work && each.index === START);
  if (kworker !== undefined) {
    const waiting = cellAt(state, task, kworker.turn!.queue + QUEUE_WAITING);
    waiting.value = unsigned(waiting.value - 1);
    kworker.ended = true;
  }
  return 1;
}

export function flushWork(state: State, task: Task, [work = 0]: readonly number[]): number {
  const { pending } = workAt(state, task, work);
  sleepingCheck(state, task, pending.object);
  return 1;
}
