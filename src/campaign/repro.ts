// Applies a token to a program: REPRODUCED, NOT REPRODUCED or DIVERGED, with the run as a trace.

import { InternalError, TokenMismatch } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import type { Draw } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { resolveMember } from "../work/portfolio.ts";
import { type Schedule, unusualEnd } from "./apply.ts";
import type { RecordMachine } from "./findings.ts";
import { type Replay, replaySchedule } from "./replay.ts";
import { readStrategy, STRATEGY_NAMES } from "./strategies.ts";
import type { ModelName, Reproduction } from "./summary.ts";
import { formatToken, type SeedToken, type Token } from "./tokens.ts";

export interface TokenRun {
  readonly schedule: Schedule;
  readonly replay: Replay;
  readonly notes: readonly string[];
}

export function modelName(program: Program, flags: readonly string[] = []): ModelName {
  const { model, scenario, memoryModel } = program.symbols;
  const name = { name: model, scenario: scenario.replaceAll("_", "-"), hash: program.hash, memoryModel };
  return flags.length === 0 ? name : { ...name, flags };
}

/** Runs what the token says. A seed token of another program is refused, a schedule token is tried. */
export function runToken(program: Program, machine: RecordMachine, token: Token, stepsMax: number): TokenRun {
  const notes: string[] = [];
  let schedule: Schedule = token.kind === "schedule" ? token : { picks: [], choices: [] };
  if (token.kind === "seed") {
    const draw = drawOf(program, token, stepsMax);
    const recording = machine.record(draw, token.schedule);
    schedule = { picks: Uint8Array.from(recording.picks), choices: Uint32Array.from(recording.choices) };
    const replay = replaySchedule(program, machine, stepsMax, schedule);
    const { applied } = replay;
    if (
      replay.divergence !== null ||
      applied.outcome !== recording.outcome ||
      applied.violations.length !== recording.violations.length
    ) {
      throw new InternalError(
        "nondeterminism: the schedule, drawn again and replayed, does not run as it was drawn",
        `this is a bug in raceproof; the schedule is ${formatToken(token)}`,
      );
    }
    return { schedule, replay, notes: withEnd(notes, replay) };
  }
  if (token.hash !== program.hash) {
    notes.push(
      `the token was made for program ${token.hash}, this is ${program.hash}: its steps were applied anyway`,
    );
  }
  const replay = replaySchedule(program, machine, stepsMax, schedule);
  return { schedule, replay, notes: withEnd(notes, replay) };
}

function withEnd(notes: readonly string[], replay: Replay): string[] {
  const unusual = replay.divergence === null ? unusualEnd(replay.applied) : undefined;
  const violated = replay.trace.violations.length > 0;
  return unusual === undefined || violated ? [...notes] : [...notes, unusual];
}

function drawOf(program: Program, token: SeedToken, stepsMax: number): Draw {
  if (token.hash !== program.hash) {
    throw new TokenMismatch(
      `the token belongs to program ${token.hash}, but ${modelText(program)} is program ${program.hash}`,
      "a seed token replays on the identical program only; use the schedule token (rp1s:...) of the finding",
    );
  }
  const read = readStrategy(token.strategy);
  if ("problem" in read) {
    throw new TokenMismatch(
      `the token was drawn by strategy "${token.strategy}", which this raceproof does not have`,
      `strategies: ${STRATEGY_NAMES.join(", ")}; a schedule token (rp1s:...) needs none`,
    );
  }
  const strategy = resolveMember(read.member, token.schedule);
  return { strategy, seed: token.seed, stepsMax };
}

function modelText(program: Program): string {
  const { name, scenario } = modelName(program);
  return `${name}, scenario ${scenario},`;
}

export function reproduce(
  program: Program,
  machine: RecordMachine,
  token: Token,
  stepsMax: number,
  flags: readonly string[] = [],
): Reproduction {
  const { replay, notes } = runToken(program, machine, token, stepsMax);
  const violated = replay.trace.violations.length > 0;
  return {
    schema: 1,
    version,
    command: "repro",
    model: modelName(program, flags),
    token: formatToken(token),
    verdict: replay.divergence !== null ? "DIVERGED" : violated ? "REPRODUCED" : "NOT REPRODUCED",
    divergence: replay.divergence,
    trace: replay.trace,
    notes: [...program.symbols.notes, ...notes],
  };
}
