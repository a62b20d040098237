// Heap: kzalloc and kfree. Memory is never reused within a run, so that a stale pointer always shows; one gap
// cell lies between two objects, so that a step over the end shows too.

import {
  CELLS_MAX, Detail, LimitKind, OBJECTS_MAX, OBJECT_BASE, OBJECT_CLASS, OBJECT_FREED, OBJECT_HEAP,
  OBJECT_SITES, OBJECT_SIZE, POINTER_BASE, Violation,
} from "../abi";
import { FOOT_HEAP, footReadAll, footSeeCell, footWrite } from "../core/footprint";
import { OBJECTS, SHADOW_FREED, SHADOW_LIVE } from "../core/layout";
import {
  cellSet, cellsEnd, markObjects, objectCount, objectFind, setCellsEnd, setObjectCount, shadowSet,
  stopAtLimit, violate, violateObject,
} from "../machine/state";

/** A new zeroed object, or 0 with the run stopped at a limit. */
export function heapAlloc(cells: u32, klass: u32, site: u32): u32 {
  footWrite(FOOT_HEAP);
  const size = max<u32>(cells, 1);
  const base = cellsEnd;
  if (size >= <u32>CELLS_MAX || base + size + 1 > <u32>(POINTER_BASE + CELLS_MAX)) {
    stopAtLimit(LimitKind.CELLS);
    return 0;
  }
  if (objectCount == OBJECTS_MAX) {
    stopAtLimit(LimitKind.OBJECTS);
    return 0;
  }
  const record = OBJECTS + (<usize>objectCount << 4);
  store<u32>(record, base, OBJECT_BASE << 2);
  store<u32>(record, size, OBJECT_SIZE << 2);
  store<u32>(record, klass | OBJECT_HEAP, OBJECT_CLASS << 2);
  store<u32>(record, site >> 4, OBJECT_SITES << 2);
  markObjects();
  setObjectCount(objectCount + 1);
  for (let i: u32 = 0; i < size; i++) {
    shadowSet(base + i, SHADOW_LIVE);
    cellSet(base + i, 0);
  }
  setCellsEnd(base + size + 1);
  return base;
}

/** kfree. NULL is fine. */
export function heapFree(pointer: u32, task: u32, site: u32): void {
  if (pointer == 0) return;
  const record = objectFind(pointer);
  const word = record ? load<u32>(record, OBJECT_CLASS << 2) : 0;
  if (!(word & OBJECT_HEAP) || load<u32>(record, OBJECT_BASE << 2) != pointer) {
    violate(Violation.BAD_POINTER, Detail.NOT_AN_OBJECT, task, site, -1, -1);
    return;
  }
  // What is freed is written below; who comes second has seen that.
  footSeeCell(pointer);
  if (word & OBJECT_FREED) {
    violateObject(Violation.DOUBLE_FREE, 0, task, site, pointer);
    return;
  }
  markObjects();
  store<u32>(record, word | OBJECT_FREED, OBJECT_CLASS << 2);
  store<u16>(record, <u16>(site >> 4), (OBJECT_SITES << 2) + 2);
  const size = load<u32>(record, OBJECT_SIZE << 2);
  for (let i: u32 = 0; i < size; i++) shadowSet(pointer + i, SHADOW_FREED);
}

/** Heap objects of a class (0xffff: any) that live. */
export function heapLiving(klass: u32): u32 {
  footReadAll();
  let count: u32 = 0;
  for (let i: u32 = 0; i < objectCount; i++) {
    const word = load<u32>(OBJECTS + (<usize>i << 4), OBJECT_CLASS << 2);
    if (!(word & OBJECT_HEAP) || word & OBJECT_FREED) continue;
    if (klass == 0xffff || (word & 0xffff) == klass) count++;
  }
  return count;
}
