// The page: one file that needs nothing else. Its policy forbids everything foreign, and allows the one style
// sheet and the one script that it carries, by their hashes. What does not fit into its size is left out, and
// it says so.

import type { Comparison, Reproduction, Summary } from "../../campaign/summary.ts";
import { scenarioName } from "../evidence.ts";
import { clean, counted, grouped, rateOf } from "../text.ts";
import { campaignSection, verdictLine } from "./campaign.ts";
import { comparisonSection } from "./comparison.ts";
import { findingOf, type PageFinding, replayOf } from "./facts.ts";
import { findingArticle } from "./finding.ts";
import { howToRead } from "./key.ts";
import { html, Markup, NOTHING } from "./markup.ts";
import { type Excerpt, excerptsOf, type Sources, sourceListing } from "./source.ts";

/** Bytes of a page, and what of them the findings that are told and those that are only listed may take. */
export const PAGE_BYTES_MAX = 1_000_000;
const TOLD_BYTES_MAX = 520_000;
const LISTED_BYTES_MAX = 180_000;
const TOLD_MAX = 60;

export interface PageAssets {
  readonly style: string;
  readonly script: string;
  /** SHA-256, base64, as a policy names them. */
  readonly styleHash: string;
  readonly scriptHash: string;
}

/** A finding of which the page has no room or no run to show. */
export interface ListedFinding {
  readonly title: string;
  readonly count: number;
  readonly perMillion: number;
  /** The first schedule that showed it. */
  readonly first: number;
  /** "" where it is not known. */
  readonly token: string;
}

export interface Page {
  readonly version: string;
  /** One of a campaign, several of a check; none where a token is replayed. */
  readonly summaries: readonly Summary[];
  readonly reproduction?: Reproduction;
  readonly comparison?: Comparison;
  /** What a reader takes for different bugs, where the summary does not hold all findings. */
  readonly bugs?: number;
  /** Findings beyond those of the summaries. */
  readonly listed?: readonly ListedFinding[];
  /** Findings that are not even listed. */
  readonly unlisted?: number;
  readonly sources: Sources;
  /** Where the page is served from a campaign that may run: it asks its own server for what is new. */
  readonly live?: { readonly text: string; readonly findings: number };
}

