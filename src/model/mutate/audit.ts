// A program that fails where a pairing (pairs.ts) does not hold: each task counts what it has taken, in a
// register that nobody else sees, and asserts that it gives back no more, and has given back all when it
// ends. Exploring it decides of every way that can be gone what the text of the program leaves open.

import type { Entry, Instruction, IrProgram, Operand, PlaceId, Register } from "../ir.ts";
import { type Replacement, replaceCode } from "./rewrite.ts";

export interface Audit {
  readonly program: IrProgram;
  /** Place of the assertions that were added. */
  readonly place: PlaceId;
}

export interface Audited {
  readonly acquires: readonly number[];
  readonly releases: readonly number[];
}

/** `audited` has the pairings of an entry. */
export function auditOf(
  ir: IrProgram,
  bodies: readonly Entry[],
  audited: ReadonlyMap<number, readonly Audited[]>,
): Audit {
  const place = ir.places.length;
  const mark = { file: 0, line: 0, column: 0, function: "", text: "", caller: -1 };
  const entries = bodies.map((body, n) => counting(body, audited.get(n) ?? [], place));
  return { program: { ...ir, entries, places: [...ir.places, mark] }, place };
}

function counting(body: Entry, pairings: readonly Audited[], place: PlaceId): Entry {
  let registers = body.registers;
  const fresh = (): Register => ++registers;
  const counts = pairings.map((pairing) => ({ ...pairing, count: fresh() }));
  const changed = new Map<number, Replacement>();
  body.code.forEach((i, at) => {
    const taken = counts.find(({ acquires }) => acquires.includes(at));
    const given = counts.find(({ releases }) => releases.includes(at));
    if (taken !== undefined) changed.set(at, countsUp(i, taken.count, fresh, place));
    else if (given !== undefined) {
      const some: Instruction = { op: "assert", value: reg(given.count), place };
      changed.set(at, [some, added(given.count, -1, place), i]);
    } else if (i.op === "exit") {
      changed.set(at, [...counts.flatMap(({ count }) => noneLeft(count, fresh(), place)), i]);
    }
  });
  return { ...body, code: replaceCode(body.code, changed), registers };
}

/** What only tries counts if its result is not 0. */
function countsUp(i: Instruction, count: Register, fresh: () => Register, place: PlaceId): Replacement {
  const up = added(count, 1, place);
  if (i.op !== "primitive" || !/_not_zero$|_tryget|_trylock$/.test(i.name)) return [i, up];
  const dst = i.dst || fresh();
  const branch: Instruction = {
    op: "branch",
    operator: "!=",
    left: reg(dst),
    right: { imm: 0 },
    yes: 2,
    no: 3,
    place,
  };
  return [{ ...i, dst }, branch, up];
}

function noneLeft(count: Register, none: Register, place: PlaceId): Instruction[] {
  return [
    { op: "binary", operator: "==", dst: none, left: reg(count), right: { imm: 0 }, place },
    { op: "assert", value: reg(none), place },
  ];
}

function added(count: Register, n: number, place: PlaceId): Instruction {
  return { op: "move", dst: count, value: { reg: count, plus: n }, place };
}

function reg(register: Register): Operand {
  return { reg: register, plus: 0 };
}
