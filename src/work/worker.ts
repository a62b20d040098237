// A worker thread: runs the schedules of one shard in its own engine. Keeps the engine and the loaded
// program from job to job; after a trap the engine is thrown away, because its memory cannot be trusted.

import { Engine, type EngineModule, type RawTally } from "../engine/engine.ts";
import { type LanesCode, LanesEngine } from "../engine/lanes.ts";
import { Observer } from "../engine/observer.ts";
import { runBlock } from "./block.ts";
import type { ShardJob, ShardResult } from "./job.ts";
import { piecesOf, resolveMember } from "./portfolio.ts";
import { sampledSchedules, sampleScalar } from "./sample.ts";
import { attributed, emptyTally, mergeTallies } from "./tally.ts";

let engine: Engine | null = null;
let loaded = "";
let observer: { readonly hash: string; readonly machine: Observer } | null = null;
let lanes: { readonly hash: string; readonly engine: LanesEngine } | null = null;

/** A module whose start function is `unreachable`: the trap that tests ask for. */
const TRAPPING = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 11,
]);

export function runShard(job: ShardJob): ShardResult {
  try {
    if (job.fault === "exit") process.exit(9);
    if (job.fault === "kill") process.kill(process.pid, "SIGKILL");
    if (job.fault === "trap") new WebAssembly.Instance(new WebAssembly.Module(TRAPPING));
    const scalar = engineFor(job.module, job);
    const observing = job.recorder === null ? null : observerFor(job.recorder, job);
    if (job.block === undefined || job.lanes === null) return { tally: runPieces(scalar, observing, job) };
    const draw = { ...job.draw, strategy: resolveMember(job.draw.strategy, job.first) };
    const lanesEngine = lanesFor(job.lanes, job);
    const tally = runBlock(scalar, lanesEngine, { ...job, draw, block: job.block, observing });
    return { tally: attributed(draw.strategy, tally) };
  } catch (error) {
    engine = null;
    loaded = "";
    lanes = null;
    observer = null;
    return { trap: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** The schedules of a shard, each by who draws it. */
function runPieces(scalar: Engine, observing: Observer | null, { draw, first, count }: ShardJob): RawTally {
  return piecesOf(draw.strategy, first, count).reduce<RawTally>((sum, piece) => {
    const drawn = { ...draw, strategy: piece.member };
    const tally = attributed(piece.member, scalar.fuzz(drawn, piece.first, piece.count));
    if (observing === null) return mergeTallies(sum, tally);
    const sampled = sampledSchedules(piece.first, piece.count);
    return mergeTallies(sum, { ...tally, coverage: sampleScalar(scalar, observing, drawn, sampled) });
  }, emptyTally);
}

function observerFor(module: EngineModule, job: ShardJob): Observer {
  const machine = observer?.machine ?? new Observer(module);
  if (observer?.hash !== job.hash) {
    observer = null;
    machine.load(job.words);
    observer = { hash: job.hash, machine };
  }
  return machine;
}

function lanesFor(code: LanesCode, job: ShardJob): LanesEngine {
  if (lanes?.hash !== job.hash) lanes = { hash: job.hash, engine: new LanesEngine(code) };
  return lanes.engine;
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
