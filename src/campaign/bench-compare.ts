// Compares two results of `bench run`, row by row: what is better, what is worse, and what the rank test
// cannot tell from noise.

import { median } from "../base/quantile.ts";
import type {
  BenchComparison,
  BenchDifference,
  Benchmark,
  Contender,
  Throughput,
  TimeToFinding,
} from "./benchmark.ts";
import { holm, mannWhitney } from "./ranks.ts";

/** Of all rows together: chance alone shows a difference in one of so many comparisons. */
const SIGNIFICANCE = 0.05;

/** What keeps two results from being compared at all; empty where nothing does. */
export function incomparable(a: Benchmark, b: Benchmark, acrossMachines: boolean): string[] {
  const reasons: string[] = [];
  for (const key of ["seeds", "seed", "schedules", "rounds", "seconds", "maxSteps"] as const) {
    if (a.options[key] !== b.options[key]) {
      reasons.push(`--${dashed(key)} was ${a.options[key]}, then ${b.options[key]}`);
    }
  }
  if (acrossMachines) return reasons;
  for (const key of ["node", "v8", "platform", "cpu", "cores"] as const) {
    if (a.environment[key] !== b.environment[key]) {
      reasons.push(`${key} was ${a.environment[key]}, then ${b.environment[key]}`);
    }
  }
  return reasons;
}

function dashed(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function compareBenchmarks(a: Benchmark, b: Benchmark, version: string): BenchComparison {
  const notes: string[] = [];
  for (const [name, { complete }] of [["first", a] as const, ["second", b] as const]) {
    if (!complete) notes.push(`the ${name} was interrupted: it has fewer runs, or lacks rows`);
  }
  const pairs = [
    ...paired(a.throughput, b.throughput, contenderName, notes).flatMap(([before, after]) =>
      difference(before, "schedules/s", before.schedulesPerSecond, after.schedulesPerSecond),
    ),
    ...paired(a.findings, b.findings, findingName, notes).flatMap(([before, after]) => [
      ...difference(before, "schedules to", before.schedules, after.schedules),
      ...difference(before, "seconds to", before.seconds, after.seconds),
    ]),
  ];
  const corrected = holm(pairs.map(({ p }) => p));
  const differences = pairs.map(({ higher, ...row }, n): BenchDifference => {
    const p = corrected[n]!;
    const better = higher === (row.what === "schedules/s");
    return { ...row, p, verdict: p >= SIGNIFICANCE ? "noise" : better ? "better" : "worse" };
  });
  return {
    schema: 1,
    version,
    command: "bench compare",
    significance: SIGNIFICANCE,
    differences,
    notes: [...new Set(notes)],
  };
}

function contenderName({ model, scenario, engine, strategy, workers }: Contender): string {
  return `${model} ${scenario}, ${engine} ${strategy} -j ${workers}`;
}

function findingName(row: TimeToFinding): string {
  return `${contenderName(row)}: ${row.title}`;
}

/** Rows of the same name; of the others a note. */
function paired<Row extends Throughput | TimeToFinding>(
  before: readonly Row[],
  after: readonly Row[],
  name: (row: Row) => string,
  notes: string[],
): [Row, Row][] {
  const others = new Map(after.map((row) => [name(row), row]));
  const pairs: [Row, Row][] = [];
  for (const row of before) {
    const other = others.get(name(row));
    others.delete(name(row));
    if (other === undefined) notes.push(`only the first measured ${name(row)}`);
    else pairs.push([row, other]);
    if (other !== undefined && other.hash !== row.hash) {
      notes.push(`the program of ${row.model} ${row.scenario} changed: ${row.hash}, then ${other.hash}`);
    }
  }
  for (const key of others.keys()) notes.push(`only the second measured ${key}`);
  return pairs;
}

type Compared = Omit<BenchDifference, "verdict"> & {
  /** Whether what came after has the higher mean rank: medians may be the same where runs are censored. */
  readonly higher: boolean;
};

function difference(
  { model, scenario, engine, strategy, workers, ...row }: Throughput | TimeToFinding,
  what: BenchDifference["what"],
  before: readonly (number | null)[],
  after: readonly (number | null)[],
): Compared[] {
  if (before.length === 0 || after.length === 0) return [];
  const a = before.map((value) => value ?? Number.POSITIVE_INFINITY);
  const b = after.map((value) => value ?? Number.POSITIVE_INFINITY);
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return [
    {
      model,
      scenario,
      engine,
      strategy,
      workers,
      what,
      title: "title" in row ? row.title : "",
      before: finite(median(a)),
      after: finite(median(b)),
      samples: [a.length, b.length],
      p: mannWhitney(a, b),
      higher: isHigher(a, b),
    },
  ];
}

/** Whether values of b are more often above those of a than below. */
function isHigher(a: readonly number[], b: readonly number[]): boolean {
  let balance = 0;
  for (const x of a) for (const y of b) balance += Math.sign(y === x ? 0 : y - x);
  return balance > 0;
}
