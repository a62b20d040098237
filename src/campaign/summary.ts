// What a campaign, a replay or a check found: plain values, from which src/report makes text. No report
// sees a store or a pool. The JSON of the command line is this structure (additive only).

import type { Coverage } from "./covered.ts";
import type { ScheduleSize } from "./guided.ts";
import type { Necessity, ProtectionSite } from "./reasons.ts";
import type { Story } from "./story.ts";

export type * from "./benchmark.ts";
export type * from "./comparison.ts";
export type * from "./covered.ts";
export type * from "./gate.ts";
export type { ScheduleSize } from "./guided.ts";
export type * from "./reasons.ts";
export type * from "./story.ts";

export type ViolationKind =
  | "warn"
  | "bug"
  | "use-after-free"
  | "double-free"
  | "null-deref"
  | "bad-pointer"
  | "refcount"
  | "leak"
  | "dangling"
  | "deadlock"
  | "lock-misuse"
  | "rcu-misuse"
  | "assertion"
  | "step-limit";

export type Verdict = "violations" | "none-found" | "proved" | "inconclusive";

/** A place in a model's source. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  /** Source text as written, white space folded. */
  readonly text: string;
}

export interface TraceTask {
  /** Slot number, the letter of the schedule token: 0 = a. */
  readonly slot: number;
  /** Heads its column: "close(link)", "kworker: cgroup_offline", "rcu: css_killed". */
  readonly label: string;
  readonly kind: "thread" | "kworker" | "callback";
}

export interface TraceRow {
  /** 1-based number of the step in the run. */
  readonly step: number;
  /** Index into Trace.tasks. */
  readonly task: number;
  /** The statement or expression as in the source: `READ_ONCE(memcg->bpf_oom)`. */
  readonly text: string;
  /** The value that matters, or "": `= NULL`, `refs 1->0`, `= &oom_ops_a`, `(waits)`. */
  readonly effect: string;
  readonly place: SourcePlace;
  /** Places of the calls through which this was inlined, innermost first. */
  readonly callers: readonly SourcePlace[];
  /** Results of choose() drawn in this step. */
  readonly choices: readonly number[];
  /** Indexes into Trace.violations of what went wrong in this step. */
  readonly violations: readonly number[];
}

/** Another place that matters: where it was freed, who holds the lock, who waits. */
export interface RelatedPlace {
  /** "freed by", "allocated by", "held by", "waits for". */
  readonly role: string;
  readonly task: string;
  readonly place: SourcePlace;
  /** "waits for": the lock, where it is one. */
  readonly lock?: string;
}

export interface TraceViolation {
  readonly key: string;
  readonly kind: ViolationKind;
  /** In kernel words: "use-after-free in bpf_oom_memcg_offline(): bpf_oom_ops". */
  readonly title: string;
  readonly task: string;
  readonly place: SourcePlace;
  /** The object it happened to ("bpf_oom_ops#1"), or "". */
  readonly object: string;
  /** What a failed check looked at: "root_memcg.bpf_oom = NULL"; absent where that is not known. */
  readonly read?: string;
  readonly related: readonly RelatedPlace[];
  /** For a deadlock: one line a task, who waits for what, held by whom. */
  readonly waits: readonly string[];
}

/** One run, step by step. */
export interface Trace {
  readonly tasks: readonly TraceTask[];
  readonly rows: readonly TraceRow[];
  readonly violations: readonly TraceViolation[];
  /** Switches away from a task that could have gone on. */
  readonly preemptions: number;
  readonly switches: number;
  readonly steps: number;
}

export type Minimum = "exact" | "at-most";

export interface Finding {
  /** Dedupe key: kind, place of the offending step, object class, place of the other side. */
  readonly key: string;
  readonly kind: ViolationKind;
  readonly title: string;
  /** Coarser than the key: findings of one group are shown as one bug, at several places. */
  readonly group: string;
  /** Class of the object that it is about, "" where there is none. */
  readonly object: string;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly task: string;
  /** Schedules that showed it. */
  readonly count: number;
  readonly perMillion: number;
  /** Smallest schedule number that showed it. */
  readonly firstSchedule: number;
  /** Of the trace shown (the minimised one). */
  readonly preemptions: number;
  readonly steps: number;
  /** `rp1:...`: the first schedule, as drawn. */
  readonly token: string;
  /** `rp1s:...`: the minimised schedule. */
  readonly scheduleToken: string;
  /** Of the schedule that `token` names; absent where none was drawn. */
  readonly drawn?: ScheduleSize;
  readonly trace: Trace;
  /**
   * Whether no schedule at all shows it with fewer preemptions (of those with fewer switches, of those with
   * fewer steps): "exact" where every schedule was looked at. Absent: that was not asked.
   */
  readonly minimum?: Minimum;
  /** Of each strategy that drew schedules, how many of its own showed it; absent where nobody is named. */
  readonly byStrategy?: readonly StrategyRate[];
  /** The exact chance that a uniform random walk over the steps shows it, where all states were visited. */
  readonly exactProbability?: number;
  /** How many of the distinct schedules show it, decimal, where they were counted. */
  readonly violatingSchedules?: string;
  /** Absent: that was not asked. */
  readonly necessity?: Necessity;
  /** Of the run that `trace` shows, with all its states; absent: that was not asked, or it is too long. */
  readonly story?: Story;
}

