// The result of ci as cases, and on a terminal or in a log: the verdict, a line for each race of the file and
// each scenario, then what is new, with its diagram.

import type { Gate, GateReplay } from "../campaign/summary.ts";
import { type Case, type CaseOutcome, type Cases, caseOf, distinctProblems, type Problem } from "./cases.ts";
import { replayCommand, replayLines, scenarioName } from "./evidence.ts";
import { clampWidth } from "./reproduction.ts";
import { groupsOf, VERDICTS } from "./summary.ts";
import { clean, counted, fold, type Line, line, paint, WIDTH_MAIL, wrap } from "./text.ts";
import { traceLines } from "./trace.ts";

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
  if (gate.scenarios.length > 0) lines.push(line(`  seed: ${clean(String(gate.options.seed))}`, "faint"));
  // What is known has its line above, and was looked at when it was put into the file.
  for (const { problem } of distinctProblems(report).filter((found) => !found.problem.known)) {
    lines.push(line(""), ...wrap(problem.title, width, "", "  ").map((t) => line(t, "bad")), line(""));
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

export function casesOfGate(gate: Gate): Cases {
  const { command, version, verdict, elapsedMs, replays, scenarios } = gate;
  const cases = [...replays.map((replay) => replayCase(gate.file, replay)), ...scenarios.map(caseOf)];
  return { command, version, headline: gateHeadline(gate), verdict, seconds: elapsedMs / 1000, cases };
}

/** `VIOLATIONS: 1 of 3 races is back, 2 new findings in 1 of 4 scenarios; races.txt`. */
function gateHeadline({ verdict, replays, scenarios, file, interrupted }: Gate): string {
  const back = replays.filter((r) => r.verdict === "REPRODUCED" && !r.known).length;
  const stale = replays.filter((r) => r.verdict === "STALE" || r.verdict === "DIVERGED").length;
  const known = replays.filter((r) => r.verdict === "REPRODUCED" && r.known).length;
  const fresh = scenarios.flatMap((one) =>
    groupsOf(one).filter(({ shown }) => !one.known.includes(shown.key)),
  ).length;
  const proved = scenarios.filter((one) => one.verdict === "proved").length;
  const parts = [
    `${back} of ${counted(replays.length, "race")} ${back === 1 || replays.length === 1 ? "shows" : "show"}`,
    known === 0 ? "" : `${known} known`,
    stale === 0 ? "" : `${stale} stale`,
    scenarios.length === 0
      ? ""
      : `${counted(fresh, "new finding")} in ${counted(scenarios.length, "scenario")}`,
    proved === 0 ? "" : `${proved} proved`,
    interrupted ? "interrupted" : "",
  ];
  return `${VERDICTS[verdict].words}: ${parts.filter((part) => part !== "").join(", ")}; ${clean(file)}`;
}

function replayCase(file: string, replay: GateReplay): Case {
  const { model, token, verdict, known, trace } = replay;
  const at = `${clean(file)}:${replay.line}`;
  const [violation] = trace?.violations ?? [];
  const shows = verdict === "REPRODUCED" && violation !== undefined && trace !== null;
  const problem = (): Problem => {
    const { kind, key, place, title } = violation!;
    const diagram = traceLines(trace!, { collapse: true });
    return {
      kind,
      title: clean(title) || kind,
      group: key,
      file: place.file,
      line: place.line,
      function: place.function,
      known,
      mark: null,
      seen: `${at} replays it`,
      replay: replayCommand(model, token),
      detail: paint([...diagram, line(""), ...replayLines(model, token, WIDTH_MAIL)], false),
      trace,
    };
  };
  return {
    suite: clean(model.name),
    name: `${at} ${scenarioName(model.scenario)}`,
    outcome: shows ? (known ? "known" : "failed") : verdict === "NOT REPRODUCED" ? "passed" : "stale",
    said: shows ? `${verdict}: ${clean(violation.title)}` : (replay.reason ?? replaySaid(replay)),
    seconds: 0,
    problems: shows ? [problem()] : [],
    notes: [],
  };
}

function replaySaid({ verdict, known }: GateReplay): string {
  if (verdict !== "NOT REPRODUCED") return verdict;
  return known ? "no longer shown: the line need not say known any more" : "not shown";
}
