// The state in which every schedule begins, as the scalar machine leaves it after the set-up.

import { Op, Outcome } from "../../assembly/abi.ts";
import type { Image } from "./image.ts";
import { Unfit } from "./network.ts";

export interface StartObject {
  readonly base: number;
  readonly size: number;
  /** -1: a frame. */
  readonly class: number;
  readonly heap: boolean;
  readonly freed: boolean;
  readonly freeSite: number;
}

export interface StartSlot {
  readonly slot: number;
  readonly live: boolean;
  readonly pc: number;
  readonly kind: number;
  readonly function: number;
  readonly argument: number;
  readonly waitMask: number;
  readonly queue: number;
  readonly ticket: number;
  readonly atomic: number;
}

export interface StartViolation {
  readonly kind: number;
  readonly detail: number;
  readonly site: number;
  readonly class: number;
  readonly other: number;
}

/** What this needs of an engine with the program loaded; Engine has this shape. */
export interface StartMachine {
  begin(stepsMax: number, choices: Uint32Array): void;
  outcome(): number;
  choicesUsed(): number;
  slots(): readonly StartSlot[];
  register(slot: number, register: number): number;
  cell(pointer: number): number | undefined;
  cellState(pointer: number): "none" | "live" | "freed";
  writer(pointer: number): number;
  cellsEnd(): number;
  objects(): readonly StartObject[];
  violations(): readonly StartViolation[];
}

export interface StartThread {
  readonly pc: number;
  readonly atomic: number;
  readonly register: (n: number) => number;
}

export interface Start {
  readonly cell: (pointer: number) => number;
  readonly state: (pointer: number) => "none" | "live" | "freed";
  readonly writer: (pointer: number) => number;
  readonly cellsEnd: number;
  readonly objects: readonly StartObject[];
  /** For each thread: the instruction it stands at, or null where it has ended. */
  readonly threads: readonly (StartThread | null)[];
  /** Kworkers and callbacks that the set-up has left behind, none of which has begun. */
  readonly left: readonly StartSlot[];
  /** What went wrong already, in every schedule, and whether that ended it. */
  readonly violations: readonly StartViolation[];
  readonly end: "violated" | "dropped" | null;
  /** Registers of each check before it runs. */
  readonly check: (number: number, register: number) => number;
}

const WINDOW_REGISTERS = 256;
const SLOTS = 16;

/** What outcomes of the set-up mean for a schedule. */
const ENDS: ReadonlyMap<number, Start["end"]> = new Map([
  [Outcome.RUNNING, null],
  [Outcome.VIOLATED, "violated"],
  [Outcome.DROPPED, "dropped"],
]);

/** Copies the state: the machine may go on to something else. */
export function readStart(machine: StartMachine, image: Image, stepsMax: number): Start {
  machine.begin(stepsMax, new Uint32Array(0));
  if (machine.choicesUsed() > 0) throw new Unfit("the set-up draws from choose()");
  const end = ENDS.get(machine.outcome());
  if (end === undefined) throw new Unfit("the set-up takes more than the machine has");
  const slots = machine.slots();
  const left = end !== null ? [] : slots.filter((s) => s.live && s.slot >= image.threads.length);
  for (const { pc, waitMask } of left) {
    const { op } = image.code[pc]!;
    if ((op !== Op.CALLBACK_START && op !== Op.WORK_START) || waitMask !== 0) {
      throw new Unfit("the set-up leaves kworkers or callbacks behind that have begun, or wait for it");
    }
  }
  const cellsEnd = machine.cellsEnd();
  const pointers = Array.from({ length: cellsEnd }, (_, p) => p);
  const cells = pointers.map((p) => machine.cell(p) ?? 0);
  const states = pointers.map((p) => machine.cellState(p));
  const writers = pointers.map((p) => machine.writer(p));
  const window = (slot: number): number[] =>
    Array.from({ length: WINDOW_REGISTERS }, (_, n) => machine.register(slot, n));
  const checks = image.checks.map((_, n) => window(SLOTS + n));
  return {
    cell: (p) => cells[p] ?? 0,
    state: (p) => states[p] ?? "none",
    writer: (p) => writers[p] ?? 0,
    cellsEnd,
    objects: [...machine.objects()],
    left,
    violations: [...machine.violations()],
    end,
    threads: image.threads.map((_, n) => {
      const slot = slots[n]!;
      const registers = window(n);
      const { pc, atomic } = slot;
      return slot.live && end === null ? { pc, atomic, register: (r: number) => registers[r]! } : null;
    }),
    check: (number, register) => checks[number]![register]!,
  };
}
