// Small random IR programs, for checking two engines of the IR against each other: a fast-check arbitrary.
// A program is drawn as lists of genes (a template's name and three numbers) and then built; a shorter list is a
// simpler program, so fast-check shrinks well. Most genes keep to the rules (what is locked is unlocked, a pointer is
// tested before its use), or every run would end at once; some break them, so that every violation comes up.
// Cells of domains, workqueues and works are written by their primitives only: scribbling over them is not modelled.

import fc from "fast-check";
import { DOMAIN_ATOMIC, DOMAIN_SOFTIRQ, FUNCTION_BASE, POINTER_BASE } from "../../assembly/abi.ts";
import type {
  BinaryOperator,
  BranchOperator,
  IrProgram,
  Local,
  Operand,
  PrimitiveName,
} from "../../src/model/ir.ts";
import {
  type Bare,
  type Body,
  imm,
  layOutGlobals,
  makeProgram,
  type Parts,
  primitive,
  reg,
} from "./reference/program.ts";

const CLASSES = [
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
const classNumber = (name: string): number => CLASSES.indexOf(name);

type GlobalName =
  | "data"
  | "slot"
  | "mutex"
  | "spin"
  | "rcu"
  | "srcu"
  | "queue"
  | "work"
  | "work2"
  | "count"
  | "css"
  | "done"
  | "head";

/** Initial values that vary from program to program. */
interface Variety {
  readonly maxActive: number;
  readonly count: number;
  readonly refs: number;
  readonly done: number;
  readonly atomic: boolean;
  readonly softirq: boolean;
  readonly slotFilled: boolean;
}

function globalsOf(v: Variety): (NonNullable<Parts["globals"]>[number] & { name: GlobalName })[] {
  const flags = (v.atomic ? DOMAIN_ATOMIC : 0) + (v.softirq ? DOMAIN_SOFTIRQ : 0);
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
    { name: "rcu", size: 3, class: classNumber("domain"), initial: [0, 0, flags] },
    { name: "srcu", size: 3, class: classNumber("domain") },
    { name: "queue", size: 3, class: classNumber("queue"), initial: [v.maxActive, 0, 0] },
    { name: "work", size: 3, class: classNumber("work"), initial: [{ function: 0 }, 0, 0] },
    { name: "work2", size: 3, class: classNumber("work"), initial: [{ function: 1 }, 0, 0] },
    { name: "count", size: 1, class: classNumber("refcount"), initial: [v.count] },
    { name: "css", size: 2, class: classNumber("css"), initial: [v.refs, 0] },
    { name: "done", size: 1, class: classNumber("completion"), initial: [v.done] },
    { name: "head", size: 1, class: classNumber("head") },
  ];
}

const PLACED = layOutGlobals(
  globalsOf({ maxActive: 1, count: 1, refs: 1, done: 0, atomic: true, softirq: true, slotFilled: true }),
);

function addressOf(name: GlobalName, plus = 0): number {
  return POINTER_BASE + PLACED.find((global) => global.name === name)!.cell + plus;
}

const at = (name: GlobalName, plus = 0): Operand => imm(addressOf(name, plus));

/** Functions 0 and 1 run as tasks, 2 has no body that could. */
const FUNCTIONS = 3;
const BODIES = 2;
const LOCALS: readonly Local[] = [
  { name: "ctx", size: 2, class: classNumber("ops") },
  { name: "flag", size: 1, class: classNumber("counters") },
];

const OPERATORS: readonly BinaryOperator[] = [
  "+",
  "-",
  "*",
  "/s",
  "/u",
  "%s",
  "%u",
  "&",
  "|",
  "^",
  "<<",
  ">>s",
  ">>u",
  "==",
  "!=",
  "<s",
  "<=s",
  "<u",
  "<=u",
];
const BRANCHES: readonly BranchOperator[] = ["==", "!=", "<s", "<=s", "<u", "<=u"];
const NUMBERS = [0, 1, 2, 3, 5, 31, 33, -1, -2, 0x7fffffff, -0x80000000, POINTER_BASE, 1000000007];

