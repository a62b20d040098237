// Findings of what was explored: a way to each, replayed before it is reported.

import { LimitKind, Violation } from "../../assembly/abi.ts";
import { InternalError } from "../base/errors.ts";
import type { RawNote, StateGraph } from "../engine/graph.ts";
import type { Schedule } from "./apply.ts";
import { endlessStates } from "./exact.ts";
import type { Explored, ExploreEnd, ExploreOptions } from "./explore.ts";
import { asCandidate, scheduleToken, targetOf } from "./findings.ts";
import { runCandidate, type Target } from "./guided.ts";
import { keyOf, objectOf } from "./keys.ts";
import { minimise } from "./minimise.ts";
import { replaySchedule } from "./replay.ts";
import { shortestTo } from "./shortest.ts";
import type { Finding } from "./summary.ts";
import { groupOf, kindName } from "./titles.ts";

/** A violation, and on how many steps of the graph it is met. */
interface Keyed {
  readonly key: string;
  readonly raw: RawNote;
  readonly steps: number;
}

export function endless(options: ExploreOptions, graph: StateGraph): Finding[] {
  const states = endlessStates(graph);
  return states.length === 0 ? [] : [endlessFrom(options, shortestTo(graph, states[0]!), states.length)];
}

/**
 * A schedule that comes to where no schedule can end, run on to the limit on steps, as the fuzzer would see
 * it.
 */
function endlessFrom(options: ExploreOptions, way: Schedule, steps: number): Finding {
  const { program, machine, rules } = options;
  const target: Target = { kind: Violation.STEP_LIMIT, matches: (v) => v.kind === Violation.STEP_LIMIT };
  const run = runCandidate(machine, rules.stepsMax, asCandidate(way), target);
  const raw = machine.violations().find(target.matches);
  if (raw === undefined) throw new InternalError("a schedule that cannot end has ended");
  const finding = findingOf(options, { key: keyOf(program, raw), raw, steps }, run, undefined);
  return { ...finding, minimum: "at-most" };
}

/** Where the graph is too large to be searched for the simplest way: a way of fewest steps, made simpler. */
export function simplified(
  { program, machine, rules }: ExploreOptions,
  { key, raw }: Keyed,
  way: Schedule,
): Schedule {
  const target = targetOf(program, key, raw.kind);
  return minimise(machine, rules.stepsMax, asCandidate(way), target)?.after ?? way;
}

export function findingOf(
  { program, machine, rules }: ExploreOptions,
  { key, raw, steps }: Keyed,
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
    object: objectOf(program, raw),
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

/**
 * The findings of a graph that is too large, or the time too short, for more than a way of fewest steps to
 * each.
 */
export function findingsOnly(
  options: ExploreOptions,
  endedBy: ExploreEnd,
): Pick<Explored, "findings" | "limited"> {
  const { program, machine } = options;
  const { notes, limited, endless } = machine.exploredNotes(endedBy === "complete");
  const byKey = new Map<string, { first: (typeof notes)[number]; steps: number }>();
  for (const each of notes) {
    const key = keyOf(program, each.note);
    byKey.set(key, {
      first: byKey.get(key)?.first ?? each,
      steps: (byKey.get(key)?.steps ?? 0) + each.steps,
    });
  }
  const findings = [...byKey].map(([key, { first, steps }]): Finding => {
    const keyed = { key, raw: first.note, steps };
    const met = { picks: Uint8Array.from(first.picks), choices: Uint32Array.from(first.choices) };
    const way = endedBy === "interrupted" ? met : simplified(options, keyed, met);
    return { ...findingOf(options, keyed, way, undefined), minimum: "at-most" };
  });
  if (endless !== null) findings.push(endlessFrom(options, endless, endless.steps));
  return {
    findings,
    limited: Array.from({ length: LimitKind.SETUP_BLOCKED + 1 }, (_, k) => limited.get(k) ?? 0),
  };
}
