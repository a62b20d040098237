// The result of ci on a terminal or in a log: the verdict, a line for each race of the file and each scenario,
// then what shows, with its diagram.

import type { Gate } from "../campaign/summary.ts";
import { type CaseOutcome, casesOfGate, distinctProblems } from "./cases.ts";
import { clampWidth } from "./reproduction.ts";
import { VERDICTS } from "./summary.ts";
import { fold, type Line, line, paint, wrap } from "./text.ts";

const TONES: Readonly<Record<CaseOutcome, Line["tone"]>> = {
  passed: "plain",
  failed: "bad",
  unfinished: "doubt",
  stale: "doubt",
  known: "plain",
};

export function renderGate(
  gate: Gate,
  options: { color?: boolean; width?: number | undefined } = {},
): string {
  const width = clampWidth(options.width);
  const report = casesOfGate(gate);
  const lines = wrap(report.headline, width, "", "  ").map((t) => line(t, VERDICTS[gate.verdict].tone));
  lines.push(line(""));
  for (const { outcome, suite, name, said } of report.cases) {
    const text = `${suite} ${name}: ${said}`;
    lines.push(
      ...wrap(text, width, `  ${outcome.padEnd(12)}`, " ".repeat(14)).map((t) => line(t, TONES[outcome])),
    );
  }
  for (const { problem } of distinctProblems(report)) {
    const title = `${problem.known ? "known: " : ""}${problem.title}`;
    lines.push(
      line(""),
      ...wrap(title, width, "", "  ").map((t) => line(t, problem.known ? "plain" : "bad")),
      line(""),
    );
    lines.push(
      ...problem.detail
        .trimEnd()
        .split("\n")
        .map((t) => line(t)),
    );
  }
  return paint(
    lines.flatMap(({ text, tone }) => fold(text, width).map((t) => line(t, tone))),
    options.color === true,
  );
}