/** Pointers that lead nowhere, or not where the user of the pointer wants to go. */
const WRONG = [
  0,
  1,
  POINTER_BASE - 1,
  addressOf("data", 3),
  addressOf("slot", 2),
  addressOf("mutex"),
  addressOf("head"),
  addressOf("head", 1),
  FUNCTION_BASE,
  FUNCTION_BASE + 2,
  POINTER_BASE + 900,
  0x7fffffff,
  0x80000000,
  -22,
  -1,
];

// Registers of every body: 1 is its parameter.
const PARAMETER = 1;
const DATA = [2, 3, 4];
const POINTERS = [5, 6];
const FIRST_FREE = 7;

/** Writes one body; `a`, `b`, `c` of a gene choose among what a template allows. */
class BodyWriter {
  readonly code: Bare[] = [];
  /** What must still be closed, innermost last. */
  readonly closers: (() => void)[] = [];
  #nextRegister = FIRST_FREE;
  /** Pointer registers that were given a pointer somewhere above. */
  readonly #filled = new Set<number>();

  emit(...code: Bare[]): void {
    this.code.push(...code);
  }

  freshRegister(): number {
    return this.#nextRegister++;
  }

  data(n: number): number {
    return DATA[n % DATA.length]!;
  }

  pointer(n: number): number {
    return POINTERS[n % POINTERS.length]!;
  }

  fill(register: number): number {
    this.#filled.add(register);
    return register;
  }

  isFilled(register: number): boolean {
    return this.#filled.has(register);
  }

  value(n: number): Operand {
    if (n % 3 === 0) return reg(this.data(n >> 2), (n >> 4) % 3);
    return imm(NUMBERS[(n >> 2) % NUMBERS.length]!);
  }

  wrong(n: number): Operand {
    return imm(WRONG[n % WRONG.length]!);
  }

  /** Some cell that plain code may write. */
  cell(n: number): Operand {
    const pointer = this.pointer(n >> 4);
    if (n % 64 === 37) return this.wrong(n >> 3);
    if (n % 4 === 3 && this.isFilled(pointer)) return reg(pointer, (n >> 5) % 2);
    if (n % 32 === 18) return at("slot", (n >> 3) % 2);
    return at("data", (n >> 3) % 3);
  }

  /** The object that a primitive is meant for, or now and then something else. */
  object(name: GlobalName, n: number, plus = 0): Operand {
    return n % 48 === 29 ? this.wrong(n >> 4) : at(name, plus);
  }

  /** Code between here and the closer is skipped unless the condition holds. */
  openBranch(operator: BranchOperator, left: Operand, right: Operand): void {
    const index = this.code.length;
    this.emit({ op: "branch", operator, left, right, yes: index + 1, no: index + 1 });
    this.closers.push(() => {
      const branch = this.code[index]!;
      if (branch.op === "branch") this.code[index] = { ...branch, no: this.code.length };
    });
  }

  /** Code between here and the closer is run twice. */
  openLoop(): void {
    const counter = this.freshRegister();
    this.emit({ op: "move", dst: counter, value: imm(2) });
    const top = this.code.length;
    this.closers.push(() => {
      this.emit({ op: "binary", operator: "-", dst: counter, left: reg(counter), right: imm(1) });
      const next = this.code.length + 1;
      this.emit({ op: "branch", operator: "!=", left: reg(counter), right: imm(0), yes: top, no: next });
    });
  }

  openPair(open: Bare, close: Bare): void {
    this.emit(open);
    this.closers.push(() => this.emit(close));
  }

  close(): void {
    this.closers.pop()?.();
  }
}

type Template = (w: BodyWriter, a: number, b: number, c: number) => void;

const load = (dst: number, address: Operand): Bare => ({ op: "load", dst, address, order: "once" });
const store = (address: Operand, value: Operand): Bare => ({ op: "store", address, value, order: "once" });

/** One primitive on its global, with nothing around it. */
function plain(name: PrimitiveName, object: GlobalName, result: boolean): Template {
  return (w, a, b) => w.emit(primitive(name, [w.object(object, a)], result && b % 16 !== 9 ? w.data(b) : 0));
}

