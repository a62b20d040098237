// The words of a report: what each kind of violation is called at its step and what its places are called.
// They are the words of the kernel's own reports (KASAN, lockdep, refcount_t).

import type { RelatedPlace, TraceViolation, ViolationKind } from "../campaign/summary.ts";
import { clean } from "./text.ts";

interface KindWords {
  /** After `***` at the offending step. */
  readonly mark: string;
  /** Before the place of the offending step in the list below. */
  readonly at: string;
}

const WORDS: Readonly<Record<ViolationKind, KindWords>> = {
  warn: { mark: "WARN", at: "WARN at" },
  bug: { mark: "BUG", at: "BUG at" },
  "use-after-free": { mark: "use-after-free", at: "access" },
  "double-free": { mark: "double free", at: "second free" },
  "null-deref": { mark: "NULL pointer dereference", at: "access" },
  "bad-pointer": { mark: "bad pointer", at: "access" },
  refcount: { mark: "refcount", at: "refcount at" },
  leak: { mark: "LEAK", at: "check" },
  dangling: { mark: "DANGLING POINTER", at: "check" },
  deadlock: { mark: "DEADLOCK", at: "last step" },
  "lock-misuse": { mark: "lock misuse", at: "at" },
  "rcu-misuse": { mark: "RCU misuse", at: "at" },
  assertion: { mark: "ASSERTION FAILED", at: "assertion" },
  "step-limit": { mark: "STEP LIMIT", at: "last step" },
};

/** "use-after-free: bpf_oom_ops#1"; what exactly a refcount or a lock suffered is taken from the title. */
export function markOf(v: TraceViolation): string {
  const { mark } = WORDS[v.kind];
  if (v.kind === "refcount" || v.kind === "lock-misuse" || v.kind === "rcu-misuse") {
    // Titles read "refcount_t: underflow; use-after-free in f(): object".
    return clean(v.title).split(/; | in [A-Za-z_]\w*\(\)/)[0] || mark;
  }
  if (v.object === "" || STATED.includes(v.kind)) return mark;
  return `${mark}: ${clean(v.object)}`;
}

/** Their statement says it all. */
const STATED: readonly ViolationKind[] = ["warn", "bug", "assertion", "deadlock", "step-limit"];

export function placeWord(kind: ViolationKind): string {
  return WORDS[kind].at;
}

/** One line a kind, for those who list them. */
export const KIND_TEXTS: Readonly<Record<ViolationKind, string>> = {
  warn: "A WARN_ON() of the code fired",
  bug: "A BUG_ON() of the code fired, or a division by zero",
  "use-after-free": "Freed memory was accessed",
  "double-free": "Memory was freed a second time",
  "null-deref": "An access through a NULL pointer",
  "bad-pointer": "An access through a pointer that points to no object",
  refcount: "A reference count went from zero, below zero, or saturated",
  leak: "An object or a reference was left at the end",
  dangling: "A published pointer points to freed memory at the end",
  deadlock: "Tasks wait for each other for ever",
  "lock-misuse": "A lock was taken twice, released by another, or held where it must not be",
  "rcu-misuse": "A read-side section or a grace period was used wrongly",
  assertion: "A check of the scenario failed",
  "step-limit": "A schedule did not end within the steps allowed",
};

export function waitsFor(related: RelatedPlace): boolean {
  return related.role.startsWith("wait");
}

/** When that went wrong, where it was in no step of a thread. */
export function whenOf({ task }: TraceViolation): string {
  return task === "set-up" ? "in the set-up" : "at the end";
}
