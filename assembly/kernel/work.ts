// Workqueues and completions. A queued item is a task of its own (a kworker) that cannot start before its
// turn: at most max_active items of a queue run at a time, those of a queue that is one wide start in the
// order in which they were queued, and one queue never runs an item twice at once. An item with a delay is
// such a task too: its first step is the expiry of its timer. Waiting for items is flush.ts.

import {
  COMPLETION_ALL, COMPLETION_DONE, Detail, INSTRUCTION_BYTES, JUMP_BLOCKS, QUEUE_ACTIVE, QUEUE_DRAINERS,
  QUEUE_MAX_ACTIVE, QUEUE_WAITING, Violation, WORK_DISABLED, WORK_FUNCTION, WORK_PENDING, WORK_RUNNING,
} from "../abi";
import { FOOT_TICKET, footCountCell, footRead, footWrite, footWriteCell } from "../core/footprint";
import {
  KIND_KWORKER, TASK_ARGUMENT, TASK_FUNCTION, TASK_KIND, TASK_PC, TASK_QUEUE, TASK_TICKET,
} from "../core/layout";
import {
  taskArrive, taskEntry, taskForget, taskGoTo, taskMaySleep, taskSpawn, taskTimed, taskUnstarted,
} from "../machine/task";
import {
  cellGet, cellLives, cellSet, live, runnable, setRunnable, setTicket, structLives, structUsable, structWatch,
  taskBlock, ticket, violate, violatePointer,
} from "../machine/state";

export const WORK_CELLS: u32 = WORK_DISABLED + 1;
export const QUEUE_CELLS: u32 = QUEUE_DRAINERS + 1;

function usable(queue: u32, work: u32, slot: u32, site: u32): bool {
  return structUsable(queue, QUEUE_CELLS, slot, site) && structUsable(work, WORK_CELLS, slot, site);
}

function add(cell: u32, n: i32): void {
  cellSet(cell, cellGet(cell) + n);
}

// ---------------------------------------------------------------- onto a queue

/** 1 if the item was queued, 0 if it is pending already or disabled. */
export function workQueue(queue: u32, work: u32, slot: u32, site: u32): u32 {
  if (!usable(queue, work, slot, site)) return 0;
  if (cellGet(work + WORK_PENDING) | cellGet(work + WORK_DISABLED)) return 0;
  return enqueue(queue, work, slot, site);
}

/** The same for an item that its caller has marked as pending. */
export function workQueueClaimed(queue: u32, work: u32, slot: u32, site: u32): void {
  if (usable(queue, work, slot, site)) enqueue(queue, work, slot, site);
}

function enqueue(queue: u32, work: u32, slot: u32, site: u32): u32 {
  if (cellGet(queue + QUEUE_DRAINERS) && !isOwn(queue, slot)) {
    cellSet(work + WORK_PENDING, 1);
    violate(Violation.WARN, Detail.QUEUE_DRAINING, slot, site, -1, -1);
    return 1;
  }
  const kworker = spawn(queue, work, INSTRUCTION_BYTES, slot, site);
  if (kworker < 0) return 0;
  enter(<u32>kworker, queue);
  return 1;
}

/** The task is one of the queue's own items. */
function isOwn(queue: u32, slot: u32): bool {
  const task = taskBlock(slot);
  if (load<u32>(task, TASK_KIND) != KIND_KWORKER || load<u32>(task, TASK_QUEUE) != queue) return false;
  footRead(slot);
  return true;
}

/** A kworker for a pending item, `offset` bytes behind its function's CALLBACK_START. */
function spawn(queue: u32, work: u32, offset: u32, slot: u32, site: u32): i32 {
  const callback = cellGet(work + WORK_FUNCTION);
  const entry = taskEntry(callback, slot, site);
  if (!entry) return -1;
  const kworker = taskSpawn(KIND_KWORKER, callback, entry + offset, work, queue, 0);
  if (kworker >= 0) cellSet(work + WORK_PENDING, 1);
  return kworker;
}

/** A kworker takes its place in the queue. */
function enter(kworker: u32, queue: u32): void {
  add(queue + QUEUE_WAITING, 1);
  footWrite(FOOT_TICKET);
  store<u32>(taskBlock(kworker), ticket, TASK_TICKET);
  setTicket(ticket + 1);
  taskArrive(kworker);
}

