// Explores many programs within one time: which first, how long each, and when to give up on one. And joins
// what an exploration that did not come to its end has found with what fuzzing found afterwards.
//
// Each has its share of the time that is left, and what one does not need goes to those behind it. All are
// explored within little memory first, what does not fit again in more: so a large one takes little of the
// small ones' time, and what the smaller room took is a small part of what the larger one takes. What does
// not fit into more is explored with a reduction.

import type { Program } from "../model/program.ts";
import { type Explored, type ExploreMachine, explore } from "./explore.ts";
import type { Finding, Summary, Verdict } from "./summary.ts";

export interface ExploreAllOptions {
  readonly programs: readonly Program[];
  /** A machine with the program loaded. */
  readonly machineFor: (program: Program) => ExploreMachine;
  /** One that can reduce. */
  readonly reducerFor?: (program: Program) => ExploreMachine;
  readonly rules: { readonly stepsMax: number; readonly bytes: number; readonly timeMs: number };
  readonly signal: AbortSignal;
  readonly onProgress?: (program: number, states: number) => void;
  /** Milliseconds; for tests. */
  readonly clock?: () => number;
}

/** Why a finding happens takes little time in a scenario of up to so many states. */
const WHY_STATES_MAX = 20_000;

const ROOM_FIRST = 2 << 20;
const ROOM_FACTOR = 16;

/** For each program how far it was explored; null where there was no time to begin. */
export async function exploreAll(options: ExploreAllOptions): Promise<(Explored | null)[]> {
  const { programs, machineFor, rules, signal, onProgress } = options;
  const clock = options.clock ?? (() => performance.now());
  const deadline = clock() + rules.timeMs;
  const results = programs.map((): Explored | null => null);
  for (const bytes of rooms(rules.bytes)) {
    const open = [...results.keys()].filter((i) => mayGoFurther(results[i]!));
    for (const [n, i] of open.entries()) {
      const left = deadline - clock();
      if (signal.aborted || left <= 0) return results;
      const timeMs = left / (open.length - n);
      const begun = clock();
      const go = (machine: ExploreMachine, reduce: boolean) =>
        explore({
          program: programs[i]!,
          machine,
          rules: {
            stepsMax: rules.stepsMax,
            bytes,
            timeMs: Math.max(1, timeMs - (clock() - begun)),
            manner: { reduce },
          },
          signal,
          whyStatesMax: WHY_STATES_MAX,
          onProgress: ({ states }) => onProgress?.(i, states),
          ...(options.clock === undefined ? {} : { clock: options.clock }),
        });
      let explored = await go(machineFor(programs[i]!), false);
      if (explored.endedBy === "memory" && bytes > ROOM_FIRST && options.reducerFor !== undefined) {
        const reduced = await go(options.reducerFor(programs[i]!), true);
        if (reduced.endedBy === "complete") explored = reduced;
      }
      const before = results[i]!;
      const further = explored.endedBy === "complete" || before === null;
      if (further || explored.progress.states >= before.progress.states) results[i] = explored;
    }
  }
  return results;
}

function rooms(most: number): number[] {
  const sizes: number[] = [];
  for (let bytes = ROOM_FIRST; bytes < most; bytes *= ROOM_FACTOR) sizes.push(bytes);
  return [...sizes, most];
}

function mayGoFurther(explored: Explored | null): boolean {
  return explored === null || explored.endedBy === "memory" || explored.endedBy === "time";
}

/** Fuzz's findings, those with a simpler schedule that exploring found, and those that it alone found. */
export function joinFindings(fuzzed: readonly Finding[], explored: readonly Finding[]): Finding[] {
  const byKey = new Map(explored.map((finding) => [finding.key, finding]));
  const joined = fuzzed.map((finding) => {
    const other = byKey.get(finding.key);
    byKey.delete(finding.key);
    if (other === undefined || !isSimpler(other, finding)) return finding;
    const { trace, preemptions, steps, scheduleToken, title } = other;
    return { ...finding, trace, preemptions, steps, scheduleToken, title };
  });
  return [...joined, ...[...byKey.values()].map((finding) => ({ ...finding, count: 0 }))];
}

function isSimpler({ trace: a }: Finding, { trace: b }: Finding): boolean {
  return (a.preemptions - b.preemptions || a.switches - b.switches || a.steps - b.steps) < 0;
}

/** Why the scenario's schedules were not all looked at; null where they were. */
export function reasonNotProved(explored: Explored | null, stepsMax: number): string | null {
  if (explored === null) return "there was no time to explore it";
  const states = `${explored.progress.states.toLocaleString("en-US")} states`;
  switch (explored.endedBy) {
    case "complete":
      return explored.limited.some((n) => n > 0) ? "a limit of the machine was reached" : null;
    case "memory":
      return `${states} filled the memory for exploring`;
    case "states":
      return `${states} are as many as was allowed`;
    case "time":
      return `the time for exploring was up after ${states}`;
    case "interrupted":
      return `interrupted after ${states}`;
    case "preemptions":
      return "schedules with more preemptions were not looked at";
    case "depth":
      return `a schedule takes more than ${stepsMax} steps`;
    case "choices":
      return "a step draws more from choose() than can be enumerated";
  }
}

/** Of all scenarios: a finding counts before a gap, a gap before what was only drawn, that before a proof. */
export function verdictOfAll(scenarios: readonly Pick<Summary, "verdict">[]): Verdict {
  const order: readonly Verdict[] = ["violations", "inconclusive", "none-found"];
  return order.find((verdict) => scenarios.some((one) => one.verdict === verdict)) ?? "proved";
}
