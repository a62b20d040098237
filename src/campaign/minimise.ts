// Minimises a schedule by replaying variants of it: fewest preemptions, then fewest context switches, then
// fewest steps, then fewest tasks, always with the same violation (same dedupe key). Deterministic, and
// bounded by a budget of machine steps, so that a long run is minimised less far rather than for ever.
//
// Method: (1) local passes to a fixpoint: leave tasks out, delete chunks of segments (ddmin, Zeller and
// Hildebrandt 2002), merge segments of one task (Tinertia, Jalbert and Sen 2010), let a segment run on
// until it blocks, shorten it; (2) every schedule with fewer preemptions than the result, layer by layer
// (iterative context bounding, Musuvathi and Qadeer 2007), as far as the budget goes; then (1) again.

import {
  type Candidate,
  isBetter,
  type Run,
  runCandidate,
  type Segment,
  segmentsOf,
  type Target,
  UNTIL_STUCK,
} from "./guided.ts";
import type { StepMachine } from "./machine.ts";

/** Machine steps that one minimisation may take, set-ups counted as SETUP_STEPS each. */
export const MINIMISE_STEPS = 2_000_000;
const SETUP_STEPS = 50;
/** The layered search looks at this many preemptions at most. */
const LAYERS_MAX = 2;

export interface Minimised {
  /** What the given schedule came to. */
  readonly before: Run;
  readonly after: Run;
  /** False where the budget ended before a fixpoint. */
  readonly complete: boolean;
}

interface Search {
  readonly machine: StepMachine;
  readonly stepsMax: number;
  readonly target: Target;
  budget: number;
  best: Run;
}

/** Null where the schedule does not show the target in the first place. */
export function minimise(
  machine: StepMachine,
  stepsMax: number,
  given: Candidate,
  target: Target,
  budget = MINIMISE_STEPS,
): Minimised | null {
  const before = runCandidate(machine, stepsMax, given, target);
  if (!before.hit) return null;
  const search: Search = { machine, stepsMax, target, budget, best: before };
  localPasses(search);
  for (let bound = 0; bound < Math.min(search.best.preemptions, LAYERS_MAX + 1); bound++) {
    if (searchLayer(search, bound)) localPasses(search);
  }
  return { before, after: search.best, complete: search.budget > 0 };
}

/** Runs a candidate; keeps it if it still shows the target and is better. */
function attempt(search: Search, segments: readonly Segment[], choices = search.best.choices): boolean {
  const run = spend(search, { segments, choices });
  if (run === null || !run.hit || !isBetter(run, search.best)) return false;
  search.best = run;
  return true;
}

function spend(search: Search, candidate: Candidate): Run | null {
  if (search.budget <= 0) return null;
  const run = runCandidate(search.machine, search.stepsMax, candidate, search.target);
  search.budget -= run.picks.length + SETUP_STEPS;
  return run;
}

function localPasses(search: Search): void {
  let before: Run;
  do {
    before = search.best;
    leaveOutTasks(search);
    deleteChunks(search);
    mergeSegments(search);
    lengthenSegments(search);
    shortenSegments(search);
    lowerChoices(search);
  } while (search.best !== before && search.budget > 0);
}

function leaveOutTasks(search: Search): void {
  for (const slot of new Set(search.best.picks)) {
    const segments = segmentsOf(search.best.picks);
    attempt(
      search,
      segments.filter((s) => s.slot !== slot),
    );
  }
}

function deleteChunks(search: Search): void {
  let size = Math.ceil(segmentsOf(search.best.picks).length / 2);
  while (size >= 1) {
    for (let at = 0; at < segmentsOf(search.best.picks).length; ) {
      const segments = segmentsOf(search.best.picks);
      // After a success the same position holds what came after the chunk.
      if (!attempt(search, [...segments.slice(0, at), ...segments.slice(at + size)])) at += size;
      if (search.budget <= 0) return;
    }
    size = size === 1 ? 0 : Math.ceil(size / 2);
  }
}

/** Moves a segment next to one of the same task: forwards, then backwards. */
function mergeSegments(search: Search): void {
  for (let at = 0; at < segmentsOf(search.best.picks).length; at++) {
    const segments = segmentsOf(search.best.picks);
    const here = segments[at]!;
    const next = segments.findIndex((s, i) => i > at && s.slot === here.slot);
    if (next < 0) continue;
    const merged = { slot: here.slot, count: here.count + segments[next]!.count };
    const without = (index: number) => segments.filter((_, i) => i !== index);
    const early = without(next).map((s, i) => (i === at ? merged : s));
    const late = without(at).map((s, i) => (i === next - 1 ? merged : s));
    if (attempt(search, early) || attempt(search, late)) at = Math.max(-1, at - 2);
  }
}

function lengthenSegments(search: Search): void {
  for (let at = 0; at < segmentsOf(search.best.picks).length; at++) {
    const segments = segmentsOf(search.best.picks);
    attempt(
      search,
      segments.map((s, i) => (i === at ? { slot: s.slot, count: UNTIL_STUCK } : s)),
    );
  }
}

/** Fewer steps before a switch: halves, then single steps. */
function shortenSegments(search: Search): void {
  for (let at = 0; at < segmentsOf(search.best.picks).length; at++) {
    for (let cut = Number.POSITIVE_INFINITY; cut >= 1; ) {
      const segments = segmentsOf(search.best.picks);
      const here = segments[at];
      if (here === undefined) break;
      cut = Math.min(cut, Math.floor(here.count / 2));
      const shorter = segments.map((s, i) => (i === at ? { slot: s.slot, count: s.count - cut } : s));
      if (cut < 1 || !attempt(search, shorter)) cut = Math.floor(cut / 2);
    }
  }
}

function lowerChoices(search: Search): void {
  for (let at = 0; at < search.best.choices.length; at++) {
    const { choices, picks } = search.best;
    if (choices[at] === 0) continue;
    attempt(
      search,
      segmentsOf(picks),
      choices.map((value, i) => (i === at ? 0 : value)),
    );
  }
}

/**
 * Looks for a run with exactly `bound` preemptions or fewer; true if one was found. A node is a list of
 * segments that has been decided; its children end the run's free part by a switch at each later point.
 */
function searchLayer(search: Search, bound: number): boolean {
  const open: { decided: readonly Segment[]; preemptions: number }[] = [{ decided: [], preemptions: 0 }];
  const allTasks = [...new Set(search.best.picks)];
  for (const slot of allTasks) open.push({ decided: [{ slot, count: 1 }], preemptions: 0 });
  for (let at = 0; at < open.length; at++) {
    const node = open[at]!;
    const run = spend(search, { segments: node.decided, choices: search.best.choices });
    if (run === null) return false;
    if (run.hit && isBetter(run, search.best)) {
      search.best = run;
      return true;
    }
    const from = Math.max(
      1,
      node.decided.reduce((total, s) => total + s.count, 0),
    );
    for (let step = from; step < run.picks.length; step++) {
      const previous = run.picks[step - 1]!;
      const forced = (run.runnable[step]! & (1 << previous)) === 0;
      if (!forced && node.preemptions >= bound) continue;
      for (let slot = 0; slot < 15; slot++) {
        if ((run.runnable[step]! & (1 << slot)) === 0 || slot === run.picks[step]) continue;
        const decided = segmentsOf([...run.picks.slice(0, step), slot]);
        open.push({ decided, preemptions: node.preemptions + (forced ? 0 : 1) });
      }
    }
  }
  return false;
}
