// The result of compare on a terminal or in a mail: for each scenario a table, one row a finding and one
// column a model. Models go by letters, with a legend; where they are too many for the width, the table comes
// in blocks, each with the first model, which the others are compared with. Below it the commands that replay
// each cell, by its coordinates.

import type {
  ComparedScenario,
  Comparison,
  ComparisonCell,
  ComparisonRow,
  Mark,
} from "../campaign/summary.ts";
import { commandLines } from "./evidence.ts";
import { clampWidth } from "./reproduction.ts";
import { VERDICTS } from "./summary.ts";
import { clean, counted, grouped, type Line, line, paint, rateOf, si, type Tone, wrap } from "./text.ts";

export interface ComparisonOptions {
  readonly color?: boolean;
  /** Columns of the terminal; the report uses 72 to 110 of them. */
  readonly width?: number;
}

/** Columns of a cell, with the blank before it: "introduced", "p < 3.0e-5". */
const CELL = 11;
/** What a title needs at least. */
const TITLE_MIN = 26;
const MARKS: readonly Mark[] = ["kept", "cured", "introduced", "unclear"];
const TONES: Readonly<Record<Mark, Tone>> = {
  kept: "bad",
  cured: "good",
  introduced: "bad",
  unclear: "doubt",
};

export function renderComparison(comparison: Comparison, options: ComparisonOptions = {}): string {
  const width = clampWidth(options.width);
  const lines = [...headLines(comparison, width), ...legendLines(comparison, width)];
  let number = 1;
  for (const scenario of comparison.scenarios) {
    lines.push(line(""), ...scenarioLines(scenario, comparison.models.length, number, width));
    number += scenario.rows.length;
  }
  lines.push(...replaysLines(comparison, width), line(""));
  for (const text of explanations(comparison)) lines.push(...prose(text, width, "", "  "));
  return paint(lines, options.color === true);
}

/** A, B, C, ... */
export function letterOf(model: number): string {
  return String.fromCharCode(65 + model);
}

/** The verdict and what it is about: `VIOLATIONS: 2 findings in B fix.c, compared with A bpf-oom/v2`. */
export function headline(comparison: Comparison): string {
  const { verdict, models, scenarios } = comparison;
  const last = models.length - 1;
  const found = scenarios
    .flatMap(({ rows }) => rows)
    .filter((row) => row.cells[last]!.finding !== null).length;
  const named = (model: number) => `${letterOf(model)} ${clean(models[model]!)}`;
  const what = verdict === "violations" ? counted(found, "finding") : "no violation";
  const cut = comparison.interrupted
    ? "; interrupted"
    : verdict === "inconclusive"
      ? "; a run was cut short"
      : "";
  return `${VERDICTS[verdict].words}: ${what} in ${named(last)}, compared with ${named(0)}${cut}`;
}

function headLines(comparison: Comparison, width: number): Line[] {
  return wrap(headline(comparison), width, "", "  ").map((t) => line(t, VERDICTS[comparison.verdict].tone));
}

function legendLines({ models, scenarios }: Comparison, width: number): Line[] {
  const names = models.map(clean);
  const column = Math.min(30, Math.max(...names.map((name) => name.length))) + 2;
  const lines = names.flatMap((name, i) => {
    const sums = i === 0 ? "" : tally(scenarios, i);
    return wrap(`${name.padEnd(column)}${sums}`.trimEnd(), width, `  ${letterOf(i)}  `, "     ");
  });
  return [line(""), ...lines.map((t) => line(t))];
}

/** `1 kept, 2 cured, 0 introduced`; `unclear` only where something is. */
export function tally(scenarios: readonly ComparedScenario[], model: number): string {
  const cells = scenarios.flatMap(({ rows }) => rows.map((row) => row.cells[model]!));
  const amount = (mark: Mark) => cells.filter((cell) => cell.mark === mark).length;
  const shown = MARKS.filter((mark) => mark !== "unclear" || amount(mark) > 0);
  return shown.map((mark) => `${amount(mark)} ${mark}`).join(", ");
}

