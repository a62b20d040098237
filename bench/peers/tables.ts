// What stands above and below world.h in a verifier: tables of the program's memory and instructions, and the
// state in which the threads begin.

import {
  FUNCTION_BASE,
  IMAGE_ALWAYS,
  IMAGE_CELLS,
  IMAGE_CHECKS,
  IMAGE_FUNCTIONS,
  IMAGE_HEADER_WORDS,
  IMAGE_INSTRUCTIONS,
  IMAGE_OBJECTS,
  IMAGE_REGISTERS,
  IMAGE_THREADS,
  Op,
  POINTER_BASE,
} from "../../dist/assembly/abi.js";
import type { Engine, ObjectState } from "../../dist/src/engine/engine.js";
import type { Image } from "./image.ts";

/** What is asked of an engine with the program loaded: the built one's, or the sources' in a test. */
export type Asked = Pick<
  Engine,
  "begin" | "cell" | "cellState" | "cellsEnd" | "object" | "record" | "register" | "slots" | "step"
>;

/** What must be known of the reachable states to make the state small. */
export interface Footprint {
  /** Pointers of cells that some step stores to. */
  readonly stored: ReadonlySet<number>;
  /** Slots in use. */
  readonly slots: number;
}

/** Function pointers are moved to where they fit 16 bits. */
const FUNCTIONS_FROM = 0x4000;

export function constant(value: number): number {
  const index = (value >>> 0) - FUNCTION_BASE;
  return index >= 0 && index < FUNCTIONS_FROM ? FUNCTIONS_FROM + index : value | 0;
}

/** What world.h needs to know, that itself, and how a run begins. */
export function tables(image: Image, engine: Asked, { stored, slots }: Footprint): string[] {
  const { words } = image;
  const threads = words[IMAGE_THREADS]!;
  // Those at the end lead to no state.
  if (words[IMAGE_ALWAYS] !== 0) throw new Error("checks that hold always are not translated for SPIN");
  if (engine.slots().some(({ slot, live }) => live && slot >= threads)) {
    throw new Error("tasks that the set-up starts are not translated for SPIN");
  }
  const end = engine.cellsEnd();
  const pointers = Array.from({ length: end - POINTER_BASE }, (_, n) => POINTER_BASE + n);
  let cells = 0;
  const where = pointers.map((p) => (stored.has(p) ? cells++ : -1));
  const { group, shadow } = groupsOf(engine, pointers);
  const objects = pointers.map((p) => engine.object(p));
  const instructions = Array.from({ length: words[IMAGE_INSTRUCTIONS]! }, (_, at) => at);
  const ops = new Set(instructions.map((at) => image.op(at)).filter((op) => Op[op] !== undefined));
  for (const op of [Op.WORK_START, Op.CALLBACK_START, Op.GP_WAIT, Op.MUTEX_LOCK]) ops.add(op);
  const frames = Array.from({ length: slots }, (_, slot) => frameOf(image, slot));
  return [
    `enum { ${[...ops].map((op) => `OP_${Op[op]} = ${op}`).join(", ")} };`,
    `enum { THREADS = ${threads}, SLOTS = ${slots}, REGS = ${words[IMAGE_REGISTERS]!}, CELLS = ${cells} };`,
    `enum { GROUPS = ${shadow.length}, BASE = ${POINTER_BASE}, END = ${end} };`,
    `enum { FUNCTION_BASE = ${FUNCTIONS_FROM}, FUNCTIONS = ${words[IMAGE_FUNCTIONS]!} };`,
    array("short where", where),
    array("int fixed", fixedOf(engine, pointers)),
    array("short group", group),
    array("char heap", objects.map(beginsAt(pointers))),
    array("short size", objects.map(sizeOf)),
    array("unsigned frames", frames),
    array("unsigned char op", instructions.map(image.op, image)),
    array(
      "unsigned char a",
      instructions.map((at) => (image.field(at, 0) >>> 16) & 0xff),
    ),
    array(
      "int imm",
      instructions.map((at) => constant(image.field(at, 1))),
    ),
    array("unsigned short entry", image.entries()),
    '#include "world.h"',
    "",
    "static void begin(struct world *w)",
    "{",
    "\tmemset(w, 0, sizeof *w);",
    ...beginning(image, engine, { threads, where, pointers, shadow }).map((line) => `\t${line}`),
    "}",
    "",
  ];
}

function array(name: string, values: readonly number[]): string {
  return `static const ${name}[] = { ${values.join(", ")} };`;
}

function fixedOf(engine: Asked, pointers: readonly number[]): number[] {
  return pointers.map((p) => constant(engine.cell(p) ?? 0));
}

function beginsAt(pointers: readonly number[]) {
  return (object: ObjectState | undefined, n: number): number =>
    object?.heap === true && object.base === pointers[n] ? 1 : 0;
}

function sizeOf(object: ObjectState | undefined): number {
  return object?.size ?? 0;
}

/** What comes and goes together: a heap object as a whole, each local by itself; and how it begins. */
function groupsOf(engine: Asked, pointers: readonly number[]): { group: number[]; shadow: string[] } {
  const group: number[] = [];
  const shadow: string[] = [];
  for (const p of pointers) {
    const object = engine.object(p);
    const own = object !== undefined && (object.class < 0 || (object.heap && object.base === p));
    if (object === undefined) group.push(NEVER);
    else if (own) group.push(shadow.push(SHADOWS[engine.cellState(p)]) - 1);
    else group.push(object.heap ? group[object.base - POINTER_BASE]! : ALWAYS);
  }
  return { group, shadow };
}

const NEVER = -1;
const ALWAYS = -2;
const SHADOWS = { none: "ABSENT", live: "LIVE", freed: "FREED" } as const;

function beginning(
  image: Image,
  engine: Asked,
  from: {
    threads: number;
    where: readonly number[];
    pointers: readonly number[];
    shadow: readonly string[];
  },
): string[] {
  const lines = engine
    .slots()
    .slice(0, from.threads)
    .flatMap(({ slot, pc }) => {
      const needed = [...image.needs(pc)].filter((n) => n > 1);
      return [
        `w->task[${slot}].pc = ${pc}; w->task[${slot}].function = 255; w->live |= 1 << ${slot};`,
        ...needed.map((n) => `w->task[${slot}].r[${n}] = ${constant(engine.register(slot, n))};`),
      ];
    });
  from.where.forEach((at, n) => {
    const p = from.pointers[n]!;
    if (at >= 0 && engine.cellState(p) === "live")
      lines.push(`w->cell[${at}] = ${constant(engine.cell(p)!)};`);
  });
  lines.push(...from.shadow.map((state, g) => `w->shadow[${g}] = ${state};`));
  return lines;
}

/** Pointer to the frame of a slot. */
function frameOf(image: Image, slot: number): number {
  const { words } = image;
  const tables = IMAGE_HEADER_WORDS + 4 * words[IMAGE_INSTRUCTIONS]! + words[IMAGE_THREADS]!;
  const objects = tables + words[IMAGE_CHECKS]! + words[IMAGE_FUNCTIONS]!;
  return words[objects + 4 * words[IMAGE_OBJECTS]! + words[IMAGE_CELLS]! + slot]!;
}
