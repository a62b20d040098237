// Explores every schedule of a program within limits of time, memory and states, and makes findings of what
// went wrong: each with the simplest schedule that shows it, replayed before it is reported, and with its
// exact probability where every schedule was seen.

import { LimitKind, Outcome, Stopped, Violation } from "../../assembly/abi.ts";
import { InternalError } from "../base/errors.ts";
import type { ExploreProgress } from "../engine/engine.ts";
import type { RawNote, StateGraph } from "../engine/graph.ts";
import { UNKNOWN } from "../engine/graph.ts";
import type { Program } from "../model/program.ts";
import type { Schedule } from "./apply.ts";
import { type Exact, endlessStates, exactNumbers } from "./exact.ts";
import { asCandidate, scheduleToken, targetOf } from "./findings.ts";
import { runCandidate, type Target } from "./guided.ts";
import { keyOf } from "./keys.ts";
import type { TraceMachine } from "./machine.ts";
import { minimise } from "./minimise.ts";
import { replaySchedule } from "./replay.ts";
import { shortestSchedules, shortestTo, simplestSchedules } from "./shortest.ts";
import type { Finding, Minimum } from "./summary.ts";
import { groupOf, kindName } from "./titles.ts";

/** What exploring needs of an engine; Engine has this shape. */
export interface ExploreMachine extends TraceMachine {
  exploreBegin(bytes: number, stepsMax: number): boolean;
  exploreRun(states: number): boolean;
  exploreProgress(): ExploreProgress;
  exploredGraph(): StateGraph | null;
}

export interface ExploreRules {
  readonly stepsMax: number;
  /** Memory of the graph. */
  readonly bytes: number;
  readonly statesMax?: number;
  readonly timeMs?: number;
}

export type ExploreEnd = "complete" | "memory" | "states" | "time" | "interrupted" | "depth" | "choices";

export interface Explored {
  readonly endedBy: ExploreEnd;
  readonly progress: ExploreProgress;
  readonly elapsedMs: number;
  /** Null where not every schedule was seen, or where they are endless. */
  readonly exact: Exact | null;
  /** Whether a schedule can go round in circles; null where that was not looked at. */
  readonly cyclic: boolean | null;
  readonly findings: readonly Finding[];
  /** False where what was visited was not searched for findings. */
  readonly searched: boolean;
  /** Steps of the graph that end at a limit of the machine, by LimitKind. */
  readonly limited: readonly number[];
}

export interface ExploreOptions {
  readonly program: Program;
  readonly machine: ExploreMachine;
  readonly rules: ExploreRules;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExploreProgress, elapsedMs: number) => void;
  /** Of an exploration that did not come to its end no findings are wanted. */
  readonly completeOnly?: boolean;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

/** States between two looks at the clock: some milliseconds. */
const SLICE = 2000;
/** States that can be searched for findings while somebody waits for the end of an interrupted run. */
const HURRIED_STATES = 300_000;
/** Steps beyond which what was explored cannot be looked at as a whole; exploring ends there. */
const TRANSITIONS_MAX = 25_000_000;

export async function explore(options: ExploreOptions): Promise<Explored> {
  const { program, machine, rules } = options;
  const clock = options.clock ?? (() => performance.now());
  const started = clock();
  if (!machine.exploreBegin(rules.bytes, rules.stepsMax)) {
    throw new InternalError(`no memory for a graph of ${rules.bytes} bytes`, "give less with --max-memory");
  }
  const endedBy = await run(options, () => clock() - started);
  const progress = machine.exploreProgress();
  const late = endedBy === "interrupted" && progress.states > HURRIED_STATES;
  if (late || (options.completeOnly === true && endedBy !== "complete")) {
    const elapsedMs = clock() - started;
    return {
      endedBy,
      progress,
      elapsedMs,
      exact: null,
      cyclic: null,
      findings: [],
      searched: false,
      limited: [],
    };
  }
  const graph = machine.exploredGraph();
  if (graph === null) throw new InternalError("the explored graph is too large to be read");
  const keyed = keyNotes(program, graph);
  const exact = endedBy === "complete" ? exactNumbers(graph, keyed.shows) : null;
  const simplest = simplestSchedules(graph, keyed.shows);
  const ways = simplest ?? shortestSchedules(graph, keyed.shows);
  const limited = limitsOf(graph);
  const whole = endedBy === "complete" && limited.every((n) => n === 0);
  const minimum: Minimum = whole && simplest !== null ? "exact" : "at-most";
  const findings: Finding[] = keyed.findings.map((each, f) => {
    const way = simplest === null ? simplified(options, each, ways[f]!) : ways[f]!;
    return { ...findingOf(options, each, way, exact?.findings[f]?.probability), minimum };
  });
  if (endedBy === "complete" && exact === null) findings.push(...endless(options, graph));
  return {
    endedBy,
    progress,
    elapsedMs: clock() - started,
    exact,
    cyclic: endedBy === "complete" ? exact === null : null,
    findings: findings.map((finding, f) => withSchedules(finding, exact?.findings[f]?.schedules ?? null)),
    searched: true,
    limited,
  };
}

