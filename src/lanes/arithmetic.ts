// Task-local arithmetic and branches, on values that are known: 32-bit words, as everywhere in a model.

import { Detail, Op, Violation } from "../../assembly/abi.ts";
import { type Jump, readJump } from "./image.ts";
import { Unfit } from "./network.ts";
import { type Run, RunOver } from "./run.ts";

/**
 * Whether the result depends on where in memory lies what a task has allocated: lanes put it elsewhere than
 * the scalar machine, so that only equality and sums say the same of it. (Locks are ordered by address, say.)
 */
function dependsOnPlace({ world }: Run, op: Op, a: number, b: number): boolean {
  if (op <= Op.SUB || op === Op.EQ || op === Op.NE || op === Op.JEQ) return false;
  const both = world.isAllocatedLater(a) && world.isAllocatedLater(b);
  const orders = op >= Op.LT_S;
  return orders ? both : world.isAllocatedLater(a) || world.isAllocatedLater(b);
}

/** Does the instruction; returns where control goes. */
export function arithmetic(
  run: Run,
  site: number,
  i: Readonly<{ op: Op; imm: number; next: Jump; alt: number }>,
  a: number,
  b: number,
  set: (value: number) => void,
): Jump {
  const jump = (yes: boolean): Jump => (yes ? i.next : readJump(i.alt));
  if (i.op >= Op.DIV_S && i.op <= Op.REM_U && b === 0) {
    run.violate(Violation.BUG, Detail.DIVISION, site);
  }
  if (dependsOnPlace(run, i.op, a, b)) throw new RunOver("overflow");
  switch (i.op) {
    case Op.ADDI:
      set(a + i.imm);
      break;
    case Op.ADD:
      set(a + b);
      break;
    case Op.SUB:
      set(a - b);
      break;
    case Op.MUL:
      set(Math.imul(a, b));
      break;
    case Op.DIV_S:
      set(((a | 0) / (b | 0)) | 0);
      break;
    case Op.DIV_U:
      set(Math.floor(a / b));
      break;
    case Op.REM_S:
      set((a | 0) % (b | 0));
      break;
    case Op.REM_U:
      set(a % b);
      break;
    case Op.AND:
      set(a & b);
      break;
    case Op.OR:
      set(a | b);
      break;
    case Op.XOR:
      set(a ^ b);
      break;
    case Op.SHL:
      set(a << b);
      break;
    case Op.SHR_S:
      set((a | 0) >> b);
      break;
    case Op.SHR_U:
      set(a >>> b);
      break;
    case Op.EQ:
      set(a === b ? 1 : 0);
      break;
    case Op.NE:
      set(a !== b ? 1 : 0);
      break;
    case Op.LT_S:
      set((a | 0) < (b | 0) ? 1 : 0);
      break;
    case Op.LE_S:
      set((a | 0) <= (b | 0) ? 1 : 0);
      break;
    case Op.LT_U:
      set(a < b ? 1 : 0);
      break;
    case Op.LE_U:
      set(a <= b ? 1 : 0);
      break;
    case Op.JEQ:
      return jump(a === b);
    case Op.JLT_S:
      return jump((a | 0) < (b | 0));
    case Op.JLE_S:
      return jump((a | 0) <= (b | 0));
    case Op.JLT_U:
      return jump(a < b);
    case Op.JLE_U:
      return jump(a <= b);
    default:
      throw new Unfit(`opcode ${Op[i.op]}`);
  }
  return i.next;
}
