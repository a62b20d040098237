// Machine registers for virtual ones: linear scan over live intervals (Poletto and Sarkar, TOPLAS 1999). Register 0
// reads zero and register 1 holds the frame's address, so that parameters are 2, 3, ...

import type { Instruction, Register } from "../ir.ts";
import { blocksOf, definition, insertBefore, liveOut, mapOperands, uses, withDefinition } from "./flow.ts";

export const FIRST_REGISTER = 2;

export interface Allocated {
  readonly code: Instruction[];
  /** Machine registers used, the two fixed ones included. */
  readonly registers: number;
}

/** Operands that the bytecode cannot take where they stand are moved to a register first. */
export function legalise(code: readonly Instruction[], fresh: () => Register): Instruction[] {
  const before = new Map<number, Instruction[]>();
  const result = code.map((i, at) =>
    mapOperands(i, (operand, slot) => {
      if (slot === "sum" || ("reg" in operand && operand.plus === 0)) return operand;
      if ("imm" in operand && operand.imm === 0) return operand;
      const dst = fresh();
      const moves = before.get(at) ?? [];
      moves.push({ op: "move", dst, value: operand, place: i.place });
      before.set(at, moves);
      return { reg: dst, plus: 0 };
    }),
  );
  return insertBefore(result, before);
}

/** Variables that may be read before they are written read as 0. */
export function zeroUnwritten(code: readonly Instruction[], parameters: number): Instruction[] {
  const blocks = blocksOf(code);
  const live = new Set(liveOut(code, blocks)[0]);
  const entry = blocks[0]!;
  for (let at = entry.end - 1; at >= entry.start; at--) {
    live.delete(definition(code[at]!));
    for (const r of uses(code[at]!)) live.add(r);
  }
  const moves: Instruction[] = [...live]
    .filter((r) => r > parameters)
    .sort((a, b) => a - b)
    .map((dst) => ({ op: "move", dst, value: { imm: 0 }, place: code[0]!.place }));
  if (moves.length === 0) return [...code];
  // In front of everything: a jump back to the first instruction must not zero again.
  return [...moves, ...insertBefore(code, new Map()).map((i) => shift(i, moves.length))];
}

function shift(i: Instruction, by: number): Instruction {
  if (i.op === "jump") return { ...i, to: i.to + by };
  if (i.op === "branch") return { ...i, yes: i.yes + by, no: i.no + by };
  return i;
}

/** Each virtual register gets one machine register for the whole of its live interval. */
export function allocate(code: readonly Instruction[], parameters: number): Allocated {
  const first = new Map<Register, number>();
  const last = new Map<Register, number>();
  const touch = (r: Register, at: number): void => {
    if (r === 0) return;
    first.set(r, Math.min(first.get(r) ?? at, at));
    last.set(r, Math.max(last.get(r) ?? at, at));
  };
  const blocks = blocksOf(code);
  const out = liveOut(code, blocks);
  for (let p = 1; p <= parameters; p++) touch(p, -1);
  blocks.forEach((block, n) => {
    const live = new Set(out[n]);
    for (const r of live) touch(r, block.end);
    for (let at = block.end - 1; at >= block.start; at--) {
      const i = code[at]!;
      touch(definition(i), at);
      live.delete(definition(i));
      for (const r of uses(i)) {
        touch(r, at);
        live.add(r);
      }
    }
    for (const r of live) touch(r, block.start - 1);
  });
  const order = [...first.keys()].sort((a, b) => first.get(a)! - first.get(b)! || a - b);
  const machine = new Map<Register, number>();
  const free: number[] = [];
  const active: Register[] = [];
  let count = FIRST_REGISTER + parameters;
  for (const r of order) {
    const start = first.get(r)!;
    for (let n = active.length - 1; n >= 0; n--) {
      // An instruction reads before it writes, so an interval that ends here can hand over its register.
      if (last.get(active[n]!)! <= start && last.get(active[n]!)! >= 0) free.push(machine.get(active.splice(n, 1)[0]!)!);
    }
    free.sort((a, b) => b - a);
    if (r <= parameters) machine.set(r, FIRST_REGISTER + r - 1);
    else machine.set(r, free.pop() ?? count++);
    active.push(r);
  }
  const renamed = code.map((i) => {
    const dst = definition(i);
    const named = dst === 0 ? i : withDefinition(i, machine.get(dst)!);
    return mapOperands(named, (o) => ("reg" in o ? { reg: machine.get(o.reg)!, plus: o.plus } : o));
  });
  return { code: renamed, registers: count };
}
