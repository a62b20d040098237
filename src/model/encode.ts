// The bytecode encoder: IR to a program image (layout at IMAGE_* in assembly/abi.ts). Instructions name their
// successor, so that no jump is ever executed; a load that is tested for zero at once becomes one
// instruction. It is long because each IR instruction has its case: together they are the encoding.

import { createHash } from "node:crypto";
import {
  ABI_VERSION,
  CELLS_MAX,
  CHECKS_MAX,
  FUNCTION_BASE,
  IMAGE_HEADER_WORDS,
  INSTRUCTION_BYTES,
  INSTRUCTIONS_MAX,
  JUMP_BLOCKS,
  JUMP_STOP,
  LIVENESS_WORDS_BITS,
  OBJECT_LOCAL,
  OBJECTS_MAX,
  OP_FIRST_BLOCKING,
  OP_FIRST_BLOCKING_PRIMITIVE,
  OP_FIRST_LOCAL_PRIMITIVE,
  OP_FIRST_PRIMITIVE,
  OP_FIRST_STEP,
  Op,
  POINTER_BASE,
  REGISTERS_MAX,
  SLOTS,
  TASKS_MAX,
} from "../../assembly/abi.ts";
import { ModelError } from "./diagnostics.ts";
import type { BinaryOperator, Entry, Instruction, IrProgram, Operand, PlaceId, PrimitiveName } from "./ir.ts";
import { FIRST_REGISTER } from "./optimise/allocate.ts";
import { definition } from "./optimise/flow.ts";
import { liveInto, packSets } from "./optimise/liveness.ts";
import { optimise } from "./optimise/optimise.ts";
import type { Program } from "./program.ts";

const FRAME_REGISTER = 1;

const BINARY: Record<BinaryOperator, Op> = {
  "+": Op.ADD,
  "-": Op.SUB,
  "*": Op.MUL,
  "/s": Op.DIV_S,
  "/u": Op.DIV_U,
  "%s": Op.REM_S,
  "%u": Op.REM_U,
  "&": Op.AND,
  "|": Op.OR,
  "^": Op.XOR,
  "<<": Op.SHL,
  ">>s": Op.SHR_S,
  ">>u": Op.SHR_U,
  "==": Op.EQ,
  "!=": Op.NE,
  "<s": Op.LT_S,
  "<=s": Op.LE_S,
  "<u": Op.LT_U,
  "<=u": Op.LE_U,
};

const BRANCH = {
  "==": Op.JEQ,
  "!=": Op.JEQ,
  "<s": Op.JLT_S,
  "<=s": Op.JLE_S,
  "<u": Op.JLT_U,
  "<=u": Op.JLE_U,
} as const;

const RMW = {
  xchg: Op.XCHG,
  add: Op.FETCH_ADD,
  and: Op.FETCH_AND,
  or: Op.FETCH_OR,
  xor: Op.FETCH_XOR,
} as const;

/**
 * Primitives whose opcode has another name, and the constant in its fourth word where one opcode serves
 * two.
 */
const RENAMED: Partial<Record<PrimitiveName, { readonly op: Op; readonly alt?: number }>> = {
  kfree: { op: Op.FREE },
  gp_read_unlock_last: { op: Op.GP_READ_UNLOCK, alt: 1 },
  complete_all: { op: Op.COMPLETE, alt: 1 },
  wait_for_completion: { op: Op.WAIT_COMPLETION },
};

/** The opcode of a primitive is its name in capitals. */
function opcodeOf(name: PrimitiveName): { readonly op: Op; readonly alt?: number } {
  const renamed = RENAMED[name];
  if (renamed !== undefined) return renamed;
  const op = Op[name.toUpperCase() as keyof typeof Op];
  if (op === undefined) throw new Error(`primitive ${name} has no opcode in assembly/abi.ts`);
  return { op };
}

/** Opcodes that go to alt where their result is 0: tests of it right after them are part of them. */
const FORKS: ReadonlySet<Op> = new Set([
  Op.LOAD,
  Op.LOAD_LOCAL,
  Op.MUTEX_TRYLOCK,
  Op.SPIN_TRYLOCK,
  Op.QUEUE_WORK,
  Op.CANCEL_WORK,
  Op.REFCOUNT_INC_NOT_ZERO,
  Op.REFCOUNT_DEC_AND_TEST,
  Op.CSS_TRYGET,
  Op.CSS_TRYGET_ONLINE,
  Op.CSS_PUT,
]);

