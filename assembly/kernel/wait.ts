// Wait queues, as kernel/sched/wait.c of Linux: who waits is queued first (WAIT_PREPARE), tests then, and
// sleeps last (WAIT_SLEEP), so that no wake-up between the test and the sleep is lost. Exclusive waiters
// stand at the tail, and a wake-up that counts stops after so many of them. The queue's own lock makes each
// of these atomic. Not modelled: signals, priorities, a waiter's own wake function.

import {
  Op, WAIT_COUNT, WAIT_EXCLUSIVE, WAIT_ORDER, WAIT_STATES,
} from "../abi";
import { footRead, footWrite } from "../core/footprint";
import { SLEEP_QUEUED, TASK_ATOMIC, TASK_SLEEP } from "../core/layout";
import { taskMaySleep } from "../machine/task";
import { cellGet, cellSet, poised, setDirty, structUsable, taskBlock } from "../machine/state";

const WAIT_CELLS: u32 = WAIT_COUNT + 1;

// @ts-ignore: decorator
@inline
export function waitIs(op: u32): bool {
  return (op >= <u32>Op.WAIT_PREPARE && op <= <u32>Op.WAIT_WAKE) || op == Op.WAIT_SLEEP;
}

export function waitStep(op: u32, queue: u32, b: u32, slot: u32, site: u32): u32 {
  if (op == Op.WAIT_SLEEP) {
    taskMaySleep(slot, site);
    return 0;
  }
  if (!structUsable(queue, WAIT_CELLS, slot, site)) return 0;
  if (op == Op.WAIT_WAKE) wake(queue, b & WAIT_STATES, b >> 2);
  else if (op == Op.WAIT_PREPARE) prepare(queue, b, slot);
  else {
    const at = place(queue, slot);
    if (at >= 0) remove(queue, <u32>at, slot);
    setState(slot, 0);
  }
  return 0;
}

/** A task that must not sleep does not block: its step is the mistake to report. */
export function waitBlocks(op: u32, slot: u32): bool {
  const task = taskBlock(slot);
  return (load<u32>(task, TASK_SLEEP) & WAIT_STATES) != 0 && load<u32>(task, TASK_ATOMIC) == 0;
}

// @ts-ignore: decorator
@inline
function setState(slot: u32, state: u32): void {
  footWrite(slot);
  const task = taskBlock(slot);
  store<u32>(task, (load<u32>(task, TASK_SLEEP) & ~<u32>WAIT_STATES) | state, TASK_SLEEP);
}

function order(queue: u32): u64 {
  return <u64>cellGet(queue + WAIT_ORDER) | (<u64>cellGet(queue + WAIT_ORDER + 1) << 32);
}

function setOrder(queue: u32, value: u64): void {
  cellSet(queue + WAIT_ORDER, <u32>value);
  cellSet(queue + WAIT_ORDER + 1, <u32>(value >> 32));
}

/** Where in the queue a task stands, or -1. */
function place(queue: u32, slot: u32): i32 {
  const count = cellGet(queue + WAIT_COUNT) & 0xffff;
  const slots = order(queue);
  for (let i: u32 = 0; i < count; i++) if (((slots >> (4 * i)) & 15) == slot) return <i32>i;
  return -1;
}

function prepare(queue: u32, mode: u32, slot: u32): void {
  if (place(queue, slot) < 0) {
    const count = cellGet(queue + WAIT_COUNT);
    const exclusive = (mode & WAIT_EXCLUSIVE) != 0;
    const slots = order(queue);
    setOrder(queue, exclusive ? slots | (<u64>slot << (4 * (count & 0xffff))) : (slots << 4) | slot);
    cellSet(queue + WAIT_COUNT, (count + 1) | (exclusive ? 0x10000 << slot : 0));
    const task = taskBlock(slot);
    store<u32>(task, load<u32>(task, TASK_SLEEP) + SLEEP_QUEUED, TASK_SLEEP);
  }
  setState(slot, mode & WAIT_STATES);
}

/** The task at a place of the queue leaves it; those behind it move up. */
function remove(queue: u32, at: u32, slot: u32): void {
  footWrite(slot);
  const slots = order(queue);
  const before = slots & ((<u64>1 << (4 * at)) - 1);
  // Two shifts: one by all 64 bits would be none.
  setOrder(queue, before | (((slots >> (4 * at)) >> 4) << (4 * at)));
  cellSet(queue + WAIT_COUNT, (cellGet(queue + WAIT_COUNT) - 1) & ~(0x10000 << slot));
  const task = taskBlock(slot);
  store<u32>(task, load<u32>(task, TASK_SLEEP) - SLEEP_QUEUED, TASK_SLEEP);
}

/** Wakes all, or no more exclusive ones than `most`; who is awake already stays on the queue. */
function wake(queue: u32, states: u32, most: u32): void {
  let left = most;
  for (let at: u32 = 0; at < (cellGet(queue + WAIT_COUNT) & 0xffff);) {
    const slot = <u32>((order(queue) >> (4 * at)) & 15);
    footRead(slot);
    if (!(load<u32>(taskBlock(slot), TASK_SLEEP) & states)) {
      at++;
      continue;
    }
    const exclusive = (cellGet(queue + WAIT_COUNT) >> (16 + slot)) & 1;
    setState(slot, 0);
    remove(queue, at, slot);
    if (poised) setDirty(true);
    if (exclusive && left && --left == 0) return;
  }
}
