// The verdict table of compared models: a row a finding, a column a model.

import type { ComparedScenario, Comparison, ComparisonCell } from "../../campaign/summary.ts";
import { boundOf, explanations, headline, letterOf, rowTitle, tally } from "../comparison.ts";
import { replayCommand } from "../evidence.ts";
import { clean, grouped, rateOf } from "../text.ts";
import { html, type Markup } from "./markup.ts";

export function comparisonSection(comparison: Comparison): Markup {
  const { models, scenarios } = comparison;
  const legend = models.map((name, i) => {
    return html`<li><b>${letterOf(i)}</b> ${clean(name)}${i === 0 ? "" : `: ${tally(scenarios, i)}`}</li>`;
  });
  const tables = scenarios.map((scenario) => scenarioTable(scenario));
  const notes = explanations(comparison).map((text) => html`<li>${text}</li>`);
  return html`<section class="comparison" aria-label="Comparison">
<p class="lead">${headline(comparison)}</p>
<ul class="contents">${legend}</ul>
${tables}
<ul class="limits">${notes}</ul>
</section>`;
}

function scenarioTable({ scenario, runs, rows }: ComparedScenario): Markup {
  const heads = runs.map((run, i) => {
    const schedules = run === null ? "not run" : `${grouped(run.schedules)} schedules`;
    return html`<th scope="col">${letterOf(i)}<br>${schedules}</th>`;
  });
  const body = rows.map((row) => {
    const cells = row.cells.map((cell, i) => {
      const model = runs[i]?.model;
      const token = cell.finding?.scheduleToken;
      const replay =
        model === undefined || token === undefined
          ? undefined
          : html`<details><summary>replay</summary><code
            class="command">${replayCommand(model, token)}</code></details>`;
      return html`<td>${model === undefined ? "" : cellText(cell)}${replay}</td>`;
    });
    return html`<tr><th scope="row">${rowTitle(row, rows)}</th>${cells}</tr>`;
  });
  const empty = html`<tr><td>nothing found</td>${runs.map(() => html`<td></td>`)}</tr>`;
  const name = `Scenario ${clean(scenario)}`;
  return html`<h2>${name}</h2><div class="wide" tabindex="0" role="region" aria-label="${name}"><table
    class="plain"><thead><tr><th scope="col">finding</th>${heads}</tr></thead>
      <tbody>${rows.length === 0 ? empty : body}</tbody></table></div>`;
}

function cellText(cell: ComparisonCell): string {
  const mark = cell.mark === null ? "" : `${cell.mark}: `;
  if (cell.finding !== null) return `${mark}${rateOf(cell.perMillion)} per million`;
  if (cell.proved) return `${mark}none, proved`;
  const bound = cell.bound === null ? "" : `, ${boundOf(cell.bound)}`;
  return `${mark}0 of ${grouped(cell.exposed)}${bound}`;
}
