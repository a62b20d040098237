// One finding of the page: what it is, why it happens, its timeline, and the command that replays it.

import type { Necessity, OrderedStep } from "../../campaign/summary.ts";
import { replayCommand } from "../evidence.ts";
import { clean, counted } from "../text.ts";
import type { PageFinding } from "./facts.ts";
import { html, jsonElement, type Markup } from "./markup.ts";
import { rowsOf } from "./rows.ts";
import { statesOf } from "./states.ts";
import { timeline } from "./timeline.ts";

export function findingArticle(
  finding: PageFinding,
  index: number,
  fileOf: (file: string) => number,
): Markup {
  const id = `finding-${index + 1}`;
  const { title, facts, trace, story, necessity, token, model } = finding;
  const kind = finding.violated ? "violated" : "clean";
  const items = facts.map(({ key, text }) => html`<div><dt>${key}</dt><dd>${text}</dd></div>`);
  const states =
    story === null
      ? undefined
      : jsonElement(`${id}-states`, statesOf(story, rowsOf(trace, story.window), fileOf));
  return html`<article class="finding ${kind}" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title"><a href="#${id}">${index + 1}.</a> ${title}</h2>
<div class="replay"><code class="command">${replayCommand(model, token)}</code></div>
<div class="about"><dl>${items}</dl>${necessity === null ? undefined : why(necessity)}</div>
${trace.rows.length === 0 ? undefined : timeline({ id, trace, story })}
${states}
</article>
`;
}

function why({ orders, reason }: Necessity): Markup {
  if (orders === null) return html`<p class="why">Why it happens is not known: ${clean(reason ?? "")}.</p>`;
  if (orders.length === 0)
    return html`<p class="why">Every schedule shows it, whatever the order of the steps.</p>`;
  const items = orders.map(({ before, after }) => {
    return html`<li>${orderedStep(before)} <em>before</em> ${orderedStep(after)}</li>`;
  });
  const head =
    orders.length === 1 ? "One order forces it" : `${counted(orders.length, "order")} force it, and no fewer`;
  const rest =
    orders.length === 1
      ? "its second step waits for the first"
      : "the second step of each waits for the first";
  return html`<div class="why"><h3>${head}</h3><p>Every schedule in which ${rest} shows it.</p>
    <ol>${items}</ol></div>`;
}

function orderedStep({ task, place, step, nth }: OrderedStep): Markup {
  const inner = step === undefined ? undefined : html`, in it <code>${clean(step.text)}</code>`;
  const times = nth === 1 ? undefined : html` (time ${nth})`;
  const where = `${clean(place.function)}() ${clean(place.file)}:${place.line}`;
  return html`<span class="ordered"><code>${clean(place.text)}</code>${inner}${times} <small>[${clean(task)}]
    ${where}</small></span>`;
}
