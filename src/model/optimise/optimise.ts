// From the front-end's plain IR to the form that the bytecode takes: fewer instructions, few registers.

import type { Entry, Instruction } from "../ir.ts";
import { type Allocated, allocate, legalise, zeroUnwritten } from "./allocate.ts";
import { markLocalAccesses } from "./locals.ts";
import { propagate } from "./propagate.ts";

/** The entry's code, its steps unchanged in kind and order, over machine registers. */
export function optimise(entry: Entry): Allocated {
  const { parameters } = entry;
  let registers = entry.registers;
  let code: Instruction[] = propagate(entry.code, parameters);
  code = markLocalAccesses(code, parameters);
  code = legalise(code, () => ++registers);
  code = zeroUnwritten(code, parameters);
  return allocate(code, parameters);
}
