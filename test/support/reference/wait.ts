// Wait queues of the reference interpreter, from the blocks in assembly/abi.ts: the queue is unpacked to a
// list, changed, and packed again. Sleeping is in blocking.ts.

import { SLOTS, WAIT_COUNT, WAIT_EXCLUSIVE, WAIT_ORDER, WAIT_STATES } from "../../../assembly/abi.ts";
import { unsigned } from "./arithmetic.ts";
import type { Cell } from "./memory.ts";
import { cellAt, type State, type Task } from "./state.ts";
import { sleepingCheck } from "./tasks.ts";

interface Waiter {
  readonly slot: number;
  readonly exclusive: boolean;
}

class Queue {
  readonly #cells: readonly [Cell, Cell, Cell];
  waiters: Waiter[];

  /** A queue is checked as a whole, whichever of its cells is wanted. */
  constructor(state: State, task: Task, pointer: number) {
    const low = cellAt(state, task, pointer + WAIT_ORDER);
    const high = cellAt(state, task, pointer + WAIT_ORDER + 1);
    const count = cellAt(state, task, pointer + WAIT_COUNT);
    this.#cells = [low, high, count];
    this.waiters = Array.from({ length: Math.min(count.value & 0xffff, SLOTS) }, (_, n) => {
      const slot = ((n < 8 ? low.value : high.value) >>> (4 * (n % 8))) & 15;
      return { slot, exclusive: ((count.value >>> (16 + slot)) & 1) === 1 };
    });
  }

  pack(): void {
    const words = [0, 0, this.waiters.length];
    for (const [n, { slot, exclusive }] of this.waiters.entries()) {
      words[n >> 3] = words[n >> 3]! | (slot << (4 * (n % 8)));
      if (exclusive) words[2] = words[2]! | (1 << (16 + slot));
    }
    for (const [n, cell] of this.#cells.entries()) cell.value = unsigned(words[n]!);
  }
}

export function waitPrepare(state: State, task: Task, [pointer = 0, mode = 0]: readonly number[]): number {
  const queue = new Queue(state, task, pointer);
  const { slot } = task;
  if (!queue.waiters.some((each) => each.slot === slot)) {
    if (mode & WAIT_EXCLUSIVE) queue.waiters.push({ slot, exclusive: true });
    else queue.waiters.unshift({ slot, exclusive: false });
    task.queuesOn++;
    queue.pack();
  }
  task.sleepState = mode & WAIT_STATES;
  return 0;
}

export function waitFinish(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const queue = new Queue(state, task, pointer);
  const left = queue.waiters.filter((each) => each.slot !== task.slot);
  if (left.length < queue.waiters.length) {
    queue.waiters = left;
    task.queuesOn--;
    queue.pack();
  }
  task.sleepState = 0;
  return 0;
}

export function waitWake(state: State, task: Task, [pointer = 0, which = 0]: readonly number[]): number {
  const queue = new Queue(state, task, pointer);
  const most = which >>> 2;
  let woken = 0;
  for (const waiter of [...queue.waiters]) {
    const sleeper = state.tasks.get(waiter.slot);
    if (sleeper === undefined || (sleeper.sleepState & which & WAIT_STATES) === 0) continue;
    sleeper.sleepState = 0;
    sleeper.queuesOn--;
    queue.waiters.splice(queue.waiters.indexOf(waiter), 1);
    queue.pack();
    if (waiter.exclusive && ++woken === most) break;
  }
  return 0;
}

export function waitSleep(state: State, task: Task): number {
  sleepingCheck(state, task);
  return 0;
}
