// Explores every schedule of a program within limits of time, memory and states, and makes findings of what
// went wrong: each with the simplest schedule that shows it, replayed before it is reported, and with its
// exact probability where every schedule was seen.

import { LimitKind, Outcome, Stopped } from "../../assembly/abi.ts";
import { InternalError } from "../base/errors.ts";
import type { Draw, ExploreManner, ExploreProgress, Recording } from "../engine/engine.ts";
import type { RawNote, StateGraph } from "../engine/graph.ts";
import { UNKNOWN } from "../engine/graph.ts";
import type { FirstNotes } from "../engine/notes.ts";
import type { Program } from "../model/program.ts";
import type { Schedule } from "./apply.ts";
import { estimateStates, longestDrawn } from "./estimate.ts";
import { type Exact, exactNumbers } from "./exact.ts";
import { endless, findingOf, findingsOnly, simplified } from "./explored-findings.ts";
import { keyOf } from "./keys.ts";
import type { TraceMachine } from "./machine.ts";
import { Necessities } from "./necessity.ts";
import { shortestSchedules, simplestSchedules } from "./shortest.ts";
import type { Finding, Minimum, Necessity } from "./summary.ts";

/** What exploring needs of an engine; Engine has this shape. */
export interface ExploreMachine extends TraceMachine {
  exploreBegin(bytes: number, stepsMax: number, manner?: ExploreManner): boolean;
  exploreRun(states: number): boolean;
  exploreProgress(): ExploreProgress;
  exploredGraph(): StateGraph | null;
  exploredNotes(complete: boolean): FirstNotes;
  exploredLayers(): number[];
  record(draw: Draw, schedule: number): Recording;
}

export interface ExploreRules {
  readonly stepsMax: number;
  /** Memory of the graph. */
  readonly bytes: number;
  readonly statesMax?: number;
  readonly timeMs?: number;
  readonly manner?: ExploreManner;
  /** What of a schedule is to be as small as it can be, first. */
  readonly minimise?: "preemptions" | "steps";
}

/** "preemptions": every schedule was seen with no more preemptions than was allowed. */
export type ExploreEnd =
  | "complete"
  | "preemptions"
  | "memory"
  | "states"
  | "time"
  | "interrupted"
  | "depth"
  | "choices";

export interface Explored {
  readonly endedBy: ExploreEnd;
  readonly progress: ExploreProgress;
  readonly elapsedMs: number;
  /** Null where not every schedule was seen, or where they are endless. */
  readonly exact: Exact | null;
  /** Whether a schedule can go round in circles; null where that was not looked at. */
  readonly cyclic: boolean | null;
  readonly findings: readonly Finding[];
  /** States and steps are those of a graph from which a reduction left some out. */
  readonly reduced: boolean;
  /** Most preemptions of the schedules that were looked at; null where all were. */
  readonly bound: number | null;
  /** Where not every state was visited, how many there are, roughly; null where that cannot be said. */
  readonly estimate: number | null;
  /** Steps of the graph that end at a limit of the machine, by LimitKind. */
  readonly limited: readonly number[];
}

export interface ExploreOptions {
  readonly program: Program;
  readonly machine: ExploreMachine;
  readonly rules: ExploreRules;
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: ExploreProgress, elapsedMs: number) => void;
  /** Of an exploration that ended otherwise no findings are wanted. */
  readonly wanted?: (endedBy: ExploreEnd) => boolean;
  /** Say of each finding why its schedule shows it, where there are not more states than this. */
  readonly whyStatesMax?: number;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
  /** In place of TRANSITIONS_MAX; for tests. */
  readonly transitionsMax?: number;
}

/** States between two looks at the clock: some milliseconds. */
const SLICE = 2000;
/** States that can be searched for findings while somebody waits for the end of an interrupted run. */
const HURRIED_STATES = 300_000;
/** Steps beyond which what was explored cannot be looked at as a whole: its findings are, and no more. */
const TRANSITIONS_MAX = 25_000_000;

