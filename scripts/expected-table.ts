// The verdict table of the BPF OOM models: what each race of models/bpf-oom/catalogue.json comes to in each
// version and fix. Here: the forms of the catalogue and of the results, whether they agree, and the document
// made of both. Pure; expected.ts runs the schedules, a test compares.

import type { Finding } from "../src/campaign/summary.ts";

/** A kind of violation ("warn"), and its function where that is not chance. */
interface Expected {
  readonly kind: string;
  readonly function?: string;
}

/** What is found of a race: all of it, and nothing else. */
export type Expectation = "not-found" | Expected | readonly Expected[];

export interface CatalogueRow {
  readonly row: string;
  readonly scenario: string;
  readonly title: string;
  /** What reading the code says. */
  readonly claim: string;
  /** The claim is that it cannot happen: that takes many schedules. */
  readonly refuted?: boolean;
  /** By model; one for each that has the scenario. */
  readonly expected: Readonly<Record<string, Expectation>>;
  /** Why claim and finding differ; "" where they do not. */
  readonly reason: string;
}

export interface Catalogue {
  readonly schema: 1;
  /** The columns. */
  readonly models: readonly string[];
  readonly rows: readonly CatalogueRow[];
}

/** Of every run that the table stands on. */
export const TABLE_SEED = 42n;
/** The models as they are: no macros defined, nothing stubbed. */
export const FLAGS = { define: [], include: [], stub: [], strict: false };

export type FoundIn = Pick<Finding, "kind" | "function" | "file" | "line" | "preemptions" | "scheduleToken">;

/** One row in one model. */
export interface Cell {
  readonly row: string;
  readonly model: string;
  /** Of the program that was run. */
  readonly hash: string;
  readonly schedules: number;
  /** One for each kind and function, with the fewest preemptions seen; sorted. */
  readonly findings: readonly FoundIn[];
}

/** models/bpf-oom/expected.json: the table for programs. */
export interface Results {
  readonly schema: 1;
  readonly strategy: string;
  readonly seed: string;
  readonly cells: readonly Cell[];
}

/** A version that lacks what a race needs does not have its scenario. */
export function hasScenario(
  model: { readonly scenarios: readonly { readonly name: string }[] },
  row: CatalogueRow,
): boolean {
  return model.scenarios.some(({ name }) => name.replaceAll("_", "-") === row.scenario);
}

/** Of the findings of one kind in one function the one with the fewest preemptions. */
export function fewest(findings: readonly FoundIn[]): FoundIn[] {
  const best = new Map<string, FoundIn>();
  for (const one of findings) {
    const { kind, function: name, file, line, preemptions, scheduleToken } = one;
    const key = `${kind} ${name}`;
    if (preemptions < (best.get(key)?.preemptions ?? Number.POSITIVE_INFINITY)) {
      best.set(key, { kind, function: name, file, line, preemptions, scheduleToken });
    }
  }
  return [...best].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

/** How a cell contradicts what the catalogue expects of it; undefined where it does not. */
export function contradiction(row: CatalogueRow, cell: Cell): string | undefined {
  const expectation = row.expected[cell.model];
  const where = `${cell.row} (${row.scenario}) in ${cell.model}`;
  if (expectation === undefined) return `${where}: the catalogue does not say what is expected`;
  const expected = expectation === "not-found" ? [] : [expectation].flat();
  const fits = (wanted: Expected, found: FoundIn) => {
    return wanted.kind === found.kind && (wanted.function ?? found.function) === found.function;
  };
  const lacking = expected.filter((wanted) => !cell.findings.some((found) => fits(wanted, found)));
  const more = cell.findings.filter((found) => !expected.some((wanted) => fits(wanted, found)));
  if (lacking.length === 0 && more.length === 0) return undefined;
  return `${where}: expected is ${namesOf(expected)}, found was ${namesOf(cell.findings)}`;
}

function namesOf(list: readonly Expected[]): string {
  if (list.length === 0) return "nothing";
  return list
    .map((one) => (one.function === undefined ? one.kind : `${one.kind} in ${one.function}()`))
    .join(", ");
}

// ---------------------------------------------------------------- the document

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
      `its own. Schedules are drawn by ${results.strategy}, seed ${results.seed}.`,
    ].join("\n"),
    [
      "A cell is the kind of violation and the fewest preemptions that it was seen with; `-`: not found, in",
      'as many schedules as stand below; empty: the version does not have what the scenario needs. "Not',
      'found" is no proof of absence.',
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
  const alike = new Map<string, { readonly models: string[]; readonly cell: Cell }>();
  for (const model of catalogue.models) {
    const cell = cellOf(row.row, model);
    if (cell === undefined) continue;
    const words = wordsOf(cell);
    const known = alike.get(words);
    if (known === undefined) alike.set(words, { models: [model], cell });
    else known.models.push(model);
  }
  const lines = [...alike].map(([words, { models }]) => tableRow([models.map(shortName).join(", "), words]));
  const replays = [...alike.values()].flatMap(({ models, cell }) =>
    cell.findings.map((one) => {
      return `    raceproof repro '${one.scheduleToken}' ${models[0]} --scenario ${row.scenario}`;
    }),
  );
  return [
    `## ${heading(row)}`,
    `Scenario \`${row.scenario}\`. Claim: ${row.claim}`,
    ...(row.reason === "" ? [] : [`Found otherwise: ${row.reason}`]),
    [tableRow(["version or fix", "found"]), tableRow(["---", "---"]), ...lines].join("\n"),
    ...(replays.length === 0 ? [] : [replays.join("\n")]),
  ];
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

/** `WARN 1`, `-`, or nothing where the model was not run. */
function summaryOf(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  if (cell.findings.length === 0) return "-";
  return cell.findings.map((one) => `${SHORT[one.kind] ?? one.kind} ${one.preemptions}`).join(", ");
}

/** "warn, `bpf_oom_ops_unreg()` v2.c:125, 1 preemption". */
function wordsOf(cell: Cell): string {
  if (cell.findings.length === 0) return `not found in ${grouped(cell.schedules)} schedules`;
  return cell.findings
    .map((one) => {
      const place = `${one.file.replace(/^.*\//, "")}:${one.line}`;
      const preemptions = one.preemptions === 1 ? "1 preemption" : `${one.preemptions} preemptions`;
      return `${one.kind}, \`${one.function}()\` ${place}, ${preemptions}`;
    })
    .join("; ");
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
