// The templates of random programs: each appends a few instructions to a body; three numbers choose the
// details. Most keep to the rules; some break them, so that every violation comes up. Longer than most: it
// is one table.

import { Detail, FUNCTION_BASE, WORK_DISABLED, WORK_PENDING } from "../../assembly/abi.ts";
import type { BinaryOperator, BranchOperator, Operand, PrimitiveName } from "../../src/model/ir.ts";
import { type BodyWriter, PARAMETER } from "./random-body.ts";
import { at, BODIES, classNumber, type GlobalName, LOCALS } from "./random-world.ts";
import { type Bare, imm, primitive, reg } from "./reference/program.ts";

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
export type Template = (w: BodyWriter, a: number, b: number, c: number) => void;

export const load = (dst: number, address: Operand): Bare => ({ op: "load", dst, address, order: "once" });
export const store = (address: Operand, value: Operand): Bare => ({
  op: "store",
  address,
  value,
  order: "once",
});

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

/** One of the two queues, mostly the first. */
const queue = (w: BodyWriter, a: number, b = a >> 2): Operand => w.object(b % 4 === 1 ? "wide" : "queue", a);

/** Allocates into a pointer register. */
const allocate = (w: BodyWriter, n: number, size: number): number => {
  const dst = w.fill(w.pointer(n));
  w.emit({ op: "alloc", dst, size: imm(size), class: classNumber(n % 3 === 0 ? "ops" : "node") });
  return dst;
};

