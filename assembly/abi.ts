// The numbers that both sides of the WebAssembly boundary need: opcodes, limits, layouts, verdicts.
// Read by asc and by tsc; imports nothing. Every opcode has a block of fixed form, from which
// docs/BYTECODE.md is generated:  effect. Blocks: when. Touches: what. Violates: kinds.
// The file is long because a number that both sides need is written once, here.
//
// An instruction is four 32-bit words:
//
//      31      24 23      16 15       8 7        0
//     +----------+----------+----------+----------+
//   0 |    b     |    a     |   dst    |    op    |   register numbers; register 0 reads 0, 1 the frame
//     +----------+----------+----------+----------+
//   1 |                    imm                    |   signed; "x" below is r[a] + imm
//     +-------------------------------------------+
//   2 |               next (a jump)               |
//     +-------------------------------------------+
//   3 |         alt (a jump, or a constant)       |
//     +-------------------------------------------+
//
// A jump is the byte offset of an instruction (a multiple of 16) with flags in its low bits:
// JUMP_STOP where the target begins a new step, JUMP_BLOCKS where the target may have to wait.

/** Bumped whenever the meaning of a program image or of a drawn value changes. */
export const ABI_VERSION = 1;

// ---------------------------------------------------------------- limits

/** Task slots: threads, kworkers and grace-period callbacks of one run (slots 0..14). */
export const TASKS_MAX = 15;
/** The slot that runs the set-up and the checks, alone. */
export const SLOT_ALONE = 15;
/** Slots in all. */
export const SLOTS = 16;
/** always() and at_end() of one scenario. */
export const CHECKS_MAX = 64;
/** Registers of one slot, register 0 (always zero) included. */
export const REGISTERS_MAX = 255;
/** Cells (32-bit words of modelled memory) that a run may use. */
export const CELLS_MAX = 16384;
/** Objects (globals, locals in memory, heap) that a run may hold. */
export const OBJECTS_MAX = 1024;
/** Instructions of a program. */
export const INSTRUCTIONS_MAX = 65536;
/** Reads nested in one grace-period domain by one task. */
export const NESTING_MAX = 4;
/** Task-local instructions inside one step; beyond it the run ends with step-limit. */
export const LOCAL_MAX = 20000;
/** Steps of one run unless the caller says otherwise. */
export const STEPS_DEFAULT = 10000;
/** Steps that a recording (replay) can hold. */
export const STEPS_MAX = 65536;
/** Distinct raw violations that one shard can tell apart. */
export const TALLY_MAX = 1024;

// ---------------------------------------------------------------- marks

/** Of an instruction that was run: the run went on to next; it went on to alt. */
export const MARK_NEXT = 1;
export const MARK_ALT = 2;

// ---------------------------------------------------------------- addresses

/** Pointers count cells; the first cell has this number, below it lies the NULL page. */
export const POINTER_BASE = 4096;
/** A function pointer is this plus the function's index. */
export const FUNCTION_BASE = 0x40000000;
/** Values at or above this (unsigned) are errnos in pointer's clothing: ERR_PTR(-4095) upwards. */
export const ERR_PTR_MIN = 0xfffff001;

// ---------------------------------------------------------------- instructions

export const INSTRUCTION_BYTES = 16;
export const JUMP_STOP = 1;
export const JUMP_BLOCKS = 2;
export const JUMP_MASK = 0x7ffffff0;

export enum Op {
  // -- task-local: run inside the step that precedes them ---------------------------------------

