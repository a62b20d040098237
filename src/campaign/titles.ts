// What a violation is called, in kernel words: what happened in which function to what, and who was on the
// other side: "use-after-free in map_lookup(): bpf_map, freed by map_free()".

import { Detail, SLOT_ALONE, Violation } from "../../assembly/abi.ts";
import type { RawViolation } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { isOfCheck, sitePlace } from "./places.ts";
import type { SourcePlace, ViolationKind } from "./summary.ts";

const KINDS: readonly (ViolationKind | null)[] = [
  null,
  "warn",
  "bug",
  "use-after-free",
  "double-free",
  "null-deref",
  "bad-pointer",
  "refcount",
  "leak",
  "dangling",
  "deadlock",
  "lock-misuse",
  "rcu-misuse",
  "assertion",
  "step-limit",
];

/** What a raw finding and a raw violation have in common. */
export type Raw = Pick<RawViolation, "kind" | "detail" | "site" | "class" | "other">;
type RawTask = Raw & { readonly task: number };

export function kindName(kind: number): ViolationKind {
  const name = KINDS[kind];
  if (name === null || name === undefined) throw new RangeError(`the engine reports violation kind ${kind}`);
  return name;
}

/**
 * What went wrong where, and who did what made it go wrong. `read` is the name of the cell that a failed
 * check looked at, where that is known.
 */
export function titleOf(program: Program, raw: RawTask, read = ""): string {
  const neverSet = raw.other < 0 && read !== "" ? `${read} never set` : "";
  const other = otherSide(program, raw) || neverSet;
  return other === "" ? eventOf(program, raw) : `${eventOf(program, raw)}, ${other}`;
}

/**
 * Coarser than the key: a reader takes findings of one group for one bug, such as two reads of one freed
 * object in the same function. It is the title, and the other side's function where the title does not name
 * it; of an always() or at_end() the title alone, whoever stored last to what it looked at last. Like the key
 * it does not say whether an object was freed before a call or during it: which comes first is chance.
 */
export function groupOf(program: Program, raw: RawTask): string {
  const during = raw.kind === Violation.USE_AFTER_FREE && raw.detail === Detail.FREED_DURING_CALL;
  const title = titleOf(program, during ? { ...raw, detail: Detail.NONE } : raw);
  const other = isAlone(program, raw) ? "" : (otherPlace(program, raw)?.function ?? "");
  return other === "" || otherSide(program, raw) !== "" ? title : `${title} | ${other}()`;
}

/** The set-up, or a check: of that lanes do not say who ran it. */
function isAlone(program: Program, raw: RawTask): boolean {
  return raw.task === SLOT_ALONE || isOfCheck(program, raw.site);
}

function otherPlace(program: Program, raw: Raw): SourcePlace | undefined {
  return raw.other < 0 ? undefined : sitePlace(program, raw.other);
}

/** "freed by map_free()", "memcg->ops cleared by offline()"; "" where no other side is known to matter. */
function otherSide(program: Program, raw: RawTask): string {
  const place = otherPlace(program, raw);
  if (place === undefined || place.function === "") return "";
  switch (raw.kind) {
    case Violation.USE_AFTER_FREE:
    case Violation.DOUBLE_FREE:
    case Violation.DANGLING:
      return `freed by ${place.function}()`;
    case Violation.WARN:
    case Violation.BUG:
    case Violation.ASSERTION:
      // Who stored last to what the check looked at last: of a whole invariant that says little.
      return isAlone(program, raw) ? "" : `${storeText(place.text)} by ${place.function}()`;
    default:
      return "";
  }
}

/** Stores that name what they store to first and the new value last. */
const SETTER =
  /^(?:WRITE_ONCE|smp_store_\w+|rcu_assign_pointer|RCU_INIT_POINTER|\w*xchg|atomic\w*_set)\((.+), ([^,]+)\)$/;

/** A store's text, as what it did: `WRITE_ONCE(memcg->ops, NULL)` gives "memcg->ops cleared". */
function storeText(text: string): string {
  const [, target, value] = SETTER.exec(text) ?? /^([^=]+?) = ([^=]+)$/.exec(text) ?? [];
  if (target === undefined) return "set";
  return `${target.replace(/^&/, "")} ${/^(NULL|0|false)$/.test(value!) ? "cleared" : "set"}`;
}

