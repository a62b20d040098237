// Local variables whose address never leaves their task: accesses to them are no steps, for no other task can
// tell when they happen. An address leaves by being stored, handed to a primitive or captured by another
// task. Never trust an annotation here: a shared cell that is taken for a private one hides races.

import type { Instruction, Operand, Register } from "../ir.ts";
import { definition } from "./flow.ts";

/** What a register may hold: addresses of these locals, and perhaps something else. */
interface Holds {
  readonly locals: Set<number>;
  other: boolean;
}

/** Marks the accesses that only reach locals which stay within their task. */
export function markLocalAccesses(code: readonly Instruction[], parameters: number): Instruction[] {
  const holds = new Map<Register, Holds>();
  const of = (r: Register): Holds => {
    let entry = holds.get(r);
    if (entry === undefined) {
      entry = { locals: new Set(), other: r <= parameters };
      holds.set(r, entry);
    }
    return entry;
  };
  let changed = true;
  const add = (r: Register, locals: Iterable<number>, other: boolean): void => {
    const entry = of(r);
    for (const local of locals) {
      if (!entry.locals.has(local)) {
        entry.locals.add(local);
        changed = true;
      }
    }
    if (other && !entry.other) {
      entry.other = true;
      changed = true;
    }
  };
  const escaped = new Set<number>();
  const leave = (operand: Operand): void => {
    if ("reg" in operand) for (const local of of(operand.reg).locals) escaped.add(local);
  };
  while (changed) {
    changed = false;
    for (const i of code) flow(i, add, of);
  }
  for (const i of code) {
    if (i.op === "store") leave(i.value);
    else if (i.op === "rmw") {
      leave(i.value);
      leave(i.address);
    } else if (i.op === "cmpxchg") {
      leave(i.expected);
      leave(i.value);
      leave(i.address);
    } else if (i.op === "primitive") i.args.forEach(leave);
    else if (i.op === "capture" || i.op === "bad-call" || i.op === "dangles") leave(i.value);
  }
  return code.map((i) => {
    if ((i.op !== "load" && i.op !== "store") || !("reg" in i.address)) return i;
    const { locals, other } = of(i.address.reg);
    if (other || locals.size === 0) return i;
    return [...locals].some((local) => escaped.has(local)) ? i : { ...i, local: true };
  });
}

function flow(
  i: Instruction,
  add: (r: Register, locals: Iterable<number>, other: boolean) => void,
  of: (r: Register) => Holds,
): void {
  if (i.op === "local-address") add(i.dst, [i.local], false);
  else if (i.op === "move") {
    if ("imm" in i.value) add(i.dst, [], true);
    else add(i.dst, of(i.value.reg).locals, of(i.value.reg).other);
  } else if (i.op === "binary" && (i.operator === "+" || i.operator === "-")) {
    const left = "reg" in i.left ? of(i.left.reg) : undefined;
    const right = "reg" in i.right ? of(i.right.reg) : undefined;
    const pointer = left !== undefined && left.locals.size > 0 ? left : right;
    const index = pointer === left ? right : left;
    if (pointer === undefined || pointer.locals.size === 0) add(i.dst, [], true);
    // An address plus an index stays in its variable, or the access faults.
    else add(i.dst, [...pointer.locals, ...(index?.locals ?? [])], pointer.other);
  } else if (i.op === "binary") {
    const locals = [i.left, i.right].flatMap((o) => ("reg" in o ? [...of(o.reg).locals] : []));
    add(i.dst, locals, true);
  } else if (definition(i) !== 0) add(definition(i), [], true);
}