  /**
   * The task ends. Blocks: never. Touches: the slot. Violates: lock-misuse (held), rcu-misuse (still
   * reading).
   */
  EXIT = 0,
  /** dst = x. Blocks: never. Touches: registers. Violates: nothing. */
  ADDI = 1,
  /** dst = r[a] + (r[b] + imm). Blocks: never. Touches: registers. Violates: nothing. */
  ADD = 2,
  /** dst = r[a] - (r[b] + imm). Blocks: never. Touches: registers. Violates: nothing. */
  SUB = 3,
  /** dst = r[a] * (r[b] + imm). Blocks: never. Touches: registers. Violates: nothing. */
  MUL = 4,
  /** dst = r[a] / (r[b] + imm), signed. Blocks: never. Touches: registers. Violates: bug (by zero). */
  DIV_S = 5,
  /** dst = r[a] / (r[b] + imm), unsigned. Blocks: never. Touches: registers. Violates: bug (by zero). */
  DIV_U = 6,
  /** dst = r[a] % (r[b] + imm), signed. Blocks: never. Touches: registers. Violates: bug (by zero). */
  REM_S = 7,
  /** dst = r[a] % (r[b] + imm), unsigned. Blocks: never. Touches: registers. Violates: bug (by zero). */
  REM_U = 8,
  /** dst = r[a] & (r[b] + imm). Blocks: never. Touches: registers. Violates: nothing. */
  AND = 9,
  /** dst = r[a] | (r[b] + imm). Blocks: never. Touches: registers. Violates: nothing. */
  OR = 10,
  /** dst = r[a] ^ (r[b] + imm). Blocks: never. Touches: registers. Violates: nothing. */
  XOR = 11,
  /** dst = r[a] << (r[b] + imm), count modulo 32. Blocks: never. Touches: registers. Violates: nothing. */
  SHL = 12,
  /**
   * dst = r[a] >> (r[b] + imm), signed, count modulo 32. Blocks: never. Touches: registers. Violates:
   * nothing.
   */
  SHR_S = 13,
  /**
   * dst = r[a] >> (r[b] + imm), unsigned, count modulo 32. Blocks: never. Touches: registers. Violates:
   * nothing.
   */
  SHR_U = 14,
  /** dst = r[a] == r[b] + imm. Blocks: never. Touches: registers. Violates: nothing. */
  EQ = 15,
  /** dst = r[a] != r[b] + imm. Blocks: never. Touches: registers. Violates: nothing. */
  NE = 16,
  /** dst = r[a] < r[b] + imm, signed. Blocks: never. Touches: registers. Violates: nothing. */
  LT_S = 17,
  /** dst = r[a] <= r[b] + imm, signed. Blocks: never. Touches: registers. Violates: nothing. */
  LE_S = 18,
  /** dst = r[a] < r[b] + imm, unsigned. Blocks: never. Touches: registers. Violates: nothing. */
  LT_U = 19,
  /** dst = r[a] <= r[b] + imm, unsigned. Blocks: never. Touches: registers. Violates: nothing. */
  LE_U = 20,
  /**
   * Goes to next if r[a] == r[b] + imm, else to alt. Blocks: never. Touches: registers. Violates: nothing.
   */
  JEQ = 21,
  /**
   * Goes to next if r[a] < r[b] + imm, signed, else to alt. Blocks: never. Touches: registers. Violates:
   * nothing.
   */
  JLT_S = 22,
  /**
   * Goes to next if r[a] <= r[b] + imm, signed, else to alt. Blocks: never. Touches: registers. Violates:
   * nothing.
   */
  JLE_S = 23,
  /**
   * Goes to next if r[a] < r[b] + imm, unsigned, else to alt. Blocks: never. Touches: registers. Violates:
   * nothing.
   */
  JLT_U = 24,
  /**
   * Goes to next if r[a] <= r[b] + imm, unsigned, else to alt. Blocks: never. Touches: registers.
   * Violates: nothing.
   */
  JLE_U = 25,
  /**
   * dst = cell[x], where no other task can reach the cell; goes to alt on 0. Blocks: never. Touches: the
   * cell. Violates: bad-pointer.
   */
  LOAD_LOCAL = 26,
  /**
   * cell[x] = r[b] + alt, where no other task can reach the cell. Blocks: never. Touches: the cell.
   * Violates: bad-pointer.
   */
  STORE_LOCAL = 27,
  /**
   * The alt cells at x become a living local variable, zeroed. Blocks: never. Touches: its cells.
   * Violates: nothing.
   */
  LOCAL_LIVE = 28,
  /** The alt cells at x cease to be. Blocks: never. Touches: its cells. Violates: nothing. */
  LOCAL_DEAD = 29,
  /** dst = a choice from 0 to x - 1. Blocks: never. Touches: registers. Violates: nothing. */
  CHOOSE = 30,
  /** Drops the run if x == 0. Blocks: never. Touches: nothing. Violates: nothing. */
  ASSUME = 31,
  /**
   * Fails if x == 0; the other side is who stored what this step loaded. Blocks: never. Touches: nothing.
   * Violates: assertion (dangling, leak where the check saw one).
   */
  ASSERT = 32,
  /**
   * Warns if x != 0 and goes on; the other side as for ASSERT. Blocks: never. Touches: nothing. Violates:
   * warn.
   */
  WARN = 33,
  /** Stops if x != 0; the other side as for ASSERT. Blocks: never. Touches: nothing. Violates: bug. */
  BUG = 34,
  /**
   * A call through x, which is no function that fits. Blocks: never. Touches: nothing. Violates:
   * null-deref, bad-pointer.
   */
  BAD_CALL = 35,
  /**
   * Register dst of slot or check alt = x: hands a value of the set-up to a thread or check. Blocks:
   * never. Touches: registers. Violates: nothing.
   */
  CAPTURE = 36,
  /**
   * dst = 1 if the object at x has been freed, else 0. Blocks: never. Touches: nothing. Violates: nothing.
   */
  DANGLES = 37,
  /**
   * dst = objects of class b (0: any) that were allocated and not freed. Blocks: never. Touches: nothing.
   * Violates: nothing.
   */
  LEAKS = 38,

