// Why a given run shows its violation: its scenario is explored, where it is small, and the orders of steps
// that force the violation are looked for in it (necessity.ts).

import type { Program } from "../model/program.ts";
import { type ExploreMachine, exploreStates, keyNotes, limitsOf } from "./explore.ts";
import type { RecordMachine } from "./findings.ts";
import { Necessities } from "./necessity.ts";
import { runToken, type TokenRun } from "./repro.ts";
import type { Necessity } from "./summary.ts";
import type { Token } from "./tokens.ts";

/** What somebody waits for who replays a token: about a second. */
const ROOM = { bytes: 64 << 20, statesMax: 100_000 };

const unknown = (reason: string): Necessity => ({ orders: null, reason });

/** Null where the token's run shows no violation, or does not fit the program. */
export async function whyToken(
  program: Program,
  machine: ExploreMachine & RecordMachine,
  token: Token,
  stepsMax: number,
): Promise<Necessity | null> {
  const run = runToken(program, machine, token, stepsMax);
  if (run.replay.trace.violations.length === 0 || run.replay.divergence !== null) return null;
  return (await whyRuns(program, machine, stepsMax))(run);
}

/**
 * For any number of runs of one program, which is explored once for all of them; by default of what they
 * show first.
 */
export async function whyRuns(
  program: Program,
  machine: ExploreMachine,
  stepsMax: number,
): Promise<(run: TokenRun, key?: string) => Necessity | null> {
  const rules = { ...ROOM, stepsMax };
  if (!machine.exploreBegin(rules.bytes, stepsMax)) return () => unknown("there is no memory to explore it");
  const endedBy = await exploreStates({ program, machine, rules }, () => 0);
  const graph = endedBy === "complete" ? machine.exploredGraph() : null;
  if (graph === null || limitsOf(graph).some((n) => n > 0)) {
    return () => unknown("the scenario has too many states to look at all of its schedules here");
  }
  const { findings, shows } = keyNotes(program, graph);
  const necessities = new Necessities(program, machine, stepsMax, graph);
  return ({ replay, schedule }, key = replay.trace.violations[0]?.key) => {
    if (key === undefined || replay.divergence !== null) return null;
    const finding = findings.findIndex((each) => each.key === key);
    if (finding < 0) return unknown("the schedule never ends");
    return necessities.of(schedule, shows[finding]!);
  };
}
