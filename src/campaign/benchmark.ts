// What `bench run` measured and `bench compare` made of two such results: plain values, kept in a file of
// JSON and read by src/report.

export interface BenchEnvironment {
  readonly node: string;
  readonly v8: string;
  /** "linux x64". */
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
}

export interface BenchOptions {
  /** Of the throughput: how often each contender had its turn, and for how long. */
  readonly rounds: number;
  readonly seconds: number;
  /** Of the findings: campaigns with seeds `seed`, `seed` + 1, ..., each given up after so many schedules. */
  readonly seeds: number;
  readonly seed: string;
  readonly schedules: number;
  readonly maxSteps: number;
}

/** What was measured: the rest of a row is about it. */
export interface Contender {
  readonly model: string;
  readonly scenario: string;
  /** The compiled program, 8 hex digits. */
  readonly hash: string;
  readonly engine: string;
  readonly strategy: string;
  readonly workers: number;
}

/** By round. */
export interface Throughput extends Contender {
  readonly schedulesPerSecond: readonly number[];
  readonly stepsPerSecond: readonly number[];
}

/** By seed: up to and with the schedule that showed it; null where the budget ended first. */
export interface TimeToFinding extends Contender {
  /** What a reader takes for one bug. */
  readonly group: string;
  readonly title: string;
  readonly schedules: readonly (number | null)[];
  readonly seconds: readonly (number | null)[];
}

export interface Benchmark {
  readonly schema: 1;
  readonly version: string;
  readonly command: "bench run";
  readonly environment: BenchEnvironment;
  readonly options: BenchOptions;
  /** False where Ctrl-C ended it: rows are shorter or missing then. */
  readonly complete: boolean;
  readonly throughput: readonly Throughput[];
  readonly findings: readonly TimeToFinding[];
}

/** Noise: the rank test does not tell the two apart. */
export type BenchVerdict = "better" | "worse" | "noise";

export interface BenchDifference extends Omit<Contender, "hash"> {
  /** "schedules/s", or "schedules to" and "seconds to" a finding. */
  readonly what: "schedules/s" | "schedules to" | "seconds to";
  /** Of the finding, "" for schedules/s. */
  readonly title: string;
  /** Medians; null where most runs were censored. */
  readonly before: number | null;
  readonly after: number | null;
  readonly samples: readonly [number, number];
  /** Of a two-sided Mann-Whitney test, corrected for the number of rows by Holm's method. */
  readonly p: number;
  readonly verdict: BenchVerdict;
}

export interface BenchComparison {
  readonly schema: 1;
  readonly version: string;
  readonly command: "bench compare";
  readonly significance: number;
  readonly differences: readonly BenchDifference[];
  /** What only one of the two measured, and programs that changed between them. */
  readonly notes: readonly string[];
}
