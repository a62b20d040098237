// A finding in the shape of a KCSAN report, for those whose eyes and scripts know it: two stacks, one for
// each side of the race. Names in the title are sorted, so that one pair has one title. KCSAN itself calls it
// "assert: race" where one side says that nobody else may be there (kfree() does), and "data-race" elsewhere;
// an access through READ_ONCE() and its kin is "(marked)".
//
// The last lines say that raceproof reports it, of a model: nobody shall take it for a kernel's log.

import { UsageError } from "../base/errors.ts";
import type {
  ModelName,
  RelatedPlace,
  SourcePlace,
  Trace,
  TraceRow,
  TraceViolation,
} from "../campaign/summary.ts";
import { scenarioName } from "./evidence.ts";
import { clean } from "./text.ts";

const RULE = "=".repeat(66);

/** One access, with the functions that led there, innermost first. */
interface Side {
  readonly what: string;
  readonly task: string;
  readonly frames: readonly SourcePlace[];
}

/** Throws a UsageError where the violation has not two sides. */
export function renderKcsan(model: ModelName, version: string, trace: Trace): string {
  const two = trace.violations.map((v) => sidesOf(trace, v)).find((sides) => sides !== undefined);
  if (two === undefined) throw unfit(trace);
  const { violation, mine, other, assert } = two;
  const names = [mine, other].map((side) => clean(side.frames[0]!.function)).sort();
  const lines = [
    RULE,
    `BUG: KCSAN: ${assert ? "assert: race" : "data-race"} in ${names.join(" / ")}`,
    "",
    ...sideLines(other, violation),
    "",
    ...sideLines(mine, violation),
    "",
  ];
  const read = clean(violation.read ?? "");
  if (read !== "") lines.push(`value read: ${read}`, "");
  lines.push(
    `Reported by raceproof ${clean(version)} on:`,
    `model ${clean(model.name)}, scenario ${scenarioName(model.scenario)}, program ${clean(model.hash)}`,
    "(a model under sequential consistency, not a running kernel)",
    RULE,
  );
  return `${lines.join("\n")}\n`;
}

function unfit(trace: Trace): UsageError {
  const [first] = trace.violations;
  const what =
    first === undefined
      ? "there is no violation"
      : `"${clean(first.title)}" has no access of another task on its other side`;
  const hint = first?.kind === "deadlock" ? "for a deadlock: --format lockdep" : "--format mail takes all";
  return new UsageError(`--format kcsan shows two racing accesses, and ${what}`, hint);
}

interface Sides {
  readonly violation: TraceViolation;
  readonly mine: Side;
  readonly other: Side;
  /** The other side freed the object, or a check failed: no plain data race. */
  readonly assert: boolean;
}

const FREES = new Set(["freed by", "first freed by"]);

function sidesOf(trace: Trace, violation: TraceViolation): Sides | undefined {
  const related = violation.related.find(({ role }) => FREES.has(role) || role === "stored by");
  const at = trace.rows.findIndex((row) => row.violations.includes(trace.violations.indexOf(violation)));
  if (related === undefined || at < 0 || related.task === violation.task) return undefined;
  const row = trace.rows[at]!;
  const frees = FREES.has(related.role);
  const there = lastRowAt(trace, at, related);
  const frames = there === undefined ? [related.place] : framesOf(there);
  if (frames[0]!.function === "" || row.place.function === "") return undefined;
  return {
    violation,
    mine: { what: accessOf(row.text), task: violation.task, frames: framesOf(row) },
    other: {
      what: frees ? "assert no accesses to" : accessOf(there?.text ?? related.place.text),
      task: related.task,
      frames,
    },
    assert: frees || STATED.has(violation.kind),
  };
}

const STATED: ReadonlySet<TraceViolation["kind"]> = new Set(["warn", "bug", "assertion"]);

function lastRowAt(trace: Trace, before: number, { task, place }: RelatedPlace): TraceRow | undefined {
  return trace.rows.slice(0, before).findLast((row) => {
    const same = row.place.file === place.file && row.place.line === place.line;
    return same && trace.tasks[row.task]?.label === task;
  });
}

/** Each place with the function that it is in. */
function framesOf({ place, callers }: TraceRow): SourcePlace[] {
  return [place, ...callers];
}

/** "read (marked) to", in KCSAN's words. */
function accessOf(text: string): string {
  const marked = /^\W*(READ_ONCE|WRITE_ONCE|rcu_|smp_|atomic|refcount_|x?cmpxchg|xchg|test_|set_|clear_)/;
  const mark = marked.test(text.replace(/^[\w\s>.*()[\]-]+ = /, "")) ? " (marked)" : "";
  return `${directionOf(text)}${mark} to`;
}

function directionOf(text: string): string {
  if (/\+\+|--|[-+|&^]=|\b(atomic\w*_(inc|dec|add|sub)|refcount_(inc|dec|add|sub)|\w*xchg)/.test(text)) {
    return "read-write";
  }
  const stores = /^(WRITE_ONCE|smp_store|rcu_assign_pointer|RCU_INIT_POINTER|atomic\w*_set|set_|clear_)/;
  // `a->b = c`: a local on the left, as in `p = READ_ONCE(x)`, is no shared write.
  return stores.test(text) || /^[^=]*(->|\.|\*|\[)[^=]* = [^=]/.test(text) ? "write" : "read";
}

function sideLines({ what, task, frames }: Side, violation: TraceViolation): string[] {
  const object = clean(violation.read?.replace(/ = .*$/, "") ?? violation.object);
  const head = `${what} ${object === "" ? "memory" : object} by task ${clean(task)}:`;
  return [head, ...frames.map((frame) => ` ${clean(frame.function)} ${clean(frame.file)}:${frame.line}`)];
}