  // Local primitives; from OP_FIRST_LOCAL_PRIMITIVE on each goes to alt where its result is 0.

  /**
   * dst = 1 where interrupts were off already, else 0; now they are: local_irq_save. Blocks: never.
   * Touches: the slot. Violates: nothing.
   */
  IRQ_DISABLE = 42,
  /**
   * Interrupts are off where x != 0, else on: local_irq_restore. Blocks: never. Touches: the slot.
   * Violates: nothing.
   */
  IRQ_RESTORE = 43,
  /** Softirqs are off once more: local_bh_disable. Blocks: never. Touches: the slot. Violates: nothing. */
  BH_DISABLE = 44,
  /**
   * Softirqs are off once less: local_bh_enable. Blocks: never. Touches: the slot. Violates: lock-misuse
   * (not off).
   */
  BH_ENABLE = 45,
  /** might_sleep(). Blocks: never. Touches: nothing. Violates: lock-misuse (sleeping while atomic). */
  MIGHT_SLEEP = 46,

  // -- steps: each begins one --------------------------------------------------------------------

  /**
   * dst = cell[x]; goes to alt if it is 0, else to next. Blocks: never. Touches: the cell. Violates:
   * null-deref, bad-pointer, use-after-free.
   */
  LOAD = 48,
  /** cell[x] = r[b] + alt. Blocks: never. Touches: the cell. Violates: as LOAD. */
  STORE = 49,
  /** dst = cell[x]; cell[x] = r[b]. Blocks: never. Touches: the cell. Violates: as LOAD. */
  XCHG = 52,
  /**
   * dst = cell[x]; if it equals r[b], cell[x] = r[alt]. Blocks: never. Touches: the cell. Violates: as
   * LOAD.
   */
  CMPXCHG = 53,
  /** dst = cell[x]; cell[x] = dst + r[b] + alt. Blocks: never. Touches: the cell. Violates: as LOAD. */
  FETCH_ADD = 54,
  /** dst = cell[x]; cell[x] = dst & (r[b] + alt). Blocks: never. Touches: the cell. Violates: as LOAD. */
  FETCH_AND = 55,
  /** dst = cell[x]; cell[x] = dst | (r[b] + alt). Blocks: never. Touches: the cell. Violates: as LOAD. */
  FETCH_OR = 56,
  /** dst = cell[x]; cell[x] = dst ^ (r[b] + alt). Blocks: never. Touches: the cell. Violates: as LOAD. */
  FETCH_XOR = 57,
  /**
   * A memory barrier: without effect while memory is sequentially consistent. Blocks: never. Touches:
   * nothing. Violates: nothing.
   */
  FENCE = 58,

