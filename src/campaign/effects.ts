// What a step did, in a few words for the trace's right-hand side: looked at before the step (the registers
// are still the operands) and finished after it (the cells show the result).

import {
  COMPLETION_DONE,
  CSS_REFS,
  FUNCTION_BASE,
  IMAGE_HEADER_WORDS,
  LOCK_OWNER,
  Op,
  RWSEM_OWNER,
  RWSEM_READS,
  WAIT_COUNT,
  WORK_DISABLED,
  WORK_FUNCTION,
  WORK_PENDING,
} from "../../assembly/abi.ts";
import type { Program } from "../model/program.ts";
import type { TraceMachine } from "./machine.ts";
import type { Namer } from "./names.ts";

/** An instruction that a task is about to execute, with its operands' values. */
export interface Decoded {
  readonly pc: number;
  readonly op: number;
  readonly dst: number;
  /** r[a] + imm: the address of most instructions. */
  readonly x: number;
  /** r[b]. */
  readonly b: number;
  readonly alt: number;
}

export function decode(program: Program, machine: TraceMachine, slot: number, pc: number): Decoded {
  const at = IMAGE_HEADER_WORDS + 4 * pc;
  const word = program.words[at] ?? 0;
  const register = (n: number) => (n === 0 ? 0 : machine.register(slot, n));
  return {
    pc,
    op: word & 0xff,
    dst: (word >>> 8) & 0xff,
    x: (register((word >>> 16) & 0xff) + (program.words[at + 1] ?? 0)) >>> 0,
    b: register(word >>> 24) >>> 0,
    alt: program.words[at + 3] ?? 0,
  };
}

/** What is said of a step whatever it finds. */
const ALWAYS: ReadonlyMap<number, string> = new Map([
  [Op.GP_START, "(begins to wait)"],
  [Op.GP_WAIT, "(grace period over)"],
  [Op.GP_BARRIER, "(begins to wait)"],
  [Op.GP_FLUSH, "(begins to wait)"],
  [Op.WORK_FLUSH, "(begins to wait)"],
  [Op.WORK_FLUSH_DELAYED, "(begins to wait)"],
  [Op.QUEUE_FLUSH, "(begins to wait)"],
  [Op.FLUSH_WAIT, "(nothing left to wait for)"],
  [Op.CALLBACK_START, "(starts)"],
  [Op.WORK_START, "(starts)"],
  [Op.WORK_EXPIRE, "(timer expires)"],
  [Op.CSS_KILL, "(killed)"],
  [Op.OPS_CALL_BEGIN, "(call begins)"],
  [Op.OPS_CALL_END, "(call ends)"],
]);

const ABOUT_SECOND: ReadonlySet<number> = new Set([
  Op.QUEUE_WORK,
  Op.WORK_DELAY,
  Op.WORK_REDELAY,
  Op.WORK_QUEUE_CLAIMED,
  Op.GP_CALL,
]);

/** The object that a step is about: the work item, not its queue; the head, not its domain. */
export function subjectOf(i: Decoded): number {
  return ABOUT_SECOND.has(i.op) ? i.b : i.x;
}

/** Looks before the step; the function returned is called after it and gives the words. */
export function watchEffect(
  program: Program,
  machine: TraceMachine,
  namer: Namer,
  slot: number,
  i: Decoded,
): () => string {
  const before = machine.cell(i.x);
  if (i.op < Op.ALLOC) return watchAccess(machine, namer, i, before);
  const always = ALWAYS.get(i.op);
  if (always !== undefined) return () => always;
  const refs = machine.cell(i.x + CSS_REFS);
  const pending = machine.cell(subjectOf(i) + WORK_PENDING);
  const change = (cell: number, from: number | undefined) => changeText(machine, cell, from);
  const functionName = (value: number) => program.symbols.functions[value - FUNCTION_BASE]?.name ?? "";
  switch (i.op) {
    case Op.ALLOC:
      return () => {
        // The register may have been reused by the task-local work that follows.
        const made = machine.object(machine.register(slot, i.dst) >>> 0);
        return made !== undefined && made.allocSite === i.pc ? `= ${namer.object(made.base)}` : "";
      };
    case Op.FREE: {
      const freed = namer.object(i.x);
      return () => (freed === "" ? "" : `frees ${freed}`);
    }
    case Op.MUTEX_TRYLOCK:
    case Op.SPIN_TRYLOCK: {
      const free = machine.cell(i.x + LOCK_OWNER) === 0;
      return () => `= ${free}`;
    }
    case Op.GP_CALL:
      return () => `queues ${functionName(machine.register(slot, i.alt) >>> 0) || "callback"}`;
    case Op.QUEUE_WORK:
    case Op.WORK_DELAY:
    case Op.WORK_REDELAY:
    case Op.WORK_QUEUE_CLAIMED:
      return queueing(machine, i, pending, functionName((machine.cell(i.b + WORK_FUNCTION) ?? 0) >>> 0));
    case Op.CANCEL_WORK:
    case Op.WORK_DISABLE:
    case Op.WORK_DISABLE_SYNC:
      return () => `= ${pending === 1 && machine.cell(i.x + WORK_PENDING) !== 1}`;
    case Op.REFCOUNT_INC:
    case Op.REFCOUNT_DEC_AND_TEST:
      return () => (before === undefined ? "" : `refs ${change(i.x, before)}`);
    case Op.REFCOUNT_INC_NOT_ZERO:
      return () =>
        before === 0 ? "= false (refs 0)" : before === undefined ? "" : `refs ${change(i.x, before)}`;
    case Op.CSS_TRYGET:
    case Op.CSS_TRYGET_ONLINE:
      return () =>
        machine.cell(i.x + CSS_REFS) === refs ? "= false" : `refs ${change(i.x + CSS_REFS, refs)}`;
    case Op.CSS_GET:
    case Op.CSS_PUT:
      return () => (refs === undefined ? "" : `refs ${change(i.x + CSS_REFS, refs)}`);
    case Op.COMPLETE:
      return () => (machine.cell(i.x + COMPLETION_DONE) === undefined ? "" : "(done)");
    default:
      return watchSleepers(machine, i);
  }
}

