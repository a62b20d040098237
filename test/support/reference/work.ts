// Workqueues of the reference interpreter: each queued item is a task of its own that waits for its turn
// (see blocking.ts); one whose timer runs stands at its start too, without a place in the queue.

import {
  Detail,
  QUEUE_ACTIVE,
  QUEUE_DRAINERS,
  QUEUE_WAITING,
  WORK_DISABLED,
  WORK_FUNCTION,
  WORK_PENDING,
  WORK_RUNNING,
} from "../../../assembly/abi.ts";
import { unsigned } from "./arithmetic.ts";
import type { Cell } from "./memory.ts";
import {
  endTask,
  newTask,
  peek,
  START,
  type State,
  setRegister,
  structAt,
  type Task,
  tasksLeft,
  warn,
} from "./state.ts";
import { freeSlot, sleepingCheck, taskFunction, waitForTasks } from "./tasks.ts";

const WORK_CELLS = WORK_DISABLED + 1;
const QUEUE_CELLS = QUEUE_DRAINERS + 1;

interface WorkItem {
  readonly fn: Cell;
  readonly pending: Cell;
  readonly running: Cell;
  readonly disabled: Cell;
}

/** A work item is checked as a whole, whichever of its cells is wanted; so is a queue. */
function workAt(state: State, task: Task, work: number): WorkItem {
  const cells = structAt(state, task, work, WORK_CELLS);
  return {
    fn: cells[WORK_FUNCTION]!,
    pending: cells[WORK_PENDING]!,
    running: cells[WORK_RUNNING]!,
    disabled: cells[WORK_DISABLED]!,
  };
}

interface Queue {
  readonly active: Cell;
  readonly waiting: Cell;
  readonly drainers: Cell;
}

function queueAt(state: State, task: Task, queue: number): Queue {
  const cells = structAt(state, task, queue, QUEUE_CELLS);
  return { active: cells[QUEUE_ACTIVE]!, waiting: cells[QUEUE_WAITING]!, drainers: cells[QUEUE_DRAINERS]! };
}

const lives = (state: State, pointer: number, cells: number): boolean =>
  Array.from({ length: cells }, (_, n) => peek(state, pointer + n)).every((value) => value !== undefined);

function count(cell: Cell, n: number): void {
  cell.value = unsigned(cell.value + n);
}

/** Kworkers of an item, those whose timer runs included. */
function kworkersOf(state: State, work: number): Task[] {
  return tasksLeft(state).filter((each) => each.turn?.work === work);
}

const isTimed = (kworker: Task): boolean => kworker.turn!.order === undefined;

/** A kworker for an item, with its timer running. */
function makeKworker(state: State, task: Task, queue: number, work: number): Task {
  const { fn, pending } = workAt(state, task, work);
  const entry = taskFunction(state, task, fn.value);
  const turn = { work, queue, order: undefined };
  const kworker = newTask("kworker", freeSlot(state), entry, { index: START, turn });
  pending.value = 1;
  state.tasks.set(kworker.slot, kworker);
  return kworker;
}

/** From outside, a queue that is being drained takes nothing. */
function refuses(state: State, task: Task, queue: number, expires: boolean): boolean {
  if (queueAt(state, task, queue).drainers.value === 0) return false;
  if (!expires && task.turn?.queue === queue) return false;
  warn(state, task, Detail.QUEUE_DRAINING);
  return true;
}

function enter(state: State, task: Task, kworker: Task): void {
  const turn = kworker.turn!;
  turn.order = state.queued++;
  count(queueAt(state, task, turn.queue).waiting, 1);
}

function enqueue(state: State, task: Task, queue: number, work: number): number {
  if (refuses(state, task, queue, false)) workAt(state, task, work).pending.value = 1;
  else enter(state, task, makeKworker(state, task, queue, work));
  return 1;
}

export function queueWork(state: State, task: Task, [queue = 0, work = 0]: readonly number[]): number {
  queueAt(state, task, queue);
  const { pending, disabled } = workAt(state, task, work);
  if (pending.value !== 0 || disabled.value !== 0) return 0;
  return enqueue(state, task, queue, work);
}

export function workQueueClaimed(state: State, task: Task, [queue = 0, work = 0]: readonly number[]): number {
  queueAt(state, task, queue);
  workAt(state, task, work);
  return enqueue(state, task, queue, work);
}

