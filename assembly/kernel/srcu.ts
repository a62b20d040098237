// Grace-period domains: RCU, RCU tasks trace and every SRCU domain alike. A domain knows its open read-side
// sections, one bit each (bit 16 * level + slot, the level being the lowest free one of that task); a grace
// period waits for exactly those that are open when it starts, a barrier for the callbacks that are queued
// when it starts. What the flavours differ in are two flags.

import {
  Detail, DOMAIN_ATOMIC, DOMAIN_FLAGS, DOMAIN_PENDING, DOMAIN_READY, DOMAIN_SECTIONS, DOMAIN_SOFTIRQ,
  HEAD_QUEUED, LimitKind, NESTING_MAX, Violation,
} from "../abi";
import {
  CELLS, KIND_CALLBACK, TASK_ATOMIC, TASK_KIND, TASK_QUEUE, TASK_SECTIONS, TASK_WAIT_DOMAIN,
} from "../core/layout";
import { footReadCell, footRead, footWrite } from "../core/footprint";
import {
  taskArrive, taskEntry, taskMaySleep, taskRelease, taskSpawn, taskUnstarted, taskWaitFor,
} from "../machine/task";
import {
  cellCount, cellGet, cellLives, cellSet, live, stopAtLimit, structLives, structUsable, taskBlock, violate,
  violatePointer,
} from "../machine/state";

const DOMAIN_CELLS: u32 = DOMAIN_PENDING + 1;

/** The domain may be used. */
function usable(domain: u32, slot: u32, site: u32): bool {
  if (!structUsable(domain, DOMAIN_CELLS, slot, site)) return false;
  if (cellGet(domain + DOMAIN_FLAGS) & DOMAIN_READY) return true;
  violate(Violation.RCU_MISUSE, Detail.NOT_INITIALISED, slot, site, -1, -1);
  return false;
}

// @ts-ignore: decorator
@inline
function sections(domain: u32): u64 {
  return load<u64>((<usize>domain + DOMAIN_SECTIONS) << 2, CELLS);
}

// @ts-ignore: decorator
@inline
/** The open sections are looked at. */
function watchSections(domain: u32): u64 {
  footReadCell(domain + DOMAIN_SECTIONS);
  footReadCell(domain + DOMAIN_SECTIONS + 1);
  return sections(domain);
}

/** Bits of one task change: what others do to theirs comes to the same before and after. */
function setSections(domain: u32, value: u64): void {
  cellCount(domain + DOMAIN_SECTIONS, <u32>value);
  cellCount(domain + DOMAIN_SECTIONS + 1, <u32>(value >> 32));
}

/** The sections of a task, as a mask of levels at bits 0, 16, 32, 48. */
// @ts-ignore: decorator
@inline
function own(domain: u32, slot: u32): u64 {
  return (sections(domain) >> slot) & 0x0001_0001_0001_0001;
}

