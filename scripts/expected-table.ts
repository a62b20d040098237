// The verdict table of the BPF OOM models: what each race of models/bpf-oom/catalogue.json comes to in each
// version and fix. Here: the forms of the catalogue and of the results, and whether they agree. Pure;
// expected.ts explores, expected-document.ts makes the document of both, a test compares.

import type { Finding, Minimum, ProtectionSite } from "../src/campaign/summary.ts";

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
  /** Where the race is one of these models alone, though others have the scenario. */
  readonly models?: readonly string[];
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

export interface FoundIn
  extends Pick<Finding, "kind" | "object" | "function" | "file" | "line" | "preemptions" | "scheduleToken"> {
  /** Whether any schedule can show it with fewer preemptions. */
  readonly minimum: Minimum;
}

/** What a cell that shows nothing rests on, or may rest on. */
export interface Need {
  readonly protection: ProtectionSite["protection"];
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** The simplest that goes wrong without it; null where that is not known. */
  readonly without: Pick<Finding, "kind" | "function" | "preemptions"> | null;
  /** Why it is not known; null where it is. */
  readonly open: string | null;
}

/** One row in one model. */
export interface Cell {
  readonly row: string;
  readonly model: string;
  /** Of the program that was run. */
  readonly hash: string;
  /** Where every schedule was explored: distinct states, and the steps between them. */
  readonly states?: number;
  readonly transitions?: number;
  /** Random schedules that were run; 0 where every schedule was explored. */
  readonly schedules: number;
  /** One for each kind, object and function, with the fewest preemptions; sorted. */
  readonly findings: readonly FoundIn[];
  /** Of a claim that is refuted: locks, grace periods and so on, but for those that were left out in vain. */
  readonly needs?: readonly Need[];
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
  model: {
    readonly scenarios: readonly { readonly name: string }[];
    readonly file: { readonly name: string };
  },
  row: CatalogueRow,
): boolean {
  if (row.models?.includes(model.file.name) === false) return false;
  return model.scenarios.some(({ name }) => name.replaceAll("_", "-") === row.scenario);
}

/** Of the findings of one kind about one object in one function the one with the fewest preemptions. */
export function fewest(findings: readonly Pick<Finding, keyof FoundIn>[]): FoundIn[] {
  const best = new Map<string, FoundIn>();
  for (const one of findings) {
    const { kind, object, function: name, file, line, preemptions, minimum = "at-most", scheduleToken } = one;
    const key = `${kind} ${name} ${object}`;
    if (preemptions < (best.get(key)?.preemptions ?? Number.POSITIVE_INFINITY)) {
      best.set(key, { kind, object, function: name, file, line, preemptions, minimum, scheduleToken });
    }
  }
  return [...best].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

/** Those that something goes wrong without, or may, in the order of the source. */
export function needsOf(sites: readonly ProtectionSite[]): Need[] {
  return sites.flatMap(({ protection, place, verdict, loss, reason }) => {
    if (verdict === "not-needed") return [];
    const { function: name, file, line, text } = place;
    const without = loss && { kind: loss.kind, function: loss.function, preemptions: loss.preemptions };
    return [{ protection, function: name, file, line, text, without, open: reason }];
  });
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
