// Runs an IR program on the reference interpreter under a drawn schedule, and keeps what is needed to do
// the same again on another engine: who stepped, what choose() gave.

import type { IrProgram } from "../../src/model/ir.ts";
import { type Dump, ReferenceMachine } from "./reference/machine.ts";

/** A small generator of its own, so that schedules depend on a seed alone (mulberry32). */
export function randomIntegers(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

export interface ReferenceRun {
  readonly machine: ReferenceMachine;
  readonly picks: readonly number[];
  readonly choices: readonly number[];
  /** Runnable slots and state before each step, and once more at the end, before finish(). */
  readonly moments: readonly { readonly runnable: readonly number[]; readonly dump: Dump }[];
}

export function runReference(ir: IrProgram, seed: number, stepsMax: number): ReferenceRun {
  const draw = randomIntegers(seed);
  const machine = new ReferenceMachine(ir);
  const picks: number[] = [];
  const choices: number[] = [];
  const moments: { runnable: number[]; dump: Dump }[] = [];
  machine.begin((count) => {
    const choice = draw(count);
    choices.push(choice);
    return choice;
  }, stepsMax);
  for (;;) {
    const runnable = machine.runnable();
    moments.push({ runnable, dump: machine.dump() });
    if (runnable.length === 0) break;
    const slot = runnable[draw(runnable.length)]!;
    picks.push(slot);
    machine.step(slot);
  }
  machine.finish();
  return { machine, picks, choices, moments };
}
