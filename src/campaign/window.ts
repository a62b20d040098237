// The window of a race: from the step that makes it possible to the one that shows it. For a reader's eye,
// nothing is concluded from it; what is exact are the orders that force a finding (necessity.ts).

import type { Story, StoryWindow } from "./story.ts";
import type { Necessity, OrderedStep, Trace, TraceViolation } from "./summary.ts";

type Told = Omit<Story, "window">;

/** `about`: which of the trace's violations. */
export function windowOf(story: Told, about: number, necessity?: Necessity): StoryWindow | null {
  const { trace } = story;
  const violation = trace.violations[about];
  if (violation === undefined || trace.rows.length === 0) return null;
  const shown = trace.rows.findIndex(({ violations }) => violations.includes(about));
  const closes = shown < 0 ? trace.rows.length - 1 : shown;
  const found =
    stalePointer(story, violation, closes) ??
    storedMeanwhile(story, necessity, closes) ??
    standsBefore(trace, necessity, closes) ??
    preempted(trace, shown, closes);
  return found === null || found.opens >= found.closes ? null : found;
}

/** A freed object is reached by a pointer that was taken before, or left where it could be taken. */
function stalePointer(story: Told, violation: TraceViolation, closes: number): StoryWindow | null {
  const freed = story.arrows.find(({ kind, to }) => kind === "frees" && to === closes);
  if (freed === undefined) return null;
  const { rows } = story.trace;
  const name = `&${violation.object}`;
  const taken = story.steps.findLastIndex(({ reads }, step) => {
    return (
      step < closes &&
      rows[step]!.task === rows[closes]!.task &&
      reads.some(({ value }) => value === name || value.startsWith(`${name}.`))
    );
  });
  if (taken >= 0 && taken < freed.from) {
    return {
      opens: taken,
      closes,
      why: `the pointer to ${violation.object} is taken, freed meanwhile, used`,
    };
  }
  return { opens: freed.from, closes, why: `${violation.object} is freed, and can still be reached` };
}

/**
 * What a check looked at was stored by another task after the checking one had last stepped, or after that
 * one's first step that must come early.
 */
function storedMeanwhile(
  { trace, arrows }: Told,
  necessity: Necessity | undefined,
  closes: number,
): StoryWindow | null {
  if (trace.rows[closes]!.violations.length === 0) return null;
  const seen = arrows.find(({ kind, to }) => kind === "sees" && to === closes);
  if (seen === undefined) return null;
  const { task } = trace.rows[closes]!;
  const early = (necessity?.orders ?? [])
    .map(({ before }) => occurrence(trace, before))
    .filter((step) => step >= 0 && step < seen.from && trace.rows[step]!.task === task);
  const last = trace.rows.findLastIndex((row, step) => row.task === task && step < seen.from);
  const opens = Math.min(last, ...early);
  if (opens < 0) return null;
  return { opens, closes, why: `${seen.what} is stored between two steps of ${label(trace, task)}` };
}

/** A step comes before one that its task has not got to, and stands before meanwhile. */
function standsBefore(trace: Trace, necessity: Necessity | undefined, closes: number): StoryWindow | null {
  for (const { before, after } of necessity?.orders ?? []) {
    const first = occurrence(trace, before);
    const task = trace.tasks.findIndex((each) => each.label === after.task);
    if (first < 0 || task < 0) continue;
    const opens = trace.rows.findLastIndex((row, step) => row.task === task && step < first);
    if (opens >= 0)
      return { opens, closes, why: `${after.task} stands between two steps that belong together` };
  }
  return null;
}

/** The last preemption: until the task that it stopped goes on. */
function preempted(trace: Trace, shown: number, closes: number): StoryWindow | null {
  const { rows } = trace;
  for (let step = rows.length - 2; step >= 0; step--) {
    const task = rows[step]!.task;
    if (rows[step + 1]!.task === task) continue;
    const back = rows.findIndex((row, at) => at > step && row.task === task);
    if (back < 0) continue;
    const end = shown < 0 ? back : closes;
    return { opens: step, closes: end, why: `${label(trace, task)} is stopped between two of its steps` };
  }
  return null;
}

function occurrence(trace: Trace, { task, place, step, nth }: OrderedStep): number {
  const at = step ?? place;
  let count = 0;
  return trace.rows.findIndex((row) => {
    const { file, line, column } = row.place;
    const there = file === at.file && line === at.line && column === at.column;
    if (!there || trace.tasks[row.task]?.label !== task) return false;
    count++;
    return count === nth;
  });
}

function label(trace: Trace, task: number): string {
  return trace.tasks[task]?.label ?? "a task";
}
