// What the passes know of an instruction: which registers it reads and writes, where it goes, and which of
// its operands the bytecode can take as "register plus constant".

import type { Instruction, Operand, Register, Target } from "../ir.ts";

/**
 * An operand's place in its instruction: "sum" may be register plus constant or a constant, "plain" a
 * register or 0.
 */
export type Slot = "sum" | "plain";

/** The instruction with every operand replaced. */
export function mapOperands(i: Instruction, f: (operand: Operand, slot: Slot) => Operand): Instruction {
  switch (i.op) {
    case "move":
    case "assume":
    case "assert":
    case "warn":
    case "bug":
    case "bad-call":
    case "dangles":
    case "capture":
      return { ...i, value: f(i.value, "sum") };
    case "choose":
      return { ...i, count: f(i.count, "sum") };
    case "binary":
    case "branch":
      return { ...i, left: f(i.left, "plain"), right: f(i.right, "sum") };
    case "load":
      return { ...i, address: f(i.address, "sum") };
    case "store":
      return { ...i, address: f(i.address, "sum"), value: f(i.value, "sum") };
    case "rmw":
      return {
        ...i,
        address: f(i.address, "sum"),
        value: f(i.value, i.operator === "xchg" ? "plain" : "sum"),
      };
    case "cmpxchg":
      return {
        ...i,
        address: f(i.address, "sum"),
        expected: f(i.expected, "plain"),
        value: f(i.value, "plain"),
      };
    case "alloc":
      return { ...i, size: f(i.size, "sum") };
    case "primitive":
      return { ...i, args: i.args.map((a, n) => f(a, n === 0 ? "sum" : "plain")) };
    default:
      return i;
  }
}

/** Registers read. */
export function uses(i: Instruction): Register[] {
  const found: Register[] = [];
  mapOperands(i, (operand) => {
    if ("reg" in operand) found.push(operand.reg);
    return operand;
  });
  return found;
}

/** The register written, or 0. */
export function definition(i: Instruction): Register {
  return "dst" in i ? i.dst : 0;
}

/** The instruction with another destination. */
export function withDefinition(i: Instruction, dst: Register): Instruction {
  return { ...i, dst } as Instruction;
}

/** Where control goes from instruction number `at`. */
export function successors(i: Instruction, at: number): Target[] {
  switch (i.op) {
    case "jump":
      return [i.to];
    case "branch":
      return [i.yes, i.no];
    case "exit":
    case "bad-call":
      return [];
    default:
      return [at + 1];
  }
}

/** The instruction with every target replaced. */
export function mapTargets(i: Instruction, f: (target: Target) => Target): Instruction {
  if (i.op === "jump") return { ...i, to: f(i.to) };
  if (i.op === "branch") return { ...i, yes: f(i.yes), no: f(i.no) };
  return i;
}

/** True where the instruction does nothing but write its register. */
export function isPure(i: Instruction): boolean {
  switch (i.op) {
    case "move":
    case "local-address":
      return true;
    case "binary":
      return !i.operator.startsWith("/") && !i.operator.startsWith("%");
    default:
      return false;
  }
}

/** A maximal run of instructions that is entered at its first and left at its last. */
export interface Block {
  readonly start: number;
  /** One past the last. */
  readonly end: number;
  readonly after: readonly number[];
}

/** Blocks in order of their first instruction; the first is the entry. `after` are block numbers. */
export function blocksOf(code: readonly Instruction[]): Block[] {
  const leaders = new Set<number>([0]);
  code.forEach((i, at) => {
    if (i.op !== "jump" && i.op !== "branch" && i.op !== "exit" && i.op !== "bad-call") return;
    for (const target of successors(i, at)) leaders.add(target);
    leaders.add(at + 1);
  });
  const starts = [...leaders].filter((at) => at < code.length).sort((a, b) => a - b);
  const blockAt = new Map(starts.map((start, n) => [start, n]));
  return starts.map((start, n) => {
    const end = starts[n + 1] ?? code.length;
    const after = successors(code[end - 1]!, end - 1).map((target) => {
      const block = blockAt.get(target);
      if (block === undefined) throw new Error(`control leaves the body at instruction ${end - 1}`);
      return block;
    });
    return { start, end, after };
  });
}

/** The code without the instructions that `keep` refuses; a target that goes moves to what follows it. */
export function filterCode(code: readonly Instruction[], keep: (at: number) => boolean): Instruction[] {
  const moved: number[] = [];
  let count = 0;
  for (let at = 0; at <= code.length; at++) {
    moved.push(count);
    if (at < code.length && keep(at)) count++;
  }
  return code.filter((_, at) => keep(at)).map((i) => mapTargets(i, (target) => moved[target]!));
}

/**
 * The code with instructions put before some of its own; a jump to one of these goes to what was put before
 * it.
 */
export function insertBefore(
  code: readonly Instruction[],
  before: ReadonlyMap<number, readonly Instruction[]>,
): Instruction[] {
  const moved: number[] = [];
  const result: Instruction[] = [];
  code.forEach((i, at) => {
    moved.push(result.length);
    result.push(...(before.get(at) ?? []), i);
  });
  const kept = new Set([...before.values()].flat());
  return result.map((i) => (kept.has(i) ? i : mapTargets(i, (target) => moved[target]!)));
}

/** Registers live at the end of each block, by block number. */
export function liveOut(code: readonly Instruction[], blocks: readonly Block[]): Set<Register>[] {
  const gen: Set<Register>[] = [];
  const kill: Set<Register>[] = [];
  for (const block of blocks) {
    const read = new Set<Register>();
    const written = new Set<Register>();
    for (let at = block.start; at < block.end; at++) {
      for (const r of uses(code[at]!)) if (!written.has(r)) read.add(r);
      written.add(definition(code[at]!));
    }
    gen.push(read);
    kill.push(written);
  }
  const out = blocks.map(() => new Set<Register>());
  const into = gen.map((read) => new Set(read));
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = blocks.length - 1; n >= 0; n--) {
      for (const next of blocks[n]!.after) {
        for (const r of into[next]!) {
          if (out[n]!.has(r)) continue;
          out[n]!.add(r);
          changed = true;
          if (!kill[n]!.has(r)) into[n]!.add(r);
        }
      }
    }
  }
  return out;
}