  /**
   * kzalloc: dst = a new zeroed object of x cells and class alt. Blocks: never. Touches: the object.
   * Violates: nothing.
   */
  ALLOC = 64,
  /** kfree(x). Blocks: never. Touches: the object. Violates: double-free, bad-pointer. */
  FREE = 65,
  /**
   * A mutex is given back: mutex_unlock(x). Blocks: never. Touches: the lock. Violates: lock-misuse
   * (foreign, not held).
   */
  MUTEX_UNLOCK = 66,
  /**
   * dst = 1 and the mutex x is taken, or 0: mutex_trylock; goes to alt on 0. Blocks: never. Touches: the
   * lock. Violates: as LOAD.
   */
  MUTEX_TRYLOCK = 67,
  /** spin_unlock(x). Blocks: never. Touches: the lock. Violates: lock-misuse (foreign, not held). */
  SPIN_UNLOCK = 68,
  /**
   * dst = 1 and the spinlock x is taken, or 0: spin_trylock; goes to alt on 0. Blocks: never. Touches: the
   * lock. Violates: as LOAD.
   */
  SPIN_TRYLOCK = 69,
  /**
   * dst = the index of a new read-side section of domain x. Blocks: never. Touches: the domain. Violates:
   * rcu-misuse (not initialised).
   */
  GP_READ_LOCK = 70,
  /**
   * Section r[b] of domain x ends; with alt 1 the innermost one of this task. Blocks: never. Touches: the
   * domain, who waits for it. Violates: rcu-misuse (unbalanced, not initialised).
   */
  GP_READ_UNLOCK = 71,
  /**
   * A grace period of domain x begins: it waits for the sections that are open now. Blocks: never.
   * Touches: the domain, the slot. Violates: rcu-misuse (inside a reader of x, not initialised),
   * lock-misuse (sleeping while atomic).
   */
  GP_START = 72,
  /**
   * r[alt](r[b]) becomes a task that runs after a grace period of domain x: call_rcu. Blocks: never.
   * Touches: the domain, a slot. Violates: rcu-misuse (queued twice, not initialised), as LOAD.
   */
  GP_CALL = 73,
  /**
   * dst = 1 and work r[b] is queued on workqueue x, or 0 where it is pending or disabled: queue_work; goes
   * to alt on 0. Blocks: never. Touches: the work, a slot. Violates: warn (x is being drained: the item
   * stays pending for good), as LOAD.
   */
  QUEUE_WORK = 74,
  /**
   * dst = 1 where a pending work x was taken off its queue or timer, else 0: cancel_work; goes to alt on
   * 0. Blocks: never. Touches: the work, its slot. Violates: as LOAD.
   */
  CANCEL_WORK = 75,
  /**
   * refcount_inc(x): saturates and warns on 0 and overflow. Blocks: never. Touches: the count. Violates:
   * refcount.
   */
  REFCOUNT_INC = 76,
  /**
   * dst = 1 and one more, or 0 where the count is 0: refcount_inc_not_zero(x); goes to alt on 0. Blocks:
   * never. Touches: the count. Violates: refcount (saturated).
   */
  REFCOUNT_INC_NOT_ZERO = 77,
  /**
   * dst = 1 where the count x came to 0: refcount_dec_and_test; goes to alt on 0. Blocks: never. Touches:
   * the count. Violates: refcount (underflow).
   */
  REFCOUNT_DEC_AND_TEST = 78,
  /**
   * dst = 1 and a reference on css x unless its count is 0: css_tryget; goes to alt on 0. Blocks: never.
   * Touches: the css. Violates: as LOAD.
   */
  CSS_TRYGET = 79,
  /**
   * dst = 1 and a reference on css x unless it was killed: css_tryget_online; goes to alt on 0. Blocks:
   * never. Touches: the css. Violates: as LOAD.
   */
  CSS_TRYGET_ONLINE = 80,
  /** One more reference on css x. Blocks: never. Touches: the css. Violates: refcount (from zero). */
  CSS_GET = 81,
  /**
   * dst = 1 where the last reference on css x went; goes to alt on 0. Blocks: never. Touches: the css.
   * Violates: refcount (underflow).
   */
  CSS_PUT = 82,
  /**
   * percpu_ref_kill of css x: no css_tryget_online succeeds from now on; the base reference stays. Blocks:
   * never. Touches: the css. Violates: warn (killed twice).
   */
  CSS_KILL = 83,
  /**
   * A call of the struct_ops program behind x begins: its image must live. Blocks: never. Touches: the
   * object. Violates: use-after-free.
   */
  OPS_CALL_BEGIN = 84,
  /**
   * The call ends: the image must have lived all the while. Blocks: never. Touches: the object. Violates:
   * use-after-free.
   */
  OPS_CALL_END = 85,
  /** complete(x), or complete_all with alt 1. Blocks: never. Touches: the completion. Violates: as LOAD. */
  COMPLETE = 86,
  /**
   * The timer of a delayed work item expires: its kworker comes onto the queue. Blocks: never. Touches:
   * the work, the workqueue. Violates: use-after-free (the item, the workqueue), warn (the workqueue is
   * being drained).
   */
  WORK_EXPIRE = 87,

  // From OP_FIRST_PRIMITIVE on each goes to alt where its result is 0; without a result it is 0.

