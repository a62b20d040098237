// Wait queues as lanes do them (assembly/kernel/wait.ts): for each task that ever waits on a queue, a
// variable that says whether it is queued there, and one for what it sleeps in. Those that wait exclusively
// stand at the tail: their order is one variable of the queue; that of the others makes no difference,
// since all are woken.

import { Detail, Op, Violation, WAIT_COUNT, WAIT_EXCLUSIVE, WAIT_STATES } from "../../assembly/abi.ts";
import { maySleep, mustNotBe } from "./kernel.ts";
import type { Task } from "./network.ts";
import type { Doing, Run } from "./run.ts";
import type { Mutable, World } from "./world.ts";

const WAIT_CELLS = WAIT_COUNT + 1;
/** Of the variable of a task and a queue; 0 where it is not there. */
const QUEUED = 1;
const EXCLUSIVE = 2;
/** Digits of an order: tasks, counted from 1. More of them than a word has room for cannot be followed. */
const ORDER_BASE = 64;
const ORDER_MAX = 4;

export function isWait(op: Op): boolean {
  return (op >= Op.WAIT_PREPARE && op <= Op.WAIT_WAKE) || op === Op.WAIT_SLEEP;
}

/** Variables of a wait queue. */
export class WaitQueue {
  readonly order: Mutable;
  readonly places = new Map<Task, Mutable>();
  private readonly world: World;
  private readonly pointer: number;

  constructor(world: World, pointer: number) {
    this.world = world;
    this.pointer = pointer;
    this.order = world.variable(`order of wait queue ${pointer}`, 0);
  }

  place(task: Task): Mutable {
    let place = this.places.get(task);
    if (place === undefined) {
      place = this.world.variable(`${task.name} (${task.index}) on wait queue ${this.pointer}`, 0);
      this.places.set(task, place);
      this.world.everybodyAgain();
    }
    return place;
  }

  /** What the cell with the number of waiters says, if not exactly: 0 where there are none. */
  waiters(run: Run): number {
    run.world.asksForAll(run.derived);
    return [...this.places.values()].filter((place) => run.get(place) !== 0).length;
  }
}

/** Does the primitive. */
export function waitStep(run: Run, doing: Doing, op: Op, pointer: number, b: number): void {
  if (op === Op.WAIT_SLEEP) {
    maySleep(run, doing);
    return;
  }
  run.usable(doing.pc, pointer, WAIT_CELLS);
  const queue = run.world.waitQueue(pointer, WAIT_CELLS);
  if (op === Op.WAIT_WAKE) wake(run, queue, b & WAIT_STATES, b >>> 2);
  else if (op === Op.WAIT_PREPARE) prepare(run, doing.task, queue, b);
  else {
    leave(run, doing.task, queue);
    run.set(run.world.sleep(doing.task), 0);
  }
}

/** A task that must not sleep does not block: its step is the mistake to report. */
export function waitBlocks(run: Run, task: Task, atomic: number): boolean {
  return atomic === 0 && run.get(run.world.sleep(task)) !== 0;
}

/** It is still on a wait queue when it ends. */
export function leavesWaiting(run: Run, { task, pc }: Doing): void {
  run.world.asksForAll(run.derived);
  const places = [...run.world.waitQueues()].flatMap((queue) => queue.places.get(task) ?? []);
  if (places.some((place) => run.get(place) !== 0)) {
    run.violate(Violation.LOCK_MISUSE, Detail.QUEUED_AT_EXIT, pc);
  }
  if (run.world.hasSlept(task)) run.set(run.world.sleep(task), 0);
}

function prepare(run: Run, task: Task, queue: WaitQueue, mode: number): void {
  const exclusive = (mode & WAIT_EXCLUSIVE) !== 0;
  const place = queue.place(task);
  if (run.get(place) === 0) {
    const order = exclusive ? orderOf(run, queue) : [];
    mustNotBe(order.includes(task.index) || order.length === ORDER_MAX);
    run.set(place, exclusive ? EXCLUSIVE : QUEUED);
    if (exclusive) setOrder(run, queue, [...order, task.index]);
  }
  run.set(run.world.sleep(task), mode & WAIT_STATES);
}

function leave(run: Run, task: Task, queue: WaitQueue): void {
  const place = queue.place(task);
  const was = run.get(place);
  run.set(place, 0);
  if (was !== EXCLUSIVE) return;
  setOrder(
    run,
    queue,
    orderOf(run, queue).filter((index) => index !== task.index),
  );
}

/** Wakes all, or no more exclusive ones than `most`; who is awake already stays on the queue. */
function wake(run: Run, queue: WaitQueue, states: number, most: number): void {
  run.world.asksForAll(run.derived);
  const wakes = (task: Task): boolean => {
    const sleep = run.world.sleep(task);
    if ((run.get(sleep) & states) === 0) return false;
    leave(run, task, queue);
    run.set(sleep, 0);
    return true;
  };
  for (const [task, place] of queue.places) if (run.get(place) === QUEUED) wakes(task);
  let left = most;
  for (const index of orderOf(run, queue)) {
    const task = run.world.tasks[index]!;
    mustNotBe(run.get(queue.place(task)) !== EXCLUSIVE);
    if (wakes(task) && left > 0 && --left === 0) return;
  }
}

function orderOf(run: Run, queue: WaitQueue): number[] {
  const found: number[] = [];
  for (let rest = run.get(queue.order); rest > 0; rest = Math.floor(rest / ORDER_BASE)) {
    found.push((rest % ORDER_BASE) - 1);
  }
  return found;
}

function setOrder(run: Run, queue: WaitQueue, order: readonly number[]): void {
  run.set(
    queue.order,
    order.reduceRight((sum, index) => sum * ORDER_BASE + index + 1, 0),
  );
}
