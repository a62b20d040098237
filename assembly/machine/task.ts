// Tasks: how they begin and end, whether they may sleep, whether they must wait.

import {
  Detail, FUNCTION_BASE, IMAGE_CHECKS, IMAGE_FUNCTIONS, IMAGE_HEADER_WORDS, IMAGE_INSTRUCTIONS,
  IMAGE_THREADS, JUMP_MASK, LimitKind, Op, SLOT_ALONE, TASKS_MAX,
  Violation,
} from "../abi";
import {
  ATOMIC_BH, IMAGE, KIND_CALLBACK, KIND_KWORKER, KIND_THREAD, REGISTER_ARGUMENT, SLEEP_QUEUED, TASK_ARGUMENT,
  TASK_ATOMIC, TASK_FUNCTION, TASK_KIND, TASK_LOCKS, TASK_PC, TASK_QUEUE, TASK_SECTIONS, TASK_SLEEP,
  TASK_WAIT, TASK_WAIT_DOMAIN, TASK_WORD,
} from "../core/layout";
import { FOOT_SLOTS, footCount, footprintTo, footRead, footWrite, RECORDING } from "../core/footprint";
import { locksBlocks } from "../kernel/locks";
import { primitiveBlocks } from "../kernel/primitives";
import { srcuCallbackEnd } from "../kernel/srcu";
import { completionBlocks, workBlocks, workEnd } from "../kernel/work";
import {
  live, poised, runnable, setDirty, setLive, setPoised, setRunnable, setWaiting, stopAtLimit, taskBlock,
  taskWindow, threadCount, violate, waiting,
} from "./state";

/** First byte of the code; jumps count from here. */
export const CODE: usize = IMAGE + (IMAGE_HEADER_WORDS << 2);

// @ts-ignore: decorator
@inline
export function imageWord(index: u32): u32 {
  return load<u32>(IMAGE + (<usize>index << 2));
}

/**
 * Where a function starts as a task: the jump of its CALLBACK_START, or 0 with a violation if the value is no
 * function that can. WORK_START is the next instruction; in a program that delays work, WORK_EXPIRE the
 * third.
 */
export function taskEntry(callback: u32, slot: u32, site: u32): u32 {
  const index = callback - FUNCTION_BASE;
  if (index < imageWord(IMAGE_FUNCTIONS)) {
    const tables = IMAGE_HEADER_WORDS + 4 * imageWord(IMAGE_INSTRUCTIONS);
    const entry = imageWord(tables + imageWord(IMAGE_THREADS) + imageWord(IMAGE_CHECKS) + index);
    if (entry) return entry;
  }
  if (callback < 4096) violate(Violation.NULL_DEREF, 0, slot, site, -1, -1);
  else violate(Violation.BAD_POINTER, 0, slot, site, -1, -1);
  return 0;
}

/** Where a slot's task stands. */
export function taskSite(slot: u32): u32 {
  return load<u32>(taskBlock(slot), TASK_PC) & JUMP_MASK;
}

/** The task whose block this is stands at a jump's target. */
// @ts-ignore: decorator
@inline
export function taskGoTo(task: usize, jump: u32): void {
  store<u32>(task, jump, TASK_PC);
  store<u32>(task, load<u32>(CODE + (jump & JUMP_MASK)), TASK_WORD);
}

/**
 * A kworker or callback that stands at a jump, in the lowest free slot; -1 with the run stopped if there is
 * none.
 */
export function taskSpawn(kind: u32, callback: u32, start: u32, argument: u32, queue: u32, atomic: u32): i32 {
  const free = ~live & (((1 << TASKS_MAX) - 1) & ~((1 << threadCount) - 1));
  footWrite(FOOT_SLOTS);
  if (!free) {
    stopAtLimit(LimitKind.TASKS);
    return -1;
  }
  const slot = <u32>ctz(free);
  const task = taskBlock(slot);
  taskGoTo(task, start);
  store<u64>(task, 0, TASK_WAIT);
  store<u32>(task, 0, TASK_WAIT_DOMAIN);
  store<u32>(task, atomic, TASK_ATOMIC);
  store<u32>(task, 0, TASK_SLEEP);
  store<u32>(task, 0, TASK_LOCKS);
  store<u32>(task, 0, TASK_SECTIONS);
  store<u32>(task, kind, TASK_KIND);
  store<u32>(task, callback - FUNCTION_BASE, TASK_FUNCTION);
  store<u32>(task, argument, TASK_ARGUMENT);
  store<u32>(task, queue, TASK_QUEUE);
  store<u32>(taskWindow(slot), argument, REGISTER_ARGUMENT << 2);
  setLive(live | (1 << slot));
  return <i32>slot;
}

/** A kworker or callback that has not taken its first step. */
export function taskUnstarted(slot: u32): bool {
  footRead(slot);
  const op = load<u8>(CODE + (load<u32>(taskBlock(slot), TASK_PC) & JUMP_MASK));
  return op == Op.WORK_START || op == Op.CALLBACK_START || op == Op.WORK_EXPIRE;
}

/** A kworker whose timer has not expired. */
export function taskTimed(slot: u32): bool {
  footRead(slot);
  return load<u8>(CODE + (load<u32>(taskBlock(slot), TASK_PC) & JUMP_MASK)) == Op.WORK_EXPIRE;
}

/**
 * From here on the task waits for what a mask says: open sections of a domain, or without a domain the
 * tasks in these slots.
 */
