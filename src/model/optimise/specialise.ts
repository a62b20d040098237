// Path specialisation: a body is executed symbolically, and an instruction is copied for each set of facts
// under which it is reached (polyvariant partial evaluation: Jones, Gomard, Sestoft 1993, chapter 4). What a
// join forgets (that this error code came from that return, that this pointer was tested) decides branches
// here once and for all, and a task-local instruction is what a step can least afford. Facts may always be
// forgotten: registers hold their values whether a fact is known or not, so that every limit below only costs
// speed.

import type { BinaryOperator, BranchOperator, Instruction, Operand, Register } from "../ir.ts";
import { blocksOf, definition, liveOut, mapOperands, successors, uses } from "./flow.ts";
import { compute, fold, substitute } from "./fold.ts";

/** Copies of one instruction, and growth of a body, beyond which facts are forgotten. */
const VARIANTS_MAX = 6;
const GROWTH_MAX = 4;

/** What is known where an instruction is reached. */
interface Facts {
  /** Registers that equal another operand. */
  readonly equal: ReadonlyMap<Register, Operand>;
  /** Comparisons that were decided on the way here. */
  readonly decided: ReadonlyMap<string, { readonly truth: boolean; readonly registers: readonly Register[] }>;
}

const NOTHING: Facts = { equal: new Map(), decided: new Map() };

function text(o: Operand): string {
  return "imm" in o ? `${o.imm | 0}` : `r${o.reg}+${o.plus}`;
}

/** A comparison and its negation have one name; the second value says whether the name means the opposite. */
function nameOf(
  operator: BranchOperator,
  left: Operand,
  right: Operand,
): { name: string; opposite: boolean } {
  if (operator === "!=") return { name: `${text(left)} == ${text(right)}`, opposite: true };
  return { name: `${text(left)} ${operator} ${text(right)}`, opposite: false };
}

function registersOf(...operands: readonly Operand[]): Register[] {
  return operands.flatMap((o) => ("reg" in o ? [o.reg] : []));
}

/** The facts that survive a write of a register. */
function forget(facts: Facts, written: Register): Facts {
  const equal = new Map(facts.equal);
  equal.delete(written);
  for (const [r, o] of equal) if ("reg" in o && o.reg === written) equal.delete(r);
  const decided = new Map(facts.decided);
  for (const [name, d] of decided) if (d.registers.includes(written)) decided.delete(name);
  return { equal, decided };
}

/** The facts about registers that matter from here on. */
function restrict(facts: Facts, live: ReadonlySet<Register>): Facts {
  const equal = new Map([...facts.equal].filter(([r]) => live.has(r)));
  const decided = new Map([...facts.decided].filter(([, d]) => d.registers.every((r) => live.has(r))));
  return { equal, decided };
}

function keyOf(facts: Facts): string {
  const equal = [...facts.equal].map(([r, o]) => `${r}=${text(o)}`).sort();
  const decided = [...facts.decided].map(([name, d]) => `${name}:${d.truth}`).sort();
  return `${equal.join(",")};${decided.join(",")}`;
}

/** Whether a comparison holds, as far as that is known. */
function decide(facts: Facts, operator: BranchOperator, left: Operand, right: Operand): boolean | undefined {
  if ("imm" in left && "imm" in right) return compute(operator, left.imm, right.imm) !== 0;
  const { name, opposite } = nameOf(operator, left, right);
  const known = facts.decided.get(name);
  return known === undefined ? undefined : known.truth !== opposite;
}

/** The facts on one side of a branch. */
function learn(facts: Facts, i: Extract<Instruction, { op: "branch" }>, taken: boolean): Facts {
  const { name, opposite } = nameOf(i.operator, i.left, i.right);
  const truth = taken !== opposite;
  const decided = new Map(facts.decided).set(name, { truth, registers: registersOf(i.left, i.right) });
  const equal = new Map(facts.equal);
  const isEquality = i.operator === "==" || i.operator === "!=";
  if (isEquality && truth && "reg" in i.left && i.left.plus === 0 && "imm" in i.right) {
    equal.set(i.left.reg, i.right);
  }
  return { equal, decided };
}

function isBranchOperator(o: BinaryOperator): o is BranchOperator {
  return o === "==" || o === "!=" || o === "<s" || o === "<=s" || o === "<u" || o === "<=u";
}

/** Registers live before each instruction. */
function liveBefore(code: readonly Instruction[]): ReadonlySet<Register>[] {
  const blocks = blocksOf(code);
  const out = liveOut(code, blocks);
  const result: Set<Register>[] = [];
  blocks.forEach((block, n) => {
    const live = new Set(out[n]);
    for (let at = block.end - 1; at >= block.start; at--) {
      live.delete(definition(code[at]!));
      for (const r of uses(code[at]!)) live.add(r);
      result[at] = new Set(live);
    }
  });
  return result;
}

/** A copy of an instruction; its successors are numbers of copies. */
interface Copy {
  instruction: Instruction;
  readonly after: number[];
}

