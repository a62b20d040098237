// One step of one task: the instruction it stands at, then its task-local instructions up to the next step.
// The file is long because it is one dispatch; each opcode is specified in abi.ts and does its work either
// here (accesses) or in the module of its kernel object.

import {
  Detail, JUMP_BLOCKS, JUMP_MASK, JUMP_STOP, LOCAL_MAX, Op, OP_FIRST_BLOCKING, Outcome, SLOT_ALONE, Violation,
} from "../abi";
import { choiceBelow } from "../core/choice";
import {
  CELLS, POINTER_LIMIT, SHADOW, SHADOW_FREED, SHADOW_LIVE, SHADOW_WATCHED, TASK_ARGUMENT, TASK_PC,
  TASK_READ, TASK_WINDOW, TASK_WORD, WRITERS,
} from "../core/layout";
import { footReadCell, footSeeCell, footWriteCell, RECORDING } from "../core/footprint";
import { markWay } from "../core/marks";
import { heapAlloc, heapFree, heapLiving } from "../kernel/heap";
import { locksLock, locksTrylock, locksUnlock } from "../kernel/locks";
import { cssGet, cssKill, cssPut, cssTryget } from "../kernel/memcg";
import { opsCallBegin, opsCallEnd } from "../kernel/ops";
import { primitiveStep } from "../kernel/primitives";
import { refcountDecAndTest, refcountInc, refcountIncNotZero } from "../kernel/refcount";
import {
  srcuCall, srcuCallbackStart, srcuReadLock, srcuReadUnlock, srcuStart, srcuWait,
} from "../kernel/srcu";
import {
  completionComplete, completionWait, workCancel, workExpire, workQueue, workStart,
} from "../kernel/work";
import {
  cellLives, cellShadow, dirty, markCell, outcome, poised, sawDangling, sawLeak, setDirty, setPoised,
  setRunnable, setSawDangling, setSawLeak, stop, taskBlock, taskWindow, shadowSet, touch, violate,
  violateObject, violatePointer,
} from "./state";
import { CODE, taskArrive, taskExit, taskGoTo, taskReconsider } from "./task";

// @ts-ignore: decorator
@inline
function reg(window: usize, n: u32): u32 {
  return load<u32>(window + (<usize>n << 2));
}

// @ts-ignore: decorator
@inline
function setReg(window: usize, word: u32, value: u32): void {
  store<u32>(window + (<usize>((word >> 8) & 0xff) << 2), value);
}

// @ts-ignore: decorator
@inline
function cell(pointer: u32): u32 {
  footReadCell(pointer);
  return load<u32>(<usize>pointer << 2, CELLS);
}

// @ts-ignore: decorator
@inline
function setCell(pointer: u32, value: u32): void {
  footWriteCell(pointer);
  store<u32>(<usize>pointer << 2, value, CELLS);
  markCell(pointer);
}

/** The second operand of arithmetic: r[b] + imm. */
// @ts-ignore: decorator
@inline
function right(window: usize, word: u32, at: usize): u32 {
  return reg(window, word >> 24) + load<u32>(at, 4);
}


/** Writes a result; the way on is alt where it is 0. */
// @ts-ignore: decorator
@inline
function fork(window: usize, word: u32, at: usize, next: u32, value: u32): u32 {
  setReg(window, word, value);
  return value ? next : load<u32>(at, 12);
}

/** INT_MIN / -1 overflows in hardware; it wraps here. */
function divide(a: i32, b: i32): i32 {
  return b == -1 ? 0 - a : a / b;
}

/**
 * Steps a task whose step does not have to wait. Afterwards the task sets are true again, or the run has
 * ended (outcome, and nobody is runnable).
 */
