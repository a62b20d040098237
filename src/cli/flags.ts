// The flags of each command as commander hands them over: text, read by values.ts and session.ts.

/** What is compiled: the same for every command that takes a model. */
export interface ModelFlags {
  readonly scenario?: string;
  readonly define: readonly string[];
  readonly include: readonly string[];
  readonly stub: readonly string[];
  readonly strict: boolean;
}

/** How a result is printed. */
export interface FormatFlags {
  readonly format?: string;
  readonly width?: string;
  readonly quote?: boolean;
  readonly json?: boolean;
  readonly traces?: boolean;
}

export interface FuzzFlags extends ModelFlags, FormatFlags {
  /** Absent: STRATEGY_DEFAULT, or what the engine that is asked for can draw. */
  readonly strategy?: string;
  /** Of fuzz and demo; the others run on the scalar machine. */
  readonly engine?: string;
  readonly schedules?: string;
  readonly time?: string;
  readonly untilFinding?: string;
  readonly untilPlateau?: string;
  /** Of fuzz: the campaign's folder, and where its events go. */
  readonly out?: string;
  readonly shardJobs?: string;
  readonly events?: string;
  /** Of fuzz: a campaign for many machines, see distribute.ts and plan-only.ts. */
  readonly database?: string;
  readonly planOnly?: boolean;
  readonly spec?: string;
  readonly seed?: string;
  readonly jobs?: string;
  readonly ui: string;
  readonly maxSteps?: string;
}

export interface ExploreLimits {
  readonly maxStates?: string;
  readonly maxMemory: string;
  readonly time?: string;
  readonly maxSteps?: string;
}

export interface ExploreFlags extends ModelFlags, ExploreLimits, FormatFlags {
  readonly reduction: boolean;
  readonly maxPreemptions?: string;
  readonly minimise: string;
  readonly why: boolean;
  readonly ui: string;
  readonly json: boolean;
  readonly traces: boolean;
}

export interface CheckFlags extends Omit<FuzzFlags, "strategy" | "schedules" | "time" | "untilFinding"> {
  readonly time: string;
  readonly maxMemory: string;
  readonly why: boolean;
}

export interface CompareFlags extends Omit<FuzzFlags, "untilFinding" | "traces"> {
  readonly format: string;
}

export interface WorkerFlags {
  readonly database?: string;
  readonly campaign?: string;
  readonly time?: string;
  readonly wait: boolean;
  /** In place of a database. */
  readonly spec?: string;
  readonly shards?: string;
  readonly out?: string;
  readonly jobs?: string;
  readonly ui: string;
  readonly json: boolean;
}

export interface ImportFlags {
  readonly out?: string;
  readonly database?: string;
  readonly campaign?: string;
  readonly json: boolean;
}

export interface DemoFlags {
  readonly time: string;
  readonly seed?: string;
  readonly jobs?: string;
  readonly ui: string;
  readonly json: boolean;
}

export interface ResumeFlags extends FormatFlags {
  readonly database?: string;
  readonly campaign?: string;
  readonly schedules?: string;
  readonly time?: string;
  readonly untilFinding?: string;
  readonly untilPlateau?: string;
  readonly events?: string;
  readonly jobs?: string;
  readonly ui: string;
}

export interface StatusFlags {
  readonly database?: string;
  readonly campaign?: string;
  readonly watch: boolean;
  readonly json: boolean;
}

export interface ReproFlags extends ModelFlags, FormatFlags {
  readonly file?: string;
  readonly maxSteps?: string;
}

export interface CiFlags extends ModelFlags {
  /** NAME or NAME=FILE; several. */
  readonly format: readonly string[];
  readonly time: string;
  readonly maxMemory: string;
  readonly seed?: string;
  readonly jobs?: string;
  readonly check: boolean;
  readonly ui: string;
  readonly json: boolean;
}

export interface ReportFlags extends ModelFlags {
  readonly output: string;
  readonly maxSteps?: string;
}

export interface ServeFlags {
  readonly port: string;
  readonly host: string;
}

export interface MinimizeFlags extends ModelFlags {
  readonly maxSteps?: string;
  readonly json: boolean;
}

export interface ShowFlags extends ModelFlags {
  readonly lanes: boolean;
  readonly steps: boolean;
  readonly json: boolean;
}

export interface BenchRunFlags extends ModelFlags {
  readonly engines: string;
  readonly strategies: string;
  readonly jobs?: string;
  readonly rounds: string;
  readonly seconds: string;
  readonly seeds: string;
  readonly seed: string;
  readonly schedules: string;
  readonly maxSteps?: string;
  readonly output?: string;
  readonly json: boolean;
}

export interface BenchCompareFlags {
  readonly acrossMachines: boolean;
  readonly json: boolean;
}

/** How schedules are drawn, but where rates are compared: there it is the random walk. */
export const STRATEGY_DEFAULT = "portfolio";

/** The budget where none is given: long enough for what is not rare, short enough to wait for. */
export const TIME_DEFAULT = "10s";

export const MINIMISE = ["preemptions", "steps"] as const;

/** For test runners and code hosts, of every command that runs schedules. */
export const CASE_FORMATS = ["markdown", "junit", "sarif", "ktap", "github"] as const;
export type CaseFormat = (typeof CASE_FORMATS)[number];

export const RUN_FORMATS = ["text", "mail", "kcsan", "lockdep", ...CASE_FORMATS, "json"] as const;

export const REPRO_FORMATS = ["text", "mail", "steps", "kcsan", "lockdep", "json"] as const;

export const COMPARE_FORMATS = ["text", ...CASE_FORMATS, "json"] as const;

export const CI_FORMATS = ["text", ...CASE_FORMATS, "json"] as const;

/** Flags that say what a token is of; where that stands elsewhere they are refused, not ignored. */
export function tokenFlags(flags: ModelFlags & { readonly maxSteps?: string }): string[] {
  const scenario = flags.scenario === undefined ? [] : [`--scenario=${flags.scenario}`];
  return [...scenario, ...replayFlags(flags), ...(flags.strict ? ["--strict"] : [])];
}

/** What the command of a replay must repeat, because a token does not carry it. */
export function replayFlags(flags: ModelFlags & { readonly maxSteps?: string }): string[] {
  return [
    ...flags.define.map((text) => `--define=${text}`),
    ...flags.include.map((text) => `--include=${text}`),
    ...flags.stub.map((text) => `--stub=${text}`),
    ...(flags.maxSteps === undefined ? [] : [`--max-steps=${flags.maxSteps}`]),
  ];
}
