// A run told so that a reader can step through it: what each step read and wrote, the state of every object,
// where every task stands, what it holds and waits for, who saw whose write. Plain values, from which
// src/report draws; reports know them through summary.ts. Steps are counted from 0 here, as in Trace.rows; -1
// is the set-up, before the first of them.

import type { SourcePlace, Trace } from "./summary.ts";

export interface StoryObject {
  /** "mem_cgroup#1", "cgroup_mutex". */
  readonly name: string;
  /** Struct tag or type; "" where it has none. */
  readonly class: string;
  readonly storage: "global" | "heap" | "local";
  /** As in C, without the object's name: "css.refcnt.count", "[2].active"; "" for a scalar. */
  readonly fields: readonly string[];
  /** The step that allocated it, -1: it is there before the first. */
  readonly born: number;
  /** Values when the first step begins, or when it is allocated. */
  readonly initial: readonly string[];
}

export interface StoryCell {
  /** Index into Story.objects. */
  readonly object: number;
  /** Index into its fields. */
  readonly field: number;
}

export interface StoryRead extends StoryCell {
  readonly value: string;
  /** The step that wrote it last, -1: the set-up. */
  readonly from: number;
}

export interface StoryWrite extends StoryCell {
  /** "" where the cell did not live. */
  readonly before: string;
  readonly after: string;
}

/** Where a task stands between two steps. */
export interface StoryStand {
  /** Index into Trace.tasks. */
  readonly task: number;
  /** Of the step that it takes next. */
  readonly place: SourcePlace;
  /** "cgroup_mutex, held by rmdir"; "" where it can step. */
  readonly waits: string;
}

export interface StoryStep {
  readonly reads: readonly StoryRead[];
  /** Of every object that others can see, and what the step's primitive changed besides. */
  readonly writes: readonly StoryWrite[];
  /** Objects that the step allocated or freed. */
  readonly allocated: readonly number[];
  readonly freed: readonly number[];
  /** After it: the tasks that live and have a column. */
  readonly stands: readonly StoryStand[];
}

/** A stretch of time in a task's column. */
export interface StorySpan {
  readonly kind: "section" | "lock" | "wait" | "grace-period";
  readonly task: number;
  /** The domain, the lock, or what is waited for. */
  readonly what: string;
  /** The step with which it begins. A wait begins when the task cannot go on, which may be another's step. */
  readonly from: number;
  /**
   * The step with which it ends: of a wait, that which let it go on. Null: it lasts to the end of the run.
   */
  readonly to: number | null;
  /** Of a grace period the sections that it waits for: indexes into Story.spans. */
  readonly awaits: readonly number[];
}

export interface StoryArrow {
  /**
   * "sees": a value that another task wrote; "counts": a reference count that another task changed; "starts":
   * a callback or work item that another task queued; "releases": what the task waited for; "frees": the
   * object that is used or freed again.
   */
  readonly kind: "sees" | "counts" | "starts" | "releases" | "frees";
  readonly from: number;
  readonly to: number;
  /** "root_memcg.bpf_oom = NULL", "cgroup_mutex". */
  readonly what: string;
}

export type LifeTone = "alive" | "shared" | "ending" | "gone";

export interface StoryPhase {
  /** "online", "dying", "offline", "released", "published", "hidden", "freed". */
  readonly name: string;
  readonly tone: LifeTone;
  /** The step with which it begins. */
  readonly from: number;
}

export interface StoryLife {
  readonly object: number;
  readonly phases: readonly StoryPhase[];
}

/** From the step that makes the race possible to the one that shows it. */
export interface StoryWindow {
  readonly opens: number;
  readonly closes: number;
  /** What makes it one, in a sentence without its first word's capital. */
  readonly why: string;
}

export interface Story {
  readonly trace: Trace;
  readonly objects: readonly StoryObject[];
  /** As many as trace.rows. */
  readonly steps: readonly StoryStep[];
  /** Where the tasks stand before the first step. */
  readonly begin: readonly StoryStand[];
  readonly spans: readonly StorySpan[];
  readonly arrows: readonly StoryArrow[];
  /** Of the objects whose phase changes, those that matter most first. */
  readonly lives: readonly StoryLife[];
  /** Null: none of its steps opens it. */
  readonly window: StoryWindow | null;
}
