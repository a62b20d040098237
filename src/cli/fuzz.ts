// fuzz: runs a campaign of random schedules and reports what it found; demo uses the same parts.

import { randomBytes } from "node:crypto";
import { Exit, type ExitCode } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { coverageOf } from "../campaign/coverage.ts";
import { exploreWhole } from "../campaign/explore.ts";
import { explainFindings, MINIMISE_STEPS_HURRIED, seedToken } from "../campaign/findings.ts";
import { countGroups } from "../campaign/keys.ts";
import { type Campaign, type Journal, type Progress, runCampaign, type StopRules } from "../campaign/loop.ts";
import type { EnginePlan } from "../campaign/plan.ts";
import { modelName } from "../campaign/repro.ts";
import { sharesOf } from "../campaign/shares.ts";
import { strategyName } from "../campaign/strategies.ts";
import type { Finding, StrategyShare, Summary, Verdict } from "../campaign/summary.ts";
import type { Draw, Engine, EngineModule } from "../engine/engine.ts";
import { LanesEngine } from "../engine/lanes.ts";
import type { Program } from "../model/program.ts";
import { startPool } from "../work/pool.ts";
import { parseBudgets } from "./budgets.ts";
import { EventsFile } from "./events.ts";
import { type FuzzFlags, RUN_FORMATS, replayFlags, STRATEGY_DEFAULT, TIME_DEFAULT } from "./flags.ts";
import { parseOutput, renderSummaryAs } from "./formats.ts";
import { catchInterrupts, type Interrupts } from "./interrupt.ts";
import { drawnByLanes, type Lanes, lanesFor, replayedNotes } from "./lanes.ts";
import { missedNotes, runNotes } from "./notes.ts";
import { writeResult } from "./output.ts";
import { checkPlaces } from "./places.ts";
import { endsText } from "./screen.ts";
import { type CompiledModel, dashed, loadEngine, loadModel, loadRecorder, startEngine } from "./session.ts";
import { startStatus } from "./status.ts";
import {
  parseDuration,
  parseEngine,
  parseJobs,
  parseSeed,
  parseStepsMax,
  parseStrategy,
  parseUi,
  type UiMode,
} from "./values.ts";

export interface FuzzPlan {
  readonly draw: Draw;
  readonly rules: StopRules;
  readonly workers: number;
  readonly ui: UiMode;
  readonly engine: EnginePlan;
  readonly flags: FuzzFlags;
}

export async function runFuzz(model: string | undefined, flags: FuzzFlags): Promise<ExitCode> {
  const output = parseOutput(flags, RUN_FORMATS);
  checkPlaces(flags);
  const plan = planFuzz(flags);
  const compiled = await loadModel(model, flags);
  if (flags.database !== undefined) {
    return (await import("./distribute.ts")).fuzzDistributed(flags.database, compiled, plan, output);
  }
  if (flags.out !== undefined) {
    return (await import("./campaign.ts")).fuzzInto(flags.out, compiled, plan, output);
  }
  const { summary, code } = await fuzz(compiled, plan, "fuzz");
  await writeResult(renderSummaryAs(summary, output));
  return code;
}

/** Every flag is read before anything is compiled or started. */
export function planFuzz(flags: FuzzFlags): FuzzPlan {
  const engine = parseEngine(flags.engine ?? "scalar");
  const strategy = parseStrategy(flags.strategy ?? (engine === "lanes" ? "random" : STRATEGY_DEFAULT));
  const stepsMax = parseStepsMax(flags.maxSteps);
  const seed = flags.seed === undefined ? randomBytes(8).readBigUInt64LE() : parseSeed(flags.seed);
  const given = parseBudgets(flags);
  // What is kept in a folder goes on until it is told to stop.
  const kept = flags.out !== undefined || flags.database !== undefined;
  const unlimited = !kept && Object.values(given).every((budget) => budget === undefined);
  const rules = unlimited ? { ...given, timeMs: parseDuration(TIME_DEFAULT) } : given;
  const ui = parseUi(flags.ui);
  return { draw: { strategy, seed, stepsMax }, rules, workers: parseJobs(flags.jobs), ui, engine, flags };
}

