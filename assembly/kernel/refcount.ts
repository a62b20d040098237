// refcount_t: counts that warn instead of wrapping. A wrong use saturates the count and is a violation.

import { Detail, Op, REFCOUNT_SATURATED, Violation } from "../abi";
import { cellGet, cellLives, cellSet, violateObject, violatePointer } from "../machine/state";

/** One more would be negative, or the count went wrong before. */
// @ts-ignore: decorator
@inline
function overflows(old: u32): bool {
  return <i32>(old | (old + 1)) < 0;
}

function refuse(count: u32, detail: u32, slot: u32, site: u32): u32 {
  cellSet(count, REFCOUNT_SATURATED);
  violateObject(Violation.REFCOUNT, detail, slot, site, count);
  return 0;
}

/** refcount_warn_saturate(): what the operations that are C come to when they find a count that is wrong. */
export function refcountStep(op: u32, count: u32, detail: u32, slot: u32, site: u32): u32 {
  if (op != Op.REFCOUNT_WARN) unreachable();
  if (cellLives(count)) refuse(count, detail, slot, site);
  else violatePointer(slot, site, count);
  return 0;
}

export function refcountInc(count: u32, slot: u32, site: u32): void {
  if (!cellLives(count)) {
    violatePointer(slot, site, count);
    return;
  }
  const old = cellGet(count);
  if (old == 0) refuse(count, Detail.FROM_ZERO, slot, site);
  else if (overflows(old)) refuse(count, Detail.SATURATED, slot, site);
  else cellSet(count, old + 1);
}

export function refcountIncNotZero(count: u32, slot: u32, site: u32): u32 {
  if (!cellLives(count)) {
    violatePointer(slot, site, count);
    return 0;
  }
  const old = cellGet(count);
  if (old == 0) return 0;
  if (overflows(old)) return refuse(count, Detail.SATURATED, slot, site);
  cellSet(count, old + 1);
  return 1;
}

export function refcountDecAndTest(count: u32, slot: u32, site: u32): u32 {
  if (!cellLives(count)) {
    violatePointer(slot, site, count);
    return 0;
  }
  const old = cellGet(count);
  if (old == 0) return refuse(count, Detail.UNDERFLOW, slot, site);
  if (<i32>old < 0) return refuse(count, Detail.SATURATED, slot, site);
  cellSet(count, old - 1);
  return old == 1 ? 1 : 0;
}
