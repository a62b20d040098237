// A worker thread that explores one program, for several programs to be explored side by side.

import { Engine, type EngineModule } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { type Explored, type ExploreRules, explore } from "./explore.ts";

export interface ExploreJob {
  readonly module: EngineModule;
  readonly program: Program;
  readonly rules: ExploreRules;
  readonly whyStatesMax: number;
  /** Shared: at CONTROL_STOP not 0 where it is to end with what it has; at CONTROL_STATES states so far. */
  readonly control: Int32Array;
}

export const CONTROL_STOP = 0;
export const CONTROL_STATES = 1;

export function runExplore({ module, program, rules, whyStatesMax, control }: ExploreJob): Promise<Explored> {
  const machine = new Engine(module);
  machine.load(program.words);
  const signal = {
    get aborted() {
      return Atomics.load(control, CONTROL_STOP) !== 0;
    },
  };
  const onProgress = ({ states }: { readonly states: number }): void => {
    Atomics.store(control, CONTROL_STATES, states);
  };
  return explore({ program, machine, rules, signal, whyStatesMax, onProgress });
}