/** What came of one campaign. */
export interface Outcome {
  readonly campaign: Campaign;
  readonly findings: readonly Finding[];
  /** What is to be said of the engines. */
  readonly notes: readonly string[];
  /** Who drew the schedules. */
  readonly strategies?: readonly StrategyShare[] | undefined;
  /** Further findings that no schedule drew, where every schedule was explored for those that were drawn. */
  readonly missed: number | null;
  /** By key all findings there are, where every schedule was explored. */
  readonly explored: ReadonlyMap<string, Finding> | null;
  /** How many states there are, where every schedule was explored. */
  readonly states?: number | null;
}

export async function fuzz(
  model: CompiledModel,
  plan: FuzzPlan,
  command: string,
): Promise<{ summary: Summary; code: ExitCode }> {
  const module = await loadEngine();
  const interrupts = catchInterrupts();
  const events = plan.flags.events === undefined ? null : new EventsFile(plan.flags.events);
  const started = modelName(model.program, replayFlags(plan.flags));
  events?.start({ model: started, options: resolvedOptions(plan), schedules: 0, keys: [] });
  const watch = events?.progress.bind(events);
  const outcome = await runModel(module, model, plan, interrupts, titleText(model, plan), { watch });
  const summary = fuzzedSummary(model, plan, outcome, command);
  events?.end(summary);
  events?.close();
  interrupts.release();
  return { summary, code: interrupts.exitCode() ?? exitCodeOf(summary.verdict) };
}

/** Runs the campaign and explains what it found. */
export async function runModel(
  module: EngineModule,
  { program }: CompiledModel,
  plan: FuzzPlan,
  interrupts: Interrupts,
  title: string,
  kept: Kept = {},
): Promise<Outcome> {
  const engine = startEngine(module, program);
  const lanes = lanesFor(program, plan.engine, plan.draw, plan.rules);
  const ran: FuzzPlan = { ...plan, engine: lanes.plan };
  try {
    const campaign = await runPool(module, program, ran, interrupts, title, lanes, kept);
    const { findings, schedules } = campaign.tally;
    if (lanes.code !== null && drawnByLanes(findings)) {
      engine.attachLanes(new LanesEngine(await lanes.code));
    }
    const explanation = await explained(engine, program, plan, campaign, interrupts);
    const notes = [...(await lanes.notes(schedules)), ...replayedNotes(findings)];
    return { campaign, ...explanation, notes };
  } finally {
    lanes.stop();
  }
}

/** A session of a campaign that is kept in a store. */
export interface Kept {
  readonly journal?: Journal;
  /** What is left of the budgets. */
  readonly rules?: StopRules;
  readonly watch?: (progress: Progress) => void;
}

/** The campaign, on a pool of its own. */
export async function runPool(
  module: EngineModule,
  program: Program,
  plan: FuzzPlan,
  interrupts: Interrupts,
  title: string,
  lanes: Pick<Lanes, "code" | "fits"> = { code: null },
  { watch, ...kept }: Kept = {},
): Promise<Campaign> {
  const { draw, rules, workers, engine } = plan;
  const tokenOf = (schedule: number) => seedToken(program, draw, schedule);
  const pool = startPool({
    module,
    ...(await loadRecorder(draw.stepsMax)),
    workers,
    words: program.words,
    hash: program.hash,
    draw,
    tokenOf,
    ...(lanes.code === null ? {} : { lanes: lanes.code }),
  });
  const status = startStatus({ mode: plan.ui, title, budget: endsText(rules), program });
  try {
    const { signal } = interrupts;
    const onProgress = (progress: Progress) => {
      watch?.(progress);
      status.update(progress);
    };
    const fits = lanes.fits === undefined ? {} : { fits: lanes.fits };
    return await runCampaign({ program, pool, rules, engine, ...fits, signal, onProgress, ...kept });
  } finally {
    status.close();
    await pool.destroy();
  }
}