/** Those, and every primitive of the uniform shape, whether or not it has a result. */
function forks(op: Op): boolean {
  return (
    FORKS.has(op) ||
    (op >= OP_FIRST_LOCAL_PRIMITIVE && op < OP_FIRST_STEP) ||
    (op >= OP_FIRST_PRIMITIVE && op < OP_FIRST_BLOCKING) ||
    op >= OP_FIRST_BLOCKING_PRIMITIVE
  );
}

/** An instruction before its jumps are known: these are numbers of instructions, flags to be added. */
interface Word {
  op: Op;
  dst: number;
  a: number;
  b: number;
  imm: number;
  next: number;
  alt: number;
  /** alt is a jump. */
  altJumps: boolean;
  place: PlaceId;
}

/** Where the locals of an entry lie in the frame of the slot that runs it, and how long that is. */
function frameLayout(entry: Entry): { offsets: number[]; size: number } {
  const offsets: number[] = [];
  let size = 0;
  for (const local of entry.locals) {
    offsets.push(size);
    size += local.size + 1;
  }
  return { offsets, size };
}

class Encoder {
  readonly words: Word[] = [];
  /** Registers needed from each instruction on. */
  readonly needed: ReadonlySet<number>[] = [];
  private readonly ir: IrProgram;
  /** Some code queues work with a delay. */
  private readonly delays: boolean;

  constructor(ir: IrProgram) {
    this.ir = ir;
    this.delays = ir.entries.some(({ code }) => code.some(delaysWork));
    // Instruction 0 is nobody's, so that 0 can mean "none".
    this.emit({ op: Op.EXIT, place: -1 });
  }

  private emit(w: Partial<Word> & { op: Op; place: PlaceId }): Word {
    const word: Word = { dst: 0, a: 0, b: 0, imm: 0, next: 0, alt: 0, altJumps: false, ...w };
    this.words.push(word);
    this.needed.push(new Set());
    return word;
  }

  /** Emits an entry's code; returns its first instruction and the registers it needs. */
  body(entry: Entry): { start: number; registers: number } {
    const { code, registers } = optimise(entry);
    const live = liveInto(code);
    const { offsets } = frameLayout(entry);
    const entries = new Map<number, number>();
    const resolve = (target: number): number => {
      const seen = new Set<number>();
      let at = target;
      for (let i = code[at]!; i.op === "jump" && !seen.has(at); i = code[at]!) {
        seen.add(at);
        at = i.to;
      }
      return at;
    };
    const order: number[] = [];
    const pending = [resolve(0)];
    const placed = new Set<number>();
    const plan: { word: Word; next: number; alt: number }[] = [];
    while (pending.length > 0) {
      const at = pending.pop()!;
      if (placed.has(at)) continue;
      placed.add(at);
      order.push(at);
      const i = code[at]!;
      entries.set(at, this.words.length);
      const word = this.instruction(i, entry, offsets);
      this.needed[this.words.length - 1] = live[at]!;
      let next = at;
      let alt = -1;
      if (i.op === "branch") {
        const swap = i.operator === "!=";
        next = resolve(swap ? i.no : i.yes);
        alt = resolve(swap ? i.yes : i.no);
      } else if (i.op === "jump") next = resolve(i.to);
      else if (i.op !== "exit" && i.op !== "bad-call") next = resolve(at + 1);
      if (forks(word.op)) {
        const test = code[next];
        alt = next;
        if (test !== undefined && testsForZero(test, definition(i))) {
          const [yes, no] = [resolve(test.yes), resolve(test.no)];
          [next, alt] = test.operator === "==" ? [no, yes] : [yes, no];
        }
      }
      plan.push({ word, next, alt });
      if (alt >= 0) pending.push(alt);
      pending.push(next);
    }
    for (const { word, next, alt } of plan) {
      word.next = entries.get(next)!;
      if (alt >= 0) {
        word.alt = entries.get(alt)!;
        word.altJumps = true;
      }
    }
    return { start: entries.get(resolve(0))!, registers };
  }