export function workDelay(state: State, task: Task, [queue = 0, work = 0]: readonly number[]): number {
  queueAt(state, task, queue);
  const { pending, disabled } = workAt(state, task, work);
  if (pending.value !== 0 || disabled.value !== 0) return 0;
  makeKworker(state, task, queue, work);
  return 1;
}

export function workRedelay(state: State, task: Task, [queue = 0, work = 0]: readonly number[]): number {
  queueAt(state, task, queue);
  const { pending, disabled } = workAt(state, task, work);
  const was = takeBack(state, task, work);
  if (pending.value === 0 && disabled.value === 0) makeKworker(state, task, queue, work);
  return was;
}

/** Executes the start step of a kworker whose timer expires. */
function expire(state: State, kworker: Task): void {
  const { work, queue } = kworker.turn!;
  workAt(state, kworker, work);
  queueAt(state, kworker, queue);
  if (refuses(state, kworker, queue, true)) endTask(state, kworker);
  else enter(state, kworker, kworker);
}

/** Executes a kworker's start step; true where its code comes next. */
export function startWork(state: State, kworker: Task): boolean {
  if (isTimed(kworker)) {
    expire(state, kworker);
    return false;
  }
  const { work, queue } = kworker.turn!;
  const { pending, running } = workAt(state, kworker, work);
  const { active, waiting } = queueAt(state, kworker, queue);
  pending.value = 0;
  count(running, 1);
  count(active, 1);
  count(waiting, -1);
  setRegister(kworker, 1, work);
  return true;
}

/** A kworker ends. The function may have freed its own item, so the item may be gone. */
export function endWork(state: State, kworker: Task): void {
  const { work, queue } = kworker.turn!;
  if (lives(state, work, WORK_CELLS)) {
    const { running } = workAt(state, kworker, work);
    if (running.value !== 0) count(running, -1);
  }
  if (lives(state, queue, QUEUE_CELLS)) count(queueAt(state, kworker, queue).active, -1);
}

export function cancelWork(state: State, task: Task, [work = 0]: readonly number[]): number {
  return takeBack(state, task, work);
}

/** What is pending without a kworker was claimed, or refused by a queue: it stays so. */
function takeBack(state: State, task: Task, work: number): number {
  const { pending } = workAt(state, task, work);
  if (pending.value === 0) return 0;
  const kworker = kworkersOf(state, work).find((each) => each.index === START);
  if (kworker === undefined) return 0;
  pending.value = 0;
  const { queue } = kworker.turn!;
  if (!isTimed(kworker) && lives(state, queue, QUEUE_CELLS)) count(queueAt(state, task, queue).waiting, -1);
  endTask(state, kworker);
  return 1;
}

/** Waits for the execution that was queued last, if there is one that is not over. */
function waitForLatest(state: State, task: Task, work: number): boolean {
  const queued = kworkersOf(state, work).filter((each) => !isTimed(each));
  const latest = queued.sort((a, b) => b.turn!.order! - a.turn!.order!).slice(0, 1);
  waitForTasks(task, latest);
  return latest.length > 0;
}

export function workFlush(state: State, task: Task, [work = 0]: readonly number[]): number {
  const { pending } = workAt(state, task, work);
  sleepingCheck(state, task, pending.object);
  return waitForLatest(state, task, work) ? 1 : 0;
}

export function workFlushDelayed(state: State, task: Task, [work = 0]: readonly number[]): number {
  const { pending } = workAt(state, task, work);
  sleepingCheck(state, task, pending.object);
  const timed = kworkersOf(state, work).find(isTimed);
  if (timed !== undefined) {
    if (refuses(state, task, timed.turn!.queue, false)) endTask(state, timed);
    else enter(state, task, timed);
  }
  return waitForLatest(state, task, work) ? 1 : 0;
}

export function workDisable(state: State, task: Task, [work = 0]: readonly number[]): number {
  count(workAt(state, task, work).disabled, 1);
  return takeBack(state, task, work);
}

export function workDisableSync(state: State, task: Task, [work = 0]: readonly number[]): number {
  const { disabled } = workAt(state, task, work);
  sleepingCheck(state, task, disabled.object);
  const was = workDisable(state, task, [work]);
  waitForLatest(state, task, work);
  return was;
}

export function queueFlush(state: State, task: Task, [queue = 0]: readonly number[]): number {
  const { waiting } = queueAt(state, task, queue);
  sleepingCheck(state, task, waiting.object);
  const items = tasksLeft(state).filter((each) => each.turn?.queue === queue && !isTimed(each));
  waitForTasks(task, items);
  return items.length > 0 ? 1 : 0;
}
