// From flags to the spec of a campaign in a folder, and back: what is made, what counts as the same one, and
// the plan of a session of one that was made before.

import { UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { shellQuoted } from "../base/shell.ts";
import { modelName } from "../campaign/repro.ts";
import { machineFingerprint } from "../campaign/store/machine.ts";
import { chooseShardJobs, JOBS_MAX, sharedShardJobs } from "../campaign/store/size.ts";
import {
  type Budgets,
  type CampaignSpec,
  imageHash,
  specDifferences,
  specHash,
} from "../campaign/store/spec.ts";
import type { CampaignStore, StoredCampaign } from "../campaign/store/store.ts";
import { strategyName } from "../campaign/strategies.ts";
import type { EngineModule } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { type ResumeFlags, replayFlags } from "./flags.ts";
import type { FuzzPlan } from "./fuzz.ts";
import { resolveEngine } from "./lanes.ts";
import { startEngine } from "./session.ts";
import { parseCount, parseEngine, parseStrategy } from "./values.ts";

/** Chooses what the campaign leaves open: its engine and the size of its shards. */
export async function makeCampaign(
  store: CampaignStore,
  module: EngineModule,
  program: Program,
  { draw, engine: wanted, rules, flags }: FuzzPlan,
): Promise<StoredCampaign> {
  const machine = startEngine(module, program);
  const engine = await resolveEngine(program, wanted, draw);
  const { define, include, stub, strict, maxSteps } = flags;
  const jobs = chooseShardJobs(machine, draw, engine);
  const shared = flags.database !== undefined || flags.planOnly;
  const spec: CampaignSpec = {
    schema: 1,
    model: modelName(program, replayFlags(flags)),
    image: imageHash(program),
    strategy: strategyName(draw.strategy),
    seed: String(draw.seed),
    stepsMax: draw.stepsMax,
    engine,
    machine: machineFingerprint(),
    shardJobs:
      parseShardJobs(flags.shardJobs) ?? (shared ? sharedShardJobs(jobs, engine, rules.schedules) : jobs),
    asked: { define, include, stub, strict, maxSteps, engine: flags.engine },
  };
  return store.create({ spec, program, budgets: rules, version, at: Date.now() });
}

/**
 * Refuses another campaign than the folder holds. Seed and size of its shards are its own where not given.
 */
export function sameCampaign(
  folder: string,
  { spec, hash }: StoredCampaign,
  program: Program,
  plan: FuzzPlan,
): FuzzPlan {
  const { draw, flags } = plan;
  const here = specHere(spec, program, plan);
  const mine = specHash(here);
  if (mine !== hash) {
    throw new UsageError(
      `${folder} holds campaign ${hash.slice(0, 16)}, these flags are campaign ${mine.slice(0, 16)}: ` +
        specDifferences(spec, here).join("; "),
      `raceproof resume ${shellQuoted(folder)} goes on with that; for another campaign name a new folder`,
    );
  }
  return {
    ...plan,
    draw: { ...draw, seed: BigInt(spec.seed) },
    engine: parseEngine(flags.engine ?? "scalar"),
  };
}

/** The campaign that the flags come to, as far as they say; the rest is as it is there. */
export function specHere(
  spec: CampaignSpec,
  program: Program,
  { draw, engine, flags }: FuzzPlan,
): CampaignSpec {
  // "auto" came to what fits the program.
  const known = engine === "auto" && spec.asked.engine === flags.engine;
  return {
    ...spec,
    image: imageHash(program),
    strategy: strategyName(draw.strategy),
    seed: flags.seed === undefined ? spec.seed : String(draw.seed),
    stepsMax: draw.stepsMax,
    engine: known ? spec.engine : engine,
    machine: machineFingerprint(),
    shardJobs: parseShardJobs(flags.shardJobs) ?? spec.shardJobs,
  };
}

export function planOf(
  spec: CampaignSpec,
  rules: Budgets,
  { workers, ui, flags }: Pick<FuzzPlan, "workers" | "ui"> & { readonly flags: ResumeFlags },
): FuzzPlan {
  const { asked, strategy, seed, stepsMax } = spec;
  return {
    draw: { strategy: parseStrategy(strategy), seed: BigInt(seed), stepsMax },
    rules,
    workers,
    ui,
    engine: parseEngine(asked.engine ?? "scalar"),
    flags: { ...flags, ...asked, strategy, seed },
  };
}

function parseShardJobs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseCount("--shard-jobs", text, JOBS_MAX);
}
