// check: what a reviewer runs. Explores every scenario of a model within a share of the time, fuzzes for the
// rest of it what does not fit, and reports what was proved, what was found, and what remains open.

import type { ExitCode } from "../base/errors.ts";
import { MODEL_DEFAULT, resolveModel } from "../base/models.ts";
import { version } from "../base/paths.ts";
import {
  exploreAll,
  joinFindings,
  reasonNotProved,
  verdictOfAll,
  WHY_STATES_MAX,
} from "../campaign/check.ts";
import type { Explored, ExploreRules } from "../campaign/explore.ts";
import { type EngineModules, startExplorers } from "../campaign/explorers.ts";
import { explainFindings, MINIMISE_STEPS_HURRIED } from "../campaign/findings.ts";
import { sharesOf } from "../campaign/shares.ts";
import type { Check, CheckedScenario } from "../campaign/summary.ts";
import { Engine, type EngineModule } from "../engine/engine.ts";
import { si } from "../report/text.ts";
import { exploredSummary, exploreRules } from "./explore.ts";
import { type CheckFlags, RUN_FORMATS, STRATEGY_DEFAULT } from "./flags.ts";
import { parseOutput, renderCheckAs } from "./formats.ts";
import { exitCodeOf, type FuzzPlan, fuzzedSummary, planFuzz, resolvedOptions, runPool } from "./fuzz.ts";
import { catchInterrupts, type Interrupts } from "./interrupt.ts";
import { printable, writeError, writeResult } from "./output.ts";
import {
  type CompiledModel,
  dashed,
  loadEngine,
  loadReducer,
  openScenarios,
  startEngine,
} from "./session.ts";
import type { UiMode } from "./values.ts";
import { loaded, withProtections } from "./why.ts";

/** Of the time, what may go into exploring; what then was not explored to its end is fuzzed. */
const EXPLORE_SHARE = 0.6;
/** What was not proved is fuzzed for this long at least. */
const FUZZ_MS = 250;

export async function runCheck(name: string | undefined, flags: CheckFlags): Promise<ExitCode> {
  const output = parseOutput(flags, RUN_FORMATS);
  const { check, code } = await checkModel(name, flags);
  await writeResult(renderCheckAs(check, output));
  return code;
}

export async function checkModel(
  name: string | undefined,
  flags: CheckFlags,
): Promise<{ check: Check; code: ExitCode }> {
  const plan = planFuzz({ ...flags, strategy: STRATEGY_DEFAULT });
  const rules = exploreRules(flags);
  const interrupts = catchInterrupts();
  const { file, models } = await compileAll(name, flags, interrupts);
  const started = performance.now();
  const title = `raceproof ${version} check ${file} seed ${plan.draw.seed}`;
  const scenarios = await checkScenarios(models, plan, flags, interrupts, title);
  const done = new Set(scenarios.map(({ model }) => model.scenario));
  const all = models.map(scenarioOf);
  const interrupted = interrupts.exitCode() !== null;
  const check: Check = {
    schema: 1,
    version,
    command: "check",
    model: file,
    options: { ...resolvedOptions(plan), maxMemory: rules.bytes },
    verdict: verdictOfAll(interrupted ? [...scenarios, { verdict: "inconclusive" }] : scenarios),
    elapsedMs: Math.round(performance.now() - started),
    scenarios,
    notRun: all.filter((scenario) => !done.has(scenario)),
    interrupted,
  };
  interrupts.release();
  return { check, code: interrupts.exitCode() ?? exitCodeOf(check.verdict) };
}

/** Scenarios compiled with the same flags, within the time of `plan`. */
export async function checkScenarios(
  models: readonly CompiledModel[],
  plan: FuzzPlan,
  flags: CheckFlags,
  interrupts: Interrupts,
  title: string,
): Promise<CheckedScenario[]> {
  const rules = exploreRules(flags);
  const modules = { plain: await loadEngine(), reducer: await loadReducer() };
  const progress = startProgress(title, plan.ui);
  const checked = await checkAll(modules, models, { plan, rules, interrupts, progress });
  progress.close();
  if (!flags.why) return checked;
  return whyProved(modules.plain, models, checked, { plan, rules, interrupts });
}

/** All that can be wrong with the model is said before anything runs. */
async function compileAll(name: string | undefined, flags: CheckFlags, { signal }: Interrupts) {
  const opened = await openScenarios(resolveModel(name ?? MODEL_DEFAULT), flags);
  const all = opened.scenarios.map(({ name: scenario }) => scenario);
  const wanted = flags.scenario === undefined && all.length > 0 ? all : [flags.scenario];
  const models: CompiledModel[] = [];
  for (const scenario of wanted) {
    models.push(opened.compile(scenario));
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) break;
  }
  return { file: opened.file.name, models };
}

function scenarioOf({ program }: CompiledModel): string {
  return dashed(program.symbols.scenario);
}