/** Explores until a limit is reached; gives others a turn between slices. */
async function run(options: ExploreOptions, elapsed: () => number): Promise<ExploreEnd> {
  const { machine, rules, signal, onProgress } = options;
  while (true) {
    const done = machine.exploreRun(SLICE);
    const progress = machine.exploreProgress();
    onProgress?.(progress, elapsed());
    if (done) return endOf(progress.stopped);
    if (signal?.aborted === true) return "interrupted";
    if (rules.timeMs !== undefined && elapsed() >= rules.timeMs) return "time";
    if (progress.states >= (rules.statesMax ?? Number.POSITIVE_INFINITY)) return "states";
    if (progress.transitions >= TRANSITIONS_MAX) return "memory";
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function endOf(stopped: number): ExploreEnd {
  switch (stopped) {
    case Stopped.NO:
      return "complete";
    case Stopped.DEPTH:
      return "depth";
    case Stopped.CHOICES:
      return "choices";
    default:
      return "memory";
  }
}

interface KeyedNotes {
  readonly findings: readonly { readonly key: string; readonly raw: RawNote; readonly steps: number }[];
  /** By finding, by set of notes: 1 where it belongs to the finding. */
  readonly shows: readonly Uint8Array[];
}

/** The findings of a graph, in the order in which it met them first. */
function keyNotes(program: Program, graph: StateGraph): KeyedNotes {
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

/**
 * A schedule that comes to where no schedule can end, run on to the limit on steps, as the fuzzer would see
 * it.
 */
function endless(options: ExploreOptions, graph: StateGraph): Finding[] {
  const { program, machine, rules } = options;
  const states = endlessStates(graph);
  if (states.length === 0) return [];
  const target: Target = { kind: Violation.STEP_LIMIT, matches: (v) => v.kind === Violation.STEP_LIMIT };
  const run = runCandidate(machine, rules.stepsMax, asCandidate(shortestTo(graph, states[0]!)), target);
  const raw = machine.violations().find(target.matches);
  if (raw === undefined) throw new InternalError("a schedule that cannot end has ended");
  const finding = findingOf(options, { key: keyOf(program, raw), raw, steps: states.length }, run, undefined);
  return [{ ...finding, minimum: "at-most" }];
}

/** Where the graph is too large to be searched for the simplest way: a way of fewest steps, made simpler. */
function simplified(
  { program, machine, rules }: ExploreOptions,
  { key, raw }: KeyedNotes["findings"][number],
  way: Schedule,
): Schedule {
  const target = targetOf(program, key, raw.kind);
  return minimise(machine, rules.stepsMax, asCandidate(way), target)?.after ?? way;
}

function findingOf(
  { program, machine, rules }: ExploreOptions,
  { key, raw, steps }: KeyedNotes["findings"][number],
  schedule: Schedule,
  probability: number | undefined,
): Finding {
  const { trace, divergence } = replaySchedule(program, machine, rules.stepsMax, schedule);
  const violation = trace.violations.find((v) => v.key === key);
  if (violation === undefined || divergence !== null) {
    throw new InternalError(
      `two states were taken for one: the way to "${key}", replayed, does not show it`,
      "this is a bug in raceproof, or a collision of hashes; fuzz the scenario and report it",
    );
  }
  const token = scheduleToken(program, {
    picks: Array.from(schedule.picks),
    choices: Array.from(schedule.choices),
  });
  return {
    key,
    kind: kindName(raw.kind),
    title: violation.title,
    group: groupOf(program, raw),
    function: violation.place.function,
    file: violation.place.file,
    line: violation.place.line,
    task: violation.task,
    count: steps,
    perMillion: (probability ?? 0) * 1e6,
    firstSchedule: 0,
    preemptions: trace.preemptions,
    steps: trace.steps,
    token,
    scheduleToken: token,
    trace,
    ...(probability === undefined ? {} : { exactProbability: probability }),
  };
}

/** What a campaign may spend: about a second. States, not time: its result must not depend on the machine. */
const BESIDE = { bytes: 64 << 20, statesMax: 100_000 };
/** What somebody waits for who asks for the minimum. */
export const FOR_MINIMUM = { bytes: 256 << 20, statesMax: 300_000 };

/**
 * The findings of a program by key, each with its simplest schedule and its exact probability; null where it
 * has too many states, or where a limit of the machine hides some.
 */
export async function exploreSmall(
  options: Pick<ExploreOptions, "program" | "machine" | "signal">,
  stepsMax: number,
  limits = BESIDE,
): Promise<ReadonlyMap<string, Finding> | null> {
  const explored = await explore({ ...options, rules: { ...limits, stepsMax }, completeOnly: true });
  if (explored.endedBy !== "complete" || explored.limited.some((n) => n > 0)) return null;
  return new Map(explored.findings.map((finding) => [finding.key, finding]));
}

function withSchedules(finding: Finding, schedules: bigint | null): Finding {
  return schedules === null ? finding : { ...finding, violatingSchedules: String(schedules) };
}

function limitsOf(graph: StateGraph): number[] {
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
