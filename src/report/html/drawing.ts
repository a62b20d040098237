// What is drawn beside the rows of a timeline: the tasks' lines, read-side sections, locks, waits and grace
// periods, arrows between steps, the lives of objects. Hidden from screen readers: all that it says stands in
// words too (timeline.ts).

import type { Story, StoryArrow, StoryLife, StorySpan, Trace } from "../../campaign/summary.ts";
import { clean } from "../text.ts";
import { labelsOf } from "../trace.ts";
import { BAR, type Geometry } from "./geometry.ts";
import { html, type Markup } from "./markup.ts";
import type { Rows } from "./rows.ts";

/** Characters of a phase's name take that much along its bar. */
const PHASE_CHARACTER = 5.6;
const DOT = 4.5;

export function drawing(trace: Trace, story: Story | null, rows: Rows, at: Geometry): Markup {
  const parts = [
    ...trace.tasks.map((_, task) => taskLine(trace, story, task, rows, at)),
    ...(story === null ? [] : storyParts(story, rows, at)),
    ...dots(trace, rows, at),
  ];
  return html`<svg class="drawing ${at.name}" width="${at.width}" height="${rows.height}" aria-hidden="true"
    focusable="false">${parts}</svg>`;
}

function storyParts(story: Story, rows: Rows, at: Geometry): Markup[] {
  const spans = story.spans.map((span) => spanPart(story, span, rows, at));
  const lives = at.name === "columns" ? story.lives.map((life, n) => lifePart(story, life, n, rows, at)) : [];
  const arrows = story.arrows.map((arrow, n) => arrowPart(story, arrow, n, rows, at));
  return [...lives, ...spans, ...arrows];
}

/** From when the task is there to its last step: thin, and broad where it is the one that runs. */
function taskLine(trace: Trace, story: Story | null, task: number, rows: Rows, at: Geometry): Markup {
  const own = rows.rows.filter((row) => row.task === task);
  const first = own[0];
  const last = own.at(-1);
  if (first === undefined || last === undefined) return html``;
  const started = story?.arrows.find(({ kind, to }) => kind === "starts" && to === first.step);
  const thread = trace.tasks[task]!.kind === "thread";
  const from = thread ? 0 : started === undefined ? first.dot : rows.dotOf(started.from);
  const x = at.rail(task);
  const runs: Markup[] = [];
  for (let begin = 0; begin < own.length; ) {
    let end = begin;
    while (end + 1 < own.length && rows.rows.indexOf(own[end + 1]!) === rows.rows.indexOf(own[end]!) + 1)
      end++;
    runs.push(html`<line class="runs" x1="${x}" x2="${x}" y1="${own[begin]!.dot}" y2="${own[end]!.dot}"/>`);
    begin = end + 1;
  }
  const stays = story?.steps.at(-1)?.stands.some((stand) => stand.task === task) === true;
  const to = stays ? rows.height : last.dot;
  const line = html`<line class="alive" x1="${x}" x2="${x}" y1="${from}" y2="${to}"/>`;
  return html`<g class="c${task % 8}">${line}${runs}</g>`;
}

function dots(trace: Trace, rows: Rows, at: Geometry): Markup[] {
  return rows.rows.flatMap(({ step, task, dot, wrong }) => {
    if (step < 0) return [];
    const x = at.rail(task);
    const mark = wrong
      ? html`<path class="wrong" d="M${x - 5} ${dot - 5}l10 10m0 -10l-10 10"/>`
      : html`<circle class="dot" cx="${x}" cy="${dot}" r="${DOT}"/>`;
    const title = `step ${trace.rows[step]!.step}`;
    return [html`<g class="c${task % 8}"><title>${title}</title>${mark}</g>`];
  });
}

