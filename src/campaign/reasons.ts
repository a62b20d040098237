// Why a finding happens, and what keeps a scenario from violating: the part of summary.ts that says so.
// Reports know it from there.

import type { Finding, SourcePlace } from "./summary.ts";

/** A step as all schedules of a scenario have it: the n-th time that the task is at the place. */
export interface OrderedStep {
  /** As it heads a column; kworkers and callbacks of one function are one task. */
  readonly task: string;
  readonly place: SourcePlace;
  /** The step itself, where it is part of what a kernel's header makes of the place. */
  readonly step?: SourcePlace;
  /** From 1. */
  readonly nth: number;
}

/**
 * Why a schedule shows a finding: the fewest orders between steps that force it. Every schedule that ends
 * and in which `after` does not happen before `before` has happened, for each of them, shows the finding.
 */
export interface Necessity {
  /** None: every schedule that ends shows it. Null where they are not known, see `reason`. */
  readonly orders: readonly { readonly before: OrderedStep; readonly after: OrderedStep }[] | null;
  /** Why no orders are given; null where they are. */
  readonly reason: string | null;
}

/** What keeps a scenario from violating; "check": whether an object is dying is looked at. */
export type ProtectionKind = "lock" | "section" | "grace-period" | "reference" | "atomic" | "wait" | "check";

/** One place of the source that may protect, and what came of leaving it out. */
export interface ProtectionSite {
  readonly protection: ProtectionKind;
  readonly place: SourcePlace;
  /** Other places that were changed with it: where it is given back. */
  readonly others: readonly SourcePlace[];
  /**
   * "needed": without it something goes wrong. "not-needed": no schedule violates without it. "unknown": not
   * every schedule without it was looked at. "not-tried": it cannot be left out alone.
   */
  readonly verdict: "needed" | "not-needed" | "unknown" | "not-tried";
  /** Why it is unknown, or was not tried; null for the others. */
  readonly reason: string | null;
  /** Of what goes wrong without it, that with the simplest schedule; null where there is nothing. */
  readonly loss: ProtectionLoss | null;
  /** Other things that go wrong without it. */
  readonly otherLosses: number;
}

/** A finding of the program without a protection: its schedule does not replay on the program itself. */
export type ProtectionLoss = Pick<
  Finding,
  "key" | "kind" | "title" | "function" | "file" | "line" | "task" | "preemptions" | "steps" | "trace"
>;
