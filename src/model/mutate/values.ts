// What can be said of a body's values without running it: which operands are the same expression, and which
// branches a value decides that is known on the way to them.

import { ERR_PTR_MIN } from "../../../assembly/abi.ts";
import type { BinaryOperator, Instruction, Operand, Register } from "../ir.ts";
import { definition } from "../optimise/flow.ts";
import { compute } from "../optimise/fold.ts";

/** Expressions are followed this far through the registers that they are made of. */
const DEPTH_MAX = 12;

/**
 * Names the expression that an operand is: two with one name hold the same value as long as no register that
 * is written more than once, and no cell that is loaded, changes in between.
 */
export function expressions(code: readonly Instruction[], parameters: number): (o: Operand) => string {
  const writers = new Map<Register, number[]>();
  code.forEach((i, at) => {
    const r = definition(i);
    if (r !== 0) writers.set(r, [...(writers.get(r) ?? []), at]);
  });
  const ofRegister = (r: Register, depth: number): string => {
    const sites = writers.get(r) ?? [];
    if (sites.length !== 1 || r <= parameters || depth === 0) return `r${r}`;
    const i = code[sites[0]!]!;
    switch (i.op) {
      case "move":
        return name(i.value, depth - 1);
      case "binary":
        return `(${name(i.left, depth - 1)}${i.operator}${name(i.right, depth - 1)})`;
      case "load":
        return `*${name(i.address, depth - 1)}`;
      case "local-address":
        return `local${i.local}`;
      default:
        return `r${r}`;
    }
  };
  const name = (o: Operand, depth: number): string => {
    if ("imm" in o) return String(o.imm | 0);
    const base = ofRegister(o.reg, depth);
    return o.plus === 0 ? base : `(${base}+${o.plus})`;
  };
  return (o) => name(o, DEPTH_MAX);
}

/**
 * What a register holds: a constant; the address of the object that is followed, plus cells; or the same as
 * some other register, plus a constant: both have the number of the copy.
 */
export type Known =
  | number
  | { readonly of: "object"; readonly plus: number }
  | { readonly of: number; readonly plus: number };

export type Facts = ReadonlyMap<Register, Known>;

export function factOf(facts: Facts, o: Operand): Known | undefined {
  if ("imm" in o) return o.imm;
  const base = facts.get(o.reg);
  if (o.plus === 0 || base === undefined) return base;
  // Of numbers only constants are followed: else every turn of a loop that counts is a way of its own.
  return typeof base === "number" ? undefined : { ...base, plus: (base.plus + o.plus) | 0 };
}

/** What is known after instruction number `at`. */
export function factsAfter(facts: Facts, i: Instruction, at: number): Facts {
  const dst = definition(i);
  if (dst === 0) return facts;
  const next = new Map(facts);
  next.delete(dst);
  if (i.op === "move") {
    const value = factOf(facts, i.value);
    if (value !== undefined) next.set(dst, value);
    else if ("reg" in i.value && !facts.has(i.value.reg) && i.value.reg !== dst) {
      // A copy of before has this number no more.
      for (const [r, known] of next) if (isOf(known, at)) next.delete(r);
      next.set(i.value.reg, { of: at, plus: 0 });
      next.set(dst, { of: at, plus: i.value.plus });
    }
  } else if (i.op === "binary") {
    const value = decide(i.operator, factOf(facts, i.left), factOf(facts, i.right));
    if (value !== undefined) next.set(dst, value);
  }
  return next;
}

/** With one more fact, of the register and of those that hold the same. */
export function learn(
  facts: Facts,
  register: Register,
  fact: Exclude<Known, { readonly of: number }>,
): Facts {
  const next = new Map(facts);
  const known = facts.get(register);
  next.set(register, fact);
  if (typeof known !== "object" || known.of === "object") return next;
  for (const [r, other] of facts) {
    if (!isOf(other, known.of)) continue;
    const by = other.plus - known.plus;
    next.set(r, typeof fact === "number" ? (fact + by) | 0 : { of: "object", plus: (fact.plus + by) | 0 });
  }
  return next;
}

function isOf(known: Known, copy: number): known is { readonly of: number; readonly plus: number } {
  return typeof known === "object" && known.of === copy;
}

/**
 * Without what concerns a register that is not read any more, or says nothing because its copies are gone.
 */
export function needed(facts: Facts, live: ReadonlySet<Register> | undefined): Facts {
  const holders = new Map<number, number>();
  const kept = [...facts].filter(([r]) => live?.has(r)).sort(([a], [b]) => a - b);
  for (const [, known] of kept) {
    if (typeof known === "object" && known.of !== "object") {
      holders.set(known.of, (holders.get(known.of) ?? 0) + 1);
    }
  }
  return new Map(
    kept.filter(([, known]) => {
      return typeof known === "number" || known.of === "object" || holders.get(known.of)! > 1;
    }),
  );
}

/** One text for facts that are the same. */
export function factsName(facts: Facts): string {
  const texts = [...facts].map(([r, known]) => {
    return typeof known === "number" ? `${r}=${known}` : `${r}=${known.of}+${known.plus}`;
  });
  return texts.join();
}

/** The result of an operator, as far as it decides a branch. */
function decide(operator: BinaryOperator, left?: Known, right?: Known): Known | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === "number" && typeof right === "number") {
    return COMPARISONS.has(operator) ? compute(operator, left, right) : undefined;
  }
  if (typeof left === "number" ? typeof right === "number" : typeof right !== "number") return undefined;
  const address = typeof left === "number" ? (right as Exclude<Known, number>) : left;
  const other = (typeof left === "number" ? left : right) as number;
  if (operator === "+") return { ...address, plus: (address.plus + other) | 0 };
  if (operator === "-" && address === left) return { ...address, plus: (address.plus - other) | 0 };
  if (address.of !== "object") return undefined;
  if (other === 0 && operator === "==") return 0;
  if (other === 0 && operator === "!=") return 1;
  // No object lies where the error pointers are.
  const isError = other >>> 0 >= ERR_PTR_MIN - 1;
  return isError && (operator === "<u" || operator === "<=u") ? Number(address === left) : undefined;
}

const COMPARISONS: ReadonlySet<BinaryOperator> = new Set(["==", "!=", "<s", "<=s", "<u", "<=u"]);

/** Where a branch can go, and what is known there. */
export function branches(
  facts: Facts,
  i: Extract<Instruction, { op: "branch" }>,
): { readonly to: number; readonly facts: Facts }[] {
  const result = decide(i.operator, factOf(facts, i.left), factOf(facts, i.right));
  if (result !== undefined) return [{ to: result !== 0 ? i.yes : i.no, facts }];
  const { left, right } = i;
  return [true, false].map((yes) => {
    const equal = i.operator === (yes ? "==" : "!=");
    const learns = equal && "reg" in left && left.plus === 0 && "imm" in right;
    return { to: yes ? i.yes : i.no, facts: learns ? learn(facts, left.reg, right.imm) : facts };
  });
}
