// Prints an IR program for a failing test: globals with their addresses, then each entry's code, one line
// an instruction.

import { POINTER_BASE } from "../../assembly/abi.ts";
import type { Instruction, IrProgram } from "../../src/model/ir.ts";

export function formatProgram(ir: IrProgram): string {
  const globals = ir.globals.map(
    ({ name, cell, initial }) =>
      `${name}@${POINTER_BASE + cell} = ${initial.map((each) => JSON.stringify(each)).join(", ")}`,
  );
  const entries = ir.entries.flatMap((entry) => [
    `${entry.name}:`,
    ...entry.code.map((instruction, index) => `  ${index} ${formatInstruction(instruction)}`),
  ]);
  return [...globals, ...entries].join("\n");
}

function formatInstruction({ op, place: _, ...fields }: Instruction): string {
  const parts = Object.entries(fields)
    .filter(([name]) => name !== "order")
    .map(([name, value]) => `${name}=${formatValue(value)}`);
  return [op, ...parts].join(" ");
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(formatValue).join(", ")})`;
  if (typeof value !== "object" || value === null) return String(value);
  if ("imm" in value) return String(value.imm);
  if ("reg" in value && "plus" in value)
    return value.plus === 0 ? `r${value.reg}` : `r${value.reg}+${value.plus}`;
  return JSON.stringify(value);
}
