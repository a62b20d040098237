// HTML made so that nothing of a model can become markup: what a template is given is text, and escaped,
// unless it was itself made by a template.

/** Made by html`...`: safe to put into a page as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/** The literal parts are markup, the values are text or Markup; undefined is nothing. */
export function html(literals: TemplateStringsArray, ...values: readonly Part[]): Markup {
  let text = literals[0]!;
  for (const [i, value] of values.entries()) text += partText(value) + literals[i + 1]!;
  return new Markup(text);
}

export const NOTHING = new Markup("");

function partText(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map((one: Markup) => one.text).join("");
  return escapeText(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Controls but tab and line feed, what changes the direction of text, what has no width, half a character.
 */
const UNSEEN = new RegExp(
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e" +
    "\\u2060-\\u206f\\ufeff\\ufff9-\\uffff]|\\p{Cs}",
  "gu",
);

/** For text and for quoted attributes. What cannot be seen, or would move what can, is shown as `\u202e`. */
export function escapeText(text: string): string {
  return text
    .replaceAll(UNSEEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!);
}

/** Data for the page's script, in a script element that no browser runs. */
export function jsonElement(id: string, value: unknown): Markup {
  const text = JSON.stringify(value).replaceAll(
    /[<>&\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return new Markup(`<script type="application/json" id="${escapeText(id)}">${text}</script>`);
}
