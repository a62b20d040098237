// The diagram of a race as kernel commit messages draw it (maintainer-tip handbook): one column a task, time
// downwards, one statement a row, what went wrong on a line of its own under it. 72 columns unless asked
// otherwise, plain ASCII, every line indented: it survives `git am` and four levels of quoting.
//
//       close(link)                         rmdir
//       ----                                ----
//       bpf_oom_ops_unreg()
//         memcg = lookup(id) = &memcg
//                                           WRITE_ONCE(memcg->bpf_oom, NULL)
//         WARN_ON(READ_ONCE(memcg->bpf_oom) != ops)
//         *** WARN
//
// A statement may run on under the head of the next column: it alone has the row. With more tasks than
// columns fit, or with names that no column holds, each row says whose it is instead: `[rmdir] statement`.

import type { Trace } from "../campaign/summary.ts";
import { collapse } from "./collapse.ts";
import { type Event, eventsOf, unmarked } from "./events.ts";
import { fitStatement } from "./fit.ts";
import { clean, counted, type Line, line, shorten, WIDTH_MAIL } from "./text.ts";
import { markOf } from "./words.ts";

export interface TraceOptions {
  /** Columns of the whole; 72 for a mail. */
  readonly width?: number;
  /** Leave out what lies far from the action (mail). */
  readonly collapse?: boolean;
}

const MARGIN = 2;
/** Offset between columns at 72 columns of width, by number of tasks. */
const PITCH: Readonly<Record<number, number>> = { 1: 0, 2: 36, 3: 23, 4: 16 };
const COLUMNS_MAX = 4;
/** Statements may run on to the right up to this many columns. */
const RUN_ON = 48;
const LABEL_LINES_MAX = 3;
const LABEL_MAX = 40;

/** The diagram; empty for a trace without steps. */
export function traceLines(trace: Trace, options: TraceOptions = {}): Line[] {
  const width = options.width ?? WIDTH_MAIL;
  const all = eventsOf(trace);
  if (all.length === 0) return endMarks(trace);
  const events = options.collapse === true ? collapse(all, trace) : all;
  const acting = trace.tasks.map((_, i) => i).filter((i) => all.some((e) => e.task === i));
  const labels = labelsOf(trace);
  const lines = columns(events, acting, labels, width) ?? oneColumn(events, acting, labels, width);
  lines.push(...endMarks(trace));
  if (events.length < all.length) {
    const note = `(${counted(trace.rows.length, "step")}; ... stands for steps far from the violation)`;
    lines.push(line(""), line(`  ${note}`));
  }
  return lines;
}

/** Labels fit to print; where two tasks share one, the letter that the schedule token uses tells them apart. */
export function labelsOf(trace: Trace): string[] {
  const labels = trace.tasks.map((t) => shorten(clean(t.label), LABEL_MAX) || "(task)");
  return labels.map((label, i) => {
    const shared = labels.some((other, j) => j !== i && other === label);
    return shared ? `${label} (${slotLetter(trace.tasks[i]!.slot)})` : label;
  });
}

/** The letter of a slot in schedule tokens. */
export function slotLetter(slot: number): string {
  return String.fromCharCode("a".charCodeAt(0) + slot);
}

/** Undefined where the tasks or their names do not fit side by side. */
function columns(
  events: readonly Event[],
  acting: readonly number[],
  labels: readonly string[],
  width: number,
): Line[] | undefined {
  const count = acting.length;
  if (count > COLUMNS_MAX) return undefined;
  const pitch = PITCH[count]! + Math.floor((width - WIDTH_MAIL) / count);
  if (count > 1 && pitch < PITCH[COLUMNS_MAX]!) return undefined;
  const offsets = acting.map((_, i) => MARGIN + i * pitch);
  const room = offsets.map((offset, i) => {
    const own = i === count - 1 ? width - offset : pitch - 2;
    return Math.max(own, Math.min(RUN_ON, width - offset));
  });
  const own = offsets.map((offset, i) => (i === count - 1 ? width - offset : pitch - 2));
  const heads = acting.map((task, i) => labelLines(labels[task]!, own[i]!));
  if (heads.includes(undefined)) return undefined;
  const lines = headLines(heads as string[][], offsets);
  for (const event of events) {
    const i = acting.indexOf(event.task);
    const indent = Math.min(event.depth, count > 2 ? 2 : 3) * 2;
    const fitted = fitStatement(event.text, indent, room[i]!);
    if (fitted.broken && count > 1) return undefined;
    for (const text of fitted.lines) lines.push(line(" ".repeat(offsets[i]!) + text, toneOf(event)));
  }
  return lines;
}

function headLines(heads: readonly (readonly string[])[], offsets: readonly number[]): Line[] {
  const height = Math.max(...heads.map((h) => h.length));
  const lines: Line[] = [];
  for (let k = 0; k < height; k++) {
    // Bottom-aligned, so that every label stands on its rule.
    const cells = heads.map((h) => h[h.length - height + k] ?? "");
    lines.push(line(spread(cells, offsets), "strong"));
  }
  lines.push(
    line(
      spread(
        heads.map(() => "----"),
        offsets,
      ),
      "faint",
    ),
  );
  return lines;
}

function spread(cells: readonly string[], offsets: readonly number[]): string {
  let text = "";
  for (const [i, cell] of cells.entries()) text = text.padEnd(offsets[i]!) + cell;
  return text.trimEnd();
}

/** A label in at most three lines; undefined where a word of it does not fit. */
function labelLines(label: string, room: number): string[] | undefined {
  const fitted = fitStatement(label, 0, room);
  if (fitted.broken) return undefined;
  return fitted.lines.slice(0, LABEL_LINES_MAX).map((l) => l.trim());
}

function oneColumn(
  events: readonly Event[],
  acting: readonly number[],
  labels: readonly string[],
  width: number,
): Line[] {
  const tags = new Map(acting.map((task) => [task, `[${shorten(labels[task]!, 20)}]`]));
  const gutter = Math.max(...[...tags.values()].map((tag) => tag.length)) + 1;
  const lines: Line[] = [];
  for (const event of events) {
    const tag = tags.get(event.task)!.padEnd(gutter);
    const fitted = fitStatement(event.text, Math.min(event.depth, 3) * 2, width - MARGIN - gutter);
    for (const [k, text] of fitted.lines.entries()) {
      lines.push(line(" ".repeat(MARGIN) + (k === 0 ? tag : " ".repeat(gutter)) + text, toneOf(event)));
    }
  }
  return lines;
}

function toneOf(event: Event): Line["tone"] {
  if (event.kind === "mark") return "bad";
  if (event.kind === "wait") return "doubt";
  return event.kind === "gap" ? "faint" : "plain";
}

/** What went wrong in no step of its own: a deadlock in lockdep's words, a check at the end. */
function endMarks(trace: Trace): Line[] {
  const lines: Line[] = [];
  for (const violation of unmarked(trace)) {
    const text = violation.kind === "deadlock" ? "*** DEADLOCK ***" : `*** ${markOf(violation)} (at the end)`;
    lines.push(line(""), line(`   ${shorten(text, WIDTH_MAIL - 4)}`, "bad"));
  }
  return lines;
}
