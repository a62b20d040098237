// rw_semaphore and rwlock_t of the reference interpreter, from the blocks in assembly/abi.ts: who reads, who
// writes, which writers are queued. Waiting is in blocking.ts. Not modelled: spinning, handoff, the order of
// the queue.

import {
  Detail,
  LimitKind,
  RWSEM_NESTING_MAX,
  RWSEM_OWNER,
  RWSEM_QUEUED,
  RWSEM_READERS,
  RWSEM_READS,
  RWSEM_SPINS,
  Violation,
} from "../../../assembly/abi.ts";
import { unsigned } from "./arithmetic.ts";
import type { Cell } from "./memory.ts";
import { cellAt, reachLimit, type State, type Task, violate } from "./state.ts";
import { sleepingCheck } from "./tasks.ts";

interface Semaphore {
  readonly owner: Cell;
  readonly reads: Cell;
  readonly queued: Cell;
  /** It is a rwlock_t. */
  readonly spins: boolean;
}

/** A semaphore is checked as a whole, whichever of its cells is wanted. */
function semaphoreAt(state: State, task: Task, pointer: number): Semaphore {
  const owner = cellAt(state, task, pointer + RWSEM_OWNER);
  const reads = cellAt(state, task, pointer + RWSEM_READS);
  const queued = cellAt(state, task, pointer + RWSEM_QUEUED);
  return { owner, reads, queued, spins: cellAt(state, task, pointer + RWSEM_SPINS).value !== 0 };
}

/** How often the task holds it for reading. */
function readsOf({ reads }: Semaphore, { slot }: Task): number {
  return Math.floor(reads.value / 4 ** slot) % 4;
}

function isWriter({ owner }: Semaphore, { slot }: Task): boolean {
  return owner.value === slot + 1;
}

function misuse(state: State, task: Task, detail: Detail): never {
  return violate(state, task, Violation.LOCK_MISUSE, detail);
}

function holdOne(task: Task, { spins }: Semaphore): void {
  task.locksHeld++;
  if (spins) task.atomicDepth++;
}

function giveBack(task: Task, { spins }: Semaphore): void {
  task.locksHeld--;
  if (spins) task.atomicDepth--;
}

function takeRead(state: State, task: Task, sem: Semaphore): number {
  if (readsOf(sem, task) === RWSEM_NESTING_MAX) reachLimit(state, LimitKind.NESTING);
  sem.owner.value = RWSEM_READERS;
  sem.reads.value += 4 ** task.slot;
  holdOne(task, sem);
  return 1;
}

function takeWrite(task: Task, sem: Semaphore): number {
  sem.owner.value = task.slot + 1;
  holdOne(task, sem);
  return 1;
}

export function downRead(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  if (isWriter(sem, task)) misuse(state, task, Detail.DOUBLE_LOCK);
  if (!sem.spins) sleepingCheck(state, task);
  takeRead(state, task, sem);
  return 0;
}

export function downReadTrylock(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  const hasWriter = sem.owner.value !== 0 && sem.owner.value !== RWSEM_READERS;
  return hasWriter || sem.queued.value !== 0 ? 0 : takeRead(state, task, sem);
}

export function rwsemQueueWrite(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  if (isWriter(sem, task) || readsOf(sem, task) > 0) misuse(state, task, Detail.DOUBLE_LOCK);
  if (!sem.spins) sleepingCheck(state, task);
  if (sem.owner.value === 0) return takeWrite(task, sem);
  sem.queued.value = unsigned(sem.queued.value | (1 << task.slot));
  return 0;
}

export function rwsemWaitWrite(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  sem.queued.value = unsigned(sem.queued.value & ~(1 << task.slot));
  return takeWrite(task, sem);
}

export function downWriteTrylock(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  return sem.owner.value === 0 && sem.queued.value === 0 ? takeWrite(task, sem) : 0;
}

export function upRead(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  if (readsOf(sem, task) === 0) misuse(state, task, Detail.FOREIGN_UNLOCK);
  sem.reads.value -= 4 ** task.slot;
  if (sem.reads.value === 0) sem.owner.value = 0;
  giveBack(task, sem);
  return 0;
}

export function upWrite(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  if (!isWriter(sem, task)) misuse(state, task, Detail.FOREIGN_UNLOCK);
  sem.owner.value = 0;
  giveBack(task, sem);
  return 0;
}

export function downgradeWrite(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const sem = semaphoreAt(state, task, pointer);
  if (!isWriter(sem, task)) misuse(state, task, Detail.FOREIGN_UNLOCK);
  sem.owner.value = RWSEM_READERS;
  sem.reads.value = 4 ** task.slot;
  return 0;
}
