// explore: visits every state that a scenario can reach, and reports every violation, or that there is none.

import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { collisionProbability, type Explored, type ExploreRules, explore } from "../campaign/explore.ts";
import { modelName } from "../campaign/repro.ts";
import type { Summary, Verdict } from "../campaign/summary.ts";
import { Engine, EXPLORE_BYTES_MAX, type ExploreProgress } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { renderJson } from "../report/json.ts";
import { renderSummary } from "../report/summary.ts";
import { si } from "../report/text.ts";
import { type ExploreFlags, type ExploreLimits, replayFlags } from "./flags.ts";
import { limitNotes } from "./fuzz.ts";
import { catchInterrupts } from "./interrupt.ts";
import { columns, wantsColor, writeResult } from "./output.ts";
import { type CompiledModel, dashed, loadEngine, loadModel } from "./session.ts";
import { parseBytes, parseDuration, parseSchedules, parseStepsMax, parseUi } from "./values.ts";

export async function runExplore(model: string | undefined, flags: ExploreFlags): Promise<ExitCode> {
  const rules = exploreRules(flags);
  const ui = parseUi(flags.ui);
  const compiled = await loadModel(model, flags);
  const { program } = compiled;
  const engine = new Engine(await loadEngine());
  engine.load(program.words);
  const interrupts = catchInterrupts();
  const onProgress = ui === "none" ? undefined : progressLines(titleText(compiled));
  const explored = await explore({
    program,
    machine: engine,
    rules,
    signal: interrupts.signal,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const summary = exploredSummary("explore", program, flags, rules, explored);
  interrupts.release();
  await writeResult(
    flags.json
      ? renderJson(summary, { trace: flags.traces })
      : renderSummary(summary, { color: wantsColor(), width: columns() }),
  );
  return interrupts.exitCode() ?? exitCodeOf(summary.verdict);
}

export function exploreRules(flags: ExploreLimits): ExploreRules {
  const bytes = parseBytes("--max-memory", flags.maxMemory);
  if (bytes > EXPLORE_BYTES_MAX) {
    throw new UsageError(
      `--max-memory ${flags.maxMemory} is more than the engine can address`,
      "at most 2G; fuzz what does not fit",
    );
  }
  return {
    stepsMax: parseStepsMax(flags.maxSteps),
    bytes,
    ...(flags.maxStates === undefined ? {} : { statesMax: parseSchedules(flags.maxStates) }),
    ...(flags.time === undefined ? {} : { timeMs: parseDuration(flags.time) }),
  };
}

function verdictOf({ endedBy, findings, limited }: Explored): Verdict {
  if (findings.length > 0) return "violations";
  return endedBy === "complete" && limited.every((n) => n === 0) ? "proved" : "inconclusive";
}

function exitCodeOf(verdict: Verdict): ExitCode {
  if (verdict === "violations") return Exit.FINDING;
  return verdict === "proved" ? Exit.CLEAN : Exit.INCONCLUSIVE;
}

export function exploredSummary(
  command: string,
  program: Program,
  flags: Parameters<typeof replayFlags>[0],
  rules: ExploreRules,
  explored: Explored,
): Summary {
  const { exact, progress, elapsedMs, endedBy } = explored;
  return {
    schema: 1,
    version,
    command,
    model: modelName(program, replayFlags(flags)),
    options: {
      maxStates: rules.statesMax ?? null,
      maxMemory: rules.bytes,
      timeMs: rules.timeMs ?? null,
      maxSteps: rules.stepsMax,
    },
    verdict: verdictOf(explored),
    schedules: 0,
    steps: 0,
    states: progress.states,
    transitions: progress.transitions,
    depth: exact?.stepsMost ?? progress.depth,
    ...(exact === null || exact.schedules === null ? {} : { distinctSchedules: String(exact.schedules) }),
    ...(exact === null ? {} : { meanSteps: exact.meanSteps }),
    collisionProbability: collisionProbability(progress.states),
    elapsedMs: Math.round(elapsedMs),
    schedulesPerSecond: 0,
    stepsPerSecond: Math.round((progress.transitions * 1000) / Math.max(1, elapsedMs)),
    findings: explored.findings,
    endedBy,
    notes: [...program.symbols.notes, ...limitNotes(explored.limited), ...exploreNotes(explored)],
  };
}

function exploreNotes({ endedBy, cyclic, progress, findings, searched }: Explored): string[] {
  const notes: string[] = [];
  if (cyclic === true) {
    notes.push("a schedule can go round in circles: there are endlessly many, and none of them is counted");
  }
  if (endedBy === "complete") return notes;
  if (!searched)
    notes.push("what was visited was not searched for findings: that takes longer than a moment");
  const share = progress.usedBytes === 0 ? 0 : progress.frontierBytes / progress.usedBytes;
  notes.push(
    `not every state was visited: ${(100 * share).toFixed(0)} % of those met, after ${progress.depth} ` +
      "steps of a schedule, still wait for their next steps to be taken",
  );
  if (findings.length > 0) notes.push("there may be more findings, and simpler ways to these");
  return notes;
}

function titleText({ program }: CompiledModel): string {
  const { name, scenario } = modelName(program);
  return `raceproof ${version} explore ${name} ${dashed(scenario)}`;
}

const LINE_MS = 2000;

/** A line on stderr every two seconds, for explorations that take that long. */
function progressLines(title: string): (progress: ExploreProgress, elapsedMs: number) => void {
  let lineAt = LINE_MS;
  return (progress, elapsedMs) => {
    if (elapsedMs < lineAt) return;
    if (lineAt === LINE_MS) process.stderr.write(`${title}\n`);
    lineAt = elapsedMs + LINE_MS;
    const rate = (progress.states * 1000) / elapsedMs;
    const waiting = Math.round((100 * progress.frontierBytes) / Math.max(1, progress.usedBytes));
    process.stderr.write(
      `  ${(elapsedMs / 1000).toFixed(0)}s  ${si(progress.states)} states  ${si(rate)}/s  ` +
        `depth ${progress.depth}  ${waiting} % waiting  ${si(progress.usedBytes)}B\n`,
    );
  };
}
