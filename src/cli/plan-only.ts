// fuzz --plan-only: the campaign is made and nothing is run; who is to run it is told how.

import { Exit, type ExitCode } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { shellQuoted } from "../base/shell.ts";
import { campaignText } from "../campaign/store/exchange.ts";
import { replaceFile } from "../campaign/store/files.ts";
import { shardRange, shardsWithin } from "../campaign/store/spec.ts";
import type { StoredCampaign } from "../campaign/store/store.ts";
import type { Program } from "../model/program.ts";
import { grouped } from "../report/text.ts";
import type { FuzzFlags } from "./flags.ts";
import { writeJson, writeResult } from "./output.ts";

/** `place`: where results go, a folder or an address without its password. */
export async function tellPlan(
  place: string,
  { id, hash, spec, budgets }: StoredCampaign,
  program: Program,
  { spec: file, json }: Pick<FuzzFlags, "spec" | "json">,
): Promise<ExitCode> {
  if (file !== undefined) replaceFile(file, campaignText({ spec, budgets, program }, version));
  const { schedules } = budgets;
  const shards = schedules === undefined ? null : shardsWithin(spec, schedules);
  const schedulesOfShard = shardRange(spec, 1).count;
  if (json) {
    const plan = { campaign: id, hash, place, model: spec.model, seed: spec.seed, budgets, shards };
    const more = { schedulesOfShard, ...(file === undefined ? {} : { spec: file }) };
    await writeJson({ schema: 1, version, command: "fuzz", planOnly: true, ...plan, ...more });
    return Exit.CLEAN;
  }
  const size = `${grouped(schedulesOfShard)} schedules each`;
  const numbers = shards === null ? `shards 0, 1, 2, ... of ${size}` : `shards 0-${shards - 1}, ${size}`;
  const lines = [`campaign ${id} in ${place}: ${numbers}`];
  const shared = place.startsWith("postgres");
  lines.push(`  run it:  raceproof ${shared ? "worker --database" : "resume"} ${shellQuoted(place)}`);
  if (file !== undefined) {
    const range = shards === null ? "0-9" : `0-${shards - 1}`;
    const into = shared ? "--database" : "--out";
    lines.push(
      `  or:      raceproof worker --spec ${shellQuoted(file)} --shards ${range} --out results.ndjson`,
      `  then:    raceproof import results.ndjson ${into} ${shellQuoted(place)}`,
    );
  }
  await writeResult(lines.join("\n"));
  return Exit.CLEAN;
}
