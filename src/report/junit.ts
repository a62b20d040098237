// JUnit's XML, as Jenkins and GitLab read it: a suite a model, a test case a scenario. What failed is a
// <failure>, what a limit or Ctrl-C ended an <error>, so that it does not look like a pass, a token that fits
// no program any more and a known race <skipped>. One of these a case at most: some readers take one only.

import type { Case, Cases } from "./cases.ts";
import { clean } from "./text.ts";

export function renderJunit(report: Cases): string {
  const suites = [...new Set(report.cases.map(({ suite }) => suite))];
  const all = totals(report.cases);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  lines.push(
    `<testsuites name="raceproof ${attribute(report.command)}"${all} time="${time(report.seconds)}">`,
  );
  for (const suite of suites) {
    const cases = report.cases.filter((one) => one.suite === suite);
    const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
    lines.push(`  <testsuite name="${attribute(suite)}"${totals(cases)} time="${time(seconds)}">`);
    for (const one of cases) lines.push(...caseLines(one));
    lines.push("  </testsuite>");
  }
  lines.push("</testsuites>");
  return `${lines.join("\n")}\n`;
}

function totals(cases: readonly Case[]): string {
  const amount = (...outcomes: Case["outcome"][]) => cases.filter((c) => outcomes.includes(c.outcome)).length;
  const counts = { tests: cases.length, failures: amount("failed"), errors: amount("unfinished") };
  const all = { ...counts, skipped: amount("stale", "known") };
  return Object.entries(all)
    .map(([name, count]) => ` ${name}="${count}"`)
    .join("");
}

function caseLines(one: Case): string[] {
  const file = one.problems[0]?.file;
  const where = file === undefined || file === "" ? "" : ` file="${attribute(clean(file))}"`;
  const name = `classname="${attribute(one.suite)}" name="${attribute(one.name)}"`;
  const printed = [one.said, ...one.notes.map((note) => `note: ${note}`)].join("\n");
  return [
    `    <testcase ${name}${where} time="${time(one.seconds)}">`,
    ...resultLines(one),
    `      <system-out>${escaped(printed)}</system-out>`,
    "    </testcase>",
  ];
}

function resultLines({ outcome, said, problems }: Case): string[] {
  const [first] = problems;
  switch (outcome) {
    case "passed":
      return [];
    case "failed": {
      const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
      const text = problems.map(({ title, detail }) => `${title}\n\n${detail}`).join("\n");
      const message = `message="${attribute(`${first?.title ?? said}${more}`)}"`;
      const type = `type="${attribute(first?.kind ?? "violation")}"`;
      return [`      <failure ${message} ${type}>${escaped(text)}</failure>`];
    }
    case "unfinished":
      return [`      <error message="${attribute(said)}" type="inconclusive"/>`];
    case "stale":
      return [`      <skipped message="${attribute(said)}"/>`];
    case "known":
      return [`      <skipped message="${attribute(`known: ${said}`)}"/>`];
  }
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}

function attribute(text: string): string {
  return escaped(clean(text)).replaceAll('"', "&quot;").replaceAll("'", "&apos;");
}

/** Printable ASCII and line ends, to which every text was made before. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
