// What a report says of coverage: values of src/campaign/coverage.ts. Every number is of the schedules that
// were looked at closely, not of all that were run.

/** A number of distinct things; not exact: an estimate, off by some percent. */
export interface CoverageCount {
  readonly count: number;
  readonly exact: boolean;
  /** How many there are, where that is known. */
  readonly of?: number;
}

export interface CoverageShare {
  readonly reached: number;
  readonly total: number;
}

/** Of what one sampler drew: schedules that are independent of each other, all from one distribution. */
export interface SamplerCoverage {
  readonly sampler: string;
  readonly schedules: number;
  readonly behaviours: CoverageCount;
  /** Good-Turing: the chance that the next schedule looked at shows a behaviour that none of them showed. */
  readonly unseen: number;
  /** With 95 % confidence it is not above this. */
  readonly unseenBound: number;
  /** At least so many behaviours are left, about (Chao1). */
  readonly unseenBehaviours: number;
}

/** A step that no schedule took, or a branch that was taken one way only. */
export interface UnreachedPlace {
  readonly what: "step" | "branch";
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly text: string;
  /** The tasks whose code it is in. */
  readonly tasks: readonly string[];
}

export interface Coverage {
  /** Schedules that were looked at. */
  readonly schedules: number;
  readonly samplers: readonly SamplerCoverage[];
  /** Up to the order of independent steps. */
  readonly behaviours: CoverageCount;
  readonly finalStates: CoverageCount;
  readonly states: CoverageCount;
  /** Of the tasks' code, each inlined copy by itself; a branch has two ways. */
  readonly steps: CoverageShare;
  readonly branches: CoverageShare;
  readonly unreached: readonly UnreachedPlace[];
  /** Milliseconds at the end in which nothing new was met, where that was measured. */
  readonly sinceNewMs?: number;
}
