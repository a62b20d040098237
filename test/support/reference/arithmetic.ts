// 32-bit arithmetic of the reference interpreter: C's operators on unsigned numbers in 0..2^32-1.
// The meaning of each operator is that of its opcode in assembly/abi.ts.

import type { BinaryOperator } from "../../../src/model/ir.ts";

export const signed = (value: number): number => value | 0;
export const unsigned = (value: number): number => value >>> 0;

const truth = (condition: boolean): number => (condition ? 1 : 0);

/** The result, or "by zero" where a division has none. */
export function binary(operator: BinaryOperator, left: number, right: number): number | "by zero" {
  switch (operator) {
    case "+":
      return unsigned(left + right);
    case "-":
      return unsigned(left - right);
    case "*":
      return unsigned(Math.imul(left, right));
    case "/s":
      // -2^31 / -1 wraps to -2^31.
      return right === 0 ? "by zero" : unsigned(Math.trunc(signed(left) / signed(right)));
    case "/u":
      return right === 0 ? "by zero" : unsigned(Math.floor(left / right));
    case "%s":
      return right === 0 ? "by zero" : unsigned(signed(left) % signed(right));
    case "%u":
      return right === 0 ? "by zero" : left % right;
    case "&":
      return unsigned(left & right);
    case "|":
      return unsigned(left | right);
    case "^":
      return unsigned(left ^ right);
    case "<<":
      return unsigned(left << (right % 32));
    case ">>s":
      return unsigned(signed(left) >> (right % 32));
    case ">>u":
      return left >>> (right % 32);
    case "==":
      return truth(left === right);
    case "!=":
      return truth(left !== right);
    case "<s":
      return truth(signed(left) < signed(right));
    case "<=s":
      return truth(signed(left) <= signed(right));
    case "<u":
      return truth(left < right);
    case "<=u":
      return truth(left <= right);
  }
}
