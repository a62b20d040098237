// compare: the same scenarios in several models, side by side. One campaign for each model in each scenario,
// with the same seed and budget, as fuzz would run it; then the findings are matched (campaign/compare.ts).

import { type ExitCode, UsageError } from "../base/errors.ts";
import { resolveModel } from "../base/models.ts";
import { version } from "../base/paths.ts";
import { type Column, columnOf, compareColumns, movedNotes } from "../campaign/compare.ts";
import { exploreSmall } from "../campaign/explore.ts";
import { modelName } from "../campaign/repro.ts";
import { strategyName } from "../campaign/strategies.ts";
import type { ComparedRun, ComparedScenario, Comparison, Verdict } from "../campaign/summary.ts";
import type { EngineModule } from "../engine/engine.ts";
import { COMPARE_FORMATS, type CompareFlags, replayFlags } from "./flags.ts";
import { parseOutput, renderComparisonAs } from "./formats.ts";
import {
  exitCodeOf,
  type FuzzPlan,
  type Outcome,
  planFuzz,
  resolvedOptions,
  runModel,
  verdictOf,
} from "./fuzz.ts";
import { catchInterrupts, type Interrupts } from "./interrupt.ts";
import { runNotes } from "./notes.ts";
import { writeResult } from "./output.ts";
import {
  type CompiledModel,
  dashed,
  loadEngine,
  type OpenedModel,
  openScenarios,
  startEngine,
} from "./session.ts";

/** A letter for each. */
const MODELS_MAX = 26;

export async function runCompare(names: readonly string[], flags: CompareFlags): Promise<ExitCode> {
  const output = parseOutput(flags, COMPARE_FORMATS);
  const plan = planFuzz({ ...flags, traces: false });
  if (names.length < 2 || names.length > MODELS_MAX) {
    throw new UsageError(
      `compare takes 2 to ${MODELS_MAX} models, and ${names.length || "none"} was given`,
      "write for example: raceproof compare old.c new.c; for one model: raceproof fuzz",
    );
  }
  const models: OpenedModel[] = [];
  for (const name of names) models.push(await openScenarios(resolveModel(name), flags));
  const { scenarios, leftOut } = shareScenarios(models, flags.scenario);
  // All that can be wrong with the models is said before anything runs.
  const grid = scenarios.map((scenario) => models.map((model) => model.compile(scenario)));
  const module = await loadEngine();
  const interrupts = catchInterrupts();
  const compared = await compareAll(module, grid, plan, interrupts);
  const comparison: Comparison = {
    schema: 1,
    version,
    command: "compare",
    models: models.map(({ file }) => file.name),
    options: resolvedOptions(plan),
    verdict: verdictOfLast(compared),
    scenarios: compared,
    leftOut,
    interrupted: interrupts.exitCode() !== null,
  };
  await writeResult(renderComparisonAs(comparison, output));
  interrupts.release();
  return interrupts.exitCode() ?? exitCodeOf(comparison.verdict);
}

/** The scenario that was asked for, else all that every model has, in the first one's order. */
function shareScenarios(models: readonly OpenedModel[], asked: string | undefined) {
  if (asked !== undefined) return { scenarios: [asked], leftOut: [] };
  const all = [...new Set(models.flatMap(({ scenarios }) => scenarios.map(({ name }) => name)))];
  const lacking = (scenario: string): string[] => {
    const without = models.filter(({ scenarios }) => !scenarios.some(({ name }) => name === scenario));
    return without.map(({ file }) => file.name);
  };
  const scenarios = all.filter((scenario) => lacking(scenario).length === 0);
  const leftOut = all
    .filter((scenario) => lacking(scenario).length > 0)
    .map((scenario) => ({ scenario: dashed(scenario), missing: lacking(scenario) }));
  if (scenarios.length === 0) {
    throw new UsageError(
      `${models.map(({ file }) => file.name).join(", ")} have no scenario in common`,
      "give their scenarios one name, or put them into a file that all include",
    );
  }
  return { scenarios, leftOut };
}

/** Scenario by scenario, so that an interruption leaves whole ones. */
async function compareAll(
  module: EngineModule,
  grid: readonly (readonly CompiledModel[])[],
  plan: FuzzPlan,
  interrupts: Interrupts,
): Promise<ComparedScenario[]> {
  const total = grid.length * grid[0]!.length;
  let number = 0;
  const compared: ComparedScenario[] = [];
  for (const models of grid) {
    const runs: (ComparedRun | null)[] = [];
    const found: (Column | null)[] = [];
    for (const model of models) {
      number++;
      if (interrupts.signal.aborted) {
        runs.push(null);
        found.push(null);
        continue;
      }
      const title = titleText(model, plan, number, total);
      const outcome = await exploredToo(module, model, plan, interrupts, title);
      runs.push(runOf(model, plan, outcome));
      found.push(columnOf(outcome.campaign.tally, outcome.findings, outcome.explored));
    }
    const rows = compareColumns(found);
    const names = models.map((model) => model.file.name);
    const notes = [...sameProgramNotes(models), ...movedNotes(rows, names)];
    compared.push({ scenario: dashed(models[0]!.program.symbols.scenario), runs, rows, notes });
  }
  return compared;
}

/** A campaign; where that finds nothing, too, every schedule is explored if they are few. */
async function exploredToo(
  module: EngineModule,
  model: CompiledModel,
  plan: FuzzPlan,
  interrupts: Interrupts,
  title: string,
): Promise<Outcome> {
  const outcome = await runModel(module, model, plan, interrupts, title);
  const { signal } = interrupts;
  if (outcome.findings.length > 0 || signal.aborted) return outcome;
  const { program } = model;
  const machine = startEngine(module, program);
  return { ...outcome, explored: await exploreSmall({ program, machine, signal }, plan.draw.stepsMax) };
}

function runOf(model: CompiledModel, plan: FuzzPlan, outcome: Outcome): ComparedRun {
  const { campaign, findings, explored } = outcome;
  const { tally, endedBy } = campaign;
  const known = Math.max(findings.length, explored?.size ?? 0);
  const verdict = verdictOf(plan.rules, campaign, known);
  return {
    model: modelName(model.program, replayFlags(plan.flags)),
    verdict: explored !== null && verdict === "none-found" ? "proved" : verdict,
    schedules: tally.schedules,
    steps: tally.steps,
    endedBy,
    notes: runNotes(model.program, tally),
  };
}

/** A fix that changes nothing that the scenario reaches is most likely not in the model at all. */
function sameProgramNotes(models: readonly CompiledModel[]): string[] {
  return models.flatMap((model, i) => {
    const twin = models.slice(0, i).find((other) => other.program.hash === model.program.hash);
    if (twin === undefined || twin.file.name === model.file.name) return [];
    return [`${model.file.name} and ${twin.file.name} are the same program here`];
  });
}

/** A run that was cut short, in whichever column, leaves the comparison open. */
function verdictOfLast(compared: readonly ComparedScenario[]): Verdict {
  if (compared.some(({ runs }) => runs.at(-1)?.verdict === "violations")) return "violations";
  const open = compared.some(({ runs }) =>
    runs.some((run) => run === null || run.verdict === "inconclusive"),
  );
  if (open) return "inconclusive";
  return compared.every(({ runs }) => runs.at(-1)?.verdict === "proved") ? "proved" : "none-found";
}

function titleText(model: CompiledModel, plan: FuzzPlan, number: number, total: number): string {
  const { name, scenario } = modelName(model.program);
  const { strategy, seed } = plan.draw;
  return `raceproof compare ${number}/${total} ${name} ${scenario} ${strategyName(strategy)} seed ${seed}`;
}
