// The source beside the timelines: of each file the functions that the runs shown went through, with the
// steps at each line. Finds functions as the kernel writes them: their last line is a brace in the first
// column.

import type { SourcePlace } from "../../campaign/summary.ts";
import type { PageFinding } from "./facts.ts";
import { html, type Markup } from "./markup.ts";

/** Text of a file by the name that places have; a file may be missing. */
export type Sources = ReadonlyMap<string, string>;

/** Lines around one that matters, where its function is longer. */
const AROUND = 40;
const COLUMNS_MAX = 160;
const LINES_MAX = 2500;
/** Links to steps at one line. */
const LINKS_MAX = 6;

interface Line {
  readonly number: number;
  readonly text: string;
  readonly steps: readonly { readonly finding: number; readonly step: number }[];
}

export interface Excerpt {
  readonly file: string;
  /** In order; where numbers jump, lines are left out. */
  readonly lines: readonly Line[];
}

export function excerptsOf(findings: readonly PageFinding[], sources: Sources): Excerpt[] {
  const steps = new Map<string, Map<number, Line["steps"][number][]>>();
  const note = ({ file, line }: SourcePlace, at?: Line["steps"][number]): void => {
    if (file === "") return;
    const lines = steps.get(file) ?? new Map();
    steps.set(file, lines);
    const known = lines.get(line) ?? [];
    if (at !== undefined && known.length < LINKS_MAX) known.push(at);
    lines.set(line, known);
  };
  for (const [finding, { trace, story }] of findings.entries()) {
    for (const row of trace.rows) {
      note(row.place, { finding, step: row.step });
      for (const caller of row.callers) note(caller);
    }
    for (const { place, related } of trace.violations)
      for (const at of [place, ...related.map((r) => r.place)]) note(at);
    for (const { stands } of story?.steps ?? []) for (const { place } of stands) note(place);
  }
  let room = LINES_MAX;
  return [...steps].flatMap(([file, wanted]) => {
    const text = sources.get(file);
    if (text === undefined) return [];
    const all = text.split("\n");
    const lines = [...chosenLines(all, [...wanted.keys()])].sort((a, b) => a - b).slice(0, room);
    room -= lines.length;
    return lines.length === 0
      ? []
      : [
          {
            file,
            lines: lines.map((number) => ({
              number,
              text: all[number - 1]!,
              steps: wanted.get(number) ?? [],
            })),
          },
        ];
  });
}

function chosenLines(all: readonly string[], wanted: readonly number[]): Set<number> {
  const chosen = new Set<number>();
  const ends = (line: number) => /^[})]/.test(all[line - 1] ?? "");
  for (const line of wanted) {
    if (line < 1 || line > all.length) continue;
    let first = line;
    while (first > 1 && line - first < AROUND && !ends(first - 1)) first--;
    while (first < line && (all[first - 1] ?? "").trim() === "") first++;
    let last = line;
    while (last < all.length && last - line < AROUND && !ends(last)) last++;
    for (let each = first; each <= last; each++) chosen.add(each);
  }
  return chosen;
}

function sourceId(file: number, line: number): string {
  return `source-${file}-${line}`;
}

/** `files`: the numbers by which the script finds a line. */
export function sourceListing(excerpts: readonly Excerpt[]): Markup {
  const files = excerpts.map(({ file, lines }, index) => {
    const body = lines.map((line, i) => {
      const gap =
        i > 0 && lines[i - 1]!.number + 1 < line.number ? html`<span class="gap"></span>` : undefined;
      return html`${gap}${lineItem(line, index)}`;
    });
    return html`<figure class="file" id="file-${index}"><figcaption>${file}</figcaption><pre tabindex="0"
      aria-label="${file}">${body}</pre></figure>
`;
  });
  return html`${files}`;
}

function lineItem({ number, text, steps }: Line, file: number): Markup {
  const links = steps.map(({ finding, step }) => {
    const name = `${finding + 1}.${step}`;
    return html` <a href="#finding-${finding + 1}-step-${step}"
      aria-label="Finding ${finding + 1}, step ${step}">${name}</a>`;
  });
  const at = links.length === 0 ? undefined : html`<span class="at">${links}</span>`;
  return html`<span class="line"
    id="${sourceId(file, number)}"><b>${number}</b>${expanded(text)}${at}</span>`;
}

/** Tabs as the kernel has them. */
function expanded(text: string): string {
  let out = "";
  for (const char of text.slice(0, COLUMNS_MAX))
    out += char === "\t" ? " ".repeat(8 - (out.length % 8)) : char;
  return text.length > COLUMNS_MAX ? `${out}...` : out;
}
