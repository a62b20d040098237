// How a timeline is read: once a page, before the first.

import { html, type Markup } from "./markup.ts";

export function howToRead(): Markup {
  const items: readonly [Markup, string][] = [
    [html`<circle class="dot" cx="11" cy="7" r="4.5"/>`, "a step"],
    [html`<path class="wrong" d="M7 3l8 8m0 -8l-8 8"/>`, "what went wrong"],
    [html`<line class="runs" x1="4" x2="18" y1="7" y2="7"/>`, "the task runs"],
    [html`<path class="section" d="M13 1h-3V13h3"/>`, "read-side section"],
    [
      html`<path class="grace" d="M13 1h-3V13h3"/>`,
      "grace period, also beside the readers that it waits for",
    ],
    [html`<line class="lock" x1="11" x2="11" y1="1" y2="13"/>`, "lock held"],
    [html`<path class="arrow sees" d="M2 7H17m-4 -3.5l4 3.5l-4 3.5"/>`, "sees another task's write"],
    [html`<path class="arrow starts" d="M2 7H17m-4 -3.5l4 3.5l-4 3.5"/>`, "starts a callback or work item"],
    [html`<path class="arrow releases" d="M2 7H17m-4 -3.5l4 3.5l-4 3.5"/>`, "lets a waiting task go on"],
    [html`<path class="arrow frees" d="M2 7H17m-4 -3.5l4 3.5l-4 3.5"/>`, "freed what is used"],
  ];
  const keys = items.map(([mark, text]) => {
    return html`<li><svg class="drawing-key drawing c0" viewBox="0 0 22 14"
      aria-hidden="true">${mark}</svg>${text}</li>`;
  });
  return html`<details class="key"><summary>How to read the timelines</summary><ul
    class="keys">${keys}<li>shaded: the window of the race, from the step that opens it to the one that
      closes it</li><li>bars on the left: lives of objects</li></ul><p
        class="limits">Arrow keys step through the states: left and right anywhere, up and down where a step
          has the focus. Each step is a link.</p></details>`;
}