export async function explore(options: ExploreOptions): Promise<Explored> {
  const { program, machine, rules } = options;
  const clock = options.clock ?? (() => performance.now());
  const started = clock();
  const begun = machine.exploreBegin(rules.bytes, rules.stepsMax, rules.manner);
  const reduced = rules.manner?.reduce === true;
  if (!begun && !reduced) {
    throw new InternalError(`no memory for a graph of ${rules.bytes} bytes`, "give less with --max-memory");
  }
  // A reduction needs room for what it learns too.
  const endedBy = begun ? await exploreStates(options, () => clock() - started) : "memory";
  const progress = machine.exploreProgress();
  const how = { endedBy, progress, reduced, bound: rules.manner?.preemptionsMax ?? null };
  const none = { ...how, exact: null, cyclic: null, findings: [], estimate: null, limited: [] };
  if (!begun || options.wanted?.(endedBy) === false) return { ...none, elapsedMs: clock() - started };
  const estimate = estimateOf(machine, endedBy, progress, rules.stepsMax);
  const late = endedBy === "interrupted" && progress.states > HURRIED_STATES;
  if (late || progress.transitions > (options.transitionsMax ?? TRANSITIONS_MAX)) {
    return { ...none, estimate, ...findingsOnly(options, endedBy), elapsedMs: clock() - started };
  }
  const graph = machine.exploredGraph();
  if (graph === null) throw new InternalError("the explored graph is too large to be read");
  const keyed = keyNotes(program, graph);
  const exact = endedBy === "complete" && !reduced ? exactNumbers(graph, keyed.shows) : null;
  const simplest = rules.minimise === "steps" ? null : simplestSchedules(graph, keyed.shows);
  const ways = simplest ?? shortestSchedules(graph, keyed.shows);
  const limited = limitsOf(graph);
  const minimum = minimumOf(endedBy, reduced, simplest !== null, rules, limited);
  // No search has said that the way cannot be made simpler.
  const rough = (simplest === null || reduced) && rules.minimise !== "steps";
  const whole = endedBy === "complete" && !reduced && limited.every((n) => n === 0);
  const why = (options.whyStatesMax ?? -1) >= graph.states ? necessitiesOf(options, graph, whole) : null;
  const findings: Finding[] = keyed.findings.map((each, f) => {
    const way = rough ? simplified(options, each, ways[f]!) : ways[f]!;
    const finding = findingOf(options, each, way, exact?.findings[f]?.probability);
    return { ...finding, minimum, ...(why === null ? {} : { necessity: why(way, keyed.shows[f]!) }) };
  });
  if (endedBy === "complete" && exact === null) findings.push(...endless(options, graph));
  return {
    ...how,
    elapsedMs: clock() - started,
    exact,
    cyclic: endedBy === "complete" && !reduced ? exact === null : null,
    findings: findings.map((finding, f) => withSchedules(finding, exact?.findings[f]?.schedules ?? null)),
    estimate,
    limited,
  };
}

/** Whether no schedule at all is simpler than the one that was found in the graph. */
function minimumOf(
  endedBy: ExploreEnd,
  reduced: boolean,
  searched: boolean,
  { minimise }: ExploreRules,
  limited: readonly number[],
): Minimum {
  // Of the orders that a reduction leaves out any may be the simplest.
  if (reduced || limited.some((n) => n > 0)) return "at-most";
  // Ways of fewest steps are found breadth first; one with more preemptions may be shorter.
  if (minimise === "steps") return endedBy === "complete" ? "exact" : "at-most";
  return searched && (endedBy === "complete" || endedBy === "preemptions") ? "exact" : "at-most";
}

type Why = (way: Schedule, shows: Uint8Array) => Necessity;

function necessitiesOf({ program, machine, rules }: ExploreOptions, graph: StateGraph, whole: boolean): Why {
  if (!whole) return () => ({ orders: null, reason: "not every schedule was looked at" });
  const necessities = new Necessities(program, machine, rules.stepsMax, graph);
  return (way, shows) => necessities.of(way, shows);
}

function estimateOf(
  machine: ExploreMachine,
  endedBy: ExploreEnd,
  { states }: ExploreProgress,
  stepsMax: number,
): number | null {
  if (endedBy === "complete" || endedBy === "preemptions") return null;
  return estimateStates(machine.exploredLayers(), states, longestDrawn(machine, stepsMax));
}

