// The verdict table as a document: models/bpf-oom/EXPECTED.md, made of the catalogue and the results.

import type { Catalogue, CatalogueRow, Cell, Need, Results } from "./expected-table.ts";

const SHORT: Readonly<Record<string, string>> = {
  "use-after-free": "UAF",
  warn: "WARN",
  "null-deref": "NULL",
  "step-limit": "endless",
};

/** models/bpf-oom/EXPECTED.md. */
export function renderTable(catalogue: Catalogue, results: Results): string {
  const cellOf = (row: string, model: string) => {
    return results.cells.find((cell) => cell.row === row && cell.model === model);
  };
  const heads = catalogue.models.map(shortName);
  const overview = catalogue.rows.map((row) => {
    const cells = catalogue.models.map((model) => summaryOf(cellOf(row.row, model)));
    return tableRow([`[${row.row}](#${anchor(row)})`, ...cells]);
  });
  const parts = [
    "# What each version and fix is found to show",
    [
      "Written by `npm run expected` from `catalogue.json` and what it found, which is in `expected.json`",
      "too; a test compares. Every version and fix is a model in this folder; every race has a scenario of",
      "its own.",
    ].join("\n"),
    [
      "Every schedule of a cell was explored. It is `proved` where none of them violates, in so many states:",
      "that holds for this scenario and this model. Else it is every kind of violation that there is, and",
      "the fewest preemptions that it takes: no schedule shows it with fewer. Empty: the version does not",
      "have what the scenario needs.",
    ].join("\n"),
    [
      "A cell with a `*` has too many states. What it shows was found in random schedules",
      `(${results.strategy}, seed ${results.seed}), as many as stand below; fewer preemptions may do, and`,
      '"not found" is no proof of absence.',
    ].join("\n"),
    [tableRow(["race", ...heads]), tableRow(["---", ...heads.map(() => "---")]), ...overview].join("\n"),
    ...catalogue.rows.flatMap((row) => section(catalogue, row, cellOf)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(
  catalogue: Catalogue,
  row: CatalogueRow,
  cellOf: (row: string, model: string) => Cell | undefined,
): string[] {
  // Models of one result share a line.
  const alike = new Map<string, { readonly models: string[]; readonly cells: Cell[] }>();
  for (const model of catalogue.models) {
    const cell = cellOf(row.row, model);
    if (cell === undefined) continue;
    const words = cell.findings.length === 0 && cell.states !== undefined ? "proved" : wordsOf(cell);
    const known = alike.get(words) ?? { models: [], cells: [] };
    known.models.push(model);
    known.cells.push(cell);
    alike.set(words, known);
  }
  const lines = [...alike].map(([words, { models, cells }]) => {
    const states = cells.map((cell) => grouped(cell.states ?? 0));
    const found = words === "proved" ? `proved (${counted(states)} states)` : words;
    return tableRow([models.map(shortName).join(", "), found]);
  });
  const replays = [...alike.values()].flatMap(({ models, cells }) =>
    cells[0]!.findings.map((one) => {
      return `    raceproof repro '${one.scheduleToken}' ${models[0]} --scenario ${row.scenario}`;
    }),
  );
  return [
    `## ${heading(row)}`,
    `Scenario \`${row.scenario}\`. Claim: ${row.claim}`,
    ...(row.reason === "" ? [] : [`Found otherwise: ${row.reason}`]),
    [tableRow(["version or fix", "found"]), tableRow(["---", "---"]), ...lines].join("\n"),
    ...protectionLines(catalogue, row, cellOf),
    ...(replays.length === 0 ? [] : [replays.join("\n")]),
  ];
}

/** Of a claim that is refuted: what it rests on, models of the same answer together. */
function protectionLines(
  catalogue: Catalogue,
  row: CatalogueRow,
  cellOf: (row: string, model: string) => Cell | undefined,
): string[] {
  const alike = new Map<string, { readonly models: string[]; readonly needs: readonly Need[] }>();
  const open = new Map<string, Set<string>>();
  for (const model of catalogue.models) {
    const all = cellOf(row.row, model)?.needs;
    if (all === undefined) continue;
    const needs = all.filter(({ without }) => without !== null);
    const key = JSON.stringify(needs);
    const known = alike.get(key) ?? { models: [], needs };
    known.models.push(shortName(model));
    alike.set(key, known);
    for (const { open: reason, text } of all) {
      // How many states they were does not tell reasons apart.
      const why = reason?.replace(/ \(\d+ states\)$/, "");
      if (why !== undefined) open.set(why, (open.get(why) ?? new Set()).add(`\`${text}\``));
    }
  }
  if (alike.size === 0) return [];
  const lines = [...alike.values()].flatMap(({ models, needs }) => {
    if (needs.length === 0) return [tableRow([models.join(", "), "nothing that is known", ""])];
    return needs.map((need) => tableRow([models.join(", "), protectionText(need), lossText(need)]));
  });
  return [
    "What protects: each lock, grace period, reference, atomic operation and check was left out on its own.",
    [tableRow(["version or fix", "needs", "without it"]), tableRow(["---", "---", "---"]), ...lines].join(
      "\n",
    ),
    ...(open.size === 0 ? [] : [["Not known:", ""].concat(openLines(open)).join("\n")]),
  ];
}

function openLines(open: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...open].map(([reason, texts]) => `- ${[...texts].join(", ")}: ${reason}`);
}

function protectionText({ protection, function: name, file, line, text }: Need): string {
  return `${protection.replace("-", " ")}: \`${text}\` in \`${name}()\` ${placeText(file, line)}`;
}

function lossText({ without }: Need): string {
  if (without === null) return "";
  return `${without.kind} in \`${without.function}()\`, ${preemptionsText(without.preemptions)}`;
}

function heading({ row, title }: CatalogueRow): string {
  return `${row}: ${title}`;
}

/** As GitHub makes it of a heading. */
function anchor(row: CatalogueRow): string {
  return heading(row)
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** `WARN 1`, `proved (12 states)`, or nothing where the model was not run. */
function summaryOf(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const mark = cell.states === undefined ? "*" : "";
  if (cell.findings.length === 0) {
    return cell.states === undefined ? `not found ${mark}` : `proved (${grouped(cell.states)} states)`;
  }
  const found = cell.findings.map((one) => `${SHORT[one.kind] ?? one.kind} ${one.preemptions}`).join(", ");
  return mark === "" ? found : `${found} ${mark}`;
}

/** "warn, `bpf_oom_ops_unreg()` v2.c:125, 1 preemption". */
function wordsOf(cell: Cell): string {
  const within = cell.states === undefined ? ` in ${grouped(cell.schedules)} schedules` : "";
  if (cell.findings.length === 0) return `not found${within}`;
  const found = cell.findings.map((one) => {
    const most = one.minimum === "exact" || one.preemptions === 0 ? "" : "at most ";
    const place = placeText(one.file, one.line);
    const object = one.object === "" ? "" : ` (${one.object})`;
    return `${one.kind}${object}, \`${one.function}()\` ${place}, ${most}${preemptionsText(one.preemptions)}`;
  });
  return `${found.join("; ")}${within}`;
}

function placeText(file: string, line: number): string {
  return `${file.replace(/^.*\//, "")}:${line}`;
}

function preemptionsText(preemptions: number): string {
  return preemptions === 1 ? "1 preemption" : `${preemptions} preemptions`;
}

/** "4, 12 and 9"; one where all are the same. */
function counted(values: readonly string[]): string {
  if (new Set(values).size === 1) return values[0]!;
  return `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;
}

function shortName(model: string): string {
  return model.replace(/^.*\//, "");
}

function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
