// State of one run of the reference interpreter, and how a run ends: violations and limits are thrown as
// RunEnded and caught where a step (or the set-up, or a check) was started. A WARN is noted and goes on.

import { Detail, type LimitKind, Outcome, SLOT_ALONE, Violation } from "../../../assembly/abi.ts";
import type { Entry, Instruction, IrProgram, Operand, Register } from "../../../src/model/ir.ts";
import { unsigned } from "./arithmetic.ts";
import { type Cell, type FrameOwner, faultAt, type Memory, type MemoryObject, type Site } from "./memory.ts";

/** Index of the start step of a kworker or callback, which stands before its code. */
export const START = -1;

/** What a kworker was created for. */
export interface WorkTurn {
  readonly work: number;
  readonly queue: number;
  /** Counts up over the run: the order in which items were queued; undefined while its timer runs. */
  order: number | undefined;
}

export interface Task {
  /** What the load that began the present step read; undefined where another instruction began it. */
  loaded: Cell | undefined;
  readonly slot: number;
  readonly kind: "thread" | "kworker" | "callback" | "setup" | "check";
  readonly entry: number;
  /** Next instruction of the entry's code, or START. While an instruction executes: that one. */
  index: number;
  ended: boolean;
  /** By virtual number; register 0 is not used. */
  readonly registers: number[];
  /** Whose frame its local variables lie in. */
  readonly frame: FrameOwner;
  /** Sections (bit numbers) of waitDomain that it waits for. */
  waitMask: Set<number>;
  waitDomain: number;
  /** Slots of the callbacks and kworkers that a barrier or flush of its waits for. */
  waitTasks: Set<number>;
  locksHeld: number;
  sectionsOpen: number;
  /** Spinlocks held and readers that must not sleep entered; not 0: must not sleep. */
  atomicDepth: number;
  irqsOff: boolean;
  softirqsOff: number;
  /** In which state it sleeps on a wait queue; 0: awake. */
  sleepState: number;
  /** Wait queues that it is on. */
  queuesOn: number;
  /** Of a kworker. */
  readonly turn: WorkTurn | undefined;
  /** Of a callback: its rcu_head and its domain. */
  readonly head: number;
  readonly domain: number;
  /** Of a check: its number, and what it saw on its way to a failing assert. */
  readonly check: number;
  sawDangling: MemoryObject | undefined;
  sawLeak: boolean;
}

export interface ReferenceViolation {
  readonly kind: Violation;
  readonly detail: Detail;
  readonly site: Site;
  readonly task: number;
  /** Class of the object concerned, or -1. */
  readonly class: number;
  /** Where the object was freed. */
  readonly freedBy: Site | undefined;
  /**
   * The other side that is no freeing: who stored what a failed check read, where the next stuck task stands.
   */
  readonly other: Site | undefined;
  /** Of a deadlock: who is stuck, by slot. */
  readonly stuck: readonly { readonly slot: number; readonly site: Site }[];
  /** The check that failed, or -1. */
  readonly check: number;
  /** 1-based; 0 in the set-up. */
  readonly step: number;
}

export interface State {
  readonly ir: IrProgram;
  readonly memory: Memory;
  /** Tasks by slot: the threads, and the last dynamic task of each other slot that had one. */
  readonly tasks: Map<number, Task>;
  /** Parameters that the set-up handed over, by "thread 0" or "check 0". */
  readonly captured: Map<string, Map<Register, number>>;
  readonly choose: (count: number) => number;
  readonly violations: ReferenceViolation[];
  /** How often each operation was executed, by name. */
  readonly coverage: Map<string, number>;
  readonly stepsMax: number;
  steps: number;
  /** Work items queued so far. */
  queued: number;
  outcome: Outcome;
  limit: LimitKind;
}

export class RunEnded extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(`the run ended: ${Outcome[outcome]}`);
    this.outcome = outcome;
  }
}

export function newTask(
  kind: Task["kind"],
  slot: number,
  entry: number,
  more: Partial<Pick<Task, "index" | "turn" | "head" | "domain" | "check" | "frame">> = {},
): Task {
  return {
    loaded: undefined,
    slot,
    kind,
    entry,
    index: more.index ?? 0,
    ended: false,
    registers: [],
    frame: more.frame ?? `slot ${slot}`,
    waitMask: new Set(),
    waitDomain: 0,
    waitTasks: new Set(),
    locksHeld: 0,
    sectionsOpen: 0,
    atomicDepth: 0,
    irqsOff: false,
    softirqsOff: 0,
    sleepState: 0,
    queuesOn: 0,
    turn: more.turn,
    head: more.head ?? 0,
    domain: more.domain ?? 0,
    check: more.check ?? -1,
    sawDangling: undefined,
    sawLeak: false,
  };
}

