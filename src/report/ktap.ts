// KTAP version 1, the kernel's own test output (Documentation/dev-tools/ktap.rst): a line a case, with what
// it showed in diagnostics above it. A token that fits no program any more is SKIP, a known race XFAIL; what
// a limit or Ctrl-C ended is "not ok", so that it does not look like a pass.

import type { Case, Cases } from "./cases.ts";
import { clean } from "./text.ts";

export function renderKtap(report: Cases): string {
  const lines = ["KTAP version 1", `1..${report.cases.length}`, `# ${clean(report.headline)}`];
  for (const [i, one] of report.cases.entries()) lines.push(...caseLines(one, i + 1));
  return `${lines.join("\n")}\n`;
}

function caseLines(one: Case, number: number): string[] {
  const name = described(`${one.suite} ${one.name}`);
  const lines = one.problems.flatMap(({ title, detail }) => [
    `# ${clean(title)}`,
    "#",
    ...detail
      .trimEnd()
      .split("\n")
      .map((text) => `# ${text}`.trimEnd()),
    "#",
  ]);
  lines.push(`# ${clean(one.said)}`, ...one.notes.map((note) => `# note: ${clean(note)}`));
  const [result, directive] = resultOf(one);
  return [...lines, `${result} ${number} ${name}${directive}`];
}

function resultOf({ outcome, said }: Case): [result: string, directive: string] {
  switch (outcome) {
    case "passed":
      return ["ok", ""];
    case "failed":
      return ["not ok", ""];
    case "unfinished":
      return ["not ok", ` # TIMEOUT ${described(said)}`];
    case "stale":
      return ["ok", ` # SKIP ${described(said)}`];
    case "known":
      return ["ok", ` # XFAIL ${described(said)}`];
  }
}

/** A "#" would begin a directive, and KTAP has no escape for it. */
function described(text: string): string {
  return clean(text).replaceAll("#", "_").replaceAll("\\", "/");
}