/** Nothing foreign; where it is served, its own server. */
export function pagePolicy({ styleHash, scriptHash }: PageAssets, live: boolean): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `script-src 'sha256-${scriptHash}'`,
    ...(live ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

export function renderPage(page: Page, assets: PageAssets): string {
  const all = findingsOf(page);
  const { articles, told, excerpts } = tell(all, page.sources);
  const listed = [...all.slice(told).map(untold), ...(page.listed ?? []).map(listedOf)];
  const { table, rows } = listTable(listed, told);
  const left = listed.length - rows + (page.unlisted ?? 0);
  const title = pageTitle(page);
  const policy = pagePolicy(assets, page.live !== undefined);
  const body = html`<a class="skip" href="#main">Skip to the findings</a>
<header>
<p class="brand">raceproof ${page.version}</p>
<h1>${title}</h1>
${page.summaries.map((summary) => verdictLine(summary, page.summaries.length > 1, page.bugs))}
${reproductionLine(page.reproduction)}
${liveLine(page.live)}
${contents(all.slice(0, told), listed.length + (page.unlisted ?? 0))}
</header>
${page.comparison === undefined ? undefined : comparisonSection(page.comparison)}
${page.summaries.map((summary) => campaignSection(summary))}
<div class="beside">
<main id="main" tabindex="-1">
${told === 0 ? undefined : howToRead()}
${articles}
${table}
${leftOut(left)}
${limits(page)}
</main>
${told === 0 ? undefined : panel(excerpts)}
</div>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} - raceproof</title>
<style>${new Markup(assets.style)}</style>
</head>
<body>
${body}
<script type="module">${new Markup(assets.script)}</script>
</body>
</html>
`.text;
}

function leftOut(count: number): Markup {
  if (count === 0) return NOTHING;
  const size = `the page has at most ${grouped(PAGE_BYTES_MAX)} bytes`;
  return html`<p class="left-out">${counted(count, "more finding")} left out: ${size}.</p>`;
}

function findingsOf({ summaries, reproduction }: Page): PageFinding[] {
  if (reproduction !== undefined) return [replayOf(reproduction)];
  return summaries.flatMap((summary) => summary.findings.map((finding) => findingOf(summary, finding)));
}

/** As many as there is room for, from the first on. */
function tell(
  all: readonly PageFinding[],
  sources: Sources,
): { readonly articles: readonly Markup[]; readonly told: number; readonly excerpts: readonly Excerpt[] } {
  const candidates = all.slice(0, TOLD_MAX);
  // Files keep their numbers whatever is left out in the end.
  const files = new Map(excerptsOf(candidates, sources).map(({ file }, index) => [file, index]));
  const articles: Markup[] = [];
  let bytes = 0;
  for (const [index, finding] of candidates.entries()) {
    const article = findingArticle(finding, index, (file) => files.get(file) ?? -1);
    bytes += article.text.length;
    if (bytes > TOLD_BYTES_MAX) break;
    articles.push(article);
  }
  return { articles, told: articles.length, excerpts: excerptsOf(candidates, sources) };
}

interface Listed {
  readonly title: string;
  readonly seen: string;
  readonly token: string;
}

function untold({ title, facts, token }: PageFinding): Listed {
  return { title, seen: facts.find(({ key }) => key === "seen")?.text ?? "", token };
}

function listedOf({ title, count, perMillion, first, token }: ListedFinding): Listed {
  const often = `${counted(count, "schedule")} (${rateOf(perMillion)} per million)`;
  const seen = `${often}, first in schedule ${grouped(first)}`;
  return { title, seen, token };
}

/** The findings without a timeline, a line each. */
function listTable(
  listed: readonly Listed[],
  told: number,
): { readonly table: Markup; readonly rows: number } {
  if (listed.length === 0) return { table: NOTHING, rows: 0 };
  const rows: Markup[] = [];
  let bytes = 0;
  for (const { title, seen, token } of listed) {
    const row = html`<tr><td>${clean(title)}</td><td>${seen}</td><td><code>${clean(token)}</code></td></tr>
`;
    bytes += row.text.length;
    if (bytes > LISTED_BYTES_MAX) break;
    rows.push(row);
  }
  const head = told === 0 ? "Findings" : "Other findings";
  const table = html`<section class="listed" id="others"><h2>${head}</h2><div class="wide" tabindex="0"
    role="region" aria-label="${head}"><table class="plain"><thead><tr><th scope="col">finding</th><th
      scope="col">seen</th><th scope="col">token</th></tr></thead><tbody>${rows}</tbody></table></div>
        </section>`;
  return { table, rows: rows.length };
}

function pageTitle({ summaries, reproduction, comparison }: Page): string {
  if (comparison !== undefined) return `${comparison.models.map(clean).join(" against ")}`;
  const models = reproduction === undefined ? summaries.map(({ model }) => model) : [reproduction.model];
  const names = [...new Set(models.map(({ name }) => clean(name)))].join(", ");
  const [only] = models;
  return models.length === 1 && only !== undefined && only.scenario !== ""
    ? `${names}, ${scenarioName(only.scenario)}`
    : names;
}

function reproductionLine(r: Reproduction | undefined): Markup {
  if (r === undefined) return NOTHING;
  const tone = r.verdict === "REPRODUCED" ? "bad" : "doubt";
  const notes = r.notes.map((note) => html`<p class="limits">${clean(note)}</p>`);
  return html`<p class="lead"><span class="verdict ${tone}">${r.verdict}</span> program ${r.model.hash},
    memory sequentially consistent (sc)</p>${notes}`;
}

function liveLine(live: Page["live"]): Markup {
  if (live === undefined) return NOTHING;
  return html`<div id="live" data-findings="${live.findings}"><p>${live.text}</p><a
    href="." hidden>There are new findings: show them</a></div>`;
}

function contents(told: readonly PageFinding[], others: number): Markup {
  if (told.length + others < 2) return NOTHING;
  const items = told.map(({ title }, index) => {
    return html`<li><a href="#finding-${index + 1}">${index + 1}. ${title}</a></li>`;
  });
  const rest =
    others === 0 ? undefined : html`<li><a href="#others">${counted(others, "other finding")}</a></li>`;
  return html`<nav aria-label="Findings"><ul class="contents">${items}${rest}</ul></nav>`;
}

function panel(excerpts: readonly Excerpt[]): Markup {
  const source =
    excerpts.length === 0
      ? html`<p class="limits">The source is not at hand.</p>`
      : html`<div class="listing">${sourceListing(excerpts)}</div>`;
  return html`<aside id="panel" aria-label="State and source">
<div class="controls" hidden><button type="button" data-go="back" aria-label="Previous step">&#8592;</button>
  <button type="button" data-go="on" aria-label="Next step">&#8594;</button><output aria-live="polite">
    </output></div>
<ul class="said"></ul>
<section class="states" hidden><label class="all-fields"><input
  type="checkbox"> all objects and fields</label><h3>State after this step</h3><div class="state-list"
    tabindex="0" role="region" aria-label="State"></div></section>
<section class="source"><h3>Source</h3>${source}</section>
</aside>`;
}

function limits({ summaries, reproduction }: Page): Markup {
  if (summaries.length === 0 && reproduction === undefined) return NOTHING;
  const text =
    "A finding is one of a model, not of a running kernel. Nothing is said about code that is not in the " +
    "model, about other scenarios or more tasks, or about reorderings beyond the memory model sc.";
  return html`<section><h2>What this does not prove</h2><p class="limits">${text}</p></section>`;
}
