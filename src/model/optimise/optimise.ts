// From the front-end's plain IR to the form that the bytecode takes: little work between steps, few
// registers.

import type { Entry, Instruction } from "../ir.ts";
import { type Allocated, allocate, legalise, zeroUnwritten } from "./allocate.ts";
import { markLocalAccesses } from "./locals.ts";
import { propagate } from "./propagate.ts";
import { specialise, splitWarnings } from "./specialise.ts";

/** The entry's code, its steps unchanged in kind and order, over machine registers. */
export function optimise(entry: Entry): Allocated {
  const { parameters } = entry;
  let registers = entry.registers;
  // What is a step must not depend on the path that leads there, so it is decided before the paths part.
  let code: Instruction[] = markLocalAccesses(propagate(entry.code, parameters), parameters);
  code = propagate(specialise(splitWarnings(code)), parameters);
  code = legalise(code, () => ++registers);
  code = zeroUnwritten(code, parameters);
  const allocated = allocate(code, parameters);
  return { code: dropIdleMoves(allocated.code), registers: allocated.registers };
}

/** Copies whose two registers became one. */
function dropIdleMoves(code: readonly Instruction[]): Instruction[] {
  // A jump to what follows costs nothing: the encoder leaves jumps out.
  return code.map((i, at) =>
    i.op === "move" && "reg" in i.value && i.value.reg === i.dst && i.value.plus === 0
      ? { op: "jump", to: at + 1, place: i.place }
      : i,
  );
}
