// Machine registers for virtual ones: the interference graph, copies merged where their ends do not
// interfere, then the lowest free colour for each (Chaitin, 1982; nothing is ever spilled). Register 0 reads
// zero and register 1 holds the frame's address, so that parameters are 2, 3, ...

import type { Instruction, Register } from "../ir.ts";
import { blocksOf, definition, insertBefore, liveOut, mapOperands, uses, withDefinition } from "./flow.ts";

export const FIRST_REGISTER = 2;

export interface Allocated {
  readonly code: Instruction[];
  /** Machine registers used, the two fixed ones included. */
  readonly registers: number;
}

/**
 * Operands that the bytecode cannot take where they stand are moved to a register first; unread results get
 * one.
 */
export function legalise(code: readonly Instruction[], fresh: () => Register): Instruction[] {
  const before = new Map<number, Instruction[]>();
  const result = code.map((i, at) => {
    const legal = mapOperands(i, (operand, slot) => {
      if (slot === "sum" || ("reg" in operand && operand.plus === 0)) return operand;
      if ("imm" in operand && operand.imm === 0) return operand;
      const dst = fresh();
      const moves = before.get(at) ?? [];
      moves.push({ op: "move", dst, value: operand, place: i.place });
      before.set(at, moves);
      return { reg: dst, plus: 0 };
    });
    return "dst" in legal && legal.dst === 0 ? withDefinition(legal, fresh()) : legal;
  });
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
  // In front of everything: a jump back to the first instruction must not zero again.
  return [...moves, ...code.map((i) => shift(i, moves.length))];
}

function shift(i: Instruction, by: number): Instruction {
  if (i.op === "jump") return { ...i, to: i.to + by };
  if (i.op === "branch") return { ...i, yes: i.yes + by, no: i.no + by };
  return i;
}

/** Which registers are ever needed at the same time, by register. */
function interference(code: readonly Instruction[], parameters: number): Map<Register, Set<Register>> {
  const graph = new Map<Register, Set<Register>>();
  const of = (r: Register): Set<Register> => {
    let entry = graph.get(r);
    if (entry === undefined) {
      entry = new Set();
      graph.set(r, entry);
    }
    return entry;
  };
  const conflict = (a: Register, b: Register): void => {
    if (a === b) return;
    of(a).add(b);
    of(b).add(a);
  };
  const blocks = blocksOf(code);
  const out = liveOut(code, blocks);
  blocks.forEach((block, n) => {
    const live = new Set(out[n]);
    for (let at = block.end - 1; at >= block.start; at--) {
      const i = code[at]!;
      const written = definition(i);
      if (written !== 0) {
        of(written);
        // A copy and its source hold the same value at first.
        const source = i.op === "move" && "reg" in i.value && i.value.plus === 0 ? i.value.reg : 0;
        for (const r of live) if (r !== source) conflict(written, r);
        live.delete(written);
      }
      for (const r of uses(i)) {
        of(r);
        live.add(r);
      }
    }
    // Parameters are written before the first instruction, all at once.
    if (n === 0) {
      for (let p = 1; p <= parameters; p++) {
        for (const r of live) conflict(p, r);
        for (let q = 1; q < p; q++) conflict(p, q);
      }
    }
  });
  return graph;
}

/** Copies whose two registers can be one: each register's representative. */
function coalesceCopies(
  code: readonly Instruction[],
  graph: Map<Register, Set<Register>>,
  parameters: number,
): (r: Register) => Register {
  const parent = new Map<Register, Register>();
  const find = (r: Register): Register => {
    let at = r;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  for (const i of code) {
    if (i.op !== "move" || !("reg" in i.value) || i.value.plus !== 0) continue;
    const a = find(i.dst);
    const b = find(i.value.reg);
    if (a === b || graph.get(a)?.has(b) || (a <= parameters && b <= parameters)) continue;
    const [keep, drop] = a <= parameters ? [a, b] : [b, a];
    parent.set(drop, keep);
    for (const r of graph.get(drop) ?? []) {
      const other = find(r);
      graph.get(keep)?.add(other);
      graph.get(other)?.add(keep);
    }
  }
  return find;
}

/** Each virtual register gets a machine register for good. */
export function allocate(code: readonly Instruction[], parameters: number): Allocated {
  const graph = interference(code, parameters);
  const find = coalesceCopies(code, graph, parameters);
  const neighbours = new Map<Register, Set<Register>>();
  for (const [r, others] of graph) {
    const mine = neighbours.get(find(r)) ?? new Set<Register>();
    for (const other of others) mine.add(find(other));
    neighbours.set(find(r), mine);
  }
  const machine = new Map<Register, number>();
  let count = FIRST_REGISTER + parameters;
  for (let p = 1; p <= parameters; p++) machine.set(p, FIRST_REGISTER + p - 1);
  for (const r of neighbours.keys()) {
    if (machine.has(r)) continue;
    const taken = new Set([...neighbours.get(r)!].map((other) => machine.get(other)));
    let colour = FIRST_REGISTER;
    while (taken.has(colour)) colour++;
    machine.set(r, colour);
    count = Math.max(count, colour + 1);
  }
  const number = (r: Register): number => machine.get(find(r))!;
  const renamed = code.map((i) => {
    const written = definition(i);
    const named = written === 0 ? i : withDefinition(i, number(written));
    return mapOperands(named, (o) => ("reg" in o ? { reg: number(o.reg), plus: o.plus } : o));
  });
  return { code: renamed, registers: count };
}
