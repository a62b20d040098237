// The instructions of the reference interpreter, one function each: effect on the run, then the index of
// the next instruction. Written from src/model/ir.ts and the opcode blocks of assembly/abi.ts.

import { Detail, Outcome, POINTER_BASE, SLOT_ALONE, Violation } from "../../../assembly/abi.ts";
import { type Instruction, isStep } from "../../../src/model/ir.ts";
import { binary, unsigned } from "./arithmetic.ts";
import { endCallback } from "./grace-periods.ts";
import { allocate, type Cell, localOffset, place } from "./memory.ts";
import { REFERENCE_PRIMITIVES } from "./primitives.ts";
import {
  cellAt,
  endTask,
  entryOf,
  fail,
  instructionOf,
  operandValue,
  RunEnded,
  reachLimit,
  type State,
  setRegister,
  type Task,
  violate,
} from "./state.ts";
import { endWork } from "./work.ts";

type Of<O extends Instruction["op"]> = Extract<Instruction, { readonly op: O }>;

/** Executes the instruction at the task's position and moves the task on. */
export function execute(state: State, task: Task): void {
  const instruction = instructionOf(state, task);
  if (instruction === undefined) throw new Error(`entry ${task.entry} runs off its end`);
  count(state, instruction);
  if (isStep(instruction)) task.loaded = undefined;
  task.index = effect(state, task, instruction) ?? task.index + 1;
}

function count(state: State, instruction: Instruction): void {
  const name = operationName(instruction);
  state.coverage.set(name, (state.coverage.get(name) ?? 0) + 1);
}

/** What coverage counts: the operation with its operator or primitive. */
export function operationName(instruction: Instruction): string {
  switch (instruction.op) {
    case "binary":
    case "branch":
    case "rmw":
      return `${instruction.op} ${instruction.operator}`;
    case "primitive":
      return instruction.name;
    case "load":
    case "store":
      return instruction.local === true ? `${instruction.op} local` : instruction.op;
    default:
      return instruction.op;
  }
}

/** Returns the next index, or nothing where control falls through. */
function effect(state: State, task: Task, i: Instruction): number | undefined {
  switch (i.op) {
    case "move":
      setRegister(task, i.dst, operandValue(task, i.value));
      return undefined;
    case "binary":
      return doBinary(state, task, i);
    case "jump":
      return i.to;
    case "branch":
      return binary(i.operator, operandValue(task, i.left), operandValue(task, i.right)) === 1 ? i.yes : i.no;
    case "local-address":
      setRegister(task, i.dst, localPointer(state, task, i.local));
      return undefined;
    case "local-live":
      return doLocalLive(state, task, i);
    case "local-dead":
      return doLocalDead(state, task, i);
    case "choose":
      setRegister(task, i.dst, state.choose(Math.max(operandValue(task, i.count), 1)));
      return undefined;
    case "assume":
      if (operandValue(task, i.value) === 0) throw new RunEnded(Outcome.DROPPED);
      return undefined;
    case "assert":
      doAssert(state, task, i);
      return undefined;
    case "warn":
      if (operandValue(task, i.value) !== 0) fail(state, task, Violation.WARN);
      return undefined;
    case "bug":
      if (operandValue(task, i.value) !== 0) fail(state, task, Violation.BUG);
      return undefined;
    case "bad-call":
      return violate(
        state,
        task,
        operandValue(task, i.value) < POINTER_BASE ? Violation.NULL_DEREF : Violation.BAD_POINTER,
      );
    case "dangles":
      return doDangles(state, task, i);
    case "leaks":
      return doLeaks(state, task, i);
    case "capture":
      return doCapture(state, task, i);
    case "exit":
      return doExit(state, task);
    case "load":
      if (i.local === true) mustBeOwn(state, task, operandValue(task, i.address));
      doLoad(state, task, i);
      return undefined;
    case "store":
      if (i.local === true) mustBeOwn(state, task, operandValue(task, i.address));
      write(task, cellAt(state, task, operandValue(task, i.address)), operandValue(task, i.value));
      return undefined;
    case "rmw":
      return doReadModifyWrite(state, task, i);
    case "cmpxchg":
      return doCompareExchange(state, task, i);
    case "fence":
      return undefined;
    case "alloc":
      return doAlloc(state, task, i);
    case "primitive": {
      const args = i.args.map((arg) => operandValue(task, arg));
      setRegister(task, i.dst, REFERENCE_PRIMITIVES[i.name](state, task, args));
      return undefined;
    }
  }
}

function doLoad(state: State, task: Task, i: Of<"load">): void {
  const cell = cellAt(state, task, operandValue(task, i.address));
  if (i.local !== true) task.loaded = cell;
  setRegister(task, i.dst, cell.value);
}

/** Stores by an instruction of the model, which a failed check may name. */
function write(task: Task, cell: Cell, value: number): void {
  cell.value = value;
  cell.writer = { entry: task.entry, index: task.index };
}

