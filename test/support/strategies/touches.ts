// What the step that a task stands before will touch, once more: from the instruction and its operands.

import { Op } from "../../../assembly/abi.ts";
import { decode } from "../../../src/campaign/effects.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Program } from "../../../src/model/program.ts";

export interface Touch {
  /** From this cell up to the one before `end`; nothing where they are equal. */
  readonly from: number;
  readonly end: number;
  readonly changes: boolean;
  /** Another object, which is changed; 0 for none. */
  readonly also: number;
}

const NOTHING = new Set<number>([Op.FENCE, Op.ALLOC, Op.SETTLE, Op.FLUSH_WAIT, Op.EXIT]);
const LOOKS = new Set<number>([
  Op.LOAD,
  Op.GP_READ_LOCK,
  Op.GP_READ_UNLOCK,
  Op.GP_READ_HELD,
  Op.OPS_CALL_BEGIN,
  Op.OPS_CALL_END,
]);
const BY_SECOND = new Set<number>([
  Op.GP_CALL,
  Op.QUEUE_WORK,
  Op.WORK_DELAY,
  Op.WORK_REDELAY,
  Op.WORK_QUEUE_CLAIMED,
]);
const STARTS = new Set<number>([Op.CALLBACK_START, Op.WORK_START, Op.WORK_EXPIRE]);

export function touchOf(program: Program, engine: Engine, slot: number): Touch {
  const state = engine.slots()[slot]!;
  const { op, x, b } = decode(program, engine, slot, state.pc);
  const one = (cell: number, changes: boolean, also = 0): Touch => {
    return { from: cell, end: cell + 1, changes, also };
  };
  if (NOTHING.has(op)) return { from: 0, end: 0, changes: false, also: 0 };
  if (LOOKS.has(op)) return one(x, false);
  if (STARTS.has(op)) return one(state.argument, true, state.queue);
  if (BY_SECOND.has(op)) return one(b, true, x);
  if (op === Op.GP_WAIT) return one(engine.waitDomain(slot), true);
  const object = op === Op.FREE ? engine.object(x) : undefined;
  if (object === undefined) return one(x, true);
  return { from: object.base, end: object.base + object.size, changes: true, also: 0 };
}

/** They would come to something else in the other order. */
export function conflict(a: Touch, b: Touch): boolean {
  const cells = (t: Touch): number[] => Array.from({ length: t.end - t.from }, (_, n) => t.from + n);
  const touched = (t: Touch): number[] => [...cells(t), ...(t.also === 0 ? [] : [t.also])];
  const changed = (t: Touch): number[] => [...(t.changes ? cells(t) : []), ...(t.also === 0 ? [] : [t.also])];
  const meets = (some: number[], others: number[]): boolean => some.some((cell) => others.includes(cell));
  return meets(changed(a), touched(b)) || meets(touched(a), changed(b));
}