const gpCall = (w: BodyWriter, head: Operand, a: number, b: number): void =>
  w.emit(
    primitive("gp_call", [
      w.object(a % 2 === 0 ? "rcu" : "srcu", a >> 1),
      head,
      b % 32 === 21 ? w.wrong(b >> 2) : imm(FUNCTION_BASE + (b % BODIES)),
    ]),
  );

/** Allocates into a pointer register. */
const allocate = (w: BodyWriter, n: number, size: number): number => {
  const dst = w.fill(w.pointer(n));
  w.emit({ op: "alloc", dst, size: imm(size), class: classNumber(n % 3 === 0 ? "ops" : "node") });
  return dst;
};

const TEMPLATES = {
  close: (w) => w.close(),
  move: (w, a, b) => w.emit({ op: "move", dst: w.data(a), value: w.value(b) }),
  binary: (w, a, b, c) => {
    const dst = w.data(c >> 5);
    const operator = OPERATORS[c % OPERATORS.length]!;
    w.emit({ op: "binary", operator, dst, left: reg(w.data(a), a % 3), right: w.value(b) });
    if (a % 4 < 2) w.emit(store(at("data", a % 3), reg(dst)));
  },
  jump: (w) => {
    const index = w.code.length;
    w.emit({ op: "jump", to: index + 1 });
    w.closers.push(() => {
      w.code[index] = { op: "jump", to: w.code.length };
    });
  },
  branch: (w, a, b, c) => w.openBranch(BRANCHES[c % BRANCHES.length]!, w.value(a), w.value(b)),
  loop: (w) => w.openLoop(),
  choose: (w, a, b) =>
    w.emit({ op: "choose", dst: w.data(a), count: b % 8 === 0 ? w.value(b >> 3) : imm(b % 4) }),
  assume: (w, a, b) => w.emit({ op: "assume", value: a % 16 === 5 ? w.value(b) : imm(1) }),
  assert: (w, a, b) => w.emit({ op: "assert", value: a % 16 === 5 ? w.value(b) : imm(1) }),
  warn: (w, a) => w.emit({ op: "warn", value: w.value(a) }),
  bug: (w, a, b) => w.emit({ op: "bug", value: a % 16 === 5 ? w.value(b) : imm(0) }),
  badCall: (w, a, b) => {
    w.openBranch("==", w.value(a), imm(3));
    w.emit({ op: "bad-call", value: w.wrong(b) });
    w.close();
  },
  load: (w, a, b) => w.emit(load(w.data(a), b % 8 === 7 ? at("rcu", (b >> 3) % 20) : w.cell(b))),
  store: (w, a, b) => w.emit(store(w.cell(a), w.value(b))),
  loadBranch: (w, a, b, c) => {
    const dst = w.data(a);
    w.emit(load(dst, w.cell(b)));
    w.openBranch(c % 2 === 0 ? "!=" : "==", reg(dst), imm(0));
  },
  rmw: (w, a, b, c) => {
    const operator = (["xchg", "add", "and", "or", "xor"] as const)[c % 5]!;
    const dst = c % 7 === 0 ? 0 : w.data(c >> 3);
    w.emit({ op: "rmw", operator, dst, address: w.cell(a), value: w.value(b), order: "full" });
  },
  cmpxchg: (w, a, b, c) =>
    w.emit({
      op: "cmpxchg",
      dst: w.data(a >> 5),
      address: w.cell(a),
      expected: imm([0, 1, 5][c % 3]!),
      value: w.value(b),
      order: "full",
    }),
  fence: (w) => w.emit({ op: "fence", kind: "mb" }),

  alloc: (w, a, b) => {
    allocate(w, a, b % 4);
  },
  allocHuge: (w, a, b) =>
    w.emit({ op: "alloc", dst: w.pointer(a), size: b % 8 === 5 ? w.value(b >> 3) : imm(3), class: 9 }),
  free: (w, a, b) => {
    const pointer = w.pointer(a);
    if (w.isFilled(pointer)) w.emit(primitive("kfree", [reg(pointer, b % 24 === 13 ? 1 : 0)]));
    else w.emit(primitive("kfree", [b % 8 === 5 ? w.wrong(b >> 3) : imm(0)]));
  },
  publish: (w, a, b) => w.emit(store(at("slot", b % 2), reg(w.pointer(a)))),
  fetch: (w, a, b) => {
    const pointer = w.fill(w.pointer(a));
    w.emit(load(pointer, at("slot", b % 2)));
    w.openBranch("!=", reg(pointer), imm(0));
  },
  take: (w, a, b) => {
    const dst = w.fill(w.pointer(a));
    w.emit({ op: "rmw", operator: "xchg", dst, address: at("slot", b % 2), value: imm(0), order: "full" });
  },
  provide: (w, a, b) => w.emit(store(at("slot", b % 2), reg(allocate(w, a, 2)))),
  fetchAndUse: (w, a, b, c) => {
    const pointer = w.fill(w.pointer(a));
    w.emit(load(pointer, at("slot", b % 2)));
    w.openBranch("!=", reg(pointer), imm(0));
    w.emit(
      c % 2 === 0 ? load(w.data(c), reg(pointer)) : store(reg(pointer, c % 4 === 3 ? 1 : 0), w.value(c >> 2)),
    );
    w.close();
  },
  takeAndFree: (w, a, b) => {
    const dst = w.fill(w.pointer(a));
    w.emit({ op: "rmw", operator: "xchg", dst, address: at("slot", b % 2), value: imm(0), order: "full" });
    w.emit(primitive("kfree", [reg(dst)]));
  },
  fetchAndFree: (w, a, b) => {
    const pointer = w.fill(w.pointer(a));
    w.emit(load(pointer, at("slot", b % 2)), primitive("kfree", [reg(pointer)]));
  },
  addressOfGlobal: (w, a, b) => w.emit({ op: "move", dst: w.fill(w.pointer(a)), value: at("data", b % 3) }),
  useArgument: (w, a, b) => w.emit(load(w.data(a), reg(PARAMETER, b % 2))),
  freeArgument: (w) => w.emit(primitive("kfree", [reg(PARAMETER)])),

  local: (w, a, b) => {
    const local = a % LOCALS.length;
    const pointer = w.fill(w.pointer(b));
    w.emit({ op: "local-address", dst: pointer, local });
    w.openPair({ op: "local-live", local }, { op: "local-dead", local });
  },
  localAccess: (w, a, b, c) => {
    const local = a % LOCALS.length;
    const pointer = w.freshRegister();
    w.emit({ op: "local-address", dst: pointer, local });
    const live = (b >> 4) % 8 !== 3;
    if (live) w.emit({ op: "local-live", local });
    w.emit({ op: "store", address: reg(pointer), value: w.value(c), order: "plain" });
    w.emit({
      op: "load",
      dst: w.data(b),
      address: reg(pointer, a % 16 === 11 ? 1 : 0),
      order: "plain",
    });
    if (live && c % 4 !== 1) w.emit({ op: "local-dead", local });
  },

  mutexed: (w, a) =>
    w.openPair(primitive("mutex_lock", [at("mutex")]), primitive("mutex_unlock", [w.object("mutex", a)])),
  spinned: (w, a) =>
    w.openPair(primitive("spin_lock", [at("spin")]), primitive("spin_unlock", [w.object("spin", a)])),
  mutexTried: (w, a) => {
    const got = w.data(a);
    w.emit(primitive("mutex_trylock", [at("mutex")], got));
    w.openBranch("!=", reg(got), imm(0));
    w.closers.push(() => w.emit(primitive("mutex_unlock", [at("mutex")])));
  },
  spinTried: (w, a, b) => {
    const got = w.data(a);
    w.emit(primitive("spin_trylock", [w.object("spin", b)], got));
    w.openBranch("!=", reg(got), imm(0));
    w.closers.push(() => w.emit(primitive("spin_unlock", [at("spin")])));
  },
  mutexLock: plain("mutex_lock", "mutex", false),
  mutexUnlock: plain("mutex_unlock", "mutex", false),
  mutexTrylock: plain("mutex_trylock", "mutex", true),
  spinLock: plain("spin_lock", "spin", false),
  spinUnlock: plain("spin_unlock", "spin", false),

  rcuRead: (w, a, b) => {
    const section = w.freshRegister();
    const domain = a % 2 === 0 ? "rcu" : "srcu";
    w.openPair(
      primitive("gp_read_lock", [at(domain)], section),
      b % 2 === 0
        ? primitive("gp_read_unlock_last", [w.object(domain, b >> 1)])
        : primitive("gp_read_unlock", [w.object(domain, b >> 1), reg(section, b % 32 === 22 ? 16 : 0)]),
    );
  },
  rcuLock: (w, a, b) =>
    w.emit(primitive("gp_read_lock", [w.object(b % 2 === 0 ? "rcu" : "srcu", a)], w.data(b >> 1))),
  rcuUnlock: (w, a, b) =>
    w.emit(primitive("gp_read_unlock", [w.object(b % 2 === 0 ? "rcu" : "srcu", a), w.value(b >> 1)])),
  rcuUnlockLast: (w, a, b) =>
    w.emit(primitive("gp_read_unlock_last", [w.object(b % 2 === 0 ? "rcu" : "srcu", a)])),
  synchronize: (w, a) =>
    w.emit(primitive("gp_start", [w.object(a % 2 === 0 ? "rcu" : "srcu", a >> 1)]), primitive("gp_wait")),
  call: (w, a, b) => gpCall(w, w.object("head", b >> 3), a, b),
  callHeap: (w, a, b, c) => {
    const pointer = w.pointer(c);
    if (!w.isFilled(pointer)) allocate(w, c, 2);
    gpCall(w, reg(pointer), a, b);
  },

  queueWork: (w, a, b, c) =>
    w.emit(
      primitive(
        "queue_work",
        [w.object("queue", a), w.object(b % 2 === 0 ? "work" : "work2", b >> 1)],
        w.data(c),
      ),
    ),
  queueHeapWork: (w, a, b) => {
    const pointer = allocate(w, a, 3);
    const fn = b % 16 === 11 ? w.wrong(b >> 4) : imm(FUNCTION_BASE + (b % BODIES));
    w.emit(store(reg(pointer), fn), primitive("queue_work", [at("queue"), reg(pointer)], w.data(b)));
  },
  cancelWork: (w, a, b) =>
    w.emit(primitive("cancel_work", [w.object(b % 2 === 0 ? "work" : "work2", a)], w.data(b >> 1))),
  flushWork: (w, a, b) =>
    w.emit(primitive("flush_work", [w.object(b % 2 === 0 ? "work" : "work2", a)], w.data(b >> 1))),

  refcountInc: plain("refcount_inc", "count", false),
  refcountIncNotZero: plain("refcount_inc_not_zero", "count", true),
  refcountDec: plain("refcount_dec_and_test", "count", true),
  cssTryget: plain("css_tryget", "css", true),
  cssTrygetOnline: plain("css_tryget_online", "css", true),
  cssGet: plain("css_get", "css", false),
  cssPut: plain("css_put", "css", true),
  cssKill: plain("css_kill", "css", false),
  opsCall: (w, a, b) => {
    const pointer = w.pointer(a);
    const ops = w.isFilled(pointer) ? reg(pointer) : w.object("data", b);
    w.openPair(primitive("ops_call_begin", [ops]), primitive("ops_call_end", [ops]));
  },
  opsFetched: (w, a, b) => {
    const pointer = w.fill(w.pointer(a));
    w.emit(load(pointer, at("slot", b % 2)));
    w.openBranch("!=", reg(pointer), imm(0));
    // The register may be given another pointer before the call ends.
    const ops = w.freshRegister();
    w.emit({ op: "move", dst: ops, value: reg(pointer) });
    w.openPair(primitive("ops_call_begin", [reg(ops)]), primitive("ops_call_end", [reg(ops)]));
  },
  complete: plain("complete", "done", false),
  completeAll: plain("complete_all", "done", false),
  waitForCompletion: plain("wait_for_completion", "done", false),
} satisfies Record<string, Template>;