/** The run stops here, with a violation at the task's present instruction. */
export function violate(
  state: State,
  task: Task,
  kind: Violation,
  detail: Detail = Detail.NONE,
  object?: MemoryObject,
): never {
  note(state, task, kind, detail, object);
  throw new RunEnded(Outcome.VIOLATED);
}

export function warn(state: State, task: Task, detail: Detail = Detail.NONE, object?: MemoryObject): void {
  note(state, task, Violation.WARN, detail, object);
}

/** A check of the model's own fails; the other side is who stored what this step loaded. */
export function fail(state: State, task: Task, kind: Violation): void {
  note(state, task, kind, Detail.NONE, undefined, task.loaded?.writer);
  if (kind !== Violation.WARN) throw new RunEnded(Outcome.VIOLATED);
}

/** Nobody can go on. */
export function deadlock(state: State, tasks: readonly Task[]): never {
  const stuck = tasks.map(({ slot, entry, index }) => ({ slot, site: { entry, index } }));
  note(state, tasks[0]!, Violation.DEADLOCK, Detail.NONE, undefined, stuck[1]?.site, stuck);
  throw new RunEnded(Outcome.VIOLATED);
}

function note(
  state: State,
  task: Task,
  kind: Violation,
  detail: Detail,
  object?: MemoryObject,
  other?: Site,
  stuck: ReferenceViolation["stuck"] = [],
): void {
  // A local variable is part of its frame, which has no class and no freeing instruction.
  const named = object?.kind === "local" ? undefined : object;
  state.violations.push({
    kind,
    detail,
    site: { entry: task.entry, index: task.index },
    task: task.slot,
    class: named?.class ?? -1,
    freedBy: named?.freedBy,
    other,
    stuck,
    check: task.check,
    step: state.steps,
  });
}

/** The machine is too small for the model: the run says nothing about it. */
export function reachLimit(state: State, limit: LimitKind): never {
  state.limit = limit;
  throw new RunEnded(Outcome.LIMIT);
}

export function entryOf(state: State, task: Task): Entry {
  return state.ir.entries[task.entry]!;
}

/** The instruction at the task's position; a start step is none. */
export function instructionOf(state: State, task: Task): Instruction | undefined {
  return task.index === START ? undefined : entryOf(state, task).code[task.index];
}

export function operandValue(task: Task, operand: Operand): number {
  if ("imm" in operand) return unsigned(operand.imm);
  return unsigned((task.registers[operand.reg] ?? 0) + operand.plus);
}

/** Register 0 stands for "no result wanted". */
export function setRegister(task: Task, register: Register, value: number): void {
  if (register !== 0) task.registers[register] = unsigned(value);
}

/** The living cell that a pointer leads to; a violation where there is none. */
export function cellAt(state: State, task: Task, pointer: number): Cell {
  const fault = faultAt(state.memory, pointer);
  if (fault !== undefined) violate(state, task, fault.kind, Detail.NONE, fault.object);
  noteSharing(state.memory.cells.get(pointer)!.object, task);
  return state.memory.cells.get(pointer)!;
}

/** Another task's access to a local variable shows that no access to it is task-local. */
function noteSharing(object: MemoryObject, task: Task): void {
  if (object.kind !== "local" || object.owner === task.frame) return;
  object.shared = true;
  if (object.marked) throw new Error(`entry ${task.entry} reaches a local whose accesses are marked local`);
}

/** The living cells of a struct; the first that must not be used is the violation. */
export function structAt(state: State, task: Task, pointer: number, cells: number): Cell[] {
  return Array.from({ length: cells }, (_, n) => cellAt(state, task, pointer + n));
}

/** The task is no more: nobody waits for it any longer. */
export function endTask(state: State, task: Task): void {
  task.ended = true;
  for (const waiter of state.tasks.values()) waiter.waitTasks.delete(task.slot);
}

/** The value of a living cell, or undefined where using the pointer would be a violation. */
export function peek(state: State, pointer: number): number | undefined {
  return faultAt(state.memory, unsigned(pointer)) === undefined
    ? state.memory.cells.get(unsigned(pointer))!.value
    : undefined;
}

export function isDynamic(task: Task): boolean {
  return task.kind === "kworker" || task.kind === "callback";
}

/** Tasks that have not ended, lowest slot first; the set-up and the checks are not among them. */
export function tasksLeft(state: State): Task[] {
  return [...state.tasks.values()]
    .filter((task) => !task.ended && task.slot !== SLOT_ALONE)
    .sort((a, b) => a.slot - b.slot);
}
