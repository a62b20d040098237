// A model with one global of each kernel type, and short names for what the tests of the reference
// interpreter write and read in it.

import { DOMAIN_ATOMIC, DOMAIN_READY, DOMAIN_SOFTIRQ, POINTER_BASE } from "../../../assembly/abi.ts";
import type { Operand } from "../../../src/model/ir.ts";
import { ReferenceMachine } from "./machine.ts";
import { type Bare, imm, layOutGlobals, makeProgram, type Parts, reg } from "./program.ts";

export const GLOBALS = [
  { name: "data", size: 2, initial: [7, 8] },
  { name: "mutex", size: 1 },
  { name: "spin", size: 1 },
  { name: "rcu", size: 4, initial: [0, 0, DOMAIN_ATOMIC + DOMAIN_SOFTIRQ + DOMAIN_READY] },
  { name: "srcu", size: 4, initial: [0, 0, DOMAIN_READY] },
  { name: "queue", size: 4, initial: [1] },
  { name: "wide", size: 4, initial: [2] },
  { name: "work", size: 4, initial: [{ function: 0 }] },
  { name: "work2", size: 4, initial: [{ function: 0 }] },
  { name: "count", size: 1, initial: [1] },
  { name: "css", size: 2, initial: [1, 0] },
  { name: "done", size: 1 },
  { name: "head", size: 1 },
  { name: "out", size: 4 },
] as const;

export type GlobalName = (typeof GLOBALS)[number]["name"];
const placed = layOutGlobals(GLOBALS);
export const addressOf = (name: GlobalName, plus = 0): number =>
  POINTER_BASE + placed.find((global) => global.name === name)!.cell + plus;
export const at = (name: GlobalName, plus = 0) => imm(addressOf(name, plus));
export const HEAP = POINTER_BASE + placed.reduce((sum, global) => sum + global.size + 1, 0);

export const load = (dst: number, address: Operand): Bare => ({
  op: "load",
  dst,
  address,
  order: "once",
});
export const store = (address: Operand, value: Operand): Bare => ({
  op: "store",
  address,
  value,
  order: "once",
});
export const out = (index: number, register: number): Bare => store(at("out", index), reg(register));
export const alloc = (dst: number, size = 2): Bare => ({ op: "alloc", dst, size: imm(size), class: 3 });

type Run = Omit<Parts, "globals" | "threads">;

export function machineOf(
  threads: Bare[][],
  rest: Run = {},
  choices: number[] = [],
  stepsMax?: number,
): ReferenceMachine {
  const ir = makeProgram({ globals: GLOBALS, threads: threads.map((code) => ({ code })), ...rest });
  const machine = new ReferenceMachine(ir);
  machine.begin((count) => (choices.shift() ?? 0) % count, stepsMax);
  return machine;
}

/** Steps the slots in this order, then lowest slot first until nobody can, then finishes. */
export function run(machine: ReferenceMachine, schedule: readonly number[] = []): ReferenceMachine {
  for (const slot of schedule) machine.step(slot);
  for (let [next] = machine.runnable(); next !== undefined; [next] = machine.runnable()) machine.step(next);
  machine.finish();
  return machine;
}

export const cell = (machine: ReferenceMachine, pointer: number) =>
  machine.dump().cells.find((each) => each.pointer === pointer);
export const valueAt = (machine: ReferenceMachine, name: GlobalName, plus = 0) =>
  cell(machine, addressOf(name, plus))?.value;
export const verdicts = (machine: ReferenceMachine) => machine.violations.map((v) => [v.kind, v.detail]);

/** What one thread's code does wrong, stepped alone. */
export function faultOf(code: Bare[], rest: Run = {}) {
  const machine = run(machineOf([code], rest));
  return { verdicts: verdicts(machine), outcome: machine.outcome, violation: machine.violations[0], machine };
}
