// What is found, as a reviewer would answer on a list: a subject, one sentence, the diagram, the places, how
// often and how hard, what was modelled, what it does not prove, and last the command that replays it.
//
// The first line is the subject (at most 72 columns), so that the text is a commit message too. Plain ASCII,
// spaces only, 72 columns: four levels of "> " stay within 80. Whatever a model puts into it, no line begins
// with what git or a mail program takes for its own ("diff ", "---", "From "), and none is too long.

import type {
  Check,
  Finding,
  ModelName,
  Reproduction,
  Summary,
  Trace,
  Verdict,
} from "../campaign/summary.ts";
import { renderCheck, shareFindings } from "./check.ts";
import { againLines, entry, scenarioName } from "./evidence.ts";
import { bodyLines, verdictText } from "./reproduction.ts";
import { findingLines, groupsOf, renderSummary } from "./summary.ts";
import { clean, counted, fold, GLUE, type Line, line, paint, shorten, WIDTH_MAIL, wrap } from "./text.ts";
import { labelsOf } from "./trace.ts";

export interface MailOptions {
  /** Columns of the text; 72 where nothing is said. Quoting comes on top. */
  readonly width?: number;
  /** "> " before each line, to be put into a reply. */
  readonly quote?: boolean;
}

/** A finding, in the run that shows it. */
interface Found {
  readonly summary: Summary;
  readonly finding: Finding;
}

/** Of fuzz and explore. */
export function renderSummaryMail(summary: Summary, options: MailOptions = {}): string {
  const found = groupsOf(summary).map(({ shown }) => ({ summary, finding: shown }));
  const where = modelText(summary.model);
  if (found.length > 0) return foundMail(found, where, options);
  const text = renderSummary(summary, { width: options.width ?? WIDTH_MAIL });
  return cleanMail(summary.verdict, where, text, againOf(summary, options), options);
}

export function renderCheckMail(check: Check, options: MailOptions = {}): string {
  const found = [...shareFindings(check.scenarios).values()].map(({ scenario, finding }) => {
    return { summary: scenario, finding };
  });
  if (found.length > 0) return foundMail(found, clean(check.model), options);
  const text = renderCheck(check, { width: options.width ?? WIDTH_MAIL });
  const [first, ...others] = check.scenarios;
  const whole = others.length + check.notRun.length > 0;
  const model = first === undefined ? undefined : { ...first.model, ...(whole ? { scenario: "" } : {}) };
  const flags = [`--seed=${check.options.seed}`];
  const again = model === undefined ? [] : againLines("check", model, flags, options.width ?? WIDTH_MAIL);
  return cleanMail(check.verdict, clean(check.model), text, again, options);
}

/** What a run without findings says, and last the command that runs it again. */
function cleanMail(
  verdict: Verdict,
  where: string,
  text: string,
  again: readonly Line[],
  options: MailOptions,
): string {
  const subject = subjectOf(`${SUBJECTS[verdict]} in ${where}`);
  return mail([line(subject), line(""), ...linesOf(text), line(""), ...again], options);
}

function againOf({ command, model, options: ran, schedules }: Summary, options: MailOptions): Line[] {
  const drawn = [`--strategy=${ran.strategy}`, `--seed=${ran.seed}`, `--schedules=${schedules}`];
  const bound = ran.maxPreemptions === null || ran.maxPreemptions === undefined;
  const flags = command === "fuzz" ? drawn : bound ? [] : [`--max-preemptions=${ran.maxPreemptions}`];
  return againLines(clean(command), model, flags, options.width ?? WIDTH_MAIL);
}

export function renderReproductionMail(r: Reproduction, options: MailOptions = {}): string {
  const width = options.width ?? WIDTH_MAIL;
  const [first] = r.trace.violations;
  const shown = r.verdict === "REPRODUCED" && first !== undefined;
  const title = shown ? titleOf(first) : verdictText(r);
  const sentence = shown ? sentenceOf(r.trace, title, r.necessity?.orders?.length === 0) : `${title}.`;
  const lines = [line(subjectOf(title)), line(""), ...prose(sentence, width), line("")];
  lines.push(...bodyLines(r, width, openLines(r.model, [r.trace], width)));
  return mail(lines, options);
}

/** One finding of a campaign alone. */
export function renderFindingMail(summary: Summary, finding: Finding, options: MailOptions = {}): string {
  return foundMail([{ summary, finding }], modelText(summary.model), options);
}

