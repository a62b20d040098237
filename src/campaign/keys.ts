// Dedupe keys and titles: which raw violations are one finding, and what it is called in kernel words.
// Key = kind + place of the offending step + object class + place of the other side; never the schedule.

import { Detail, SLOT_ALONE, Violation } from "../../assembly/abi.ts";
import type { RawFinding, RawTally, RawViolation } from "../engine/engine.ts";
import type { Check, Place, PlaceId } from "../model/ir.ts";
import type { Program } from "../model/program.ts";
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

export function kindName(kind: number): ViolationKind {
  const name = KINDS[kind];
  if (name === null || name === undefined) throw new RangeError(`the engine reports violation kind ${kind}`);
  return name;
}

/** The always() or at_end() that failed, where it was one: checks run alone and carry their source text. */
export function checkOf(program: Program, raw: Raw & { readonly task: number }): Check | undefined {
  if (raw.task !== SLOT_ALONE) return undefined;
  const text = sitePlace(program, raw.site)?.text;
  return program.symbols.checks.find((check) => check.text === text);
}

export function keyOf(program: Program, raw: Raw): string {
  const { symbols } = program;
  const place = sitePlace(program, raw.site);
  // Where a run that never ends happens to be cut off is chance: its function is all that tells it apart.
  const at = raw.kind === Violation.STEP_LIMIT ? (place?.function ?? "") : placeKey(place);
  const object = symbols.classes[raw.class]?.name ?? "";
  const other = raw.other < 0 ? "" : placeKey(sitePlace(program, raw.other));
  return [kindName(raw.kind), at, object, other].join(" | ");
}

function placeKey(place: SourcePlace | undefined): string {
  return place === undefined ? "" : `${place.file}:${place.line}:${place.column} ${place.function}()`;
}

/** Findings of one key: the raw findings at different instructions of the same source are one. */
export interface FindingGroup {
  readonly key: string;
  readonly kind: ViolationKind;
  readonly title: string;
  readonly raw: RawFinding;
  readonly count: number;
  readonly first: number;
}

/** Ordered by the schedule that showed each first, then by key. */
export function groupFindings(program: Program, tally: RawTally): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const raw of tally.findings) {
    const key = keyOf(program, raw);
    const known = groups.get(key);
    const earlier = known === undefined || raw.first < known.first ? raw : known.raw;
    groups.set(key, {
      key,
      kind: kindName(raw.kind),
      title: titleOf(program, earlier),
      raw: earlier,
      // One schedule may show a key at two instructions (a WARN goes on): never more than all schedules.
      count: Math.min((known?.count ?? 0) + raw.count, tally.schedules),
      first: earlier.first,
    });
  }
  return [...groups.values()].sort((a, b) => a.first - b.first || (a.key < b.key ? -1 : 1));
}

/**
 * The source place of an instruction as the code under test sees it: macros and wrappers of the kernel's
 * headers (models/include) are left out, so that a finding names their caller. Undefined where there is none.
 */
export function sitePlace(program: Program, site: number): SourcePlace | undefined {
  const id = program.sourceMap[site];
  if (id === undefined || id < 0) return undefined;
  const frames = placesOf(program, id);
  return frames.find((place) => !isHeader(place.file)) ?? frames[0];
}

/** The place and the calls it was inlined through, innermost first. */
export function placesOf(program: Program, id: PlaceId): SourcePlace[] {
  const { files, places } = program.symbols;
  const frames: SourcePlace[] = [];
  const seen = new Set<PlaceId>();
  for (let at = id; at >= 0 && !seen.has(at); ) {
    seen.add(at);
    const place: Place | undefined = places[at];
    if (place === undefined) break;
    const { line, column, text } = place;
    frames.push({ file: files[place.file] ?? "?", line, column, function: place.function, text });
    at = place.caller;
  }
  return frames;
}

/** What the kernel composes of primitives (models/lib) counts as code under test, whatever it is called. */
function isHeader(file: string): boolean {
  return /\.h$/.test(file) && !/(^|\/)lib\//.test(file);
}

/** "use-after-free in bpf_oom_memcg_offline(): bpf_oom_ops". */
export function titleOf(program: Program, raw: Raw & { readonly task: number }): string {
  const { symbols } = program;
  const place = sitePlace(program, raw.site);
  const where = place === undefined || place.function === "" ? "" : ` in ${place.function}()`;
  const text = place?.text ?? "";
  const object = symbols.classes[raw.class]?.name ?? text;
  const check = checkOf(program, raw);
  switch (raw.kind) {
    case Violation.WARN:
      if (raw.detail === Detail.KILLED_TWICE) return colon(`WARNING${where}`, `${object} killed twice`);
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
      return colon(
        check === undefined ? `assertion failed${where}` : `${check.kind}() failed${where}`,
        check?.text ?? text,
      );
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
    default:
      return "RCU misuse";
  }
}