  /**
   * dst = 1 where rwsem x was free and is now this writer's, else 0, and the writer is queued: the first
   * half of down_write. Blocks: never. Touches: the rwsem. Violates: lock-misuse (double lock, sleeping
   * while atomic).
   */
  RWSEM_QUEUE_WRITE = 96,
  /**
   * dst = 1 and rwsem x is read-held, or 0 where a writer has it or is queued: down_read_trylock. Blocks:
   * never. Touches: the rwsem. Violates: as LOAD.
   */
  DOWN_READ_TRYLOCK = 97,
  /**
   * dst = 1 and rwsem x is write-held, or 0 where it is held or a writer is queued: down_write_trylock.
   * Blocks: never. Touches: the rwsem. Violates: as LOAD.
   */
  DOWN_WRITE_TRYLOCK = 98,
  /** up_read(x). Blocks: never. Touches: the rwsem. Violates: lock-misuse (foreign, not held). */
  UP_READ = 99,
  /** up_write(x). Blocks: never. Touches: the rwsem. Violates: lock-misuse (foreign, not held). */
  UP_WRITE = 100,
  /**
   * The writer of rwsem x becomes a reader: downgrade_write. Blocks: never. Touches: the rwsem. Violates:
   * lock-misuse (foreign, not held).
   */
  DOWNGRADE_WRITE = 101,
  /**
   * This task is queued on wait queue x, unless it is, and asleep from its next schedule() on:
   * prepare_to_wait. r[b]: WAIT_*. Blocks: never. Touches: the queue, the slot. Violates: as LOAD.
   */
  WAIT_PREPARE = 104,
  /**
   * This task leaves wait queue x, if it is there, and is awake: finish_wait. Blocks: never. Touches: the
   * queue, the slot. Violates: as LOAD.
   */
  WAIT_FINISH = 105,
  /**
   * Wakes who sleeps on wait queue x in a state of r[b] & 3: all, but of the exclusive ones only the first
   * r[b] >> 2, unless that is 0. Who is woken leaves the queue: wake_up. Blocks: never. Touches: the
   * queue, slots. Violates: as LOAD.
   */
  WAIT_WAKE = 106,
  /**
   * refcount_warn_saturate(x): the count saturates; r[b] is the Detail. Blocks: never. Touches: the count.
   * Violates: refcount.
   */
  REFCOUNT_WARN = 112,
  /**
   * dst = 1 where the task is inside a section of domain x, else 0. Blocks: never. Touches: nothing.
   * Violates: rcu-misuse (not initialised).
   */
  GP_READ_HELD = 113,
  /**
   * A barrier begins: it waits for the callbacks of domain x that are queued or running now. Blocks:
   * never. Touches: the slot. Violates: rcu-misuse (not initialised), lock-misuse (sleeping while atomic).
   */
  GP_BARRIER = 114,
  /**
   * As GP_BARRIER, for the callbacks that are running only. Blocks: never. Touches: the slot. Violates:
   * rcu-misuse (not initialised), lock-misuse (sleeping while atomic).
   */
  GP_FLUSH = 115,
  /**
   * dst = 1 and the timer of work r[b] runs, which queues it on workqueue x, or 0 where it is pending or
   * disabled: queue_delayed_work. Blocks: never. Touches: the work, a slot. Violates: as LOAD.
   */
  WORK_DELAY = 116,
  /**
   * dst = 1 where work r[b] was pending, else 0; it is taken off its queue or timer, and unless it is
   * disabled a timer runs that queues it on workqueue x: mod_delayed_work. Blocks: never. Touches: the
   * work, its slots. Violates: as LOAD.
   */
  WORK_REDELAY = 117,
  /**
   * Work r[b], which its caller marked as pending, is queued on workqueue x. Blocks: never. Touches: the
   * work, a slot. Violates: warn (x is being drained), as LOAD.
   */
  WORK_QUEUE_CLAIMED = 118,
  /**
   * dst = 1 where work x is queued or running, and the task begins to wait for the execution that was
   * queued last, else 0: flush_work. Blocks: never. Touches: the slot. Violates: lock-misuse (sleeping
   * while atomic), as LOAD.
   */
  WORK_FLUSH = 119,
  /**
   * As WORK_FLUSH, after a timer of x has expired: flush_delayed_work. Blocks: never. Touches: the work,
   * its workqueue, the slot. Violates: lock-misuse (sleeping while atomic), warn (its workqueue is being
   * drained), as LOAD.
   */
  WORK_FLUSH_DELAYED = 120,
  /**
   * One more disabling of work x; dst = 1 where it was pending and is no more, else 0: disable_work.
   * Blocks: never. Touches: the work, its slots. Violates: as LOAD.
   */
  WORK_DISABLE = 121,
  /**
   * As WORK_DISABLE, and the task begins to wait for the execution that was queued last. Blocks: never.
   * Touches: the work, its slots, the slot. Violates: lock-misuse (sleeping while atomic), as LOAD.
   */
  WORK_DISABLE_SYNC = 122,
  /**
   * A flush of workqueue x begins: it waits for the items that are queued or running now; dst = 1 where
   * there are any, else 0. Blocks: never. Touches: the slot. Violates: lock-misuse (sleeping while
   * atomic), as LOAD.
   */
  QUEUE_FLUSH = 123,

  // -- steps that may have to wait ---------------------------------------------------------------

  /**
   * mutex_lock(x). Blocks: while the mutex is held. Touches: the lock. Violates: lock-misuse (double lock,
   * sleeping while atomic).
   */
  MUTEX_LOCK = 128,
  /** spin_lock(x). Blocks: while the lock is held. Touches: the lock. Violates: lock-misuse (double lock). */
  SPIN_LOCK = 129,
  /**
   * The grace period of GP_START ends. Blocks: until every section open at its start has ended. Touches:
   * the domain, the slot. Violates: use-after-free (the domain).
   */
  GP_WAIT = 130,
  /**
   * A grace-period callback starts. Blocks: as GP_WAIT. Touches: the head. Violates: use-after-free (the
   * domain, the head).
   */
  CALLBACK_START = 131,
  /**
   * A kworker takes its work item. Blocks: until the item's turn on its workqueue, and while the same
   * queue executes the item. Touches: the work, the workqueue. Violates: use-after-free (the item, the
   * workqueue).
   */
  WORK_START = 132,
  /**
   * wait_for_completion(x). Blocks: until it is done. Touches: the completion. Violates: lock-misuse
   * (sleeping while atomic).
   */
  WAIT_COMPLETION = 134,
  /**
   * In the set-up: lets kworkers and callbacks run until none is left. Blocks: until then. Touches:
   * nothing. Violates: nothing.
   */
  SETTLE = 135,

