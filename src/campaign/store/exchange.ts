// What travels where no store is within reach: a campaign as a file, for a worker that a batch scheduler
// starts, and the file of results that it hands back, a line a shard. Both say what they belong to, so that
// results never get into a campaign that is not theirs.
//
//   campaign file  {"schema":1,"campaign":HASH,"version":...,"spec":{...},"budgets":{...},"program":TEXT}
//   results file   {"schema":1,"campaign":HASH,"shard":N,"runs":N,"digest":SHA-256 of "tally","tally":TEXT,
//                   "worker":...,"tookMs":N,"at":N}
//
// A line that is cut off at the end of a file is what a kill leaves behind, and is left out.

import type { Program } from "../../model/program.ts";
import { digestOf, type ResultRow, type Rows, resultRows, tallyFromJson } from "./record.ts";
import { type Budgets, type CampaignSpec, packProgram, specHash, unpackProgram } from "./spec.ts";
import { StoreError } from "./store.ts";

const SCHEMA = 1;

export interface CampaignFile {
  readonly hash: string;
  readonly spec: CampaignSpec;
  readonly budgets: Budgets;
  readonly program: Program;
}

export function campaignText(
  { spec, budgets, program }: Omit<CampaignFile, "hash">,
  version: string,
): string {
  const fields = { schema: SCHEMA, campaign: specHash(spec), version, spec, budgets };
  return `${JSON.stringify({ ...fields, program: packProgram(program) })}\n`;
}

export function parseCampaign(name: string, text: string): CampaignFile {
  const fields = parseJson(text);
  if (fields === null || fields.spec === undefined || typeof fields.program !== "string") {
    throw new StoreError(`${name} is no campaign file`, "raceproof fuzz --plan-only --spec FILE writes one");
  }
  checkSchema(name, fields.schema);
  const { spec, budgets } = fields as unknown as { spec: CampaignSpec; budgets: Budgets };
  const program = unpackProgram(fields.program, spec);
  if (program === null || specHash(spec) !== fields.campaign) {
    throw new StoreError(`${name} is damaged: it does not fit its own hash`, "write it anew");
  }
  return { hash: fields.campaign, spec, budgets, program };
}

export function resultLine(hash: string, row: ResultRow): string {
  const { shard, runs, digest, tally, worker, tookMs, at } = row;
  const ran = { worker, tookMs: Math.round(tookMs), at };
  return `${JSON.stringify({ schema: SCHEMA, campaign: hash, shard, runs, digest, tally, ...ran })}\n`;
}

export interface Results {
  readonly rows: readonly Rows<ResultRow>[];
  /** Bytes of the lines that are whole: what follows was cut off. */
  readonly whole: number;
}

/** Reads a file of results of that campaign; refuses those of another, and what was changed since. */
export function parseResults(
  name: string,
  text: string,
  { hash, program }: Pick<CampaignFile, "hash" | "program">,
): Results {
  const end = text.lastIndexOf("\n") + 1;
  const lines = text.slice(0, end).split("\n").slice(0, -1);
  const rows = lines.map((line, i) => parseLine(`${name}:${i + 1}`, line, hash, program));
  return { rows, whole: Buffer.byteLength(text.slice(0, end)) };
}

function parseLine(name: string, line: string, hash: string, program: Program): Rows<ResultRow> {
  const fields = parseJson(line);
  if (fields === null || typeof fields.campaign !== "string" || typeof fields.tally !== "string") {
    throw new StoreError(
      `${name} is no result of a shard`,
      "give files that raceproof worker --shards wrote",
    );
  }
  checkSchema(name, fields.schema);
  if (fields.campaign !== hash) {
    throw new StoreError(
      `${name} belongs to campaign ${fields.campaign.slice(0, 16)}, not to ${hash.slice(0, 16)}`,
      "import it where its campaign is; nothing of this file was imported",
    );
  }
  const { shard, runs, tookMs, at } = fields as Record<string, number>;
  const numbers = [shard, runs, tookMs, at].every((n) => Number.isSafeInteger(n) && n! >= 0);
  if (!numbers || fields.digest !== digestOf(fields.tally)) {
    throw new StoreError(`${name} is damaged: it does not fit its digest`, "run that shard again");
  }
  const ran = { worker: String(fields.worker), tookMs: tookMs!, at: at! };
  try {
    return resultRows(program, { shard: shard!, runs: runs! }, tallyFromJson(fields.tally), ran);
  } catch {
    throw new StoreError(`${name} is damaged: its tally is none of this program`, "run that shard again");
  }
}

function checkSchema(name: string, schema: unknown): void {
  if (schema === SCHEMA) return;
  throw new StoreError(
    `${name} was written by another raceproof (schema ${String(schema)}, this one knows ${SCHEMA})`,
    "use that raceproof",
  );
}

function parseJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
