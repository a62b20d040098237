// Waiting for work items: flush_work, flush_workqueue, cancel_work_sync. A flush waits for the executions
// that it finds when it begins, not for later ones; an item that waits for itself never ends, which is a
// deadlock. The second half of each is FLUSH_WAIT.

import { Op, QUEUE_WAITING, WORK_DISABLED } from "../abi";
import { footRead, footReadCell } from "../core/footprint";
import { KIND_KWORKER, TASK_KIND, TASK_QUEUE, TASK_TICKET } from "../core/layout";
import { taskMaySleep, taskTimed, taskWaitFor } from "../machine/task";
import { cellGet, cellSet, live, structUsable, taskBlock } from "../machine/state";
import { srcuBarrier, srcuReadHeld } from "./srcu";
import {
  isKworkerOf, QUEUE_CELLS, WORK_CELLS, workDelay, workExpireNow, workQueueClaimed, workRedelay, workTakeBack,
} from "./work";

/** These primitives are this file's, or work.ts's and srcu.ts's of the uniform shape. */
export function flushIs(op: u32): bool {
  return (op >= <u32>Op.GP_READ_HELD && op <= <u32>Op.QUEUE_FLUSH) || op == Op.FLUSH_WAIT;
}

export function flushStep(op: u32, x: u32, b: u32, slot: u32, site: u32): u32 {
  switch (op) {
    case Op.GP_READ_HELD: return srcuReadHeld(x, slot, site);
    case Op.GP_BARRIER: srcuBarrier(x, false, slot, site); break;
    case Op.GP_FLUSH: srcuBarrier(x, true, slot, site); break;
    case Op.WORK_DELAY: return workDelay(x, b, slot, site);
    case Op.WORK_REDELAY: return workRedelay(x, b, slot, site);
    case Op.WORK_QUEUE_CLAIMED: workQueueClaimed(x, b, slot, site); break;
    case Op.WORK_FLUSH: return workFlush(x, false, slot, site);
    case Op.WORK_FLUSH_DELAYED: return workFlush(x, true, slot, site);
    case Op.WORK_DISABLE: return workDisable(x, false, slot, site);
    case Op.WORK_DISABLE_SYNC: return workDisable(x, true, slot, site);
    case Op.QUEUE_FLUSH: return queueFlush(x, slot, site);
  }
  return 0;
}

/** The kworker that was queued last of those that the item has, as a mask of one slot; 0 if there is none. */
function latest(work: u32): u64 {
  let found: u64 = 0;
  let newest: u32 = 0;
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    if (!isKworkerOf(other, work) || taskTimed(other)) continue;
    const ticket = load<u32>(taskBlock(other), TASK_TICKET);
    if (found && ticket < newest) continue;
    found = <u64>1 << other;
    newest = ticket;
  }
  return found;
}

/** 1 if there is an execution to wait for. */
function workFlush(work: u32, expire: bool, slot: u32, site: u32): u32 {
  if (!structUsable(work, WORK_CELLS, slot, site) || !taskMaySleep(slot, site)) return 0;
  if (expire) workExpireNow(work, slot, site);
  const execution = latest(work);
  taskWaitFor(slot, 0, execution);
  return execution ? 1 : 0;
}

/** 1 if the item was pending; with `sync` its last execution is waited for. */
function workDisable(work: u32, sync: bool, slot: u32, site: u32): u32 {
  if (!structUsable(work, WORK_CELLS, slot, site)) return 0;
  if (sync && !taskMaySleep(slot, site)) return 0;
  cellSet(work + WORK_DISABLED, cellGet(work + WORK_DISABLED) + 1);
  const pending = workTakeBack(work);
  if (sync) taskWaitFor(slot, 0, latest(work));
  return pending;
}

/** Items that are on the queue or running; not those whose timer runs. */
function queueFlush(queue: u32, slot: u32, site: u32): u32 {
  if (!structUsable(queue, QUEUE_CELLS, slot, site) || !taskMaySleep(slot, site)) return 0;
  // Which kworkers it has: one that is armed or queued counts or writes here.
  footReadCell(queue + QUEUE_WAITING);
  let items: u64 = 0;
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const task = taskBlock(other);
    if (load<u32>(task, TASK_KIND) != KIND_KWORKER || load<u32>(task, TASK_QUEUE) != queue) continue;
    footRead(other);
    if (!taskTimed(other)) items |= <u64>1 << other;
  }
  taskWaitFor(slot, 0, items);
  return items ? 1 : 0;
}
