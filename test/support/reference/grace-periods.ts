// Grace-period domains of the reference interpreter (RCU flavours and SRCU): 64 section bits in two cells,
// bit 16 * level + slot; a grace period waits for the bits that were set when it began (KERNEL.md 3.1,
// abstract model).

import {
  Detail,
  DOMAIN_ATOMIC,
  DOMAIN_FLAGS,
  DOMAIN_PENDING,
  DOMAIN_READY,
  DOMAIN_SECTIONS,
  DOMAIN_SOFTIRQ,
  HEAD_QUEUED,
  LimitKind,
  NESTING_MAX,
  SLOTS,
  Violation,
} from "../../../assembly/abi.ts";
import { unsigned } from "./arithmetic.ts";
import type { Cell } from "./memory.ts";
import {
  cellAt,
  newTask,
  peek,
  reachLimit,
  START,
  type State,
  setRegister,
  structAt,
  type Task,
  tasksLeft,
  violate,
} from "./state.ts";
import { freeSlot, sleepingCheck, taskFunction, waitForTasks } from "./tasks.ts";

const sectionBit = (level: number, slot: number): number => SLOTS * level + slot;
const SECTION_BITS = SLOTS * NESTING_MAX;

const DOMAIN_CELLS = DOMAIN_PENDING + 1;

interface Domain {
  readonly pointer: number;
  /** The two words of section bits: bits 0..31, then 32..63. */
  readonly words: readonly [Cell, Cell];
  readonly flags: number;
  readonly pending: Cell;
}

/** A domain that lives and was initialised. */
function domainAt(state: State, task: Task, pointer: number): Domain {
  const cells = structAt(state, task, pointer, DOMAIN_CELLS);
  const flags = cells[DOMAIN_FLAGS]!.value;
  if ((flags & DOMAIN_READY) === 0) violate(state, task, Violation.RCU_MISUSE, Detail.NOT_INITIALISED);
  const words = [cells[DOMAIN_SECTIONS]!, cells[DOMAIN_SECTIONS + 1]!] as const;
  return { pointer, words, flags, pending: cells[DOMAIN_PENDING]! };
}

function count(cell: Cell, n: number): void {
  cell.value = unsigned(cell.value + n);
}

function isOpen(domain: Domain, bit: number): boolean {
  const word = domain.words[bit < 32 ? 0 : 1];
  return ((word.value >>> (bit % 32)) & 1) === 1;
}

function setOpen(domain: Domain, bit: number, open: boolean): void {
  const word = domain.words[bit < 32 ? 0 : 1];
  const mask = 1 << (bit % 32);
  word.value = unsigned(open ? word.value | mask : word.value & ~mask);
}

function openSections(domain: Domain): Set<number> {
  const open = new Set<number>();
  for (let bit = 0; bit < SECTION_BITS; bit++) if (isOpen(domain, bit)) open.add(bit);
  return open;
}

export function gpReadLock(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const domain = domainAt(state, task, pointer);
  for (let level = 0; level < NESTING_MAX; level++) {
    const bit = sectionBit(level, task.slot);
    if (isOpen(domain, bit)) continue;
    setOpen(domain, bit, true);
    task.sectionsOpen++;
    if (domain.flags & DOMAIN_ATOMIC) task.atomicDepth++;
    return bit;
  }
  return reachLimit(state, LimitKind.NESTING);
}

/** Ends a section and tells everybody who waits for it. */
function endSection(state: State, task: Task, domain: Domain, bit: number): void {
  setOpen(domain, bit, false);
  for (const waiter of state.tasks.values()) {
    if (waiter.waitDomain === domain.pointer) waiter.waitMask.delete(bit);
  }
  // The section belongs to the task that opened it, whoever ends it (srcu_up_read).
  const owner = bit % SLOTS === task.slot ? task : state.tasks.get(bit % SLOTS);
  if (owner === undefined) return;
  owner.sectionsOpen--;
  if (domain.flags & DOMAIN_ATOMIC) owner.atomicDepth--;
}

