// Compares what one scenario shows in several models: which findings are one, and whether a model lacks what
// the first one shows because it is cured or because too few schedules were run. Pure.
//
// Which findings are one: those of one kind, in one function, at one class of object. Neither files nor lines
// count, since models differ in them; nor does the task, since a finding names the task of its first schedule
// only, and which one that is is chance. Where a model has several of them, those of equal groups (titles.ts:
// the statement, the other side) are paired first; whatever is left over on both sides is taken for one row,
// so that rewriting a statement cures nothing. In doubt the answer is `kept`: a false `cured` is the worse
// error.
//
// Whether it is gone: where every schedule of a model was explored, and nothing else ends any, that is known.
// Else: the first model showed it k times in n schedules, another never in m. Had nothing
// changed, all k would have fallen among the n with probability (n / (n + m))^k (the conditional test for two
// Poisson rates; Przyborowski and Wilenski 1940). `cured` needs that to be below CHANCE_MAX. Schedules that
// another violation ended do not count: what ends every run early hides what would have come later.

import { LimitKind } from "../../assembly/abi.ts";
import type { RawTally } from "../engine/engine.ts";
import type {
  ComparedFinding,
  ComparisonCell,
  ComparisonRow,
  Finding,
  Mark,
  ViolationKind,
} from "./summary.ts";

/** Chance that `cured` or `introduced` is wrong, at each cell. */
const CHANCE_MAX = 0.01;

/** What one model showed. */
export interface Column {
  readonly observed: readonly Observed[];
  readonly schedules: number;
  /** Of these, the ones that a limit of the machine ended: they say nothing. */
  readonly limited: number;
  /** Every schedule was explored: what was not observed is not there. */
  readonly whole: boolean;
}

/** One dedupe key of a model. */
export interface Observed {
  readonly kind: ViolationKind;
  readonly function: string;
  readonly object: string;
  readonly group: string;
  /** 0 where only exploring shows it. */
  readonly count: number;
  /** Exact chance of a schedule to show it, where that is known. */
  readonly chance: number | undefined;
  readonly finding: Omit<ComparedFinding, "keys"> & { readonly key: string };
}

/** `explored`: by key all findings there are, where every schedule was explored. */
export function columnOf(
  tally: RawTally,
  drawn: readonly Finding[],
  explored: ReadonlyMap<string, Finding> | null,
): Column {
  const { schedules } = tally;
  // Where a shard could not tell apart all that it saw, anything may be what is missing.
  const unknown = (tally.limited[LimitKind.TALLY] ?? 0) > 0;
  const limited = unknown ? schedules : tally.limited.reduce((total, runs) => total + runs, 0);
  const keys = new Set(drawn.map(({ key }) => key));
  const undrawn = [...(explored?.values() ?? [])].filter(({ key }) => !keys.has(key));
  const observed = [...drawn.map((one) => observe(one, one.count)), ...undrawn.map((one) => observe(one, 0))];
  return { observed, schedules, limited, whole: explored !== null && schedules > 0 };
}

function observe(finding: Finding, count: number): Observed {
  const { kind, function: name, object, group, exactProbability: chance } = finding;
  return { kind, function: name, object, group, count, chance, finding };
}

/** In the order in which the first column that has them shows them; null: the model was not run. */
export function compareColumns(columns: readonly (Column | null)[]): ComparisonRow[] {
  return matchRows(columns).map((found) => {
    const named = found.flat()[0]!;
    const cells = columns.map((column, i) => measure(column, found[i]!, named.kind));
    return {
      kind: named.kind,
      function: named.function,
      object: named.object,
      group: named.group,
      title: named.finding.title,
      cells: cells.map((cell, i) => {
        return { ...cell, ...(i === 0 || columns[i] === null ? UNMARKED : marked(cells[0]!, cell)) };
      }),
    };
  });
}

/** For each row what each column shows of it. */
function matchRows(columns: readonly (Column | null)[]): Observed[][][] {
  const alike = new Map<string, Observed[][]>();
  for (const [i, column] of columns.entries()) {
    for (const one of column?.observed ?? []) {
      const key = JSON.stringify([one.kind, one.function, one.object]);
      const row = alike.get(key) ?? columns.map(() => []);
      row[i]!.push(one);
      alike.set(key, row);
    }
  }
  return [...alike.values()].flatMap((row) => {
    const nameOf = mergeGroups(row.map((found) => [...new Set(found.map((one) => one.group))]));
    const names = new Set(row.flat().map((one) => nameOf(one.group)));
    return [...names].map((name) => row.map((found) => found.filter((one) => nameOf(one.group) === name)));
  });
}