  // From OP_FIRST_BLOCKING_PRIMITIVE on each goes to alt where its result is 0; without a result it is 0.

  /**
   * down_read(x). Blocks: while a writer holds rwsem x, or while readers hold it and a writer is queued.
   * Touches: the rwsem. Violates: lock-misuse (double lock, sleeping while atomic).
   */
  DOWN_READ = 144,
  /**
   * The second half of down_write(x), where RWSEM_QUEUE_WRITE said 0. Blocks: while rwsem x is held.
   * Touches: the rwsem. Violates: as LOAD.
   */
  RWSEM_WAIT_WRITE = 145,
  /**
   * schedule(), on wait queue x or none. Blocks: from WAIT_PREPARE until woken. Touches: the slot.
   * Violates: lock-misuse (sleeping while atomic).
   */
  WAIT_SLEEP = 146,
  /**
   * The wait that a barrier or flush began ends. Blocks: until each callback or execution that it found is
   * over, or was cancelled. Touches: the slot. Violates: nothing.
   */
  FLUSH_WAIT = 147,
}

/** Opcodes from here on are steps; those below are task-local. */
export const OP_FIRST_STEP = 48;
/** Opcodes from here on may block. */
export const OP_FIRST_BLOCKING = 128;
/**
 * Primitives of a uniform shape, dispatched in assembly/kernel/primitives.ts: at most x and r[b] in, a result
 * out, and alt is the way on where that is 0. Local ones to OP_FIRST_STEP, steps that never block to
 * OP_FIRST_BLOCKING, and those that may.
 */
export const OP_FIRST_LOCAL_PRIMITIVE = 42;
export const OP_FIRST_PRIMITIVE = 96;
export const OP_FIRST_BLOCKING_PRIMITIVE = 144;

// ---------------------------------------------------------------- verdicts

/** What a run did wrong. WARN goes on, the others end the run. */
export enum Violation {
  NONE = 0,
  WARN = 1,
  BUG = 2,
  USE_AFTER_FREE = 3,
  DOUBLE_FREE = 4,
  NULL_DEREF = 5,
  BAD_POINTER = 6,
  REFCOUNT = 7,
  LEAK = 8,
  DANGLING = 9,
  DEADLOCK = 10,
  LOCK_MISUSE = 11,
  RCU_MISUSE = 12,
  ASSERTION = 13,
  STEP_LIMIT = 14,
}

/** More about a violation, for the title. */
export enum Detail {
  NONE = 0,
  FROM_ZERO = 1,
  UNDERFLOW = 2,
  SATURATED = 3,
  DOUBLE_LOCK = 4,
  FOREIGN_UNLOCK = 5,
  SLEEPING_WHILE_ATOMIC = 6,
  HELD_AT_EXIT = 7,
  UNBALANCED = 8,
  OWN_GRACE_PERIOD = 9,
  STILL_READING = 10,
  DOUBLE_QUEUE = 11,
  DIVISION = 12,
  FREED_DURING_CALL = 13,
  NOT_AN_OBJECT = 14,
  LOCAL_LOOP = 15,
  KILLED_TWICE = 16,
  /** A decrement that must not be the last one was: the object leaks. */
  LEAKED = 32,
  /** A task ends with interrupts or softirqs off. */
  ATOMIC_AT_EXIT = 33,
  /** A task ends while it is queued on a wait queue. */
  QUEUED_AT_EXIT = 34,
  /** A grace-period domain that was never initialised, or was cleaned up. */
  NOT_INITIALISED = 24,
  /** Not by one of the queue's own items, on a workqueue that is being drained or destroyed. */
  QUEUE_DRAINING = 25,
}

/** How a run ended. */
export enum Outcome {
  RUNNING = 0,
  DONE = 1,
  VIOLATED = 2,
  /** An assume() failed: the run counts as no schedule of the scenario. */
  DROPPED = 3,
  /** A limit of the machine (slots, cells, objects, nesting) was reached: says nothing about the model. */
  LIMIT = 4,
}

export enum LimitKind {
  NONE = 0,
  TASKS = 1,
  CELLS = 2,
  OBJECTS = 3,
  NESTING = 4,
  TALLY = 5,
  SETUP_BLOCKED = 6,
}

// ---------------------------------------------------------------- modelled structs
// Cell offsets of the kernel structs whose state machines are primitives; models/include declares
// the same structs in C, and a test compares the two.

/** struct mutex, spinlock_t: holder's slot + 1, or 0. */
export const LOCK_OWNER = 0;
/**
 * struct rw_semaphore: the writer's slot + 1, RWSEM_READERS while read-held, or 0; how often each task holds
 * it for reading (bits 2 * slot and the next); the writers that are queued (bit slot); 1 where whoever wants
 * it spins, and must not sleep while he has it: rwlock_t.
 */
