// One guided run: a candidate schedule is a wish list of segments, not a list of steps. A segment runs until
// its count is used up or its task cannot step; wishes that cannot be met are skipped; when the list is used
// up the task that runs goes on, then the lowest slot that can. So every candidate is a legal run, and the
// run that came of it (its steps as taken) is what is compared and kept.

import { Outcome, Violation } from "../../assembly/abi.ts";
import type { RawViolation } from "../engine/engine.ts";
import { finishRun, startRun } from "./apply.ts";
import type { StepMachine } from "./machine.ts";

export interface Segment {
  readonly slot: number;
  /** Steps, or UNTIL_STUCK. */
  readonly count: number;
}

export const UNTIL_STUCK = Number.MAX_SAFE_INTEGER;

export interface Candidate {
  readonly segments: readonly Segment[];
  readonly choices: readonly number[];
}

/** What is being minimised: the violation that every candidate must still show. */
export interface Target {
  /** Violation kind: only a warn lets the run go on. */
  readonly kind: number;
  matches(violation: RawViolation): boolean;
}

/** How much of a schedule there is to read. */
export interface ScheduleSize {
  readonly preemptions: number;
  readonly switches: number;
  readonly steps: number;
  /** Tasks that take a step. */
  readonly tasks: number;
}

export interface Run {
  /** Slot of each step, up to the one that shows the violation. */
  readonly picks: readonly number[];
  /** Mask of the slots that could step, at each step. */
  readonly runnable: readonly number[];
  readonly choices: readonly number[];
  readonly hit: boolean;
  readonly preemptions: number;
  readonly switches: number;
}

export function runCandidate(
  machine: StepMachine,
  stepsMax: number,
  candidate: Candidate,
  target: Target,
): Run {
  startRun(machine, stepsMax, candidate.choices);
  const picks: number[] = [];
  const masks: number[] = [];
  const goesOn = target.kind === Violation.WARN;
  let segment = 0;
  let left = candidate.segments[0]?.count ?? 0;
  let current = -1;
  let hit = false;
  let preemptions = 0;
  let switches = 0;
  while (machine.outcome() === Outcome.RUNNING) {
    const runnable = machine.runnable();
    if (runnable === 0) break;
    while (segment < candidate.segments.length) {
      if (left > 0 && runnable & (1 << candidate.segments[segment]!.slot)) break;
      segment++;
      left = candidate.segments[segment]?.count ?? 0;
    }
    let slot: number;
    if (segment < candidate.segments.length) {
      slot = candidate.segments[segment]!.slot;
      left--;
    } else {
      slot = current >= 0 && runnable & (1 << current) ? current : lowestBit(runnable);
    }
    if (current >= 0 && slot !== current) {
      switches++;
      if (runnable & (1 << current)) preemptions++;
    }
    current = slot;
    picks.push(slot);
    masks.push(runnable);
    machine.step(slot);
    if (goesOn && machine.violations().some((v) => target.matches(v))) {
      hit = true;
      break;
    }
  }
  if (!hit) {
    finishRun(machine);
    hit = machine.violations().some((v) => target.matches(v));
  }
  const used = machine.choicesUsed();
  const choices = Array.from({ length: used }, (_, i) => candidate.choices[i] ?? 0);
  return { picks, runnable: masks, choices, hit, preemptions, switches };
}

function lowestBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

export function segmentsOf(picks: readonly number[]): Segment[] {
  const segments: Segment[] = [];
  for (const slot of picks) {
    const last = segments[segments.length - 1];
    if (last?.slot === slot) segments[segments.length - 1] = { slot, count: last.count + 1 };
    else segments.push({ slot, count: 1 });
  }
  return segments;
}

/** Fewest preemptions, then fewest switches, then fewest steps, then fewest tasks, then smallest choices. */
export function isBetter(a: Run, b: Run): boolean {
  const order =
    a.preemptions - b.preemptions ||
    a.switches - b.switches ||
    a.picks.length - b.picks.length ||
    new Set(a.picks).size - new Set(b.picks).size ||
    sum(a.choices) - sum(b.choices);
  return order < 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
