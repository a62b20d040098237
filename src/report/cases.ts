// What a pipeline counts: cases that pass or fail, each with the problems that it showed. One shape, from
// which the formats of test runners and code hosts are made, whichever command ran.

import type {
  Check,
  CheckedScenario,
  ComparedScenario,
  Comparison,
  Finding,
  Gate,
  GateReplay,
  GateScenario,
  Mark,
  Summary,
  Trace,
  Verdict,
  ViolationKind,
} from "../campaign/summary.ts";
import { checkHeadline, outcomeOf, shareFindings } from "./check.ts";
import { headline } from "./comparison.ts";
import { replayCommand, replayLines, scenarioName } from "./evidence.ts";
import { findingLines, groupsOf, headlineOf, VERDICTS } from "./summary.ts";
import { clean, counted, grouped, line, paint, rateOf, WIDTH_MAIL } from "./text.ts";
import { traceLines } from "./trace.ts";

/**
 * `unfinished` is neither: a limit or Ctrl-C came first. `stale`: its token fits no program any more. `known`:
 * it fails, and the file says that it may.
 */
export type CaseOutcome = "passed" | "failed" | "unfinished" | "stale" | "known";

export interface Case {
  /** The model. */
  readonly suite: string;
  readonly name: string;
  readonly outcome: CaseOutcome;
  /** One line. */
  readonly said: string;
  readonly seconds: number;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** One finding of one case: what is annotated. */
export interface Problem {
  readonly kind: ViolationKind;
  readonly title: string;
  /** Coarser than its dedupe key. */
  readonly group: string;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly known: boolean;
  /** Of compare: how it stands against the first model. */
  readonly mark: Mark | null;
  /** How often it was seen; "" where that is not known. */
  readonly seen: string;
  readonly replay: string;
  /** Lines of at most 72 columns: diagram and evidence. */
  readonly detail: string;
  /** Null where the case does not carry it. */
  readonly trace: Trace | null;
}

/** Everything that one command came to. */
export interface Cases {
  readonly command: string;
  readonly version: string;
  /** One line. */
  readonly headline: string;
  readonly verdict: Verdict;
  readonly seconds: number;
  readonly cases: readonly Case[];
}

const OUTCOMES: Readonly<Record<Verdict, CaseOutcome>> = {
  violations: "failed",
  "none-found": "passed",
  proved: "passed",
  inconclusive: "unfinished",
};

export function casesOfSummary(summary: Summary): Cases {
  const { command, version, verdict, elapsedMs } = summary;
  const complete = summary.endedBy === "complete";
  const one = caseOf({ ...summary, notProved: complete ? null : "" });
  return {
    command,
    version,
    headline: headlineOf(summary),
    verdict,
    seconds: elapsedMs / 1000,
    cases: [one],
  };
}

export function casesOfCheck(check: Check): Cases {
  const { command, version, verdict, elapsedMs, notRun } = check;
  const found = shareFindings(check.scenarios).size;
  const cases = [...check.scenarios.map(caseOf), ...notRun.map((name) => notRunCase(check.model, name))];
  const seconds = elapsedMs / 1000;
  return { command, version, headline: checkHeadline(check, found), verdict, seconds, cases };
}

function notRunCase(model: string, scenario: string): Case {
  return {
    suite: clean(model),
    name: scenarioName(scenario),
    outcome: "unfinished",
    said: "not looked at: interrupted before",
    seconds: 0,
    problems: [],
    notes: [],
  };
}

function caseOf(one: CheckedScenario | GateScenario): Case {
  const known = "known" in one ? one.known : [];
  const problems = groupsOf(one).map(({ shown }) => problemOf(one, shown, known.includes(shown.key)));
  const fails = problems.some((problem) => !problem.known);
  const outcome = one.verdict === "violations" && !fails ? "known" : OUTCOMES[one.verdict];
  return {
    suite: clean(one.model.name),
    name: scenarioName(one.model.scenario),
    outcome,
    said: outcomeOf(one, counted(problems.length, "finding")),
    seconds: one.elapsedMs / 1000,
    problems,
    notes: one.notes.map(clean),
  };
}

function problemOf(summary: Summary, finding: Finding, known: boolean): Problem {
  const { kind, group, file, line, trace, count, perMillion } = finding;
  const share = `seen in ${grouped(count)} of ${counted(summary.schedules, "schedule")}`;
  return {
    kind,
    title: clean(finding.title) || kind,
    group,
    file,
    line,
    function: finding.function,
    known,
    mark: null,
    seen: summary.schedules > 0 ? `${share} (${rateOf(perMillion)} per million)` : "found by exploring",
    replay: replayCommand(summary.model, finding.scheduleToken),
    detail: paint(findingLines(summary, finding, WIDTH_MAIL, []), false),
    trace,
  };
}

// ---------------------------------------------------------------- compare

/** A case for each scenario, about the last model. */
export function casesOfComparison(comparison: Comparison): Cases {
  const { command, version, verdict, models } = comparison;
  const suite = clean(models.at(-1)!);
  const cases = comparison.scenarios.map((scenario) => comparedCase(suite, scenario));
  return { command, version, headline: headline(comparison), verdict, seconds: 0, cases };
}

function comparedCase(suite: string, scenario: ComparedScenario): Case {
  const cut = scenario.runs.some((run) => run === null || run.verdict === "inconclusive");
  const run = scenario.runs.at(-1);
  const problems = scenario.rows.flatMap((row): Problem[] => {
    const { finding, mark, perMillion } = row.cells.at(-1)!;
    if (finding === null || run === null || run === undefined) return [];
    const { file, line: at, scheduleToken } = finding;
    const title = clean(finding.title) || row.kind;
    const seen = `${rateOf(perMillion)} per million schedules`;
    const replay = replayCommand(run.model, scheduleToken);
    const head = [line(`  ${mark ?? "found"}, ${seen}`), line("")];
    const detail = paint([...head, ...replayLines(run.model, scheduleToken, WIDTH_MAIL)], false);
    const { kind, group, function: name } = row;
    return [
      {
        kind,
        title,
        group,
        file,
        line: at,
        function: name,
        known: false,
        mark,
        seen,
        replay,
        detail,
        trace: null,
      },
    ];
  });
  const cured = scenario.rows.filter((row) => row.cells.at(-1)!.mark === "cured").length;
  const marks = problems.map(({ mark }) => mark ?? "found");
  return {
    suite,
    name: scenarioName(scenario.scenario),
    outcome: problems.length > 0 ? "failed" : cut ? "unfinished" : "passed",
    said: [
      ...(marks.length === 0 ? ["nothing found"] : marks),
      ...(cured > 0 ? [`${cured} cured`] : []),
    ].join(", "),
    seconds: 0,
    problems,
    notes: scenario.notes.map(clean),
  };
}

// ---------------------------------------------------------------- ci

export function casesOfGate(gate: Gate): Cases {
  const { command, version, verdict, elapsedMs, replays, scenarios } = gate;
  const cases = [...replays.map((replay) => replayCase(gate.file, replay)), ...scenarios.map(caseOf)];
  return { command, version, headline: gateHeadline(gate), verdict, seconds: elapsedMs / 1000, cases };
}

/** `VIOLATIONS: 1 of 3 races is back, 2 new findings in 1 of 4 scenarios; races.txt`. */
export function gateHeadline({ verdict, replays, scenarios, file, interrupted }: Gate): string {
  const back = replays.filter((r) => r.verdict === "REPRODUCED" && !r.known).length;
  const stale = replays.filter((r) => r.verdict === "STALE" || r.verdict === "DIVERGED").length;
  const known = replays.filter((r) => r.verdict === "REPRODUCED" && r.known).length;
  const fresh = scenarios.flatMap((one) =>
    groupsOf(one).filter(({ shown }) => !one.known.includes(shown.key)),
  ).length;
  const proved = scenarios.filter((one) => one.verdict === "proved").length;
  const parts = [
    `${back} of ${counted(replays.length, "race")} ${back === 1 ? "shows" : "show"}`,
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

/** The same with the paths under which a code host knows the files. */
export function withPaths(report: Cases, pathOf: (file: string) => string): Cases {
  const traceOf = (trace: Trace): Trace => ({
    ...trace,
    rows: trace.rows.map((row) => ({ ...row, place: { ...row.place, file: pathOf(row.place.file) } })),
  });
  const problemOf = (problem: Problem): Problem => {
    const trace = problem.trace === null ? null : traceOf(problem.trace);
    return { ...problem, file: pathOf(problem.file), trace };
  };
  const cases = report.cases.map((one) => ({ ...one, problems: one.problems.map(problemOf) }));
  return { ...report, cases };
}

/** Each problem once, as the case that says most of it shows it; those that fail come first. */
export function distinctProblems({
  cases,
}: Cases): { readonly problem: Problem; readonly by: readonly Case[] }[] {
  const found = new Map<string, { problem: Problem; by: Case[] }>();
  for (const one of cases) {
    for (const problem of one.problems) {
      const { kind, title, file, line, known: may } = problem;
      const key = [kind, title, file, line, may].join("\n");
      const known = found.get(key);
      if (known === undefined) found.set(key, { problem, by: [one] });
      else {
        known.by.push(one);
        if (problem.detail.length > known.problem.detail.length) known.problem = problem;
      }
    }
  }
  return [...found.values()].sort((a, b) => Number(a.problem.known) - Number(b.problem.known));
}