/** Which of the groups are one row: a representative of each. */
function mergeGroups(columns: readonly (readonly string[])[]): (group: string) => string {
  const parent = new Map<string, string>();
  const nameOf = (group: string): string => {
    const up = parent.get(group);
    return up === undefined ? group : nameOf(up);
  };
  const first = columns.find((names) => names.length > 0) ?? [];
  for (const names of columns) {
    if (names.length === 0) continue;
    const lost = first.filter((group) => !names.includes(group));
    const fresh = names.filter((group) => !first.includes(group));
    if (lost.length === 0 || fresh.length === 0) continue;
    const [name, ...others] = [...lost, ...fresh] as [string, ...string[]];
    for (const other of others) if (nameOf(other) !== nameOf(name)) parent.set(nameOf(other), nameOf(name));
  }
  return nameOf;
}

type Measured = Omit<ComparisonCell, keyof Marked>;

function measure(column: Column | null, found: readonly Observed[], kind: ViolationKind): Measured {
  if (column === null) {
    return { count: 0, perMillion: 0, exposed: 0, bound: null, proved: false, finding: null };
  }
  const sum = (of: readonly Observed[]) => of.reduce((total, one) => total + one.count, 0);
  // A WARN lets the run go on, and two of a row may come in one schedule: never more than all schedules.
  const count = Math.min(sum(found), column.schedules);
  const others = column.observed.filter((one) => one.kind !== "warn" && !found.includes(one));
  const exposed = Math.max(column.schedules - column.limited - sum(others), count);
  const perMillion = count === 0 ? 1e6 * chanceOf(found) : (count * 1e6) / column.schedules;
  // What another violation ends may hide it, and a schedule may go round in circles for long.
  const certain = column.whole && others.length === 0 && kind !== "step-limit";
  const proved = certain && found.length === 0;
  // The rule of three needs more than three.
  const bound = found.length === 0 && !proved && exposed > 3 ? 3 / exposed : null;
  return { count, perMillion, exposed, bound, proved, finding: earliest(found) };
}

/** At most: two of a row may come in one schedule. */
function chanceOf(found: readonly Observed[]): number {
  return Math.min(
    1,
    found.reduce((total, one) => total + (one.chance ?? 0), 0),
  );
}

function earliest(found: readonly Observed[]): ComparedFinding | null {
  const sorted = found
    .map((one) => one.finding)
    .sort((a, b) => a.firstSchedule - b.firstSchedule || (a.key < b.key ? -1 : 1));
  const [first] = sorted;
  if (first === undefined) return null;
  const { title, file, line, task, firstSchedule, preemptions, steps, token, scheduleToken } = first;
  const keys = sorted.map((one) => one.key);
  return { title, file, line, task, firstSchedule, preemptions, steps, token, scheduleToken, keys };
}

type Marked = Pick<ComparisonCell, "mark" | "schedulesNeeded">;

const UNMARKED: Marked = { mark: null, schedulesNeeded: null };

function marked(first: Measured, cell: Measured): Marked {
  const gone = first.finding !== null;
  if (gone && cell.finding !== null) return { mark: "kept", schedulesNeeded: null };
  if (!gone && cell.finding === null) return UNMARKED;
  const [shows, lacks] = gone ? [first, cell] : [cell, first];
  const needed = lacks.proved ? 0 : schedulesNeeded(shows);
  if (lacks.exposed < needed) return { mark: "unclear", schedulesNeeded: needed };
  return { mark: gone ? "cured" : "introduced", schedulesNeeded: null };
}

/** Schedules that must not show what this one shows, for chance to be excluded. */
function schedulesNeeded({ count, exposed, perMillion }: Measured): number {
  if (count > 0) return schedulesToExclude(count, exposed);
  return Math.ceil(Math.log(CHANCE_MAX) / Math.log1p(-perMillion / 1e6));
}

/** Schedules that must not show what `count` of `exposed` did, for chance to be excluded. */
export function schedulesToExclude(count: number, exposed: number): number {
  return Math.ceil(exposed * (CHANCE_MAX ** (-1 / count) - 1));
}

/**
 * Says where a row that a column lacks and one that is new in it are alike in kind and object: so looks a
 * function that was renamed, or code that was moved into another.
 */
export function movedNotes(rows: readonly ComparisonRow[], models: readonly string[]): string[] {
  return models.flatMap((model, column) => {
    const marked = (mark: Mark) => rows.filter((row) => row.cells[column]?.mark === mark);
    return marked("cured").flatMap((gone) =>
      marked("introduced")
        .filter((fresh) => gone.kind === fresh.kind && gone.object === fresh.object)
        .map((fresh) => {
          return (
            `${model}: "${gone.title}" is gone and "${fresh.title}" is new, alike in kind and object: ` +
            "so looks a function that was renamed, or code that was moved"
          );
        }),
    );
  });
}
