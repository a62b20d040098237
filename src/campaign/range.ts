// Runs one shard of a stored campaign: all of its engine jobs, on whatever runs them; the tally is theirs
// together, in whatever order they end.

import type { RawTally } from "../engine/engine.ts";
import type { Shard } from "../work/job.ts";
import { emptyTally, mergeTallies } from "../work/tally.ts";
import { planShardWithin, SCHEDULES_MAX } from "./plan.ts";
import { type CampaignSpec, shardRange } from "./store/spec.ts";

export interface RangeOptions {
  /** The budget: schedules beyond are left out. */
  readonly schedules?: number;
  /** So many jobs have not ended. */
  readonly onJobs?: (left: number) => void;
}

export async function runRange(
  run: (job: Shard) => Promise<RawTally>,
  spec: CampaignSpec,
  shard: number,
  { schedules = SCHEDULES_MAX, onJobs }: RangeOptions = {},
): Promise<RawTally> {
  const { firstJob, jobs } = shardRange(spec, shard);
  const planned = Array.from({ length: jobs }, (_, n) =>
    planShardWithin(firstJob + n, schedules, spec.engine),
  );
  const wanted = planned.filter((job) => job !== null);
  let left = wanted.length;
  let tally = emptyTally;
  onJobs?.(left);
  const merge = async (job: Shard): Promise<void> => {
    const part = await run(job);
    // Read after the wait: others have merged theirs meanwhile.
    tally = mergeTallies(tally, part);
    onJobs?.(--left);
  };
  await Promise.all(wanted.map(merge));
  return tally;
}
