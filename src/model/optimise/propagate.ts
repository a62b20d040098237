// Constants and copies: a register that only stands for another value is replaced by that value, comparisons
// of constants are decided, and what nobody reads or reaches goes. Steps are never removed or reordered.

import type { BinaryOperator, Instruction, Operand, Register } from "../ir.ts";
import {
  type Block,
  blocksOf,
  definition,
  filterCode,
  isPure,
  liveOut,
  mapOperands,
  successors,
  uses,
  withDefinition,
} from "./flow.ts";
import { fold, substitute } from "./fold.ts";

/** Block numbers that dominate each block, as sets; entry bodies are small. */
function dominators(blocks: readonly Block[]): Set<number>[] {
  const before: number[][] = blocks.map(() => []);
  blocks.forEach((block, n) => {
    for (const next of block.after) before[next]!.push(n);
  });
  const order: number[] = [];
  const seen = new Set<number>();
  const stack: [number, number][] = [[0, 0]];
  seen.add(0);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const next = blocks[top[0]]!.after[top[1]++];
    if (next === undefined) {
      order.unshift(top[0]);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      stack.push([next, 0]);
    }
  }
  // Cooper, Harvey, Kennedy: immediate dominators by intersection in reverse postorder.
  const rank = new Map(order.map((n, at) => [n, at]));
  const immediate = new Map<number, number>([[0, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const n of order) {
      if (n === 0) continue;
      let candidate = -1;
      for (const p of before[n]!) {
        if (!immediate.has(p)) continue;
        if (candidate < 0) candidate = p;
        let a = p;
        let b = candidate;
        while (a !== b) {
          if (rank.get(a)! > rank.get(b)!) a = immediate.get(a)!;
          else b = immediate.get(b)!;
        }
        candidate = a;
      }
      if (candidate >= 0 && immediate.get(n) !== candidate) {
        immediate.set(n, candidate);
        changed = true;
      }
    }
  }
  const result: Set<number>[] = blocks.map(() => new Set<number>());
  for (const n of order) {
    const above = n === 0 ? [] : [...result[immediate.get(n)!]!];
    result[n] = new Set([...above, n]);
  }
  return result;
}

/** Replaces reads of registers that stand for other values. */
function propagateOnce(
  code: readonly Instruction[],
  parameters: number,
): { code: Instruction[]; changed: boolean } {
  const blocks = blocksOf(code);
  const dominates = dominators(blocks);
  const blockOf: number[] = [];
  blocks.forEach((block, n) => {
    for (let at = block.start; at < block.end; at++) blockOf[at] = n;
  });
  const sites = new Map<Register, number[]>();
  code.forEach((i, at) => {
    const r = definition(i);
    if (r !== 0) sites.set(r, [...(sites.get(r) ?? []), at]);
  });
  const only = (r: Register): number | undefined => {
    const at = sites.get(r);
    if (r <= parameters) return at === undefined ? -1 : undefined;
    return at?.length === 1 ? at[0] : undefined;
  };
  const reaches = (from: number, to: number): boolean =>
    from < 0 || (blockOf[from] === blockOf[to] ? from < to : dominates[blockOf[to]!]!.has(blockOf[from]!));
  /** What r stands for wherever its only definition reaches. */
  const standsFor = (r: Register, at: number): Operand | undefined => {
    const site = only(r);
    if (site === undefined || site < 0 || !reaches(site, at)) return undefined;
    const i = code[site]!;
    if (i.op !== "move") return undefined;
    if ("imm" in i.value) return i.value;
    const source = only(i.value.reg);
    return source !== undefined && reaches(source, site) ? i.value : undefined;
  };
  let changed = false;
  const result = [...code];
  for (const block of blocks) {
    // Registers with several definitions: what they stand for up to the next write, within the block.
    const local = new Map<Register, Operand>();
    for (let at = block.start; at < block.end; at++) {
      const before = result[at]!;
      const after = mapOperands(before, (operand, slot) => {
        if (!("reg" in operand)) return operand;
        const value = local.get(operand.reg) ?? standsFor(operand.reg, at);
        const next = substitute(operand, value, slot === "sum");
        if (next !== operand) changed = true;
        return next;
      });
      result[at] = after;
      const written = definition(after);
      if (written === 0) continue;
      local.delete(written);
      for (const [r, value] of local) if ("reg" in value && value.reg === written) local.delete(r);
      if (after.op === "move" && !("reg" in after.value && after.value.reg === written)) {
        local.set(written, after.value);
      }
    }
  }
  return { code: result, changed };
}

