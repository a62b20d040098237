// Read-write semaphores and rwlocks, as kernel/locking/rwsem.c of Linux behaves, and qrwlock.c for a reader
// that is no interrupt handler: readers share; a reader that comes while readers hold the lock waits behind
// a writer that is queued, so that reading recursively can deadlock; a lock that is free may be had by
// whoever comes first, even past a queued writer (lock stealing). A queued reader is not told from one that
// has yet to come. A rwlock makes its holder atomic. Not modelled: optimistic spinning, handoff.

import {
  Detail, LimitKind, Op, RWSEM_NESTING_MAX, RWSEM_OWNER, RWSEM_QUEUED, RWSEM_READERS, RWSEM_READS,
  RWSEM_SPINS, Violation,
} from "../abi";
import { TASK_ATOMIC, TASK_LOCKS } from "../core/layout";
import { taskMaySleep } from "../machine/task";
import {
  cellGet, cellSet, stopAtLimit, structLives, structUsable, structWatch, taskBlock, violate,
} from "../machine/state";

const RWSEM_CELLS: u32 = RWSEM_SPINS + 1;

// @ts-ignore: decorator
@inline
export function rwsemIs(op: u32): bool {
  return (op >= <u32>Op.RWSEM_QUEUE_WRITE && op <= <u32>Op.DOWNGRADE_WRITE)
    || op == Op.DOWN_READ || op == Op.RWSEM_WAIT_WRITE;
}

export function rwsemStep(op: u32, sem: u32, slot: u32, site: u32): u32 {
  if (!structUsable(sem, RWSEM_CELLS, slot, site)) return 0;
  const owner = cellGet(sem + RWSEM_OWNER);
  const queued = cellGet(sem + RWSEM_QUEUED);
  switch (op) {
    case Op.DOWN_READ:
      if (owner == slot + 1) misuse(Detail.DOUBLE_LOCK, slot, site);
      else if (mayWait(sem, slot, site)) read(sem, slot);
      return 0;
    case Op.DOWN_READ_TRYLOCK:
      if ((owner != 0 && owner != RWSEM_READERS) || queued) return 0;
      return read(sem, slot);
    case Op.RWSEM_QUEUE_WRITE:
      if (owner == slot + 1 || reads(sem, slot)) return misuse(Detail.DOUBLE_LOCK, slot, site);
      if (!mayWait(sem, slot, site)) return 0;
      if (owner == 0) return write(sem, slot);
      cellSet(sem + RWSEM_QUEUED, queued | (1 << slot));
      return 0;
    case Op.RWSEM_WAIT_WRITE:
      cellSet(sem + RWSEM_QUEUED, queued & ~(1 << slot));
      return write(sem, slot);
    case Op.DOWN_WRITE_TRYLOCK:
      return owner == 0 && queued == 0 ? write(sem, slot) : 0;
    case Op.UP_READ:
      if (!reads(sem, slot)) return misuse(Detail.FOREIGN_UNLOCK, slot, site);
      cellSet(sem + RWSEM_READS, cellGet(sem + RWSEM_READS) - (1 << (2 * slot)));
      if (cellGet(sem + RWSEM_READS) == 0) cellSet(sem + RWSEM_OWNER, 0);
      held(sem, slot, -1);
      return 0;
    case Op.UP_WRITE:
      if (owner != slot + 1) return misuse(Detail.FOREIGN_UNLOCK, slot, site);
      cellSet(sem + RWSEM_OWNER, 0);
      held(sem, slot, -1);
      return 0;
    case Op.DOWNGRADE_WRITE:
      if (owner != slot + 1) return misuse(Detail.FOREIGN_UNLOCK, slot, site);
      cellSet(sem + RWSEM_OWNER, RWSEM_READERS);
      cellSet(sem + RWSEM_READS, 1 << (2 * slot));
      return 0;
    default:
      unreachable();
  }
  return 0;
}

/** An own lock does not block: taking it again is the mistake to report. */
export function rwsemBlocks(op: u32, sem: u32, slot: u32): bool {
  structWatch(sem, RWSEM_CELLS);
  if (!structLives(sem, RWSEM_CELLS)) return false;
  const owner = cellGet(sem + RWSEM_OWNER);
  if (op == Op.RWSEM_WAIT_WRITE) return owner != 0;
  if (owner == RWSEM_READERS) return cellGet(sem + RWSEM_QUEUED) != 0;
  return owner != 0 && owner != slot + 1;
}

/** Spinning is no sleep: every context may. */
function mayWait(sem: u32, slot: u32, site: u32): bool {
  return cellGet(sem + RWSEM_SPINS) != 0 || taskMaySleep(slot, site);
}

/** How often the task holds it for reading. */
function reads(sem: u32, slot: u32): u32 {
  return (cellGet(sem + RWSEM_READS) >> (2 * slot)) & RWSEM_NESTING_MAX;
}

function read(sem: u32, slot: u32): u32 {
  if (reads(sem, slot) == RWSEM_NESTING_MAX) {
    stopAtLimit(LimitKind.NESTING);
    return 0;
  }
  cellSet(sem + RWSEM_OWNER, RWSEM_READERS);
  cellSet(sem + RWSEM_READS, cellGet(sem + RWSEM_READS) + (1 << (2 * slot)));
  return held(sem, slot, 1);
}

function write(sem: u32, slot: u32): u32 {
  cellSet(sem + RWSEM_OWNER, slot + 1);
  return held(sem, slot, 1);
}

function held(sem: u32, slot: u32, change: i32): u32 {
  const task = taskBlock(slot);
  store<u32>(task, load<u32>(task, TASK_LOCKS) + change, TASK_LOCKS);
  if (cellGet(sem + RWSEM_SPINS)) store<u32>(task, load<u32>(task, TASK_ATOMIC) + change, TASK_ATOMIC);
  return 1;
}

function misuse(detail: u32, slot: u32, site: u32): u32 {
  violate(Violation.LOCK_MISUSE, detail, slot, site, -1, -1);
  return 0;
}
