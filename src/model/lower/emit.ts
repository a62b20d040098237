// Writes one entry's code: fresh registers, labels that are placed later, and a last pass that drops what
// cannot be reached. Knows the IR and nothing of C.

import type { BranchOperator, Entry, Instruction, Local, Operand, PlaceId, Register } from "../ir.ts";

/** A jump target; `at` is an index into the code, -1 until it is placed. */
export interface Label {
  at: number;
  /** Something that can be reached jumps here. */
  used: boolean;
}

type WithoutPlace<I> = I extends Instruction ? Omit<I, "place"> : never;
type Plain = WithoutPlace<Exclude<Instruction, { op: "jump" } | { op: "branch" }>>;

type Draft =
  | Exclude<Instruction, { op: "jump" } | { op: "branch" }>
  | { op: "jump"; to: Label; place: PlaceId }
  | {
      op: "branch";
      operator: BranchOperator;
      left: Operand;
      right: Operand;
      yes: Label;
      no: Label;
      place: PlaceId;
    };

export interface Emitter {
  readonly name: string;
  readonly locals: Local[];
  /** Nothing emitted is kept: only types and constants are wanted. */
  readonly dry: boolean;
  register(): Register;
  emit(instruction: Plain, place: PlaceId): void;
  jump(to: Label, place: PlaceId): void;
  branch(
    operator: BranchOperator,
    left: Operand,
    right: Operand,
    yes: Label,
    no: Label,
    place: PlaceId,
  ): void;
  place(label: Label): void;
  /** Can control come here? */
  reachable(): boolean;
  finish(parameters: number): Entry;
}

export function label(): Label {
  return { at: -1, used: false };
}

export const imm = (value: number): Operand => ({ imm: value | 0 });
export const reg = (register: Register, plus = 0): Operand => ({ reg: register, plus });

/** An operand plus cells. */
export function plus(o: Operand, n: number): Operand {
  return "imm" in o ? imm(o.imm + n) : reg(o.reg, (o.plus + n) | 0);
}

export function isConstant(o: Operand): o is { imm: number } {
  return "imm" in o;
}

export function createEmitter(name: string, parameters: number, dry: boolean, onEmit: () => void): Emitter {
  const code: Draft[] = [];
  const locals: Local[] = [];
  let registers = parameters;
  let live = true;
  const push = (d: Draft): void => {
    if (dry) return;
    onEmit();
    code.push(d);
  };
  const use = (...labels: Label[]): void => {
    if (!live) return;
    for (const l of labels) l.used = true;
    live = false;
  };
  return {
    name,
    locals,
    dry,
    register: () => ++registers,
    emit(i, place) {
      push({ ...i, place } as Draft);
      if (i.op === "exit") live = false;
    },
    jump(to, place) {
      push({ op: "jump", to, place });
      use(to);
    },
    branch(operator, left, right, yes, no, place) {
      push({ op: "branch", operator, left, right, yes, no, place });
      use(yes, no);
    },
    place(l) {
      l.at = code.length;
      live ||= l.used;
    },
    reachable: () => live,
    finish: (count) => ({ name, parameters: count, registers, locals, code: reachable(code) }),
  };
}

function targets(d: Draft): Label[] {
  if (d.op === "jump") return [d.to];
  if (d.op === "branch") return [d.yes, d.no];
  return [];
}

/** Follows jumps to jumps; a cycle of jumps stays one. */
function resolve(code: readonly Draft[], l: Label): number {
  let at = l.at;
  for (let hops = 0; hops < code.length; hops++) {
    const d = code[at];
    if (d?.op !== "jump") return at;
    if (d.to.at === at) return at;
    at = d.to.at;
  }
  return l.at;
}

function reachable(code: readonly Draft[]): Instruction[] {
  const seen = new Uint8Array(code.length);
  const work = [0];
  while (work.length > 0) {
    let at = work.pop()!;
    while (at < code.length && seen[at] === 0) {
      seen[at] = 1;
      const d = code[at]!;
      for (const t of targets(d)) work.push(resolve(code, t));
      if (d.op === "jump" || d.op === "branch" || d.op === "exit") break;
      at++;
    }
  }
  // A jump to what follows anyway is dropped: scan backwards for the next instruction that stays.
  const keep = new Uint8Array(seen);
  let next = code.length;
  for (let at = code.length - 1; at >= 0; at--) {
    if (seen[at] === 0) continue;
    const d = code[at]!;
    if (d.op === "jump" && resolve(code, d.to) === next) keep[at] = 0;
    else next = at;
  }
  const index = new Int32Array(code.length + 1);
  let count = 0;
  for (let at = 0; at < code.length; at++) {
    index[at] = count;
    if (keep[at] === 1) count++;
  }
  const target = (l: Label): number => index[resolve(code, l)]!;
  const out: Instruction[] = [];
  for (let at = 0; at < code.length; at++) {
    if (keep[at] === 0) continue;
    const d = code[at]!;
    if (d.op === "jump") out.push({ op: "jump", to: target(d.to), place: d.place });
    else if (d.op === "branch") out.push({ ...d, yes: target(d.yes), no: target(d.no) });
    else out.push(d);
  }
  return out;
}
