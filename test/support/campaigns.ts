// Campaigns in a database, made and looked at by a test: small shards, so that there are many.

import { STEPS_DEFAULT } from "../../assembly/abi.ts";
import { runRange } from "../../src/campaign/range.ts";
import { modelName } from "../../src/campaign/repro.ts";
import { machineFingerprint } from "../../src/campaign/store/machine.ts";
import { digestOf, tallyToJson } from "../../src/campaign/store/record.ts";
import { type CampaignSpec, imageHash, shardsWithin } from "../../src/campaign/store/spec.ts";
import type { StoredCampaign } from "../../src/campaign/store/store.ts";
import { startCampaignPool } from "../../src/cli/campaign-pool.ts";
import { openCampaignDatabase } from "../../src/cli/database.ts";
import { loadModel } from "../../src/cli/session.ts";
import type { Program } from "../../src/model/program.ts";

export interface SmallCampaign {
  readonly spec: CampaignSpec;
  readonly program: Program;
}

/** The shards of the bundled question, each `shardJobs` jobs of the scalar machine. */
export async function smallCampaign(shardJobs: number, seed: string): Promise<SmallCampaign> {
  const flags = { scenario: "close-vs-rmdir", define: [], include: [], stub: [], strict: false };
  const { program } = await loadModel("bpf-oom/v2", flags);
  const spec: CampaignSpec = {
    schema: 1,
    model: modelName(program),
    image: imageHash(program),
    strategy: "random",
    seed,
    stepsMax: STEPS_DEFAULT,
    engine: "scalar",
    machine: machineFingerprint(),
    shardJobs,
    asked: { ...flags, engine: "scalar" },
  };
  return { spec, program };
}

/** Puts it before the workers. */
export async function plan(
  url: string,
  { spec, program }: SmallCampaign,
  budgets: StoredCampaign["budgets"],
): Promise<string> {
  const open = await openCampaignDatabase(url);
  try {
    const campaign = await open.store.create({ spec, program, budgets, version: "test", at: Date.now() });
    await open.dispatcher.open(campaign, budgets);
    return campaign.id;
  } finally {
    await open.close();
  }
}

/** Digest of each shard, run here by one pool, without any store. */
export async function digests({ spec, program }: SmallCampaign, schedules: number): Promise<string[]> {
  const pool = await startCampaignPool(spec, program, 2);
  try {
    const result: string[] = [];
    for (let shard = 0; shard < shardsWithin(spec, schedules); shard++) {
      const tally = await runRange((job) => pool.run(job), spec, shard, { schedules });
      result.push(digestOf(tallyToJson(tally)));
    }
    return result;
  } finally {
    await pool.destroy();
  }
}
