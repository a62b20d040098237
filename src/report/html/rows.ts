// The rows of a timeline: one for each step, with the lines of text that stand in it, how high it is and
// where. Text is broken here, not by the browser, so that what is drawn beside it (drawing.ts) meets it.

import type { Story, Trace } from "../../campaign/summary.ts";
import { eventsOf, unmarked } from "../events.ts";
import { fitStatement } from "../fit.ts";
import { clean, GLUE, shorten } from "../text.ts";
import { labelsOf } from "../trace.ts";
import { markOf, whenOf } from "../words.ts";
import { GAP, LINE } from "./geometry.ts";

/** Characters of a line. */
const ROW_COLUMNS = 38;
/** Steps of a run that are shown: the first ones, and the last ones. */
const FIRST_MAX = 150;
const LAST_MAX = 350;
const DEPTH_MAX = 5;
const GLUED_MAX = 22;

export interface RowLine {
  readonly kind: "task" | "call" | "statement" | "mark" | "note" | "window";
  readonly text: string;
}

export interface Row {
  /** Index into Trace.rows; -1: steps that are left out, or the end of the run. */
  readonly step: number;
  /** Index into Trace.tasks; -1 for such a row. */
  readonly task: number;
  readonly lines: readonly RowLine[];
  /** Where it begins, and its height, pixels. */
  readonly y: number;
  readonly height: number;
  /** Where its step is marked: the middle of its statement's first line. */
  readonly dot: number;
  readonly wrong: boolean;
}

export interface Rows {
  readonly rows: readonly Row[];
  readonly height: number;
  /** The dot of a step; of one that is left out, where its gap is. -1 is the beginning, null the end. */
  dotOf(step: number | null): number;
}

export function rowsOf(trace: Trace, window: Story["window"] = null): Rows {
  const lines = linesOf(trace);
  const count = trace.rows.length;
  const cut = count > FIRST_MAX + LAST_MAX ? { from: FIRST_MAX, to: count - LAST_MAX } : null;
  const rows: Row[] = [];
  const dots = new Map<number, number>();
  let y = 0;
  const add = (step: number, task: number, own: readonly RowLine[], wrong: boolean): void => {
    const height = own.length * LINE + GAP;
    const before = Math.max(
      0,
      own.findIndex(({ kind }) => kind === "statement"),
    );
    const dot = y + GAP / 2 + before * LINE + LINE / 2;
    rows.push({ step, task, lines: own, y, height, dot, wrong });
    y += height;
  };
  for (let step = 0; step < count; step++) {
    if (cut !== null && step === cut.from) {
      const text = `${cut.to - cut.from} steps are left out here`;
      add(-1, -1, [{ kind: "note", text }], false);
      for (let hidden = cut.from; hidden < cut.to; hidden++) dots.set(hidden, rows.at(-1)!.dot);
      step = cut.to;
    }
    const row = trace.rows[step]!;
    const switched = step === 0 || rows.at(-1)!.task !== row.task;
    const head: RowLine[] = switched ? [{ kind: "task", text: labelLine(trace, row.task) }] : [];
    const opens: RowLine[] = step === window?.opens ? [{ kind: "window", text: "the window opens" }] : [];
    const closes: RowLine[] = step === window?.closes ? [{ kind: "window", text: "the window closes" }] : [];
    const own = [...head, ...opens, ...(lines[step] ?? []), ...closes];
    add(step, row.task, own, row.violations.length > 0);
    dots.set(step, rows.at(-1)!.dot);
  }
  const end = endLines(trace);
  if (end.length > 0) add(-1, -1, end, true);
  return {
    rows,
    height: y,
    dotOf: (step) => (step === null ? y - GAP : step < 0 ? 0 : (dots.get(step) ?? y)),
  };
}

function labelLine(trace: Trace, task: number): string {
  return shorten(labelsOf(trace)[task] ?? "", ROW_COLUMNS);
}

/** By step: functions entered, the statement, what went wrong. */
function linesOf(trace: Trace): RowLine[][] {
  const lines: RowLine[][] = trace.rows.map(() => []);
  for (const { kind, depth, text, row } of eventsOf(trace, true)) {
    const own = lines[row];
    if (own === undefined) continue;
    const indent = 2 * Math.min(depth, DEPTH_MAX);
    const shown = kind === "call" ? "call" : kind === "mark" ? "mark" : "statement";
    for (const line of fitStatement(loosened(text), indent, ROW_COLUMNS).lines)
      own.push({ kind: shown, text: line });
  }
  return lines;
}

/** What is held together stays so where it fits into a line, however deep. */
function loosened(text: string): string {
  const glued = new RegExp(`[^ ]*${GLUE}[^ ]*`, "g");
  return text.replaceAll(glued, (part) => (part.length > GLUED_MAX ? part.replaceAll(GLUE, " ") : part));
}

/** What went wrong in no step of its own: a deadlock with who waits for whom, a check at the end. */
function endLines(trace: Trace): RowLine[] {
  return unmarked(trace).flatMap((violation) => {
    const text =
      violation.kind === "deadlock" ? "*** DEADLOCK" : `*** ${markOf(violation)} (${whenOf(violation)})`;
    const waits = violation.waits.map(
      (wait): RowLine => ({ kind: "note", text: shorten(clean(wait), 2 * ROW_COLUMNS) }),
    );
    return [{ kind: "mark", text: shorten(text, 2 * ROW_COLUMNS) } as const, ...waits];
  });
}

/** In the window of the race: of a row that is no step, whether the window goes past it. */
export function insideWindow(row: Row, rows: readonly Row[], window: Story["window"]): boolean {
  if (window === null) return false;
  const { opens, closes } = window;
  if (row.step >= 0) return row.step >= opens && row.step <= closes;
  const next = rows.find(({ step, y }) => step >= 0 && y > row.y);
  return next !== undefined && next.step > opens && next.step <= closes;
}
