// The reference interpreter: a slow and obvious second engine for the IR, against which the fast one
// (assembly/) is checked step by step. Written from src/model/ir.ts, the opcode blocks of assembly/abi.ts
// and DESIGN.md sections 4-7, not from the fast machine. It executes the IR itself, so it also checks the
// encoder.

import {
  Detail,
  LimitKind,
  LOCAL_MAX,
  Outcome,
  SLOT_ALONE,
  STEPS_DEFAULT,
  TASKS_MAX,
  Violation,
} from "../../../assembly/abi.ts";
import { type Entry, type IrProgram, isStep } from "../../../src/model/ir.ts";
import { isBlocked } from "./blocking.ts";
import { startCallback } from "./grace-periods.ts";
import { execute } from "./instructions.ts";
import { createMemory, type FrameOwner, frameSize, type Site } from "./memory.ts";
import {
  deadlock,
  instructionOf,
  newTask,
  type ReferenceViolation,
  RunEnded,
  reachLimit,
  START,
  type State,
  setRegister,
  type Task,
  tasksLeft,
  violate,
} from "./state.ts";
import { startWork } from "./work.ts";

export { operationName } from "./instructions.ts";
export type { Site } from "./memory.ts";
export { type ReferenceViolation, START } from "./state.ts";

export interface CellDump {
  readonly pointer: number;
  readonly value: number;
  readonly state: "live" | "freed";
}

export interface TaskDump {
  readonly slot: number;
  readonly kind: Task["kind"];
  readonly ended: boolean;
  readonly position: Site;
  /** By virtual number; register 0 does not exist and reads 0. */
  readonly registers: readonly number[];
  /** Section bits that it waits for, ascending. */
  readonly waitMask: readonly number[];
}

/** The whole state, in a form to be compared. */
export interface Dump {
  readonly outcome: Outcome;
  readonly limit: LimitKind;
  /** Every cell that was ever allocated, ascending. */
  readonly cells: readonly CellDump[];
  /** Tasks by slot, ascending; slot 15 is not among them. */
  readonly tasks: readonly TaskDump[];
}

export class ReferenceMachine {
  readonly #ir: IrProgram;
  #state: State;

  constructor(ir: IrProgram) {
    this.#ir = ir;
    this.#state = createState(ir, () => 0, STEPS_DEFAULT);
  }

  /** Initialises a run, runs the set-up and brings each thread to its first step. */
  begin(choose: (count: number) => number, stepsMax = STEPS_DEFAULT): void {
    this.#state = createState(this.#ir, choose, stepsMax);
    this.#guarded((state) => {
      runSetup(state);
      beginThreads(state);
      runChecks(state, "always");
    });
  }

  /** Slots whose next step would not wait, ascending; none once the run has ended. */
  runnable(): number[] {
    return this.#state.outcome === Outcome.RUNNING ? runnableTasks(this.#state).map((task) => task.slot) : [];
  }

  step(slot: number): void {
    if (!this.runnable().includes(slot)) throw new Error(`slot ${slot} cannot step`);
    this.#guarded((state) => {
      const task = state.tasks.get(slot)!;
      state.steps++;
      takeStep(state, task);
      runChecks(state, "always");
      const [next] = runnableTasks(state);
      if (state.steps === state.stepsMax && next !== undefined) violate(state, next, Violation.STEP_LIMIT);
    });
  }

  /** To be called when nothing is runnable: tells a deadlock, or runs the checks at the end. */
  finish(): void {
    this.#guarded((state) => {
      if (runnableTasks(state).length > 0) throw new Error("finish() while tasks can step");
      const stuck = tasksLeft(state);
      if (stuck.length > 0) deadlock(state, stuck);
      runChecks(state, "at_end");
      state.outcome = Outcome.DONE;
    });
  }

  get outcome(): Outcome {
    return this.#state.outcome;
  }

  get limit(): LimitKind {
    return this.#state.limit;
  }

  get violations(): readonly ReferenceViolation[] {
    return this.#state.violations;
  }

  get coverage(): ReadonlyMap<string, number> {
    return this.#state.coverage;
  }

  /** Where a slot stands, or undefined where it never had a task. */
  position(slot: number): Site | undefined {
    const task = this.#state.tasks.get(slot);
    return task === undefined ? undefined : { entry: task.entry, index: task.index };
  }

  dump(): Dump {
    const { outcome, limit, memory, tasks } = this.#state;
    return {
      outcome,
      limit,
      cells: [...memory.cells]
        .sort(([a], [b]) => a - b)
        .map(([pointer, { value, object }]) => ({
          pointer,
          value,
          state: object.freedBy === undefined ? "live" : "freed",
        })),
      tasks: [...tasks.values()]
        .filter((task) => task.slot !== SLOT_ALONE)
        .sort((a, b) => a.slot - b.slot)
        .map((task) => ({
          slot: task.slot,
          kind: task.kind,
          ended: task.ended,
          position: { entry: task.entry, index: task.index },
          registers: Array.from(task.registers, (value) => value ?? 0),
          waitMask: [...task.waitMask].sort((a, b) => a - b),
        })),
    };
  }

  /** Does something to a run that goes on; where that ends the run, notes how. */
  #guarded(action: (state: State) => void): void {
    if (this.#state.outcome !== Outcome.RUNNING) return;
    try {
      action(this.#state);
    } catch (error) {
      if (!(error instanceof RunEnded)) throw error;
      this.#state.outcome = error.outcome;
    }
  }
}

