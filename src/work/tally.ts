// Merging what shards found. merge is commutative and associative and has an identity, so the order in
// which shards end, and hence the number of workers, cannot be seen in the result.

import type { RawFinding, RawShare, RawTally } from "../engine/engine.ts";
import { mergeCoverage, noCoverage } from "./coverage.ts";

/** The identity of merging. */
export const emptyTally: RawTally = { schedules: 0, steps: 0, dropped: 0, limited: [], findings: [] };

export function mergeTallies(a: RawTally, b: RawTally): RawTally {
  const byStrategy = mergeShares(a.byStrategy ?? [], b.byStrategy ?? []);
  return {
    schedules: a.schedules + b.schedules,
    steps: a.steps + b.steps,
    dropped: a.dropped + b.dropped,
    limited: addVectors(a.limited, b.limited),
    findings: mergeAll(a.findings, b.findings),
    ...(byStrategy.length === 0 ? {} : { byStrategy }),
    ...coverageOf(a, b),
  };
}

/** The tally of what one member drew. */
export function attributed(strategy: number, tally: RawTally): RawTally {
  const { schedules, steps, findings } = tally;
  return { ...tally, byStrategy: [{ strategy, schedules, steps, findings }] };
}

function mergeShares(a: readonly RawShare[], b: readonly RawShare[]): RawShare[] {
  const shares = new Map(a.map((share) => [share.strategy, share]));
  for (const share of b) {
    const known = shares.get(share.strategy);
    shares.set(share.strategy, known === undefined ? share : mergeShare(known, share));
  }
  return [...shares.values()].sort((x, y) => x.strategy - y.strategy);
}

function mergeShare(a: RawShare, b: RawShare): RawShare {
  return {
    strategy: a.strategy,
    schedules: a.schedules + b.schedules,
    steps: a.steps + b.steps,
    findings: mergeAll(a.findings, b.findings),
  };
}

function mergeAll(a: readonly RawFinding[], b: readonly RawFinding[]): RawFinding[] {
  const findings = new Map<string, RawFinding>();
  for (const finding of [...a, ...b]) {
    const key = rawKey(finding);
    const known = findings.get(key);
    findings.set(key, known === undefined ? finding : mergeFindings(known, finding));
  }
  return [...findings.values()].sort(compareFindings);
}

function coverageOf(a: RawTally, b: RawTally): Pick<RawTally, "coverage"> {
  if (a.coverage === undefined && b.coverage === undefined) return {};
  return { coverage: mergeCoverage(a.coverage ?? noCoverage, b.coverage ?? noCoverage) };
}

/** Tells raw findings apart: all but who, when and how often. */
export function rawKey(f: Pick<RawFinding, "kind" | "detail" | "site" | "class" | "other">): string {
  return `${f.kind},${f.detail},${f.site},${f.class},${f.other}`;
}

function mergeFindings(a: RawFinding, b: RawFinding): RawFinding {
  const earlier = a.first < b.first || (a.first === b.first && a.task <= b.task) ? a : b;
  const replayed = (a.replayed ?? 0) + (b.replayed ?? 0);
  return { ...earlier, count: a.count + b.count, ...(replayed > 0 ? { replayed } : {}) };
}

/** Earliest schedule first; the rest only makes the order total. */
function compareFindings(a: RawFinding, b: RawFinding): number {
  return (
    a.first - b.first ||
    a.kind - b.kind ||
    a.detail - b.detail ||
    a.site - b.site ||
    a.class - b.class ||
    a.other - b.other
  );
}

/** Sums element by element; trailing zeros are cut, so that the identity is one. */
function addVectors(a: readonly number[], b: readonly number[]): number[] {
  const sums = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
  while (sums.length > 0 && sums[sums.length - 1] === 0) sums.pop();
  return sums;
}
