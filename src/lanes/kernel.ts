// The kernel primitives as lanes do them: the same rules as assembly/kernel/, over variables and flags.
// What a primitive keeps for itself (open sections, how many items a queue has) becomes flags where only
// waiting looks at it, so that no step has to test it. Primitives that are not here make a program unfit.

import {
  COMPLETION_ALL,
  COMPLETION_DONE,
  CSS_DEAD,
  CSS_REFS,
  Detail,
  LOCK_OWNER,
  Violation,
} from "../../assembly/abi.ts";
import { type Task, Unfit } from "./network.ts";
import { type Doing, type Run, RunOver } from "./run.ts";
import { LIFE_DEAD, LIFE_LIVE } from "./world.ts";

const CSS_CELLS = CSS_DEAD + 1;
/** In a task's atomic depth, as in assembly/core/layout.ts. */
export const ATOMIC_BH = 0x1_0000;
export const ATOMIC_IRQ = 0x100_0000;

export function cell(run: Run, pointer: number): number {
  return run.get(run.world.cell(pointer));
}

export function setCell(run: Run, pointer: number, value: number): void {
  run.set(run.world.cell(pointer), value);
}

export function maySleep(run: Run, doing: Doing): void {
  if (doing.atomic !== 0) run.violate(Violation.LOCK_MISUSE, Detail.SLEEPING_WHILE_ATOMIC, doing.pc);
}

/** What cannot be where the task did not have to wait; should it be all the same, the run is given up. */
export function mustNotBe(impossible: boolean): void {
  if (impossible) throw new RunOver("overflow");
}

// ---------------------------------------------------------------- locks

/** Owners are numbers of tasks from 1 on; where a task is a thread, that is its slot + 1. */
export function ownerOf(task: Task): number {
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

// ---------------------------------------------------------------- counts

function refuse(run: Run, doing: Doing, count: number, detail: number): void {
  run.violateObject(Violation.REFCOUNT, detail, doing.pc, count);
}

export function countUp(run: Run, doing: Doing, pointer: number, from: number): void {
  run.count(run.world.cell(pointer), from + 1, doing.task.index * 0x10000 + doing.pc);
}

export function refcountInc(run: Run, doing: Doing, count: number): void {
  run.usable(doing.pc, count, 1);
  const old = cell(run, count);
  if (old === 0) refuse(run, doing, count, Detail.FROM_ZERO);
  else if (overflows(old)) refuse(run, doing, count, Detail.SATURATED);
  countUp(run, doing, count, old);
}

function overflows(old: number): boolean {
  return old >= 0x7fffffff;
}

export function refcountIncNotZero(run: Run, doing: Doing, count: number): number {
  run.usable(doing.pc, count, 1);
  const old = cell(run, count);
  if (old === 0) return 0;
  if (overflows(old)) refuse(run, doing, count, Detail.SATURATED);
  countUp(run, doing, count, old);
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
  countUp(run, doing, css + CSS_REFS, refs);
  return 1;
}

export function cssGet(run: Run, doing: Doing, css: number): void {
  run.usable(doing.pc, css, CSS_CELLS);
  const refs = cell(run, css + CSS_REFS);
  if (refs === 0) run.violateObject(Violation.REFCOUNT, Detail.FROM_ZERO, doing.pc, css);
  countUp(run, doing, css + CSS_REFS, refs);
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
  else if (done !== COMPLETION_ALL) countUp(run, doing, completion + COMPLETION_DONE, done);
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
