// Text that is safe to show and to mail: printable ASCII, no tabs, lines of bounded width, colour on request.
// Labels, names and source text come from models and may be hostile: everything that a report prints of a
// model goes through `clean`. Nothing here knows what a trace is.

import { styleText } from "node:util";

/** Columns of a report: four levels of "> " quoting stay within 80. */
export const WIDTH_MAIL = 72;
/** Characters of one model text that a report shows; the rest becomes "...". */
export const TEXT_MAX = 400;

export type Tone = "plain" | "bad" | "good" | "doubt" | "strong" | "faint";

/** A line of a report; `tone` is only used where colour was asked for, the text says the same without it. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

const STYLES = {
  bad: ["bold", "red"],
  good: ["bold", "green"],
  doubt: ["bold", "yellow"],
  strong: ["bold"],
  faint: ["dim"],
} as const;

const TYPOGRAPHY: Readonly<Record<string, string>> = {
  "\u2010": "-",
  "\u2011": "-",
  "\u2013": "-",
  "\u2014": "--",
  "\u2018": "'",
  "\u2019": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u2026": "...",
  "\u2190": "<-",
  "\u2192": "->",
  "\u00a0": " ",
};

export function line(text: string, tone: Tone = "plain"): Line {
  return { text, tone };
}

/**
 * Printable ASCII on one line: white space is folded, typography becomes its plain form, and whatever is left
 * (escapes, bidirectional overrides, other scripts) is shown as `\x1b`, `\u202e`, `\u{1f600}`.
 */
export function clean(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text;
  let out = "";
  for (const char of cut.replaceAll(/[\t\n\v\f\r ]+/g, " ")) {
    out += char >= " " && char <= "~" ? char : (TYPOGRAPHY[char] ?? escaped(char.codePointAt(0)!));
  }
  return out.replaceAll(/ +/g, " ").trim();
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}

/** At most `width` columns; what is cut off becomes "...". */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3)).trimEnd()}...`;
}

/** Holds words together that a line break would part: printed as a blank. */
export const GLUE = "\u0001";

/** Prose in lines of at most `width` columns, the first with `first` before it, the others with `rest`. */
export function wrap(text: string, width: number, first = "", rest = first): string[] {
  const lines: string[] = [];
  let current = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = rest;
      empty = true;
    }
    current += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(current);
  return lines.map((l) => l.replaceAll(GLUE, " ").trimEnd());
}

/** A line in lines of at most `width` columns, broken wherever that is: no word is too long for it. */
export function fold(text: string, width: number): string[] {
  const lines = [text.slice(0, width)];
  const indent = " ".repeat(Math.min(text.length - text.trimStart().length + 4, 12));
  for (let at = width; at < text.length; at += width - indent.length) {
    lines.push(indent + text.slice(at, at + width - indent.length));
  }
  return lines;
}

/** 1234567 -> "1,234,567". */
export function grouped(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** 1 "step", 2 "steps". */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : plural}`;
}

/** Rates and large sums: "1.23 M", "45.6 k", "789". */
export function scaled(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toPrecision(3)} G`;
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
  if (value >= 1e4) return `${(value / 1e3).toPrecision(3)} k`;
  return grouped(value);
}

/** Three significant digits: 3.41M. */
export function si(value: number): string {
  if (value < 1000) return String(Math.round(value));
  const units = ["k", "M", "G", "T"];
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${scaled.toPrecision(3).replace(/e.*/, "")}${units[unit]}`;
}

/** A rate per million: a small one with two digits, so that what was seen is never 0. */
export function rateOf(perMillion: number): string {
  return perMillion < 10 ? String(Number(perMillion.toPrecision(2))) : grouped(perMillion);
}

/** The report as one string that ends with a newline. */
export function paint(lines: readonly Line[], color: boolean): string {
  return lines.map((l) => `${color ? painted(l) : l.text.trimEnd()}\n`).join("");
}

function painted(l: Line): string {
  const text = l.text.trimEnd();
  if (l.tone === "plain" || text === "") return text;
  const body = text.trimStart();
  const style = [...STYLES[l.tone]];
  return text.slice(0, text.length - body.length) + styleText(style, body, { validateStream: false });
}
