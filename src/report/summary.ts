// The summary of a campaign on a terminal: the verdict first, then one block a finding that ends with the
// command that replays it, then the throughput, and, where nothing was found, what that does not prove.

import type { Finding, Summary, Verdict } from "../campaign/summary.ts";
import { coverageLines, vacuityText } from "./coverage.ts";
import { briefRate, entry, evidenceLines, large, replayLines, scenarioName, sizeText } from "./evidence.ts";
import { necessityLines, protectionLines } from "./necessity.ts";
import { clampWidth } from "./reproduction.ts";
import { openTexts } from "./strategies.ts";
import { clean, counted, grouped, type Line, line, paint, scaled, wrap } from "./text.ts";
import { traceLines } from "./trace.ts";

export interface SummaryOptions {
  readonly color?: boolean;
  /** Columns of the terminal; the report uses 72 to 110 of them. */
  readonly width?: number;
}

export function renderSummary(summary: Summary, options: SummaryOptions = {}): string {
  const width = clampWidth(options.width);
  const lines = verdictLines(summary, width);
  for (const [i, { shown }] of groupsOf(summary).entries()) {
    const title = `${i + 1}. ${clean(shown.title)}`;
    lines.push(line(""), ...wrap(title, width, "", "   ").map((t) => line(t, "bad")), line(""));
    lines.push(...findingLines(summary, shown, width));
  }
  if (summary.protections !== undefined) lines.push(line(""), ...protectionLines(summary.protections, width));
  lines.push(line(""), ...throughputLines(summary, width));
  for (const note of summary.notes) lines.push(...prose(`note: ${clean(note)}`, width, "", "  "));
  if (summary.coverage !== undefined) lines.push(line(""), ...coverageLines(summary.coverage, width));
  const limits = limitLines(summary, width);
  if (limits.length > 0) lines.push(line(""), ...limits);
  return paint(lines, options.color === true);
}

/** A campaign whose findings stand above already: how often it saw each, and how fast it was. */
export function renderCounts(summary: Summary, options: SummaryOptions = {}): string {
  const width = clampWidth(options.width);
  const lines = [line("Random schedules of the same scenario, on all cores:", "strong"), line("")];
  for (const { shown } of groupsOf(summary)) {
    lines.push(...wrap(clean(shown.title), width, "  ", "    ").map((text) => line(text, "bad")));
    const seen = `${grouped(shown.count)} of ${counted(summary.schedules, "schedule")}`;
    lines.push(...prose(`${seen} (${grouped(shown.perMillion)} per million)`, width, "    ", "    "));
    lines.push(line(`    first drawn: ${clean(shown.token)}`));
  }
  lines.push(line(""), ...throughputLines(summary, width));
  for (const note of summary.notes) lines.push(...prose(`note: ${clean(note)}`, width, "", "  "));
  return paint(lines, options.color === true);
}

interface Group {
  /** The one with the simplest trace. */
  readonly shown: Finding;
  readonly others: readonly Finding[];
}

/** Findings that a reader takes for one bug, in the order in which the campaign met the first of each. */
export function groupsOf(summary: Summary): Group[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of summary.findings) {
    groups.set(finding.group, [...(groups.get(finding.group) ?? []), finding]);
  }
  return [...groups.values()].map((members) => {
    const simplest = (a: Finding, b: Finding) => (simpler(b, a) ? b : a);
    const shown = members.reduce(simplest);
    return { shown, others: members.filter((member) => member !== shown) };
  });
}

function simpler(a: Finding, b: Finding): boolean {
  return a.preemptions < b.preemptions || (a.preemptions === b.preemptions && a.steps < b.steps);
}

/** `open` is what a mail says before its last lines; it shows less of a long trace. */
export function findingLines(
  summary: Summary,
  finding: Finding,
  width: number,
  open?: readonly Line[],
): Line[] {
  const { model, version } = summary;
  const { trace, minimum } = finding;
  const lines = traceLines(trace, { width, collapse: open !== undefined });
  if (lines.length > 0) lines.push(line(""));
  const rate = { ...finding, schedules: summary.schedules };
  const token = finding.scheduleToken;
  const drawnBy = sampler(summary);
  const fewestSteps = summary.options.minimise === "steps";
  lines.push(...evidenceLines({ model, version, trace, token, drawnBy, rate, minimum, fewestSteps }, width));
  if (finding.necessity !== undefined) lines.push(...necessityLines(finding.necessity, width));
  // What only exploring found was drawn by nobody.
  if (finding.token !== token) {
    const before = finding.drawn === undefined ? "" : `${sizeText(finding.drawn)}; `;
    lines.push(...entry("as drawn", before + clean(finding.token), width));
  }
  const group = groupsOf(summary).find(({ shown, others }) => shown === finding || others.includes(finding));
  for (const other of [group?.shown, ...(group?.others ?? [])]) {
    if (other !== undefined && other !== finding)
      lines.push(...otherLines(other, finding, summary.schedules, width));
  }
  lines.push(...(open ?? []), line(""), ...replayLines(model, token, width));
  return lines;
}

