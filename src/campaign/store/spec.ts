// What a campaign is: which program, which schedules of it, run by which machine, in which shards. Two
// campaigns with one hash give the same rows, whoever runs them; budgets are no part of it, for they say only
// how far to go.
//
// A shard here is the unit of recording: a fixed run of the engine's jobs (plan.ts), as long as the spec
// says. Its size is chosen when the campaign is made; from then on its schedules are a function of its
// number.

import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Program } from "../../model/program.ts";
import { type EnginePlan, planShard, SCHEDULES_MAX } from "../plan.ts";
import type { ModelName } from "../summary.ts";
import { canonicalJson } from "./canonical.ts";

const SPEC_SCHEMA = 1;

export interface CampaignSpec {
  readonly schema: typeof SPEC_SCHEMA;
  readonly model: ModelName;
  /** SHA-256 of the program image. */
  readonly image: string;
  /** As on the command line: "random", "pct:3". */
  readonly strategy: string;
  /** Decimal. */
  readonly seed: string;
  readonly stepsMax: number;
  /** Which engine runs which jobs: as it was resolved when the campaign was made. */
  readonly engine: EnginePlan;
  /** Fingerprint of the engines: another build may draw other schedules. */
  readonly machine: string;
  /** Engine jobs of a shard. */
  readonly shardJobs: number;
  readonly asked: Asked;
}

/**
 * Flags that the campaign was made with: reports repeat them. What they come to is in the rest of the
 * spec.
 */
export interface Asked {
  readonly define: readonly string[];
  readonly include: readonly string[];
  readonly stub: readonly string[];
  readonly strict: boolean;
  readonly maxSteps?: string;
  readonly engine?: string;
}

/** How far a campaign is to go, all sessions together; absent: no limit. */
export interface Budgets {
  readonly schedules?: number;
  /** Active time: of the sessions, not of what lies between them. */
  readonly timeMs?: number;
  readonly untilFinding?: number;
  /** Active time since the last new thing. */
  readonly untilPlateauMs?: number;
}

/** What tells campaigns apart. The model's name does not: a program is the same from any path. */
export function specHash(spec: CampaignSpec): string {
  const { model: _, asked: __, ...identity } = spec;
  return createHash("sha256").update(canonicalJson(identity)).digest("hex");
}

/** Names a campaign in a database that holds several: the beginning of its hash. */
export function campaignId(spec: CampaignSpec): string {
  return specHash(spec).slice(0, 16);
}

/** The parts of two specs that differ, in words: "seed 42 there, 43 here". */
export function specDifferences(there: CampaignSpec, here: CampaignSpec): string[] {
  const words: Readonly<Record<string, keyof CampaignSpec>> = {
    program: "image",
    strategy: "strategy",
    seed: "seed",
    "--max-steps": "stepsMax",
    engine: "engine",
    "engine build": "machine",
    "jobs of a shard": "shardJobs",
  };
  return Object.entries(words).flatMap(([word, field]) => {
    const [a, b] = [there, here].map((spec) => String(spec[field]).slice(0, 20));
    return a === b ? [] : [`${word} ${a} there, ${b} here`];
  });
}

export interface ShardRange {
  readonly shard: number;
  readonly firstJob: number;
  readonly jobs: number;
  /** Schedule numbers first..first+count-1. */
  readonly first: number;
  readonly count: number;
}

export function shardRange(spec: CampaignSpec, shard: number): ShardRange {
  const firstJob = shard * spec.shardJobs;
  const { first } = planShard(firstJob, spec.engine);
  const end = planShard(firstJob + spec.shardJobs, spec.engine).first;
  return { shard, firstJob, jobs: spec.shardJobs, first, count: end - first };
}

/** Schedules of a shard within the budgets. */
export function schedulesOf(spec: CampaignSpec, shard: number, { schedules }: Budgets): number {
  const { first, count } = shardRange(spec, shard);
  return Math.max(0, Math.min(count, (schedules ?? Number.POSITIVE_INFINITY) - first));
}

/** How many shards hold so many schedules; the last of them may be cut. */
export function shardsWithin(spec: CampaignSpec, schedules: number = SCHEDULES_MAX): number {
  let [low, high] = [0, 1];
  while (shardRange(spec, high).first < schedules) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (shardRange(spec, middle).first < schedules) low = middle;
    else high = middle;
  }
  return high;
}

export function imageHash({ words }: Pick<Program, "words">): string {
  return createHash("sha256")
    .update(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
    .digest("hex");
}

/** A program as text: with its names and places, so that a campaign needs no source to be reported. */
export function packProgram(program: Program): string {
  const { words, symbols, sourceMap, hash } = program;
  const text = JSON.stringify({ words: [...words], symbols, sourceMap, hash });
  return gzipSync(text, { level: 9 }).toString("base64");
}

/** Null where the text is not what packProgram made of the spec's program. */
export function unpackProgram(text: string, spec: Pick<CampaignSpec, "image">): Program | null {
  try {
    const json = gunzipSync(Buffer.from(text, "base64")).toString("utf8");
    const { words, ...rest } = JSON.parse(json) as Omit<Program, "words"> & { words: number[] };
    const program = { ...rest, words: Uint32Array.from(words) };
    return imageHash(program) === spec.image ? program : null;
  } catch {
    return null;
  }
}
