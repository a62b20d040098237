// What travels between the pool and its workers: plain values that structured clone can carry.

import type { Draw, EngineModule, RawTally } from "../engine/engine.ts";
import type { LanesCode } from "../engine/lanes.ts";

/** A range of schedule numbers of one campaign: the unit of distribution. */
export interface Shard {
  /** 0, 1, 2, ...: position in the plan. */
  readonly shard: number;
  readonly first: number;
  readonly count: number;
  /** A block of lanes; absent: for the scalar machine. */
  readonly block?: number;
}

/** For tests only (RACEPROOF_FAULT): how the worker is to fail in place of running the shard. */
export type Fault = "trap" | "exit" | "kill";

export interface ShardJob extends Shard {
  readonly module: EngineModule;
  /** The machine that records, where some schedules are to be looked at closely. */
  readonly recorder: EngineModule | null;
  /** The program image; on shared memory, so that a job carries no copy. */
  readonly words: Uint32Array;
  /** Identifies `words`: a worker loads a program once. */
  readonly hash: string;
  readonly draw: Draw;
  /** For a block. */
  readonly lanes: LanesCode | null;
  readonly fault: Fault | null;
}

/** A trap is a value, because error classes do not survive the way back. */
export type ShardResult = { readonly tally: RawTally } | { readonly trap: string };

/** Worker threads of one pool. */
export const WORKERS_MAX = 256;
