// One program explored with and without a reduction, for tests that hold the two against each other.

import { Outcome, Stopped } from "../../assembly/abi.ts";
import { endlessStates, exactNumbers } from "../../src/campaign/exact.ts";
import type { Engine, ExploreManner } from "../../src/engine/engine.ts";
import type { Program } from "../../src/model/program.ts";

export interface Seen {
  /** States, ends included. */
  readonly states: number;
  readonly transitions: number;
  /** States from which one task's step was enough. */
  readonly alone: number;
  /** How often it began. */
  readonly rounds: number;
  /** What a reduction must keep. */
  readonly kept: Kept;
}

export interface Kept {
  /** Violations: kind, detail, place, class, other side; in order. */
  readonly violations: readonly string[];
  /** Distinct states in which a run ends otherwise than by a violation of its last step. */
  readonly ends: number;
  /** Outcomes and limits of runs. */
  readonly outcomes: readonly string[];
  /** A schedule can come to where none can end. */
  readonly endless: boolean;
}

/** Null where a limit cut it short. */
export function exploreManner(
  engine: Engine,
  program: Program,
  manner: ExploreManner,
  limits = { bytes: 2 ** 24, stepsMax: 2000 },
): Seen | null {
  engine.load(program.words);
  if (!engine.exploreBegin(limits.bytes, limits.stepsMax, manner)) throw new Error("no memory to explore");
  while (!engine.exploreRun(1_000_000));
  const { states, transitions, alone, rounds, stopped } = engine.exploreProgress();
  if (stopped !== Stopped.NO) return null;
  const graph = engine.exploredGraph();
  if (graph === null) return null;
  const violations = new Set(
    graph.noteSets.flat().map((n) => [n.kind, n.detail, n.site, n.class, n.other].join(" ")),
  );
  const outcomes = new Set<string>();
  graph.target.forEach((to, step) => {
    const outcome = graph.outcome[step]!;
    if (to === -1) outcomes.add(outcome === Outcome.LIMIT ? `limit ${graph.limit[step]}` : Outcome[outcome]!);
  });
  const kept = {
    violations: [...violations].sort(),
    ends: states - graph.states,
    outcomes: [...outcomes].sort(),
    endless: exactNumbers(graph, []) === null && endlessStates(graph).length > 0,
  };
  return { states, transitions, alone, rounds, kept };
}
