// Constants: what operators make of them, instructions that they decide, and operands in which they, or
// copies, take a register's place. Knows one instruction at a time; flow is the business of propagate.ts and
// specialise.ts.

import type { BinaryOperator, Instruction, Operand } from "../ir.ts";

export function compute(operator: BinaryOperator, a: number, b: number): number | undefined {
  switch (operator) {
    case "+":
      return (a + b) | 0;
    case "-":
      return (a - b) | 0;
    case "*":
      return Math.imul(a, b);
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return a << (b & 31);
    case ">>s":
      return a >> (b & 31);
    case ">>u":
      return (a >>> (b & 31)) | 0;
    case "==":
      return Number((a | 0) === (b | 0));
    case "!=":
      return Number((a | 0) !== (b | 0));
    case "<s":
      return Number((a | 0) < (b | 0));
    case "<=s":
      return Number((a | 0) <= (b | 0));
    case "<u":
      return Number(a >>> 0 < b >>> 0);
    case "<=u":
      return Number(a >>> 0 <= b >>> 0);
    case "/s":
      return b === 0 ? undefined : Math.trunc((a | 0) / (b | 0)) | 0;
    case "/u":
      return b === 0 ? undefined : ((a >>> 0) / (b >>> 0)) | 0;
    case "%s":
      return b === 0 ? undefined : ((a | 0) % (b | 0)) | 0;
    case "%u":
      return b === 0 ? undefined : ((a >>> 0) % (b >>> 0)) | 0;
  }
}

/** The operand with its register replaced by what the register stands for, where its slot can take that. */
export function substitute(operand: Operand, value: Operand | undefined, sum: boolean): Operand {
  if (value === undefined || !("reg" in operand)) return operand;
  const result: Operand =
    "imm" in value
      ? { imm: (value.imm + operand.plus) | 0 }
      : { reg: value.reg, plus: (value.plus + operand.plus) | 0 };
  if (sum) return result;
  if ("imm" in result) return result;
  return result.plus === 0 ? result : operand;
}

/** What swapping the sides of an ordering makes of it, once its outcomes are swapped too. */
const NEGATED = { "<s": "<=s", "<=s": "<s", "<u": "<=u", "<=u": "<u" } as const;

/** Arithmetic of constants becomes a move, a decided branch a jump, "+ constant" a move of a sum. */
export function fold(i: Instruction): Instruction {
  if (i.op === "binary") {
    const { left, right, operator, dst, place } = i;
    if ("imm" in left && "imm" in right) {
      const value = compute(operator, left.imm, right.imm);
      return value === undefined ? i : { op: "move", dst, value: { imm: value }, place };
    }
    if (operator === "+" && "imm" in left && "reg" in right) {
      return { op: "move", dst, value: { reg: right.reg, plus: (right.plus + left.imm) | 0 }, place };
    }
    if (operator === "+" && "reg" in left && "imm" in right) {
      return { op: "move", dst, value: { reg: left.reg, plus: (left.plus + right.imm) | 0 }, place };
    }
    if (operator === "-" && "reg" in left && "imm" in right) {
      return { op: "move", dst, value: { reg: left.reg, plus: (left.plus - right.imm) | 0 }, place };
    }
    return i;
  }
  if (i.op === "branch") {
    const { left, right, place } = i;
    if ("imm" in left && "imm" in right) {
      return { op: "jump", to: compute(i.operator, left.imm, right.imm) ? i.yes : i.no, place };
    }
    if (i.yes === i.no) return { op: "jump", to: i.yes, place };
    // The bytecode takes the constant on the right: c < r is not r <= c.
    if ("imm" in left && "reg" in right && right.plus === 0) {
      if (i.operator === "==" || i.operator === "!=") return { ...i, left: right, right: left };
      return { ...i, operator: NEGATED[i.operator], left: right, right: left, yes: i.no, no: i.yes };
    }
  }
  return i;
}
