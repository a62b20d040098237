// What a task's next step will touch, told from where it stands and its registers, before it is taken: a
// range of cells and whether they are changed, and for what involves two objects a second one. Told for
// samplers, which draw better orders where they know which steps conflict; nothing relies on it. So it is not
// exact: a kernel object counts as its first cell, and the task-local instructions behind the step are left
// out.

import { Op, OBJECT_BASE, OBJECT_SIZE, SLOTS } from "../abi";
import { TASK_ARGUMENT, TASK_QUEUE, TASK_WAIT_DOMAIN } from "../core/layout";
import { objectFind, taskBlock, taskWindow } from "./state";
import { CODE, taskSite } from "./task";

// By slot, 16 bytes: first cell, cell behind the last (equal: nothing), 1 where they are changed, and a
// second object, which is changed (0: none).
const PENDING: usize = memory.data(16 * 16, 16);
const TO: usize = 4;
const CHANGES: usize = 8;
const ALSO: usize = 12;

assert(SLOTS == 16, "a slot has its place in the table");

// @ts-ignore: decorator
@inline
function put(slot: u32, from: u32, to: u32, changes: u32, also: u32): void {
  const at = PENDING + (<usize>slot << 4);
  store<u32>(at, from);
  store<u32>(at, to, TO);
  store<u32>(at, changes, CHANGES);
  store<u32>(at, also, ALSO);
}

/** Looks where a task stands now. */
export function pendingLook(slot: u32): void {
  const at = CODE + taskSite(slot);
  const word = load<u32>(at);
  const window = taskWindow(slot);
  const task = taskBlock(slot);
  const x = load<u32>(window + (<usize>((word >> 16) & 0xff) << 2)) + load<u32>(at, 4);
  const b = load<u32>(window + (<usize>(word >> 24) << 2));
  switch (word & 0xff) {
    case Op.FENCE:
    case Op.ALLOC:
    case Op.SETTLE:
    case Op.FLUSH_WAIT:
    case Op.EXIT:
      put(slot, 0, 0, 0, 0);
      return;
    case Op.LOAD:
    case Op.GP_READ_LOCK:
    case Op.GP_READ_UNLOCK:
    case Op.GP_READ_HELD:
    case Op.OPS_CALL_BEGIN:
    case Op.OPS_CALL_END:
      put(slot, x, x + 1, 0, 0);
      return;
    case Op.FREE: {
      const record = objectFind(x);
      const base = record ? load<u32>(record, OBJECT_BASE << 2) : x;
      put(slot, base, base + (record ? load<u32>(record, OBJECT_SIZE << 2) : 1), 1, 0);
      return;
    }
    case Op.GP_WAIT: {
      const domain = load<u32>(task, TASK_WAIT_DOMAIN);
      put(slot, domain, domain + 1, 1, 0);
      return;
    }
    case Op.CALLBACK_START:
    case Op.WORK_START:
    case Op.WORK_EXPIRE: {
      const item = load<u32>(task, TASK_ARGUMENT);
      put(slot, item, item + 1, 1, load<u32>(task, TASK_QUEUE));
      return;
    }
    case Op.GP_CALL:
    case Op.QUEUE_WORK:
    case Op.WORK_DELAY:
    case Op.WORK_REDELAY:
    case Op.WORK_QUEUE_CLAIMED:
      put(slot, b, b + 1, 1, x);
      return;
  }
  put(slot, x, x + 1, 1, 0);
}

/** The cell by which the step goes, 0 for none: of what was looked at. */
// @ts-ignore: decorator
@inline
export function pendingCell(slot: u32): u32 {
  const at = PENDING + (<usize>slot << 4);
  return load<u32>(at) == load<u32>(at, TO) ? 0 : load<u32>(at);
}

/** The step changes what it touches. */
export function pendingChanges(slot: u32): bool {
  return load<u32>(PENDING + (<usize>slot << 4), CHANGES) != 0;
}

/** Of some other slots, all of which were looked at, those whose steps conflict with this one's. */
export function pendingConflicts(slot: u32, others: u32): u32 {
  const a = PENDING + (<usize>slot << 4);
  let found: u32 = 0;
  for (let rest = others & ~(1 << slot); rest; rest &= rest - 1) {
    const other = <u32>ctz(rest);
    if (meet(a, PENDING + (<usize>other << 4))) found |= 1 << other;
  }
  return found;
}

function meet(a: usize, b: usize): bool {
  const alsoA = load<u32>(a, ALSO);
  const alsoB = load<u32>(b, ALSO);
  if (load<u32>(a) < load<u32>(b, TO) && load<u32>(b) < load<u32>(a, TO)) {
    if (load<u32>(a, CHANGES) | load<u32>(b, CHANGES)) return true;
  }
  return (alsoA != 0 && (alsoA == alsoB || within(alsoA, b))) || (alsoB != 0 && within(alsoB, a));
}

function within(cell: u32, range: usize): bool {
  return cell >= load<u32>(range) && cell < load<u32>(range, TO);
}