type TemplateName = keyof typeof TEMPLATES;

/** How often a template is drawn: most of them COMMON, what breaks the rules seldom. */
const COMMON = 8;
const WEIGHTS: Partial<Record<TemplateName, number>> = {
  close: 80,
  load: 32,
  store: 32,
  binary: 24,
  branch: 12,
  loadBranch: 24,
  rmw: 24,
  publish: 32,
  fetch: 48,
  take: 24,
  free: 24,
  alloc: 24,
  mutexed: 32,
  spinned: 24,
  mutexTried: 16,
  spinTried: 16,
  rcuRead: 48,
  synchronize: 32,
  queueWork: 32,
  opsCall: 16,
  opsFetched: 24,
  provide: 24,
  fetchAndUse: 32,
  takeAndFree: 16,
  fetchAndFree: 8,
  useArgument: 2,
  freeArgument: 2,
  addressOfGlobal: 4,
  complete: 16,
  warn: 4,
  mutexLock: 1,
  mutexUnlock: 1,
  mutexTrylock: 2,
  spinLock: 1,
  spinUnlock: 1,
  rcuLock: 1,
  rcuUnlock: 1,
  rcuUnlockLast: 1,
};

interface Gene {
  readonly kind: TemplateName;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const byte = fc.integer({ min: 0, max: 1023 });

function genes(names: readonly TemplateName[], minLength: number, maxLength: number): fc.Arbitrary<Gene[]> {
  const kind = fc.oneof(
    ...names.map((name) => ({ arbitrary: fc.constant(name), weight: WEIGHTS[name] ?? COMMON })),
  );
  return fc.array(fc.record({ kind, a: byte, b: byte, c: byte }), { minLength, maxLength });
}

const ALL_NAMES = Object.keys(TEMPLATES) as TemplateName[];
const SETUP_NAMES: readonly TemplateName[] = [
  "store",
  "provide",
  "provide",
  "provide",
  "publish",
  "queueWork",
  "queueHeapWork",
  "call",
  "callHeap",
  "synchronize",
  "rcuRead",
  "flushWork",
  "cancelWork",
  "mutexed",
  "complete",
  "waitForCompletion",
  "local",
  "localAccess",
  "choose",
  "cssGet",
  "refcountInc",
];
const CALLBACK_NAMES: readonly TemplateName[] = [...ALL_NAMES, "useArgument", "freeArgument", "freeArgument"];

/** `sloppy`: leaves what is open at the end open. */
function writeBody(list: readonly Gene[], sloppy: boolean, finish?: (w: BodyWriter) => void): Body {
  const writer = new BodyWriter();
  for (const { kind, a, b, c } of list) (TEMPLATES[kind] as Template)(writer, a, b, c);
  if (!sloppy) while (writer.closers.length > 0) writer.close();
  finish?.(writer);
  return { parameters: 1, locals: LOCALS, code: writer.code };
}

interface CheckGene {
  readonly kind: "always" | "at_end";
  readonly shape: number;
  readonly n: number;
}

/** Checks hold for most programs; the odd ones fail. */
function writeCheck({ shape, n }: CheckGene): Body {
  const w = new BodyWriter();
  const [pointer, seen, holds] = [POINTERS[0]!, DATA[0]!, DATA[1]!];
  const assertZero = (): void =>
    w.emit(
      { op: "binary", operator: "==", dst: holds, left: reg(seen), right: imm(0) },
      { op: "assert", value: reg(holds) },
    );
  switch (shape % 6) {
    case 0:
      w.emit(load(pointer, at("slot", n % 2)), { op: "dangles", dst: seen, value: reg(pointer) });
      assertZero();
      break;
    case 1:
      w.emit({ op: "leaks", dst: seen, class: n % 2 === 0 ? -1 : classNumber(n % 4 === 1 ? "node" : "ops") });
      assertZero();
      break;
    case 2:
      w.emit(load(seen, at("data", n % 3)));
      w.emit({
        op: "binary",
        operator: "!=",
        dst: holds,
        left: reg(seen),
        right: imm(NUMBERS[n % NUMBERS.length]!),
      });
      w.emit({ op: "assert", value: reg(holds) });
      break;
    case 3:
      w.emit(load(pointer, at("slot", n % 2)));
      w.openBranch("!=", reg(pointer), imm(0));
      w.emit(load(seen, reg(pointer)));
      w.close();
      break;
    case 4:
      w.emit({ op: "binary", operator: "==", dst: seen, left: reg(PARAMETER), right: imm(3) });
      w.emit({ op: "warn", value: reg(seen) });
      break;
    case 5:
      w.emit(load(pointer, at("slot", n % 2)), { op: "dangles", dst: seen, value: reg(pointer) });
      w.emit({ op: "leaks", dst: holds, class: -1 });
      w.emit({ op: "binary", operator: "+", dst: seen, left: reg(seen), right: reg(holds) });
      assertZero();
      break;
  }
  return { parameters: 1, code: w.code };
}

interface Plan {
  readonly variety: Variety;
  readonly setup: readonly Gene[];
  readonly settle: boolean;
  readonly captures: readonly number[];
  readonly threads: readonly (readonly Gene[])[];
  readonly functions: readonly (readonly Gene[])[];
  readonly checks: readonly CheckGene[];
  readonly sloppy: number;
}

function build(plan: Plan): IrProgram {
  const sloppy = plan.sloppy === 0;
  const receivers = [
    ...plan.threads.map((_, index) => ({ kind: "thread", index }) as const),
    ...plan.checks.map((_, index) => ({ kind: "check", index }) as const),
  ];
  const setup = writeBody(plan.setup, false, (w) => {
    if (plan.settle) w.emit(primitive("settle"));
    receivers.forEach(({ kind, index }, n) => {
      const drawn = plan.captures[n] ?? 0;
      const value = [imm(3), reg(POINTERS[0]!), reg(POINTERS[1]!), at("data")][drawn % 4]!;
      w.emit({ op: "capture", kind, index, parameter: PARAMETER, value });
    });
  });
  const functions = plan.functions.map((list) => writeBody(list, sloppy));
  return makeProgram({
    classes: CLASSES.map((name) => ({ name, size: 1, fields: [] })),
    globals: globalsOf(plan.variety),
    functions: Array.from({ length: FUNCTIONS }, (_, n) => functions[n]),
    setup,
    threads: plan.threads.map((list) => writeBody(list, sloppy)),
    checks: plan.checks.map((check) => ({ kind: check.kind, body: writeCheck(check) })),
  });
}

/** Two to four threads of three to twelve genes, two task functions, a short set-up and up to two checks. */
export const randomProgram: fc.Arbitrary<IrProgram> = fc
  .record<Plan>({
    variety: fc.record({
      maxActive: fc.integer({ min: 0, max: 2 }),
      count: fc.constantFrom(1, 2, 3, 5, 1, 2, 0, 0x7fffffff, -0x40000000),
      refs: fc.constantFrom(1, 2, 3, 5, 0),
      done: fc.constantFrom(0, 0, 1),
      atomic: fc.boolean(),
      softirq: fc.boolean(),
      slotFilled: fc.integer({ min: 0, max: 7 }).map((n) => n === 5),
    }),
    setup: genes(SETUP_NAMES, 0, 4),
    settle: fc.boolean(),
    captures: fc.array(byte, { maxLength: 6 }),
    threads: fc.array(genes(ALL_NAMES, 3, 12), { minLength: 2, maxLength: 4 }),
    functions: fc.array(genes(CALLBACK_NAMES, 0, 4), { minLength: BODIES, maxLength: BODIES }),
    checks: fc.array(
      fc.record<CheckGene>({ kind: fc.constantFrom("always", "at_end", "at_end"), shape: byte, n: byte }),
      { maxLength: 2 },
    ),
    sloppy: fc.integer({ min: 0, max: 9 }),
  })
  .map(build);
