// The IR: the contract between the C front-end and everything that runs or prints a model.
//
// A program is a set of code bodies (entries) in which every call has been inlined. A body is a list of
// instructions over virtual registers; control goes from one to the next unless it says otherwise.
// An instruction is either task-local or begins a *step*: a step is one access to shared memory or one
// kernel primitive together with the task-local instructions that follow it, up to the next one; it is
// atomic, and the scheduler chooses only between steps. Nothing here depends on the bytecode.
//
// Memory is an array of 32-bit cells. Every scalar, whatever its C type, takes one cell, pointers count
// cells, sizeof of every scalar is 1 (a C machine whose char has 32 bits). Cell POINTER_BASE is the first.
// The file is long because the contract is one: every instruction and primitive with what it means.

/** A virtual register of one entry. Register 0 does not exist; parameters are registers 1, 2, ... */
export type Register = number;

/** The value of a register plus a constant, or a constant (wrapping, 32 bits). */
export type Operand = { readonly reg: Register; readonly plus: number } | { readonly imm: number };

/** A place in the source, with what a reader should see there. Index into IrProgram.places. */
export type PlaceId = number;

export interface Place {
  /** Index into IrProgram.files. */
  readonly file: number;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** The function whose text this is (not the one it was inlined into). */
  readonly function: string;
  /** The source text of the expression or statement, white space folded, as written (macros unexpanded). */
  readonly text: string;
  /** The call that this was inlined through, or -1 in a body's own text. */
  readonly caller: PlaceId;
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/s"
  | "/u"
  | "%s"
  | "%u"
  | "&"
  | "|"
  | "^"
  | "<<"
  | ">>s"
  | ">>u"
  | "=="
  | "!="
  | "<s"
  | "<=s"
  | "<u"
  | "<=u";

/** Comparisons that a branch may make. */
export type BranchOperator = "==" | "!=" | "<s" | "<=s" | "<u" | "<=u";

/** How an access was written; all alike while memory is sequentially consistent. */
export type Order = "plain" | "once" | "acquire" | "release" | "rcu" | "relaxed" | "full";

/** An index into the entry's code. */
export type Target = number;

interface At {
  readonly place: PlaceId;
}

/** Task-local: they draw no scheduling choice. */
export type LocalInstruction =
  | ({ readonly op: "move"; readonly dst: Register; readonly value: Operand } & At)
  | ({
      readonly op: "binary";
      readonly operator: BinaryOperator;
      readonly dst: Register;
      readonly left: Operand;
      readonly right: Operand;
    } & At)
  | ({ readonly op: "jump"; readonly to: Target } & At)
  | ({
      readonly op: "branch";
      readonly operator: BranchOperator;
      readonly left: Operand;
      readonly right: Operand;
      readonly yes: Target;
      readonly no: Target;
    } & At)
  /** dst = address of local variable number `local` of this entry (see Entry.locals). */
  | ({ readonly op: "local-address"; readonly dst: Register; readonly local: number } & At)
  /**
   * The local variable comes to life (zeroed) or ceases; an access in between its lives is a use-after-free.
   */
  | ({ readonly op: "local-live"; readonly local: number } & At)
  | ({ readonly op: "local-dead"; readonly local: number } & At)
  /** dst = nondeterministic value in 0..count-1. */
  | ({ readonly op: "choose"; readonly dst: Register; readonly count: Operand } & At)
  /** Drops the run if value is 0. */
  | ({ readonly op: "assume"; readonly value: Operand } & At)
  /** Violation `assertion` if value is 0. */
  | ({ readonly op: "assert"; readonly value: Operand } & At)
  /** Violation `warn` if value is not 0; the run goes on. */
  | ({ readonly op: "warn"; readonly value: Operand } & At)
  /** Violation `bug` if value is not 0. */
  | ({ readonly op: "bug"; readonly value: Operand } & At)
  /** A call through a value that is no function of the right type. */
  | ({ readonly op: "bad-call"; readonly value: Operand } & At)
  /** dst = 1 if the pointer leads to a freed object, else 0. */
  | ({ readonly op: "dangles"; readonly dst: Register; readonly value: Operand } & At)
  /** dst = number of heap objects of the class (-1: any) that live. */
  | ({ readonly op: "leaks"; readonly dst: Register; readonly class: number } & At)
  /** Set-up only: hands a value to parameter 1, 2, ... of a thread's or a check's entry. */
  | ({
      readonly op: "capture";
      readonly kind: "thread" | "check";
      readonly index: number;
      readonly parameter: number;
      readonly value: Operand;
    } & At)
  | ({ readonly op: "exit" } & At);

/** Each begins a step; an access marked `local` (see markLocalAccesses) and a local primitive do not. */
export type StepInstruction =
  | ({
      readonly op: "load";
      readonly dst: Register;
      readonly address: Operand;
      readonly order: Order;
      readonly local?: boolean;
      /** The owner of a lock, for lockdep_assert_held() and lockdep_is_held(). */
      readonly held?: boolean;
    } & At)
  | ({
      readonly op: "store";
      readonly address: Operand;
      readonly value: Operand;
      readonly order: Order;
      readonly local?: boolean;
    } & At)
  /** dst = old value; the cell becomes: value (xchg), old OP value (others). */
  | ({
      readonly op: "rmw";
      readonly operator: "xchg" | "add" | "and" | "or" | "xor";
      readonly dst: Register;
      readonly address: Operand;
      readonly value: Operand;
      readonly order: Order;
    } & At)
  /** dst = old value; the cell becomes value if it equalled expected. */
  | ({
      readonly op: "cmpxchg";
      readonly dst: Register;
      readonly address: Operand;
      readonly expected: Operand;
      readonly value: Operand;
      readonly order: Order;
    } & At)
  | ({ readonly op: "fence"; readonly kind: "mb" | "rmb" | "wmb" | "acquire" | "release" } & At)
  /** dst = pointer to a new zeroed object of `size` cells. */
  | ({ readonly op: "alloc"; readonly dst: Register; readonly size: Operand; readonly class: number } & At)
  /** A kernel primitive; semantics at its opcode in assembly/abi.ts. dst 0: no result. */
  | ({
      readonly op: "primitive";
      readonly name: PrimitiveName;
      readonly dst: Register;
      readonly args: readonly Operand[];
    } & At);

export type Instruction = LocalInstruction | StepInstruction;

interface PrimitiveShape {
  readonly args: number;
  readonly result: boolean;
  /** Concerns its own task only, so it begins no step. */
  readonly local?: boolean;
}

/**
 * C name of each primitive, how many arguments it takes and whether it returns a value. A header under
 * models/include declares the prototype; a call of a function of this name that nobody defines is the
 * primitive.
 */
export const PRIMITIVES = {
  kfree: { args: 1, result: false },
  mutex_lock: { args: 1, result: false },
  mutex_unlock: { args: 1, result: false },
  mutex_trylock: { args: 1, result: true },
  spin_lock: { args: 1, result: false },
  spin_unlock: { args: 1, result: false },
  spin_trylock: { args: 1, result: true },
  /** index = gp_read_lock(domain): srcu_read_lock, rcu_read_lock, rcu_read_lock_trace. */
  gp_read_lock: { args: 1, result: true },
  /** gp_read_unlock(domain, index). */
  gp_read_unlock: { args: 2, result: false },
  /** gp_read_unlock_last(domain): ends the innermost section of this task (RCU flavours without an index). */
  gp_read_unlock_last: { args: 1, result: false },
  /** gp_start(domain); gp_wait(): together synchronize_srcu / synchronize_rcu, two steps. */
  gp_start: { args: 1, result: false },
  gp_wait: { args: 0, result: false },
  /** gp_call(domain, head, function): call_rcu, call_srcu. */
  gp_call: { args: 3, result: false },
  /** Whether this task is inside a section of the domain. */
  gp_read_held: { args: 1, result: true },
  /**
   * gp_barrier(domain) or gp_flush(domain); flush_wait(): rcu_barrier, and that for started callbacks only.
   */
  gp_barrier: { args: 1, result: false },
  gp_flush: { args: 1, result: false },
  /** queue_work(queue, work). */
  queue_work: { args: 2, result: true },
  cancel_work: { args: 1, result: true },
  /** work_delay(queue, work), work_redelay(queue, work): queue_delayed_work, mod_delayed_work. */
  work_delay: { args: 2, result: true },
  work_redelay: { args: 2, result: true },
  /** work_queue_claimed(queue, work): queues an item that was marked as pending. */
  work_queue_claimed: { args: 2, result: false },
  /** work_flush(work); flush_wait(): flush_work. The delayed form lets the item's timer expire first. */
  work_flush: { args: 1, result: true },
  work_flush_delayed: { args: 1, result: true },
  /** work_disable_sync(work); flush_wait(): disable_work_sync. */
  work_disable: { args: 1, result: true },
  work_disable_sync: { args: 1, result: true },
  /** queue_flush(queue); flush_wait(): flush_workqueue. */
  queue_flush: { args: 1, result: true },
  flush_wait: { args: 0, result: false },
  refcount_inc: { args: 1, result: false },
  refcount_inc_not_zero: { args: 1, result: true },
  refcount_dec_and_test: { args: 1, result: true },
  css_tryget: { args: 1, result: true },
  css_tryget_online: { args: 1, result: true },
  css_get: { args: 1, result: false },
  css_put: { args: 1, result: true },
  css_kill: { args: 1, result: false },
  ops_call_begin: { args: 1, result: false },
  ops_call_end: { args: 1, result: false },
  complete: { args: 1, result: false },
  complete_all: { args: 1, result: false },
  wait_for_completion: { args: 1, result: false },
  down_read: { args: 1, result: false },
  up_read: { args: 1, result: false },
  up_write: { args: 1, result: false },
  downgrade_write: { args: 1, result: false },
  down_read_trylock: { args: 1, result: true },
  down_write_trylock: { args: 1, result: true },
  /** Together down_write(): it is had at once, or else the writer is queued and waits. */
  rwsem_queue_write: { args: 1, result: true },
  rwsem_wait_write: { args: 1, result: false },
  /**
   * wait_prepare(queue, mode), wait_wake(queue, states and number); wait_sleep(queue or NULL): schedule().
   */
  wait_prepare: { args: 2, result: false },
  wait_finish: { args: 1, result: false },
  wait_wake: { args: 2, result: false },
  wait_sleep: { args: 1, result: false },
  /** refcount_warn(count, detail). */
  refcount_warn: { args: 2, result: false },
  irq_disable: { args: 0, result: true, local: true },
  irq_restore: { args: 1, result: false, local: true },
  bh_disable: { args: 0, result: false, local: true },
  bh_enable: { args: 0, result: false, local: true },
  might_sleep: { args: 0, result: false, local: true },
  /** Set-up only: lets kworkers and callbacks run until none is left. */
  settle: { args: 0, result: false },
} as const satisfies Record<string, PrimitiveShape>;

export type PrimitiveName = keyof typeof PRIMITIVES;

/** A local variable that lives in memory because its address is taken. */
export interface Local {
  readonly name: string;
  readonly size: number;
  readonly class: number;
}

export interface Entry {
  /** What it is for, in messages: the function's name, a thread's label, "set-up", "at_end". */
  readonly name: string;
  /** Parameters, in registers 1..parameters. */
  readonly parameters: number;
  /** Number of virtual registers used: 1..registers. */
  readonly registers: number;
  readonly locals: readonly Local[];
  readonly code: readonly Instruction[];
}

/** One scalar cell of a class, for printing. */
export interface Field {
  /** Path as in C: "refcnt.count", "name[3]". */
  readonly name: string;
  readonly kind: "int" | "bool" | "pointer" | "function";
}

/** The type of an object: a struct tag or a scalar; names objects in reports ("mem_cgroup"). */
export interface ObjectClass {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly Field[];
}

/**
 * Initial value of a cell of a global: a number, or the address of another global plus cells, or of a
 * function.
 */
export type Initial =
  | number
  | { readonly global: number; readonly plus: number }
  | { readonly function: number };

export interface Global {
  readonly name: string;
  readonly class: number;
  readonly size: number;
  readonly initial: readonly Initial[];
  /**
   * First cell, counted from POINTER_BASE: assigned by the front-end, dense with one gap cell between
   * globals.
   */
  readonly cell: number;
}

export interface IrFunction {
  readonly name: string;
  /**
   * The body that runs it as a kworker or callback with one argument, or -1 where nothing can start it so.
   */
  readonly entry: number;
}

export interface Thread {
  /** Heads its column. */
  readonly label: string;
  readonly entry: number;
}

export interface Check {
  readonly kind: "always" | "at_end";
  /** Source text of the expression. */
  readonly text: string;
  readonly entry: number;
}

export interface IrProgram {
  /** Model name as the user gave it, e.g. "bpf-oom/v2". */
  readonly model: string;
  /** Scenario, a C identifier. */
  readonly scenario: string;
  readonly files: readonly string[];
  readonly places: readonly Place[];
  readonly classes: readonly ObjectClass[];
  readonly globals: readonly Global[];
  /** Functions whose address is taken; their index is their value less FUNCTION_BASE. */
  readonly functions: readonly IrFunction[];
  readonly entries: readonly Entry[];
  /** The entry of the part before the first thread. */
  readonly setup: number;
  readonly threads: readonly Thread[];
  readonly checks: readonly Check[];
  /** Remarks for the author: stubs used, fields added, headers skipped. */
  readonly notes: readonly string[];
}

/** True where the instruction begins a step. */
export function isStep(i: Instruction): i is StepInstruction {
  switch (i.op) {
    case "load":
    case "store":
      return i.local !== true;
    case "rmw":
    case "cmpxchg":
    case "fence":
    case "alloc":
      return true;
    case "primitive":
      return !("local" in PRIMITIVES[i.name]);
    default:
      return false;
  }
}