  /** What starts a function as a callback, a kworker, or a kworker with a timer; the body follows. */
  starts(entry: Entry): { start: number; registers: number } {
    const place = entry.code[0]?.place ?? -1;
    const callback = this.emit({ op: Op.CALLBACK_START, place });
    const start = this.words.length - 1;
    const work = this.emit({ op: Op.WORK_START, place });
    if (this.delays) this.emit({ op: Op.WORK_EXPIRE, place, next: start + 1 });
    const body = this.body(entry);
    callback.next = body.start;
    work.next = body.start;
    this.needed[start] = this.needed[body.start]!;
    this.needed[start + 1] = this.needed[body.start]!;
    if (this.delays) this.needed[start + 2] = this.needed[body.start]!;
    return { start, registers: body.registers };
  }

  private instruction(i: Instruction, entry: Entry, offsets: readonly number[]): Word {
    const { place } = i;
    const reg = (o: Operand): number => ("reg" in o ? o.reg : 0);
    const constant = (o: Operand): number => ("reg" in o ? o.plus : o.imm);
    const x = (o: Operand): { a: number; imm: number } => ({ a: reg(o), imm: constant(o) });
    switch (i.op) {
      case "move":
        return this.emit({ op: Op.ADDI, dst: i.dst, ...x(i.value), place });
      case "binary":
        return this.emit({
          op: BINARY[i.operator],
          dst: i.dst,
          a: reg(i.left),
          b: reg(i.right),
          imm: constant(i.right),
          place,
        });
      case "branch":
        return this.emit({
          op: BRANCH[i.operator],
          a: reg(i.left),
          b: reg(i.right),
          imm: constant(i.right),
          place,
        });
      case "jump":
        // Only a loop without a body is left as an instruction: it runs into the limit on local work.
        return this.emit({ op: Op.ADDI, place });
      case "local-address":
        return this.emit({ op: Op.ADDI, dst: i.dst, a: FRAME_REGISTER, imm: offsets[i.local]!, place });
      case "local-live":
      case "local-dead":
        return this.emit({
          op: i.op === "local-live" ? Op.LOCAL_LIVE : Op.LOCAL_DEAD,
          a: FRAME_REGISTER,
          imm: offsets[i.local]!,
          alt: entry.locals[i.local]!.size,
          place,
        });
      case "choose":
        return this.emit({ op: Op.CHOOSE, dst: i.dst, ...x(i.count), place });
      case "assume":
        return this.emit({ op: Op.ASSUME, ...x(i.value), place });
      case "assert":
        return this.emit({ op: Op.ASSERT, ...x(i.value), place });
      case "warn":
        return this.emit({ op: Op.WARN, ...x(i.value), place });
      case "bug":
        return this.emit({ op: Op.BUG, ...x(i.value), place });
      case "bad-call":
        return this.emit({ op: Op.BAD_CALL, ...x(i.value), place });
      case "dangles":
        return this.emit({ op: Op.DANGLES, dst: i.dst, ...x(i.value), place });
      case "leaks":
        return this.emit({ op: Op.LEAKS, dst: i.dst, imm: i.class < 0 ? 0xffff : i.class, place });
      case "capture":
        return this.emit({
          op: Op.CAPTURE,
          dst: FIRST_REGISTER + i.parameter - 1,
          ...x(i.value),
          alt: i.kind === "thread" ? i.index : SLOTS + this.checkNumber(i.index),
          place,
        });
      case "exit":
        return this.emit({ op: Op.EXIT, place });
      case "load":
        return this.emit({
          op: i.local === true ? Op.LOAD_LOCAL : Op.LOAD,
          dst: i.dst,
          ...x(i.address),
          place,
        });
      case "store": {
        const op = i.local === true ? Op.STORE_LOCAL : Op.STORE;
        return this.emit({ op, ...x(i.address), b: reg(i.value), alt: constant(i.value), place });
      }
      case "rmw":
        return this.emit({
          op: RMW[i.operator],
          dst: i.dst,
          ...x(i.address),
          b: reg(i.value),
          alt: constant(i.value),
          place,
        });
      case "cmpxchg":
        return this.emit({
          op: Op.CMPXCHG,
          dst: i.dst,
          ...x(i.address),
          b: reg(i.expected),
          alt: reg(i.value),
          place,
        });
      case "fence":
        return this.emit({ op: Op.FENCE, place });
      case "alloc":
        return this.emit({ op: Op.ALLOC, dst: i.dst, ...x(i.size), alt: i.class, place });
      case "primitive": {
        const { op, alt } = opcodeOf(i.name);
        const [first, second, third] = i.args;
        return this.emit({
          op,
          dst: i.dst,
          ...(first === undefined ? {} : x(first)),
          b: second === undefined ? 0 : reg(second),
          alt: alt ?? (third === undefined ? 0 : reg(third)),
          place,
        });
      }
    }
  }