/** How often one strategy showed a finding. */
export interface StrategyRate {
  /** As in tokens. */
  readonly strategy: string;
  readonly schedules: number;
  readonly count: number;
  readonly perMillion: number;
  /** Smallest of its schedule numbers that showed it; null for none. */
  readonly firstSchedule: number | null;
}

/** What one strategy of a campaign drew. */
export interface StrategyShare {
  readonly strategy: string;
  readonly schedules: number;
  readonly steps: number;
  /** Distinct findings that it showed. */
  readonly findings: number;
  /** PCT: the steps among which change points were drawn, and the most tasks seen in a schedule. */
  readonly among?: number;
  readonly tasks?: number;
}

export interface ModelName {
  readonly name: string;
  readonly scenario: string;
  readonly hash: string;
  readonly memoryModel: "sc";
  /** Flags that a replay needs too, because a token does not carry them: "--define=A=1". Absent: none. */
  readonly flags?: readonly string[];
}

/** How far a campaign had come at a moment; cumulative. */
export interface SeriesPoint {
  /** Active time, all sessions together. */
  readonly t_active_ms: number;
  readonly schedules: number;
  readonly findings: number;
  /** Different behaviours seen; null where that was not measured. */
  readonly distinct: number | null;
  /** Estimated chance that the next schedule shows something new; null where that was not measured. */
  readonly unseen: number | null;
}

/** Result of fuzz; `trace` of each finding is left out of the JSON unless asked for. */
export interface Summary {
  readonly schema: 1;
  readonly version: string;
  readonly command: string;
  readonly model: ModelName;
  /** Resolved options; the seed as a decimal string. */
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  readonly verdict: Verdict;
  readonly schedules: number;
  readonly steps: number;
  /** Explore: states visited and steps between them. */
  readonly states?: number;
  readonly transitions?: number;
  /** Explore: where not every state was visited, how many there are, roughly; absent where unknown. */
  readonly estimatedStates?: number;
  /**
   * Explore, where states and transitions are those of a reduced graph: states from which one task's step was
   * enough, and states that were visited before without a reduction, in vain.
   */
  readonly reduction?: { readonly statesAlone: number; readonly statesInFull?: number };
  /** Explore: most steps of a schedule, where all were seen; else steps to the states looked at last. */
  readonly depth?: number;
  /** Explore: distinct complete schedules, decimal; absent where they were not counted. */
  readonly distinctSchedules?: string;
  /** Explore: mean steps of a schedule of the uniform random walk. */
  readonly meanSteps?: number;
  /** Explore: bound on the probability that two states were taken for one. */
  readonly collisionProbability?: number;
  readonly elapsedMs: number;
  readonly schedulesPerSecond: number;
  readonly stepsPerSecond: number;
  readonly findings: readonly Finding[];
  /** Who drew the schedules; absent where none were drawn. */
  readonly strategies?: readonly StrategyShare[];
  /** What a sample of the schedules covered; absent where none was looked at. */
  readonly coverage?: Coverage;
  /** What keeps a proved scenario from violating, in the order of the source; absent: that was not asked. */
  readonly protections?: readonly ProtectionSite[];
  /** How a campaign went, in order of time; absent where it was not recorded. */
  readonly series?: readonly SeriesPoint[];
  /** Which budget ended the run: "schedules", "time", "until-finding", "interrupted". */
  readonly endedBy: string;
  readonly notes: readonly string[];
}

/** One scenario of a check: as explored, or fuzzed where not every schedule could be looked at. */
export interface CheckedScenario extends Summary {
  /** Why not every schedule was looked at; null where they all were. */
  readonly notProved: string | null;
}

/** Result of check. */
export interface Check {
  readonly schema: 1;
  readonly version: string;
  readonly command: "check";
  readonly model: string;
  readonly options: Summary["options"];
  /** Of all scenarios. */
  readonly verdict: Verdict;
  readonly elapsedMs: number;
  /** In the model's order. */
  readonly scenarios: readonly CheckedScenario[];
  /** Scenarios that an interruption left out. */
  readonly notRun: readonly string[];
  readonly interrupted: boolean;
}

export type ReproVerdict = "REPRODUCED" | "NOT REPRODUCED" | "DIVERGED";

/** Result of repro. */
export interface Reproduction {
  readonly schema: 1;
  readonly version: string;
  readonly command: "repro";
  readonly model: ModelName;
  readonly token: string;
  readonly verdict: ReproVerdict;
  /** DIVERGED: the step, what was expected, what was found. */
  readonly divergence: { readonly step: number; readonly expected: string; readonly found: string } | null;
  readonly trace: Trace;
  /** Why it shows the first violation; absent where it shows none. */
  readonly necessity?: Necessity;
  /** As of a finding. */
  readonly story?: Story;
  readonly notes: readonly string[];
}
