// Read-write semaphores and rwlocks as lanes do them (assembly/kernel/rwsem.ts). Which of them a task reads
// is part of where it stands, as with locks; the cell of the reads only counts all of them.

import {
  Detail,
  Op,
  RWSEM_NESTING_MAX,
  RWSEM_OWNER,
  RWSEM_QUEUED,
  RWSEM_READERS,
  RWSEM_READS,
  RWSEM_SPINS,
  Violation,
} from "../../assembly/abi.ts";
import { cell, countUp, maySleep, mustNotBe, ownerOf, setCell } from "./kernel.ts";
import { type Task, Unfit } from "./network.ts";
import { type Doing, type Run, RunOver } from "./run.ts";

const RWSEM_CELLS = RWSEM_SPINS + 1;
/** Among the locks of a task: a rwsem that it reads. */
const READ_MARK = 2 ** 32;
/** Writers are bits of a cell. */
const WRITERS_MAX = 31;

export function isRwsem(op: Op): boolean {
  return (
    (op >= Op.RWSEM_QUEUE_WRITE && op <= Op.DOWNGRADE_WRITE) ||
    op === Op.DOWN_READ ||
    op === Op.RWSEM_WAIT_WRITE
  );
}

/** Does the primitive; its result. */
export function rwsemStep(run: Run, doing: Doing, op: Op, sem: number): number {
  run.usable(doing.pc, sem, RWSEM_CELLS);
  run.world.conceal(sem + RWSEM_READS, {});
  const owner = cell(run, sem + RWSEM_OWNER);
  const own = owner === ownerOf(doing.task);
  const queued = cell(run, sem + RWSEM_QUEUED);
  switch (op) {
    case Op.DOWN_READ:
      if (own) misuse(run, doing, Detail.DOUBLE_LOCK);
      mayWait(run, doing, sem);
      mustNotBe(blocks(op, owner, own, queued));
      read(run, doing, sem);
      return 0;
    case Op.DOWN_READ_TRYLOCK:
      if ((owner !== 0 && owner !== RWSEM_READERS) || queued !== 0) return 0;
      return read(run, doing, sem);
    case Op.RWSEM_QUEUE_WRITE:
      if (own || reads(doing, sem) > 0) misuse(run, doing, Detail.DOUBLE_LOCK);
      mayWait(run, doing, sem);
      if (owner === 0) return write(run, doing, sem);
      setCell(run, sem + RWSEM_QUEUED, queued | bitOf(doing.task));
      return 0;
    case Op.RWSEM_WAIT_WRITE:
      mustNotBe(blocks(op, owner, own, queued));
      setCell(run, sem + RWSEM_QUEUED, queued & ~bitOf(doing.task));
      return write(run, doing, sem);
    case Op.DOWN_WRITE_TRYLOCK:
      return owner === 0 && queued === 0 ? write(run, doing, sem) : 0;
    case Op.UP_READ:
      return readNoMore(run, doing, sem);
    default:
      return writeNoMore(run, doing, sem, op === Op.DOWNGRADE_WRITE);
  }
}

/** An own lock does not block: taking it again is the mistake to report. */
export function rwsemBlocks(run: Run, task: Task, op: Op, sem: number): boolean {
  if (!run.structLives(sem, RWSEM_CELLS)) return false;
  const owner = cell(run, sem + RWSEM_OWNER);
  return blocks(op, owner, owner === ownerOf(task), owner === 0 ? 0 : cell(run, sem + RWSEM_QUEUED));
}

function blocks(op: Op, owner: number, own: boolean, queued: number): boolean {
  if (op === Op.RWSEM_WAIT_WRITE) return owner !== 0;
  if (owner === RWSEM_READERS) return queued !== 0;
  return owner !== 0 && !own;
}

function misuse(run: Run, doing: Doing, detail: number): void {
  run.violate(Violation.LOCK_MISUSE, detail, doing.pc);
}

/** Spinning is no sleep: every context may. */
function mayWait(run: Run, doing: Doing, sem: number): void {
  if (cell(run, sem + RWSEM_SPINS) === 0) maySleep(run, doing);
}

function bitOf({ index }: Task): number {
  if (index >= WRITERS_MAX) throw new Unfit(`a rwsem among more than ${WRITERS_MAX} tasks`);
  return 1 << index;
}

/** How often the task holds it for reading. */
function reads(doing: Doing, sem: number): number {
  return doing.locks.filter((lock) => lock === READ_MARK + sem).length;
}

function read(run: Run, doing: Doing, sem: number): number {
  if (reads(doing, sem) === RWSEM_NESTING_MAX) throw new RunOver("overflow");
  setCell(run, sem + RWSEM_OWNER, RWSEM_READERS);
  countUp(run, doing, sem + RWSEM_READS, cell(run, sem + RWSEM_READS));
  return hold(run, doing, sem, READ_MARK + sem);
}

function write(run: Run, doing: Doing, sem: number): number {
  setCell(run, sem + RWSEM_OWNER, ownerOf(doing.task));
  return hold(run, doing, sem, sem);
}

function hold(run: Run, doing: Doing, sem: number, lock: number): number {
  doing.locks = [...doing.locks, lock].sort((a, b) => a - b);
  if (cell(run, sem + RWSEM_SPINS) !== 0) doing.atomic++;
  return 1;
}

function letGo(run: Run, doing: Doing, sem: number, lock: number): void {
  const at = doing.locks.indexOf(lock);
  mustNotBe(at < 0);
  doing.locks = doing.locks.filter((_, n) => n !== at);
  if (cell(run, sem + RWSEM_SPINS) !== 0) doing.atomic--;
}

function readNoMore(run: Run, doing: Doing, sem: number): number {
  if (reads(doing, sem) === 0) misuse(run, doing, Detail.FOREIGN_UNLOCK);
  const all = cell(run, sem + RWSEM_READS);
  mustNotBe(all === 0);
  setCell(run, sem + RWSEM_READS, all - 1);
  if (all === 1) setCell(run, sem + RWSEM_OWNER, 0);
  letGo(run, doing, sem, READ_MARK + sem);
  return 0;
}

function writeNoMore(run: Run, doing: Doing, sem: number, goesOnReading: boolean): number {
  if (cell(run, sem + RWSEM_OWNER) !== ownerOf(doing.task)) misuse(run, doing, Detail.FOREIGN_UNLOCK);
  if (!goesOnReading) {
    setCell(run, sem + RWSEM_OWNER, 0);
    letGo(run, doing, sem, sem);
    return 0;
  }
  setCell(run, sem + RWSEM_OWNER, RWSEM_READERS);
  setCell(run, sem + RWSEM_READS, 1);
  mustNotBe(!doing.locks.includes(sem));
  doing.locks = doing.locks.map((lock) => (lock === sem ? READ_MARK + sem : lock)).sort((a, b) => a - b);
  return 0;
}
