// The program image read back as values: what the bytecode encoder made of the IR, so that both engines agree
// on what a step is, where each instruction stands, and which registers it still needs. Layout: IMAGE_* in
// assembly/abi.ts.

import {
  IMAGE_ALWAYS,
  IMAGE_CELLS,
  IMAGE_CHECKS,
  IMAGE_FUNCTIONS,
  IMAGE_HEADER_WORDS,
  IMAGE_INSTRUCTIONS,
  IMAGE_LIVENESS,
  IMAGE_OBJECTS,
  IMAGE_THREADS,
  INSTRUCTION_BYTES,
  JUMP_BLOCKS,
  JUMP_MASK,
  JUMP_STOP,
  LIVENESS_WORDS_BITS,
  LIVENESS_WORDS_MASK,
  OBJECT_WORDS,
  Op,
} from "../../assembly/abi.ts";

/** Where control goes: an instruction, and whether a step begins there that may have to wait. */
export interface Jump {
  readonly to: number;
  readonly stops: boolean;
  readonly blocks: boolean;
}

export interface Instruction {
  readonly op: Op;
  readonly dst: number;
  readonly a: number;
  readonly b: number;
  readonly imm: number;
  readonly next: Jump;
  /** The fourth word: a jump or a constant. */
  readonly alt: number;
}

export interface Image {
  readonly code: readonly Instruction[];
  readonly threads: readonly Jump[];
  /** Those that hold always come first. */
  readonly checks: readonly Jump[];
  readonly always: number;
  /** Start of each function as a callback; its kworker's start is the next instruction. Null: none. */
  readonly functions: readonly (Jump | null)[];
  /** First cell of the frame of each slot, then of each check; 0 where it has none. */
  readonly frames: readonly number[];
  /** Registers that are needed from each instruction on. */
  readonly needed: readonly (readonly number[])[];
}

export function readJump(word: number): Jump {
  return {
    to: (word & JUMP_MASK) / INSTRUCTION_BYTES,
    stops: (word & JUMP_STOP) !== 0,
    blocks: (word & JUMP_BLOCKS) !== 0,
  };
}

export function readImage(words: Uint32Array): Image {
  const instructions = words[IMAGE_INSTRUCTIONS]!;
  const code: Instruction[] = [];
  for (let n = 0; n < instructions; n++) {
    const at = IMAGE_HEADER_WORDS + 4 * n;
    const word = words[at]!;
    code.push({
      op: word & 0xff,
      dst: (word >>> 8) & 0xff,
      a: (word >>> 16) & 0xff,
      b: word >>> 24,
      imm: words[at + 1]! | 0,
      next: readJump(words[at + 2]!),
      alt: words[at + 3]!,
    });
  }
  let at = IMAGE_HEADER_WORDS + 4 * instructions;
  const take = (count: number): number[] => {
    at += count;
    return Array.from(words.subarray(at - count, at));
  };
  const threads = take(words[IMAGE_THREADS]!).map(readJump);
  const checks = take(words[IMAGE_CHECKS]!).map(readJump);
  const functions = take(words[IMAGE_FUNCTIONS]!).map((w) => (w === 0 ? null : readJump(w)));
  at += OBJECT_WORDS * words[IMAGE_OBJECTS]! + words[IMAGE_CELLS]!;
  const table = words[IMAGE_LIVENESS]!;
  const frames = Array.from(words.subarray(at, table));
  const needed = code.map((_, n) => readSet(words, words[table + n]!));
  return { code, threads, checks, always: words[IMAGE_ALWAYS]!, functions, frames, needed };
}

function readSet(words: Uint32Array, entry: number): number[] {
  const from = entry >>> LIVENESS_WORDS_BITS;
  const registers: number[] = [];
  for (let w = 0; w < (entry & LIVENESS_WORDS_MASK); w++) {
    for (let bit = 0; bit < 32; bit++) if ((words[from + w]! >>> bit) & 1) registers.push(32 * w + bit);
  }
  return registers;
}

/** Where control can go from an instruction. */
export function waysOn(i: Instruction): Jump[] {
  if (i.op === Op.EXIT) return [];
  return jumpsToAlt(i.op) ? [i.next, readJump(i.alt)] : [i.next];
}

/** Every instruction that can be come to from a jump. */
export function reachableFrom(image: Image, start: Jump): number[] {
  const seen = new Set<number>([start.to]);
  const pending = [start.to];
  const found: number[] = [];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    found.push(at);
    for (const { to } of waysOn(image.code[at]!)) {
      if (seen.has(to)) continue;
      seen.add(to);
      pending.push(to);
    }
  }
  return found;
}

const ALT_IS_CONSTANT: ReadonlySet<Op> = new Set([
  Op.STORE,
  Op.STORE_LOCAL,
  Op.LOCAL_LIVE,
  Op.LOCAL_DEAD,
  Op.CAPTURE,
  Op.XCHG,
  Op.CMPXCHG,
  Op.FETCH_ADD,
  Op.FETCH_AND,
  Op.FETCH_OR,
  Op.FETCH_XOR,
  Op.ALLOC,
  Op.GP_READ_UNLOCK,
  Op.GP_CALL,
  Op.COMPLETE,
]);

/** The fourth word is a jump that can be taken. */
export function jumpsToAlt(op: Op): boolean {
  return (op >= Op.JEQ && !ALT_IS_CONSTANT.has(op)) as boolean;
}