export const TEMPLATES = {
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

  isReading: (w, a, b) =>
    w.emit(primitive("gp_read_held", [w.object(b % 2 === 0 ? "rcu" : "srcu", a)], w.data(b >> 1))),
  barrier: (w, a, b) =>
    w.emit(
      primitive(b % 4 === 1 ? "gp_flush" : "gp_barrier", [w.object(a % 2 === 0 ? "rcu" : "srcu", a >> 1)]),
      primitive("flush_wait"),
    ),

  queueWork: (w, a, b, c) =>
    w.emit(
      primitive("queue_work", [queue(w, a), w.object(b % 2 === 0 ? "work" : "work2", b >> 1)], w.data(c)),
    ),
  delayWork: (w, a, b, c) => {
    const name = c % 4 === 1 ? "work_redelay" : "work_delay";
    w.emit(primitive(name, [queue(w, a), w.object(b % 2 === 0 ? "work" : "work2", b >> 1)], w.data(c)));
  },
  claimWork: (w, a, b, c) => {
    const claimed = w.data(c);
    const work = b % 2 === 0 ? "work" : "work2";
    const address = at(work, WORK_PENDING);
    w.emit({ op: "rmw", operator: "xchg", dst: claimed, address, value: imm(1), order: "full" });
    w.openBranch("==", reg(claimed), imm(0));
    w.emit(primitive("work_queue_claimed", [queue(w, a), w.object(work, b >> 1)]));
    w.close();
  },
  queueHeapWork: (w, a, b) => {
    const pointer = allocate(w, a, 4);
    const fn = b % 16 === 11 ? w.wrong(b >> 4) : imm(FUNCTION_BASE + (b % BODIES));
    w.emit(store(reg(pointer), fn), primitive("queue_work", [at("queue"), reg(pointer)], w.data(b)));
  },
  cancelWork: (w, a, b) =>
    w.emit(primitive("cancel_work", [w.object(b % 2 === 0 ? "work" : "work2", a)], w.data(b >> 1))),
  flushWork: (w, a, b, c) => {
    const name = c % 4 === 1 ? "work_flush_delayed" : "work_flush";
    w.emit(primitive(name, [w.object(b % 2 === 0 ? "work" : "work2", a)], w.data(b >> 1)));
    w.emit(primitive("flush_wait"));
  },
  flushQueue: (w, a, b, c) =>
    w.emit(primitive("queue_flush", [queue(w, a, b)], w.data(c)), primitive("flush_wait")),
  disableWork: (w, a, b, c) => {
    const work = b % 2 === 0 ? "work" : "work2";
    if (c % 2 === 0) w.emit(primitive("work_disable", [w.object(work, a)], w.data(b >> 1)));
    else {
      w.emit(primitive("work_disable_sync", [w.object(work, a)], w.data(b >> 1)), primitive("flush_wait"));
    }
    const address = at(work, WORK_DISABLED);
    const enable: Bare = { op: "rmw", operator: "add", dst: 0, address, value: imm(-1), order: "full" };
    if (c % 8 < 6) w.emit(enable);
    else w.closers.push(() => w.emit(enable));
  },

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

  readHeld: (w, a) =>
    w.openPair(primitive("down_read", [at("rwsem")]), primitive("up_read", [w.object("rwsem", a)])),
  writeHeld: (w, a, b) => {
    const got = w.data(b);
    w.emit(primitive("rwsem_queue_write", [w.object("rwsem", a)], got));
    w.openBranch("==", reg(got), imm(0));
    w.emit(primitive("rwsem_wait_write", [at("rwsem")]));
    w.close();
    if (b % 8 === 3)
      w.openPair(primitive("downgrade_write", [at("rwsem")]), primitive("up_read", [at("rwsem")]));
    else w.closers.push(() => w.emit(primitive("up_write", [w.object("rwsem", b >> 4)])));
  },
  readTried: (w, a, b) => {
    const got = w.data(a);
    w.emit(primitive("down_read_trylock", [w.object("rwsem", b)], got));
    w.openBranch("!=", reg(got), imm(0));
    w.closers.push(() => w.emit(primitive("up_read", [at("rwsem")])));
  },
  writeTried: (w, a, b) => {
    const got = w.data(a);
    w.emit(primitive("down_write_trylock", [w.object("rwsem", b)], got));
    w.openBranch("!=", reg(got), imm(0));
    w.closers.push(() => w.emit(primitive("up_write", [at("rwsem")])));
  },
  downRead: plain("down_read", "rwsem", false),
  upRead: plain("up_read", "rwsem", false),
  waitWrite: plain("rwsem_wait_write", "rwsem", false),
  upWrite: plain("up_write", "rwsem", false),
  downgradeWrite: plain("downgrade_write", "rwsem", false),

  wait: (w, a, b) => {
    w.emit(primitive("wait_prepare", [w.object("waitq", a), imm((a >> 4) % 8)]));
    if (b % 4 !== 0) w.emit(load(w.data(b), at("data", b % 3)));
    if (b % 8 !== 5) w.emit(primitive("wait_sleep", [at("waitq")]));
    if (b % 32 !== 21) w.emit(primitive("wait_finish", [w.object("waitq", b >> 5)]));
  },
  waitWake: (w, a, b) => w.emit(primitive("wait_wake", [w.object("waitq", a), imm(b % 16)])),
  waitSleep: (w) => w.emit(primitive("wait_sleep", [imm(0)])),
  waitFinish: (w) => w.emit(primitive("wait_finish", [at("waitq")])),
  refcountWarn: (w, a, b) =>
    w.emit(
      primitive("refcount_warn", [
        w.object("count", a),
        imm([Detail.FROM_ZERO, Detail.UNDERFLOW, Detail.SATURATED, Detail.LEAKED][b % 4]!),
      ]),
    ),

  irqsOff: (w, a, b) => {
    const were = w.freshRegister();
    w.openPair(
      primitive("irq_disable", [], a % 8 === 3 ? 0 : were),
      primitive("irq_restore", [b % 16 === 9 ? imm(b >> 4) : reg(were)]),
    );
  },
  softirqsOff: (w) => w.openPair(primitive("bh_disable"), primitive("bh_enable")),
  bhEnable: (w) => w.emit(primitive("bh_enable")),
  mightSleep: (w) => w.emit(primitive("might_sleep")),
} satisfies Record<string, Template>;

export type TemplateName = keyof typeof TEMPLATES;