export function taskWaitFor(slot: u32, domain: u32, mask: u64): void {
  const task = taskBlock(slot);
  store<u64>(task, mask, TASK_WAIT);
  store<u32>(task, domain, TASK_WAIT_DOMAIN);
  const bit = <u32>1 << slot;
  setWaiting(mask ? waiting | bit : waiting & ~bit);
}

/** Nobody need wait any longer for these sections of a domain, or tasks. */
export function taskRelease(domain: u32, bits: u64): void {
  for (let rest = waiting; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    const task = taskBlock(slot);
    if (load<u32>(task, TASK_WAIT_DOMAIN) != domain) continue;
    const left = load<u64>(task, TASK_WAIT) & ~bits;
    store<u64>(task, left, TASK_WAIT);
    if (left) continue;
    setWaiting(waiting & ~(1 << slot));
    setDirty(true);
  }
}

/** The task is no more. */
export function taskForget(slot: u32): void {
  footWrite(slot);
  if (slot >= threadCount) footCount(FOOT_SLOTS);
  const mask = ~(1 << slot);
  setLive(live & mask);
  setRunnable(runnable & mask);
  setPoised(poised & mask);
  setWaiting(waiting & mask);
  if (waiting) taskRelease(0, <u64>1 << slot);
  // The set-up may be waiting until nobody else is left.
  if ((poised >> SLOT_ALONE) & 1) setDirty(true);
}

/** The task comes to its end. */
export function taskExit(slot: u32, site: u32): void {
  const task = taskBlock(slot);
  if (load<u32>(task, TASK_LOCKS)) violate(Violation.LOCK_MISUSE, Detail.HELD_AT_EXIT, slot, site, -1, -1);
  else if (load<u32>(task, TASK_SECTIONS)) {
    violate(Violation.RCU_MISUSE, Detail.STILL_READING, slot, site, -1, -1);
  } else if (load<u32>(task, TASK_ATOMIC) >= ATOMIC_BH) {
    violate(Violation.LOCK_MISUSE, Detail.ATOMIC_AT_EXIT, slot, site, -1, -1);
  } else if (load<u32>(task, TASK_SLEEP) >= SLEEP_QUEUED) {
    violate(Violation.LOCK_MISUSE, Detail.QUEUED_AT_EXIT, slot, site, -1, -1);
  }
  const kind = load<u32>(task, TASK_KIND);
  if (kind == KIND_KWORKER) workEnd(slot);
  else if (kind == KIND_CALLBACK) srcuCallbackEnd(slot);
  taskForget(slot);
}

/** False, with a violation, where the task holds a spinlock, reads RCU or is a softirq callback. */
export function taskMaySleep(slot: u32, site: u32): bool {
  if (!load<u32>(taskBlock(slot), TASK_ATOMIC)) return true;
  violate(Violation.LOCK_MISUSE, Detail.SLEEPING_WHILE_ATOMIC, slot, site, -1, -1);
  return false;
}

/** The task's next step would have to wait. Looking is no part of the step that is being taken. */
export function taskBlocks(slot: u32): bool {
  if (!RECORDING) return taskMustWait(slot);
  const recorded = footprintTo(0);
  const blocks = taskMustWait(slot);
  footprintTo(recorded);
  return blocks;
}

export function taskMustWait(slot: u32): bool {
  const task = taskBlock(slot);
  const at = CODE + (load<u32>(task, TASK_PC) & JUMP_MASK);
  const word = load<u32>(at);
  switch (word & 0xff) {
    case Op.GP_WAIT:
    case Op.FLUSH_WAIT:
    case Op.CALLBACK_START:
      return (waiting >> slot) & 1 ? true : false;
    case Op.WORK_START:
      return workBlocks(slot);
    case Op.SETTLE:
      return (live & ((1 << TASKS_MAX) - 1)) != 0;
  }
  const x = load<u32>(taskWindow(slot) + (<usize>((word >> 16) & 0xff) << 2)) + load<u32>(at, 4);
  switch (word & 0xff) {
    case Op.MUTEX_LOCK:
    case Op.SPIN_LOCK:
      return locksBlocks(x, slot);
    case Op.WAIT_COMPLETION:
      return completionBlocks(x);
  }
  return primitiveBlocks(word & 0xff, x, slot);
}

/** The task comes to a step that may have to wait, or a kworker or callback to its start. */
export function taskArrive(slot: u32): void {
  const bit = <u32>1 << slot;
  setPoised(poised | bit);
  setRunnable(taskBlocks(slot) ? runnable & ~bit : runnable | bit);
}

/** Looks at every poised task again after something was written. */
export function taskReconsider(): void {
  let blocked: u32 = 0;
  for (let rest = poised; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    if (taskBlocks(slot)) blocked |= 1 << slot;
  }
  setRunnable(live & ~blocked);
}

/** A slot's task block for a thread, the set-up or a check that starts at a jump. */
export function taskPrepare(slot: u32, start: u32): void {
  const task = taskBlock(slot);
  taskGoTo(task, start);
  store<u64>(task, 0, TASK_WAIT);
  store<u32>(task, 0, TASK_WAIT_DOMAIN);
  store<u32>(task, 0, TASK_ATOMIC);
  store<u32>(task, 0, TASK_SLEEP);
  store<u32>(task, 0, TASK_LOCKS);
  store<u32>(task, 0, TASK_SECTIONS);
  store<u32>(task, KIND_THREAD, TASK_KIND);
  store<u32>(task, <u32>-1, TASK_FUNCTION);
  store<u32>(task, 0, TASK_ARGUMENT);
  store<u32>(task, 0, TASK_QUEUE);
  setLive(live | (1 << slot));
}