// ---------------------------------------------------------------- a run begins

function createState(ir: IrProgram, choose: (count: number) => number, stepsMax: number): State {
  return {
    ir,
    memory: createMemory(ir, framesOf(ir)),
    tasks: new Map(),
    captured: new Map(),
    choose,
    violations: [],
    coverage: new Map(),
    stepsMax,
    steps: 0,
    queued: 0,
    outcome: Outcome.RUNNING,
    limit: LimitKind.NONE,
  };
}

/** Frames in the order in which they lie in memory, each as large as the largest entry that may run there. */
function framesOf(ir: IrProgram): [FrameOwner, number][] {
  const entrySize = (entry: number): number => frameSize(ir.entries[entry] as Entry);
  const dynamicSize = Math.max(
    0,
    ...ir.functions.filter((each) => each.entry >= 0).map((each) => entrySize(each.entry)),
  );
  const frames: [FrameOwner, number][] = [];
  for (let slot = 0; slot < TASKS_MAX; slot++) {
    const thread = ir.threads[slot];
    frames.push([`slot ${slot}`, thread === undefined ? dynamicSize : entrySize(thread.entry)]);
  }
  frames.push([`slot ${SLOT_ALONE}`, entrySize(ir.setup)]);
  for (const kind of ["always", "at_end"]) {
    ir.checks.forEach((check, number) => {
      if (check.kind === kind) frames.push([`check ${number}`, entrySize(check.entry)]);
    });
  }
  return frames;
}

/** The set-up steps alone; dynamic tasks step, lowest slot first, only while it has to wait. */
function runSetup(state: State): void {
  const setup = newTask("setup", SLOT_ALONE, state.ir.setup);
  state.tasks.set(SLOT_ALONE, setup);
  runToStep(state, setup);
  for (let steps = 0; !setup.ended; steps++) {
    const next = isBlocked(state, setup) ? runnableTasks(state)[0] : setup;
    if (next === undefined) reachLimit(state, LimitKind.SETUP_BLOCKED);
    if (steps === state.stepsMax) violate(state, next, Violation.STEP_LIMIT);
    takeStep(state, next);
  }
  state.tasks.delete(SLOT_ALONE);
}

function beginThreads(state: State): void {
  state.ir.threads.forEach((thread, slot) => {
    const task = newTask("thread", slot, thread.entry);
    handOver(state, task, `thread ${slot}`);
    state.tasks.set(slot, task);
    runToStep(state, task);
  });
}

/** Gives a task the parameters that the set-up captured for it. */
function handOver(state: State, task: Task, receiver: string): void {
  for (const [parameter, value] of state.captured.get(receiver) ?? []) setRegister(task, parameter, value);
}

// ---------------------------------------------------------------- steps

function runnableTasks(state: State): Task[] {
  return tasksLeft(state).filter((task) => !isBlocked(state, task));
}

/** The instruction at the task's position, then everything task-local up to its next step. */
function takeStep(state: State, task: Task): void {
  if (task.index === START) {
    task.loaded = undefined;
    if (task.kind !== "kworker") startCallback(state, task);
    else if (!startWork(state, task)) return;
    task.index = 0;
  } else {
    execute(state, task);
  }
  runToStep(state, task);
}

function runToStep(state: State, task: Task): void {
  for (let executed = 0; !task.ended && !standsAtStep(state, task); executed++) {
    if (executed === LOCAL_MAX) violate(state, task, Violation.STEP_LIMIT, Detail.LOCAL_LOOP);
    execute(state, task);
  }
}

/** A check runs through: what would be a step elsewhere is none there. */
function standsAtStep(state: State, task: Task): boolean {
  const instruction = instructionOf(state, task);
  return task.kind !== "check" && instruction !== undefined && isStep(instruction);
}

// ---------------------------------------------------------------- checks

function runChecks(state: State, kind: "always" | "at_end"): void {
  state.ir.checks.forEach((check, number) => {
    if (check.kind !== kind) return;
    const task = newTask("check", SLOT_ALONE, check.entry, { check: number, frame: `check ${number}` });
    handOver(state, task, `check ${number}`);
    runToStep(state, task);
  });
}
