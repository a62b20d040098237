// The worker threads: the only file that knows piscina. A shard whose worker traps or dies is run once
// more on a fresh engine; the second failure is ours and ends the campaign.

import { Piscina } from "piscina";
import { InternalError, ShardFailure } from "../base/errors.ts";
import { workerFile } from "../base/paths.ts";
import type { Draw, EngineModule, RawTally } from "../engine/engine.ts";
import type { LanesCode } from "../engine/lanes.ts";
import { parseFault } from "./fault.ts";
import type { Shard, ShardJob, ShardResult } from "./job.ts";

/** Heap of one worker: it holds one engine (wasm memory counts apart) and one tally. */
const WORKER_HEAP_MB = 128;

export interface PoolOptions {
  readonly module: EngineModule;
  /** The machine that records (reducerFile); absent: no schedule is looked at closely. */
  readonly recorder?: EngineModule;
  readonly workers: number;
  readonly words: Uint32Array;
  readonly hash: string;
  readonly draw: Draw;
  /** For shards that are blocks of lanes: these wait for it. */
  readonly lanes?: Promise<LanesCode>;
  /** Seed token of a schedule, for the message when a shard fails for good. */
  readonly tokenOf: (schedule: number) => string;
}

export interface Pool {
  readonly workers: number;
  run(shard: Shard): Promise<RawTally>;
  /** Ends the threads at once; what they were doing is lost, which is harmless: shards can be run again. */
  destroy(): Promise<void>;
}

/** Threads that run one exported function of a file, each call on a thread of its own. */
export interface Threads<Job, Result> {
  run(job: Job): Promise<Result>;
  destroy(): Promise<void>;
}

/** A call whose thread dies fails. Jobs and results are what structured clone can carry. */
export function startThreads<Job, Result>(
  file: string,
  name: string,
  workers: number,
  heapMb: number,
): Threads<Job, Result> {
  const piscina = threads<Job, Result>(file, name, workers, heapMb);
  // Whoever waits for a result is told by its own promise.
  piscina.on("error", () => undefined);
  return { run: (job) => piscina.run(job), destroy: () => piscina.destroy() };
}

function threads<Job, Result>(file: string, name: string, workers: number, heapMb: number) {
  return new Piscina<Job, Result>({
    filename: file,
    name,
    minThreads: workers,
    maxThreads: workers,
    idleTimeout: Number.POSITIVE_INFINITY,
    maxQueue: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    atomics: "disabled",
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 4, stackSizeMb: 4 },
    argv: [],
    execArgv: [],
    niceIncrement: 0,
    trackUnmanagedFds: false,
    closeTimeout: 1000,
    recordTiming: false,
    workerHistogram: false,
  });
}

export function startPool(options: PoolOptions): Pool {
  const fault = parseFault(process.env.RACEPROOF_FAULT);
  const piscina = threads<ShardJob, ShardResult>(workerFile, "runShard", options.workers, WORKER_HEAP_MB);
  const words = shared(options.words);

  async function attempt(shard: Shard, again: boolean): Promise<ShardResult> {
    const { module, hash, draw, recorder = null } = options;
    const lanes = shard.block === undefined ? null : ((await options.lanes) ?? null);
    const injected =
      fault !== null && fault.shard === shard.shard && (!again || fault.always) ? fault.kind : null;
    try {
      return await piscina.run({ ...shard, module, recorder, words, hash, draw, lanes, fault: injected });
    } catch (error) {
      // The thread is gone (process.exit, out of memory); piscina has started another.
      return { trap: error instanceof Error ? error.message : String(error) };
    }
  }

  let destroyed = false;
  // A worker that dies without a task may leave others waiting for it for ever: all of them fail then. (No
  // promise that outlives a run may be awaited here: each run would leave a reaction on it.)
  const waiting = new Set<(error: Error) => void>();
  piscina.on("error", (error: Error) => {
    // A result that was under way when the pool was destroyed comes as an error too: nobody wants it.
    if (destroyed) return;
    for (const reject of waiting) reject(new InternalError(`a worker thread failed: ${error.message}`));
  });

  async function twice(shard: Shard): Promise<RawTally> {
    let result = await attempt(shard, false);
    if ("trap" in result && !destroyed) result = await attempt(shard, true);
    if ("tally" in result) return result.tally;
    throw new ShardFailure(result.trap, shard, options.tokenOf(shard.first));
  }

  return {
    workers: options.workers,
    run(shard) {
      return new Promise((resolve, reject) => {
        waiting.add(reject);
        twice(shard)
          .then(resolve, reject)
          .finally(() => waiting.delete(reject));
      });
    },
    async destroy() {
      destroyed = true;
      await piscina.destroy();
    },
  };
}

function shared(words: Uint32Array): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(words.byteLength));
  copy.set(words);
  return copy;
}