/** The findings, and who drew them; what is explored for them may know of more. */
export async function explained(
  machine: Engine,
  program: Program,
  { draw }: FuzzPlan,
  { tally }: Campaign,
  { signal }: Interrupts,
): Promise<Omit<Outcome, "campaign" | "notes">> {
  const strategies = sharesOf(program, machine, tally, draw.stepsMax);
  if (tally.findings.length === 0) return { findings: [], strategies, missed: null, explored: null };
  const whole = signal.aborted ? null : await exploreWhole({ program, machine, signal }, draw.stepsMax);
  const explored = whole?.findings ?? null;
  const hurry = signal.aborted ? { budgetAll: MINIMISE_STEPS_HURRIED } : {};
  const findings = explainFindings(program, machine, draw, tally, { explored, ...hurry });
  const groups = new Set(findings.map(({ group }) => group));
  const others = [...(explored?.values() ?? [])].filter(({ group }) => !groups.has(group));
  const missed = explored === null ? null : countGroups(others);
  return { findings, strategies, missed, explored, states: whole?.states ?? null };
}

export function exitCodeOf(verdict: Verdict): ExitCode {
  if (verdict === "violations") return Exit.FINDING;
  return verdict === "inconclusive" ? Exit.INCONCLUSIVE : Exit.CLEAN;
}

export function fuzzedSummary(
  { program }: Pick<CompiledModel, "program">,
  plan: FuzzPlan,
  { campaign, findings, missed, notes, strategies, states }: Omit<Outcome, "explored">,
  command: string,
): Summary {
  const { tally, endedBy, elapsedMs, coveredMs } = campaign;
  const sinceNewMs = coveredMs === undefined ? undefined : Math.round(Math.max(0, elapsedMs - coveredMs));
  const coverage = coverageOf(program, tally, { states, sinceNewMs });
  const seconds = Math.max(elapsedMs, 1) / 1000;
  return {
    schema: 1,
    version,
    command,
    model: modelName(program, replayFlags(plan.flags)),
    options: resolvedOptions(plan),
    verdict: verdictOf(plan.rules, campaign, findings.length),
    schedules: tally.schedules,
    steps: tally.steps,
    elapsedMs: Math.round(elapsedMs),
    schedulesPerSecond: Math.round(tally.schedules / seconds),
    stepsPerSecond: Math.round(tally.steps / seconds),
    findings,
    ...(strategies === undefined ? {} : { strategies }),
    ...(coverage === null ? {} : { coverage }),
    endedBy,
    notes: [...runNotes(program, tally), ...notes, ...missedNotes(missed)],
  };
}

/** A run that was cut short must not look like a pass. */
export function verdictOf(
  rules: StopRules,
  campaign: Pick<Campaign, "tally" | "endedBy">,
  findings: number,
): Verdict {
  const { tally, endedBy } = campaign;
  if (findings > 0) return "violations";
  if (tally.schedules === 0 || endedBy === "interrupted" || tally.limited.some((n) => n > 0)) {
    return "inconclusive";
  }
  return endedBy === "time" && rules.schedules !== undefined ? "inconclusive" : "none-found";
}

/** Not the number of workers: it does not change the result. */
export function resolvedOptions(plan: FuzzPlan): Summary["options"] {
  const { draw, rules, flags } = plan;
  return {
    strategy: strategyName(draw.strategy),
    seed: String(draw.seed),
    schedules: rules.schedules ?? null,
    timeMs: rules.timeMs ?? null,
    untilFinding: rules.untilFinding ?? null,
    ...(rules.untilPlateauMs === undefined ? {} : { untilPlateauMs: rules.untilPlateauMs }),
    ...(flags.engine === undefined ? {} : { engine: plan.engine }),
    maxSteps: draw.stepsMax,
    define: flags.define.length === 0 ? null : flags.define.join(" "),
    stub: flags.stub.length === 0 ? null : flags.stub.join(" "),
    strict: flags.strict,
  };
}

export function titleText(model: Pick<CompiledModel, "program">, plan: FuzzPlan): string {
  const { name, scenario } = modelName(model.program);
  const { strategy, seed } = plan.draw;
  return `raceproof ${version} ${name} ${dashed(scenario)} ${strategyName(strategy)} seed ${seed}`;
}