function scenarioLines(scenario: ComparedScenario, models: number, number: number, width: number): Line[] {
  const lines: Line[] = [];
  for (const [i, block] of blocksOf(models, Math.floor((width - TITLE_MIN) / CELL)).entries()) {
    if (i > 0) lines.push(line(""));
    const room = width - CELL * block.length;
    const head = `scenario ${clean(scenario.scenario)}`;
    lines.push(
      ...tableRow(
        [head],
        block.map((at) => [letterOf(at)]),
        room,
        "strong",
      ),
    );
    const amounts = block.map((at) => [scheduleCell(scenario, at)]);
    lines.push(...tableRow(["  schedules"], amounts, room, "plain"));
    for (const [offset, row] of scenario.rows.entries()) {
      const title = titleLines(`${number + offset}. ${rowTitle(row, scenario.rows)}`, room - 1);
      const cells = block.map((at) => (scenario.runs[at] === null ? ["not run"] : cellLines(row.cells[at]!)));
      lines.push(...tableRow(title, cells, room, toneOf(row, models - 1)));
    }
    if (scenario.rows.length === 0) lines.push(line("  nothing found"));
  }
  return lines;
}

/** [[0, 1, 2, 3], [0, 4, 5, 6], [0, 7]]. */
function blocksOf(models: number, most: number): number[][] {
  const all = Array.from({ length: models }, (_, i) => i);
  if (models <= most) return [all];
  const blocks: number[][] = [];
  for (let at = 1; at < models; at += most - 1) blocks.push([0, ...all.slice(at, at + most - 1)]);
  return blocks;
}

function scheduleCell(scenario: ComparedScenario, model: number): string {
  const run = scenario.runs[model];
  if (run === null || run === undefined) return "not run";
  const exact = grouped(run.schedules);
  return exact.length < CELL ? exact : si(run.schedules);
}

/** Rate per million and mark; that there is none; or in how many none was seen, the mark, and the bound. */
function cellLines(cell: ComparisonCell): string[] {
  const mark = cell.mark === null ? [] : [cell.mark];
  if (cell.finding !== null) return [rateOf(cell.perMillion), ...mark];
  if (cell.proved) return ["none", ...mark, "proved"];
  return [`0 of ${si(cell.exposed)}`, ...mark, ...(cell.bound === null ? [] : [boundOf(cell.bound)])];
}

/** `p < 3.0e-5`. */
export function boundOf(bound: number): string {
  return `p < ${bound.toExponential(1)}`;
}

function tableRow(title: readonly string[], cells: readonly string[][], room: number, tone: Tone): Line[] {
  const height = Math.max(title.length, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, i) => {
    const values = cells.map((cell) => (cell[i] ?? "").padStart(CELL));
    return line(`${(title[i] ?? "").padEnd(room)}${values.join("")}`, tone);
  });
}

/** An identifier that is longer than the column is broken: the full title stands at the replay command. */
function titleLines(text: string, room: number): string[] {
  const short = text.replaceAll(new RegExp(`\\S{${room - 3}}(?=\\S)`, "g"), "$& ");
  return wrap(short, room, "", "   ");
}

/** By what the last model makes of it. */
function toneOf(row: ComparisonRow, last: number): Tone {
  const { mark } = row.cells[last]!;
  return mark === null ? "plain" : TONES[mark];
}

