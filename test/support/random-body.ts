// Writes the body of a random program: registers with roles, values, cells and objects chosen by small
// numbers, and blocks that are closed in the order in which they were opened. Rare choices sit in the
// middle of a number's range, because fast-check favours its ends.

import { FUNCTION_BASE, POINTER_BASE } from "../../assembly/abi.ts";
import type { BranchOperator, Operand } from "../../src/model/ir.ts";
import { addressOf, at, type GlobalName } from "./random-world.ts";
import { type Bare, imm, reg } from "./reference/program.ts";

export const NUMBERS = [0, 1, 2, 3, 5, 31, 33, -1, -2, 0x7fffffff, -0x80000000, POINTER_BASE, 1000000007];

/** Pointers that lead nowhere, or not where the user of the pointer wants to go. */
const WRONG = [
  0,
  1,
  POINTER_BASE - 1,
  addressOf("data", 3),
  addressOf("slot", 2),
  addressOf("mutex"),
  addressOf("head"),
  addressOf("head", 1),
  FUNCTION_BASE,
  FUNCTION_BASE + 2,
  POINTER_BASE + 900,
  0x7fffffff,
  0x80000000,
  -22,
  -1,
];

// Registers of every body: 1 is its parameter.
export const PARAMETER = 1;
export const DATA = [2, 3, 4];
export const POINTERS = [5, 6];
const FIRST_FREE = 7;

/** Writes one body; `a`, `b`, `c` of a gene choose among what a template allows. */
export class BodyWriter {
  readonly code: Bare[] = [];
  /** What must still be closed, innermost last. */
  readonly closers: (() => void)[] = [];
  #nextRegister = FIRST_FREE;
  /** Pointer registers that were given a pointer somewhere above. */
  readonly #filled = new Set<number>();

  emit(...code: Bare[]): void {
    this.code.push(...code);
  }

  freshRegister(): number {
    return this.#nextRegister++;
  }

  data(n: number): number {
    return DATA[n % DATA.length]!;
  }

  pointer(n: number): number {
    return POINTERS[n % POINTERS.length]!;
  }

  fill(register: number): number {
    this.#filled.add(register);
    return register;
  }

  isFilled(register: number): boolean {
    return this.#filled.has(register);
  }

  value(n: number): Operand {
    if (n % 3 === 0) return reg(this.data(n >> 2), (n >> 4) % 3);
    return imm(NUMBERS[(n >> 2) % NUMBERS.length]!);
  }

  wrong(n: number): Operand {
    return imm(WRONG[n % WRONG.length]!);
  }

  /** Some cell that plain code may write. */
  cell(n: number): Operand {
    const pointer = this.pointer(n >> 4);
    if (n % 64 === 37) return this.wrong(n >> 3);
    if (n % 4 === 3 && this.isFilled(pointer)) return reg(pointer, (n >> 5) % 2);
    if (n % 32 === 18) return at("slot", (n >> 3) % 2);
    return at("data", (n >> 3) % 3);
  }

  /** The object that a primitive is meant for, or now and then something else. */
  object(name: GlobalName, n: number, plus = 0): Operand {
    return n % 48 === 29 ? this.wrong(n >> 4) : at(name, plus);
  }

  /** Code between here and the closer is skipped unless the condition holds. */
  openBranch(operator: BranchOperator, left: Operand, right: Operand): void {
    const index = this.code.length;
    this.emit({ op: "branch", operator, left, right, yes: index + 1, no: index + 1 });
    this.closers.push(() => {
      const branch = this.code[index]!;
      if (branch.op === "branch") this.code[index] = { ...branch, no: this.code.length };
    });
  }

  /** Code between here and the closer is run twice. */
  openLoop(): void {
    const counter = this.freshRegister();
    this.emit({ op: "move", dst: counter, value: imm(2) });
    const top = this.code.length;
    this.closers.push(() => {
      this.emit({ op: "binary", operator: "-", dst: counter, left: reg(counter), right: imm(1) });
      const next = this.code.length + 1;
      this.emit({ op: "branch", operator: "!=", left: reg(counter), right: imm(0), yes: top, no: next });
    });
  }

  openPair(open: Bare, close: Bare): void {
    this.emit(open);
    this.closers.push(() => this.emit(close));
  }

  close(): void {
    this.closers.pop()?.();
  }
}
