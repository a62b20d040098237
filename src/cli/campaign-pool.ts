// The threads that run the jobs of a stored campaign: from its program and its spec alone, no source is
// needed.

import { InternalError, UsageError } from "../base/errors.ts";
import { seedToken } from "../campaign/findings.ts";
import { machineFingerprint } from "../campaign/store/machine.ts";
import type { CampaignSpec } from "../campaign/store/spec.ts";
import type { Draw, Engine, RawTally } from "../engine/engine.ts";
import { LanesEngine } from "../engine/lanes.ts";
import type { Program } from "../model/program.ts";
import type { Shard } from "../work/job.ts";
import { startPool } from "../work/pool.ts";
import { drawnByLanes, lanesFor } from "./lanes.ts";
import { loadEngine, loadRecorder, startEngine } from "./session.ts";
import { parseStrategy } from "./values.ts";

export interface CampaignPool {
  run(job: Shard): Promise<RawTally>;
  /** An engine of this thread, which can draw what is in the tally again. */
  engineFor(tally: RawTally): Promise<Engine>;
  destroy(): Promise<void>;
}

function drawOf({ strategy, seed, stepsMax }: CampaignSpec): Draw {
  return { strategy: parseStrategy(strategy), seed: BigInt(seed), stepsMax };
}

export async function startCampaignPool(
  spec: CampaignSpec,
  program: Program,
  workers: number,
): Promise<CampaignPool> {
  const module = await loadEngine();
  const draw = drawOf(spec);
  const engine = startEngine(module, program);
  const lanes = lanesFor(program, spec.engine, draw, {});
  const code = lanes.code?.catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new InternalError(`the campaign was made for lanes: ${error.message}`);
  });
  // Blocks wait for it and fail; where there are none left, nobody does.
  code?.catch(() => undefined);
  const pool = startPool({
    module,
    workers,
    words: program.words,
    hash: program.hash,
    draw,
    ...(await loadRecorder(draw.stepsMax)),
    tokenOf: (schedule) => seedToken(program, draw, schedule),
    ...(code === undefined ? {} : { lanes: code }),
  });
  return {
    run: (job) => pool.run(job),
    async engineFor({ findings }) {
      if (lanes.code !== null && drawnByLanes(findings)) {
        engine.attachLanes(new LanesEngine(await lanes.code));
      }
      return engine;
    },
    async destroy() {
      lanes.stop();
      await pool.destroy();
    },
  };
}

/** Results of different builds must not be mixed. */
export function mustBeOurBuild(campaign: string, spec: CampaignSpec, version: string): void {
  const machine = machineFingerprint();
  if (spec.machine === machine) return;
  throw new UsageError(
    `campaign ${campaign} was made by another build of the engines (${spec.machine}, this is ${machine})`,
    `run it with raceproof ${version} as it was built there, or make the campaign anew with this one`,
  );
}