export function gpReadUnlock(state: State, task: Task, [pointer = 0, bit = 0]: readonly number[]): number {
  const domain = domainAt(state, task, pointer);
  if (bit >= SECTION_BITS || !isOpen(domain, bit)) {
    violate(state, task, Violation.RCU_MISUSE, Detail.UNBALANCED, domain.words[0].object);
  }
  endSection(state, task, domain, bit);
  return 0;
}

export function gpReadUnlockLast(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const domain = domainAt(state, task, pointer);
  for (let level = NESTING_MAX - 1; level >= 0; level--) {
    const bit = sectionBit(level, task.slot);
    if (!isOpen(domain, bit)) continue;
    endSection(state, task, domain, bit);
    return 0;
  }
  return violate(state, task, Violation.RCU_MISUSE, Detail.UNBALANCED, domain.words[0].object);
}

/** Whether the task itself is inside a section. */
function isReading(domain: Domain, task: Task): boolean {
  return Array.from({ length: NESTING_MAX }, (_, level) => level).some((level) =>
    isOpen(domain, sectionBit(level, task.slot)),
  );
}

export function gpReadHeld(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  return isReading(domainAt(state, task, pointer), task) ? 1 : 0;
}

export function gpStart(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const domain = domainAt(state, task, pointer);
  if (isReading(domain, task)) {
    violate(state, task, Violation.RCU_MISUSE, Detail.OWN_GRACE_PERIOD, domain.words[0].object);
  }
  sleepingCheck(state, task, domain.words[0].object);
  count(domain.pending, 1);
  task.waitMask = openSections(domain);
  task.waitDomain = pointer;
  task.waitTasks = new Set();
  return 0;
}

/** Without a gp_start() before it there is nothing that ends. */
export function gpWait(state: State, task: Task): number {
  const domain = task.waitDomain;
  task.waitDomain = 0;
  if (domain !== 0) count(structAt(state, task, domain, DOMAIN_CELLS)[DOMAIN_PENDING]!, -1);
  return 0;
}

function barrier(state: State, task: Task, pointer: number, wanted: (callback: Task) => boolean): number {
  const domain = domainAt(state, task, pointer);
  sleepingCheck(state, task, domain.words[0].object);
  const callbacks = tasksLeft(state).filter((each) => each.kind === "callback" && each.domain === pointer);
  waitForTasks(task, callbacks.filter(wanted));
  return 0;
}

export function gpBarrier(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  return barrier(state, task, pointer, () => true);
}

export function gpFlush(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  return barrier(state, task, pointer, (callback) => callback.index !== START);
}

export function gpCall(state: State, task: Task, [pointer = 0, head = 0, fn = 0]: readonly number[]): number {
  const domain = domainAt(state, task, pointer);
  const queued = cellAt(state, task, head + HEAD_QUEUED);
  if (queued.value !== 0) {
    violate(state, task, Violation.RCU_MISUSE, Detail.DOUBLE_QUEUE, queued.object);
  }
  const entry = taskFunction(state, task, fn);
  queued.value = 1;
  const callback = newTask("callback", freeSlot(state), entry, { index: START, head, domain: pointer });
  count(domain.pending, 1);
  callback.waitMask = openSections(domain);
  callback.waitDomain = pointer;
  if (domain.flags & DOMAIN_SOFTIRQ) callback.atomicDepth = 1;
  state.tasks.set(callback.slot, callback);
  return 0;
}

/** Executes a callback's start step. */
export function startCallback(state: State, callback: Task): void {
  callback.waitDomain = 0;
  structAt(state, callback, callback.domain, DOMAIN_CELLS);
  cellAt(state, callback, callback.head + HEAD_QUEUED).value = 0;
  setRegister(callback, 1, callback.head);
}

/** A callback ends. It may have freed its own domain. */
export function endCallback(state: State, callback: Task): void {
  const cells = Array.from({ length: DOMAIN_CELLS }, (_, n) => peek(state, callback.domain + n));
  if (cells.every((value) => value !== undefined)) {
    count(cellAt(state, callback, callback.domain + DOMAIN_PENDING), -1);
  }
}
