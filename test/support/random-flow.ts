// Random bodies with an arbitrary flow of control: branches and jumps anywhere forwards, and backwards to a
// step. random-program.ts writes well-formed blocks over every primitive; this is for what the optimiser does
// between steps: tests that repeat, values that are known on one path only, addresses of local variables that
// get about.

import fc from "fast-check";
import type { BinaryOperator, BranchOperator, IrProgram, Operand } from "../../src/model/ir.ts";
import { type Bare, imm, makeProgram, primitive, reg } from "./reference/program.ts";

const BINARY: readonly BinaryOperator[] = [
  ...(["+", "-", "*", "/s", "/u", "%s", "%u", "&", "|", "^"] as const),
  ...(["<<", ">>s", ">>u", "==", "!=", "<s", "<=s", "<u", "<=u"] as const),
];
/** Equality is what code tests for most. */
const BRANCHES: readonly BranchOperator[] = ["==", "!=", "==", "!=", "<s", "<=s", "<u", "<=u"];
const NUMBERS = [0, 0, 1, 1, 2, -1, 3, 0x7fffffff, -0x80000000, 4096];
const PLUS = [0, 0, 1, -1];
/** Registers for values; the two after them point to cells. */
const VALUES = 5;
const POINTER = VALUES + 1;
const LOCALS = [
  { name: "pair", size: 2, class: 0 },
  { name: "single", size: 1, class: 0 },
];
const PROLOGUE: readonly Bare[] = [
  { op: "local-live", local: 0 },
  { op: "local-live", local: 1 },
  { op: "local-address", dst: POINTER, local: 0 },
  { op: "local-address", dst: POINTER + 1, local: 1 },
];

/** Chooses the parts of one instruction: each call uses up a part of a drawn number. */
type Choose = (count: number) => number;

function chooser(drawn: number): Choose {
  let left = drawn;
  return (count) => {
    const chosen = left % count;
    left = Math.floor(left / count);
    return chosen;
  };
}

const shared = (n: Choose): Operand => imm(4096 + n(3));
const register = (n: Choose): number => 1 + n(VALUES);
const value = (n: Choose): Operand =>
  n(2) === 0 ? imm(NUMBERS[n(NUMBERS.length)]!) : reg(register(n), PLUS[n(PLUS.length)]!);
/** Seldom past the first cell. */
const own = (n: Choose): Operand => reg(POINTER + n(2), n(5) === 1 ? 1 : 0);

interface Where {
  readonly at: number;
  readonly length: number;
  /** The steps before: control may go back to these, so that no circle is without one. */
  readonly steps: readonly number[];
}

function target({ at, length, steps }: Where, n: Choose): number {
  if (n(4) === 0 && steps.length > 0) return steps[n(steps.length)]!;
  return at + 1 + n(Math.min(8, length - at));
}

type Make = (n: Choose, where: Where) => Bare;

const STEPS: readonly Make[] = [
  (n) => ({ op: "load", dst: register(n), address: shared(n), order: "once" }),
  (n) => ({ op: "store", address: shared(n), value: value(n), order: "once" }),
  (n) => {
    const operator = (["xchg", "add", "and", "or", "xor"] as const)[n(5)]!;
    return {
      op: "rmw",
      operator,
      dst: n(7) && register(n),
      address: shared(n),
      value: value(n),
      order: "full",
    };
  },
  (n) => ({
    op: "cmpxchg",
    dst: register(n),
    address: shared(n),
    expected: value(n),
    value: value(n),
    order: "full",
  }),
  (n) => primitive(n(2) === 0 ? "refcount_inc_not_zero" : "refcount_dec_and_test", [imm(4100)], n(5)),
];

const branch: Make = (n, where) => ({
  op: "branch",
  operator: BRANCHES[n(BRANCHES.length)]!,
  left: n(4) === 0 ? value(n) : reg(register(n)),
  right: n(2) === 0 ? value(n) : imm(NUMBERS[n(5)]!),
  yes: target(where, n),
  no: n(2) === 0 ? where.at + 1 : target(where, n),
});

const LOCAL: readonly Make[] = [
  branch,
  branch,
  branch,
  (n, where) => ({ op: "jump", to: target(where, n) }),
  (n) => ({ op: "move", dst: register(n), value: value(n) }),
  (n) => ({
    op: "binary",
    operator: BINARY[n(BINARY.length)]!,
    dst: register(n),
    left: value(n),
    right: value(n),
  }),
  (n) => ({ op: "warn", value: value(n) }),
  (n) => ({
    op: (["assert", "bug", "assume"] as const)[n(3)]!,
    value: n(4) === 0 ? value(n) : reg(register(n)),
  }),
  (n) => ({ op: "choose", dst: register(n), count: imm(n(4)) }),
  (n) => ({ op: "local-address", dst: POINTER + n(2), local: n(2) }),
  (n) => ({ op: "move", dst: POINTER + n(2), value: n(3) === 0 ? shared(n) : reg(POINTER + n(2)) }),
  (n) => ({ op: "load", dst: register(n), address: own(n), order: "plain" }),
  (n) => ({ op: "store", address: own(n), value: n(9) === 1 ? reg(POINTER + 1) : value(n), order: "plain" }),
];

interface Gene {
  readonly step: boolean;
  readonly kind: number;
  readonly drawn: number;
}

const gene: fc.Arbitrary<Gene> = fc.record({
  step: fc.integer({ min: 0, max: 2 }).map((n) => n === 1),
  kind: fc.nat(1023),
  drawn: fc.maxSafeNat(),
});

function body(genes: readonly Gene[]): Bare[] {
  const length = PROLOGUE.length + genes.length;
  const steps: number[] = [];
  const code = genes.map(({ step, kind, drawn }, n) => {
    const at = PROLOGUE.length + n;
    const makers = step ? STEPS : LOCAL;
    const made = makers[kind % makers.length]!(chooser(drawn), { at, length, steps: [...steps] });
    if (step) steps.push(at);
    return made;
  });
  return [...PROLOGUE, ...code];
}

/** One to three threads of up to 28 instructions over three shared cells and a count. */
export const randomFlow: fc.Arbitrary<IrProgram> = fc
  .array(fc.array(gene, { minLength: 4, maxLength: 28 }), { minLength: 1, maxLength: 3 })
  .map((threads) =>
    makeProgram({
      globals: [
        { name: "data", size: 3, initial: [1, 0, 2] },
        { name: "count", size: 1, initial: [2] },
      ],
      threads: threads.map((genes) => ({ code: body(genes), locals: LOCALS })),
    }),
  );
