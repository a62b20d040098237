// The kernel primitives of the reference interpreter, one function each. Written from the blocks in
// assembly/abi.ts and DESIGN.md sections 5-6. Whether a primitive has to wait is in blocking.ts; when one
// of these is called, it has waited. Each returns the primitive's result, 0 where it has none.

import { COMPLETION_ALL, COMPLETION_DONE, Detail, Violation } from "../../../assembly/abi.ts";
import type { PrimitiveName } from "../../../src/model/ir.ts";
import { unsigned } from "./arithmetic.ts";
import { bhDisable, bhEnable, irqDisable, irqRestore, mightSleep } from "./context.ts";
import {
  cssGet,
  cssKill,
  cssPut,
  cssTryget,
  cssTrygetOnline,
  refcountDecAndTest,
  refcountInc,
  refcountIncNotZero,
  refcountWarn,
} from "./counts.ts";
import {
  gpBarrier,
  gpCall,
  gpFlush,
  gpReadHeld,
  gpReadLock,
  gpReadUnlock,
  gpReadUnlockLast,
  gpStart,
  gpWait,
} from "./grace-periods.ts";
import { mutexLock, mutexTrylock, mutexUnlock, spinLock, spinTrylock, spinUnlock } from "./locks.ts";
import {
  downgradeWrite,
  downRead,
  downReadTrylock,
  downWriteTrylock,
  rwsemQueueWrite,
  rwsemWaitWrite,
  upRead,
  upWrite,
} from "./rwsem.ts";
import { cellAt, type State, type Task, violate } from "./state.ts";
import { sleepingCheck } from "./tasks.ts";
import { waitFinish, waitPrepare, waitSleep, waitWake } from "./wait.ts";
import {
  cancelWork,
  queueFlush,
  queueWork,
  workDelay,
  workDisable,
  workDisableSync,
  workFlush,
  workFlushDelayed,
  workQueueClaimed,
  workRedelay,
} from "./work.ts";

type Primitive = (state: State, task: Task, args: readonly number[]) => number;

function kfree(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  if (pointer === 0) return 0;
  const object = state.memory.cells.get(pointer)?.object;
  if (object === undefined || object.kind !== "heap" || object.base !== pointer) {
    return violate(state, task, Violation.BAD_POINTER, Detail.NOT_AN_OBJECT, object);
  }
  if (object.freedBy !== undefined) violate(state, task, Violation.DOUBLE_FREE, Detail.NONE, object);
  object.freedBy = { entry: task.entry, index: task.index };
  return 0;
}

function opsCallBegin(state: State, task: Task, [ops = 0]: readonly number[]): number {
  cellAt(state, task, ops);
  return 0;
}

function opsCallEnd(state: State, task: Task, [ops = 0]: readonly number[]): number {
  const object = state.memory.cells.get(ops)?.object;
  if (object?.freedBy !== undefined) {
    violate(state, task, Violation.USE_AFTER_FREE, Detail.FREED_DURING_CALL, object);
  }
  cellAt(state, task, ops);
  return 0;
}

function complete(state: State, task: Task, [completion = 0]: readonly number[]): number {
  const done = cellAt(state, task, completion + COMPLETION_DONE);
  if (done.value !== COMPLETION_ALL) done.value = unsigned(done.value + 1);
  return 0;
}

function completeAll(state: State, task: Task, [completion = 0]: readonly number[]): number {
  cellAt(state, task, completion + COMPLETION_DONE).value = COMPLETION_ALL;
  return 0;
}

function waitForCompletion(state: State, task: Task, [completion = 0]: readonly number[]): number {
  const done = cellAt(state, task, completion + COMPLETION_DONE);
  sleepingCheck(state, task, done.object);
  if (done.value !== COMPLETION_ALL) done.value = unsigned(done.value - 1);
  return 0;
}

/** What waits, and does nothing when it has. */
function noEffect(): number {
  return 0;
}

export const REFERENCE_PRIMITIVES: Readonly<Record<PrimitiveName, Primitive>> = {
  kfree,
  mutex_lock: mutexLock,
  mutex_unlock: mutexUnlock,
  mutex_trylock: mutexTrylock,
  spin_lock: spinLock,
  spin_unlock: spinUnlock,
  spin_trylock: spinTrylock,
  gp_read_lock: gpReadLock,
  gp_read_unlock: gpReadUnlock,
  gp_read_unlock_last: gpReadUnlockLast,
  gp_start: gpStart,
  gp_wait: gpWait,
  gp_call: gpCall,
  gp_read_held: gpReadHeld,
  gp_barrier: gpBarrier,
  gp_flush: gpFlush,
  queue_work: queueWork,
  cancel_work: cancelWork,
  work_delay: workDelay,
  work_redelay: workRedelay,
  work_queue_claimed: workQueueClaimed,
  work_flush: workFlush,
  work_flush_delayed: workFlushDelayed,
  work_disable: workDisable,
  work_disable_sync: workDisableSync,
  queue_flush: queueFlush,
  flush_wait: noEffect,
  refcount_inc: refcountInc,
  refcount_inc_not_zero: refcountIncNotZero,
  refcount_dec_and_test: refcountDecAndTest,
  css_tryget: cssTryget,
  css_tryget_online: cssTrygetOnline,
  css_get: cssGet,
  css_put: cssPut,
  css_kill: cssKill,
  ops_call_begin: opsCallBegin,
  ops_call_end: opsCallEnd,
  complete,
  complete_all: completeAll,
  wait_for_completion: waitForCompletion,
  down_read: downRead,
  up_read: upRead,
  up_write: upWrite,
  downgrade_write: downgradeWrite,
  down_read_trylock: downReadTrylock,
  down_write_trylock: downWriteTrylock,
  rwsem_queue_write: rwsemQueueWrite,
  rwsem_wait_write: rwsemWaitWrite,
  wait_prepare: waitPrepare,
  wait_finish: waitFinish,
  wait_wake: waitWake,
  wait_sleep: waitSleep,
  refcount_warn: refcountWarn,
  irq_disable: irqDisable,
  irq_restore: irqRestore,
  bh_disable: bhDisable,
  bh_enable: bhEnable,
  might_sleep: mightSleep,
  settle: noEffect,
};
