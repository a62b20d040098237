// Workqueues as lanes do them (assembly/kernel/work.ts, flush.ts): each item is a task; who is ahead of
// whom on a queue that is one wide, and who waits for whom, are flags. How many items a queue has is not
// kept: it is only asked whether one runs.

import {
  Detail,
  FUNCTION_BASE,
  QUEUE_ACTIVE,
  QUEUE_DRAINERS,
  QUEUE_MAX_ACTIVE,
  QUEUE_WAITING,
  Violation,
  WORK_DISABLED,
  WORK_FUNCTION,
  WORK_PENDING,
  WORK_RUNNING,
} from "../../assembly/abi.ts";
import { cell, maySleep, setCell } from "./kernel.ts";
import { type Ready, type Task, Unfit } from "./network.ts";
import type { Doing, Run } from "./run.ts";
import { functionStart, spawn } from "./spawn.ts";

const WORK_CELLS = WORK_DISABLED + 1;
const QUEUE_CELLS = QUEUE_DRAINERS + 1;
const KWORKER = 1;

function workUsable(run: Run, site: number, work: number): void {
  run.usable(site, work, WORK_CELLS);
  run.world.conceal(work + WORK_RUNNING, { work });
}

function queueUsable(run: Run, site: number, queue: number): void {
  run.usable(site, queue, QUEUE_CELLS);
  for (const at of [QUEUE_ACTIVE, QUEUE_WAITING]) {
    run.world.conceal(queue + at, { queue });
  }
}

export function queueWork(run: Run, doing: Doing, queue: number, work: number, claimed: boolean): number {
  queueUsable(run, doing.pc, queue);
  workUsable(run, doing.pc, work);
  if (!claimed && (cell(run, work + WORK_PENDING) !== 0 || cell(run, work + WORK_DISABLED) !== 0)) return 0;
  const own = doing.task.kind === KWORKER && doing.task.queue === queue;
  if (!own && cell(run, queue + QUEUE_DRAINERS) !== 0) {
    setCell(run, work + WORK_PENDING, 1);
    run.note(Violation.WARN, Detail.QUEUE_DRAINING, doing.pc);
    return 1;
  }
  const callback = cell(run, work + WORK_FUNCTION);
  const start = functionStart(run, doing.pc, callback);
  setCell(run, work + WORK_PENDING, 1);
  const task = run.world.dynamic(KWORKER, callback - FUNCTION_BASE, work, queue, start);
  const width = Math.max(1, cell(run, queue + QUEUE_MAX_ACTIVE));
  if (width === 1) run.world.ordered.add(queue);
  else widthSuffices(run, queue, width);
  spawn(run, task, start.to + 1, 0);
  run.effects.push({ do: "enqueue", task });
  return 1;
}

function widthSuffices(run: Run, queue: number, width: number): void {
  run.world.asksForAll(run.derived);
  const items = run.world.tasks.filter((t) => t.kind === KWORKER && t.queue === queue);
  if (items.length > width) throw new Unfit(`a workqueue of width ${width} with ${items.length} items`);
}

export function workStart(run: Run, doing: Doing): void {
  const { argument: work, queue } = doing.task;
  workUsable(run, doing.pc, work);
  queueUsable(run, doing.pc, queue);
  setCell(run, work + WORK_PENDING, 0);
  run.effects.push({ do: "dequeue", task: doing.task });
}

/** A freed item or queue does not block: touching it is the mistake. */
export function workReady(run: Run, task: Task): Ready {
  const lives = run.structLives(task.queue, QUEUE_CELLS) && run.structLives(task.argument, WORK_CELLS);
  return { blocked: false, waitsDomain: 0, waitsTasks: false, waitsTurn: lives };
}

export function workFlush(run: Run, doing: Doing, work: number): number {
  workUsable(run, doing.pc, work);
  maySleep(run, doing);
  doing.waitDomain = 0;
  run.world.asksForAll(run.derived);
  const items = run.world.tasks.filter((t) => t.kind === KWORKER && t.argument === work);
  if (items.length > 1) throw new Unfit("a flushed work item has several functions or queues");
  const [task] = items;
  if (task === undefined) return 0;
  run.effects.push({ do: "await", waiter: doing.task.index, task, started: false });
  return run.get(run.world.exists(task));
}