/**
 * Another of the same group: where (and who, if that is all the difference), how often, its token.
 * `schedules`: how many were drawn; none where every schedule was looked at instead.
 */
function otherLines(other: Finding, shown: Finding, schedules: number, width: number): Line[] {
  const [related] = other.trace.violations.find((v) => v.key === other.key)?.related ?? [];
  const where = (place: Pick<Finding, "function" | "file" | "line">): string =>
    `${clean(place.function)}() ${clean(place.file)}:${place.line}`;
  const same = other.file === shown.file && other.line === shown.line;
  const who = same && related !== undefined ? ` (${clean(related.role)} ${where(related.place)})` : "";
  const seen = briefRate({ ...other, schedules });
  return entry("also at", `${where(other)}${who}, ${seen}, ${clean(other.scheduleToken)}`, width);
}

export const VERDICTS: Readonly<Record<Verdict, { readonly words: string; readonly tone: Line["tone"] }>> = {
  violations: { words: "VIOLATIONS", tone: "bad" },
  "none-found": { words: "NONE FOUND", tone: "good" },
  proved: { words: "PROVED", tone: "good" },
  inconclusive: { words: "INCONCLUSIVE", tone: "doubt" },
};

function verdictLines(summary: Summary, width: number): Line[] {
  const { tone } = VERDICTS[summary.verdict];
  return wrap(headlineOf(summary), width, "", "  ").map((t) => line(t, tone));
}

/** `VIOLATIONS: 2 findings in 1,000 schedules; bpf-oom/v2, scenario close-vs-rmdir`. */
export function headlineOf(summary: Summary): string {
  const { words } = VERDICTS[summary.verdict];
  const { model } = summary;
  const scenario = model.scenario === "" ? "" : `, scenario ${scenarioName(model.scenario)}`;
  return `${words}: ${outcome(summary)}; ${clean(model.name)}${scenario}`;
}

/** What comes after the verdict. `bugs`: where the summary does not hold all findings. */
export function outcome(summary: Summary, bugs = groupsOf(summary).length): string {
  const of = summary.reduction === undefined ? "every schedule of them" : "of a reduced graph";
  const amount =
    summary.states === undefined
      ? counted(summary.schedules, "schedule")
      : `${counted(summary.states, "state")} (${of})`;
  switch (summary.verdict) {
    case "violations":
      return `${counted(bugs, "finding")} in ${searched(summary)}`;
    case "none-found":
      return `no violation in ${searched(summary)}`;
    case "proved":
      return `no schedule of this model violates, ${amount} visited`;
    case "inconclusive":
      if (summary.endedBy === "") return `no violation in ${searched(summary)} so far`;
      if (summary.endedBy === "preemptions") return `${boundText(summary)} violates, ${amount} visited`;
      return summary.endedBy === "interrupted"
        ? `interrupted after ${searched(summary)}${estimated(summary)}`
        : `a limit ended the run after ${searched(summary)}${estimated(summary)}`;
  }
}

function estimated({ estimatedStates }: Summary): string {
  return estimatedStates === undefined ? "" : ` of about ${scaled(estimatedStates)} (an estimate)`;
}

function boundText({ options }: Summary): string {
  return `no schedule with at most ${counted(Number(options.maxPreemptions), "preemption")}`;
}

function searched(summary: Summary): string {
  if (summary.states !== undefined) return counted(summary.states, "state");
  return counted(summary.schedules, "schedule");
}

const ENDED: Readonly<Record<string, string>> = {
  complete: "every schedule was looked at",
  preemptions: "every schedule with so few preemptions was looked at",
  memory: "the memory allowed was full",
  states: "the states allowed were visited",
  depth: "a schedule took more steps than allowed",
  choices: "a step draws more from choose() than can be enumerated",
  schedules: "all schedules asked for were run",
  time: "the time was up",
  "until-finding": "the findings asked for were there",
  "until-plateau": "nothing new was found for the time asked for",
  interrupted: "interrupted",
};

const REDUCED = ", up to the order of independent steps";

