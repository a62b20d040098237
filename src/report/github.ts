// Annotations for GitHub Actions: workflow commands on stdout, which the runner turns into marks beside the
// lines of the model. The runner takes ten errors, ten warnings and ten notices of a step and drops the rest
// without a word: nine are given and the tenth says how many there are more. Below them the report as text,
// in a group, with commands switched off: whatever a model puts into it, the runner obeys none of it.

import { type Case, type Cases, distinctProblems } from "./cases.ts";
import { clean, counted, shorten } from "./text.ts";

const ANNOTATIONS_MAX = 10;
const TITLE_MAX = 120;

export function renderGithub(report: Cases): string {
  const distinct = distinctProblems(report);
  const errors = distinct.filter(({ problem }) => !problem.known);
  const known = distinct.filter(({ problem }) => problem.known);
  const open = report.cases.filter(({ outcome }) => outcome === "unfinished" || outcome === "stale");
  const lines = [
    ...annotations(
      "error",
      errors.map((one) => problemText(one)),
    ),
    ...annotations(
      "warning",
      open.map(({ suite, name, said }) => ({ title: `${suite} ${name}`, message: said })),
    ),
    ...annotations(
      "notice",
      known.map((one) => ({ ...problemText(one), title: `known: ${one.problem.title}` })),
    ),
  ];
  if (errors.length === 0)
    lines.push(command("notice", { title: `raceproof ${report.command}` }, report.headline));
  return `${[...lines, ...groupLines(report, distinct)].join("\n")}\n`;
}

interface Annotation {
  readonly file?: string;
  readonly line?: number;
  readonly title: string;
  readonly message: string;
}

type Found = ReturnType<typeof distinctProblems>[number];

function problemText({ problem, by }: Found): Annotation {
  const { file, line, title, seen, mark, replay } = problem;
  const where = `in ${by.map(({ suite, name }) => `${suite} ${name}`).join(", ")}`;
  const message = [title, `${mark === null ? "" : `${mark}, `}${shorten(where, 300)}; ${seen}`, replay].join(
    "\n",
  );
  return { ...(file === "" ? {} : { file, line }), title, message };
}

function annotations(level: "error" | "warning" | "notice", all: readonly Annotation[]): string[] {
  // A notice is kept for the headline.
  const most = level === "notice" ? ANNOTATIONS_MAX - 1 : ANNOTATIONS_MAX;
  const shown = all.length <= most ? all : all.slice(0, most - 1);
  const lines = shown.map(({ message, ...properties }) => command(level, properties, message));
  const left = all.length - shown.length;
  if (left > 0)
    lines.push(
      command(level, { title: `and ${left} more` }, `and ${counted(left, "more", "more")}; see the log`),
    );
  return lines;
}

function command(name: string, properties: Omit<Annotation, "message">, message: string): string {
  const { file, line, title } = properties;
  const pairs = [
    ...(file === undefined ? [] : [`file=${property(file)}`, `line=${line}`]),
    `title=${property(shorten(clean(title), TITLE_MAX))}`,
  ];
  return `::${name} ${pairs.join(",")}::${data(message)}`;
}

/** What is printed between the two is no command, wherever in a line it stands. */
function groupLines(report: Cases, distinct: readonly Found[]): string[] {
  const text = [report.headline, "", ...report.cases.map(caseLine)];
  for (const { problem } of distinct)
    text.push("", problem.title, "", ...problem.detail.trimEnd().split("\n"));
  const whole = text.join("\n");
  let token = "raceproof-report";
  for (let n = 1; whole.includes(token); n++) token = `raceproof-report-${n}`;
  return [
    `::group::raceproof ${data(report.command)}`,
    `::stop-commands::${token}`,
    whole,
    `::${token}::`,
    "::endgroup::",
  ];
}

function caseLine({ suite, name, outcome, said }: Case): string {
  return `${outcome.padEnd(10)} ${suite} ${name}: ${said}`;
}

/** As the runner's own toolkit escapes it; other control characters are shown, not sent. */
function data(text: string): string {
  const lines = text.split("\n").map(clean);
  return lines.join("\n").replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
