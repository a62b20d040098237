// Mutexes and spinlocks: one cell, the holder's slot + 1. A spinlock makes its holder atomic.

import { Detail, LOCK_OWNER, Violation } from "../abi";
import { TASK_ATOMIC, TASK_LOCKS } from "../core/layout";
import { taskMaySleep } from "../machine/task";
import {
  cellGet, cellLives, cellSet, structWatch, taskBlock, violate, violatePointer,
} from "../machine/state";

function take(lock: u32, slot: u32, spin: bool): void {
  cellSet(lock + LOCK_OWNER, slot + 1);
  const task = taskBlock(slot);
  store<u32>(task, load<u32>(task, TASK_LOCKS) + 1, TASK_LOCKS);
  if (spin) store<u32>(task, load<u32>(task, TASK_ATOMIC) + 1, TASK_ATOMIC);
}

/** Takes the lock, which is free or, by mistake, the task's own. */
export function locksLock(lock: u32, spin: bool, slot: u32, site: u32): void {
  if (!cellLives(lock)) violatePointer(slot, site, lock);
  else if (cellGet(lock + LOCK_OWNER)) violate(Violation.LOCK_MISUSE, Detail.DOUBLE_LOCK, slot, site, -1, -1);
  else if (spin || taskMaySleep(slot, site)) take(lock, slot, spin);
}

/** 1 if the lock was free and is now the task's. */
export function locksTrylock(lock: u32, spin: bool, slot: u32, site: u32): u32 {
  if (!cellLives(lock)) {
    violatePointer(slot, site, lock);
    return 0;
  }
  if (cellGet(lock + LOCK_OWNER)) return 0;
  take(lock, slot, spin);
  return 1;
}

export function locksUnlock(lock: u32, spin: bool, slot: u32, site: u32): void {
  if (!cellLives(lock)) {
    violatePointer(slot, site, lock);
    return;
  }
  if (cellGet(lock + LOCK_OWNER) != slot + 1) {
    violate(Violation.LOCK_MISUSE, Detail.FOREIGN_UNLOCK, slot, site, -1, -1);
    return;
  }
  cellSet(lock + LOCK_OWNER, 0);
  const task = taskBlock(slot);
  store<u32>(task, load<u32>(task, TASK_LOCKS) - 1, TASK_LOCKS);
  if (spin) store<u32>(task, load<u32>(task, TASK_ATOMIC) - 1, TASK_ATOMIC);
}

/**
 * A task that wants the lock must wait. An own lock does not block: taking it again is the mistake to report.
 */
export function locksBlocks(lock: u32, slot: u32): bool {
  if (!cellLives(lock)) return false;
  structWatch(lock, 1);
  const owner = cellGet(lock + LOCK_OWNER);
  return owner != 0 && owner != slot + 1;
}