/** By row the commands that replay its cells; a row that another model words differently says so. */
function replaysLines({ scenarios }: Comparison, width: number): Line[] {
  const lines: Line[] = [];
  let number = 0;
  for (const { runs, rows } of scenarios) {
    for (const row of rows) {
      number++;
      lines.push(line(""), ...prose(`${number}. ${rowTitle(row, rows)}`, width, "", "   "));
      for (const [i, { finding }] of row.cells.entries()) {
        const run = runs[i];
        if (finding === null || run === null || run === undefined) continue;
        const title = finding.title === row.title ? "" : `${clean(finding.title)}; `;
        const size = `${counted(finding.preemptions, "preemption")}, ${counted(finding.steps, "step")}`;
        lines.push(...prose(`${letterOf(i)}  ${title}${clean(finding.task)}; ${size}`, width, "  ", "     "));
        lines.push(...commandLines(run.model, finding.scheduleToken, width));
      }
    }
  }
  return lines;
}

/** Rows of one title are told apart by their groups. */
export function rowTitle(row: ComparisonRow, rows: readonly ComparisonRow[]): string {
  const twins = rows.some((other) => other !== row && other.title === row.title);
  return clean(twins ? row.group : row.title);
}

/** What the words and numbers mean, as far as they occur, and what the comparison leaves open. */
export function explanations(comparison: Comparison): string[] {
  const { scenarios, options, leftOut } = comparison;
  const cells = scenarios.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  const drawn = `${clean(String(options.strategy))}, seed ${clean(String(options.seed))}`;
  const texts = [
    cells.some((cell) => cell.finding !== null)
      ? `Rates are schedules of a million that show the finding; drawn by ${drawn}.`
      : `Drawn by ${drawn}.`,
  ];
  if (cells.some((cell) => cell.bound !== null)) {
    texts.push(
      "0 of N: none showed it, of the N that no other violation or limit ended; p: with 95 % confidence a " +
        "schedule shows it with less than that chance (3/N). It is no proof of absence.",
    );
  }
  if (cells.some((cell) => cell.proved)) {
    texts.push("none, proved: every schedule of that scenario was explored, and none shows it.");
  }
  if (cells.some((cell) => cell.finding !== null && cell.count === 0)) {
    texts.push("Where no schedule that was drawn shows a finding, exploring does, and its rate is exact.");
  }
  if (cells.some((cell) => cell.bound !== null && cell.mark !== "unclear")) {
    texts.push(
      "cured, introduced: at the rate of the column that shows it, the other one would have shown it too, " +
        "but for a chance of 1 %.",
    );
  }
  texts.push(...unclearTexts(comparison));
  for (const { scenario, missing } of leftOut) {
    texts.push(`left out: scenario ${clean(scenario)}, which ${missing.map(clean).join(", ")} does not have`);
  }
  for (const { scenario, runs, notes } of scenarios) {
    for (const note of notes) texts.push(`note: ${clean(scenario)}: ${clean(note)}`);
    const said = new Map<string, string[]>();
    for (const [i, run] of runs.entries()) {
      for (const note of run?.notes ?? []) said.set(note, [...(said.get(note) ?? []), letterOf(i)]);
    }
    for (const [note, by] of said) texts.push(`note: ${clean(scenario)}, ${by.join(" ")}: ${clean(note)}`);
  }
  texts.push(
    "Findings are one where kind, function and object class are; nothing is said about code that is not in " +
      "the models, other scenarios, more tasks, or reorderings beyond the memory model sc.",
  );
  return texts;
}

function unclearTexts({ scenarios }: Comparison): string[] {
  let number = 0;
  return scenarios.flatMap(({ rows }) =>
    rows.flatMap((row) => {
      number++;
      return row.cells.flatMap((cell, i) => {
        if (cell.mark !== "unclear" || cell.schedulesNeeded === null) return [];
        const lacking = letterOf(cell.finding !== null ? 0 : i);
        const needed = counted(cell.schedulesNeeded, "schedule");
        return [
          `${number} is unclear in ${letterOf(i)}: ${needed} of ${lacking} without it would settle it.`,
        ];
      });
    }),
  );
}

function prose(text: string, width: number, first: string, rest: string): Line[] {
  return wrap(text, width, first, rest).map((t) => line(t));
}
