// minimize: makes a token's schedule smaller, keeping what it shows: the smallest there is, where all states
// of the program can be visited, else as small as replaying variants makes it.

import { Exit, type ExitCode, InternalError, TokenMismatch } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { exploreSmall, FOR_MINIMUM } from "../campaign/explore.ts";
import { asCandidate, type RecordMachine, scheduleToken, targetOf } from "../campaign/findings.ts";
import { type Run, runCandidate } from "../campaign/guided.ts";
import { keyOf } from "../campaign/keys.ts";
import { minimise } from "../campaign/minimise.ts";
import { replaySchedule } from "../campaign/replay.ts";
import { modelName, runToken, type TokenRun } from "../campaign/repro.ts";
import type { Finding, Minimum, ModelName, ScheduleSize } from "../campaign/summary.ts";
import { formatToken, parseToken } from "../campaign/tokens.ts";
import type { Program } from "../model/program.ts";
import { replayCommand } from "../report/evidence.ts";
import { modelForToken } from "./find-program.ts";
import { type MinimizeFlags, replayFlags } from "./flags.ts";
import { startEngineFor } from "./lanes.ts";
import { printable, writeJson, writeResult } from "./output.ts";
import { loadEngine } from "./session.ts";
import { parseStepsMax } from "./values.ts";

interface Minimized {
  readonly key: string;
  readonly title: string;
  readonly before: ScheduleSize;
  readonly after: ScheduleSize;
  readonly minimum: Minimum;
  /** False where the budget ended before nothing more could be left out. */
  readonly complete: boolean;
  readonly scheduleToken: string;
}

export async function runMinimize(
  text: string,
  model: string | undefined,
  flags: MinimizeFlags,
): Promise<ExitCode> {
  const token = parseToken(text);
  const stepsMax = parseStepsMax(flags.maxSteps);
  const { program } = await modelForToken(token, model, flags);
  const engine = await startEngineFor(token, await loadEngine(), program, stepsMax);
  const run = runToken(program, engine, token, stepsMax);
  const { divergence } = run.replay;
  if (divergence !== null) {
    const { step, expected, found } = divergence;
    throw new TokenMismatch(`the token diverges at step ${step}: expected ${expected}, found ${found}`);
  }
  const limits = { program, machine: engine };
  const failed = run.replay.applied.violations.length > 0;
  const explored = failed ? await exploreSmall(limits, stepsMax, FOR_MINIMUM) : null;
  const results = minimizeRun(program, engine, run, stepsMax, explored);
  if (flags.json) {
    const head = { schema: 1, version, command: "minimize", model: modelName(program, replayFlags(flags)) };
    await writeJson({ ...head, token: formatToken(token), results, notes: run.notes });
  } else await writeResult(textOf(results, run.notes, modelName(program, replayFlags(flags))));
  return results.length > 0 ? Exit.FINDING : Exit.CLEAN;
}

/** One result for each different violation of the run. */
function minimizeRun(
  program: Program,
  engine: RecordMachine,
  run: TokenRun,
  stepsMax: number,
  explored: ReadonlyMap<string, Finding> | null,
): Minimized[] {
  const { applied, trace } = run.replay;
  const kinds = new Map(applied.violations.map((raw) => [keyOf(program, raw), raw.kind]));
  return [...kinds].map(([key, kind]) => {
    const target = targetOf(program, key, kind);
    const given = asCandidate(run.schedule);
    const title = trace.violations.find((v) => v.key === key)?.title ?? key;
    const simplest = explored?.get(key);
    if (simplest !== undefined) {
      const before = sizeOf(runCandidate(engine, stepsMax, given, target));
      const { preemptions, switches, steps, tasks, rows } = simplest.trace;
      const slots = new Set(rows.map(({ task }) => tasks[task]!.slot));
      const after = { steps, preemptions, switches, tasks: slots.size };
      const { scheduleToken } = simplest;
      return { key, title, before, after, minimum: "exact", complete: true, scheduleToken };
    }
    const smaller = minimise(engine, stepsMax, given, target);
    if (smaller === null) throw new InternalError(`nondeterminism: "${key}" does not show again`);
    const replay = replaySchedule(program, engine, stepsMax, smaller.after);
    if (!replay.trace.violations.some((v) => v.key === key)) {
      throw new InternalError(`nondeterminism: the minimised schedule does not show "${key}"`);
    }
    return {
      key,
      title,
      before: sizeOf(smaller.before),
      after: sizeOf(smaller.after),
      minimum: "at-most",
      complete: smaller.complete,
      scheduleToken: scheduleToken(program, smaller.after),
    };
  });
}

/** Tasks that follow each other in one slot are one. */
function sizeOf({ picks, preemptions, switches }: Run): ScheduleSize {
  return { steps: picks.length, preemptions, switches, tasks: new Set(picks).size };
}

function textOf(results: readonly Minimized[], notes: readonly string[], model: ModelName): string {
  if (results.length === 0) {
    return ["the token's run shows no violation: nothing to minimise", ...notes].map(printable).join("\n");
  }
  const lines: string[] = [];
  for (const result of results) {
    if (lines.length > 0) lines.push("");
    lines.push(printable(result.title));
    lines.push(`  before:  ${sizeText(result.before)}`);
    lines.push(`  after:   ${sizeText(result.after)}${result.complete ? "" : " (budget used up)"}`);
    lines.push(`  fewest preemptions: ${result.minimum === "exact" ? "exact" : "at most these"}`);
    lines.push(`  token:   ${result.scheduleToken}`);
    lines.push(`  replay:  ${replayCommand(model, result.scheduleToken)}`);
  }
  for (const note of notes) lines.push(printable(`note: ${note}`));
  return lines.join("\n");
}

function sizeText(size: ScheduleSize): string {
  const plural = (n: number, word: string) =>
    `${n} ${word}${n === 1 ? "" : word.endsWith("ch") ? "es" : "s"}`;
  return [
    plural(size.preemptions, "preemption"),
    plural(size.switches, "context switch"),
    plural(size.steps, "step"),
    plural(size.tasks, "task"),
  ].join(", ");
}
