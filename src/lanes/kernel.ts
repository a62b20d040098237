// The kernel primitives as lanes do them: the same rules as assembly/kernel/, over variables and flags. What a
// primitive keeps for itself (open sections, how many items a queue has) becomes flags where only waiting looks
// at it, so that no step has to test it. Primitives that are not here make a program unfit.

import {
  COMPLETION_ALL,
  COMPLETION_DONE,
  CSS_DEAD,
  CSS_REFS,
  Detail,
  DOMAIN_ATOMIC,
  DOMAIN_FLAGS,
  DOMAIN_PENDING,
  DOMAIN_READY,
  DOMAIN_SECTIONS,
  DOMAIN_SOFTIRQ,
  FUNCTION_BASE,
  HEAD_QUEUED,
  LOCK_OWNER,
  NESTING_MAX,
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
import { type Ready, type Section, type Task, Unfit } from "./network.ts";
import { type Doing, type Run, RunOver } from "./run.ts";
import { LIFE_DEAD, LIFE_LIVE } from "./world.ts";

const DOMAIN_CELLS = DOMAIN_PENDING + 1;
const WORK_CELLS = WORK_DISABLED + 1;
const QUEUE_CELLS = QUEUE_DRAINERS + 1;
const CSS_CELLS = CSS_DEAD + 1;
/** In a task's atomic depth, as in assembly/core/layout.ts. */
export const ATOMIC_BH = 0x1_0000;
export const ATOMIC_IRQ = 0x100_0000;

const KWORKER = 1;
const CALLBACK = 2;

function cell(run: Run, pointer: number): number {
  return run.get(run.world.cell(pointer));
}

function setCell(run: Run, pointer: number, value: number): void {
  run.set(run.world.cell(pointer), value);
}

export function maySleep(run: Run, doing: Doing): void {
  if (doing.atomic !== 0) run.violate(Violation.LOCK_MISUSE, Detail.SLEEPING_WHILE_ATOMIC, doing.pc);
}

/** What cannot be where the task did not have to wait; should it be all the same, the run is given up. */
function mustNotBe(impossible: boolean): void {
  if (impossible) throw new RunOver("overflow");
}

// ---------------------------------------------------------------- locks

/** Owners are numbers of tasks from 1 on; where a task is a thread, that is its slot + 1. */
function ownerOf(task: Task): number {
  return task.index + 1;
}

function take(run: Run, doing: Doing, lock: number, spin: boolean): void {
  setCell(run, lock + LOCK_OWNER, ownerOf(doing.task));
  doing.locks = [...doing.locks, lock].sort((a, b) => a - b);
  if (spin) doing.atomic++;
}

export function lockTake(run: Run, doing: Doing, lock: number, spin: boolean): void {
  run.usable(doing.pc, lock, 1);
  const owner = cell(run, lock + LOCK_OWNER);
  mustNotBe(owner !== 0 && owner !== ownerOf(doing.task));
  if (owner !== 0) run.violate(Violation.LOCK_MISUSE, Detail.DOUBLE_LOCK, doing.pc);
  if (!spin) maySleep(run, doing);
  take(run, doing, lock, spin);
}

export function lockTry(run: Run, doing: Doing, lock: number, spin: boolean): number {
  run.usable(doing.pc, lock, 1);
  if (cell(run, lock + LOCK_OWNER) !== 0) return 0;
  take(run, doing, lock, spin);
  return 1;
}

export function lockGive(run: Run, doing: Doing, lock: number, spin: boolean): void {
  run.usable(doing.pc, lock, 1);
  if (cell(run, lock + LOCK_OWNER) !== ownerOf(doing.task)) {
    run.violate(Violation.LOCK_MISUSE, Detail.FOREIGN_UNLOCK, doing.pc);
  }
  setCell(run, lock + LOCK_OWNER, 0);
  const at = doing.locks.indexOf(lock);
  // The model stored its own number there: what the scalar machine counts is one less all the same.
  if (at < 0) throw new Unfit("a lock is given back that was not taken as one");
  doing.locks = doing.locks.filter((_, n) => n !== at);
  if (spin) doing.atomic--;
}

export function lockBlocks(run: Run, task: Task, lock: number): boolean {
  if (!run.lives(lock)) return false;
  const owner = cell(run, lock + LOCK_OWNER);
  return owner !== 0 && owner !== ownerOf(task);
}

// ---------------------------------------------------------------- grace periods

function domainUsable(run: Run, site: number, domain: number): void {
  run.usable(site, domain, DOMAIN_CELLS);
  for (const at of [DOMAIN_SECTIONS, DOMAIN_SECTIONS + 1, DOMAIN_PENDING]) run.world.conceal(domain + at);
  if ((cell(run, domain + DOMAIN_FLAGS) & DOMAIN_READY) === 0) {
    run.violate(Violation.RCU_MISUSE, Detail.NOT_INITIALISED, site);
  }
}

function levelsOf(doing: Doing, domain: number): number[] {
  return doing.sections.filter((s) => s.domain === domain).map((s) => s.level);
}

/** Value of a section's index: of lanes alone, since a slot is not known here; models only hand it back. */
const INDEX_LEVEL = 64;

export function readLock(run: Run, doing: Doing, domain: number): number {
  domainUsable(run, doing.pc, domain);
  const taken = levelsOf(doing, domain);
  const level = [...Array(NESTING_MAX).keys()].find((n) => !taken.includes(n));
  if (level === undefined) throw new RunOver("overflow");
  const section: Section = { domain, level };
  doing.sections = [...doing.sections, section].sort((a, b) => a.domain - b.domain || a.level - b.level);
  if ((cell(run, domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC) !== 0) doing.atomic++;
  run.effects.push({ do: "enter", section: run.world.section(doing.task, section), domain });
  return INDEX_LEVEL * level + doing.task.index;
}

export function readUnlock(run: Run, doing: Doing, domain: number, index: number, last: boolean): void {
  domainUsable(run, doing.pc, domain);
  const taken = levelsOf(doing, domain);
  const level = last ? Math.max(...taken) : Math.floor(index / INDEX_LEVEL);
  if (!last && index % INDEX_LEVEL !== doing.task.index && index < INDEX_LEVEL * NESTING_MAX) {
    throw new Unfit("a task may end a section of another one");
  }
  if (!taken.includes(level)) run.violate(Violation.RCU_MISUSE, Detail.UNBALANCED, doing.pc);
  doing.sections = doing.sections.filter((s) => s.domain !== domain || s.level !== level);
  if ((cell(run, domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC) !== 0) doing.atomic--;
  run.effects.push({ do: "leave", section: run.world.section(doing.task, { domain, level }), domain });
}

export function readHeld(run: Run, doing: Doing, domain: number): number {
  domainUsable(run, doing.pc, domain);
  return levelsOf(doing, domain).length > 0 ? 1 : 0;
}

export function graceStart(run: Run, doing: Doing, domain: number): void {
  domainUsable(run, doing.pc, domain);
  if (levelsOf(doing, domain).length > 0) {
    run.violate(Violation.RCU_MISUSE, Detail.OWN_GRACE_PERIOD, doing.pc);
  }
  maySleep(run, doing);
  doing.waitDomain = domain;
  run.effects.push({ do: "snapshot", waiter: doing.task.index, domain });
}

export function graceWait(run: Run, doing: Doing): void {
  const domain = doing.waitDomain;
  doing.waitDomain = 0;
  if (domain !== 0) run.usable(doing.pc, domain, DOMAIN_CELLS);
}

export function graceCall(run: Run, doing: Doing, domain: number, head: number, callback: number): void {
  domainUsable(run, doing.pc, domain);
  run.usable(doing.pc, head, 1);
  if (cell(run, head + HEAD_QUEUED) !== 0) {
    run.violate(Violation.RCU_MISUSE, Detail.DOUBLE_QUEUE, doing.pc);
  }
  const start = functionStart(run, doing.pc, callback);
  setCell(run, head + HEAD_QUEUED, 1);
  const atomic = callbackAtomic(cell(run, domain + DOMAIN_FLAGS));
  const task = run.world.dynamic(CALLBACK, callback - FUNCTION_BASE, head, domain, start);
  spawn(run, task, start.to, atomic);
  run.effects.push({ do: "snapshot", waiter: task.index, domain });
}

export function callbackStart(run: Run, doing: Doing): void {
  doing.waitDomain = 0;
  run.usable(doing.pc, doing.task.queue, DOMAIN_CELLS);
  run.usable(doing.pc, doing.task.argument, 1);
  setCell(run, doing.task.argument + HEAD_QUEUED, 0);
}

/** From here on the task waits for the callbacks of a domain, or for those that have started. */
export function graceBarrier(run: Run, doing: Doing, domain: number, started: boolean): void {
  domainUsable(run, doing.pc, domain);
  maySleep(run, doing);
  doing.waitDomain = 0;
  run.world.asksForAll(run.derived);
  for (const task of run.world.tasks) {
    if (task.kind !== CALLBACK || task.queue !== domain) continue;
    run.effects.push({ do: "await", waiter: doing.task.index, task, started });
  }
}

// ---------------------------------------------------------------- tasks

function functionStart(run: Run, site: number, callback: number) {
  const start = run.world.image.functions[callback - FUNCTION_BASE];
  if (start !== undefined && start !== null) return start;
  run.violate(callback < 4096 ? Violation.NULL_DEREF : Violation.BAD_POINTER, 0, site);
  throw new RunOver("violated");
}

function spawn(run: Run, task: Task, pc: number, atomic: number): void {
  run.effects.push({ do: "spawn", location: run.world.unstarted(task, pc, atomic) });
}

/** Softirq callbacks must not sleep. */
export function callbackAtomic(flags: number): number {
  return (flags & DOMAIN_SOFTIRQ) !== 0 ? 1 : 0;
}

// ---------------------------------------------------------------- workqueues

function workUsable(run: Run, site: number, work: number): void {
  run.usable(site, work, WORK_CELLS);
  run.world.conceal(work + WORK_RUNNING);
}

function queueUsable(run: Run, site: number, queue: number): void {
  run.usable(site, queue, QUEUE_CELLS);
  for (const at of [QUEUE_ACTIVE, QUEUE_WAITING]) run.world.conceal(queue + at);
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

// ---------------------------------------------------------------- counts

function refuse(run: Run, doing: Doing, count: number, detail: number): void {
  run.violateObject(Violation.REFCOUNT, detail, doing.pc, count);
}

function up(run: Run, doing: Doing, pointer: number, from: number): void {
  run.count(run.world.cell(pointer), from + 1, doing.task.index * 0x10000 + doing.pc);
}

export function refcountInc(run: Run, doing: Doing, count: number): void {
  run.usable(doing.pc, count, 1);
  const old = cell(run, count);
  if (old === 0) refuse(run, doing, count, Detail.FROM_ZERO);
  else if (overflows(old)) refuse(run, doing, count, Detail.SATURATED);
  up(run, doing, count, old);
}

function overflows(old: number): boolean {
  return old >= 0x7fffffff;
}

export function refcountIncNotZero(run: Run, doing: Doing, count: number): number {
  run.usable(doing.pc, count, 1);
  const old = cell(run, count);
  if (old === 0) return 0;
  if (overflows(old)) refuse(run, doing, count, Detail.SATURATED);
  up(run, doing, count, old);
  return 1;
}

export function refcountDecAndTest(run: Run, doing: Doing, count: number): number {
  run.usable(doing.pc, count, 1);
  const old = cell(run, count);
  if (old === 0) refuse(run, doing, count, Detail.UNDERFLOW);
  else if (old >= 0x80000000) refuse(run, doing, count, Detail.SATURATED);
  setCell(run, count, old - 1);
  return old === 1 ? 1 : 0;
}

/** refcount_warn_saturate(): the count went wrong in what is C. */
export function refcountWarn(run: Run, doing: Doing, count: number, detail: number): void {
  run.usable(doing.pc, count, 1);
  refuse(run, doing, count, detail);
}

export function cssTryget(run: Run, doing: Doing, css: number, online: boolean): number {
  run.usable(doing.pc, css, CSS_CELLS);
  const refs = cell(run, css + CSS_REFS);
  if (refs === 0 || (online && cell(run, css + CSS_DEAD) !== 0)) return 0;
  up(run, doing, css + CSS_REFS, refs);
  return 1;
}

export function cssGet(run: Run, doing: Doing, css: number): void {
  run.usable(doing.pc, css, CSS_CELLS);
  const refs = cell(run, css + CSS_REFS);
  if (refs === 0) run.violateObject(Violation.REFCOUNT, Detail.FROM_ZERO, doing.pc, css);
  up(run, doing, css + CSS_REFS, refs);
}

export function cssPut(run: Run, doing: Doing, css: number): number {
  run.usable(doing.pc, css, CSS_CELLS);
  const refs = cell(run, css + CSS_REFS);
  if (refs === 0) run.violateObject(Violation.REFCOUNT, Detail.UNDERFLOW, doing.pc, css);
  setCell(run, css + CSS_REFS, refs - 1);
  return refs === 1 ? 1 : 0;
}

export function cssKill(run: Run, doing: Doing, css: number): void {
  run.usable(doing.pc, css, CSS_CELLS);
  if (cell(run, css + CSS_DEAD) !== 0) run.note(Violation.WARN, Detail.KILLED_TWICE, doing.pc);
  setCell(run, css + CSS_DEAD, 1);
}

// ---------------------------------------------------------------- heap, calls, completions

export function kfree(run: Run, doing: Doing, pointer: number): void {
  if (pointer === 0) return;
  const object = run.world.objectAt(pointer);
  if (object === undefined || !object.heap || object.base !== pointer) {
    run.violate(Violation.BAD_POINTER, Detail.NOT_AN_OBJECT, doing.pc);
    return;
  }
  if (run.get(object.life) !== LIFE_LIVE) run.violateObject(Violation.DOUBLE_FREE, 0, doing.pc, pointer);
  run.set(object.life, LIFE_DEAD + doing.pc);
}

export function callBegin(run: Run, doing: Doing, ops: number): void {
  run.usable(doing.pc, ops, 1);
}

export function callEnd(run: Run, doing: Doing, ops: number): void {
  const object = ops < 4096 ? undefined : run.world.objectAt(ops);
  if (object !== undefined && run.get(object.life) >= LIFE_DEAD) {
    run.violateObject(Violation.USE_AFTER_FREE, Detail.FREED_DURING_CALL, doing.pc, ops);
  }
  run.usable(doing.pc, ops, 1);
}

export function complete(run: Run, doing: Doing, completion: number, all: boolean): void {
  run.usable(doing.pc, completion, 1);
  const done = cell(run, completion + COMPLETION_DONE);
  if (all) setCell(run, completion + COMPLETION_DONE, COMPLETION_ALL);
  else if (done !== COMPLETION_ALL) up(run, doing, completion + COMPLETION_DONE, done);
}

export function completionWait(run: Run, doing: Doing, completion: number): void {
  run.usable(doing.pc, completion, 1);
  maySleep(run, doing);
  const done = cell(run, completion + COMPLETION_DONE);
  mustNotBe(done === 0);
  if (done !== COMPLETION_ALL) setCell(run, completion + COMPLETION_DONE, done - 1);
}

export function completionBlocks(run: Run, completion: number): boolean {
  return run.lives(completion) && cell(run, completion + COMPLETION_DONE) === 0;
}
