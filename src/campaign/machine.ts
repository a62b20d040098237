// What replaying needs of an engine: the stepping half of Engine (src/engine/engine.ts) has this shape.
// Written down apart so that replay and minimising can be tested on a machine a test can read.

import type { RawViolation } from "../engine/engine.ts";

export interface SlotState {
  readonly slot: number;
  readonly live: boolean;
  /** Instruction that the task executes next. */
  readonly pc: number;
  /** 0 thread, 1 kworker, 2 callback. */
  readonly kind: number;
  /** Function index of a kworker's or callback's function, or -1. */
  readonly function: number;
  /** Low half of what it waits for: of a barrier or a flush the slots. */
  readonly waitMask: number;
}

export interface ObjectState {
  readonly index: number;
  /** Pointer to its first cell. */
  readonly base: number;
  readonly size: number;
  /** -1 for a task's own variables. */
  readonly class: number;
  readonly freed: boolean;
  /** 0 where there is none. */
  readonly allocSite: number;
  readonly freeSite: number;
  readonly heap: boolean;
}

export interface StepMachine {
  begin(stepsMax: number, choices: Uint32Array): void;
  runnable(): number;
  step(slot: number): void;
  outcome(): number;
  finish(): void;
  violations(): readonly RawViolation[];
  choicesUsed(): number;
}

export interface TraceMachine extends StepMachine {
  slots(): readonly SlotState[];
  register(slot: number, register: number): number;
  cell(pointer: number): number | undefined;
  object(pointer: number): ObjectState | undefined;
}

/** What telling a run with all its state needs besides. */
export interface StoryMachine extends TraceMachine {
  slots(): readonly (SlotState & { readonly queue: number })[];
  /** All of them, in order of address; what is allocated comes last. */
  objects(): readonly ObjectState[];
}
