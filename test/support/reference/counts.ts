// Reference counts of the reference interpreter: refcount_t, which saturates when it goes wrong, and the
// percpu reference of a cgroup_subsys_state, whose base reference a kill does not drop.

import { CSS_DEAD, CSS_REFS, Detail, REFCOUNT_SATURATED, Violation } from "../../../assembly/abi.ts";
import { signed, unsigned } from "./arithmetic.ts";
import type { Cell } from "./memory.ts";
import { cellAt, type State, type Task, violate, warn } from "./state.ts";

function saturate(state: State, task: Task, count: Cell, detail: Detail): never {
  count.value = REFCOUNT_SATURATED;
  return violate(state, task, Violation.REFCOUNT, detail, count.object);
}

/** A count that went wrong before, or goes wrong with one more. */
function overflows(count: Cell): boolean {
  return signed(count.value) < 0 || count.value === 0x7fffffff;
}

export function refcountInc(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const count = cellAt(state, task, pointer);
  if (count.value === 0) saturate(state, task, count, Detail.FROM_ZERO);
  if (overflows(count)) saturate(state, task, count, Detail.SATURATED);
  count.value = unsigned(count.value + 1);
  return 0;
}

export function refcountIncNotZero(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const count = cellAt(state, task, pointer);
  if (count.value === 0) return 0;
  if (overflows(count)) saturate(state, task, count, Detail.SATURATED);
  count.value = unsigned(count.value + 1);
  return 1;
}

export function refcountDecAndTest(state: State, task: Task, [pointer = 0]: readonly number[]): number {
  const count = cellAt(state, task, pointer);
  if (count.value === 0) saturate(state, task, count, Detail.UNDERFLOW);
  if (signed(count.value) < 0) saturate(state, task, count, Detail.SATURATED);
  count.value = unsigned(count.value - 1);
  return count.value === 0 ? 1 : 0;
}

export function refcountWarn(state: State, task: Task, [pointer = 0, how = 0]: readonly number[]): number {
  return saturate(state, task, cellAt(state, task, pointer), how);
}

/** A css is checked as a whole, whichever of its cells is wanted. */
function cssAt(state: State, task: Task, css: number): { readonly refs: Cell; readonly dead: Cell } {
  return { refs: cellAt(state, task, css + CSS_REFS), dead: cellAt(state, task, css + CSS_DEAD) };
}

export function cssTryget(state: State, task: Task, [css = 0]: readonly number[]): number {
  const { refs } = cssAt(state, task, css);
  if (refs.value === 0) return 0;
  refs.value = unsigned(refs.value + 1);
  return 1;
}

export function cssTrygetOnline(state: State, task: Task, [css = 0]: readonly number[]): number {
  const { refs, dead } = cssAt(state, task, css);
  if (dead.value !== 0 || refs.value === 0) return 0;
  refs.value = unsigned(refs.value + 1);
  return 1;
}

export function cssGet(state: State, task: Task, [css = 0]: readonly number[]): number {
  const { refs } = cssAt(state, task, css);
  if (refs.value === 0) violate(state, task, Violation.REFCOUNT, Detail.FROM_ZERO, refs.object);
  refs.value = unsigned(refs.value + 1);
  return 0;
}

export function cssPut(state: State, task: Task, [css = 0]: readonly number[]): number {
  const { refs } = cssAt(state, task, css);
  if (refs.value === 0) violate(state, task, Violation.REFCOUNT, Detail.UNDERFLOW, refs.object);
  refs.value = unsigned(refs.value - 1);
  return refs.value === 0 ? 1 : 0;
}

export function cssKill(state: State, task: Task, [css = 0]: readonly number[]): number {
  const { dead } = cssAt(state, task, css);
  if (dead.value !== 0) warn(state, task, Detail.KILLED_TWICE, dead.object);
  dead.value = 1;
  return 0;
}
