// What a pipeline counts: cases that pass or fail, each with the problems that it showed. One shape, from
// which the formats of test runners and code hosts are made, whichever command ran.

import type {
  Check,
  CheckedScenario,
  ComparedScenario,
  Comparison,
  Finding,
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
import { findingLines, groupsOf, headlineOf } from "./summary.ts";
import { clean, counted, grouped, line, paint, rateOf, WIDTH_MAIL } from "./text.ts";

/**
 * `unfinished` is neither: a limit or Ctrl-C came first. `stale`: its token fits the program no more.
 * `known`: it fails, and the file says that it may.
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

export function caseOf(one: CheckedScenario | GateScenario): Case {
  const known = "known" in one ? one.known : [];
  const problems = groupsOf(one).map(({ shown }) => problemOf(one, shown, known.includes(shown.key)));
  const may = problems.filter((problem) => problem.known).length;
  const outcome = one.verdict === "violations" && may === problems.length ? "known" : OUTCOMES[one.verdict];
  return {
    suite: clean(one.model.name),
    name: scenarioName(one.model.scenario),
    outcome,
    said: outcomeOf(one, `${counted(problems.length, "finding")}${may === 0 ? "" : `, ${may} known`}`),
    seconds: one.elapsedMs / 1000,
    problems,
    notes: one.notes.map(clean),
  };
}

function problemOf(summary: Summary, finding: Finding, known: boolean): Problem {
  const { kind, group, file, line, trace } = finding;
  return {
    kind,
    title: clean(finding.title) || kind,
    group,
    file,
    line,
    function: finding.function,
    known,
    mark: null,
    seen: seenText(summary, finding),
    replay: replayCommand(summary.model, finding.scheduleToken),
    detail: paint(findingLines(summary, finding, WIDTH_MAIL, []), false),
    trace,
  };
}

function seenText({ schedules }: Summary, { count, perMillion, exactProbability }: Finding): string {
  if (schedules > 0) {
    const share = `${grouped(count)} of ${counted(schedules, "schedule")}`;
    return `seen in ${share} (${rateOf(perMillion)} per million)`;
  }
  if (exactProbability === undefined) return "found by exploring";
  return `in exactly ${rateOf(exactProbability * 1e6)} per million schedules of a uniform random walk`;
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
