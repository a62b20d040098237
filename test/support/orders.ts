// Orders of steps (src/campaign/orders.ts) once more, on the reference interpreter and in the simplest way: a
// schedule is the list of its steps' names, and keeps to an order if the later step is not in it before the
// earlier one. Shares no code with what it checks, but for the words that dedupe keys are made of.

import { Outcome, Violation } from "../../assembly/abi.ts";
import type { Necessity, OrderedStep, Trace } from "../../src/campaign/summary.ts";
import { kindName } from "../../src/campaign/titles.ts";
import type { IrProgram, PlaceId } from "../../src/model/ir.ts";
import { ReferenceMachine, type ReferenceViolation, type Site, START } from "./reference/machine.ts";

/** "task | file:line:column function() | n": the n-th time that the task is there. */
export type Named = string;

export interface NamedOrder {
  readonly before: Named;
  readonly after: Named;
}

/** One schedule that ended. */
export interface NamedRun {
  readonly steps: readonly Named[];
  /** Where each step stands. */
  readonly at: ReadonlyMap<Named, number>;
  /** Dedupe keys of what went wrong, without the object's class. */
  readonly keys: ReadonlySet<string>;
}

export function keeps(run: NamedRun, { before, after }: NamedOrder): boolean {
  const later = run.at.get(after);
  return later === undefined || (run.at.get(before) ?? Number.POSITIVE_INFINITY) < later;
}

export function ordersOf(necessity: Necessity): NamedOrder[] {
  const named = ({ task, place, step, nth }: OrderedStep): Named =>
    `${task} | ${placeText(step ?? place)} | ${nth}`;
  return necessity.orders!.map(({ before, after }) => ({ before: named(before), after: named(after) }));
}

/** The steps of a trace; threads of one label are not told apart. */
export function namedSteps(trace: Trace): Named[] {
  const count = counter();
  return trace.rows.map((row) => count(`${trace.tasks[row.task]!.label} | ${placeText(row.place)}`));
}

function placeText(place: { file: string; line: number; column: number; function: string }): string {
  return `${place.file}:${place.line}:${place.column} ${place.function}()`;
}

function counter(): (name: string) => Named {
  const counts = new Map<string, number>();
  return (name) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return `${name} | ${counts.get(name)}`;
  };
}

/**
 * Runs one schedule: `choose` draws choose(), `pick` one of the slots that may step, or -1 to give up;
 * `may` says of a step's name whether it may be taken now. Null where the run was given up, dropped, or
 * reached a limit.
 */
export function runNamed(
  ir: IrProgram,
  stepsMax: number,
  choose: (count: number) => number,
  pick: (slots: readonly number[]) => number,
  may: (name: Named, taken: ReadonlySet<Named>) => boolean = () => true,
): NamedRun | null {
  const machine = new ReferenceMachine(ir);
  machine.begin(choose, stepsMax);
  const counts = new Map<string, number>();
  const at = new Map<Named, number>();
  const steps: Named[] = [];
  const next = (slot: number): [string, Named] => {
    const name = `${labelOf(ir, machine, slot)} | ${placeText(stepPlace(ir, machine.position(slot)!))}`;
    return [name, `${name} | ${(counts.get(name) ?? 0) + 1}`];
  };
  for (let runnable = machine.runnable(); runnable.length > 0; runnable = machine.runnable()) {
    const taken = new Set(at.keys());
    const slot = pick(runnable.filter((each) => may(next(each)[1], taken)));
    if (slot < 0) return null;
    const [name, named] = next(slot);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    at.set(named, steps.length);
    steps.push(named);
    machine.step(slot);
  }
  machine.finish();
  if (machine.outcome === Outcome.DROPPED || machine.outcome === Outcome.LIMIT) return null;
  if (machine.violations.some((v) => v.kind === Violation.STEP_LIMIT)) return null;
  return { steps, at, keys: new Set(machine.violations.map((v) => keyOf(ir, v))) };
}

function labelOf(ir: IrProgram, machine: ReferenceMachine, slot: number): string {
  const { entry } = machine.position(slot)!;
  const thread = ir.threads[slot];
  if (thread?.entry === entry) return thread.label;
  const { kind } = machine.dump().tasks.find((task) => task.slot === slot)!;
  const name = ir.functions.find((each) => each.entry === entry)!.name;
  return kind === "kworker" ? `kworker: ${name}` : `rcu: ${name}`;
}

function placeOf(ir: IrProgram, { entry, index }: Site): PlaceId {
  const { code } = ir.entries[entry]!;
  return code[index === START ? 0 : index]!.place;
}

function stepPlace(ir: IrProgram, site: Site) {
  return named(ir, placeOf(ir, site));
}

function named(ir: IrProgram, id: PlaceId) {
  const place = ir.places[id]!;
  return { ...place, file: ir.files[place.file]! };
}

/**
 * As src/campaign/keys.ts has it, for the violations of the reference interpreter; but for the object's
 * class, which it knows in more cases.
 */
function keyOf(ir: IrProgram, { kind, site, freedBy, other }: ReferenceViolation): string {
  const side = freedBy ?? other;
  return [kindName(kind), siteText(ir, site), side === undefined ? "" : siteText(ir, side)].join(" | ");
}

/** A dedupe key without the object's class. */
export function withoutClass(key: string): string {
  const [kind, place, , side] = key.split(" | ");
  return [kind, place, side].join(" | ");
}

/** The innermost place outside the bundled headers. */
function siteText(ir: IrProgram, site: Site): string {
  let shown: string | undefined;
  let innermost = "";
  for (let id = placeOf(ir, site); id >= 0; id = ir.places[id]!.caller) {
    const place = named(ir, id);
    innermost ||= placeText(place);
    if (!/^(models\/)?include\//.test(place.file)) shown ??= placeText(place);
  }
  return shown ?? innermost;
}