/** An access that was marked task-local may fault, but must not reach what another task can reach. */
function mustBeOwn(state: State, task: Task, pointer: number): void {
  const object = state.memory.cells.get(pointer)?.object;
  if (object === undefined) return;
  object.marked = true;
  if (object.owner !== task.frame || object.shared) {
    throw new Error(`an access marked local reaches shared memory: entry ${task.entry}, index ${task.index}`);
  }
}

function doBinary(state: State, task: Task, i: Of<"binary">): undefined {
  const result = binary(i.operator, operandValue(task, i.left), operandValue(task, i.right));
  if (result === "by zero") violate(state, task, Violation.BUG, Detail.DIVISION);
  setRegister(task, i.dst, result);
}

function localPointer(state: State, task: Task, local: number): number {
  return state.memory.frames.get(task.frame)! + localOffset(entryOf(state, task), local);
}

function doLocalLive(state: State, task: Task, i: Of<"local-live">): undefined {
  const local = entryOf(state, task).locals[i.local]!;
  place(state.memory, localPointer(state, task, i.local), local.size, local.class, "local", task.frame);
}

function doLocalDead(state: State, task: Task, i: Of<"local-dead">): undefined {
  const object = state.memory.cells.get(localPointer(state, task, i.local))?.object;
  // A variable that never came to life (a jump went round its scope) has nothing to end.
  if (object !== undefined) object.freedBy ??= { entry: task.entry, index: task.index };
}

function doAssert(state: State, task: Task, i: Of<"assert">): void {
  if (operandValue(task, i.value) !== 0) return;
  // Only a check (or the set-up) is about what it saw of the heap.
  if (task.slot !== SLOT_ALONE) fail(state, task, Violation.ASSERTION);
  else if (task.sawDangling === undefined) {
    fail(state, task, task.sawLeak ? Violation.LEAK : Violation.ASSERTION);
  } else violate(state, task, Violation.DANGLING, Detail.NONE, task.sawDangling);
}

function doDangles(state: State, task: Task, i: Of<"dangles">): undefined {
  const object = state.memory.cells.get(operandValue(task, i.value))?.object;
  const dangles = object?.freedBy !== undefined;
  if (dangles) task.sawDangling = object;
  setRegister(task, i.dst, dangles ? 1 : 0);
}

function doLeaks(state: State, task: Task, i: Of<"leaks">): undefined {
  const living = state.memory.heap.filter((object) => object.freedBy === undefined);
  const leaked = living.filter((object) => i.class === -1 || object.class === i.class).length;
  if (leaked > 0) task.sawLeak = true;
  setRegister(task, i.dst, leaked);
}

function doCapture(state: State, task: Task, i: Of<"capture">): undefined {
  const receiver = `${i.kind} ${i.index}`;
  const parameters = state.captured.get(receiver) ?? new Map<number, number>();
  parameters.set(i.parameter, operandValue(task, i.value));
  state.captured.set(receiver, parameters);
}

function doExit(state: State, task: Task): number {
  if (task.locksHeld > 0) violate(state, task, Violation.LOCK_MISUSE, Detail.HELD_AT_EXIT);
  if (task.sectionsOpen > 0) violate(state, task, Violation.RCU_MISUSE, Detail.STILL_READING);
  if (task.irqsOff || task.softirqsOff > 0) {
    violate(state, task, Violation.LOCK_MISUSE, Detail.ATOMIC_AT_EXIT);
  }
  if (task.queuesOn > 0) violate(state, task, Violation.LOCK_MISUSE, Detail.QUEUED_AT_EXIT);
  if (task.kind === "kworker") endWork(state, task);
  if (task.kind === "callback") endCallback(state, task);
  endTask(state, task);
  return task.index;
}

function doReadModifyWrite(state: State, task: Task, i: Of<"rmw">): undefined {
  const cell = cellAt(state, task, operandValue(task, i.address));
  const old = cell.value;
  const operand = operandValue(task, i.value);
  switch (i.operator) {
    case "xchg":
      write(task, cell, operand);
      break;
    case "add":
      write(task, cell, unsigned(old + operand));
      break;
    case "and":
      write(task, cell, unsigned(old & operand));
      break;
    case "or":
      write(task, cell, unsigned(old | operand));
      break;
    case "xor":
      write(task, cell, unsigned(old ^ operand));
      break;
  }
  setRegister(task, i.dst, old);
}

function doCompareExchange(state: State, task: Task, i: Of<"cmpxchg">): undefined {
  const cell = cellAt(state, task, operandValue(task, i.address));
  const old = cell.value;
  if (old === operandValue(task, i.expected)) write(task, cell, operandValue(task, i.value));
  setRegister(task, i.dst, old);
}

function doAlloc(state: State, task: Task, i: Of<"alloc">): undefined {
  const result = allocate(state.memory, operandValue(task, i.size), i.class);
  if (typeof result === "number") reachLimit(state, result);
  setRegister(task, i.dst, result.base);
}