/** Read-write semaphores and wait queues. */
function watchSleepers(machine: TraceMachine, i: Decoded): () => string {
  switch (i.op) {
    case Op.DOWN_READ_TRYLOCK:
    case Op.DOWN_WRITE_TRYLOCK: {
      // A lock that was had changes: its owner, or how often who reads it.
      const [owner, reads] = [machine.cell(i.x + RWSEM_OWNER), machine.cell(i.x + RWSEM_READS)];
      return () =>
        `= ${machine.cell(i.x + RWSEM_OWNER) !== owner || machine.cell(i.x + RWSEM_READS) !== reads}`;
    }
    case Op.RWSEM_QUEUE_WRITE: {
      const free = machine.cell(i.x + RWSEM_OWNER) === 0;
      return () => (free ? "(has it)" : "(queued)");
    }
    case Op.WAIT_PREPARE:
      return () => "(queued)";
    case Op.WAIT_SLEEP:
      return () => "(awake)";
    case Op.WAIT_WAKE: {
      const waiters = (machine.cell(i.x + WAIT_COUNT) ?? 0) & 0xffff;
      return () => `(wakes ${waiters - ((machine.cell(i.x + WAIT_COUNT) ?? 0) & 0xffff)})`;
    }
    default:
      return () => "";
  }
}

/** Queueing a work item, at once or by a timer. */
function queueing(
  machine: TraceMachine,
  i: Decoded,
  pending: number | undefined,
  work: string,
): () => string {
  const verb = i.op === Op.WORK_DELAY || i.op === Op.WORK_REDELAY ? "starts the timer of" : "queues";
  const refuses = i.op === Op.QUEUE_WORK || i.op === Op.WORK_DELAY;
  const disabled = (machine.cell(i.b + WORK_DISABLED) ?? 0) !== 0 && i.op !== Op.WORK_QUEUE_CLAIMED;
  if (refuses && pending !== 0) return () => "= false (pending)";
  return () => (disabled ? "= false (disabled)" : `${verb} ${work || "work"}`);
}

/** Loads, stores and atomic operations on one cell. */
function watchAccess(
  machine: TraceMachine,
  namer: Namer,
  i: Decoded,
  before: number | undefined,
): () => string {
  // An access to a cell that does not exist is a violation: it has no effect.
  if (before === undefined) return () => "";
  const shown = namer.value(i.x, before);
  switch (i.op) {
    case Op.LOAD:
      return () => `= ${shown}`;
    case Op.STORE:
      return () => {
        const stored = (i.b + i.alt) >>> 0;
        return `= ${namer.value(i.x, stored)}`;
      };
    case Op.XCHG:
      return () => `= ${shown}, now ${namer.value(i.x, i.b)}`;
    case Op.CMPXCHG:
      return () => `= ${shown}${before >>> 0 === i.b ? ", swapped" : ", not swapped"}`;
    case Op.FETCH_ADD:
    case Op.FETCH_AND:
    case Op.FETCH_OR:
    case Op.FETCH_XOR:
      return () => changeText(machine, i.x, before);
    default:
      return () => "";
  }
}

function changeText(machine: TraceMachine, cell: number, from: number | undefined): string {
  return `${from ?? "?"}->${machine.cell(cell) ?? "?"}`;
}
