// Merging what shards covered: commutative and associative, with the empty coverage as identity.

import { BEHAVIOURS_MAX, type RawCoverage, STATES_MAX } from "../engine/coverage.ts";
import { mergeClasses, noClasses } from "./classes.ts";

/** The identity of merging. */
export const noCoverage: RawCoverage = {
  schedules: {},
  behaviours: noClasses,
  states: noClasses,
  ends: noClasses,
  marks: "",
};

export function mergeCoverage(a: RawCoverage, b: RawCoverage): RawCoverage {
  return {
    schedules: addRecords(a.schedules, b.schedules),
    behaviours: mergeClasses(a.behaviours, b.behaviours, BEHAVIOURS_MAX),
    states: mergeClasses(a.states, b.states, STATES_MAX),
    ends: mergeClasses(a.ends, b.ends, STATES_MAX),
    marks: mergeMarks(a.marks, b.marks),
  };
}

function addRecords(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]));
}

function mergeMarks(a: string, b: string): string {
  if (a === b || b === "") return a;
  if (a === "") return b;
  const [x, y] = [Buffer.from(a, "base64"), Buffer.from(b, "base64")];
  const bytes = Buffer.alloc(Math.max(x.length, y.length));
  for (let i = 0; i < bytes.length; i++) bytes[i] = (x[i] ?? 0) | (y[i] ?? 0);
  return bytes.toString("base64");
}

/** Marks of a byte each, packed. */
export function packMarks(marks: Uint8Array): string {
  const bytes = Buffer.alloc(Math.ceil(marks.length / 4));
  for (const [n, mark] of marks.entries()) bytes[n >> 2]! |= (mark & 3) << (2 * (n & 3));
  return bytes.toString("base64");
}

/** A byte for each of so many instructions. */
export function unpackMarks(packed: string, instructions: number): Uint8Array {
  const bytes = Buffer.from(packed, "base64");
  return Uint8Array.from({ length: instructions }, (_, n) => ((bytes[n >> 2] ?? 0) >> (2 * (n & 3))) & 3);
}