/** Explores until a limit is reached; gives others a turn between slices. */
export async function exploreStates(options: ExploreOptions, elapsed: () => number): Promise<ExploreEnd> {
  const { machine, rules, signal, onProgress } = options;
  while (true) {
    const done = machine.exploreRun(SLICE);
    const progress = machine.exploreProgress();
    onProgress?.(progress, elapsed());
    if (done) return endOf(progress);
    if (signal?.aborted === true) return "interrupted";
    if (rules.timeMs !== undefined && elapsed() >= rules.timeMs) return "time";
    if (progress.states >= (rules.statesMax ?? Number.POSITIVE_INFINITY)) return "states";
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function endOf({ stopped, cut }: ExploreProgress): ExploreEnd {
  switch (stopped) {
    case Stopped.NO:
      return cut > 0 ? "preemptions" : "complete";
    case Stopped.DEPTH:
      return "depth";
    case Stopped.CHOICES:
      return "choices";
    default:
      return "memory";
  }
}

export interface KeyedNotes {
  readonly findings: readonly { readonly key: string; readonly raw: RawNote; readonly steps: number }[];
  /** By finding, by set of notes: 1 where it belongs to the finding. */
  readonly shows: readonly Uint8Array[];
}

/** The findings of a graph, in the order in which it met them first. */
export function keyNotes(program: Program, graph: StateGraph): KeyedNotes {
  const uses = new Uint32Array(graph.noteSets.length);
  for (const set of graph.notes) uses[set]!++;
  const byKey = new Map<string, { raw: RawNote; sets: Set<number> }>();
  graph.noteSets.forEach((notes, set) => {
    for (const raw of notes) {
      const key = keyOf(program, raw);
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, { raw, sets: new Set([set]) });
      else known.sets.add(set);
    }
  });
  const entries = [...byKey];
  return {
    findings: entries.map(([key, { raw, sets }]) => {
      return { key, raw, steps: [...sets].reduce((sum, set) => sum + uses[set]!, 0) };
    }),
    shows: entries.map(([, { sets }]) => {
      return Uint8Array.from(graph.noteSets, (_, set) => (sets.has(set) ? 1 : 0));
    }),
  };
}

/** What a campaign may spend: about a second. States, not time: its result must not depend on the machine. */
const BESIDE = { bytes: 32 << 20, statesMax: 100_000 };
/** What somebody waits for who asks for the minimum. */
export const FOR_MINIMUM = { bytes: 256 << 20, statesMax: 300_000 };

export interface SmallExploration {
  /** By key, each with its simplest schedule and its exact probability. */
  readonly findings: ReadonlyMap<string, Finding>;
  /** Distinct states. */
  readonly states: number;
}

/**
 * Everything about a program; null where it has too many states, or where a limit of the machine hides
 * some.
 */
export async function exploreWhole(
  options: Pick<ExploreOptions, "program" | "machine" | "signal">,
  stepsMax: number,
  limits = BESIDE,
): Promise<SmallExploration | null> {
  const wanted = (endedBy: ExploreEnd) => endedBy === "complete";
  const explored = await explore({ ...options, rules: { ...limits, stepsMax }, wanted });
  if (explored.endedBy !== "complete" || explored.limited.some((n) => n > 0)) return null;
  const findings = new Map(explored.findings.map((finding) => [finding.key, finding]));
  return { findings, states: explored.progress.states };
}

/** Its findings alone. */
export async function exploreSmall(
  options: Pick<ExploreOptions, "program" | "machine" | "signal">,
  stepsMax: number,
  limits = BESIDE,
): Promise<ReadonlyMap<string, Finding> | null> {
  return (await exploreWhole(options, stepsMax, limits))?.findings ?? null;
}

function withSchedules(finding: Finding, schedules: bigint | null): Finding {
  return schedules === null ? finding : { ...finding, violatingSchedules: String(schedules) };
}

export function limitsOf(graph: StateGraph): number[] {
  const counts = new Array<number>(LimitKind.SETUP_BLOCKED + 1).fill(0);
  graph.target.forEach((to, step) => {
    if (to !== UNKNOWN && to < 0 && graph.outcome[step] === Outcome.LIMIT) counts[graph.limit[step]!]!++;
  });
  return counts;
}

/** Two of so many states may share a hash with a probability below this. */
export function collisionProbability(states: number): number {
  return Math.min(1, states ** 2 / 2 ** 65);
}
