// The primitives of a uniform shape: which family of the kernel's objects has each. Those that bundled models
// take most are dispatched in machine/step.ts itself, without this call.

import { OP_FIRST_PRIMITIVE } from "../abi";
import { contextStep } from "./context";
import { flushIs, flushStep } from "./flush";
import { refcountStep } from "./refcount";
import { rwsemBlocks, rwsemIs, rwsemStep } from "./rwsem";
import { waitBlocks, waitIs, waitStep } from "./wait";

/** Does a primitive, which does not have to wait; gives its result, 0 where it has none. */
export function primitiveStep(op: u32, x: u32, b: u32, slot: u32, site: u32): u32 {
  if (op < <u32>OP_FIRST_PRIMITIVE) return contextStep(op, x, slot, site);
  if (rwsemIs(op)) return rwsemStep(op, x, slot, site);
  if (waitIs(op)) return waitStep(op, x, b, slot, site);
  if (flushIs(op)) return flushStep(op, x, b, slot, site);
  return refcountStep(op, x, b, slot, site);
}

/** A primitive would have to wait. */
export function primitiveBlocks(op: u32, x: u32, slot: u32): bool {
  if (rwsemIs(op)) return rwsemBlocks(op, x, slot);
  if (waitIs(op)) return waitBlocks(op, slot);
  return false;
}
