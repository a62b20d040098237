// Calls that the lowering itself knows, by name. A function of the same name that the model defines wins over
// them.

import { intValue, load, NOTHING, store, truth, type Value } from "./access.ts";
import type { Call } from "./ast.ts";
import { atomicCall, exchangeCall, isAtomic } from "./atomics.ts";
import type { Context } from "./context.ts";
import { value, type Wanted } from "./expressions.ts";
import { allocation } from "./heap.ts";
import {
  bitOperation,
  bug,
  choose,
  dangles,
  expressionArgument,
  fence,
  leaks,
  loadOf,
  lockdepAssert,
  lockdepAssertWrite,
  lockdepHeld,
  passThrough,
  pointee,
  refcountCell,
  replacePointer,
  scenarioOnly,
  storeOf,
  testBit,
  verdict,
  warn,
} from "./marked.ts";
import { fail, wrongCount } from "./unit.ts";

export type Handler = (c: Context, e: Call, wanted: Wanted, name: string) => Value;

interface Builtin {
  /** Fewest and most arguments. */
  readonly args: readonly [number, number];
  readonly call: Handler;
}

const MANY = 100;

export function isBuiltin(name: string): boolean {
  return TABLE.has(name) || isAtomic(name) || IGNORED.test(name);
}

/** Messages: their arguments are not even evaluated, as with the messages compiled out. */
const IGNORED =
  /^(pr_\w+|dev_(dbg|info|notice|warn|err|crit|emerg|alert)\w*|printk\w*|trace_\w+|netdev_\w+)$/;

export function builtinCall(c: Context, name: string, e: Call, wanted: Wanted): Value {
  const builtin = TABLE.get(name);
  if (builtin !== undefined) {
    const [low, high] = builtin.args;
    if (e.args.length < low || e.args.length > high) {
      const takes = low === high ? `${low}` : high === MANY ? `at least ${low}` : `${low} to ${high}`;
      fail(e, wrongCount(`'${name}'`, takes, e.args.length));
    }
    return builtin.call(c, e, wanted, name);
  }
  if (isAtomic(name)) return atomicCall(c, name, e);
  return NOTHING;
}

const one = (call: Handler): Builtin => ({ args: [1, 1], call });

const two = (call: Handler): Builtin => ({ args: [2, 2], call });

const three = (call: Handler): Builtin => ({ args: [3, 3], call });

const none = (call: Handler): Builtin => ({ args: [0, 0], call });

const TABLE: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["READ_ONCE", one(loadOf("once"))],
  ["WRITE_ONCE", two(storeOf("once"))],
  ["smp_load_acquire", one((c, e) => load(c, pointee(c, e), e, "acquire"))],
  [
    "smp_store_release",
    two((c, e) => {
      const lv = pointee(c, e);
      store(c, lv, value(c, expressionArgument(e, 1), { type: lv.type }), e, "release");
      return NOTHING;
    }),
  ],
  ["rcu_dereference", one(loadOf("rcu"))],
  ["rcu_dereference_raw", one(loadOf("rcu"))],
  ["rcu_dereference_bh", one(loadOf("rcu"))],
  ["rcu_dereference_sched", one(loadOf("rcu"))],
  ["rcu_dereference_all", one(loadOf("rcu"))],
  ["rcu_dereference_check", two(loadOf("rcu"))],
  ["rcu_dereference_bh_check", two(loadOf("rcu"))],
  ["rcu_dereference_protected", two(loadOf("plain"))],
  ["srcu_dereference", two(loadOf("rcu"))],
  ["srcu_dereference_check", three(loadOf("rcu"))],
  ["rcu_access_pointer", one(loadOf("once"))],
  ["rcu_assign_pointer", two(storeOf("release"))],
  ["RCU_INIT_POINTER", two(storeOf("plain"))],
  ["rcu_replace_pointer", three(replacePointer)],
  ["smp_mb", none(fence("mb"))],
  ["smp_rmb", none(fence("rmb"))],
  ["smp_wmb", none(fence("wmb"))],
  ["WARN_ON", one(warn)],
  ["WARN_ON_ONCE", one(warn)],
  ["WARN", { args: [1, MANY], call: warn }],
  ["WARN_ONCE", { args: [1, MANY], call: warn }],
  ["BUG_ON", one(bug)],
  ["BUG", none(bug)],
  ["likely", one(passThrough)],
  ["unlikely", one(passThrough)],
  ["choose", one(choose)],
  ["assume", one(verdict("assume"))],
  ["assert", one(verdict("assert"))],
  ["thread", { args: [0, MANY], call: scenarioOnly }],
  ["at_end", { args: [0, MANY], call: scenarioOnly }],
  ["always", { args: [0, MANY], call: scenarioOnly }],
  ["lockdep_assert_held", one(lockdepAssert)],
  ["lockdep_assert_held_write", one(lockdepAssertWrite)],
  ["lockdep_assert_held_read", one(lockdepAssert)],
  ["lockdep_is_held", one((c, e) => truth(c, lockdepHeld(c, e), e))],
  ["dangles", one(dangles)],
  ["leaks", none(leaks)],
  ["xchg", two(exchangeCall)],
  ["cmpxchg", three(exchangeCall)],
  ["try_cmpxchg", three(exchangeCall)],
  ["set_bit", two(bitOperation("or", false))],
  ["clear_bit", two(bitOperation("and", false))],
  ["change_bit", two(bitOperation("xor", false))],
  ["clear_bit_unlock", two(bitOperation("and", false))],
  ["test_bit", two(testBit)],
  ["test_and_set_bit", two(bitOperation("or", true))],
  ["test_and_set_bit_lock", two(bitOperation("or", true))],
  ["test_and_clear_bit", two(bitOperation("and", true))],
  ["test_and_change_bit", two(bitOperation("xor", true))],
  ["refcount_read", one((c, e) => load(c, refcountCell(c, e), e, "once"))],
  [
    "refcount_set",
    two((c, e) => {
      const lv = refcountCell(c, e);
      store(c, lv, value(c, expressionArgument(e, 1)), e, "once");
      return NOTHING;
    }),
  ],
  ["kzalloc", two(allocation)],
  ["kmalloc", two(allocation)],
  ["kvzalloc", two(allocation)],
  ["kvmalloc", two(allocation)],
  ["kcalloc", three(allocation)],
  ["kmalloc_array", three(allocation)],
  ["kzalloc_obj", { args: [1, 2], call: allocation }],
  ["kmalloc_obj", { args: [1, 2], call: allocation }],
  ["kvzalloc_obj", { args: [1, 2], call: allocation }],
  ["kzalloc_objs", { args: [2, 3], call: allocation }],
  ["kmalloc_objs", { args: [2, 3], call: allocation }],
  ["barrier", none(() => NOTHING)],
  ["cond_resched", none(() => NOTHING)],
  ["cpu_relax", none(() => NOTHING)],
  ["rcu_read_lock_held", none(() => intValue(1))],
  ["static_assert", { args: [1, 2], call: () => NOTHING }],
  ["typecheck", two(() => intValue(1))],
  ["__builtin_unreachable", none(bug)],
  ["__builtin_trap", none(bug)],
]);
