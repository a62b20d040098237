// What each step of a schedule touches, as far as it helps to say what two steps have to do with each
// other: the cell of an access, the struct of a primitive, the object that is freed. Only for the choice
// between orders that force the same; nothing is concluded from it.

import { Op } from "../../assembly/abi.ts";
import type { Program } from "../model/program.ts";
import { applySchedule, type Schedule } from "./apply.ts";
import { decode, subjectOf } from "./effects.ts";
import type { TraceMachine } from "./machine.ts";

export interface Contact {
  /** Cell or struct; 0 where there is none. */
  readonly pointer: number;
  /** First cell of the object that it lies in, or 0. */
  readonly object: number;
  readonly what: "read" | "write" | "free" | "primitive";
}

export function contactsOf(
  program: Program,
  machine: TraceMachine,
  stepsMax: number,
  schedule: Schedule,
): Contact[] {
  const contacts: Contact[] = [];
  applySchedule(machine, stepsMax, schedule, {
    before: (_step, slot) => {
      const state = machine.slots().find((each) => each.slot === slot)!;
      const i = decode(program, machine, slot, state.pc);
      const pointer = subjectOf(i);
      contacts.push({ pointer, object: machine.object(pointer)?.base ?? 0, what: kindOf(i.op) });
    },
    after: () => undefined,
  });
  return contacts;
}

function kindOf(op: number): Contact["what"] {
  if (op === Op.LOAD) return "read";
  if (op < Op.FENCE) return "write";
  return op === Op.FREE ? "free" : "primitive";
}

/**
 * 0: the same memory, one of them changing it; 1: the same lock, domain or count; 2: the same object; 3:
 * nothing.
 */
export function related(a: Contact, b: Contact): number {
  if (a.pointer === 0 || b.pointer === 0) return 3;
  const sameObject = a.object !== 0 && a.object === b.object;
  if (sameObject && (a.what === "free" || b.what === "free")) return 0;
  if (a.pointer === b.pointer && !(a.what === "read" && b.what === "read")) {
    return a.what === "primitive" && b.what === "primitive" ? 1 : 0;
  }
  return sameObject ? 2 : 3;
}
