// A compiled model: what the encoder hands to the engine (words) and to the reports (symbols, source map).

import type { Check, Global, IrFunction, ObjectClass, Place, PlaceId, Thread } from "./ir.ts";

/** Everything a report needs to name things; plain data, can be cloned to a worker. */
export interface Symbols {
  readonly model: string;
  readonly scenario: string;
  readonly memoryModel: "sc";
  readonly files: readonly string[];
  readonly places: readonly Place[];
  readonly classes: readonly ObjectClass[];
  readonly globals: readonly Global[];
  readonly functions: readonly IrFunction[];
  readonly threads: readonly Thread[];
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

export interface Program {
  /** The image that the engine loads; layout at IMAGE_* in assembly/abi.ts. */
  readonly words: Uint32Array;
  readonly symbols: Symbols;
  /** Place of each instruction. */
  readonly sourceMap: readonly PlaceId[];
  /** 8 hex digits over the words: comments and white space do not change it. */
  readonly hash: string;
}
