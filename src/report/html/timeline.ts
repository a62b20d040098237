// The timeline of one finding: a list of its steps, each a link to itself, with what is drawn beside them,
// and in words what the drawing says: what a step saw of others, the lives of objects, sections and waits.

import type { Story, Trace } from "../../campaign/summary.ts";
import { clean } from "../text.ts";
import { labelsOf, slotLetter } from "../trace.ts";
import { arrowText, drawing, spanText } from "./drawing.ts";
import { columnsGeometry, hasColumns, railsGeometry } from "./geometry.ts";
import { html, type Markup } from "./markup.ts";
import { insideWindow, type Row, type Rows, rowsOf } from "./rows.ts";

export interface Told {
  /** "finding-2": what its steps' names begin with. */
  readonly id: string;
  readonly trace: Trace;
  readonly story: Story | null;
}

export function timeline({ id, trace, story }: Told): Markup {
  const rows = rowsOf(trace, story?.window);
  const lives = story?.lives.length ?? 0;
  const tasks = trace.tasks.length;
  const layout = hasColumns(tasks) ? "columns" : "rails";
  const columns = hasColumns(tasks) ? drawing(trace, story, rows, columnsGeometry(tasks, lives)) : undefined;
  const items = rows.rows.map((row) => rowItem(id, trace, story, row, rows));
  return html`<div class="timeline ${layout} tasks${tasks} lives${lives}">
${heads(trace, story)}
<ol class="steps" aria-label="Steps of the schedule">
${items}
${columns}${drawing(trace, story, rows, railsGeometry(tasks))}
</ol>
</div>
${story === null ? undefined : inWords(story)}`;
}

function heads(trace: Trace, story: Story | null): Markup {
  const labels = labelsOf(trace);
  const bars = (story?.lives ?? []).map(({ object }, n) => {
    return html`<span class="object bar${n}">${clean(story!.objects[object]!.name)}</span>`;
  });
  const tasks = trace.tasks.map(({ slot }, task) => {
    return html`<li class="head k${task} c${task % 8}"><b>${slotLetter(slot)}</b> ${labels[task] ?? ""}</li>`;
  });
  const objects = bars.length === 0 ? undefined : html`<div class="objects" aria-hidden="true">${bars}</div>`;
  return html`${objects}<ul class="heads" aria-label="Tasks">${tasks}</ul>`;
}

function rowItem(id: string, trace: Trace, story: Story | null, row: Row, rows: Rows): Markup {
  const inside = insideWindow(row, rows.rows, story?.window ?? null) ? " inside" : "";
  if (row.step < 0) {
    const kind = row.wrong ? "end" : "cut";
    return html`<li class="${kind}${inside}"><div class="say">${linesOf(row)}</div></li>
`;
  }
  const { step, task } = trace.rows[row.step]!;
  const name = `${id}-step-${step}`;
  const label = labelsOf(trace)[task] ?? "";
  const before = row.lines.findIndex(({ kind }) => kind === "statement");
  const wrong = row.wrong ? " wrong" : "";
  const said = row.lines[0]?.kind === "task" ? undefined : html`<span class="unseen">${label}: </span>`;
  return html`<li id="${name}" class="step k${task} c${task % 8} ${inside}${wrong}"><a
    class="number p${Math.max(0, before)}" href="#${name}" aria-label="Step ${step}">${step}</a><div
      class="say">${said}${linesOf(row)}${sawOf(story, row.step)}</div></li>
`;
}

function linesOf(row: Row): Markup[] {
  return row.lines.map(({ kind, text }) => {
    if (kind === "mark") return html`<strong class="mark">${text}</strong>`;
    return kind === "statement" || kind === "call"
      ? html`<code class="${kind}">${text}</code>`
      : html`<span class="${kind}">${text}</span>`;
  });
}

/** What the arrows to a step say. */
function sawOf(story: Story | null, step: number): Markup | undefined {
  const saw = (story?.arrows ?? []).filter(({ to, kind }) => to === step && kind !== "counts");
  if (saw.length === 0) return undefined;
  const labels = labelsOf(story!.trace);
  const texts = saw.map(({ kind, from, what }) => {
    const { step: number, task } = story!.trace.rows[from]!;
    return `${arrowText(kind, labels[task] ?? "", clean(what))} in step ${number}`;
  });
  return html`<span class="unseen">${texts.join("; ")}</span>`;
}

/** Lives, sections, locks and waits as a list; for whoever does not see the drawing. */
function inWords(story: Story): Markup {
  const { trace, objects, lives, spans, window } = story;
  const labels = labelsOf(trace);
  const number = (step: number | null): string =>
    step === null ? "the end" : step < 0 ? "the beginning" : `step ${trace.rows[step]?.step ?? "?"}`;
  const items = [
    ...(window === null
      ? []
      : [
          html`<li>The window of the race, ${number(window.opens)} to ${number(window.closes)}:
            ${clean(window.why)}.</li>`,
        ]),
    ...lives.map(({ object, phases }) => {
      const parts = phases
        .filter(({ name }) => name !== "")
        .map(({ name, from }) => (from < 0 ? name : `${name} from ${number(from)}`));
      return html`<li>${clean(objects[object]!.name)}: ${parts.join(", ")}.</li>`;
    }),
    ...spans.map(({ kind, task, what, from, to, awaits }) => {
      const readers = awaits.map((index) => labels[spans[index]!.task] ?? "").join(" and ");
      const after = readers === "" ? "" : `, which ends no earlier than the sections of ${readers}`;
      const text = spanText(kind, labels[task] ?? "", clean(what)) + after;
      return html`<li>${text}: ${number(from)} to ${number(to)}.</li>`;
    }),
  ];
  if (items.length === 0) return html``;
  return html`<details class="words"><summary>The drawing in words</summary><ul>${items}</ul></details>`;
}