export const RWSEM_OWNER = 0;
export const RWSEM_READS = 1;
export const RWSEM_QUEUED = 2;
export const RWSEM_SPINS = 3;
export const RWSEM_READERS = 0x100;
/** Reads of one rwsem nested in one task. */
export const RWSEM_NESTING_MAX = 3;
/**
 * struct wait_queue_head: slots in order of the queue (4 bits each) in two words; how many, and in the upper
 * half which of them wait exclusively (bit 16 + slot).
 */
export const WAIT_ORDER = 0;
export const WAIT_COUNT = 2;
/** Modes of WAIT_PREPARE, the first two states that WAIT_WAKE looks for. */
export const WAIT_INTERRUPTIBLE = 1;
export const WAIT_UNINTERRUPTIBLE = 2;
export const WAIT_STATES = 3;
export const WAIT_EXCLUSIVE = 4;
/** struct gp_domain (RCU, srcu_struct ...): open sections (bit 16 * level + slot) in two words, flags. */
export const DOMAIN_SECTIONS = 0;
export const DOMAIN_FLAGS = 2;
/** Callbacks that are queued or running, and synchronize_*() under way. */
export const DOMAIN_PENDING = 3;
/** In DOMAIN_FLAGS: readers must not sleep (RCU). */
export const DOMAIN_ATOMIC = 1;
/** In DOMAIN_FLAGS: callbacks run in a context that must not sleep. */
export const DOMAIN_SOFTIRQ = 2;
/** In DOMAIN_FLAGS: initialised and not cleaned up. */
export const DOMAIN_READY = 4;
/** struct rcu_head: 1 while queued. */
export const HEAD_QUEUED = 0;
/** struct work_struct. */
export const WORK_FUNCTION = 0;
/** 1 while its timer runs or it is queued and not yet started. */
export const WORK_PENDING = 1;
/** Executions under way: more than one only where it was queued on several workqueues. */
export const WORK_RUNNING = 2;
/** disable_work() less enable_work(), and cancel_work_sync() under way: unless 0 it cannot be queued. */
export const WORK_DISABLED = 3;
/** struct workqueue_struct. */
export const QUEUE_MAX_ACTIVE = 0;
export const QUEUE_ACTIVE = 1;
export const QUEUE_WAITING = 2;
/** drain_workqueue() under way, destroy_workqueue() called: only the queue's own items may queue. */
export const QUEUE_DRAINERS = 3;
/** struct cgroup_subsys_state: references, then state. */
export const CSS_REFS = 0;
export const CSS_DEAD = 1;
/** struct completion. */
export const COMPLETION_DONE = 0;
/** complete_all leaves this in COMPLETION_DONE. */
export const COMPLETION_ALL = 0x7fffffff;
/** refcount_t sticks at this value once it went wrong, as in the kernel. */
export const REFCOUNT_SATURATED = 0xc0000000;

// ---------------------------------------------------------------- program image
//
// Words, in this order (all offsets in words from the image's start):
//
//   0 ABI_VERSION   4 checks         8 cells          12 liveness table
//   1 instructions  5 functions      9 objects        13 set-up's start jump
//   2 threads       6 registers a slot 10 reserved        14 reserved
//   3 always checks 7 registers a check 11 reserved    15 reserved
//  16 code            4 words each
//     threads         start jump of each
//     checks          start jump of each: the always checks first, then those at the end
//     functions       start jump of the function as a task (its argument in register 2), or 0
//     objects         4 words each: first cell, cells, class | OBJECT_* flags, allocating instruction
//     cells           initial value of each
//     frames          pointer to the frame of each slot, then of each check
//     liveness        for each instruction: where its set lies (a word's offset << 4) and its words (0..8)
//     sets            of registers that are read before they are written from that instruction on
//
// The last two say nothing that the code does not say, and are not part of the program's hash.

export const IMAGE_VERSION = 0;
export const IMAGE_INSTRUCTIONS = 1;
export const IMAGE_THREADS = 2;
export const IMAGE_ALWAYS = 3;
export const IMAGE_CHECKS = 4;
export const IMAGE_FUNCTIONS = 5;
export const IMAGE_REGISTERS = 6;
export const IMAGE_CHECK_REGISTERS = 7;
export const IMAGE_CELLS = 8;
export const IMAGE_OBJECTS = 9;
export const IMAGE_LIVENESS = 12;
export const IMAGE_SETUP = 13;
export const IMAGE_HEADER_WORDS = 16;

/** Of a word of the liveness table: how many words its set takes. */
export const LIVENESS_WORDS_BITS = 4;
export const LIVENESS_WORDS_MASK = 15;

