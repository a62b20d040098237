// Replays a schedule on an engine and writes down what happened, with names: the Trace of summary.ts.
// The engine must have the program loaded. Text is made elsewhere (src/report).

import { Op, SLOT_ALONE, Violation } from "../../assembly/abi.ts";
import type { RawViolation } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { type Applied, applySchedule, type Schedule } from "./apply.ts";
import { type Decoded, decode, subjectOf, watchEffect } from "./effects.ts";
import { keyOf } from "./keys.ts";
import type { SlotState, TraceMachine } from "./machine.ts";
import { type Namer, nameObjects } from "./names.ts";
import { taskLabel } from "./occurrences.ts";
import { placesOf, sitePlace } from "./places.ts";
import type { SourcePlace, Trace, TraceRow, TraceTask, TraceViolation } from "./summary.ts";
import { kindName, titleOf } from "./titles.ts";
import { Witness } from "./witness.ts";

export interface Divergence {
  /** 1-based. */
  readonly step: number;
  readonly expected: string;
  readonly found: string;
}

export interface Replay {
  readonly trace: Trace;
  readonly applied: Applied;
  readonly divergence: Divergence | null;
}

const NO_PLACE: SourcePlace = { file: "", line: 0, column: 0, function: "", text: "" };

export function replaySchedule(
  program: Program,
  machine: TraceMachine,
  stepsMax: number,
  schedule: Schedule,
): Replay {
  const tracer = new Tracer(program, machine, schedule.choices);
  const applied = applySchedule(machine, stepsMax, schedule, tracer);
  const trace = tracer.finish(applied.violations);
  const at = applied.divergedAt;
  const divergence = at === null ? null : { step: at, ...tracer.mismatch(schedule.picks[at - 1]!) };
  return { trace, applied, divergence };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A class because it is one run's memory, fed step by step through Observer. */
class Tracer {
  readonly #program: Program;
  readonly #machine: TraceMachine;
  readonly #namer: Namer;
  readonly #choices: ArrayLike<number>;
  readonly #tasks: TraceTask[] = [];
  /** Index into #tasks of who has the slot now. */
  readonly #current = new Map<number, number>();
  readonly #ended = new Set<number>();
  readonly #rows: Mutable<TraceRow>[] = [];
  /** By raw violation: object's name and step's instruction, known only when it happens. */
  readonly #subjects: { name: string; pointer: number; task: string; read: string; value: string }[] = [];
  readonly #witness: Witness;
  #started = false;
  #instruction: Decoded | null = null;
  #effect: () => string = () => "";
  #subject = "";
  #choicesBefore = 0;
  #violationsBefore = 0;
  #lastSlot = -1;
  #lastTask = -1;
  #preemptions = 0;
  #switches = 0;

  constructor(program: Program, machine: TraceMachine, choices: ArrayLike<number>) {
    this.#program = program;
    this.#machine = machine;
    this.#choices = choices;
    this.#namer = nameObjects(program, machine);
    this.#witness = new Witness(program, machine, this.#namer, (slot) => this.#slotLabel(slot));
  }

  before(step: number, slot: number, runnable: number): void {
    this.#start();
    if (this.#lastSlot >= 0 && this.#lastSlot !== slot) {
      this.#switches++;
      if (runnable & (1 << this.#lastSlot)) this.#preemptions++;
    }
    this.#lastSlot = slot;
    const task = this.#current.get(slot) ?? this.#addTask(this.#state(slot));
    this.#lastTask = task;
    const i = decode(this.#program, this.#machine, slot, this.#state(slot).pc);
    this.#instruction = i;
    this.#subject = this.#namer.object(subjectOf(i));
    this.#effect = watchEffect(this.#program, this.#machine, this.#namer, slot, i);
    const places = placesOf(this.#program, this.#program.sourceMap[i.pc] ?? -1);
    const place = places[0] ?? NO_PLACE;
    this.#rows.push({
      step,
      task,
      text: place.text,
      effect: "",
      place,
      callers: places.slice(1),
      choices: [],
      violations: [],
    });
  }

  after(_step: number, slot: number): void {
    const row = this.#rows[this.#rows.length - 1]!;
    const used = this.#machine.choicesUsed();
    row.choices = Array.from({ length: used - this.#choicesBefore }, (_, n) => {
      return this.#choices[this.#choicesBefore + n] ?? 0;
    });
    this.#choicesBefore = used;
    const i = this.#instruction!;
    const effect = this.#effect();
    this.#witness.note(slot, i);
    const violations = this.#machine.violations();
    const fresh: number[] = [];
    for (let v = this.#violationsBefore; v < violations.length; v++) {
      fresh.push(v);
      const pointer = subjectOf(i);
      const read = i.op === Op.LOAD ? this.#namer.cell(pointer) : "";
      const value = read === "" ? "" : effect;
      this.#subjects[v] = { name: this.#subject, pointer, task: this.#label(this.#lastTask), read, value };
    }
    row.violations = fresh;
    // What an access to freed memory read or wrote is no value of anything.
    const astray = fresh.some((v) => violations[v]!.site === i.pc && isMemoryError(violations[v]!.kind));
    row.effect = astray ? "" : withoutEcho(row.text, effect);
    this.#violationsBefore = violations.length;
    this.#watchSlots();
  }

  finish(violations: readonly RawViolation[]): Trace {
    this.#start();
    const shown = violations.map((raw, index) => this.#violation(raw, index));
    const { tasks, rows } = withoutIdlers(this.#tasks, this.#rows);
    return {
      tasks,
      rows,
      violations: shown,
      preemptions: this.#preemptions,
      switches: this.#switches,
      steps: rows.length,
    };
  }

  /** What a pick that cannot step found in its slot. */
  mismatch(slot: number): { expected: string; found: string } {
    const letter = String.fromCharCode(97 + slot);
    const state = this.#state(slot);
    const known = this.#current.get(slot);
    const expected = `task ${letter}${known === undefined ? "" : ` (${this.#label(known)})`} to step`;
    if (!state.live)
      return { expected, found: known === undefined ? "it was never started" : "it has ended" };
    const wait = this.#witness.wait(state);
    const holders = (wait?.holders ?? []).map((holder) => this.#slotLabel(holder)).join(" and ");
    const what = wait === undefined ? "it cannot step" : `it is blocked on ${wait.what}`;
    return { expected, found: holders === "" ? what : `${what}, held by ${holders}` };
  }

  /** The tasks that live when the set-up is over, before the first step. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#watchSlots();
  }

  #state(slot: number): SlotState {
    const state = this.#machine.slots().find((s) => s.slot === slot);
    return state ?? { slot, live: false, pc: 0, kind: 0, function: -1, waitMask: 0 };
  }

  /** A slot that ended and lives again is another task. */
  #watchSlots(): void {
    for (const state of this.#machine.slots()) {
      if (state.live && (!this.#current.has(state.slot) || this.#ended.has(state.slot))) {
        this.#addTask(state);
        this.#ended.delete(state.slot);
      } else if (!state.live && this.#current.has(state.slot)) {
        this.#ended.add(state.slot);
      }
    }
  }

  #addTask(state: SlotState): number {
    const kind = state.kind === 0 ? "thread" : state.kind === 1 ? "kworker" : "callback";
    const task: TraceTask = { slot: state.slot, kind, label: taskLabel(this.#program, state) };
    this.#tasks.push(task);
    this.#current.set(state.slot, this.#tasks.length - 1);
    return this.#tasks.length - 1;
  }

  #label(task: number): string {
    return this.#tasks[task]?.label ?? "set-up";
  }

  #slotLabel(slot: number): string {
    return this.#label(this.#current.get(slot) ?? -1);
  }

  #violation(raw: RawViolation, index: number): TraceViolation {
    const subject = this.#subjects[index];
    const deadlock = raw.kind === Violation.DEADLOCK;
    const named = subject !== undefined && raw.class >= 0 && subject.name !== "";
    const object = named ? subject.name : (this.#program.symbols.classes[raw.class]?.name ?? "");
    const looked = subject !== undefined && STATED.has(raw.kind) && raw.task < SLOT_ALONE ? subject.read : "";
    return {
      key: keyOf(this.#program, raw),
      kind: kindName(raw.kind),
      title: titleOf(this.#program, raw, looked),
      task: subject?.task ?? this.#aloneLabel(raw),
      place: sitePlace(this.#program, raw.site) ?? NO_PLACE,
      object,
      ...(looked === "" ? {} : { read: `${looked} ${subject!.value}`.trimEnd() }),
      related: deadlock ? this.#witness.holders() : this.#witness.related(raw, subject?.pointer),
      waits: deadlock ? this.#witness.waits() : [],
    };
  }

  #aloneLabel(raw: RawViolation): string {
    if (raw.task < SLOT_ALONE) return this.#slotLabel(raw.task);
    return raw.step === 0 ? "set-up" : "at_end";
  }
}

/** Kinds of a failed check: what it looked at was loaded in its step. */
const STATED: ReadonlySet<number> = new Set([Violation.WARN, Violation.BUG, Violation.ASSERTION]);

function isMemoryError(kind: number): boolean {
  return kind === Violation.USE_AFTER_FREE || kind === Violation.NULL_DEREF || kind === Violation.BAD_POINTER;
}

/** "x = NULL" needs no "= NULL" beside it. */
function withoutEcho(text: string, effect: string): string {
  return effect.startsWith("= ") && text.endsWith(effect) ? "" : effect;
}

/** Leaves out kworkers and callbacks that never stepped. */
function withoutIdlers(tasks: readonly TraceTask[], rows: readonly TraceRow[]) {
  const acted = new Set(rows.map((row) => row.task));
  const kept = tasks.map((_, index) => index).filter((n) => acted.has(n) || tasks[n]!.kind === "thread");
  const renumbered = new Map(kept.map((old, index) => [old, index]));
  return {
    tasks: kept.map((n) => tasks[n]!),
    rows: rows.map((row) => ({ ...row, task: renumbered.get(row.task)! })),
  };
}