class Specialiser {
  private readonly code: readonly Instruction[];
  private readonly live: ReadonlySet<Register>[];
  private readonly copies: Copy[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly variants = new Map<number, number>();
  private readonly pending: { at: number; facts: Facts; copy: Copy }[] = [];

  constructor(code: readonly Instruction[]) {
    this.code = code;
    this.live = liveBefore(code);
  }

  run(): Instruction[] {
    const entry = this.reach(0, NOTHING);
    while (this.pending.length > 0) this.expand(this.pending.pop()!);
    return linearise(this.copies, entry);
  }

  /** The number of the copy that stands where control comes to `from` under these facts. */
  private reach(from: number, known: Facts): number {
    let at = from;
    let facts = known;
    // Jumps and decided branches leave no copy; a circle of them alone is kept as it is.
    for (const seen = new Set<number>(); !seen.has(at); ) {
      seen.add(at);
      const i = this.code[at]!;
      if (i.op === "jump") at = i.to;
      else if (i.op === "branch") {
        const b = this.substituted(i, facts);
        if (b.op === "jump") {
          at = b.to;
          continue;
        }
        if (b.op !== "branch") break;
        const holds = decide(facts, b.operator, b.left, b.right);
        if (holds === undefined) break;
        at = holds ? b.yes : b.no;
      } else break;
    }
    facts = restrict(facts, this.live[at]!);
    const count = this.variants.get(at) ?? 0;
    if (count >= VARIANTS_MAX || this.copies.length > GROWTH_MAX * this.code.length + 64) facts = NOTHING;
    const key = `${at}:${keyOf(facts)}`;
    const existing = this.byKey.get(key);
    if (existing !== undefined) return existing;
    const copy: Copy = { instruction: this.code[at]!, after: [] };
    const number = this.copies.push(copy) - 1;
    this.byKey.set(key, number);
    this.variants.set(at, count + 1);
    this.pending.push({ at, facts, copy });
    return number;
  }

  private substituted(i: Instruction, facts: Facts): Instruction {
    return fold(
      mapOperands(i, (operand, slot) =>
        "reg" in operand ? substitute(operand, facts.equal.get(operand.reg), slot === "sum") : operand,
      ),
    );
  }

  private expand({ at, facts, copy }: { at: number; facts: Facts; copy: Copy }): void {
    let i = this.substituted(this.code[at]!, facts);
    if (i.op === "binary" && isBranchOperator(i.operator)) {
      const holds = decide(facts, i.operator, i.left, i.right);
      if (holds !== undefined) i = { op: "move", dst: i.dst, value: { imm: Number(holds) }, place: i.place };
    }
    copy.instruction = i;
    if (i.op === "branch") {
      copy.after.push(this.reach(i.yes, learn(facts, i, true)), this.reach(i.no, learn(facts, i, false)));
      return;
    }
    const written = definition(i);
    let next = written === 0 ? facts : forget(facts, written);
    if (i.op === "move" && !("reg" in i.value && i.value.reg === i.dst)) {
      next = { ...next, equal: new Map(next.equal).set(i.dst, i.value) };
    }
    for (const target of successors(i, at)) copy.after.push(this.reach(target, next));
  }
}

/** The copies as a list again, each followed by a jump unless its successor is the next one. */
function linearise(copies: readonly Copy[], entry: number): Instruction[] {
  const result: Instruction[] = [];
  const placed = new Map<number, number>();
  const stack = [entry];
  while (stack.length > 0) {
    let n = stack.pop()!;
    while (!placed.has(n)) {
      const { instruction, after } = copies[n]!;
      placed.set(n, result.length);
      if (instruction.op === "branch") {
        result.push({ ...instruction, yes: after[0]!, no: after[1]! });
        stack.push(after[0]!, after[1]!);
        n = -1;
        break;
      }
      if (instruction.op === "jump") {
        result.push({ ...instruction, to: after[0]! });
        stack.push(after[0]!);
        n = -1;
        break;
      }
      result.push(instruction);
      if (after.length === 0) {
        n = -1;
        break;
      }
      n = after[0]!;
    }
    if (n >= 0) result.push({ op: "jump", to: n, place: copies[n]!.instruction.place });
  }
  return result.map((i) => {
    if (i.op === "jump") return { ...i, to: placed.get(i.to)! };
    if (i.op === "branch") return { ...i, yes: placed.get(i.yes)!, no: placed.get(i.no)! };
    return i;
  });
}

/** A warning on a value becomes a branch around a warning: the branch is shared with the code's own tests. */
export function splitWarnings(code: readonly Instruction[]): Instruction[] {
  const moved: number[] = [];
  let count = 0;
  for (const i of code) {
    moved.push(count);
    count += i.op === "warn" && "reg" in i.value ? 2 : 1;
  }
  moved.push(count);
  return code.flatMap((i, at): Instruction[] => {
    if (i.op === "jump") return [{ ...i, to: moved[i.to]! }];
    if (i.op === "branch") return [{ ...i, yes: moved[i.yes]!, no: moved[i.no]! }];
    if (i.op !== "warn" || !("reg" in i.value)) return [i];
    const here = moved[at]!;
    const left = { reg: i.value.reg, plus: 0 };
    const right = { imm: -i.value.plus | 0 };
    const { place } = i;
    return [
      { op: "branch", operator: "!=", left, right, yes: here + 1, no: here + 2, place },
      { op: "warn", value: { imm: 1 }, place },
    ];
  });
}

/** The body with its task-local work decided path by path. */
export function specialise(code: readonly Instruction[]): Instruction[] {
  return new Specialiser(code).run();
}
