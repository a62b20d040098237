// The binding to engine.wasm: loads a program image, runs schedules, hands out raw results and single steps.
// Knows no model: places, names and types are the business of whoever reads the results.

import { readFile } from "node:fs/promises";

/** A violation as the machine sees it: sites are instruction indexes, -1 where there is none. */
export interface RawViolation {
  readonly kind: number;
  readonly detail: number;
  readonly site: number;
  readonly task: number;
  /** Class of the object concerned, or -1. */
  readonly class: number;
  /** The other side: the freeing instruction, the check's number; -1 where there is none. */
  readonly other: number;
  /** 1-based step in which it happened. */
  readonly step: number;
}

export interface RawFinding {
  readonly kind: number;
  readonly detail: number;
  readonly site: number;
  readonly class: number;
  readonly other: number;
  /** Task of the first one. */
  readonly task: number;
  /** Schedules that showed it. */
  readonly count: number;
  /** Smallest schedule number. */
  readonly first: number;
}

/** What a range of schedules gave: sums and minima, so that merging is commutative. */
export interface RawTally {
  readonly schedules: number;
  readonly steps: number;
  /** Runs that an assume() dropped; not in `schedules`. */
  readonly dropped: number;
  /** Runs that hit a limit of the machine, by LimitKind. */
  readonly limited: readonly number[];
  readonly findings: readonly RawFinding[];
}

export interface Draw {
  readonly strategy: number;
  readonly seed: bigint;
  readonly stepsMax: number;
}

/** One run with everything it drew. */
export interface Recording {
  readonly outcome: number;
  /** Slot of each step. */
  readonly picks: Uint8Array;
  /** Results of choose(), in the order drawn. */
  readonly choices: Uint32Array;
  readonly violations: readonly RawViolation[];
}

export type EngineModule = WebAssembly.Module;

export async function compileEngine(file: string): Promise<EngineModule> {
  return WebAssembly.compile(await readFile(file));
}
