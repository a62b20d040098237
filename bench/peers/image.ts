// The program image (laid out in assembly/abi.ts), read instruction by instruction.

import {
  IMAGE_CHECKS,
  IMAGE_FUNCTIONS,
  IMAGE_HEADER_WORDS,
  IMAGE_INSTRUCTIONS,
  IMAGE_LIVENESS,
  IMAGE_REGISTERS,
  IMAGE_THREADS,
  INSTRUCTION_BYTES,
  JUMP_MASK,
  JUMP_STOP,
  LIVENESS_WORDS_BITS,
  LIVENESS_WORDS_MASK,
  Op,
} from "../../dist/assembly/abi.js";

/** Those that go on at their alternative where a result is 0 or a comparison fails. */
export const FORKS: ReadonlySet<Op> = new Set([
  Op.JEQ,
  Op.JLT_S,
  Op.JLE_S,
  Op.JLT_U,
  Op.JLE_U,
  Op.LOAD,
  Op.LOAD_LOCAL,
  Op.QUEUE_WORK,
  Op.REFCOUNT_INC_NOT_ZERO,
  Op.REFCOUNT_DEC_AND_TEST,
  Op.CSS_TRYGET,
  Op.CSS_TRYGET_ONLINE,
  Op.CSS_PUT,
]);

export class Image {
  readonly words: Uint32Array;
  /** Instructions that tasks run, and those of them that begin a step. */
  readonly instructions: number[] = [];
  readonly stops: number[];

  constructor(words: Uint32Array) {
    this.words = words;
    const stops = new Set<number>();
    const pending = [...this.#starts()];
    const seen = new Set<number>();
    for (const start of pending) stops.add(start);
    while (pending.length > 0) {
      const at = pending.pop()!;
      if (seen.has(at)) continue;
      seen.add(at);
      for (const jump of this.jumps(at)) {
        const target = (jump & JUMP_MASK) / INSTRUCTION_BYTES;
        if ((jump & JUMP_STOP) !== 0) stops.add(target);
        pending.push(target);
      }
    }
    this.instructions = [...seen].sort((a, b) => a - b);
    this.stops = [...stops].sort((a, b) => a - b);
  }

  *#starts(): Iterable<number> {
    const tables = IMAGE_HEADER_WORDS + 4 * this.words[IMAGE_INSTRUCTIONS]!;
    const threads = this.words[IMAGE_THREADS]!;
    for (let n = 0; n < threads; n++) yield this.#target(this.words[tables + n]!);
    for (const entry of this.entries()) if (entry > 0) yield* [entry, entry + 1];
  }

  #target(jump: number): number {
    return (jump & JUMP_MASK) / INSTRUCTION_BYTES;
  }

  /** CALLBACK_START of each function; 0 where it is never a task. */
  entries(): number[] {
    const tables = IMAGE_HEADER_WORDS + 4 * this.words[IMAGE_INSTRUCTIONS]!;
    const first = tables + this.words[IMAGE_THREADS]! + this.words[IMAGE_CHECKS]!;
    return Array.from(this.words.subarray(first, first + this.words[IMAGE_FUNCTIONS]!), (j) =>
      this.#target(j),
    );
  }

  field(at: number, word: number): number {
    return this.words[IMAGE_HEADER_WORDS + 4 * at + word]!;
  }

  op(at: number): Op {
    return this.field(at, 0) & 0xff;
  }

  /** Where an instruction goes on. */
  jumps(at: number): number[] {
    const op = this.op(at);
    if (op === Op.EXIT || op === Op.BAD_CALL) return [];
    return FORKS.has(op) ? [this.field(at, 2), this.field(at, 3)] : [this.field(at, 2)];
  }

  /** Registers that are needed from an instruction on. */
  needs(at: number): Set<number> {
    const entry = this.words[this.words[IMAGE_LIVENESS]! + at]!;
    const needed = new Set<number>();
    for (let word = 0; word < (entry & LIVENESS_WORDS_MASK); word++) {
      const set = this.words[(entry >>> LIVENESS_WORDS_BITS) + word]!;
      for (let bit = 0; bit < 32; bit++) if (((set >>> bit) & 1) === 1) needed.add(32 * word + bit);
    }
    return needed;
  }

  /** What a task comes to rest with: its place, and no value that nobody needs. */
  rest(at: number): string[] {
    const needed = this.needs(at);
    const registers = Array.from({ length: this.words[IMAGE_REGISTERS]! - 2 }, (_, n) => n + 2);
    const dead = registers.filter((n) => !needed.has(n)).map((n) => `t->r[${n}] = 0;`);
    return [`t->pc = ${at};`, dead.join(" "), "goto done;"];
  }
}
