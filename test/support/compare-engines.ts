// Runs a program on the reference interpreter and on the fast machine in lock step and says where they
// first differ.

import {
  INSTRUCTION_BYTES,
  LimitKind,
  Outcome,
  POINTER_BASE,
  TASKS_MAX,
  Violation,
} from "../../assembly/abi.ts";
import type { Engine, RawViolation } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Entry, Instruction, IrProgram, PlaceId } from "../../src/model/ir.ts";
import { markLocalAccesses } from "../../src/model/optimise/locals.ts";
import { propagate } from "../../src/model/optimise/propagate.ts";
import type { Program } from "../../src/model/program.ts";
import { type Dump, type ReferenceViolation, type Site, START } from "./reference/machine.ts";
import { type ReferenceRun, runReference } from "./run-reference.ts";

export interface Difference {
  /** "begin", "step 3 of slot 1", "finish". */
  readonly when: string;
  readonly what: string;
  readonly reference: unknown;
  readonly fast: unknown;
}

/** The first difference in one run, or undefined; `seed` draws the schedule and the choices. */
export function compareRun(
  engine: Engine,
  ir: IrProgram,
  seed: number,
  stepsMax: number,
): { readonly difference: Difference | undefined; readonly run: ReferenceRun } {
  const run = runReference(withLocalAccesses(ir), seed, stepsMax);
  const program = encodeProgram(ir);
  engine.load(program.words);
  engine.begin(stepsMax, Uint32Array.from(run.choices));
  return { difference: firstDifference(engine, ir, program, run), run };
}

/**
 * Marks the accesses that the encoder finds to be task-local, so that both engines have the same
 * steps. Whether it is
 * right about them is checked by the reference interpreter, which refuses a marked access to what
 * others reach.
 */
export function withLocalAccesses(ir: IrProgram): IrProgram {
  const isMarked = (i: Instruction): boolean => (i.op === "load" || i.op === "store") && i.local === true;
  const mark = ({ code, parameters, ...rest }: Entry): Entry => {
    const found = markLocalAccesses(propagate(code, parameters), parameters).filter(isMarked);
    const places = new Set(found.map((i) => i.place));
    const marked = code.map((i) =>
      (i.op === "load" || i.op === "store") && places.has(i.place) ? { ...i, local: true } : i,
    );
    return { ...rest, parameters, code: marked };
  };
  return { ...ir, entries: ir.entries.map(mark) };
}

function firstDifference(
  engine: Engine,
  ir: IrProgram,
  program: Program,
  run: ReferenceRun,
): Difference | undefined {
  for (const [number, moment] of run.moments.entries()) {
    const when = number === 0 ? "begin" : `step ${number} of slot ${run.picks[number - 1]}`;
    const found = differenceOfStates(engine, ir, program, moment.dump, moment.runnable);
    if (found !== undefined) return { when, ...found };
    const pick = run.picks[number];
    if (pick !== undefined) engine.step(pick);
  }
  if (engine.outcome() === Outcome.RUNNING) engine.finish();
  const found =
    differenceOfStates(engine, ir, program, run.machine.dump(), []) ??
    differenceOf(
      "violations",
      kept(run.machine.violations).map((each) => ofReference(ir, byPlace(ir, engine, each))),
      engine.violations().map((each) => ofEngine(program, each)),
    ) ??
    differenceOf("choices used", run.choices.length, engine.choicesUsed());
  return found === undefined ? undefined : { when: "finish", ...found };
}

/** The machine keeps so many violations of a run: the first, and the one that ended it. */
function kept(violations: readonly ReferenceViolation[]): ReferenceViolation[] {
  const last = violations.slice(VIOLATIONS_KEPT).filter((each) => each.kind !== Violation.WARN);
  return [...violations.slice(0, VIOLATIONS_KEPT - last.length), ...last];
}

type Found = Omit<Difference, "when"> | undefined;

function differenceOf(what: string, reference: unknown, fast: unknown): Found {
  return JSON.stringify(reference) === JSON.stringify(fast) ? undefined : { what, reference, fast };
}

function differenceOfStates(
  engine: Engine,
  ir: IrProgram,
  program: Program,
  dump: Dump,
  runnable: readonly number[],
): Found {
  const outcomes = differenceOf(
    "outcome",
    outcomeText(dump.outcome, dump.limit),
    outcomeText(engine.outcome(), engine.limit()),
  );
  if (outcomes !== undefined) return outcomes;
  // Where a run was cut short nobody can see what else the last step would have done; but it has ended.
  if (dump.outcome !== Outcome.RUNNING && dump.outcome !== Outcome.DONE)
    return differenceOf("runnable slots of a run that has ended", [], bitsOf(engine.runnable()));
  return (
    differenceOf("runnable slots", runnable, bitsOf(engine.runnable())) ??
    differenceOf("tasks", tasksOfReference(ir, dump), tasksOfEngine(engine, program)) ??
    differenceOfCells(engine, dump)
  );
}

