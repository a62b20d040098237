// Dispatches the kernel primitives; what they do is in kernel.ts, grace-periods.ts and work.ts.

import { Detail, Op, Violation } from "../../assembly/abi.ts";
import {
  graceBarrier,
  graceCall,
  graceStart,
  graceWait,
  readHeld,
  readLock,
  readUnlock,
} from "./grace-periods.ts";
import type { Jump } from "./image.ts";
import {
  ATOMIC_BH,
  ATOMIC_IRQ,
  callBegin,
  callEnd,
  complete,
  completionWait,
  cssGet,
  cssKill,
  cssPut,
  cssTryget,
  kfree,
  lockGive,
  lockTake,
  lockTry,
  maySleep,
  refcountDecAndTest,
  refcountInc,
  refcountIncNotZero,
  refcountWarn,
} from "./kernel.ts";
import { Unfit } from "./network.ts";
import type { Doing, Run } from "./run.ts";
import { isRwsem, rwsemStep } from "./rwsem.ts";
import { isWait, waitStep } from "./wait.ts";
import { queueWork, workFlush } from "./work.ts";

/** Primitives: what they are called in the model, in lower case, is their opcode. */
export function primitive(
  run: Run,
  doing: Doing,
  op: Op,
  x: number,
  b: number,
  alt: number,
  reg: (r: number) => number,
  fork: (value: number) => Jump,
): Jump | null {
  switch (op) {
    case Op.FREE:
      kfree(run, doing, x);
      return null;
    case Op.MUTEX_LOCK:
      lockTake(run, doing, x, false);
      return null;
    case Op.SPIN_LOCK:
      lockTake(run, doing, x, true);
      return null;
    case Op.MUTEX_UNLOCK:
      lockGive(run, doing, x, false);
      return null;
    case Op.SPIN_UNLOCK:
      lockGive(run, doing, x, true);
      return null;
    case Op.MUTEX_TRYLOCK:
      return fork(lockTry(run, doing, x, false));
    case Op.SPIN_TRYLOCK:
      return fork(lockTry(run, doing, x, true));
    case Op.GP_READ_LOCK:
      fork(readLock(run, doing, x));
      return null;
    case Op.GP_READ_UNLOCK:
      readUnlock(run, doing, x, b, alt !== 0);
      return null;
    case Op.GP_READ_HELD:
      return fork(readHeld(run, doing, x));
    case Op.GP_START:
      graceStart(run, doing, x);
      return null;
    case Op.GP_WAIT:
      graceWait(run, doing);
      return null;
    case Op.GP_CALL:
      graceCall(run, doing, x, b, reg(alt));
      return null;
    case Op.GP_BARRIER:
      graceBarrier(run, doing, x, false);
      return fork(0);
    case Op.GP_FLUSH:
      graceBarrier(run, doing, x, true);
      return fork(0);
    case Op.QUEUE_WORK:
      return fork(queueWork(run, doing, x, b, false));
    case Op.WORK_QUEUE_CLAIMED:
      queueWork(run, doing, x, b, true);
      return fork(0);
    case Op.WORK_FLUSH:
      return fork(workFlush(run, doing, x));
    case Op.FLUSH_WAIT:
      return fork(0);
    case Op.REFCOUNT_INC:
      refcountInc(run, doing, x);
      return null;
    case Op.REFCOUNT_INC_NOT_ZERO:
      return fork(refcountIncNotZero(run, doing, x));
    case Op.REFCOUNT_DEC_AND_TEST:
      return fork(refcountDecAndTest(run, doing, x));
    case Op.REFCOUNT_WARN:
      refcountWarn(run, doing, x, b);
      return fork(0);
    case Op.CSS_TRYGET:
      return fork(cssTryget(run, doing, x, false));
    case Op.CSS_TRYGET_ONLINE:
      return fork(cssTryget(run, doing, x, true));
    case Op.CSS_GET:
      cssGet(run, doing, x);
      return null;
    case Op.CSS_PUT:
      return fork(cssPut(run, doing, x));
    case Op.CSS_KILL:
      cssKill(run, doing, x);
      return null;
    case Op.OPS_CALL_BEGIN:
      callBegin(run, doing, x);
      return null;
    case Op.OPS_CALL_END:
      callEnd(run, doing, x);
      return null;
    case Op.COMPLETE:
      complete(run, doing, x, alt !== 0);
      return null;
    case Op.WAIT_COMPLETION:
      completionWait(run, doing, x);
      return null;
    case Op.IRQ_DISABLE: {
      const was = (doing.atomic & ATOMIC_IRQ) !== 0;
      doing.atomic |= ATOMIC_IRQ;
      return fork(was ? 1 : 0);
    }
    case Op.IRQ_RESTORE:
      doing.atomic = x !== 0 ? doing.atomic | ATOMIC_IRQ : doing.atomic & ~ATOMIC_IRQ;
      return fork(0);
    case Op.BH_DISABLE:
      doing.atomic += ATOMIC_BH;
      return fork(0);
    case Op.BH_ENABLE:
      if ((doing.atomic & (ATOMIC_IRQ - ATOMIC_BH)) === 0) {
        run.violate(Violation.LOCK_MISUSE, Detail.UNBALANCED, doing.pc);
      }
      doing.atomic -= ATOMIC_BH;
      return fork(0);
    case Op.MIGHT_SLEEP:
      maySleep(run, doing);
      return fork(0);
    default:
      if (isRwsem(op)) return fork(rwsemStep(run, doing, op, x));
      if (isWait(op)) {
        waitStep(run, doing, op, x, b);
        return fork(0);
      }
      throw new Unfit(`it uses ${Op[op]?.toLowerCase() ?? `opcode ${op}`}`);
  }
}
