// Where fuzz keeps a campaign: nowhere, in a folder, or in a database; what cannot be wanted together.

import { UsageError } from "../base/errors.ts";
import type { FuzzFlags } from "./flags.ts";

export function checkPlaces({ out, database, planOnly, spec, events, shardJobs }: FuzzFlags): void {
  if (database !== undefined && out !== undefined) {
    throw new UsageError("--out and --database are two places", "a campaign is kept in one of them");
  }
  if (database !== undefined && events !== undefined) {
    throw new UsageError(
      "--events tells of one process; a campaign in a database has many",
      "ask status instead",
    );
  }
  const kept = database !== undefined || out !== undefined;
  if (planOnly && !kept) {
    throw new UsageError("--plan-only has no place for the plan", "give --database URL or --out FOLDER");
  }
  if (spec !== undefined && !planOnly) {
    throw new UsageError("--spec writes a plan for others to run", "give --plan-only as well");
  }
  if (shardJobs !== undefined && !kept) {
    throw new UsageError("--shard-jobs is of a campaign that is kept", "give --out FOLDER or --database URL");
  }
}
