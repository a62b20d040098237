// The rows of one shard: its tally as text with a digest, its numbers for SQL to add up, and where each
// finding was seen in it. Pure. A shard's rows are a function of the campaign's spec and the shard's number,
// but for who ran it, when, and how long it took.

import { createHash } from "node:crypto";
import type { RawTally } from "../../engine/engine.ts";
import type { Program } from "../../model/program.ts";
import { emptyTally, mergeTallies } from "../../work/tally.ts";
import { groupFindings } from "../keys.ts";
import { canonicalJson } from "./canonical.ts";

/** `crashed`: whoever ran it died of it, as often as was allowed; its schedules are not counted. */
export type ResultKind = "done" | "crashed";

/** The numbers of a tally that SQL adds up. */
export interface TallyNumbers {
  readonly schedules: number;
  readonly steps: number;
  readonly dropped: number;
}

export interface ResultRow extends TallyNumbers {
  readonly shard: number;
  /** Schedule numbers that it covers: fewer than its range has where the campaign's budget cut it. */
  readonly runs: number;
  readonly kind: ResultKind;
  /** SHA-256 of `tally`. */
  readonly digest: string;
  /** Canonical JSON. */
  readonly tally: string;
  readonly worker: string;
  readonly tookMs: number;
  /** Unix milliseconds. */
  readonly at: number;
}

/** What of a shard was run before the campaign was interrupted: its first `jobs` engine jobs. */
export interface PartialRow extends TallyNumbers {
  readonly shard: number;
  /** Whole jobs; 0 where a smaller budget had cut the shard: it is run again from its beginning. */
  readonly jobs: number;
  readonly runs: number;
  readonly digest: string;
  readonly tally: string;
  readonly at: number;
}

/** A finding in one shard. */
export interface OccurrenceRow {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  /** Of the shard's first schedule that shows it. */
  readonly title: string;
  readonly group: string;
  readonly first: number;
  /** How often instructions of this key were seen to go wrong; a schedule may show two of them. */
  readonly count: number;
}

/** What is recorded in one transaction. */
export interface Rows<Row extends ResultRow | PartialRow = ResultRow> {
  readonly row: Row;
  readonly occurrences: readonly OccurrenceRow[];
}

export interface Ran {
  readonly worker: string;
  readonly tookMs: number;
  readonly at: number;
}

export function resultRows(
  program: Program,
  part: Pick<ResultRow, "shard" | "runs">,
  tally: RawTally,
  ran: Ran,
): Rows {
  return {
    row: { ...part, kind: "done", ...tallyText(tally), ...ran },
    occurrences: occurrences(program, tally),
  };
}

export function crashedRows(shard: number, ran: Ran): Rows {
  return { row: { shard, runs: 0, kind: "crashed", ...tallyText(emptyTally), ...ran }, occurrences: [] };
}

export function partialRows(
  program: Program,
  part: Pick<PartialRow, "shard" | "jobs" | "runs" | "at">,
  tally: RawTally,
): Rows<PartialRow> {
  return { row: { ...part, ...tallyText(tally) }, occurrences: occurrences(program, tally) };
}

function tallyText(tally: RawTally): TallyNumbers & { readonly digest: string; readonly tally: string } {
  const { schedules, steps, dropped } = tally;
  // As merging leaves it: findings in order, no zeros at the end.
  const text = tallyToJson(mergeTallies(emptyTally, tally));
  return { schedules, steps, dropped, digest: digestOf(text), tally: text };
}

/** The tally is plain data: fields that are not known here are kept. */
export function tallyToJson(tally: RawTally): string {
  return canonicalJson(tally);
}

export function tallyFromJson(text: string): RawTally {
  return JSON.parse(text) as RawTally;
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function occurrences(program: Program, tally: RawTally): OccurrenceRow[] {
  // Uncapped, so that the sum over shards is what all of them together give.
  const uncapped = { ...tally, schedules: Number.POSITIVE_INFINITY };
  return groupFindings(program, uncapped).map(({ key, kind, title, group, first, count }) => {
    return { id: findingId(key), key, kind, title, group, first, count };
  });
}

/** A dedupe key may be as long as the names in a model; this is short, and a file's name anywhere. */
export function findingId(key: string): string {
  return digestOf(key).slice(0, 16);
}
