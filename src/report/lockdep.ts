// A deadlock in the shape of a lockdep report: who wants which lock while holding which, and the "unsafe
// locking scenario" with its columns at 7 and 31. Locks in the title are sorted, so that one pair has one
// title.

import { UsageError } from "../base/errors.ts";
import type { ModelName, RelatedPlace, Trace, TraceViolation } from "../campaign/summary.ts";
import { scenarioName } from "./evidence.ts";
import { clean, fold } from "./text.ts";

const RULE_HEAVY = "=".repeat(54);
const RULE_LIGHT = "-".repeat(54);
/** lockdep's own columns. */
const COLUMN_FIRST = 7;
const COLUMN_NEXT = 24;
/** A line that is longer is broken; the title must not be, for a pair of names that a kernel has. */
const WIDTH = 120;

/** One task of the circle: the lock that it waits for, and where somebody took that. */
interface Wait {
  readonly task: string;
  readonly lock: string;
  readonly at: RelatedPlace;
  readonly held: RelatedPlace;
}

/** Throws a UsageError where the finding is no deadlock over locks. */
export function renderLockdep(model: ModelName, version: string, trace: Trace): string {
  const deadlock = trace.violations.find(({ kind }) => kind === "deadlock");
  const circle = deadlock === undefined ? [] : circleOf(deadlock);
  if (circle.length === 0) throw unfit(trace, deadlock);
  const self = circle.length === 1;
  const locks = circle.map(({ lock }) => lock);
  const title = self
    ? `possible recursive locking detected: ${locks[0]}`
    : `possible circular locking dependency detected: ${[...locks].sort().join(", ")}`;
  const lines = [RULE_HEAVY, `WARNING: ${title}`];
  lines.push(`raceproof ${clean(version)}, a model, not a running kernel`, RULE_LIGHT);
  for (const { task, lock, at, held } of circle) {
    lines.push(`${task} is trying to acquire lock:`, ` (${lock}), at: ${placeText(at)}`, "");
    lines.push(`but ${clean(held.task)} is already holding it:`, ` (${lock}), at: ${placeText(held)}`, "");
  }
  if (!self) lines.push("Chain exists of:", `  ${[...locks, locks[0]!].join(" --> ")}`, "");
  lines.push(" Possible unsafe locking scenario:", "", ...scenarioLines(circle), "", " *** DEADLOCK ***", "");
  const { name, scenario, hash } = model;
  lines.push(`model ${clean(name)}, scenario ${scenarioName(scenario)}, program ${clean(hash)}`, RULE_HEAVY);
  return `${lines.flatMap((text) => fold(text, WIDTH)).join("\n")}\n`;
}

function unfit(trace: Trace, deadlock: TraceViolation | undefined): UsageError {
  const [first] = trace.violations;
  const what =
    deadlock !== undefined
      ? "its tasks do not all wait for a lock that another one of them holds"
      : first === undefined
        ? "there is no violation"
        : `"${clean(first.title)}" is none`;
  return new UsageError(
    `--format lockdep shows a deadlock over locks, and ${what}`,
    "--format mail takes all",
  );
}

/** The tasks that wait for each other in a circle, from the first one that is in it; empty where none do. */
function circleOf({ related }: TraceViolation): Wait[] {
  const waits: Wait[] = [];
  for (const [i, at] of related.entries()) {
    const held = related[i + 1];
    if (at.role !== "waits for" || at.lock === undefined || held?.role !== "held by") continue;
    waits.push({ task: clean(at.task), lock: clean(at.lock), at, held });
  }
  for (const start of waits) {
    const circle = [start];
    while (circle.length <= waits.length) {
      const { held } = circle.at(-1)!;
      if (held.task === start.at.task) return circle;
      const next = waits.find(({ at }) => at.task === held.task);
      if (next === undefined) break;
      circle.push(next);
    }
  }
  return [];
}

/** Each CPU takes what the one before it in the circle waits for, then waits itself. */
function scenarioLines(circle: readonly Wait[]): string[] {
  const head = (text: (i: number) => string): string => {
    const cells = circle.map((_, i) => text(i).padEnd(COLUMN_NEXT));
    return (" ".repeat(COLUMN_FIRST) + cells.join("")).trimEnd();
  };
  const statement = (i: number, lock: string) => `${" ".repeat(i * COLUMN_NEXT)}  lock(${lock});`;
  const takes = circle.map((_, i) => statement(i, circle.at(i - 1)!.lock));
  return [
    head((i) => `CPU${i}`),
    head(() => "----"),
    ...takes,
    ...circle.map(({ lock }, i) => statement(i, lock)),
  ];
}

function placeText({ place }: RelatedPlace): string {
  return `${clean(place.function)}() ${clean(place.file)}:${place.line}`;
}
