// Small random IR programs, for checking two engines of the IR against each other: a fast-check arbitrary.
// A program is drawn as lists of genes (a template's name and three numbers) and then built; a shorter list
// is a simpler program, so fast-check shrinks well. Most genes keep to the rules (what is locked is
// unlocked, a pointer is tested before its use), or every run would end at once; some break them, so that
// every violation comes up. Cells of domains, workqueues and works are written by their primitives only:
// scribbling over them is not modelled.

import fc from "fast-check";
import type { IrProgram } from "../../src/model/ir.ts";
import { BodyWriter, DATA, NUMBERS, PARAMETER, POINTERS } from "./random-body.ts";
import { load, TEMPLATES, type Template, type TemplateName } from "./random-templates.ts";
import {
  at,
  BODIES,
  CLASSES,
  classNumber,
  FUNCTIONS,
  globalsOf,
  LOCALS,
  type Variety,
} from "./random-world.ts";
import { type Body, imm, makeProgram, primitive, reg } from "./reference/program.ts";

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
  delayWork: 16,
  flushWork: 16,
  disableWork: 16,
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
  assume: 16,
  mutexLock: 1,
  mutexUnlock: 1,
  mutexTrylock: 2,
  spinLock: 1,
  spinUnlock: 1,
  rcuLock: 1,
  rcuUnlock: 1,
  rcuUnlockLast: 1,
  readHeld: 24,
  writeHeld: 24,
  readTried: 12,
  writeTried: 12,
  downRead: 1,
  upRead: 1,
  upWrite: 1,
  waitWrite: 1,
  downgradeWrite: 1,
  wait: 12,
  waitWake: 32,
  waitSleep: 4,
  refcountWarn: 2,
  irqsOff: 16,
  softirqsOff: 8,
  bhEnable: 1,
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
  "flushQueue",
  "delayWork",
  "barrier",
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
      ready: fc.integer({ min: 0, max: 15 }).map((n) => n !== 5),
      drains: fc.integer({ min: 0, max: 7 }).map((n) => n === 5),
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
