// The result of compare as a table in markdown: for a cover letter or a merge request.

import type { ComparedScenario, Comparison, ComparisonCell } from "../campaign/summary.ts";
import { boundOf, explanations, headline, letterOf, rowTitle, tally } from "./comparison.ts";
import { replayCommand } from "./evidence.ts";
import { code, prose as safe } from "./markdown.ts";
import { grouped, rateOf } from "./text.ts";

export function renderComparisonMarkdown(comparison: Comparison): string {
  const { models, scenarios } = comparison;
  const parts = [`**${safe(headline(comparison))}**`];
  const legend = models.map((name, i) => {
    return `- ${letterOf(i)}: ${code(name)}${i === 0 ? "" : `: ${tally(scenarios, i)}`}`;
  });
  parts.push(legend.join("\n"));
  let number = 1;
  for (const scenario of scenarios) {
    parts.push(`Scenario ${code(scenario.scenario)}:`, table(scenario, number));
    number += scenario.rows.length;
  }
  const commands = replays(scenarios);
  if (commands.length > 0) parts.push("Replay, by row and column:", indented(commands));
  parts.push(
    explanations(comparison)
      .map((text) => `- ${safe(text)}`)
      .join("\n"),
  );
  return `${parts.join("\n\n")}\n`;
}

function table({ runs, rows }: ComparedScenario, first: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const heads = runs.map((run, i) => {
    return run === null ? `${letterOf(i)}, not run` : `${letterOf(i)}, ${grouped(run.schedules)} schedules`;
  });
  const body = rows.map((row, i) => {
    const cells = row.cells.map((cell, model) => (runs[model] === null ? "" : cellText(cell)));
    return line([String(first + i), code(rowTitle(row, rows)), ...cells]);
  });
  if (rows.length === 0) body.push(line(["", "nothing found", ...runs.map(() => "")]));
  return [line(["", "finding", ...heads]), line(["---", "---", ...heads.map(() => "---")]), ...body].join(
    "\n",
  );
}

function cellText(cell: ComparisonCell): string {
  const mark = cell.mark === null ? "" : `**${cell.mark}**: `;
  if (cell.finding !== null) return `${mark}${rateOf(cell.perMillion)} per million`;
  if (cell.proved) return `${mark}none, proved`;
  const bound = cell.bound === null ? "" : `, ${safe(boundOf(cell.bound))}`;
  return `${mark}0 of ${grouped(cell.exposed)}${bound}`;
}

function replays(scenarios: readonly ComparedScenario[]): string[] {
  let number = 0;
  return scenarios.flatMap(({ runs, rows }) =>
    rows.flatMap((row) => {
      number++;
      return row.cells.flatMap(({ finding }, i) => {
        const model = runs[i]?.model;
        if (finding === null || model === undefined) return [];
        return [`# ${number} ${letterOf(i)}`, replayCommand(model, finding.scheduleToken)];
      });
    }),
  );
}

/** Code: a fence could be closed by what it holds. */
function indented(lines: readonly string[]): string {
  return lines.map((text) => `    ${text}`).join("\n");
}
