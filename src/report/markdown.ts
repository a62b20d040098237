// Cases as markdown, for the summary of a pipeline's run or a comment: the verdict, a table, then each
// finding folded away with its diagram. What comes from a model stands in code, or escaped.

import { type CaseOutcome, type Cases, distinctProblems } from "./cases.ts";
import { clean, counted } from "./text.ts";

/** Findings shown with their diagram: the summary of a step may have 1 MiB, a comment 64 KiB. */
const DETAILS_MAX = 20;

const WORDS: Readonly<Record<CaseOutcome, string>> = {
  passed: "passed",
  failed: "**failed**",
  unfinished: "**unfinished**",
  stale: "stale",
  known: "known",
};

export function renderMarkdown(report: Cases): string {
  const parts = [`**${prose(report.headline)}**`, table(report)];
  const distinct = distinctProblems(report);
  for (const { problem, by } of distinct.slice(0, DETAILS_MAX)) {
    const { title, file, line, seen, mark, known, detail, replay } = problem;
    const marks = [known ? "known" : "", mark ?? ""].filter((text) => text !== "");
    const head = marks.length === 0 ? "" : `${marks.join(", ")}: `;
    const place = file === "" ? "" : `${code(`${clean(file)}:${line}`)}, `;
    const where = `in ${by.map((one) => code(`${one.suite} ${one.name}`)).join(", ")}`;
    parts.push(
      `<details><summary>${head}${html(title)}</summary>`,
      `${place}${where}; ${prose(seen)}`,
      fenced(detail),
      "</details>",
      fenced(replay),
    );
  }
  const left = distinct.length - DETAILS_MAX;
  if (left > 0) parts.push(`and ${counted(left, "more finding")}`);
  return `${parts.join("\n\n")}\n`;
}

function table({ cases }: Cases): string {
  const rows = cases.map(({ suite, name, outcome, said }) => {
    return `| ${code(suite)} | ${code(name)} | ${WORDS[outcome]} | ${prose(said)} |`;
  });
  return ["| model | case | result | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** A code span, which can be read in plain text too; the bar would end a cell of a table. */
export function code(text: string): string {
  return `\`${clean(text).replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

/** Prose that markdown shows as it stands. */
export function prose(text: string): string {
  return html(text).replaceAll(/[\\`*_{}[\]|~#]|&gt;/g, (char) => (char === "&gt;" ? "\\>" : `\\${char}`));
}

/** The same inside a tag of HTML, where markdown is not read. */
function html(text: string): string {
  return clean(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A fence is longer than any that the text holds. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.trimEnd()}\n${fence}`;
}
