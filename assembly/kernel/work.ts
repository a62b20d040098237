// Workqueues and completions. A queued item is a task of its own (a kworker) that cannot start before its
// turn: items of a queue start in the order in which they were queued, at most max_active run at a time,
// and one item never runs twice at once.

import {
  COMPLETION_ALL, COMPLETION_DONE, QUEUE_ACTIVE, QUEUE_MAX_ACTIVE, QUEUE_WAITING, WORK_FUNCTION,
  WORK_PENDING, WORK_RUNNING,
} from "../abi";
import { KIND_KWORKER, TASK_ARGUMENT, TASK_KIND, TASK_QUEUE, TASK_TICKET } from "../core/layout";
import { taskArrive, taskEntry, taskForget, taskMaySleep, taskSpawn, taskUnstarted } from "../machine/task";
import {
  cellGet, cellLives, cellSet, live, setTicket, structLives, structUsable, structWatch, taskBlock, ticket,
  violatePointer,
} from "../machine/state";

const WORK_CELLS: u32 = WORK_RUNNING + 1;
const QUEUE_CELLS: u32 = QUEUE_WAITING + 1;

/** 1 if the item was queued, 0 if it was pending already. */
export function workQueue(queue: u32, work: u32, slot: u32, site: u32): u32 {
  if (!structUsable(queue, QUEUE_CELLS, slot, site)) return 0;
  if (!structUsable(work, WORK_CELLS, slot, site)) return 0;
  if (cellGet(work + WORK_PENDING)) return 0;
  const callback = cellGet(work + WORK_FUNCTION);
  const entry = taskEntry(callback, slot, site);
  if (!entry) return 0;
  const spawned = taskSpawn(KIND_KWORKER, callback, entry, work, queue, 0);
  if (spawned < 0) return 0;
  cellSet(work + WORK_PENDING, 1);
  cellSet(queue + QUEUE_WAITING, cellGet(queue + QUEUE_WAITING) + 1);
  store<u32>(taskBlock(<u32>spawned), ticket, TASK_TICKET);
  setTicket(ticket + 1);
  taskArrive(<u32>spawned);
  return 1;
}

/** 1 if the item was pending and is no more. */
export function workCancel(work: u32, slot: u32, site: u32): u32 {
  if (!structUsable(work, WORK_CELLS, slot, site)) return 0;
  if (!cellGet(work + WORK_PENDING)) return 0;
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const task = taskBlock(other);
    if (load<u32>(task, TASK_KIND) != KIND_KWORKER || load<u32>(task, TASK_ARGUMENT) != work) continue;
    if (!taskUnstarted(other)) continue;
    const queue = load<u32>(task, TASK_QUEUE);
    cellSet(work + WORK_PENDING, 0);
    if (structLives(queue, QUEUE_CELLS)) cellSet(queue + QUEUE_WAITING, cellGet(queue + QUEUE_WAITING) - 1);
    taskForget(other);
    return 1;
  }
  return 0;
}

/** The kworker must wait for its turn. A freed item or queue does not block: touching it is the mistake. */
export function workBlocks(slot: u32): bool {
  const task = taskBlock(slot);
  const queue = load<u32>(task, TASK_QUEUE);
  const work = load<u32>(task, TASK_ARGUMENT);
  if (!structLives(queue, QUEUE_CELLS) || !structLives(work, WORK_CELLS)) return false;
  structWatch(queue, QUEUE_CELLS);
  structWatch(work, WORK_CELLS);
  if (cellGet(work + WORK_RUNNING)) return true;
  if (cellGet(queue + QUEUE_ACTIVE) >= max<u32>(cellGet(queue + QUEUE_MAX_ACTIVE), 1)) return true;
  if (cellGet(queue + QUEUE_WAITING) < 2) return false;
  const mine = load<u32>(task, TASK_TICKET);
  for (let rest = live & ~(1 << slot); rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const block = taskBlock(other);
    if (load<u32>(block, TASK_KIND) == KIND_KWORKER && load<u32>(block, TASK_QUEUE) == queue) {
      if (taskUnstarted(other) && load<u32>(block, TASK_TICKET) < mine) return true;
    }
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
  cellSet(work + WORK_RUNNING, 1);
  cellSet(queue + QUEUE_ACTIVE, cellGet(queue + QUEUE_ACTIVE) + 1);
  cellSet(queue + QUEUE_WAITING, cellGet(queue + QUEUE_WAITING) - 1);
}

/** The kworker is done; the work function may have freed its own item. */
export function workEnd(slot: u32): void {
  const task = taskBlock(slot);
  const queue = load<u32>(task, TASK_QUEUE);
  const work = load<u32>(task, TASK_ARGUMENT);
  if (structLives(work, WORK_CELLS)) cellSet(work + WORK_RUNNING, 0);
  if (structLives(queue, QUEUE_CELLS)) cellSet(queue + QUEUE_ACTIVE, cellGet(queue + QUEUE_ACTIVE) - 1);
}

/** flush_work must wait. */
export function workFlushBlocks(work: u32): bool {
  structWatch(work, WORK_CELLS);
  return structLives(work, WORK_CELLS) && (cellGet(work + WORK_PENDING) | cellGet(work + WORK_RUNNING)) != 0;
}

/** The item is idle: flush_work returns. */
export function workFlush(work: u32, slot: u32, site: u32): void {
  if (structUsable(work, WORK_CELLS, slot, site)) taskMaySleep(slot, site);
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
