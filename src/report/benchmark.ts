// The results of `bench run` and `bench compare` on a terminal or in a mail.

import { quantile } from "../base/quantile.ts";
import type {
  BenchComparison,
  BenchDifference,
  BenchEnvironment,
  Benchmark,
  BenchVerdict,
  Contender,
  TimeToFinding,
} from "../campaign/summary.ts";
import { clampWidth } from "./reproduction.ts";
import { clean, counted, type Line, line, paint, si, type Tone, wrap } from "./text.ts";

export interface BenchmarkOptions {
  readonly color?: boolean;
  readonly width?: number;
}

export function renderBenchmark(result: Benchmark, options: BenchmarkOptions = {}): string {
  const width = clampWidth(options.width);
  const { rounds, seconds, seeds, schedules } = result.options;
  const lines = [
    ...wrap(`raceproof ${result.version} bench, ${environmentText(result.environment)}`, width, "", "  ").map(
      (text) => line(text, "strong"),
    ),
  ];
  if (!result.complete) lines.push(line("interrupted: rows are short or missing", "doubt"));
  for (const about of programsOf(result)) {
    const throughput = result.throughput.filter((row) => sameProgram(row, about));
    const findings = result.findings.filter((row) => sameProgram(row, about));
    lines.push(line(""), line(programText(about), "strong"));
    if (throughput.length > 0) {
      lines.push(
        line(`  ${counted(rounds, "round")} of ${seconds} s each, in turns; median and range`),
        line(""),
        columnsLine("  engine  strategy   -j", ["schedules/s", "from", "to", "steps/s"]),
      );
      for (const row of throughput)
        lines.push(throughputLine(row, row.schedulesPerSecond, row.stepsPerSecond));
    }
    if (findings.length > 0) {
      lines.push(
        line(""),
        ...wrap(
          `to a finding, over ${counted(seeds, "seed")}, each given up after ${si(schedules)} schedules; ` +
            "median and quartiles of schedules, median of seconds",
          width,
          "  ",
        ).map((text) => line(text)),
      );
    }
    for (const group of new Set(findings.map((row) => row.group))) {
      const rows = findings.filter((row) => row.group === group);
      lines.push(line(""), ...wrap(clean(rows[0]!.title), width, "  ", "    ").map((text) => line(text)));
      lines.push(columnsLine("  engine  strategy   -j", ["schedules", "from", "to", "seconds", "never"]));
      for (const row of rows) lines.push(findingLine(row));
    }
  }
  return paint(lines, options.color === true);
}

function environmentText({ node, cpu, cores, platform }: BenchEnvironment): string {
  return `Node ${clean(node)}, ${platform}, ${counted(cores, "core")} of ${clean(cpu)}`;
}

function programsOf(result: Benchmark): Contender[] {
  const seen = new Map<string, Contender>();
  for (const row of [...result.throughput, ...result.findings]) {
    const key = programText(row);
    if (!seen.has(key)) seen.set(key, row);
  }
  return [...seen.values()];
}

function sameProgram(a: Contender, b: Contender): boolean {
  return programText(a) === programText(b);
}

function programText({ model, scenario, hash }: Contender): string {
  return `${clean(model)} ${clean(scenario)} (program ${hash})`;
}

const NAME = 24;
const CELL = 10;

function columnsLine(name: string, cells: readonly string[]): Line {
  return line(
    name.padEnd(NAME) + cells.map((cell) => cell.padStart(CELL + (cell === cells[0] ? 1 : -1))).join(""),
  );
}

function contenderText({
  engine,
  strategy,
  workers,
}: Pick<Contender, "engine" | "strategy" | "workers">): string {
  return `  ${engine.padEnd(7)} ${strategy.padEnd(10)} ${String(workers).padStart(2)}`;
}

function throughputLine(row: Contender, schedules: readonly number[], steps: readonly number[]): Line {
  if (schedules.length === 0) return line(`${contenderText(row)}  not measured`, "doubt");
  const cells = [quantile(schedules, 0.5), Math.min(...schedules), Math.max(...schedules)];
  return columnsLine(contenderText(row), [...cells, quantile(steps, 0.5)].map(si));
}

function findingLine(row: TimeToFinding): Line {
  const never = row.schedules.filter((value) => value === null).length;
  const schedules = row.schedules.map((value) => value ?? Number.POSITIVE_INFINITY);
  const seconds = row.seconds.map((value) => value ?? Number.POSITIVE_INFINITY);
  const cells = [0.5, 0.25, 0.75].map((share) => amount(quantile(schedules, share), si));
  const text = amount(quantile(seconds, 0.5), (value) => value.toPrecision(3));
  return columnsLine(contenderText(row), [
    ...cells,
    text,
    never === 0 ? "" : `${never}/${row.schedules.length}`,
  ]);
}

/** Censored: longer than was looked. */
function amount(value: number, show: (value: number) => string): string {
  return Number.isFinite(value) ? show(value) : "over";
}

const TONES: Readonly<Record<BenchVerdict, Tone>> = { better: "good", worse: "bad", noise: "plain" };

export function renderBenchComparison(comparison: BenchComparison, options: BenchmarkOptions = {}): string {
  const width = clampWidth(options.width);
  const { differences, significance, notes } = comparison;
  const count = (verdict: BenchVerdict) => differences.filter((d) => d.verdict === verdict).length;
  const lines = [
    line(`${count("better")} better, ${count("worse")} worse, ${count("noise")} within noise`, "strong"),
  ];
  let above = "";
  for (const difference of differences) {
    const about = `${clean(difference.model)} ${clean(difference.scenario)}`;
    const head = difference.title === "" ? about : `${about}: ${clean(difference.title)}`;
    if (head !== above)
      lines.push(line(""), ...wrap(head, width, "", "  ").map((text) => line(text, "strong")));
    above = head;
    lines.push(differenceLine(difference));
  }
  const meaning =
    `Noise: a two-sided rank test (Mann-Whitney) of the runs does not tell the two apart; all rows ` +
    `together would show a difference that is none in ${100 * significance} of 100 such comparisons.`;
  lines.push(line(""), ...wrap(meaning, width).map((text) => line(text)));
  for (const note of notes) lines.push(...wrap(`note: ${clean(note)}`, width, "", "  ").map((t) => line(t)));
  return paint(lines, options.color === true);
}

function differenceLine(d: BenchDifference): Line {
  const value = (n: number | null) =>
    n === null ? "over" : d.what === "seconds to" ? n.toPrecision(3) : si(n);
  const ratio = d.before === null || d.after === null ? "" : `x ${(d.after / d.before).toPrecision(3)}`;
  const p = d.p < 0.001 ? "p < 0.001" : `p ${d.p.toFixed(3)}`;
  const cells = [
    value(d.before).padStart(8),
    "->",
    value(d.after).padStart(8),
    ratio.padStart(8),
    p.padStart(10),
  ];
  return line(`${contenderText(d)}  ${d.what.padEnd(12)} ${cells.join(" ")}  ${d.verdict}`, TONES[d.verdict]);
}
