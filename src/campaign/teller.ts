// Tells a run: applies its schedule once more, with everything watched, beside the trace that replaying made.
// The engine must have the program loaded.

import { Op } from "../../assembly/abi.ts";
import type { Program } from "../model/program.ts";
import { applySchedule, type Schedule } from "./apply.ts";
import { type Decoded, decode, subjectOf } from "./effects.ts";
import { livesOf } from "./lives.ts";
import type { StoryMachine } from "./machine.ts";
import { MemoryWatch, type ReadNoted } from "./memory-watch.ts";
import { nameObjects } from "./names.ts";
import { sitePlace } from "./places.ts";
import { SpanWatch, waitText } from "./span-watch.ts";
import type { Story, StoryArrow, StoryObject, StorySpan, StoryStand, StoryStep } from "./story.ts";
import type { Necessity, SourcePlace, Trace } from "./summary.ts";
import { windowOf } from "./window.ts";

/** Steps times cells that are looked at for one story: a few seconds. */
const LOOKS_MAX = 50_000_000;

/** A schedule, and what replaying it gave. */
export interface Told {
  readonly schedule: Schedule;
  readonly trace: Trace;
  /** Dedupe key of what it is told for: by default what it shows first. */
  readonly key?: string;
  readonly necessity?: Necessity;
}

/** Null where the run is too long to be looked at so closely. */
export function tellStory(
  program: Program,
  machine: StoryMachine,
  stepsMax: number,
  { schedule, trace, key, necessity }: Told,
): Story | null {
  const teller = new Teller(program, machine, trace);
  applySchedule(machine, stepsMax, schedule, teller);
  const about = trace.violations.findIndex((violation) => violation.key === key);
  return teller.finish(Math.max(0, about), necessity);
}

interface StandNoted {
  readonly life: number;
  readonly place: SourcePlace;
  readonly waits: string;
}

interface StepNoted {
  readonly life: number;
  readonly op: number;
  readonly subject: number;
  readonly reads: readonly ReadNoted[];
  readonly changes: Pick<StoryStep, "writes" | "allocated" | "freed">;
  readonly stands: readonly StandNoted[];
  readonly freedBy: number | undefined;
}

/** A class because it is one run's memory, fed step by step through Observer. */
class Teller {
  readonly #program: Program;
  readonly #machine: StoryMachine;
  readonly #trace: Trace;
  #watch: { readonly memory: MemoryWatch; readonly spans: SpanWatch } | null = null;
  #begin: readonly StandNoted[] = [];
  readonly #steps: StepNoted[] = [];
  #tooLong = false;
  #instruction: Decoded | null = null;
  #reads: readonly ReadNoted[] = [];

  constructor(program: Program, machine: StoryMachine, trace: Trace) {
    this.#program = program;
    this.#machine = machine;
    this.#trace = trace;
  }

