// Reads the values of flags; each error says what is accepted. Throws UsageError (exit code 2).

import { availableParallelism } from "node:os";
import { BOUND_MAX, STEPS_DEFAULT, STEPS_MAX } from "../../assembly/abi.ts";
import { UsageError } from "../base/errors.ts";
import { type EnginePlan, SCHEDULES_MAX } from "../campaign/plan.ts";
import { readStrategy } from "../campaign/strategies.ts";
import { WORKERS_MAX } from "../work/job.ts";
import { MINIMISE } from "./flags.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TIME_MAX_MS = 24 * UNITS.d!;
const MULTIPLES: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9 };

/** "30s", "5m", "1h", "1.5h", "500ms": milliseconds. */
export function parseDuration(text: string, flag = "--time"): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const ms = match === null ? Number.NaN : Math.round(Number(match[1]) * UNITS[match[2]!]!);
  if (!(ms >= 1)) throw new UsageError(`${flag} ${text} is not a time`, "write for example 30s, 5m or 1h");
  if (ms > TIME_MAX_MS) throw new UsageError(`${flag} ${text} is too long: the longest is 24d`);
  return ms;
}

/** "512M", "2G", "1073741824". */
export function parseBytes(flag: string, text: string): number {
  const match = /^(\d{1,12})([kMG]?)$/.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]) * 1024 ** " kMG".indexOf(match[2] || " ");
  if (!(value >= 2 ** 20)) {
    throw new UsageError(
      `${flag} ${text} is not an amount of memory`,
      "write for example 256M or 1G; at least 1M",
    );
  }
  return value;
}

/** "1000", "1_000_000", "10k", "5M", "1e6". */
export function parseCount(flag: string, text: string, most: number): number {
  const match = /^(\d[\d_]{0,20})(?:e(\d{1,2}))?([kMG]?)$/.exec(text);
  const value =
    match === null
      ? Number.NaN
      : Number(match[1]!.replaceAll("_", "")) * 10 ** Number(match[2] ?? 0) * MULTIPLES[match[3]!]!;
  if (!Number.isInteger(value) || value < 1) {
    const examples = most < 1000 ? `write 1 to ${most}` : "write for example 1000, 10k, 5M or 1e6";
    throw new UsageError(`${flag} ${text} is not a whole number above 0`, examples);
  }
  if (value > most) throw new UsageError(`${flag} ${text} is too large: the largest is ${most}`);
  return value;
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`--port ${text} is not a port`, "a number to 65535; 0 for any");
  return port;
}

export function parseSchedules(text: string, flag = "--schedules"): number {
  return parseCount(flag, text, SCHEDULES_MAX);
}

/** 64 bits, decimal or 0x... */
export function parseSeed(text: string): bigint {
  if (!/^(\d{1,20}|0[xX][0-9a-fA-F]{1,16})$/.test(text) || BigInt(text) >= 1n << 64n) {
    throw new UsageError(
      `--seed ${text} is not a 64-bit number`,
      "write it in decimal or as 0x and up to 16 hex digits",
    );
  }
  return BigInt(text);
}

export function parseJobs(text: string | undefined): number {
  if (text === undefined) return Math.min(availableParallelism(), WORKERS_MAX);
  return parseCount("-j", text, WORKERS_MAX);
}

export function parseStepsMax(text: string | undefined): number {
  return text === undefined ? STEPS_DEFAULT : parseCount("--max-steps", text, STEPS_MAX);
}

const ENGINES = ["auto", "lanes", "scalar"] as const;

export function parseEngine(text: string, flag = "--engine"): EnginePlan {
  return parseWord(flag, text, ENGINES);
}

/** A strategy's number with its parameters. */
export function parseStrategy(text: string): number {
  const lanes = /^lanes(?:[:-](.*))?$/.exec(text);
  if (lanes !== null) {
    const hint = `write --strategy ${lanes[1] ?? "random"} --engine lanes`;
    throw new UsageError("lanes are an engine, not a strategy", hint);
  }
  const read = readStrategy(text);
  if ("problem" in read) throw new UsageError(read.problem, read.hint);
  return read.member;
}

export type UiMode = "auto" | "plain" | "none";

export function parseUi(text: string): UiMode {
  if (text === "auto" || text === "plain" || text === "none") return text;
  throw new UsageError(`--ui ${text} is unknown`, "write auto, plain or none");
}

/** One of a fixed set of words. */
export function parseWord<T extends string>(flag: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new UsageError(`${flag} ${text} is unknown`, `write ${words.join(", ")}`);
  return found;
}

/** "0", "2": most preemptions of a schedule. */
export function parsePreemptions(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > BOUND_MAX) {
    throw new UsageError(
      `--max-preemptions ${text} is not a number of preemptions`,
      `write for example 0, 1 or 2; at most ${BOUND_MAX}`,
    );
  }
  return Number(text);
}

export function parseMinimise(text: string): (typeof MINIMISE)[number] {
  const known = MINIMISE.find((what) => what === text);
  if (known === undefined) {
    throw new UsageError(`--minimise ${text} is not known`, `write ${MINIMISE.join(" or ")}`);
  }
  return known;
}

/** Shards that one list of them may name. */
const SHARDS_MAX = 1_000_000;

/** "0-9", "7", or "3/100": the fourth of a hundred equal parts. `all`: how many there are; null: no end. */
export function parseShards(text: string, all: number | null): number[] {
  const part = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  const [first, end] =
    part === null ? shardRangeOf(text, all) : shardPartOf(text, all, Number(part[1]), Number(part[2]));
  if (end - first > SHARDS_MAX) throw new UsageError(`--shards ${text} are too many: at most ${SHARDS_MAX}`);
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function shardRangeOf(text: string, all: number | null): [number, number] {
  const match = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!(first <= last)) {
    throw new UsageError(`--shards ${text} names no shards`, "write for example 0-9, 7, or 3/100 for a part");
  }
  if (all !== null && last >= all) {
    throw new UsageError(`--shards ${text} goes beyond the campaign's last shard, ${all - 1}`);
  }
  return [first, last + 1];
}

/** May be none, where there are fewer shards than parts. */
function shardPartOf(text: string, all: number | null, part: number, parts: number): [number, number] {
  if (all === null) {
    throw new UsageError(`--shards ${text}: the campaign has no number of shards`, "write for example 0-9");
  }
  if (part >= parts) throw new UsageError(`--shards ${text}: parts are counted from 0 to ${parts - 1}`);
  return [Math.floor((all * part) / parts), Math.floor((all * (part + 1)) / parts)];
}