function spanPart(story: Story, span: StorySpan, rows: Rows, at: Geometry): Markup {
  const { kind, task, from, to, awaits } = span;
  const label = labelsOf(story.trace)[task] ?? "";
  const y1 = rows.dotOf(from);
  const y2 = rows.dotOf(to);
  const x = at.rail(task);
  const title = html`<title>${spanText(kind, label, clean(span.what))}</title>`;
  if (y2 <= y1) return html``;
  switch (kind) {
    case "section":
      return html`<path class="section c${task % 8}" d="${bracket(x - at.section, y1, y2)}">${title}</path>`;
    case "lock": {
      const left = x - at.lock;
      return html`<line class="lock" x1="${left}" x2="${left}" y1="${y1}" y2="${y2}">${title}</line>`;
    }
    case "wait":
      return html`<line class="wait" x1="${x}" x2="${x}" y1="${y1}" y2="${y2}">${title}</line>`;
    case "grace-period": {
      const own = html`<path class="grace" d="${bracket(x - at.section, y1, y2)}">${title}</path>`;
      const readers = awaits.map((index) => {
        const reader = story.spans[index]!;
        const end = reader.to === null || (to !== null && reader.to > to) ? y2 : rows.dotOf(reader.to);
        const left = at.rail(reader.task) - at.section - 3;
        return html`<path class="grace" d="${bracket(left, y1, end)}">${title}</path>`;
      });
      return html`${own}${readers}`;
    }
  }
}

export function spanText(kind: StorySpan["kind"], label: string, what: string): string {
  switch (kind) {
    case "section":
      return `${label} is in a read-side section of ${what}`;
    case "lock":
      return `${label} holds ${what}`;
    case "wait":
      return `${label} waits for ${what}`;
    case "grace-period":
      return `${label} waits for a grace period of ${what}`;
  }
}

/** Open to the right. */
function bracket(x: number, y1: number, y2: number): string {
  return `M${x + 3} ${y1}h-3V${y2}h3`;
}

/** Down to below its row, across, and down again beside the line of the task that it leads to. */
function arrowPart(story: Story, arrow: StoryArrow, n: number, rows: Rows, at: Geometry): Markup {
  const { kind, from, to, what } = arrow;
  const { rows: steps } = story.trace;
  const source = steps[from]?.task;
  const target = steps[to]?.task;
  if (source === undefined || target === undefined || source === target) return html``;
  const row = rows.rows.find(({ step }) => step === from);
  const y2 = rows.dotOf(to);
  if (row === undefined || y2 <= row.dot) return html``;
  const x1 = at.rail(source);
  const x2 = at.rail(target);
  const down = row.y + row.height - 2;
  const across = x2 - at.arrow(n);
  const side = across > x1 ? 4 : -4;
  const corner = `V${down - 4}q0 4 ${side} 4H${across - side}q${side} 0 ${side} 4V${y2 - 4}q0 4 4 4`;
  const path = `M${x1} ${row.dot}${corner}H${x2 - DOT - 1}m-4 -3.5l4 3.5l-4 3.5`;
  const label = labelsOf(story.trace)[source] ?? "";
  const title = `${arrowText(kind, label, clean(what))} (step ${steps[from]!.step})`;
  return html`<path class="arrow ${kind}" data-from="${from}" data-to="${to}" d="${path}">
    <title>${title}</title></path>`;
}

/** Said of the step that the arrow leads to. */
export function arrowText(kind: StoryArrow["kind"], source: string, what: string): string {
  switch (kind) {
    case "sees":
      return `sees ${what}, written by ${source}`;
    case "counts":
      return `counts on from ${what}, counted by ${source}`;
    case "starts":
      return `started by ${source}`;
    case "releases":
      return `had waited for ${what}; ${source} let it go on`;
    case "frees":
      return `${what} was freed by ${source}`;
  }
}

function lifePart(story: Story, { object, phases }: StoryLife, n: number, rows: Rows, at: Geometry): Markup {
  const x = at.bar(n);
  const name = clean(story.objects[object]!.name);
  const parts = phases.flatMap(({ name: phase, tone, from }, index) => {
    if (phase === "") return [];
    const y1 = from < 0 ? 0 : rows.dotOf(from);
    const next = phases[index + 1];
    const y2 = next === undefined ? rows.height : rows.dotOf(next.from);
    const room = y2 - y1 - 6;
    const text =
      phase.length * PHASE_CHARACTER <= room
        ? html`<text transform="translate(${x + BAR / 2 - 3} ${y1 + 5}) rotate(90)">${phase}</text>`
        : undefined;
    const title = `${name}: ${phase}`;
    return [
      html`<g class="life ${tone}"><title>${title}</title><rect x="${x}" y="${y1}" width="${BAR}"
        height="${Math.max(1, y2 - y1)}"/>${text}</g>`,
    ];
  });
  return html`${parts}`;
}
