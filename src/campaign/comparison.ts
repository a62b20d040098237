// What compare gives: for each scenario which findings each model shows. Types only; text is made last.

import type { Finding, ModelName, Summary, Verdict, ViolationKind } from "./summary.ts";

/**
 * How a column stands against the first one. `kept`: both show it. `cured`, `introduced`: one of them shows
 * it, and the other ran long enough to show it too, had it been there as often. `unclear`: one of them shows
 * it, and the other did not run long enough to say.
 */
export type Mark = "kept" | "cured" | "introduced" | "unclear";

/** What a cell shows: of the finding's dedupe keys in that model, the one that was seen first. */
export interface ComparedFinding
  extends Pick<
    Finding,
    "title" | "file" | "line" | "task" | "firstSchedule" | "preemptions" | "steps" | "token" | "scheduleToken"
  > {
  /** Dedupe keys that are this row in that model. */
  readonly keys: readonly string[];
}

export interface ComparisonCell {
  /** Null in the first column, and where neither it nor this one shows the finding. */
  readonly mark: Mark | null;
  /** Schedules that showed it, and how many that is of a million; exact where only exploring shows it. */
  readonly count: number;
  readonly perMillion: number;
  /** Schedules that could have shown it: all but those that another violation ended. */
  readonly exposed: number;
  /** Seen in none: with 95 % confidence a schedule shows it with less than this chance. */
  readonly bound: number | null;
  /** Every schedule was explored, and none shows it. */
  readonly proved: boolean;
  /** Unclear for want of schedules: how many must not show it, here or in the first column, to settle it. */
  readonly schedulesNeeded: number | null;
  readonly finding: ComparedFinding | null;
}

/** What is one finding in all models: kind, function, object class and, to tell several apart, group. */
export interface ComparisonRow {
  readonly kind: ViolationKind;
  readonly function: string;
  readonly object: string;
  /** Group and title in the first model that shows it. */
  readonly group: string;
  readonly title: string;
  /** One for each model, in their order. */
  readonly cells: readonly ComparisonCell[];
}

/** One model in one scenario; its verdict is "proved" where every schedule was explored as well. */
export interface ComparedRun {
  readonly model: ModelName;
  readonly verdict: Verdict;
  readonly schedules: number;
  readonly steps: number;
  readonly endedBy: string;
  readonly notes: readonly string[];
}

export interface ComparedScenario {
  readonly scenario: string;
  /** One for each model, in their order; null where an interruption came first. */
  readonly runs: readonly (ComparedRun | null)[];
  readonly rows: readonly ComparisonRow[];
  readonly notes: readonly string[];
}

/** Result of compare. */
export interface Comparison {
  readonly schema: 1;
  readonly version: string;
  readonly command: "compare";
  readonly models: readonly string[];
  readonly options: Summary["options"];
  /** Of the last model, in all scenarios. */
  readonly verdict: Verdict;
  readonly scenarios: readonly ComparedScenario[];
  /** Scenarios that some models lack. */
  readonly leftOut: readonly { readonly scenario: string; readonly missing: readonly string[] }[];
  readonly interrupted: boolean;
}
