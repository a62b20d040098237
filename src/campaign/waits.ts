// Who waits for what, held by whom: for deadlocks, and for the message of a replay that diverged.

import {
  DOMAIN_SECTIONS,
  LOCK_OWNER,
  NESTING_MAX,
  Op,
  RWSEM_NESTING_MAX,
  RWSEM_OWNER,
  RWSEM_QUEUED,
  RWSEM_READERS,
  RWSEM_READS,
  TASKS_MAX,
} from "../../assembly/abi.ts";
import type { Program } from "../model/program.ts";
import { type Decoded, decode } from "./effects.ts";
import type { SlotState, TraceMachine } from "./machine.ts";
import type { Namer } from "./names.ts";

/** SlotState.kind of a callback. */
const KIND_CALLBACK = 2;

export interface Wait {
  /** "cgroup_mutex", "a grace period of oom_srcu". */
  readonly what: string;
  /** Slots that hold it up. */
  readonly holders: readonly number[];
  /** The lock, where it is one; else 0. */
  readonly lock: number;
}

/** What a live slot that cannot step waits for; undefined where its instruction does not block. */
export function waitOf(
  program: Program,
  machine: TraceMachine,
  namer: Namer,
  state: SlotState,
  domain: number | undefined,
): Wait | undefined {
  const i = decode(program, machine, state.slot, state.pc);
  switch (i.op) {
    case Op.MUTEX_LOCK:
    case Op.SPIN_LOCK: {
      const owner = machine.cell(i.x + LOCK_OWNER) ?? 0;
      return { what: namer.struct(i.x) || "a lock", holders: owner > 0 ? [owner - 1] : [], lock: i.x };
    }
    case Op.GP_WAIT:
    case Op.CALLBACK_START:
      return graceWait(machine, namer, domain);
    case Op.WORK_START:
      return { what: "its turn on the workqueue", holders: [], lock: 0 };
    case Op.FLUSH_WAIT:
      return flushWait(program, machine, state);
    case Op.WAIT_COMPLETION:
      return { what: `completion ${namer.struct(i.x)}`, holders: [], lock: 0 };
    case Op.DOWN_READ:
    case Op.RWSEM_WAIT_WRITE:
      return { what: namer.struct(i.x) || "a rwsem", holders: rwsemHolders(machine, i), lock: i.x };
    case Op.WAIT_SLEEP: {
      const queue = namer.struct(i.x);
      return { what: `a wake-up${queue === "" ? "" : ` on ${queue}`}`, holders: [], lock: 0 };
    }
    default:
      return undefined;
  }
}

/** The writer, or the readers; for a reader that comes after them, the writers in between. */
function rwsemHolders(machine: TraceMachine, i: Decoded): number[] {
  const owner = machine.cell(i.x + RWSEM_OWNER) ?? 0;
  const reads = machine.cell(i.x + RWSEM_READS) ?? 0;
  const queued = machine.cell(i.x + RWSEM_QUEUED) ?? 0;
  const slots = Array.from({ length: TASKS_MAX }, (_, slot) => slot);
  if (owner !== 0 && owner !== RWSEM_READERS) return [owner - 1];
  if (i.op === Op.DOWN_READ) return slots.filter((slot) => (queued >>> slot) & 1);
  return slots.filter((slot) => (reads >>> (2 * slot)) & RWSEM_NESTING_MAX);
}

/** The callbacks and work items that a barrier or a flush still waits for. */
function flushWait(program: Program, machine: TraceMachine, state: SlotState): Wait {
  const holders = Array.from({ length: TASKS_MAX }, (_, slot) => slot).filter(
    (slot) => (state.waitMask >>> slot) & 1,
  );
  const names = machine
    .slots()
    .filter(({ slot }) => holders.includes(slot))
    .map((task) => {
      const name = program.symbols.functions[task.function]?.name ?? "";
      return `${task.kind === KIND_CALLBACK ? "callback" : "work"} ${name}`.trimEnd();
    });
  return { what: [...new Set(names)].join(" and "), holders, lock: 0 };
}

function graceWait(machine: TraceMachine, namer: Namer, domain: number | undefined): Wait {
  if (domain === undefined) return { what: "a grace period", holders: [], lock: 0 };
  const holders: number[] = [];
  for (let slot = 0; slot < TASKS_MAX; slot++) {
    // Bit 16 * level + slot over two words.
    for (let level = 0; level < NESTING_MAX; level++) {
      const word = machine.cell(domain + DOMAIN_SECTIONS + (level >> 1)) ?? 0;
      if ((word >>> (16 * (level & 1) + slot)) & 1) {
        holders.push(slot);
        break;
      }
    }
  }
  const name = namer.struct(domain);
  return { what: `a grace period${name === "" ? "" : ` of ${name}`}`, holders, lock: 0 };
}
