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
// columns, those share one that run after each other, each under its own head. Where that does not do either,
// or no column holds the names, each row says whose it is: `[rmdir] statement`.

import type { Trace } from "../campaign/summary.ts";
import { collapse } from "./collapse.ts";
import { type Event, eventsOf, unmarked } from "./events.ts";
import { fitStatement } from "./fit.ts";
import { type Lanes, lanesFor } from "./lanes.ts";
import { clean, counted, GLUE, type Line, line, shorten, WIDTH_MAIL, wrap } from "./text.ts";
import { markOf, whenOf } from "./words.ts";

export interface TraceOptions {
  /** Columns of the whole; 72 for a mail. */
  readonly width?: number;
  /** Leave out what lies far from the action (mail). */
  readonly collapse?: boolean;
}

const MARGIN = 2;
/**
 * Offsets between columns at 72 columns of width, by their number: the first is the usual one, the others
 * give the last column more room where that saves lines.
 */
const PITCHES: Readonly<Record<number, readonly number[]>> = {
  1: [0],
  2: [36, 32, 28],
  3: [23, 20, 18],
  4: [16, 14, 13],
};
/** Statements may run on to the right up to this many columns. */
const RUN_ON = 60;
const LABEL_MAX = 40;

/** The diagram; of a trace without steps only what went wrong. */
export function traceLines(trace: Trace, options: TraceOptions = {}): Line[] {
  const width = options.width ?? WIDTH_MAIL;
  const all = eventsOf(trace);
  if (all.length === 0) return endMarks(trace, width).slice(1);
  const events = options.collapse === true ? collapse(all, trace) : all;
  const acting = trace.tasks.map((_, i) => i).filter((i) => all.some((e) => e.task === i));
  const labels = labelsOf(trace);
  const lines = columns(events, acting, labels, width) ?? oneColumn(events, acting, labels, width);
  lines.push(...endMarks(trace, width), ...idleLines(trace, acting, labels, width));
  if (events.length < all.length) {
    const note = `(${counted(trace.rows.length, "step")}; ... stands for steps far from the violation)`;
    lines.push(line(""), line(`  ${note}`));
  }
  return lines;
}

/**
 * Labels fit to print; where two tasks share one, the letter that the schedule token uses tells them apart.
 */
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

/** The first way to stand side by side that fits; undefined where the tasks or their names do not. */
function columns(
  events: readonly Event[],
  acting: readonly number[],
  labels: readonly string[],
  width: number,
): Line[] | undefined {
  for (const lanes of lanesFor(events, acting)) {
    const lines = columnsOf(lanes, events, labels, width);
    if (lines !== undefined) return lines;
  }
  return undefined;
}

/** The layout with the fewest lines. */
function columnsOf(
  lanes: Lanes,
  events: readonly Event[],
  labels: readonly string[],
  width: number,
): Line[] | undefined {
  let best: Line[] | undefined;
  for (const narrow of PITCHES[lanes.count] ?? []) {
    const pitch = narrow + Math.floor((width - WIDTH_MAIL) / lanes.count);
    const lines = columnsAt(pitch, lanes, events, labels, width);
    if (lines !== undefined && (best === undefined || lines.length < best.length)) best = lines;
  }
  return best;
}

function columnsAt(
  pitch: number,
  { count, laneOf }: Lanes,
  events: readonly Event[],
  labels: readonly string[],
  width: number,
): Line[] | undefined {
  const last = count - 1;
  const offsets = Array.from({ length: count }, (_, lane) => MARGIN + lane * pitch);
  const own = offsets.map((offset, lane) => (lane === last ? width - offset : pitch - 2));
  // Who stands in each column: at first the one that comes there first.
  const occupants = offsets.map((_, lane) => [...laneOf].find(([, l]) => l === lane)![0]);
  const lines = headLines(
    occupants.map((task) => labels[task]!),
    offsets,
    own,
    width,
  );
  if (lines === undefined) return undefined;
  for (const event of events) {
    const lane = laneOf.get(event.task)!;
    const start = " ".repeat(offsets[lane]!);
    if (occupants[lane] !== event.task) {
      occupants[lane] = event.task;
      const head = fitStatement(labels[event.task]!, 0, own[lane]!);
      if (head.broken) return undefined;
      for (const text of head.lines) lines.push(line(start + text.trim(), "strong"));
      lines.push(line(`${start}----`, "faint"));
    }
    const room = Math.max(own[lane]!, Math.min(RUN_ON, width - offsets[lane]!));
    const indent = Math.min(event.depth, last > 1 ? 3 : 4) * 2;
    const fitted = fitStatement(event.text, indent, room);
    if (fitted.broken && last > 0) return undefined;
    for (const text of fitted.lines) lines.push(line(start + text, toneOf(event)));
  }
  return lines;
}

/** Labels over rules; where one is wider than its column, each label gets lines of its own. */
function headLines(
  labels: readonly string[],
  offsets: readonly number[],
  own: readonly number[],
  width: number,
): Line[] | undefined {
  const beside = labels.map((label, i) => fitStatement(label, 0, own[i]!));
  const lines: Line[] = [];
  if (beside.every((f) => !f.broken && f.lines.length <= 2)) {
    const height = Math.max(...beside.map((f) => f.lines.length));
    for (let k = 0; k < height; k++) {
      // Bottom-aligned, so that every label stands on its rule.
      const cells = beside.map((f) => (f.lines[f.lines.length - height + k] ?? "").trim());
      lines.push(line(spread(cells, offsets), "strong"));
    }
  } else {
    for (const [i, label] of labels.entries()) {
      const fitted = fitStatement(label, 0, width - offsets[i]!);
      if (fitted.broken && labels.length > 1) return undefined;
      for (const text of fitted.lines) lines.push(line(" ".repeat(offsets[i]!) + text.trim(), "strong"));
    }
  }
  const rules = labels.map(() => "----");
  lines.push(line(spread(rules, offsets), "faint"));
  return lines;
}

function spread(cells: readonly string[], offsets: readonly number[]): string {
  let text = "";
  for (const [i, cell] of cells.entries()) text = text.padEnd(offsets[i]!) + cell;
  return text.trimEnd();
}

/** Threads that the schedule does without: a reader need not look for them. */
function idleLines(
  trace: Trace,
  acting: readonly number[],
  labels: readonly string[],
  width: number,
): Line[] {
  const idle = trace.tasks.flatMap((task, i) => {
    return task.kind === "thread" && !acting.includes(i) ? [labels[i]!.replaceAll(" ", GLUE)] : [];
  });
  if (idle.length === 0) return [];
  const note = wrap(`(no step of: ${idle.join(", ")})`, width, "  ", "   ");
  return [line(""), ...note.map((text) => line(text))];
}

function oneColumn(
  events: readonly Event[],
  acting: readonly number[],
  labels: readonly string[],
  width: number,
): Line[] {
  const tags = new Map(acting.map((task) => [task, `[${shorten(labels[task]!, 24)}]`]));
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
function endMarks(trace: Trace, width: number): Line[] {
  const lines: Line[] = [];
  for (const violation of unmarked(trace)) {
    const text =
      violation.kind === "deadlock" ? "*** DEADLOCK ***" : `*** ${markOf(violation)} (${whenOf(violation)})`;
    lines.push(line(""), line(`   ${shorten(text, width - 4)}`, "bad"));
  }
  return lines;
}