  /** Checks in image order: those that hold always come first. */
  checkNumber(index: number): number {
    const { checks } = this.ir;
    const always = checks.filter((c) => c.kind === "always").length;
    const before = checks.slice(0, index).filter((c) => c.kind === checks[index]!.kind).length;
    return checks[index]!.kind === "always" ? before : always + before;
  }

  /** A jump: the instruction's offset and what its target means for the scheduler. */
  jump(target: number): number {
    const { op } = this.words[target]!;
    const stops = op >= OP_FIRST_STEP ? JUMP_STOP : 0;
    return target * INSTRUCTION_BYTES + stops + (op >= OP_FIRST_BLOCKING ? JUMP_BLOCKS : 0);
  }
}

function delaysWork(i: Instruction): boolean {
  return i.op === "primitive" && (i.name === "work_delay" || i.name === "work_redelay");
}

function testsForZero(i: Instruction, register: number): i is Extract<Instruction, { op: "branch" }> {
  return (
    i.op === "branch" &&
    (i.operator === "==" || i.operator === "!=") &&
    "reg" in i.left &&
    i.left.reg === register &&
    i.left.plus === 0 &&
    "imm" in i.right &&
    i.right.imm === 0
  );
}

/** Frames of the slots and checks: first cell (counted from POINTER_BASE) and size. */
function placeFrames(ir: IrProgram, order: readonly number[]): { cell: number; size: number }[] {
  const size = (n: number): number => frameLayout(ir.entries[n]!).size;
  const dynamic = Math.max(0, ...ir.functions.filter((f) => f.entry >= 0).map((f) => size(f.entry)));
  const last = ir.globals.at(-1);
  let cell = last === undefined ? 0 : last.cell + last.size + 1;
  const frames: { cell: number; size: number }[] = [];
  const add = (cells: number): void => {
    frames.push({ cell, size: cells });
    if (cells > 0) cell += cells + 1;
  };
  for (let slot = 0; slot < TASKS_MAX; slot++) {
    const thread = ir.threads[slot];
    add(thread === undefined ? dynamic : size(thread.entry));
  }
  add(size(ir.setup));
  for (const check of order) add(size(ir.checks[check]!.entry));
  return frames;
}

function initialCells(ir: IrProgram, cells: number): number[] {
  const initial = new Array<number>(cells).fill(0);
  for (const g of ir.globals) {
    g.initial.forEach((value, n) => {
      if (typeof value === "number") initial[g.cell + n] = value;
      else if ("function" in value) initial[g.cell + n] = FUNCTION_BASE + value.function;
      else initial[g.cell + n] = POINTER_BASE + ir.globals[value.global]!.cell + value.plus;
    });
  }
  return initial;
}