/** Object words. */
export const OBJECT_WORDS = 4;
export const OBJECT_BASE = 0;
export const OBJECT_SIZE = 1;
/** Class in the low 16 bits, flags above. */
export const OBJECT_CLASS = 2;
/** While it lives: the instruction that allocated it; once freed: the one that freed it, in the high half. */
export const OBJECT_SITES = 3;
export const OBJECT_HEAP = 0x10000;
export const OBJECT_FREED = 0x20000;
export const OBJECT_LOCAL = 0x40000;

// ---------------------------------------------------------------- graph of states
//
// Where a step leads is one word. Its low four bits are the number of tasks that can step next, the others
// say where the node lies, in units of 8 bytes from the heap's beginning; 0 while nobody has taken the step.
// A node:
//
//    0      hash of the state (64 bits)
//    8      whence it was reached first: the word of that node or record, its low bits the rank of the step;
//           where schedules are drawn (schedule/walk.ts) the address of what pending steps touch, or 0
//    12     the slots that can step, a bit each; in the upper half the slots that live, or, where preemptions
//           are bounded, the slot that stepped last (5 bits, 31 for none) and how often somebody was
//           preempted
//    16     a word for each of them, in ascending order: where its step leads
//
// Nodes lie one behind the other, in the order in which they were met, each a multiple of 8 bytes long. A
// word whose low four bits are 0 leads to a record instead; records lie at the heap's end.
//
//    0      hash of the state, where it is an end without a violation
//    8      RECORD_NOTED: a step did something wrong and went on; RECORD_ENDED: the run has ended;
//           RECORD_CHOSEN: the step drew from choose(), or the set-up did
//    12     RECORD_NOTED: where the step leads; RECORD_ENDED: outcome | limit << 8; RECORD_CHOSEN: whence, as
//           in a node
//    16     number of notes or alternatives
//    20     each note (NOTE_BYTES: kind | detail << 8, site, class, other, task): what was wrong, by the
//           step or by the checks at the end; each alternative (ALTERNATIVE_BYTES: where it leads, one in
//           how many times, the word of its RECORD_CHOICES); or each choice
//
// Alternatives come in the order of their choices, the last choice counting fastest.

export const NODE_PARENT = 8;
export const NODE_SLOTS = 12;
export const NODE_EDGES = 16;
export const RECORD_KIND = 8;
export const RECORD_VALUE = 12;
export const RECORD_COUNT = 16;
export const RECORD_ITEMS = 20;
export const RECORD_NOTED = 1;
export const RECORD_ENDED = 2;
export const RECORD_CHOSEN = 3;
export const RECORD_CHOICES = 4;
/** Memory for something else, its bytes in RECORD_COUNT, from RECORD_ITEMS + 4 on. */
export const RECORD_TAKEN = 5;
export const NOTE_BYTES = 20;
export const ALTERNATIVE_BYTES = 12;

/** Most preemptions that an exploration can be bounded to: a node keeps their number. */
export const BOUND_MAX = 2000;

/** Why an exploration ended before every state was expanded. */
export enum Stopped {
  NO = 0,
  /** The graph's memory is full. */
  FULL = 1,
  /** A run may take more steps than allowed. */
  DEPTH = 2,
  /** A step draws more from choose() than can be enumerated. */
  CHOICES = 3,
}

// ---------------------------------------------------------------- strategies

export enum Strategy {
  REPLAY = 0,
  RANDOM = 1,
  /** The same distribution, drawn for many schedules side by side (assembly/lanes/). */
  LANES = 2,
  /** Random priorities, and points at which the highest falls. */
  PCT = 3,
  /** A random priority for each step, drawn anew where steps conflict. */
  POS = 4,
  /** A random walk that seldom preempts. */
  STICKY = 5,
  /** Tasks in proportion to the steps that they have left. */
  URW = 6,
  /** The order of steps on one cell is uniform, random priorities decide the rest. */
  SURW = 7,
  /** Several of them in turn: src/work/portfolio.ts. */
  PORTFOLIO = 8,
  /** STICKY's distribution, drawn as LANES does. */
  LANES_STICKY = 9,
  /** PCT's. */
  LANES_PCT = 10,
}

// Who draws, as one number, a member: the Strategy in the low byte; above it its parameter (PCT, LANES_PCT:
// the depth; STICKY, LANES_STICKY: percent); in the upper half, of PCT and LANES_PCT, the number of steps
// among which the change points are drawn, 0 for what runs of practice come to (schedule/practice.ts).
export const MEMBER_STRATEGY_MASK = 0xff;
export const MEMBER_PARAMETER_SHIFT = 8;
export const MEMBER_STEPS_SHIFT = 16;
/** Largest depth of PCT. */
export const PCT_DEPTH_MAX = 16;
/** Largest number of steps for PCT. */
export const PCT_STEPS_MAX = 65535;
/** STICKY: highest percentage. */
export const STICKY_MAX = 99;
