// What the page's script steps through: every object with its fields before the first step, and what each
// step changed. Names are short because there are many of them; page.js knows them.

import type { Story, StoryStand, StoryStep } from "../../campaign/summary.ts";
import { clean } from "../text.ts";
import { labelsOf, slotLetter } from "../trace.ts";
import { arrowText } from "./drawing.ts";
import type { Rows } from "./rows.ts";

/** Cells of one run whose states are told. */
const CELLS_MAX = 3000;

type Change = readonly [object: number, field: number, value: string];
type Stand = readonly [task: number, file: number, line: number, waits: string];

interface StepData {
  /** Number of the step. */
  readonly n: number;
  /** Task. */
  readonly k: number;
  /** Changes of steps before it that are not shown. */
  readonly b: readonly Change[];
  /** Changes: object, field, new value. */
  readonly w: readonly Change[];
  /** Objects allocated and freed, before it where not shown and by it. */
  readonly a: readonly number[];
  readonly d: readonly number[];
  /** Cells read: object, field. */
  readonly r: readonly (readonly [number, number])[];
  /** Where the tasks stand: task, file, line, what is waited for. */
  readonly s: readonly Stand[];
  /** What the arrows say. */
  readonly t: readonly string[];
}

export interface StateData {
  readonly tasks: readonly { readonly letter: string; readonly label: string }[];
  readonly objects: readonly {
    readonly name: string;
    readonly of: string;
    readonly fields: readonly string[];
    /** It is allocated by a step. */
    readonly late: boolean;
    readonly initial: readonly string[];
    /** Changes in the run, or is what it is about. */
    readonly moves: boolean;
  }[];
  readonly begin: readonly Stand[];
  readonly steps: readonly StepData[];
  /** The step to begin with: index into steps. */
  readonly first: number;
}

/** `fileOf` gives the number of a file in the listing, -1 where it is not there. */
export function statesOf(story: Story, rows: Rows, fileOf: (file: string) => number): StateData {
  const kept = keptObjects(story);
  const stands = (all: readonly StoryStand[]): Stand[] =>
    all.map(({ task, place, waits }) => [task, fileOf(place.file), place.line, clean(waits)]);
  const steps: StepData[] = [];
  let told = 0;
  for (const { step } of rows.rows) {
    if (step < 0) continue;
    const hidden = story.steps.slice(told, step);
    const own = story.steps[step];
    told = step + 1;
    if (own === undefined) break;
    steps.push({
      n: story.trace.rows[step]!.step,
      k: story.trace.rows[step]!.task,
      b: hidden.flatMap((each) => changesOf(each, kept)),
      w: changesOf(own, kept),
      a: [...hidden, own].flatMap(({ allocated }) => present(allocated, kept)),
      d: [...hidden, own].flatMap(({ freed }) => present(freed, kept)),
      r: own.reads.flatMap(({ object, field }) => present([object], kept).map((n) => [n, field] as const)),
      s: stands(own.stands),
      t: saidOf(story, step),
    });
  }
  const moving = movingObjects(story);
  const labels = labelsOf(story.trace);
  const closes =
    story.window?.closes ?? story.trace.rows.findIndex(({ violations }) => violations.length > 0);
  return {
    tasks: story.trace.tasks.map(({ slot }, task) => ({
      letter: slotLetter(slot),
      label: labels[task] ?? "",
    })),
    objects: [...kept.keys()].map((object) => {
      const { name, class: of, fields, initial, born } = story.objects[object]!;
      return {
        name: clean(name),
        of: clean(of),
        fields: fields.map(clean),
        late: born >= 0,
        initial: initial.map(clean),
        moves: moving.has(object),
      };
    }),
    begin: stands(story.begin),
    steps,
    first: Math.max(
      0,
      steps.findIndex(({ n }) => n === story.trace.rows[closes]?.step),
    ),
  };
}

function saidOf(story: Story, step: number): string[] {
  const labels = labelsOf(story.trace);
  return story.arrows.flatMap(({ kind, from, to, what }) => {
    const row = story.trace.rows[from];
    if (to !== step || row === undefined) return [];
    return [`${arrowText(kind, labels[row.task] ?? "", clean(what))} in step ${row.step}`];
  });
}

function changesOf({ writes }: StoryStep, kept: ReadonlyMap<number, number>): Change[] {
  return writes.flatMap(({ object, field, after }) => {
    return present([object], kept).map((n): Change => [n, field, clean(after)]);
  });
}

function present(objects: readonly number[], kept: ReadonlyMap<number, number>): number[] {
  return objects.flatMap((object) => kept.get(object) ?? []);
}

/**
 * Those whose lives are drawn, others on the heap that change, globals that do; of what never changes as much
 * as there is room for. By object: its new number.
 */
function keptObjects(story: Story): ReadonlyMap<number, number> {
  const moving = movingObjects(story);
  const all = story.objects.map((_, object) => object);
  const rank = (object: number): number => {
    const drawn = story.lives.findIndex((life) => life.object === object);
    if (drawn >= 0) return drawn;
    const global = story.objects[object]!.storage === "heap" ? 0 : 1;
    return 100 + global + (moving.has(object) ? 0 : 2);
  };
  const order = all.toSorted((a, b) => rank(a) - rank(b) || a - b);
  const kept = new Map<number, number>();
  let cells = 0;
  for (const object of order) {
    const { fields, storage } = story.objects[object]!;
    cells += fields.length;
    if (cells > CELLS_MAX) break;
    if (storage !== "local" || moving.has(object)) kept.set(object, kept.size);
  }
  return kept;
}

function movingObjects({ steps, objects, trace }: Story): ReadonlySet<number> {
  const moving = new Set(
    steps.flatMap(({ writes, freed }) => [...writes.map(({ object }) => object), ...freed]),
  );
  const about = new Set(trace.violations.map(({ object }) => object));
  for (const [object, { name }] of objects.entries()) if (about.has(name)) moving.add(object);
  for (const { violations, step } of trace.rows) {
    if (violations.length > 0) for (const { object } of steps[step - 1]?.reads ?? []) moving.add(object);
  }
  return moving;
}