// ---------------------------------------------------------------- delays

/** 1 if a timer runs now that will queue the item, 0 if it is pending already or disabled. */
export function workDelay(queue: u32, work: u32, slot: u32, site: u32): u32 {
  if (!usable(queue, work, slot, site)) return 0;
  if (cellGet(work + WORK_PENDING) | cellGet(work + WORK_DISABLED)) return 0;
  return arm(queue, work, slot, site) ? 1 : 0;
}

/** Sets the timer of an item anew; 1 if it was pending. */
export function workRedelay(queue: u32, work: u32, slot: u32, site: u32): u32 {
  if (!usable(queue, work, slot, site)) return 0;
  const pending = workTakeBack(work);
  // Pending still: someone else claimed it.
  if (!(cellGet(work + WORK_PENDING) | cellGet(work + WORK_DISABLED))) arm(queue, work, slot, site);
  return pending;
}

function arm(queue: u32, work: u32, slot: u32, site: u32): bool {
  const kworker = spawn(queue, work, 2 * INSTRUCTION_BYTES - JUMP_BLOCKS, slot, site);
  if (kworker < 0) return false;
  // Who looks at the queue's kworkers meets one more.
  footCountCell(queue + QUEUE_WAITING);
  setRunnable(runnable | (1 << kworker));
  return true;
}

/** The timer of a kworker expires; false where it cannot go on to wait for its turn. */
export function workExpire(slot: u32, site: u32): bool {
  const task = taskBlock(slot);
  const queue = load<u32>(task, TASK_QUEUE);
  const work = load<u32>(task, TASK_ARGUMENT);
  if (!structUsable(work, WORK_CELLS, slot, site)) return false;
  if (!structUsable(queue, QUEUE_CELLS, slot, site)) return false;
  if (cellGet(queue + QUEUE_DRAINERS)) {
    violate(Violation.WARN, Detail.QUEUE_DRAINING, slot, site, -1, -1);
    forget(slot, queue, work);
    return false;
  }
  add(queue + QUEUE_WAITING, 1);
  footWrite(FOOT_TICKET);
  store<u32>(task, ticket, TASK_TICKET);
  setTicket(ticket + 1);
  return true;
}

/** A kworker goes whose item stays pending: who looks at the item's or the queue's meets one less. */
function forget(kworker: u32, queue: u32, work: u32): void {
  footWriteCell(work + WORK_PENDING);
  footCountCell(queue + QUEUE_WAITING);
  taskForget(kworker);
}

/** flush_delayed_work: the timer of an item, if it runs, expires here and now. */
export function workExpireNow(work: u32, slot: u32, site: u32): void {
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const task = taskBlock(other);
    if (!isKworkerOf(other, work) || !taskTimed(other)) continue;
    const queue = load<u32>(task, TASK_QUEUE);
    if (!structUsable(queue, QUEUE_CELLS, slot, site)) return;
    if (cellGet(queue + QUEUE_DRAINERS) && !isOwn(queue, slot)) {
      violate(Violation.WARN, Detail.QUEUE_DRAINING, slot, site, -1, -1);
      forget(other, queue, work);
      return;
    }
    footWrite(other);
    taskGoTo(task, load<u32>(task, TASK_PC) - INSTRUCTION_BYTES + JUMP_BLOCKS);
    enter(other, queue);
    return;
  }
}

// ---------------------------------------------------------------- off a queue

/** A kworker of this item. */
export function isKworkerOf(slot: u32, work: u32): bool {
  const task = taskBlock(slot);
  if (load<u32>(task, TASK_KIND) != KIND_KWORKER || load<u32>(task, TASK_ARGUMENT) != work) return false;
  // Who is none will never be: that one comes or goes shows in the item.
  footRead(slot);
  return true;
}

/** 1 if the item was pending and is no more. */
export function workCancel(work: u32, slot: u32, site: u32): u32 {
  return structUsable(work, WORK_CELLS, slot, site) ? workTakeBack(work) : 0;
}

export function workTakeBack(work: u32): u32 {
  if (!cellGet(work + WORK_PENDING)) return 0;
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    if (!isKworkerOf(other, work) || !taskUnstarted(other)) continue;
    const queue = load<u32>(taskBlock(other), TASK_QUEUE);
    cellSet(work + WORK_PENDING, 0);
    if (!taskTimed(other) && structLives(queue, QUEUE_CELLS)) add(queue + QUEUE_WAITING, -1);
    taskForget(other);
    return 1;
  }
  return 0;
}

