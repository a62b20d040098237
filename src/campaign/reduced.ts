// Explores a program in full where that fits, with all its exact numbers, and where it does not, with a
// reduction: the same findings from fewer states. What a reduction does not tell is asked of schedules with
// few preemptions, all of which are looked at where they fit: whether there is a simpler way to a finding.

import {
  type Explored,
  type ExploreEnd,
  type ExploreMachine,
  type ExploreOptions,
  explore,
} from "./explore.ts";
import type { Finding } from "./summary.ts";

export interface ReducedOptions extends Omit<ExploreOptions, "machine" | "wanted"> {
  /** Machines with the program loaded: a plain one, and one that can reduce. */
  readonly plain: () => ExploreMachine;
  readonly reducer: () => ExploreMachine;
  /** In place of FULL; for tests. */
  readonly full?: { readonly bytes: number; readonly statesMax: number };
}

export interface ReducedExplored extends Explored {
  /** With a reduction: how far exploring without it had come; null where there was no reduction. */
  readonly before: { readonly states: number; readonly transitions: number } | null;
}

/** What is looked at in full: some seconds. States, not time: the result must not depend on the machine. */
const FULL = { bytes: 512 << 20, statesMax: 2_000_000 };
/** What may be spent on each number of preemptions, to know whether fewer are enough. */
const FEW = { bytes: 128 << 20, statesMax: 1_000_000 };

/** As explore(), but with a reduction where the whole does not fit. */
export async function exploreReduced(options: ReducedOptions): Promise<ReducedExplored> {
  const { rules, plain, reducer } = options;
  const clock = options.clock ?? (() => performance.now());
  const started = clock();
  const full = options.full ?? FULL;
  const tooLarge = (endedBy: ExploreEnd) => endedBy === "memory" || endedBy === "states";
  const first = await explore({
    ...options,
    machine: plain(),
    rules: { ...rules, ...least(rules, full) },
    wanted: (endedBy) => !tooLarge(endedBy),
  });
  if (!tooLarge(first.endedBy)) return { ...first, before: null };
  const left = timeLeft(options, clock() - started);
  const second = await explore({
    ...options,
    machine: reducer(),
    rules: { ...rules, ...left, manner: { reduce: true } },
  });
  // No room for the reduction itself: what the other way has found is better than nothing.
  if (second.progress.states === 0) {
    const again = await explore({ ...options, machine: plain(), rules: { ...rules, ...left } });
    return { ...again, before: null };
  }
  const after = timeLeft(options, clock() - started);
  const findings =
    second.endedBy === "complete" ? await simplest(options, second.findings, after) : second.findings;
  const { states, transitions } = first.progress;
  return { ...second, findings, elapsedMs: clock() - started, before: { states, transitions } };
}

function least(rules: ExploreOptions["rules"], full: { bytes: number; statesMax: number }) {
  return {
    bytes: Math.min(rules.bytes, full.bytes),
    statesMax: Math.min(rules.statesMax ?? full.statesMax, full.statesMax),
  };
}

function timeLeft({ rules }: ReducedOptions, elapsedMs: number) {
  return rules.timeMs === undefined ? {} : { timeMs: Math.max(1, rules.timeMs - elapsedMs) };
}

/**
 * The findings with the simplest schedule that any search has found; exact where all schedules with fewer
 * preemptions were looked at.
 */
async function simplest(
  options: ReducedOptions,
  reduced: readonly Finding[],
  left: { timeMs?: number },
): Promise<Finding[]> {
  let findings = [...reduced];
  if (options.rules.minimise === "steps") return findings;
  const open = ({ kind, minimum, preemptions }: Finding, bound: number) =>
    kind !== "step-limit" && minimum !== "exact" && preemptions > bound;
  for (let bound = 0; findings.some((finding) => open(finding, bound)); bound++) {
    const explored = await explore({
      ...options,
      machine: options.plain(),
      rules: { ...options.rules, ...FEW, ...left, manner: { preemptionsMax: bound } },
      wanted: (endedBy) => endedBy === "preemptions" || endedBy === "complete",
    });
    const whole = explored.endedBy === "preemptions" || explored.endedBy === "complete";
    if (!whole || explored.limited.some((n) => n > 0)) break;
    const known = new Map(explored.findings.map((finding) => [finding.key, finding]));
    findings = findings.map((finding) => sharpened(finding, known.get(finding.key), bound));
  }
  return findings;
}

/** A finding, given what all schedules with so few preemptions show. */
function sharpened(finding: Finding, simpler: Finding | undefined, bound: number): Finding {
  if (finding.minimum === "exact") return finding;
  if (simpler !== undefined) {
    const { trace, preemptions, steps, title, token, scheduleToken } = simpler;
    return { ...finding, trace, preemptions, steps, title, token, scheduleToken, minimum: "exact" };
  }
  return finding.preemptions === bound + 1 ? { ...finding, minimum: "exact" } : finding;
}