function foundMail(found: readonly Found[], where: string, options: MailOptions): string {
  const width = options.width ?? WIDTH_MAIL;
  const [only] = found;
  const traces = found.map(({ finding }) => finding.trace);
  const lines: Line[] = [];
  if (found.length === 1) lines.push(line(subjectOf(titleOf(only!.finding))), line(""));
  else lines.push(line(subjectOf(`${counted(found.length, "finding")} in ${where}`)), line(""));
  for (const [i, { summary, finding }] of found.entries()) {
    if (i > 0) lines.push(line(""), line("  ***"), line(""));
    const number = found.length === 1 ? "" : `${i + 1}. `;
    const always = finding.necessity?.orders?.length === 0;
    lines.push(...prose(number + sentenceOf(finding.trace, titleOf(finding), always), width), line(""));
    // What several leave open is the same: once, at the end.
    const open = i < found.length - 1 ? [] : openLines(summary.model, traces, width);
    lines.push(...findingLines(summary, finding, width, open));
  }
  return mail(lines, options);
}

/** Never empty: a subject must not be. */
function titleOf({ title, kind }: Pick<Finding, "title" | "kind">): string {
  return clean(title) || kind;
}

const SUBJECTS = {
  violations: "violations",
  "none-found": "no violation found",
  proved: "proved: no schedule violates",
  inconclusive: "no violation found, inconclusive",
} as const;

/** At most 72 columns: a title that is longer ends before its last part that does not fit. */
function subjectOf(title: string): string {
  let subject = title;
  while (subject.length > WIDTH_MAIL) {
    const cut = Math.max(subject.lastIndexOf(", "), subject.lastIndexOf(": "), subject.lastIndexOf("; "));
    if (cut < 20) break;
    subject = subject.slice(0, cut);
  }
  return shorten(isSafe(subject) ? subject : `  ${subject}`, WIDTH_MAIL);
}

/** "close(link) and rmdir can race: WARNING in f(): ...": who, and what comes of it. */
function sentenceOf(trace: Trace, title: string, always: boolean): string {
  const labels = labelsOf(trace);
  const acting = trace.tasks.flatMap((_, i) =>
    trace.rows.some((row) => row.task === i) ? [labels[i]!] : [],
  );
  if (acting.length === 0) return `This can happen: ${title}.`;
  const who = acting.map((label) => label.replaceAll(" ", GLUE));
  const all = who.length === 1 ? who[0]! : `${who.slice(0, -1).join(", ")} and ${who.at(-1)}`;
  if (always) return `Every schedule of ${all} shows it: ${title}.`;
  if (acting.length === 1) return `${all} alone can get there: ${title}.`;
  if (title.startsWith("deadlock")) return `${all} can ${title}.`;
  return `${all} can race: ${title}.`;
}

/** What was modelled, under which memory model, and what that leaves open. */
function openLines(model: ModelName, traces: readonly Trace[], width: number): Line[] {
  const places = traces.flatMap(({ rows }) => rows.map(({ place }) => clean(place.file)));
  const files = [...new Set(places)].filter((file) => file !== "").sort();
  const named = files.slice(0, FILES_MAX).join(", ");
  const more = files.length > FILES_MAX ? `, and ${files.length - FILES_MAX} more` : "";
  const modelled = files.length === 0 ? "" : `the steps shown, as written in ${named}${more}`;
  return [
    ...(modelled === "" ? [] : entry("modelled", modelled, width)),
    ...entry(
      "limits",
      "that a changed model does not show it any more says nothing about code outside the model, other " +
        `scenarios, more tasks, or reorderings beyond ${model.memoryModel}`,
      width,
    ),
  ];
}

const FILES_MAX = 6;

function modelText({ name, scenario }: ModelName): string {
  return scenario === "" ? clean(name) : `${clean(name)}, scenario ${scenarioName(scenario)}`;
}

/** Prose at the margin; indented where one of its lines could be taken for something else. */
function prose(text: string, width: number): Line[] {
  const lines = wrap(text, width);
  const safe = lines.every(isSafe) ? lines : wrap(text, width, "  ");
  return safe.map((t) => line(t, "strong"));
}

/** Nothing that git or a mail program takes for its own when a line begins with it. */
function isSafe(text: string): boolean {
  return /^[A-Za-z0-9(]/.test(text) && !/^(diff|index|from|subject|date)\b/i.test(text);
}

function linesOf(text: string): Line[] {
  return text
    .trimEnd()
    .split("\n")
    .map((t) => line(t));
}

/** The whole, after the last look at each line. */
function mail(lines: readonly Line[], { width = WIDTH_MAIL, quote = false }: MailOptions): string {
  const whole = lines.flatMap(({ text }, i) => {
    if (i === 0) return [text];
    const safe = text === "" || /^( {2}|- )/.test(text) || isSafe(text) ? text : `  ${text}`;
    return fold(safe, width);
  });
  const text = paint(
    whole.map((t) => line(t)),
    false,
  );
  return quote ? text.replaceAll(/^(.*)\n/gm, (_, t: string) => (t === "" ? ">\n" : `> ${t}\n`)) : text;
}
