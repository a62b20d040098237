// mutex and spinlock of the reference interpreter: the owner cell holds the holder's slot + 1. Waiting for
// a lock is in blocking.ts. Not modelled: fairness, priorities, lock order.

import { Detail, LOCK_OWNER, Violation } from "../../../assembly/abi.ts";
import type { Cell } from "./memory.ts";
import { cellAt, type State, type Task, violate } from "./state.ts";
import { sleepingCheck } from "./tasks.ts";

function ownLockCheck(state: State, task: Task, owner: Cell): void {
  if (owner.value === task.slot + 1) {
    violate(state, task, Violation.LOCK_MISUSE, Detail.DOUBLE_LOCK, owner.object);
  }
}

function takeLock(task: Task, owner: Cell): void {
  owner.value = task.slot + 1;
  task.locksHeld++;
}

function giveBackLock(state: State, task: Task, owner: Cell): void {
  if (owner.value !== task.slot + 1) {
    violate(state, task, Violation.LOCK_MISUSE, Detail.FOREIGN_UNLOCK, owner.object);
  }
  owner.value = 0;
  task.locksHeld--;
}

export function mutexLock(state: State, task: Task, [lock = 0]: readonly number[]): number {
  const owner = cellAt(state, task, lock + LOCK_OWNER);
  ownLockCheck(state, task, owner);
  sleepingCheck(state, task, owner.object);
  takeLock(task, owner);
  return 0;
}

export function mutexUnlock(state: State, task: Task, [lock = 0]: readonly number[]): number {
  giveBackLock(state, task, cellAt(state, task, lock + LOCK_OWNER));
  return 0;
}

export function mutexTrylock(state: State, task: Task, [lock = 0]: readonly number[]): number {
  const owner = cellAt(state, task, lock + LOCK_OWNER);
  if (owner.value !== 0) return 0;
  takeLock(task, owner);
  return 1;
}

export function spinLock(state: State, task: Task, [lock = 0]: readonly number[]): number {
  const owner = cellAt(state, task, lock + LOCK_OWNER);
  ownLockCheck(state, task, owner);
  takeLock(task, owner);
  task.atomicDepth++;
  return 0;
}

export function spinUnlock(state: State, task: Task, [lock = 0]: readonly number[]): number {
  giveBackLock(state, task, cellAt(state, task, lock + LOCK_OWNER));
  task.atomicDepth--;
  return 0;
}

export function spinTrylock(state: State, task: Task, [lock = 0]: readonly number[]): number {
  const owner = cellAt(state, task, lock + LOCK_OWNER);
  if (owner.value !== 0) return 0;
  takeLock(task, owner);
  task.atomicDepth++;
  return 1;
}