// @ts-ignore: decorator
@inline
export function stepInline(slot: u32): void {
  const task = taskBlock(slot);
  let word = load<u32>(task, TASK_WORD);
  const window = task + TASK_WINDOW;
  let pc = load<u32>(task, TASK_PC) & JUMP_MASK;
  let next: u32 = 0;
  let budget: u32 = LOCAL_MAX;
  while (true) {
    const at = CODE + pc;
    const a = reg(window, (word >> 16) & 0xff);
    next = load<u32>(at, 8);
    switch (word & 0xff) {
      case Op.EXIT:
        taskExit(slot, pc);
        if (dirty) settle();
        return;
      case Op.ADDI: setReg(window, word, a + load<u32>(at, 4)); break;
      case Op.ADD: setReg(window, word, a + right(window, word, at)); break;
      case Op.SUB: setReg(window, word, a - right(window, word, at)); break;
      case Op.MUL: setReg(window, word, a * right(window, word, at)); break;
      case Op.DIV_S:
      case Op.DIV_U:
      case Op.REM_S:
      case Op.REM_U: {
        const b = right(window, word, at);
        if (b == 0) {
          violate(Violation.BUG, Detail.DIVISION, slot, pc, -1, -1);
          return;
        }
        const op = word & 0xff;
        let value: u32;
        if (op == Op.DIV_S) value = <u32>divide(<i32>a, <i32>b);
        else if (op == Op.DIV_U) value = a / b;
        else if (op == Op.REM_S) value = b == <u32>-1 ? 0 : <u32>(<i32>a % <i32>b);
        else value = a % b;
        setReg(window, word, value);
        break;
      }
      case Op.AND: setReg(window, word, a & right(window, word, at)); break;
      case Op.OR: setReg(window, word, a | right(window, word, at)); break;
      case Op.XOR: setReg(window, word, a ^ right(window, word, at)); break;
      case Op.SHL: setReg(window, word, a << right(window, word, at)); break;
      case Op.SHR_S: setReg(window, word, <u32>(<i32>a >> <i32>right(window, word, at))); break;
      case Op.SHR_U: setReg(window, word, a >> right(window, word, at)); break;
      case Op.EQ: setReg(window, word, <u32>(a == right(window, word, at))); break;
      case Op.NE: setReg(window, word, <u32>(a != right(window, word, at))); break;
      case Op.LT_S: setReg(window, word, <u32>(<i32>a < <i32>right(window, word, at))); break;
      case Op.LE_S: setReg(window, word, <u32>(<i32>a <= <i32>right(window, word, at))); break;
      case Op.LT_U: setReg(window, word, <u32>(a < right(window, word, at))); break;
      case Op.LE_U: setReg(window, word, <u32>(a <= right(window, word, at))); break;
      case Op.JEQ: next = a == right(window, word, at) ? next : load<u32>(at, 12); break;
      case Op.JLT_S: next = <i32>a < <i32>right(window, word, at) ? next : load<u32>(at, 12); break;
      case Op.JLE_S: next = <i32>a <= <i32>right(window, word, at) ? next : load<u32>(at, 12); break;
      case Op.JLT_U: next = a < right(window, word, at) ? next : load<u32>(at, 12); break;
      case Op.JLE_U: next = a <= right(window, word, at) ? next : load<u32>(at, 12); break;
      case Op.LOCAL_LIVE: {
        const from = a + load<u32>(at, 4);
        const cells = load<u32>(at, 12);
        for (let i: u32 = 0; i < cells; i++) {
          shadowSet(from + i, SHADOW_LIVE);
          setCell(from + i, 0);
          store<u16>(<usize>(from + i) << 1, 0, WRITERS);
        }
        break;
      }
      case Op.LOCAL_DEAD: {
        const from = a + load<u32>(at, 4);
        const cells = load<u32>(at, 12);
        for (let i: u32 = 0; i < cells; i++) shadowSet(from + i, SHADOW_FREED);
        break;
      }
      case Op.CHOOSE: setReg(window, word, choiceBelow(a + load<u32>(at, 4))); break;
      case Op.ASSUME:
        if (a + load<u32>(at, 4) == 0) {
          stop(Outcome.DROPPED);
          return;
        }
        break;
      case Op.ASSERT:
        if (a + load<u32>(at, 4) == 0) {
          if (sawDangling && slot == SLOT_ALONE) violateObject(Violation.DANGLING, 0, slot, pc, sawDangling);
          else {
            const kind = sawLeak && slot == SLOT_ALONE ? Violation.LEAK : Violation.ASSERTION;
            violate(kind, 0, slot, pc, -1, lastWriter(task));
          }
          return;
        }
        break;
      case Op.WARN:
        if (a + load<u32>(at, 4) != 0) violate(Violation.WARN, 0, slot, pc, -1, lastWriter(task));
        break;
      case Op.BUG:
        if (a + load<u32>(at, 4) != 0) {
          violate(Violation.BUG, 0, slot, pc, -1, lastWriter(task));
          return;
        }
        break;
      case Op.BAD_CALL: {
        const x = a + load<u32>(at, 4);
        violate(x < 4096 ? Violation.NULL_DEREF : Violation.BAD_POINTER, 0, slot, pc, -1, -1);
        return;
      }
      case Op.CAPTURE:
        store<u32>(taskWindow(load<u32>(at, 12)) + (<usize>((word >> 8) & 0xff) << 2), a + load<u32>(at, 4));
        break;
      case Op.DANGLES: {
        const x = a + load<u32>(at, 4);
        footSeeCell(x);
        const freed = x < POINTER_LIMIT && (load<u8>(<usize>x, SHADOW) & SHADOW_FREED) != 0;
        if (freed && slot == SLOT_ALONE) setSawDangling(x);
        setReg(window, word, <u32>freed);
        break;
      }
      case Op.LEAKS: {
        const count = heapLiving(load<u32>(at, 4));
        if (count && slot == SLOT_ALONE) setSawLeak(true);
        setReg(window, word, count);
        break;
      }

      case Op.LOAD_LOCAL: {
        const x = a + load<u32>(at, 4);
        if (!cellLives(x)) {
          violatePointer(slot, pc, x);
          return;
        }
        next = fork(window, word, at, next, cell(x));
        break;
      }
      case Op.LOAD: {
        const x = a + load<u32>(at, 4);
        if (!cellLives(x)) {
          violatePointer(slot, pc, x);
          return;
        }
        store<u32>(task, x, TASK_READ);
        next = fork(window, word, at, next, cell(x));
        break;
      }
      case Op.STORE:
      case Op.STORE_LOCAL: {
        const x = a + load<u32>(at, 4);
        const shadow = cellShadow(x);
        if (!(shadow & SHADOW_LIVE)) {
          violatePointer(slot, pc, x);
          return;
        }
        setCell(x, reg(window, word >> 24) + load<u32>(at, 12));
        store<u16>(<usize>x << 1, <u16>(pc >> 4), WRITERS);
        if (shadow & SHADOW_WATCHED) touch();
        break;
      }
      case Op.XCHG:
      case Op.CMPXCHG:
      case Op.FETCH_ADD:
      case Op.FETCH_AND:
      case Op.FETCH_OR:
      case Op.FETCH_XOR: {
        const x = a + load<u32>(at, 4);
        const shadow = cellShadow(x);
        if (!(shadow & SHADOW_LIVE)) {
          violatePointer(slot, pc, x);
          return;
        }
        const old = cell(x);
        const b = reg(window, word >> 24);
        const alt = load<u32>(at, 12);
        const op = word & 0xff;
        if (op != Op.CMPXCHG || old == b) store<u16>(<usize>x << 1, <u16>(pc >> 4), WRITERS);
        if (op == Op.XCHG) setCell(x, b);
        else if (op == Op.CMPXCHG) {
          if (old == b) setCell(x, reg(window, alt));
        } else if (op == Op.FETCH_ADD) setCell(x, old + b + alt);
        else if (op == Op.FETCH_AND) setCell(x, old & (b + alt));
        else if (op == Op.FETCH_OR) setCell(x, old | (b + alt));
        else setCell(x, old ^ (b + alt));
        setReg(window, word, old);
        if (shadow & SHADOW_WATCHED) touch();
        break;
      }
      case Op.FENCE: break;

      case Op.ALLOC: setReg(window, word, heapAlloc(a + load<u32>(at, 4), load<u32>(at, 12), pc)); break;
      case Op.FREE: heapFree(a + load<u32>(at, 4), slot, pc); break;
      case Op.MUTEX_LOCK: unpoise(slot); locksLock(a + load<u32>(at, 4), false, slot, pc); break;
      case Op.SPIN_LOCK: unpoise(slot); locksLock(a + load<u32>(at, 4), true, slot, pc); break;
      case Op.MUTEX_UNLOCK: locksUnlock(a + load<u32>(at, 4), false, slot, pc); break;
      case Op.SPIN_UNLOCK: locksUnlock(a + load<u32>(at, 4), true, slot, pc); break;
      case Op.MUTEX_TRYLOCK:
        next = fork(window, word, at, next, locksTrylock(a + load<u32>(at, 4), false, slot, pc));
        break;
      case Op.SPIN_TRYLOCK:
        next = fork(window, word, at, next, locksTrylock(a + load<u32>(at, 4), true, slot, pc));
        break;
      case Op.GP_READ_LOCK: setReg(window, word, srcuReadLock(a + load<u32>(at, 4), slot, pc)); break;
      case Op.GP_READ_UNLOCK:
        srcuReadUnlock(a + load<u32>(at, 4), reg(window, word >> 24), load<u32>(at, 12) != 0, slot, pc);
        break;
      case Op.GP_START: srcuStart(a + load<u32>(at, 4), slot, pc); break;
      case Op.GP_WAIT:
        unpoise(slot);
        srcuWait(slot, pc);
        break;
      case Op.SETTLE: unpoise(slot); break;
      case Op.GP_CALL:
        srcuCall(a + load<u32>(at, 4), reg(window, word >> 24), reg(window, load<u32>(at, 12)), slot, pc);
        break;
      case Op.CALLBACK_START:
        unpoise(slot);
        srcuCallbackStart(slot, pc, load<u32>(task, TASK_ARGUMENT));
        break;
      case Op.WORK_START:
        unpoise(slot);
        workStart(slot, pc);
        break;
      case Op.QUEUE_WORK: {
        const queued = workQueue(a + load<u32>(at, 4), reg(window, word >> 24), slot, pc);
        next = fork(window, word, at, next, queued);
        break;
      }
      case Op.CANCEL_WORK:
        next = fork(window, word, at, next, workCancel(a + load<u32>(at, 4), slot, pc));
        break;
      case Op.WORK_EXPIRE:
        if (workExpire(slot, pc)) break;
        if (dirty) settle();
        return;
      case Op.REFCOUNT_INC: refcountInc(a + load<u32>(at, 4), slot, pc); break;
      case Op.REFCOUNT_INC_NOT_ZERO:
        next = fork(window, word, at, next, refcountIncNotZero(a + load<u32>(at, 4), slot, pc));
        break;
      case Op.REFCOUNT_DEC_AND_TEST:
        next = fork(window, word, at, next, refcountDecAndTest(a + load<u32>(at, 4), slot, pc));
        break;
      case Op.CSS_TRYGET:
        next = fork(window, word, at, next, cssTryget(a + load<u32>(at, 4), false, slot, pc));
        break;
      case Op.CSS_TRYGET_ONLINE:
        next = fork(window, word, at, next, cssTryget(a + load<u32>(at, 4), true, slot, pc));
        break;
      case Op.CSS_GET: cssGet(a + load<u32>(at, 4), slot, pc); break;
      case Op.CSS_PUT:
        next = fork(window, word, at, next, cssPut(a + load<u32>(at, 4), slot, pc));
        break;
      case Op.CSS_KILL: cssKill(a + load<u32>(at, 4), slot, pc); break;
      case Op.OPS_CALL_BEGIN: opsCallBegin(a + load<u32>(at, 4), slot, pc); break;
      case Op.OPS_CALL_END: opsCallEnd(a + load<u32>(at, 4), slot, pc); break;
      case Op.COMPLETE:
        completionComplete(a + load<u32>(at, 4), load<u32>(at, 12) != 0, slot, pc);
        break;
      case Op.WAIT_COMPLETION:
        unpoise(slot);
        completionWait(a + load<u32>(at, 4), slot, pc);
        break;
      default: {
        const op = word & 0xff;
        if (op >= <u32>OP_FIRST_BLOCKING) unpoise(slot);
        const result = primitiveStep(op, a + load<u32>(at, 4), reg(window, word >> 24), slot, pc);
        if (outcome != Outcome.RUNNING) return;
        next = fork(window, word, at, next, result);
        break;
      }
    }
    if (RECORDING) markWay(pc, next, load<u32>(at, 8));
    if (next & JUMP_STOP) break;
    // A primitive tells only so that it ended the run.
    if ((word & 0xff) >= <u32>Op.ALLOC && outcome != Outcome.RUNNING) return;
    pc = next & JUMP_MASK;
    word = load<u32>(CODE + pc);
    if (--budget == 0) {
      violate(Violation.STEP_LIMIT, Detail.LOCAL_LOOP, slot, pc, -1, -1);
      return;
    }
  }
  taskGoTo(task, next);
  if (next & JUMP_BLOCKS) taskArrive(slot);
  if (dirty) settle();
}

/**
 * Who stored what this step loaded: the other side of a check on it. -1 if nobody did, or the step loads
 * nothing.
 */
function lastWriter(task: usize): i32 {
  if ((load<u32>(task, TASK_WORD) & 0xff) != Op.LOAD) return -1;
  const writer = load<u16>(<usize>load<u32>(task, TASK_READ) << 1, WRITERS);
  return writer ? <i32>writer : -1;
}

/** After something happened on which a poised task may wait, or the run ended: who can step now? */
function settle(): void {
  setDirty(false);
  if (outcome == Outcome.RUNNING) taskReconsider();
  else setRunnable(0);
}

/** The task does not wait any longer. */
// @ts-ignore: decorator
@inline
function unpoise(slot: u32): void {
  setPoised(poised & ~(1 << slot));
}

/** One step where speed does not matter. */
export function step(slot: u32): void {
  stepInline(slot);
}