// ---------------------------------------------------------------- kworkers

/** The kworker must wait for its turn. A freed item or queue does not block: touching it is the mistake. */
export function workBlocks(slot: u32): bool {
  const task = taskBlock(slot);
  const queue = load<u32>(task, TASK_QUEUE);
  const work = load<u32>(task, TASK_ARGUMENT);
  if (!structLives(queue, QUEUE_CELLS) || !structLives(work, WORK_CELLS)) return false;
  structWatch(queue, QUEUE_CELLS);
  structWatch(work, WORK_CELLS);
  if (cellGet(work + WORK_RUNNING) && isExecuted(slot, queue, work)) return true;
  const width = max<u32>(cellGet(queue + QUEUE_MAX_ACTIVE), 1);
  if (cellGet(queue + QUEUE_ACTIVE) >= width) return true;
  // What is wider has a pool for each CPU or node, and order within a pool only.
  if (width > 1 || cellGet(queue + QUEUE_WAITING) < 2) return false;
  const mine = load<u32>(task, TASK_TICKET);
  for (let rest = live & ~(1 << slot); rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    if (!isOwn(queue, other) || !taskUnstarted(other) || taskTimed(other)) continue;
    if (load<u32>(taskBlock(other), TASK_TICKET) < mine) return true;
  }
  return false;
}

/** The queue executes the item with this function already. On another queue, or after the function was
 * changed, it may run beside itself, as in the kernel. */
function isExecuted(slot: u32, queue: u32, work: u32): bool {
  const callback = load<u32>(taskBlock(slot), TASK_FUNCTION);
  for (let rest = live & ~(1 << slot); rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    if (!isOwn(queue, other) || !isKworkerOf(other, work) || taskUnstarted(other)) continue;
    if (load<u32>(taskBlock(other), TASK_FUNCTION) == callback) return true;
  }
  return false;
}

/** The kworker takes its item. */
export function workStart(slot: u32, site: u32): void {
  const task = taskBlock(slot);
  const queue = load<u32>(task, TASK_QUEUE);
  const work = load<u32>(task, TASK_ARGUMENT);
  if (!structUsable(work, WORK_CELLS, slot, site)) return;
  if (!structUsable(queue, QUEUE_CELLS, slot, site)) return;
  cellSet(work + WORK_PENDING, 0);
  add(work + WORK_RUNNING, 1);
  add(queue + QUEUE_ACTIVE, 1);
  add(queue + QUEUE_WAITING, -1);
}

/** The kworker is done; the work function may have freed its own item. */
export function workEnd(slot: u32): void {
  const task = taskBlock(slot);
  const queue = load<u32>(task, TASK_QUEUE);
  const work = load<u32>(task, TASK_ARGUMENT);
  if (structLives(work, WORK_CELLS) && cellGet(work + WORK_RUNNING)) add(work + WORK_RUNNING, -1);
  if (structLives(queue, QUEUE_CELLS)) add(queue + QUEUE_ACTIVE, -1);
}

// ---------------------------------------------------------------- completions

export function completionComplete(completion: u32, all: bool, slot: u32, site: u32): void {
  if (!cellLives(completion)) {
    violatePointer(slot, site, completion);
    return;
  }
  const done = cellGet(completion + COMPLETION_DONE);
  if (all) cellSet(completion + COMPLETION_DONE, COMPLETION_ALL);
  else if (done != COMPLETION_ALL) cellSet(completion + COMPLETION_DONE, done + 1);
}

export function completionBlocks(completion: u32): bool {
  structWatch(completion, 1);
  return cellLives(completion) && cellGet(completion + COMPLETION_DONE) == 0;
}

export function completionWait(completion: u32, slot: u32, site: u32): void {
  if (!cellLives(completion)) {
    violatePointer(slot, site, completion);
    return;
  }
  if (!taskMaySleep(slot, site)) return;
  const done = cellGet(completion + COMPLETION_DONE);
  if (done != COMPLETION_ALL) cellSet(completion + COMPLETION_DONE, done - 1);
}