/** A branch on a comparison's result, where the comparison stands before it in the block, compares itself. */
function fuseComparisons(code: readonly Instruction[]): Instruction[] {
  const result = [...code];
  for (const block of blocksOf(code)) {
    const last = result[block.end - 1]!;
    if (last.op !== "branch" || (last.operator !== "!=" && last.operator !== "==")) continue;
    if (!("reg" in last.left) || last.left.plus !== 0 || !("imm" in last.right) || last.right.imm !== 0)
      continue;
    const flag = last.left.reg;
    for (let at = block.end - 2; at >= block.start; at--) {
      const i = result[at]!;
      if (definition(i) === flag) {
        if (i.op !== "binary" || !isBranchOperator(i.operator)) break;
        const written = new Set(result.slice(at, block.end - 1).map(definition));
        if (uses(i).some((r) => written.has(r))) break;
        const [yes, no] = last.operator === "!=" ? [last.yes, last.no] : [last.no, last.yes];
        result[block.end - 1] = {
          op: "branch",
          operator: i.operator,
          left: i.left,
          right: i.right,
          yes,
          no,
          place: last.place,
        };
        break;
      }
    }
  }
  return result;
}

function isBranchOperator(o: BinaryOperator): o is "==" | "!=" | "<s" | "<=s" | "<u" | "<=u" {
  return o === "==" || o === "!=" || o === "<s" || o === "<=s" || o === "<u" || o === "<=u";
}

/** `t = ...; x = t` with t read nowhere else writes x at once. */
function coalesce(code: readonly Instruction[], parameters: number): Instruction[] {
  const result = [...code];
  const reads = new Map<Register, number>();
  const writes = new Map<Register, number>();
  for (const i of code) {
    for (const r of uses(i)) reads.set(r, (reads.get(r) ?? 0) + 1);
    writes.set(definition(i), (writes.get(definition(i)) ?? 0) + 1);
  }
  for (const block of blocksOf(code)) {
    for (let at = block.start + 1; at < block.end; at++) {
      const i = result[at]!;
      if (i.op !== "move" || !("reg" in i.value) || i.value.plus !== 0) continue;
      const temporary = i.value.reg;
      if (temporary <= parameters || reads.get(temporary) !== 1 || writes.get(temporary) !== 1) continue;
      for (let back = at - 1; back >= block.start; back--) {
        const b = result[back]!;
        if (definition(b) === temporary) {
          result[back] = withDefinition(b, i.dst);
          result[at] = { ...i, value: { reg: i.dst, plus: 0 } };
          break;
        }
        if (definition(b) === i.dst || uses(b).includes(i.dst)) break;
      }
    }
  }
  return result;
}

/** Removes what cannot be reached, writes that nobody reads, and jumps to what follows. */
function sweep(code: readonly Instruction[]): Instruction[] {
  const reached = new Set<number>();
  const stack = [0];
  while (stack.length > 0) {
    const at = stack.pop()!;
    if (reached.has(at)) continue;
    reached.add(at);
    stack.push(...successors(code[at]!, at));
  }
  let result = filterCode(code, (at) => reached.has(at));
  const blocks = blocksOf(result);
  const out = liveOut(result, blocks);
  const dead = new Set<number>();
  blocks.forEach((block, n) => {
    const live = new Set(out[n]);
    for (let at = block.end - 1; at >= block.start; at--) {
      const i = result[at]!;
      const r = definition(i);
      const idle = i.op === "move" && "reg" in i.value && i.value.reg === i.dst && i.value.plus === 0;
      if (idle || (isPure(i) && !live.has(r))) {
        dead.add(at);
        continue;
      }
      live.delete(r);
      for (const used of uses(i)) live.add(used);
    }
  });
  result = filterCode(result, (at) => !dead.has(at));
  return filterCode(result, (at) => {
    const i = result[at]!;
    return i.op !== "jump" || i.to !== at + 1;
  });
}

/** All of it, until nothing changes (a handful of rounds). */
export function propagate(code: readonly Instruction[], parameters: number): Instruction[] {
  let current: Instruction[] = sweep(code);
  for (let round = 0; round < 12; round++) {
    const step = propagateOnce(current, parameters);
    const before = current.length;
    current = sweep(fuseComparisons(coalesce(step.code.map(fold), parameters)));
    if (!step.changed && current.length === before) break;
  }
  return current;
}