/** Compiles the IR to an image. Throws ModelError where the program does not fit the machine. */
export function encodeProgram(ir: IrProgram): Program {
  const encoder = new Encoder(ir);
  const order = ir.checks.map((_, n) => n).sort((a, b) => encoder.checkNumber(a) - encoder.checkNumber(b));
  const setup = encoder.body(ir.entries[ir.setup]!);
  const threads = ir.threads.map((t) => encoder.body(ir.entries[t.entry]!));
  const checks = order.map((n) => encoder.body(ir.entries[ir.checks[n]!.entry]!));
  const functions = ir.functions.map((f) =>
    f.entry < 0 ? { start: 0, registers: 0 } : encoder.starts(ir.entries[f.entry]!),
  );
  const registers = (bodies: readonly { registers: number }[]): number =>
    Math.max(FIRST_REGISTER + 1, ...bodies.map((b) => b.registers));
  const frames = placeFrames(ir, order);
  const end = frames.at(-1)!;
  const cells = Math.max(end.cell + (end.size > 0 ? end.size + 1 : 0), 1);
  const objects = [
    ...ir.globals.map((g) => [POINTER_BASE + g.cell, g.size, g.class, 0]),
    ...frames.filter((f) => f.size > 0).map((f) => [POINTER_BASE + f.cell, f.size, OBJECT_LOCAL, 0]),
  ];
  const most = registers([setup, ...threads, ...checks, ...functions]);
  checkLimits(ir, encoder.words.length, cells, objects.length, most);
  const always = ir.checks.filter((c) => c.kind === "always").length;
  const header = new Array<number>(IMAGE_HEADER_WORDS).fill(0);
  header[0] = ABI_VERSION;
  header[1] = encoder.words.length;
  header[2] = threads.length;
  header[3] = always;
  header[4] = checks.length;
  header[5] = functions.length;
  header[6] = registers([...threads, ...functions]);
  header[7] = registers(checks);
  header[8] = cells;
  header[9] = objects.length;
  header[13] = encoder.jump(setup.start);
  const body = [
    ...encoder.words.flatMap((w) => [
      w.op | (w.dst << 8) | (w.a << 16) | (w.b << 24),
      w.imm,
      encoder.jump(w.next),
      w.altJumps ? encoder.jump(w.alt) : w.alt,
    ]),
    ...threads.map((t) => encoder.jump(t.start)),
    ...checks.map((c) => encoder.jump(c.start)),
    ...functions.map((f) => (f.start === 0 ? 0 : encoder.jump(f.start))),
    ...objects.flat(),
    ...initialCells(ir, cells),
    ...frames.map((f) => (f.size > 0 ? POINTER_BASE + f.cell : 0)),
  ];
  header[12] = IMAGE_HEADER_WORDS + body.length;
  const code = Uint32Array.from([...header, ...body]);
  const digest = createHash("sha256").update(new Uint8Array(code.buffer)).digest("hex");
  const sets = packSets(encoder.needed, code.length + encoder.words.length, LIVENESS_WORDS_BITS);
  const words = Uint32Array.from([...header, ...body, ...sets.table, ...sets.pool]);
  return {
    words,
    hash: digest.slice(0, 8),
    sourceMap: encoder.words.map((w) => w.place),
    symbols: {
      model: ir.model,
      scenario: ir.scenario,
      memoryModel: "sc",
      files: ir.files,
      places: ir.places,
      classes: ir.classes,
      globals: ir.globals,
      functions: ir.functions,
      threads: ir.threads,
      checks: order.map((n) => ir.checks[n]!),
      notes: ir.notes,
    },
  };
}

function checkLimits(
  ir: IrProgram,
  instructions: number,
  cells: number,
  objects: number,
  registers: number,
): void {
  const refuse = (message: string, hint: string): never => {
    throw new ModelError([
      {
        file: ir.files[0] ?? ir.model,
        line: 0,
        column: 0,
        message: `scenario ${ir.scenario}: ${message}`,
        hint,
        source: "",
      },
    ]);
  };
  if (ir.threads.length > TASKS_MAX) {
    refuse(`${ir.threads.length} threads, the machine has ${TASKS_MAX} task slots`, "split the scenario");
  }
  if (ir.checks.length > CHECKS_MAX)
    refuse(`${ir.checks.length} checks, at most ${CHECKS_MAX}`, "join them with &&");
  if (instructions > INSTRUCTIONS_MAX - 1) {
    refuse(
      `${instructions} instructions after inlining, at most ${INSTRUCTIONS_MAX}`,
      "leave out code that the race does not need",
    );
  }
  if (cells > CELLS_MAX) refuse(`${cells} cells of memory, at most ${CELLS_MAX}`, "shorten arrays");
  if (objects > OBJECTS_MAX)
    refuse(`${objects} globals and frames, at most ${OBJECTS_MAX}`, "shorten the model");
  if (registers > REGISTERS_MAX) {
    refuse(`a task needs ${registers} registers at once, at most ${REGISTERS_MAX}`, "split the function");
  }
}
