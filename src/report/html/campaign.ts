// What a campaign came to: its verdict, its numbers, and how they grew.

import type { Coverage, SeriesPoint, StrategyShare, Summary } from "../../campaign/summary.ts";
import { coverageLines } from "../coverage.ts";
import { scenarioName } from "../evidence.ts";
import { limitTexts, outcome, throughputText, VERDICTS } from "../summary.ts";
import { clean, counted, grouped, si } from "../text.ts";
import { type Chart, chartFigure, thinned, timeText } from "./charts.ts";
import { html, type Markup } from "./markup.ts";

/** Pixels of the longest bar of a table. */
const BAR_WIDTH = 160;
const TONES: Readonly<Record<string, string>> = { bad: "bad", good: "good", doubt: "doubt" };

/** `named`: one of several scenarios; `bugs`: as for outcome(). */
export function verdictLine(summary: Summary, named: boolean, bugs?: number): Markup {
  const { words, tone } = VERDICTS[summary.verdict];
  const scenario = named ? html`<b>${scenarioName(summary.model.scenario)}</b> ` : undefined;
  const { hash, memoryModel } = summary.model;
  const program = `program ${clean(hash)}, memory sequentially consistent (${memoryModel})`;
  return html`<p class="lead">${scenario}<span class="verdict ${TONES[tone] ?? ""}">${words}</span>
${outcome(summary, bugs)}; ${program}</p>`;
}

export function campaignSection(summary: Summary): Markup {
  const notes = summary.notes.map((note) => html`<li>${clean(note)}</li>`);
  const limits = limitTexts(summary).map((text) => html`<li>${text}</li>`);
  const charts = chartsOf(summary.series ?? []).map(chartFigure);
  const notesPart =
    notes.length === 0
      ? undefined
      : html`<details open><summary>Notes</summary><ul class="limits">${notes}</ul></details>`;
  return html`<section class="campaign" aria-label="Campaign">
<p class="limits">${throughputText(summary)}.</p>
${summary.strategies === undefined ? undefined : strategyTable(summary.strategies)}
${summary.coverage === undefined ? undefined : coverageList(summary.coverage)}
${charts.length === 0 ? undefined : html`<div class="charts">${charts}</div>`}
${notesPart}
${limits.length === 0 ? undefined : html`<ul class="limits">${limits}</ul>`}
</section>`;
}

/** A bar a strategy: how much of the schedules it drew, and what it showed. */
function strategyTable(shares: readonly StrategyShare[]): Markup {
  const all = Math.max(1, ...shares.map(({ schedules }) => schedules));
  const rows = shares.map(({ strategy, schedules, findings }) => {
    const width = Math.max(1, Math.round((BAR_WIDTH * schedules) / all));
    const bar = html`<svg width="${BAR_WIDTH}" height="10" aria-hidden="true">
<rect class="bar" width="${width}" height="10"/></svg>`;
    return html`<tr><th scope="row">${clean(strategy)}</th><td>${bar}</td>
<td class="figure">${grouped(schedules)}</td><td class="figure">${grouped(findings)}</td></tr>`;
  });
  return html`<table class="plain chart"><thead><tr><th scope="col">strategy</th><td></td>
<th scope="col">schedules</th><th scope="col">findings</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function coverageList(coverage: Coverage): Markup {
  const [head, ...lines] = coverageLines(coverage, Number.POSITIVE_INFINITY);
  const items = lines.map(({ text }) => html`<li>${text.trim()}</li>`);
  return html`<p class="limits">${head?.text ?? ""}</p><ul class="limits">${items}</ul>`;
}

/** In the order in which the page has them; those with nothing to show too. */
export function chartsOf(all: readonly SeriesPoint[]): Chart[] {
  if (all.length < 2) return [];
  // First, so that a rate is the mean since the point before it, not that of a moment.
  const series = thinned(all);
  const last = series.at(-1)!;
  const time = timeText(last.t_active_ms);
  const of = (value: (point: SeriesPoint) => number | null): (readonly [number, number])[] =>
    series.flatMap((point) => {
      const y = value(point);
      return y === null ? [] : [[point.t_active_ms, y] as const];
    });
  const rates = series.slice(1).flatMap((point, i) => {
    const ms = point.t_active_ms - series[i]!.t_active_ms;
    return ms <= 0
      ? []
      : [[point.t_active_ms, ((point.schedules - series[i]!.schedules) * 1000) / ms] as const];
  });
  const mean = last.t_active_ms === 0 ? 0 : (last.schedules * 1000) / last.t_active_ms;
  const distinct = of(({ distinct: seen }) => seen);
  const unseen = of(({ unseen: chance }) => chance);
  return [
    {
      key: "rate",
      caption: "Schedules a second",
      sentence: `${si(mean)} schedules a second on the whole, over ${time}`,
      curves: [{ name: "rate", points: rates }],
    },
    {
      key: "findings",
      caption: "Findings",
      sentence: `${counted(last.findings, "finding")} after ${time} and ${grouped(last.schedules)} schedules`,
      curves: [{ name: "findings", points: of(({ findings }) => findings) }],
      steps: true,
    },
    {
      key: "distinct",
      caption: "Different behaviours seen",
      sentence: `${si(distinct.at(-1)?.[1] ?? 0)} different behaviours after ${time}`,
      curves: [{ name: "distinct", points: distinct }],
    },
    {
      key: "unseen",
      caption: "Chance that the next schedule shows something new (an estimate)",
      sentence: `an estimate of ${(unseen.at(-1)?.[1] ?? 0).toPrecision(2)} after ${time}`,
      curves: [{ name: "unseen", points: unseen }],
      yText: (y) => String(Number(y.toPrecision(2))),
    },
  ];
}
