// struct_ops pointers: a call runs code that lies in the ops object's own image, so that the object must live
// from the beginning of the call to its end.

import { Detail, Violation } from "../abi";
import { cellLives, violateObject, violatePointer } from "../machine/state";
import { POINTER_LIMIT, SHADOW, SHADOW_FREED } from "../core/layout";

export function opsCallBegin(ops: u32, slot: u32, site: u32): void {
  if (!cellLives(ops)) violatePointer(slot, site, ops);
}

export function opsCallEnd(ops: u32, slot: u32, site: u32): void {
  if (cellLives(ops)) return;
  if (ops < POINTER_LIMIT && load<u8>(<usize>ops, SHADOW) & SHADOW_FREED)
    violateObject(Violation.USE_AFTER_FREE, Detail.FREED_DURING_CALL, slot, site, ops);
  else violatePointer(slot, site, ops);
}
