// From raw counts to findings: draws the first schedule of each again, replays it, checks that it shows the
// same violation, minimises it, checks again, and makes its tokens. Runs on one engine, in this thread. Where
// every schedule was explored the minimum is not looked for but taken from there.

import { Violation } from "../../assembly/abi.ts";
import { InternalError } from "../base/errors.ts";
import { trimHeap } from "../base/heap.ts";
import type { Draw, RawTally, Recording } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { resolveMember } from "../work/portfolio.ts";
import type { Schedule } from "./apply.ts";
import type { Run, Target } from "./guided.ts";
import { type FindingGroup, groupFindings, keyOf, objectOf } from "./keys.ts";
import type { TraceMachine } from "./machine.ts";
import { MINIMISE_STEPS, minimise } from "./minimise.ts";
import { type Replay, replaySchedule } from "./replay.ts";
import { ratesOf } from "./shares.ts";
import { strategyName } from "./strategies.ts";
import type { Finding, ScheduleSize, Trace } from "./summary.ts";
import { kindName } from "./titles.ts";
import { formatToken } from "./tokens.ts";

/** An engine that can also draw a schedule again. */
export interface RecordMachine extends TraceMachine {
  record(draw: Draw, schedule: number): Recording;
}

/** Of the portfolio's the token names who draws the schedule. */
export function seedToken(program: Program, draw: Draw, schedule: number): string {
  const strategy = strategyName(resolveMember(draw.strategy, schedule));
  return formatToken({ kind: "seed", hash: program.hash, strategy, seed: draw.seed, schedule });
}

/** Machine steps for minimising all findings of a campaign together: some seconds. */
const MINIMISE_STEPS_ALL = 10_000_000;
/** The same where somebody waits for the end: well within a second. */
export const MINIMISE_STEPS_HURRIED = 1_000_000;

export interface ExplainOptions {
  /** Machine steps for minimising. */
  readonly budgetAll?: number;
  /** By key, with the simplest schedule of each: all findings there are, if every schedule was explored. */
  readonly explored?: ReadonlyMap<string, Finding> | null;
  /** Keys; default: all. */
  readonly only?: ReadonlySet<string>;
}

export function explainFindings(
  program: Program,
  machine: RecordMachine,
  draw: Draw,
  tally: RawTally,
  options: ExplainOptions = {},
): Finding[] {
  const { budgetAll = MINIMISE_STEPS_ALL, explored = null, only } = options;
  const groups = groupFindings(program, tally).filter(({ key }) => only?.has(key) ?? true);
  const rates = ratesOf(program, tally);
  const budget = Math.min(MINIMISE_STEPS, Math.floor(budgetAll / Math.max(1, groups.length)));
  return groups.map((group) => {
    trimHeap();
    const drawn = { ...draw, strategy: group.raw.strategy };
    const token = seedToken(program, drawn, group.first);
    const recording = machine.record(drawn, group.first);
    const first = replaySchedule(program, machine, draw.stepsMax, recording);
    demand(first, group.key, token, "its first schedule, replayed");
    const simplest = explored?.get(group.key);
    // A run that never ends goes round in circles in the graph: no step of it shows that.
    if (explored !== null && simplest === undefined && group.raw.kind !== Violation.STEP_LIMIT) {
      throw lost(group.key, token, "the graph of all states");
    }
    const minimum = simplest ?? minimised(program, machine, drawn, group, recording, budget);
    const finding = findingOf(program, group, token, tally.schedules, minimum);
    const byStrategy = rates(group.key);
    const drawnSize = sizeOf(first.trace);
    return { ...finding, drawn: drawnSize, ...(byStrategy === undefined ? {} : { byStrategy }) };
  });
}

type Minimal = Pick<Finding, "trace" | "scheduleToken" | "minimum"> &
  Pick<Finding, "exactProbability" | "violatingSchedules">;

function minimised(
  program: Program,
  machine: RecordMachine,
  draw: Draw,
  group: FindingGroup,
  recording: Recording,
  budget: number,
): Minimal {
  const token = seedToken(program, draw, group.first);
  const target = targetOf(program, group.key, group.raw.kind);
  const smaller = minimise(machine, draw.stepsMax, asCandidate(recording), target, budget);
  if (smaller === null) throw lost(group.key, token, "its first schedule, guided");
  const replay = replaySchedule(program, machine, draw.stepsMax, smaller.after);
  demand(replay, group.key, token, "its minimised schedule");
  return {
    trace: replay.trace,
    scheduleToken: scheduleToken(program, smaller.after),
    minimum: "at-most",
  };
}

function sizeOf({ preemptions, switches, steps, rows }: Trace): ScheduleSize {
  return { preemptions, switches, steps, tasks: new Set(rows.map(({ task }) => task)).size };
}

function findingOf(
  program: Program,
  group: FindingGroup,
  token: string,
  schedules: number,
  minimal: Minimal,
): Finding {
  const { trace, scheduleToken, minimum, exactProbability, violatingSchedules } = minimal;
  const violation = trace.violations.find((v) => v.key === group.key)!;
  return {
    key: group.key,
    kind: group.kind,
    title: violation.title,
    group: group.group,
    object: objectOf(program, group.raw),
    function: violation.place.function,
    file: violation.place.file,
    line: violation.place.line,
    task: violation.task,
    count: group.count,
    perMillion: schedules === 0 ? 0 : (group.count * 1e6) / schedules,
    firstSchedule: group.first,
    preemptions: trace.preemptions,
    steps: trace.steps,
    token,
    scheduleToken,
    trace,
    ...(minimum === undefined ? {} : { minimum }),
    ...(exactProbability === undefined ? {} : { exactProbability }),
    ...(violatingSchedules === undefined ? {} : { violatingSchedules }),
  };
}

export function scheduleToken(program: Program, run: Pick<Run, "picks" | "choices">): string {
  return formatToken({ kind: "schedule", hash: program.hash, picks: run.picks, choices: run.choices });
}

export function targetOf(program: Program, key: string, kind: number): Target {
  const name = kindName(kind);
  // The kind is compared first: making a key is slow, and most violations on the way are of another kind.
  return { kind, matches: (v) => kindName(v.kind) === name && keyOf(program, v) === key };
}

export function asCandidate(schedule: Schedule) {
  return {
    segments: Array.from(schedule.picks, (slot) => ({ slot, count: 1 })),
    choices: Array.from(schedule.choices),
  };
}

/** A finding that does not show again means that a run depends on something else than it should: our bug. */
function demand(replay: Replay, key: string, token: string, what: string): void {
  if (replay.divergence !== null || !replay.trace.violations.some((v) => v.key === key)) {
    throw lost(key, token, what);
  }
}

function lost(key: string, token: string, what: string): InternalError {
  return new InternalError(
    `nondeterminism: ${what}, does not show "${key}"`,
    `this is a bug in raceproof; the schedule is ${token}`,
  );
}