/** Index of the new section; the level is the lowest that the task has free. */
export function srcuReadLock(domain: u32, slot: u32, site: u32): u32 {
  if (!usable(domain, slot, site)) return 0;
  const mine = own(domain, slot);
  for (let level: u32 = 0; level < <u32>NESTING_MAX; level++) {
    const index = 16 * level + slot;
    if (!((mine >> (16 * level)) & 1)) {
      setSections(domain, sections(domain) | ((<u64>1) << index));
      const task = taskBlock(slot);
      store<u32>(task, load<u32>(task, TASK_SECTIONS) + 1, TASK_SECTIONS);
      if (cellGet(domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC) {
        store<u32>(task, load<u32>(task, TASK_ATOMIC) + 1, TASK_ATOMIC);
      }
      return index;
    }
  }
  stopAtLimit(LimitKind.NESTING);
  return 0;
}

/** Ends section `index`, or with `last` the innermost one of the task. */
export function srcuReadUnlock(domain: u32, index: u32, last: bool, slot: u32, site: u32): void {
  if (!usable(domain, slot, site)) return;
  let which = index;
  if (last) {
    const mine = own(domain, slot);
    which = mine ? ((63 - <u32>clz(mine)) & 0x30) + slot : 64;
  }
  // Another task's section: not only who has it can end it.
  if (which < 64 && (which & 15) != slot) {
    watchSections(domain);
    footWrite(which & 15);
  }
  if (which >= 64 || !((sections(domain) >> which) & 1)) {
    violate(Violation.RCU_MISUSE, Detail.UNBALANCED, slot, site, -1, -1);
    return;
  }
  const bit = (<u64>1) << which;
  setSections(domain, sections(domain) & ~bit);
  const reader = taskBlock(which & 15);
  store<u32>(reader, load<u32>(reader, TASK_SECTIONS) - 1, TASK_SECTIONS);
  if (cellGet(domain + DOMAIN_FLAGS) & DOMAIN_ATOMIC) {
    store<u32>(reader, load<u32>(reader, TASK_ATOMIC) - 1, TASK_ATOMIC);
  }
  taskRelease(domain, bit);
}

/** 1 where the task is inside a section. */
export function srcuReadHeld(domain: u32, slot: u32, site: u32): u32 {
  if (!usable(domain, slot, site)) return 0;
  return own(domain, slot) ? 1 : 0;
}

function addPending(domain: u32, n: i32): void {
  const cell = domain + DOMAIN_PENDING;
  cellCount(cell, load<u32>(<usize>cell << 2, CELLS) + n);
}

/** The first half of synchronize_*(): from here on the task waits for the sections open now. */
export function srcuStart(domain: u32, slot: u32, site: u32): void {
  if (!usable(domain, slot, site)) return;
  if (own(domain, slot)) {
    violate(Violation.RCU_MISUSE, Detail.OWN_GRACE_PERIOD, slot, site, -1, -1);
    return;
  }
  if (!taskMaySleep(slot, site)) return;
  addPending(domain, 1);
  taskWaitFor(slot, domain, watchSections(domain));
}

/** The second half: the grace period is over. */
export function srcuWait(slot: u32, site: u32): void {
  const task = taskBlock(slot);
  const domain = load<u32>(task, TASK_WAIT_DOMAIN);
  store<u32>(task, 0, TASK_WAIT_DOMAIN);
  if (domain && structUsable(domain, DOMAIN_CELLS, slot, site)) addPending(domain, -1);
}

/**
 * From here on the task waits for the callbacks that are queued, or only for those of them that have started.
 */
export function srcuBarrier(domain: u32, started: bool, slot: u32, site: u32): void {
  if (!usable(domain, slot, site) || !taskMaySleep(slot, site)) return;
  // Who is queued now: a call counts here.
  footReadCell(domain + DOMAIN_PENDING);
  let callbacks: u64 = 0;
  for (let rest = live; rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    const task = taskBlock(other);
    if (load<u32>(task, TASK_KIND) != KIND_CALLBACK || load<u32>(task, TASK_QUEUE) != domain) continue;
    footRead(other);
    if (!started || !taskUnstarted(other)) callbacks |= <u64>1 << other;
  }
  taskWaitFor(slot, 0, callbacks);
}

/** call_rcu and its kin: the callback becomes a task that can start once the grace period is over. */
export function srcuCall(domain: u32, head: u32, callback: u32, slot: u32, site: u32): void {
  if (!usable(domain, slot, site)) return;
  if (!cellLives(head)) {
    violatePointer(slot, site, head);
    return;
  }
  if (cellGet(head + HEAD_QUEUED)) {
    violate(Violation.RCU_MISUSE, Detail.DOUBLE_QUEUE, slot, site, -1, -1);
    return;
  }
  const entry = taskEntry(callback, slot, site);
  if (!entry) return;
  cellSet(head + HEAD_QUEUED, 1);
  const atomic: u32 = cellGet(domain + DOMAIN_FLAGS) & DOMAIN_SOFTIRQ ? 1 : 0;
  const spawned = taskSpawn(KIND_CALLBACK, callback, entry, head, domain, atomic);
  if (spawned < 0) return;
  addPending(domain, 1);
  taskWaitFor(<u32>spawned, domain, watchSections(domain));
  taskArrive(<u32>spawned);
}

/** The callback leaves the queue; its head may be freed from now on. */
export function srcuCallbackStart(slot: u32, site: u32, head: u32): void {
  const task = taskBlock(slot);
  store<u32>(task, 0, TASK_WAIT_DOMAIN);
  if (!structUsable(load<u32>(task, TASK_QUEUE), DOMAIN_CELLS, slot, site)) return;
  if (!cellLives(head)) violatePointer(slot, site, head);
  else cellSet(head + HEAD_QUEUED, 0);
}

/** The callback is done; it may have freed its own domain. */
export function srcuCallbackEnd(slot: u32): void {
  const domain = load<u32>(taskBlock(slot), TASK_QUEUE);
  if (structLives(domain, DOMAIN_CELLS)) addPending(domain, -1);
}
