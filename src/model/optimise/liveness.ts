// Which registers a task still needs at each instruction: those that are read before they are written from
// there on. Two states that differ in other registers only are the same state.

import type { Instruction, Register } from "../ir.ts";
import { blocksOf, definition, liveOut, uses } from "./flow.ts";

/** The registers live before each instruction, by its number. */
export function liveInto(code: readonly Instruction[]): ReadonlySet<Register>[] {
  const blocks = blocksOf(code);
  const out = liveOut(code, blocks);
  const into: ReadonlySet<Register>[] = [];
  blocks.forEach((block, n) => {
    const live = new Set(out[n]);
    for (let at = block.end - 1; at >= block.start; at--) {
      live.delete(definition(code[at]!));
      for (const r of uses(code[at]!)) live.add(r);
      live.delete(0);
      into[at] = new Set(live);
    }
  });
  return into;
}

/**
 * The sets as words: for each a word that says where its bits lie (offset from the beginning of the sets, in
 * words, shifted by `shift`) and how many words they take; then the sets, each once.
 */
export function packSets(
  sets: readonly ReadonlySet<Register>[],
  base: number,
  shift: number,
): { table: number[]; pool: number[] } {
  const pool: number[] = [];
  const known = new Map<string, number>();
  const table = sets.map((set) => {
    const words: number[] = [];
    for (const r of [...set].sort((a, b) => a - b)) {
      while (words.length <= r >> 5) words.push(0);
      words[r >> 5] = (words[r >> 5]! | (1 << (r & 31))) >>> 0;
    }
    const key = words.join();
    let at = known.get(key);
    if (at === undefined) {
      at = pool.length;
      known.set(key, at);
      pool.push(...words);
    }
    return ((base + at) << shift) | words.length;
  });
  return { table, pool };
}