  before(step: number, slot: number): void {
    const { memory, spans } = this.#start();
    if (this.#tooLong) return;
    const state = this.#machine.slots().find((each) => each.slot === slot)!;
    const i = decode(this.#program, this.#machine, slot, state.pc);
    this.#instruction = i;
    this.#reads = memory.reads(i);
    spans.before(step - 1, slot, i);
  }

  after(step: number, slot: number): void {
    const { memory, spans } = this.#start();
    if (this.#tooLong) return;
    const i = this.#instruction!;
    const at = step - 1;
    const life = spans.lifeOf(slot);
    // Asked before the step's own changes are noted: a second free was freed by the first.
    const freedBy = memory.freedBy(subjectOf(i));
    const changes = memory.changes(at, i);
    spans.after(at, slot, i);
    const noted = { life, op: i.op, subject: subjectOf(i), reads: this.#reads, changes, freedBy };
    this.#steps.push({ ...noted, stands: this.#stands(spans) });
  }

  /** `about`: index into the trace's violations. */
  finish(about: number, necessity: Necessity | undefined): Story | null {
    const { memory, spans } = this.#start();
    if (this.#tooLong) return null;
    const tasks = this.#tasksOf(spans);
    const objects = memory.objects;
    const steps = this.#steps.map(({ reads, changes, stands }): StoryStep => {
      return {
        reads: reads.map(({ count: _, ...read }) => read),
        ...changes,
        stands: this.#placed(stands, tasks),
      };
    });
    const told = {
      trace: this.#trace,
      objects,
      steps,
      begin: this.#placed(this.#begin, tasks),
      spans: spansOf(spans, tasks),
      arrows: this.#arrows(spans, objects),
      lives: livesOf(objects, steps, this.#trace),
    };
    return { ...told, window: windowOf(told, about, necessity) };
  }

  /** The machine stands before the first step when it is first asked. */
  #start(): { readonly memory: MemoryWatch; readonly spans: SpanWatch } {
    if (this.#watch !== null) return this.#watch;
    const namer = nameObjects(this.#program, this.#machine);
    const memory = new MemoryWatch(this.#program, this.#machine, namer);
    const spans = new SpanWatch(this.#program, this.#machine, namer);
    this.#watch = { memory, spans };
    this.#tooLong = memory.cells() * this.#trace.rows.length > LOOKS_MAX;
    this.#begin = this.#stands(spans);
    return this.#watch;
  }

  #stands(spans: SpanWatch): StandNoted[] {
    const runnable = this.#machine.runnable();
    return this.#machine.slots().flatMap((state) => {
      const place = state.live ? sitePlace(this.#program, state.pc) : undefined;
      if (place === undefined) return [];
      const wait = ((runnable >>> state.slot) & 1) === 1 ? undefined : spans.wait(state);
      const waits = wait === undefined ? "" : waitText(wait, (slot) => spans.labelOf(slot));
      return [{ life: spans.lifeOf(state.slot), place, waits }];
    });
  }

  /** By life: index into Trace.tasks, -1 where it has no column because it never stepped. */
  #tasksOf(spans: SpanWatch): readonly number[] {
    const { tasks, rows } = this.#trace;
    return spans.lives.map(({ first, thread, slot }) => {
      if (first >= 0) return rows[first]?.task ?? -1;
      return thread ? tasks.findIndex((task) => task.kind === "thread" && task.slot === slot) : -1;
    });
  }

  #placed(stands: readonly StandNoted[], tasks: readonly number[]): StoryStand[] {
    return stands.flatMap(({ life, place, waits }) => {
      const task = tasks[life] ?? -1;
      return task < 0 ? [] : [{ task, place, waits }];
    });
  }

  #arrows(spans: SpanWatch, objects: readonly StoryObject[]): StoryArrow[] {
    const arrows: StoryArrow[] = [];
    for (const [to, { life, reads, op, freedBy }] of this.#steps.entries()) {
      for (const { from, object, field, value, count } of reads) {
        if (from < 0 || this.#steps[from]!.life === life) continue;
        const what = `${cellName(objects[object]!, field)} = ${value}`;
        arrows.push({ kind: count ? "counts" : "sees", from, to, what });
      }
      if (freedBy === undefined || freedBy === to || op === Op.CALLBACK_START) continue;
      if (this.#trace.rows[to]?.violations.length) {
        const object = this.#steps[freedBy]!.changes.freed[0];
        const what = object === undefined ? "" : objects[object]!.name;
        arrows.push({ kind: "frees", from: freedBy, to, what });
      }
    }
    for (const { born, first, label } of spans.lives) {
      if (born >= 0 && first >= 0) arrows.push({ kind: "starts", from: born, to: first, what: label });
    }
    for (const { kind, life, what, to } of spans.spans) {
      if (kind !== "wait" || to === null || this.#steps[to]?.life === life) continue;
      const next = this.#steps.findIndex((step, index) => index > to && step.life === life);
      if (next >= 0) arrows.push({ kind: "releases", from: to, to: next, what });
    }
    return arrows;
  }
}

function cellName({ name, fields }: StoryObject, field: number): string {
  const own = fields[field] ?? "";
  return own === "" || own.startsWith("[") ? `${name}${own}` : `${name}.${own}`;
}

/** Those of tasks that have a column; what a grace period waits for is renumbered. */
function spansOf({ spans }: SpanWatch, tasks: readonly number[]): StorySpan[] {
  const kept = spans.flatMap(({ life }, index) => ((tasks[life] ?? -1) < 0 ? [] : [index]));
  const renumbered = new Map(kept.map((old, index) => [old, index]));
  return kept.map((index) => {
    const { kind, life, what, from, to, awaits } = spans[index]!;
    const awaited = awaits.flatMap((old) => renumbered.get(old) ?? []);
    return { kind, task: tasks[life]!, what, from, to, awaits: awaited };
  });
}
