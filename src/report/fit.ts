// Fits one statement into a column: first as it is, then broken at the best places (continuation lines are
// indented by four), then with the arguments of its innermost calls left out, at last cut off. An identifier
// is only broken where not even a line of its own would hold it, and the caller is told.

import { GLUE } from "./text.ts";

export interface Fitted {
  readonly lines: readonly string[];
  /** An identifier had to be broken. */
  readonly broken: boolean;
}

const SPILL = 4;
const LINES_MAX = 3;

/**
 * `text` (printable ASCII and GLUE) in lines of at most `room` columns, indented by `indent`. An indentation
 * that leaves too little is given up.
 */
export function fitStatement(text: string, indent: number, room: number): Fitted {
  const shift = Math.max(0, Math.min(indent, room - 16));
  const loose = text.replaceAll(GLUE, " ");
  const forms = [text, loose, withoutInnerArguments(loose)];
  let last: Fitted = { lines: [], broken: false };
  for (const form of forms) {
    last = broken(form, shift, room);
    if (last.lines.length <= LINES_MAX && !last.broken) return last;
  }
  if (last.lines.length <= LINES_MAX) return last;
  const lines = last.lines.slice(0, LINES_MAX);
  const end = lines[LINES_MAX - 1]!;
  lines[LINES_MAX - 1] = `${end.slice(0, Math.max(0, room - 3)).trimEnd()}...`;
  return { lines, broken: last.broken };
}

function broken(text: string, indent: number, room: number): Fitted {
  const lines: string[] = [];
  let rest = text;
  let hard = false;
  while (rest !== "") {
    const margin = lines.length === 0 ? indent : Math.min(indent + SPILL, Math.max(0, room - 12));
    const at = breakAt(rest, room - margin);
    if (at.hard) hard = true;
    lines.push(" ".repeat(margin) + rest.slice(0, at.position).trimEnd().replaceAll(GLUE, " "));
    rest = rest.slice(at.position).trimStart();
  }
  return { lines, broken: hard };
}

/**
 * Where to break: the best kind of place that still fills two fifths of the line, else the last place there
 * is.
 */
function breakAt(text: string, room: number): { position: number; hard: boolean } {
  if (text.length <= room) return { position: text.length, hard: false };
  const best = [0, 0, 0, 0];
  for (let p = 1; p <= room; p++) {
    const q = quality(text, p);
    if (q >= 0) best[q] = p;
  }
  for (let q = 3; q >= 0; q--) {
    if (best[q]! >= room * 0.4) return { position: best[q]!, hard: false };
  }
  const position = Math.max(...best);
  return position > 0 ? { position, hard: false } : { position: Math.max(1, room), hard: true };
}

/**
 * How well the text breaks before character p: 3 at a blank, 2 after "(", 1 before a member, 0 elsewhere, -1
 * never.
 */
function quality(text: string, p: number): number {
  const before = text[p - 1]!;
  const after = text[p]!;
  if (after === GLUE || before === GLUE || (before === "[" && isWord(after))) return -1;
  if (after === " " || before === " ") return 3;
  if (after === ")" || after === ";" || after === ",") return -1;
  if (before === "(" || before === "{") return 2;
  if (text.startsWith("->", p) || (after === "." && isWord(before))) return 1;
  if (isWord(before) && isWord(after)) return -1;
  if (isWord(before) && after === "(") return -1;
  // Two characters of punctuation may be one operator; a prefix operator stays with its operand.
  return isWord(before) || (isWord(after) && !/[&*!~.>\\-]/.test(before)) ? 0 : -1;
}

function isWord(char: string): boolean {
  return /[A-Za-z0-9_$]/.test(char);
}

/** `f(g(a, b), c)` -> `f(g(...), c)`: the longest innermost argument list is left out. */
function withoutInnerArguments(text: string): string {
  let longest = "";
  for (const [list] of text.matchAll(/\w\([^()]{4,}\)/g)) {
    if (list.length > longest.length && list.slice(1) !== "(...)") longest = list;
  }
  return longest === "" ? text : text.replace(longest, () => `${longest[0]}(...)`);
}