/** A limit is of interest only to a run that it ended. */
function outcomeText(outcome: number, limit: number): string {
  return outcome === Outcome.LIMIT ? `LIMIT ${LimitKind[limit]}` : (Outcome[outcome] ?? "?");
}

function bitsOf(mask: number): number[] {
  return Array.from({ length: TASKS_MAX }, (_, slot) => slot).filter((slot) => (mask >>> slot) & 1);
}

const KINDS = ["thread", "kworker", "callback"] as const;

function tasksOfReference(ir: IrProgram, dump: Dump): string[] {
  return dump.tasks
    .filter((task) => !task.ended)
    .map((task) => describe(ir, task.slot, task.kind, placeOf(ir, task.position)));
}

function tasksOfEngine(engine: Engine, program: Program): string[] {
  return engine
    .slots()
    .filter((slot) => slot.live)
    .map((slot) =>
      describe(program.symbols, slot.slot, KINDS[slot.kind] ?? "?", program.sourceMap[slot.pc] ?? -1),
    );
}

function describe(where: Pick<IrProgram, "places">, slot: number, kind: string, place: PlaceId): string {
  return `${slot}: ${kind} at ${where.places[place]?.text ?? "nowhere"}`;
}

/** A start step has the place of its function's first instruction. */
function placeOf(ir: IrProgram, site: Site): PlaceId {
  return ir.entries[site.entry]!.code[site.index === START ? 0 : site.index]?.place ?? -1;
}

function differenceOfCells(engine: Engine, dump: Dump): Found {
  const cells = new Map(dump.cells.map((cell) => [cell.pointer, cell]));
  const last = dump.cells.at(-1)?.pointer ?? 0;
  for (let pointer = POINTER_BASE; pointer < Math.max(last + 1, engine.cellsEnd()); pointer++) {
    const cell = cells.get(pointer);
    const found = differenceOf(
      `cell ${pointer}`,
      cell === undefined ? ["none"] : cell.state === "live" ? ["live", cell.value] : ["freed"],
      engine.cellState(pointer) === "live" ? ["live", engine.cell(pointer)] : [engine.cellState(pointer)],
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The kinds that are about one object: class and who freed it. The others name no class, and another other
 * side.
 */
const HAVE_CLASS: readonly Violation[] = [
  Violation.USE_AFTER_FREE,
  Violation.DOUBLE_FREE,
  Violation.REFCOUNT,
  Violation.DANGLING,
];

const VIOLATIONS_KEPT = 64;

/** A violation in words that both engines share. */
interface SharedViolation {
  readonly kind: string;
  readonly detail: number;
  readonly site: string;
  readonly task: number;
  readonly class: number;
  readonly other: string;
  readonly step: number;
}

/** A deadlock is told by the first two of those who are stuck: threads by number, the others by place. */
function byPlace(ir: IrProgram, engine: Engine, violation: ReferenceViolation): ReferenceViolation {
  if (violation.kind !== Violation.DEADLOCK) return violation;
  const slots = engine.slots();
  const rank = (slot: number): number => (slot < ir.threads.length ? slot : 100 + slots[slot]!.pc);
  const [first, next] = [...violation.stuck].sort((a, b) => rank(a.slot) - rank(b.slot));
  return { ...violation, task: first!.slot, site: first!.site, other: next?.site };
}

function ofReference(ir: IrProgram, violation: ReferenceViolation): SharedViolation {
  const { kind, detail, task, step } = violation;
  const named = HAVE_CLASS.includes(kind) ? violation.freedBy : violation.other;
  const text = (site: Site): string => ir.places[placeOf(ir, site)]!.text;
  return {
    kind: Violation[kind],
    detail,
    site: text(violation.site),
    task,
    class: HAVE_CLASS.includes(kind) ? violation.class : -1,
    other: named === undefined ? "" : text(named),
    step,
  };
}

function ofEngine(program: Program, violation: RawViolation): SharedViolation {
  const { kind, detail, site, task, step } = violation;
  const other = violation.other;
  const text = (index: number): string =>
    program.symbols.places[program.sourceMap[index] ?? -1]?.text ?? "nowhere";
  return {
    kind: Violation[kind] ?? "?",
    detail,
    site: text(site),
    task,
    class: violation.class,
    other: other < 0 ? "" : text(other),
    step,
  };
}

/** Number of instructions of an image by opcode. */
export function opcodesOf(program: Program): Map<number, number> {
  const counts = new Map<number, number>();
  for (let index = 0; index < program.sourceMap.length; index++) {
    const op = program.words[16 + (index * INSTRUCTION_BYTES) / 4]! & 0xff;
    counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  return counts;
}
