// From the steps of a trace to what a diagram shows: a task's entry into a function as an event of its own,
// statements indented by how deep they are, marks where something went wrong, the waits of a deadlock at
// the end. Knows nothing of columns and widths.
//
// A function of a bundled header (`synchronize_srcu`, `list_add_rcu`) stands for the kernel's own: its call
// is shown as one statement, whatever steps it consists of.

import type {
  SourcePlace,
  Trace,
  TraceRow,
  TraceTask,
  TraceViolation,
  ViolationKind,
} from "../campaign/summary.ts";
import { clean, GLUE } from "./text.ts";
import { markOf, waitsFor } from "./words.ts";

export interface Event {
  readonly kind: "call" | "step" | "mark" | "wait" | "gap";
  /** Index into Trace.tasks. */
  readonly task: number;
  /** Calls that the reader has been shown on the way here. */
  readonly depth: number;
  /** Printable ASCII; GLUE joins words that belong together. */
  readonly text: string;
  /** Index into Trace.rows, or -1. */
  readonly row: number;
}

/** A bundled header's text: the model's reader knows these functions from the kernel; others are shown. */
function isLibrary(place: SourcePlace): boolean {
  return /(^|\/)include\/.*\.h$/.test(place.file);
}

/** Where a step is, as its reader sees it: the functions entered, outermost first, and the statement. */
interface Position {
  readonly frames: readonly Frame[];
  /** The statement as written; for a step inside a header, the call that led there. */
  readonly statement: SourcePlace;
  readonly text: string;
  readonly library: boolean;
}

interface Frame {
  readonly key: string;
  readonly callee: string;
}

/** Where a task was last. */
interface Last {
  readonly frames: readonly Frame[];
  readonly key: string;
  /** More steps of the same statement are expected: a header's function, a call or a wait that began. */
  readonly open: boolean;
}

/** With `apart` each step is an event of its own, also where a function of a header takes several. */
export function eventsOf(trace: Trace, apart = false): Event[] {
  const events: Event[] = [];
  const lasts = trace.tasks.map((): Last => ({ frames: [], key: "", open: false }));
  for (const [index, row] of trace.rows.entries()) {
    const task = trace.tasks[row.task];
    if (task === undefined) continue;
    const position = positionOf(task, row);
    const { frames } = position;
    const last = lasts[row.task]!;
    let common = 0;
    while (common < frames.length && last.frames[common]?.key === frames[common]!.key) common++;
    for (let depth = common; depth < frames.length; depth++) {
      const text = `${clean(frames[depth]!.callee)}()`;
      events.push({ kind: "call", task: row.task, depth, text, row: index });
    }
    const key = `${placeKey(position.statement)} ${position.text}`;
    const inside = !apart && common === frames.length && common === last.frames.length;
    addStep(events, row, index, position, inside && last.open && last.key === key);
    addMarks(events, trace, index, frames.length);
    lasts[row.task] = { frames, key, open: position.library || /^\(.*begins/.test(row.effect) };
  }
  addWaits(events, trace);
  return events;
}

function positionOf(task: TraceTask, row: TraceRow): Position {
  const calls = [...row.callers].reverse();
  const inside = (i: number): SourcePlace => calls[i + 1] ?? row.place;
  const frames: Frame[] = [];
  // A thread's outermost text is the scenario, which the label stands for; others run a function of their
  // own.
  if (task.kind !== "thread") {
    const callee = inside(-1).function;
    if (callee !== "") frames.push({ key: callee, callee });
  }
  for (const [i, call] of calls.entries()) {
    if (isLibrary(inside(i)) && !isLibrary(call)) {
      return { frames, statement: call, text: call.text, library: true };
    }
    frames.push({ key: placeKey(call), callee: inside(i).function });
  }
  return { frames, statement: row.place, text: row.text, library: false };
}

const STATED: ReadonlySet<ViolationKind> = new Set(["warn", "bug", "assertion"]);

function placeKey(place: SourcePlace): string {
  return `${place.file}:${place.line}:${place.column}`;
}

function addStep(events: Event[], row: TraceRow, index: number, position: Position, again: boolean): void {
  const { task } = row;
  const depth = position.frames.length;
  const effect = effectOf(row);
  const last = events.at(-1);
  const text = clean(position.text);
  if (again && last?.kind === "step" && last.task === task) {
    // Goes on in the same function of a header, undisturbed: one statement with its last effect.
    events[events.length - 1] = { ...last, text: withEffect(text, effect), row: index };
  } else if (again) {
    const name = /^[^(]*/.exec(text.replace(/^.*[^=!<>]=\s*/, ""))![0].trim();
    events.push({ kind: "step", task, depth, text: withEffect(`... ${name}()`, effect), row: index });
  } else {
    events.push({ kind: "step", task, depth, text: withEffect(text, effect), row: index });
  }
}

/** A WARN_ON() is no step of its own: its statement is shown after the access that it looked at. */
function addMarks(events: Event[], trace: Trace, index: number, depth: number): void {
  const row = trace.rows[index]!;
  for (const v of row.violations) {
    const violation = trace.violations[v];
    if (violation === undefined) continue;
    const statement = clean(violation.place.text);
    const { task } = row;
    if (STATED.has(violation.kind) && statement !== "" && statement !== clean(row.text)) {
      events.push({ kind: "step", task, depth, text: statement, row: index });
    }
    events.push({ kind: "mark", task, depth, text: `*** ${markOf(violation)}`, row: index });
  }
}

/** What a statement did, in a form that cannot be taken for C: `= NULL`, `(waits)`, `[refs 1->0]`. */
export function effectOf(row: TraceRow): string {
  const parts: string[] = [];
  const effect = clean(row.effect);
  if (effect !== "") parts.push(/^[=([]|^->/.test(effect) ? effect : `[${effect}]`);
  for (const choice of row.choices) parts.push(`[choose = ${choice}]`);
  return parts.join(" ");
}

function withEffect(text: string, effect: string): string {
  // `WRITE_ONCE(p->x, NULL)` needs no "= NULL" beside it.
  if (effect === "" || (effect.startsWith("= ") && text.endsWith(`, ${effect.slice(2)})`))) return text;
  return `${text}${effect.startsWith("=") ? " " : "  "}${effect.replaceAll(" ", GLUE)}`;
}

/** A task that waits for ever made no step there: its statement is shown where the run ended. */
function addWaits(events: Event[], trace: Trace): void {
  for (const violation of trace.violations) {
    if (violation.kind !== "deadlock") continue;
    for (const related of violation.related.filter((r) => waitsFor(r))) {
      const task = trace.tasks.findIndex((t) => t.label === related.task);
      if (task < 0) continue;
      const depth = depthIn(events, trace, task, related.place);
      const text = withEffect(clean(related.place.text), "(waits)");
      events.push({ kind: "wait", task, depth, text, row: -1 });
    }
  }
}

/** The wait's own callers are not known: it stands where the task's last statement in its function stood. */
function depthIn(events: readonly Event[], trace: Trace, task: number, place: SourcePlace): number {
  const mine = events.filter((e) => e.task === task && e.kind === "step");
  const there = mine.findLast((e) => trace.rows[e.row]?.place.function === place.function);
  return (there ?? mine.at(-1))?.depth ?? 0;
}

/** Violations that no step carries: a deadlock, a check at the end of the run. */
export function unmarked(trace: Trace): TraceViolation[] {
  const marked = new Set(trace.rows.flatMap((r) => [...r.violations]));
  return trace.violations.filter((_, index) => !marked.has(index));
}