interface Means {
  readonly plan: FuzzPlan;
  readonly rules: ExploreRules;
  readonly interrupts: Interrupts;
  readonly progress: CheckProgress;
}

async function checkAll(
  modules: EngineModules,
  models: readonly CompiledModel[],
  { plan, rules, interrupts, progress }: Means,
): Promise<CheckedScenario[]> {
  const { signal } = interrupts;
  const timeMs = plan.rules.timeMs!;
  const end = performance.now() + timeMs;
  const abreast = Math.min(plan.workers, models.length);
  const explorers = startExplorers(modules, abreast, signal, WHY_STATES_MAX);
  const explored = await exploreAll({
    programs: models.length,
    explore: (i, limits) =>
      explorers.explore(models[i]!.program, limits, (states) => {
        progress.exploring(i, models.length, scenarioOf(models[i]!), states);
      }),
    rules: { ...rules, timeMs: timeMs * EXPLORE_SHARE },
    abreast,
    signal,
  });
  await explorers.destroy();
  const open = explored.filter((each) => each?.endedBy !== "complete").length;
  const checked: CheckedScenario[] = [];
  let fuzzed = 0;
  for (const [i, model] of models.entries()) {
    const one = explored[i]!;
    const notProved = reasonNotProved(one, rules.stepsMax);
    if (one?.endedBy === "complete" || (signal.aborted && one !== null)) {
      checked.push({ ...exploredSummary("check", model.program, plan.flags, rules, one), notProved });
    } else if (!signal.aborted) {
      const share = Math.max(FUZZ_MS, (end - performance.now()) / (open - fuzzed++));
      progress.close();
      const own = { ...plan, rules: { timeMs: Math.round(share) } };
      checked.push({ ...(await fuzzOne(modules.plain, model, own, interrupts, one)), notProved });
    }
  }
  return checked;
}

/** What protects those that are proved; the others as they are. */
async function whyProved(
  module: EngineModule,
  models: readonly CompiledModel[],
  checked: readonly CheckedScenario[],
  { plan, rules, interrupts }: Omit<Means, "progress">,
): Promise<CheckedScenario[]> {
  const engine = new Engine(module);
  const machineFor = (program: CompiledModel["program"]) => loaded(engine, program);
  const means = { machineFor, rules, ui: plan.ui, signal: interrupts.signal };
  const explained: CheckedScenario[] = [];
  for (const one of checked) {
    const model = models.find((each) => scenarioOf(each) === one.model.scenario)!;
    explained.push(await withProtections(one, model.ir, means));
  }
  return explained;
}

/** A scenario that was not explored to its end. */
async function fuzzOne(
  module: EngineModule,
  { program }: CompiledModel,
  plan: FuzzPlan,
  interrupts: Interrupts,
  explored: Explored | null,
) {
  const scenario = dashed(program.symbols.scenario);
  const title = `raceproof check ${scenario} ${STRATEGY_DEFAULT} seed ${plan.draw.seed}`;
  const campaign = await runPool(module, program, plan, interrupts, title);
  // Where exploring has found something, it has found it in few steps already.
  const quick = interrupts.signal.aborted || (explored?.findings.length ?? 0) > 0;
  const hurry = quick ? { budgetAll: MINIMISE_STEPS_HURRIED } : {};
  const machine = startEngine(module, program);
  const drawn = explainFindings(program, machine, plan.draw, campaign.tally, hurry);
  const findings = joinFindings(drawn, explored?.findings ?? []);
  const strategies = sharesOf(program, machine, campaign.tally, plan.draw.stepsMax);
  const outcome = { campaign, findings, strategies, missed: null, notes: [] };
  const summary = fuzzedSummary({ program }, plan, outcome, "check");
  if (explored === null) return summary;
  const { states, transitions, depth } = explored.progress;
  return { ...summary, states, transitions, depth };
}

interface CheckProgress {
  exploring(scenario: number, of: number, name: string, states: number): void;
  close(): void;
}

const LINE_MS = 2000;
const REDRAW_MS = 100;

/** What is explored: on a terminal a line, redrawn; elsewhere one at the start and one every two seconds. */
function startProgress(title: string, ui: UiMode): CheckProgress {
  if (ui === "none") return { exploring: () => undefined, close: () => undefined };
  writeError(printable(title));
  const live = ui === "auto" && process.stderr.isTTY === true && process.env.TERM !== "dumb";
  let drawn = false;
  let at = performance.now();
  return {
    exploring(scenario, of, name, states) {
      const now = performance.now();
      if (now - at < (live ? REDRAW_MS : LINE_MS)) return;
      at = now;
      const text = printable(`  exploring ${scenario + 1}/${of} ${name}, ${si(states)} states`);
      if (!live) writeError(text);
      else if (!process.stderr.destroyed) process.stderr.write(`\r\x1b[K${text.slice(0, 72)}`);
      drawn = live;
    },
    close() {
      if (drawn && !process.stderr.destroyed) process.stderr.write("\r\x1b[K");
      drawn = false;
    },
  };
}
