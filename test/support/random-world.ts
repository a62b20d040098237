// What every random program has: classes, globals of each kernel type, functions, locals.

import { DOMAIN_ATOMIC, DOMAIN_READY, DOMAIN_SOFTIRQ, POINTER_BASE } from "../../assembly/abi.ts";
import type { Local, Operand } from "../../src/model/ir.ts";
import { imm, layOutGlobals, type Parts } from "./reference/program.ts";

export const CLASSES = [
  "counters",
  "lock",
  "domain",
  "queue",
  "work",
  "refcount",
  "css",
  "completion",
  "head",
  "node",
  "ops",
];
export const classNumber = (name: string): number => CLASSES.indexOf(name);

export type GlobalName =
  | "data"
  | "slot"
  | "mutex"
  | "spin"
  | "rcu"
  | "srcu"
  | "queue"
  | "wide"
  | "work"
  | "work2"
  | "count"
  | "css"
  | "done"
  | "rwsem"
  | "waitq"
  | "head";

/** Initial values that vary from program to program. */
export interface Variety {
  readonly maxActive: number;
  readonly count: number;
  readonly refs: number;
  readonly done: number;
  readonly atomic: boolean;
  readonly softirq: boolean;
  readonly slotFilled: boolean;
  /** The second domain was initialised. */
  readonly ready: boolean;
  /** The first queue is being drained. */
  readonly drains: boolean;
}

export function globalsOf(v: Variety): (NonNullable<Parts["globals"]>[number] & { name: GlobalName })[] {
  const flags = (v.atomic ? DOMAIN_ATOMIC : 0) + (v.softirq ? DOMAIN_SOFTIRQ : 0) + DOMAIN_READY;
  return [
    { name: "data", size: 3, class: classNumber("counters"), initial: [1, 0, 5] },
    {
      name: "slot",
      size: 2,
      class: classNumber("counters"),
      initial: [v.slotFilled ? { global: 0, plus: 1 } : 0, 0],
    },
    { name: "mutex", size: 1, class: classNumber("lock") },
    { name: "spin", size: 1, class: classNumber("lock") },
    { name: "rcu", size: 4, class: classNumber("domain"), initial: [0, 0, flags] },
    {
      name: "srcu",
      size: 4,
      class: classNumber("domain"),
      initial: [0, 0, v.ready ? DOMAIN_READY : 0],
    },
    {
      name: "queue",
      size: 4,
      class: classNumber("queue"),
      initial: [v.maxActive, 0, 0, v.drains ? 1 : 0],
    },
    { name: "wide", size: 4, class: classNumber("queue"), initial: [v.maxActive + 1] },
    { name: "work", size: 4, class: classNumber("work"), initial: [{ function: 0 }] },
    { name: "work2", size: 4, class: classNumber("work"), initial: [{ function: 1 }] },
    { name: "count", size: 1, class: classNumber("refcount"), initial: [v.count] },
    { name: "css", size: 2, class: classNumber("css"), initial: [v.refs, 0] },
    { name: "done", size: 1, class: classNumber("completion"), initial: [v.done] },
    { name: "rwsem", size: 4, class: classNumber("lock"), initial: [0, 0, 0, v.softirq ? 1 : 0] },
    { name: "waitq", size: 3, class: classNumber("lock") },
    { name: "head", size: 1, class: classNumber("head") },
  ];
}

const PLACED = layOutGlobals(
  globalsOf({
    maxActive: 1,
    count: 1,
    refs: 1,
    done: 0,
    atomic: true,
    softirq: true,
    slotFilled: true,
    ready: true,
    drains: false,
  }),
);

export function addressOf(name: GlobalName, plus = 0): number {
  return POINTER_BASE + PLACED.find((global) => global.name === name)!.cell + plus;
}

export const at = (name: GlobalName, plus = 0): Operand => imm(addressOf(name, plus));

/** Functions 0 and 1 run as tasks, 2 has no body that could. */
export const FUNCTIONS = 3;
export const BODIES = 2;
export const LOCALS: readonly Local[] = [
  { name: "ctx", size: 2, class: classNumber("ops") },
  { name: "flag", size: 1, class: classNumber("counters") },
];
