// Workqueues of the reference interpreter: each queued item is a task of its own that waits for its turn (see
// blocking.ts). Not modelled: delayed work, queues other than first come, first served.

import {
  QUEUE_ACTIVE,
  QUEUE_WAITING,
  WORK_FUNCTION,
  WORK_PENDING,
  WORK_RUNNING,
} from "../../../assembly/abi.ts";
import { unsigned } from "./arithmetic.ts";
import { cellAt, newTask, peek, START, type State, setRegister, type Task, tasksLeft } from "./state.ts";
import { freeSlot, sleepingCheck, taskFunction } from "./tasks.ts";

export function queueWork(state: State, task: Task, [queue = 0, work = 0]: readonly number[]): number {
  const pending = cellAt(state, task, work + WORK_PENDING);
  if (pending.value !== 0) return 0;
  const waiting = cellAt(state, task, queue + QUEUE_WAITING);
  const entry = taskFunction(state, task, cellAt(state, task, work + WORK_FUNCTION).value);
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
  const pending = cellAt(state, kworker, work + WORK_PENDING);
  const running = cellAt(state, kworker, work + WORK_RUNNING);
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
  const pending = cellAt(state, task, work + WORK_PENDING);
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
  const pending = cellAt(state, task, work + WORK_PENDING);
  cellAt(state, task, work + WORK_RUNNING);
  sleepingCheck(state, task, pending.object);
  return 1;
}
