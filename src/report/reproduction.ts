// The report of a replay: on a terminal, step by step, or as JSON; mail.ts makes a mail of it. One run only:
// how often a finding occurs is the business of a campaign's summary.

import type { Reproduction, SourcePlace, Trace, TraceRow } from "../campaign/summary.ts";
import { effectOf } from "./events.ts";
import { entry, evidenceLines, replayLines } from "./evidence.ts";
import { renderReproductionJson } from "./json.ts";
import { necessityLines } from "./necessity.ts";
import { clean, counted, type Line, line, paint, shorten, WIDTH_MAIL, wrap } from "./text.ts";
import { labelsOf, slotLetter, traceLines } from "./trace.ts";
import { markOf } from "./words.ts";

export type ReproductionFormat = "text" | "steps" | "json";

export interface ReproductionOptions {
  readonly format?: ReproductionFormat;
  /** Ignored by json. */
  readonly color?: boolean;
  /** Columns of the text format. */
  readonly width?: number;
}

export function renderReproduction(r: Reproduction, options: ReproductionOptions = {}): string {
  const format = options.format ?? "text";
  switch (format) {
    case "json":
      return renderReproductionJson(r);
    case "steps":
      return paint([...verdictLines(r, 100), line(""), ...stepLines(r.trace)], options.color === true);
    case "text": {
      const width = clampWidth(options.width);
      const lines = [...verdictLines(r, width), line(""), ...bodyLines(r, width)];
      return paint(lines, options.color === true);
    }
  }
}

/** Reports are made for 72 columns; a wider terminal gives the diagram more room, up to 110. */
export function clampWidth(width: number | undefined): number {
  return Math.max(WIDTH_MAIL, Math.min(width ?? WIDTH_MAIL, 110));
}

/** Diagram and evidence; a mail says what it leaves open before its last lines, and leaves out far steps. */
export function bodyLines(r: Reproduction, width: number, open?: readonly Line[]): Line[] {
  const lines = traceLines(r.trace, { width, collapse: open !== undefined });
  const diagram = lines.length;
  if (diagram > 0) lines.push(line(""));
  const { model, version, trace, token } = r;
  lines.push(...evidenceLines({ model, version, trace, token, drawnBy: drawnBy(token) }, width));
  if (r.necessity !== undefined) lines.push(...necessityLines(r.necessity, width));
  for (const note of r.notes) {
    lines.push(...entry("note", clean(note), width));
  }
  lines.push(...(open ?? []));
  lines.push(line(""), ...replayLines(r.model, r.token, width));
  return lines;
}

function verdictLines(r: Reproduction, width: number): Line[] {
  const tone = r.verdict === "REPRODUCED" ? "bad" : r.verdict === "DIVERGED" ? "doubt" : "strong";
  const verdict = wrap(verdictText(r), width, "", "  ").map((t) => line(t, tone));
  const more = r.trace.violations.slice(1);
  return [
    ...verdict,
    ...more.flatMap((v) => wrap(`and ${clean(v.title)}`, width, "  ", "    ").map((t) => line(t, tone))),
  ];
}

export function verdictText(r: Reproduction): string {
  if (r.divergence !== null) {
    const { step, expected, found } = r.divergence;
    return `DIVERGED at step ${step}: expected ${clean(expected)}, found ${clean(found)}`;
  }
  const [first] = r.trace.violations;
  if (first !== undefined) return `${r.verdict}: ${clean(first.title)}`;
  if (r.verdict === "NOT REPRODUCED") {
    return `NOT REPRODUCED: no violation in the whole schedule (${counted(r.trace.steps, "step")})`;
  }
  return r.verdict;
}

/** One line a step: number, letter and label of the task, place, statement, what it did, what went wrong. */
function stepLines(trace: Trace): Line[] {
  const labels = labelsOf(trace);
  const rows = trace.rows.map((row) => stepCells(row, trace, labels));
  const widths = [0, 1, 2].map((i) => Math.max(0, ...rows.map((cells) => cells[i]!.length)));
  const lines: Line[] = rows.map((cells, i) => {
    const [number, task, where, text] = cells as [string, string, string, string];
    const columns = [number.padStart(widths[0]!), task.padEnd(widths[1]!), where.padEnd(widths[2]!)];
    const head = `  ${columns.join("  ")}  `;
    return line(head + text, trace.rows[i]!.violations.length > 0 ? "bad" : "plain");
  });
  const marked = new Set(trace.rows.flatMap((r) => [...r.violations]));
  for (const [i, violation] of trace.violations.entries()) {
    if (marked.has(i)) continue;
    lines.push(line(`  *** ${markOf(violation)}`, "bad"));
    for (const wait of violation.waits) lines.push(line(`      ${clean(wait)}`));
  }
  return lines;
}

function stepCells(row: TraceRow, trace: Trace, labels: readonly string[]): string[] {
  const task = trace.tasks[row.task];
  const letter = task === undefined ? "?" : slotLetter(task.slot);
  const marks = row.violations.map((v) => trace.violations[v]).filter((v) => v !== undefined);
  const text = [clean(row.text), effectOf(row), ...marks.map((v) => `*** ${markOf(v)}`)];
  return [
    String(row.step),
    `${letter} ${shorten(labels[row.task] ?? "", 24)}`,
    placeText(row.place),
    text.filter((part) => part !== "").join("  "),
  ];
}

function placeText(place: SourcePlace): string {
  return `${clean(place.file)}:${place.line} ${clean(place.function)}()`;
}

/** A seed token says how its schedule was drawn: `rp1:<hash>:<strategy>:<seed>:<number>`. */
function drawnBy(token: string): string {
  const parts = token.split(":");
  if (parts[0] !== "rp1" || parts.length < 5) return "";
  const strategy = clean(parts.slice(2, -2).join(":"));
  return `${strategy}, seed ${clean(parts.at(-2)!)}, schedule ${clean(parts.at(-1)!)}`;
}
