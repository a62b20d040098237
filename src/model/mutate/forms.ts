// How each protection is taken out of a body: what takes the place of the instructions that it is made of.
// A form keeps everything but the protection: a try-lock still succeeds, a reference that is not taken is
// still looked for, an atomic operation still computes the same.

import { CSS_DEAD, CSS_REFS } from "../../../assembly/abi.ts";
import type { Instruction, Operand, PrimitiveName, Register } from "../ir.ts";
import type { Replacement } from "./rewrite.ts";

type Fresh = () => Register;
type Primitive = Extract<Instruction, { op: "primitive" }>;

/** A member of a pair that is left out. */
export function leftOut(i: Primitive, fresh: Fresh): Replacement {
  const { place, dst } = i;
  const result = (value: Operand): Replacement => (dst === 0 ? [] : [{ op: "move", dst, value, place }]);
  switch (i.name) {
    // Whoever tries has it: nobody else can.
    case "mutex_trylock":
    case "spin_trylock":
    case "down_read_trylock":
    case "down_write_trylock":
    case "rwsem_queue_write":
      return result({ imm: 1 });
    case "refcount_inc_not_zero":
      return looksFor(i, 0, fresh);
    case "css_tryget":
      return looksFor(i, CSS_REFS, fresh);
    case "css_tryget_online": {
      const dead = fresh();
      const load = loadOf(i, CSS_DEAD, dead);
      const { place } = i;
      return [
        load,
        { op: "binary", operator: "==", dst: dst || fresh(), left: reg(dead), right: imm(0), place },
      ];
    }
    default:
      // No last reference is given back, no section has a number.
      return result({ imm: 0 });
  }
}

/** dst = whether the count is not 0. */
function looksFor(i: Primitive, cell: number, fresh: Fresh): Instruction[] {
  const count = fresh();
  const { place } = i;
  const dst = i.dst || fresh();
  return [
    loadOf(i, cell, count),
    { op: "binary", operator: "!=", dst, left: reg(count), right: imm(0), place },
  ];
}

function loadOf(i: Primitive, cell: number, dst: Register): Instruction {
  return { op: "load", dst, address: plus(i.args[0]!, cell), order: "plain", place: i.place };
}

/** An atomic operation in two steps; undefined where it is none. */
export function splitUp(i: Instruction, fresh: Fresh): Replacement | undefined {
  const { place } = i;
  const old = fresh();
  if (i.op === "rmw") {
    const { address, order, operator } = i;
    const load: Instruction = { op: "load", dst: old, address, order, place };
    const keep: Instruction = { op: "move", dst: i.dst || fresh(), value: reg(old), place };
    if (operator === "xchg") return [load, { op: "store", address, value: i.value, order, place }, keep];
    const now = fresh();
    const binary = { add: "+", and: "&", or: "|", xor: "^" } as const;
    const change: Instruction = {
      op: "binary",
      operator: binary[operator],
      dst: now,
      left: reg(old),
      right: i.value,
      place,
    };
    return [load, change, { op: "store", address, value: reg(now), order, place }, keep];
  }
  if (i.op === "cmpxchg") {
    const { address, order } = i;
    return [
      { op: "load", dst: old, address, order, place },
      { op: "branch", operator: "==", left: reg(old), right: i.expected, yes: 2, no: 3, place },
      { op: "store", address, value: i.value, order, place },
      { op: "move", dst: i.dst || fresh(), value: reg(old), place },
    ];
  }
  const gets = i.op === "primitive" ? CHECKED[i.name] : undefined;
  if (i.op !== "primitive" || gets === undefined) return undefined;
  const dst = i.dst || fresh();
  const check = leftOut({ ...i, dst }, fresh);
  return [
    ...check,
    { op: "branch", operator: "!=", left: reg(dst), right: imm(0), yes: 3, no: 4, place },
    { op: "primitive", name: gets, dst: 0, args: i.args, place },
  ];
}

/** What takes a reference if there is one, and what takes it once that was looked at. */
const CHECKED: Partial<Record<PrimitiveName, PrimitiveName>> = {
  refcount_inc_not_zero: "refcount_inc",
  css_tryget: "css_get",
  css_tryget_online: "css_get",
};

function reg(register: Register): Operand {
  return { reg: register, plus: 0 };
}

function imm(value: number): Operand {
  return { imm: value };
}

function plus(o: Operand, cells: number): Operand {
  return "imm" in o ? imm(o.imm + cells) : { reg: o.reg, plus: o.plus + cells };
}
