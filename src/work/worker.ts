// A worker thread: runs the schedules of one shard in its own engine. Keeps the engine and the loaded
// program from job to job; after a trap the engine is thrown away, because its memory cannot be trusted.

import { Engine, type EngineModule } from "../engine/engine.ts";
import type { ShardJob, ShardResult } from "./job.ts";

let engine: Engine | null = null;
let loaded = "";

/** A module whose start function is `unreachable`: the trap that tests ask for. */
const TRAPPING = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 11,
]);

export function runShard(job: ShardJob): ShardResult {
  try {
    if (job.fault === "exit") process.exit(9);
    if (job.fault === "trap") new WebAssembly.Instance(new WebAssembly.Module(TRAPPING));
    return { tally: engineFor(job.module, job).fuzz(job.draw, job.first, job.count) };
  } catch (error) {
    engine = null;
    loaded = "";
    return { trap: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

function engineFor(module: EngineModule, job: ShardJob): Engine {
  engine ??= new Engine(module);
  if (loaded !== job.hash) {
    loaded = "";
    engine.load(job.words);
    loaded = job.hash;
  }
  return engine;
}
