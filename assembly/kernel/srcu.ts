// Grace-period domains: RCU, RCU tasks trace and every SRCU domain alike. A domain knows its open read-side
// sections, one bit each (bit 16 * level + slot, the level being the lowest free one of that task); a grace
// period waits for exactly those that are open when it starts. What the flavours differ in are two flags.

import {
  Detail, DOMAIN_ATOMIC, DOMAIN_FLAGS, DOMAIN_SECTIONS, DOMAIN_SOFTIRQ, HEAD_QUEUED, LimitKind, NESTING_MAX,
  Violation,
} from "../abi";
import {
  CELLS, KIND_CALLBACK, TASK_ATOMIC, TASK_SECTIONS, TASK_WAIT, TASK_WAIT_DOMAIN,
} from "../core/layout";
import { taskArrive, taskEntry, taskMaySleep, taskSpawn } from "../machine/task";
import {
  cellGet, cellLives, cellSet, setDirty, setWaiting, stopAtLimit, structUsable, taskBlock, violate,
  violatePointer, waiting,
} from "../machine/state";

const DOMAIN_CELLS: u32 = DOMAIN_FLAGS + 1;

// @ts-ignore: decorator
@inline
function sections(domain: u32): u64 {
  return load<u64>((<usize>domain + DOMAIN_SECTIONS) << 2, CELLS);
}

// @ts-ignore: decorator
@inline
function setSections(domain: u32, value: u64): void {
  cellSet(domain + DOMAIN_SECTIONS, <u32>value);
  cellSet(domain + DOMAIN_SECTIONS + 1, <u32>(value >> 32));
}

/** The sections of a task, as a mask of levels at bits 0, 16, 32, 48. */
// @ts-ignore: decorator
@inline
function own(domain: u32, slot: u32): u64 {
  return (sections(domain) >> slot) & 0x0001_0001_0001_0001;
}

/** Index of the new section; the level is the lowest that the task has free. */
export function srcuReadLock(domain: u32, slot: u32, site: u32): u32 {
  if (!structUsable(domain, DOMAIN_CELLS, slot, site)) return 0;
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
  if (!structUsable(domain, DOMAIN_CELLS, slot, site)) return;
  let which = index;
  if (last) {
    const mine = own(domain, slot);
    which = mine ? ((63 - <u32>clz(mine)) & 0x30) + slot : 64;
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
  release(domain, bit);
}

/** Grace periods of the domain need not wait for these sections any longer. */
function release(domain: u32, bits: u64): void {
  for (let rest = waiting; rest; rest &= rest - 1) {
    const slot = <u32>ctz(rest);
    const task = taskBlock(slot);
    if (load<u32>(task, TASK_WAIT_DOMAIN) != domain) continue;
    const left = load<u64>(task, TASK_WAIT) & ~bits;
    store<u64>(task, left, TASK_WAIT);
    if (left) continue;
    setWaiting(waiting & ~(1 << slot));
    setDirty(true);
  }
}

function wait(slot: u32, domain: u32): void {
  const task = taskBlock(slot);
  const open = sections(domain);
  store<u64>(task, open, TASK_WAIT);
  store<u32>(task, domain, TASK_WAIT_DOMAIN);
  if (open) setWaiting(waiting | (1 << slot));
}

/** The first half of synchronize_*(): from here on the task waits for the sections open now. */
export function srcuStart(domain: u32, slot: u32, site: u32): void {
  if (!structUsable(domain, DOMAIN_CELLS, slot, site)) return;
  if (own(domain, slot)) {
    violate(Violation.RCU_MISUSE, Detail.OWN_GRACE_PERIOD, slot, site, -1, -1);
    return;
  }
  if (taskMaySleep(slot, site)) wait(slot, domain);
}

/** call_rcu and its kin: the callback becomes a task that can start once the grace period is over. */
export function srcuCall(domain: u32, head: u32, callback: u32, slot: u32, site: u32): void {
  if (!structUsable(domain, DOMAIN_CELLS, slot, site)) return;
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
  const spawned = taskSpawn(KIND_CALLBACK, callback, entry, head, 0, atomic);
  if (spawned < 0) return;
  wait(<u32>spawned, domain);
  taskArrive(<u32>spawned);
}

/** The callback leaves the queue; its head may be freed from now on. */
export function srcuCallbackStart(slot: u32, site: u32, head: u32): void {
  if (!cellLives(head)) violatePointer(slot, site, head);
  else cellSet(head + HEAD_QUEUED, 0);
}
