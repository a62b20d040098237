// The binding to the machine that records what steps touch (build/reducer.wasm), for schedules that were
// drawn before and are looked at closely: which behaviour each is, which states it goes through, which
// instructions it takes.

import { IMAGE_INSTRUCTIONS, Outcome, STEPS_MAX } from "../../assembly/abi.ts";
import { HASH_BITS } from "./coverage.ts";
import type { EngineModule, Recording } from "./engine.ts";

/** Hashes are of HASH_BITS bits. */
export interface Observed {
  /** An Outcome. */
  readonly outcome: number;
  /** The same for schedules that differ in the order of independent steps only. */
  readonly behaviour: number;
  readonly end: number;
  /** Of the states between two steps, those that were asked for; in order, with repetitions. */
  readonly states: readonly number[];
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly CHOICES: WebAssembly.Global;
  readonly FOOT_BYTES: WebAssembly.Global;
  readonly FOOT_STEP: WebAssembly.Global;
  readonly IMAGE: WebAssembly.Global;
  readonly MARKS: WebAssembly.Global;
  readonly PICKS: WebAssembly.Global;
  readonly SEEN: WebAssembly.Global;
  readonly observeSeen: WebAssembly.Global;
  marksClear(instructions: number): void;
  observeBegin(bound: number, choices: number): void;
  observeAbility(): number;
  observeEnd(): number;
  observeHash(which: number): bigint;
  observeRun(picks: number, bound: number, choices: number): number;
  observeStates(below: bigint): void;
  observeStep(slot: number): void;
  programLoad(): number;
}

const SHIFT = BigInt(64 - HASH_BITS);

/** One machine. A trap leaves it unusable: discard it. */
export class Observer {
  readonly #wasm: Exports;
  readonly #bytes: Uint8Array;
  #instructions = 0;

  constructor(module: EngineModule) {
    this.#wasm = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
    if (this.#wasm.observeAbility() === 0) throw new Error("this engine does not record what steps touch");
    // This machine never explores, which alone makes its memory grow.
    this.#bytes = new Uint8Array(this.#wasm.memory.buffer);
  }

  /** Loads a program image (Program.words); nothing has been run of it. */
  load(words: Uint32Array): void {
    new Uint32Array(this.#wasm.memory.buffer, Number(this.#wasm.IMAGE.value), words.length).set(words);
    if (this.#wasm.programLoad() === 0)
      throw new Error("the program image was made for another version of the engine");
    this.#instructions = words[IMAGE_INSTRUCTIONS]!;
    this.clearMarks();
  }

  /** Runs a schedule; `statesBelow` (not 0) says which states are wanted: those whose hash is smaller. */
  observe({ picks, choices }: Recording, stepsMax: number, statesBelow: number): Observed {
    const wasm = this.#wasm;
    const kept = choices.subarray(0, STEPS_MAX);
    this.#bytes.set(picks, Number(wasm.PICKS.value));
    this.#words(wasm.CHOICES, kept.length).set(kept);
    wasm.observeStates(BigInt(statesBelow - 1));
    const outcome = wasm.observeRun(picks.length, stepsMax, kept.length);
    return this.#observed(outcome);
  }

  #words(at: WebAssembly.Global, count: number): Uint32Array {
    return new Uint32Array(this.#wasm.memory.buffer, Number(at.value), count);
  }

  #observed(outcome: number): Observed {
    const halves = this.#words(this.#wasm.SEEN, 2 * Number(this.#wasm.observeSeen.value));
    const states: number[] = [];
    for (let i = 0; i < halves.length; i += 2) states.push(hashOf(halves[i]!, halves[i + 1]!));
    return {
      outcome,
      behaviour: Number(BigInt.asUintN(64, this.#wasm.observeHash(0)) >> SHIFT),
      end: Number(BigInt.asUintN(64, this.#wasm.observeHash(1)) >> SHIFT),
      states,
    };
  }

  /** The same step by step, with what each step touches: sets of bits, laid out in core/footprint.ts. */
  observeSteps({ picks, choices }: Recording, stepsMax: number): { run: Observed; touched: Uint8Array[] } {
    this.#words(this.#wasm.CHOICES, choices.length).set(choices);
    this.#wasm.observeStates(0n);
    this.#wasm.observeBegin(stepsMax, choices.length);
    const at = Number(this.#wasm.FOOT_STEP.value);
    const touched = Array.from(picks, (slot) => {
      this.#wasm.observeStep(slot);
      return this.#bytes.slice(at, at + Number(this.#wasm.FOOT_BYTES.value));
    });
    return { run: this.#observed(this.#wasm.observeEnd()), touched };
  }

  /** A byte for each instruction, MARK_NEXT and MARK_ALT: the ways that were taken since clearMarks(). */
  marks(): Uint8Array {
    const at = Number(this.#wasm.MARKS.value);
    return this.#bytes.slice(at, at + this.#instructions);
  }

  clearMarks(): void {
    this.#wasm.marksClear(this.#instructions);
  }
}

/** The upper HASH_BITS bits of a 64-bit word. */
function hashOf(low: number, high: number): number {
  return high * 2 ** (HASH_BITS - 32) + (low >>> (64 - HASH_BITS));
}

/** The run counts: no assume() dropped it. */
export function isKept({ outcome }: Observed): boolean {
  return outcome !== Outcome.DROPPED;
}