function eventOf(program: Program, raw: RawTask): string {
  const { symbols } = program;
  const place = sitePlace(program, raw.site);
  const where = place === undefined || place.function === "" ? "" : ` in ${place.function}()`;
  const text = place?.text ?? "";
  const object = symbols.classes[raw.class]?.name ?? text;
  switch (raw.kind) {
    case Violation.WARN:
      if (raw.detail === Detail.KILLED_TWICE) return colon(`WARNING${where}`, `${object} killed twice`);
      if (raw.detail === Detail.QUEUE_DRAINING) {
        return colon(`WARNING${where}`, "work queued on a workqueue that is being drained");
      }
      return colon(`WARNING${where}`, text);
    case Violation.BUG:
      return colon(raw.detail === Detail.DIVISION ? `divide error${where}` : `kernel BUG${where}`, text);
    case Violation.USE_AFTER_FREE:
      if (raw.detail === Detail.FREED_DURING_CALL) {
        return colon(`use-after-free${where}`, `${object} freed during the call`);
      }
      return colon(`use-after-free${where}`, object);
    case Violation.DOUBLE_FREE:
      return colon(`double-free${where}`, object);
    case Violation.NULL_DEREF:
      return colon(`null-ptr-deref${where}`, text);
    case Violation.BAD_POINTER:
      return colon(
        raw.detail === Detail.NOT_AN_OBJECT ? `bad pointer (no object)${where}` : `bad pointer${where}`,
        text,
      );
    case Violation.REFCOUNT:
      return colon(`${refcountTitle(raw.detail)}${where}`, object);
    case Violation.LEAK:
      return colon("leak at the end", text);
    case Violation.DANGLING:
      return colon("dangling pointer at the end", object === text ? text : `${object}, ${text}`);
    case Violation.DEADLOCK:
      return colon(`deadlock${where}`, text);
    case Violation.LOCK_MISUSE:
      return colon(`${lockTitle(raw.detail)}${where}`, text);
    case Violation.RCU_MISUSE:
      return colon(`${rcuTitle(raw.detail)}${where}`, text);
    case Violation.ASSERTION:
      return colon(`assertion failed${where}`, text);
    case Violation.STEP_LIMIT:
      return colon(
        raw.detail === Detail.LOCAL_LOOP ? `endless loop${where}` : `no end within the step limit${where}`,
        text,
      );
    default:
      return kindName(raw.kind);
  }
}

function colon(head: string, tail: string): string {
  return tail === "" ? head : `${head}: ${tail}`;
}

/** The words of lib/refcount.c. */
function refcountTitle(detail: number): string {
  switch (detail) {
    case Detail.FROM_ZERO:
      return "refcount_t: addition on 0; use-after-free";
    case Detail.UNDERFLOW:
      return "refcount_t: underflow; use-after-free";
    case Detail.LEAKED:
      return "refcount_t: decrement hit 0; leaking memory";
    case Detail.SATURATED:
      return "refcount_t: saturated; leaking memory";
    default:
      return "refcount_t: wrong use";
  }
}

function lockTitle(detail: number): string {
  switch (detail) {
    case Detail.DOUBLE_LOCK:
      return "lock taken twice";
    case Detail.FOREIGN_UNLOCK:
      return "unlock of a lock that the task does not hold";
    case Detail.SLEEPING_WHILE_ATOMIC:
      return "sleeping function called from invalid context";
    case Detail.HELD_AT_EXIT:
      return "lock held at exit";
    case Detail.UNBALANCED:
      return "softirqs enabled that were not disabled";
    case Detail.ATOMIC_AT_EXIT:
      return "interrupts or softirqs off at exit";
    case Detail.QUEUED_AT_EXIT:
      return "still on a wait queue at exit";
    default:
      return "lock misuse";
  }
}

function rcuTitle(detail: number): string {
  switch (detail) {
    case Detail.UNBALANCED:
      return "unbalanced read-side section";
    case Detail.OWN_GRACE_PERIOD:
      return "grace period awaited inside its own reader";
    case Detail.STILL_READING:
      return "read-side section open at exit";
    case Detail.DOUBLE_QUEUE:
      return "callback head queued twice";
    case Detail.NOT_INITIALISED:
      return "domain not initialised, or cleaned up";
    default:
      return "RCU misuse";
  }
}