function throughputLines(summary: Summary, width: number): Line[] {
  return prose(throughputText(summary), width, "", "  ");
}

export function throughputText(summary: Summary): string {
  const seconds = summary.elapsedMs / 1000;
  const time = seconds < 100 ? seconds.toFixed(2) : grouped(seconds);
  const amount = [
    summary.schedules > 0 ? counted(summary.schedules, "schedule") : "",
    summary.states === undefined ? "" : counted(summary.states, "state"),
    summary.transitions === undefined ? "" : counted(summary.transitions, "transition"),
    summary.distinctSchedules === undefined ? "" : `${large(summary.distinctSchedules)} schedules`,
    summary.steps > 0 ? counted(summary.steps, "step") : "",
  ].filter((part) => part !== "");
  const rates = [
    summary.schedulesPerSecond > 0 ? `${scaled(summary.schedulesPerSecond)} schedules/s` : "",
    summary.stepsPerSecond > 0 ? `${scaled(summary.stepsPerSecond)} steps/s` : "",
  ].filter((part) => part !== "");
  const speed = rates.length === 0 ? "" : `: ${rates.join(", ")}`;
  const drawn = sampler(summary) === "" ? "" : `; ${sampler(summary)}`;
  const but = summary.reduction === undefined || summary.endedBy !== "complete" ? "" : REDUCED;
  const ended = summary.endedBy === "" ? "" : `; ${ENDED[summary.endedBy] ?? clean(summary.endedBy)}${but}`;
  return `${amount.join(", ")} in ${time} s${speed}${drawn}${ended}`;
}

/** "portfolio, seed 42": who drew the schedules. */
export function sampler(summary: Summary): string {
  const { strategy, seed } = summary.options;
  const parts = [];
  if (strategy !== undefined && strategy !== null) parts.push(clean(String(strategy)));
  if (seed !== undefined && seed !== null) parts.push(`seed ${clean(String(seed))}`);
  return parts.join(", ");
}

/** What the verdict leaves open; nothing to add where violations were found. */
function limitLines(summary: Summary, width: number): Line[] {
  const texts = limitTexts(summary);
  if (texts.length === 0) return [];
  const head = line("What this does not prove:", "strong");
  return [head, ...texts.flatMap((text) => prose(text, width, "- ", "  "))];
}

export function limitTexts(summary: Summary): string[] {
  const { verdict, schedules } = summary;
  if (verdict === "violations") return [];
  const texts: string[] = [];
  const say = (text: string): void => {
    texts.push(text);
  };
  if (verdict === "proved") {
    const states = counted(summary.states ?? 0, "reachable state");
    say(
      summary.reduction === undefined
        ? `All ${states} of this scenario were visited and no check failed in any of them.`
        : `${counted(summary.states ?? 0, "state")} of this scenario were visited, and no check failed in ` +
            "any of them; the others come of other orders of independent steps: the same goes wrong there.",
    );
    if (summary.collisionProbability !== undefined) {
      const odds = summary.collisionProbability.toExponential(0);
      say(`States are told apart by a hash; that two were taken for one has a probability below ${odds}.`);
    }
  } else if (schedules > 3) {
    const drawn = sampler(summary).replace(/, (seed .*)$/, " ($1)") || "this sampler";
    say(
      `0 violations in ${counted(schedules, "schedule")}: with 95 % confidence, a schedule drawn by ` +
        `${drawn} fails with p < 3/N = ${(3 / schedules).toExponential(1)}.`,
    );
    for (const text of openTexts(summary.strategies)) say(text);
    say(
      `Violations that this sampler hits less often than once in ${counted(schedules, "schedule")} are ` +
        "not excluded: some orders are very unlikely to be drawn. It is no proof of absence.",
    );
  }
  const vacuous = summary.coverage === undefined ? "" : vacuityText(summary.coverage);
  if (vacuous !== "") say(vacuous);
  if (summary.endedBy === "preemptions") {
    say("Schedules with more preemptions were not looked at; some of them may violate.");
  } else if (verdict === "inconclusive") {
    const end = summary.endedBy === "interrupted" ? "was interrupted" : "hit a limit";
    say(`The run ${end}: what lies beyond that was not looked at.`);
  }
  say(
    "Nothing is said about code that is not in the model, about other scenarios or more tasks, or about " +
      `reorderings beyond the memory model ${summary.model.memoryModel}.`,
  );
  return texts;
}

function prose(text: string, width: number, first: string, rest: string): Line[] {
  return wrap(text, width, first, rest).map((t) => line(t));
}
