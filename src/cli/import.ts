// import: puts results of shards that were run elsewhere into the campaign that they belong to. Importing a
// file twice changes nothing; a shard that is there already must have the same result.

import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { shellQuoted } from "../base/shell.ts";
import { type CampaignFile, parseResults } from "../campaign/store/exchange.ts";
import { openToWrite } from "../campaign/store/folder.ts";
import type { ResultRow, Rows } from "../campaign/store/record.ts";
import { differs } from "../campaign/store/recorder.ts";
import { schedulesOf, shardsWithin } from "../campaign/store/spec.ts";
import type { CampaignStore, StoredCampaign } from "../campaign/store/store.ts";
import { findCampaign, inDatabase, storedProgram } from "./database.ts";
import type { ImportFlags } from "./flags.ts";
import { writeError, writeJson, writeResult } from "./output.ts";
import { readText } from "./shards.ts";

/** Of the shards in the files. */
interface Imported {
  recorded: number;
  /** Were there already, with the same result. */
  known: number;
  /** Were cut by another budget than the campaign has. */
  other: number;
}

export async function runImport(files: readonly string[], flags: ImportFlags): Promise<ExitCode> {
  const { out, database } = flags;
  if ((out === undefined) === (database === undefined)) {
    throw new UsageError("import needs the place of the campaign", "give --out FOLDER or --database URL");
  }
  return out !== undefined
    ? importIntoFolder(files, out, flags)
    : importIntoDatabase(files, database!, flags);
}

async function importIntoFolder(
  files: readonly string[],
  folder: string,
  flags: ImportFlags,
): Promise<ExitCode> {
  const opened = await openToWrite(folder, { create: false });
  if (opened.stale !== null) writeError(`raceproof: ${opened.stale}`);
  try {
    const { store, campaign } = opened;
    if (campaign === null) {
      throw new UsageError(`${folder} has no campaign yet`, "raceproof fuzz --plan-only --out makes one");
    }
    const record = async (rows: Rows<ResultRow>): Promise<boolean> => {
      const { inserted, digest } = await store.record(campaign.id, rows);
      if (digest !== rows.row.digest) throw differs(campaign.id, rows.row.shard, digest, rows.row.digest);
      return inserted;
    };
    const imported = await importAll(store, campaign, files, record);
    return await report(store, campaign, imported, flags, `raceproof resume ${shellQuoted(folder)}`);
  } finally {
    await opened.close();
  }
}

async function importIntoDatabase(
  files: readonly string[],
  url: string,
  flags: ImportFlags,
): Promise<ExitCode> {
  return inDatabase(url, async ({ store, dispatcher }) => {
    const campaign = await findCampaign(store, flags.campaign);
    const record = (rows: Rows<ResultRow>) => dispatcher.add(campaign, rows);
    const imported = await importAll(store, campaign, files, record);
    await dispatcher.settle(campaign.id, campaign.spec);
    const next = `raceproof resume --database ${shellQuoted(store.place)} --campaign ${campaign.id}`;
    return report(store, campaign, imported, flags, next);
  });
}

async function importAll(
  store: CampaignStore,
  campaign: StoredCampaign,
  files: readonly string[],
  record: (rows: Rows<ResultRow>) => Promise<boolean>,
): Promise<Imported> {
  const program = await storedProgram(store, campaign);
  const own: Pick<CampaignFile, "hash" | "program"> = { hash: campaign.hash, program };
  const imported: Imported = { recorded: 0, known: 0, other: 0 };
  // All are read before anything is recorded: a file that does not belong here stops nothing half-way.
  for (const file of files) parseResults(file, readText(file), own);
  for (const file of files) {
    for (const rows of parseResults(file, readText(file), own).rows) {
      const { shard, runs } = rows.row;
      if (runs !== schedulesOf(campaign.spec, shard, campaign.budgets)) imported.other++;
      else if (await record(rows)) imported.recorded++;
      else imported.known++;
    }
  }
  return imported;
}

async function report(
  store: CampaignStore,
  { id, spec, budgets }: StoredCampaign,
  imported: Imported,
  { json }: ImportFlags,
  next: string,
): Promise<ExitCode> {
  const { shards } = await store.totals(id);
  const planned = budgets.schedules === undefined ? null : shardsWithin(spec, budgets.schedules);
  if (json) {
    await writeJson({ schema: 1, version, command: "import", campaign: id, ...imported, shards, planned });
    return Exit.CLEAN;
  }
  const { recorded, known, other } = imported;
  const parts = [`${recorded} shards imported`];
  if (known > 0) parts.push(`${known} were there already, with equal results`);
  if (other > 0) parts.push(`${other} left out: another budget has cut them`);
  const all = planned === null ? `${shards} shards are there` : `${shards} of ${planned} shards are there`;
  await writeResult(`campaign ${id}: ${parts.join("; ")}\n${all}; to run what is left, and report: ${next}`);
  return Exit.CLEAN;
}
