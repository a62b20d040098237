// Explores programs on worker threads, one on each.

import { exploreWorkerFile } from "../base/paths.ts";
import type { EngineModule } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { startThreads } from "../work/pool.ts";
import type { Explored, ExploreRules } from "./explore.ts";
import { CONTROL_STATES, CONTROL_STOP, type ExploreJob } from "./explore-worker.ts";

/** Heap of one thread: a graph that is read into arrays, which count apart, and the findings' traces. */
const HEAP_MB = 2048;
const POLL_MS = 50;

export interface Explorers {
  explore(program: Program, rules: ExploreRules, onStates: (states: number) => void): Promise<Explored>;
  destroy(): Promise<void>;
}

export interface EngineModules {
  readonly plain: EngineModule;
  /** Can explore with a reduction. */
  readonly reducer: EngineModule;
}

/**
 * `signal` ends what is under way, with what it has. Where there are no more states than `whyStatesMax`, each
 * finding says why its schedule shows it.
 */
export function startExplorers(
  modules: EngineModules,
  workers: number,
  signal: AbortSignal,
  whyStatesMax: number,
): Explorers {
  const threads = startThreads<ExploreJob, Explored>(exploreWorkerFile, "runExplore", workers, HEAP_MB);
  return {
    async explore(program, rules, onStates) {
      const control = new Int32Array(new SharedArrayBuffer(8));
      const stop = (): void => {
        Atomics.store(control, CONTROL_STOP, 1);
      };
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
      const poll = setInterval(() => onStates(Atomics.load(control, CONTROL_STATES)), POLL_MS);
      try {
        const module = rules.manner?.reduce === true ? modules.reducer : modules.plain;
        return await threads.run({ module, program, rules, whyStatesMax, control });
      } finally {
        clearInterval(poll);
        signal.removeEventListener("abort", stop);
      }
    },
    destroy: () => threads.destroy(),
  };
}
