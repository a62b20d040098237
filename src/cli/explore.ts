// explore: visits every state that a scenario can reach, and reports every violation, or that there is none.

import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { collisionProbability, type Explored, type ExploreRules, explore } from "../campaign/explore.ts";
import { exploreReduced, type ReducedExplored } from "../campaign/reduced.ts";
import { modelName } from "../campaign/repro.ts";
import type { Summary, Verdict } from "../campaign/summary.ts";
import type { Engine } from "../engine/engine.ts";
import { EXPLORE_BYTES_MAX, type ExploreProgress } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { counted, si } from "../report/text.ts";
import { type ExploreFlags, type ExploreLimits, RUN_FORMATS, replayFlags } from "./flags.ts";
import { parseOutput, renderSummaryAs } from "./formats.ts";
import { catchInterrupts } from "./interrupt.ts";
import { limitNotes } from "./notes.ts";
import { writeResult } from "./output.ts";
import { type CompiledModel, dashed, loadEngine, loadModel, loadReducer, startEngine } from "./session.ts";
import {
  parseBytes,
  parseDuration,
  parseMinimise,
  parsePreemptions,
  parseSchedules,
  parseStepsMax,
  parseUi,
} from "./values.ts";
import { loaded, WHY_STATES_MAX, withProtections } from "./why.ts";

export async function runExplore(model: string | undefined, flags: ExploreFlags): Promise<ExitCode> {
  const output = parseOutput(flags, RUN_FORMATS);
  const { maxPreemptions } = flags;
  const bound = maxPreemptions === undefined ? undefined : parsePreemptions(maxPreemptions);
  const rules: ExploreRules = {
    ...exploreRules(flags),
    minimise: parseMinimise(flags.minimise),
    ...(bound === undefined ? {} : { manner: { preemptionsMax: bound } }),
  };
  const ui = parseUi(flags.ui);
  const compiled = await loadModel(model, flags);
  const { program } = compiled;
  const bounded = rules.manner?.preemptionsMax !== undefined;
  const module = await loadEngine();
  const reducer = flags.reduction && !bounded ? await loadReducer() : null;
  const interrupts = catchInterrupts();
  const onProgress = ui === "none" ? undefined : progressLines(titleText(compiled));
  const options = {
    program,
    rules,
    signal: interrupts.signal,
    ...(flags.why ? { whyStatesMax: WHY_STATES_MAX } : {}),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const plain = () => startEngine(module, program);
  const explored: Explored | ReducedExplored =
    reducer === null
      ? await explore({ ...options, machine: plain() })
      : await exploreReduced({ ...options, plain, reducer: () => startEngine(reducer, program) });
  const whole = exploredSummary("explore", program, flags, rules, explored);
  const ways = {
    reduction: reducer !== null,
    maxPreemptions: rules.manner?.preemptionsMax ?? null,
    minimise: flags.minimise,
  };
  const found = { ...whole, options: { ...whole.options, ...ways } };
  let probe: Engine | null = null;
  const means = {
    machineFor: (other: Program) => {
      probe ??= plain();
      return loaded(probe, other);
    },
    rules,
    ui,
    signal: interrupts.signal,
  };
  const summary = flags.why ? await withProtections(found, compiled.ir, means) : found;
  interrupts.release();
  await writeResult(renderSummaryAs(summary, output));
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
    ...(flags.maxStates === undefined ? {} : { statesMax: parseSchedules(flags.maxStates, "--max-states") }),
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
    ...(explored.estimate === null ? {} : { estimatedStates: Math.round(explored.estimate) }),
    ...reductionOf(explored),
    collisionProbability: collisionProbability(progress.states),
    elapsedMs: Math.round(elapsedMs),
    schedulesPerSecond: 0,
    stepsPerSecond: Math.round((progress.transitions * 1000) / Math.max(1, elapsedMs)),
    findings: explored.findings,
    endedBy,
    notes: [...program.symbols.notes, ...limitNotes(explored.limited), ...exploreNotes(explored)],
  };
}

function reductionOf(explored: Explored | ReducedExplored): Pick<Summary, "reduction"> {
  if (!explored.reduced) return {};
  const before = "before" in explored ? explored.before : null;
  const { alone } = explored.progress;
  return { reduction: { statesAlone: alone, ...(before === null ? {} : { statesInFull: before.states }) } };
}

function exploreNotes(explored: Explored | ReducedExplored): string[] {
  const notes = notesOf(explored);
  if (!explored.reduced) return notes;
  return [
    "there are more states than were looked at in full, so states and transitions are those of a " +
      "reduced graph: where one task's step does not matter to what the others can do before it moves, " +
      "only that step is taken. Every finding and every end is in it; schedules are not counted, nor how " +
      "likely a finding is (explore --no-reduction does, where the memory holds all states)",
    ...notes,
  ];
}

function notesOf({
  endedBy,
  cyclic,
  progress,
  findings,
  estimate,
  exact,
  reduced,
  bound,
}: Explored): string[] {
  const notes: string[] = [];
  if (cyclic === true) {
    notes.push("a schedule can go round in circles: there are endlessly many, and none of them is counted");
  }
  if (endedBy === "preemptions") {
    const violates = findings.length > 0 ? "violates otherwise" : "violates";
    return [
      `no schedule with at most ${counted(bound ?? 0, "preemption")} ${violates}: every one was looked ` +
        "at; those with more were not. A state counts once for each task that may have stepped last, and " +
        "each number of preemptions",
    ];
  }
  if (endedBy === "complete") {
    if (exact === null && cyclic === null && !reduced) {
      notes.push(
        "too many states for exact numbers: schedules were not counted, nor how likely a finding is",
      );
    }
    return notes;
  }
  notes.push(
    `not every state was visited: ${si(progress.waiting)} of those met, ${progress.depth} steps or more ` +
      "from the beginning of a schedule, still wait for their next steps to be taken",
    estimate === null
      ? "how many states are left cannot be said after so few steps"
      : `there are about ${si(estimate)} states in all, an estimate: how their number grew with each step, ` +
          "carried on as a bell to where the longest of some random schedules ends; it may be several " +
          "times too low or too high, and the more so the smaller the part that was visited",
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
    process.stderr.write(
      `  ${(elapsedMs / 1000).toFixed(0)}s  ${si(progress.states)} states  ${si(rate)}/s  ` +
        `depth ${progress.depth}  ${si(progress.waiting)} waiting  ${si(progress.usedBytes)}B\n`,
    );
  };
}
