// ci: what a pipeline runs. Replays every token of a committed file, then checks the scenarios that its lines
// name within a budget, and prints the whole for a person, a test runner or a code host.

import { closeSync, openSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { type ExitCode, RaceproofError, TokenMismatch, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { reasonOf } from "../base/reason.ts";
import { knownAmong, replayVerdict, verdictOfGate } from "../campaign/gate.ts";
import { parseRegressions, type Regression, type RegressionToken } from "../campaign/regressions.ts";
import { modelName, reproduce } from "../campaign/repro.ts";
import type { Gate, GateReplay, GateScenario } from "../campaign/summary.ts";
import { casesOfGate, renderGate } from "../report/gate.ts";
import { renderGateJson } from "../report/json.ts";
import { checkScenarios } from "./check.ts";
import { modelForToken } from "./find-program.ts";
import {
  type CheckFlags,
  CI_FORMATS,
  type CiFlags,
  type FuzzFlags,
  replayFlags,
  STRATEGY_DEFAULT,
} from "./flags.ts";
import { parseOutput, renderCasesAs } from "./formats.ts";
import { exitCodeOf, type FuzzPlan, planFuzz, resolvedOptions } from "./fuzz.ts";
import { catchInterrupts, type Interrupts } from "./interrupt.ts";
import { startEngineFor } from "./lanes.ts";
import { columns, wantsColor, writeResult } from "./output.ts";
import { type CompiledModel, loadEngine, loadModel } from "./session.ts";
import { parseStepsMax } from "./values.ts";

/** A line of the file with the program that it is about. */
interface Placed<R extends Regression = Regression> {
  readonly entry: R;
  readonly model: CompiledModel;
}

export async function runCi(file: string, flags: CiFlags): Promise<ExitCode> {
  const outputs = parseOutputs(flags);
  const plan = planFuzz(checkFlags(flags));
  const entries = parseRegressions(readFile(file), file);
  if (entries.length === 0) {
    throw new UsageError(
      `${file} names no race and no scenario`,
      "put a line into it: TOKEN MODEL --scenario NAME, or: check MODEL",
    );
  }
  claim(outputs, file);
  const interrupts = catchInterrupts();
  const started = performance.now();
  // All that can be wrong with the file is said before anything runs.
  const placed: Placed[] = [];
  for (const entry of entries) placed.push({ entry, model: await compiled(entry, file) });
  const replays: GateReplay[] = [];
  for (const { entry, model } of placed) {
    if (entry.kind === "token" && !interrupts.signal.aborted) replays.push(await replay({ entry, model }));
  }
  const scenarios = flags.check ? await checkAll(placed, replays, flags, plan, interrupts) : [];
  const interrupted = interrupts.exitCode() !== null;
  const gate: Omit<Gate, "verdict"> = {
    schema: 1,
    version,
    command: "ci",
    file,
    options: { ...resolvedOptions(plan), check: flags.check },
    elapsedMs: Math.round(performance.now() - started),
    replays,
    scenarios,
    interrupted,
  };
  const whole = { ...gate, verdict: verdictOfGate(gate) };
  for (const { format, path } of outputs) {
    if (path === null) await writeResult(render(whole, format, { color: wantsColor(), width: columns() }));
    else writeFileSync(path, render(whole, format));
  }
  interrupts.release();
  return interrupts.exitCode() ?? exitCodeOf(whole.verdict);
}

type CiFormat = (typeof CI_FORMATS)[number];

interface CiOutput {
  readonly format: CiFormat;
  /** Null: stdout. */
  readonly path: string | null;
}

/** `terminal`: of stdout; a file has no colours. */
function render(gate: Gate, format: CiFormat, terminal: Parameters<typeof renderGate>[1] = {}): string {
  if (format === "text") return renderGate(gate, terminal);
  return format === "json" ? renderGateJson(gate) : renderCasesAs(casesOfGate(gate), format);
}

/** `NAME` for stdout, `NAME=FILE` for files. */
function parseOutputs(flags: CiFlags): CiOutput[] {
  const wanted = flags.format.map((text) => {
    const [, name = text, path = null] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const { format } = parseOutput({ format: name }, CI_FORMATS);
    if (path === "") throw new UsageError(`--format ${text} names no file`, `write --format ${name}=FILE`);
    return { format, path };
  });
  if (flags.json) wanted.push({ format: "json", path: null });
  const printed = wanted.filter(({ path }) => path === null);
  if (printed.length > 1) {
    throw new UsageError(
      `--format ${printed.map(({ format }) => format).join(" and ")} would both be printed`,
      `write one of them into a file: --format ${printed[1]!.format}=FILE`,
    );
  }
  return printed.length === 0 ? [{ format: "text", path: null }, ...wanted] : wanted;
}

/** Files that cannot be written, or would take the place of another one, are told before anything runs. */
function claim(outputs: readonly CiOutput[], file: string): void {
  const taken = new Set([realpathSync(file)]);
  for (const { format, path } of outputs) {
    if (path === null) continue;
    try {
      closeSync(openSync(path, "a"));
    } catch (error) {
      const hint = "name a file in a folder that is there";
      throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`, hint);
    }
    const real = realpathSync(path);
    if (taken.has(real) && statSync(real).isFile()) {
      const what = real === realpathSync(file) ? "would overwrite the tokens" : "names a file twice";
      throw new UsageError(`--format ${format}=${path} ${what}`, "name a file of its own");
    }
    taken.add(real);
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${reasonOf(error)}`, "name a file with a token a line");
  }
}

async function compiled(entry: Regression, file: string): Promise<CompiledModel> {
  try {
    if (entry.kind === "scenario") return await loadModel(entry.model, entry);
    return await modelForToken(entry.token, entry.model, entry);
  } catch (error) {
    if (!(error instanceof RaceproofError) || error.exitCode !== 2) throw error;
    throw new UsageError(`${file}:${entry.line}: ${error.message}`, error.hint);
  }
}

async function replay({ entry, model: { program } }: Placed<RegressionToken>): Promise<GateReplay> {
  const { line, token, text, known } = entry;
  const stepsMax = parseStepsMax(entry.maxSteps);
  const head = { line, token: text, model: modelName(program, replayFlags(entry)), known };
  try {
    const engine = await startEngineFor(token, await loadEngine(), program, stepsMax);
    const replayed = reproduce(program, engine, token, stepsMax);
    const { divergence, trace } = replayed;
    const verdict = replayVerdict(replayed);
    if (divergence === null) return { ...head, verdict, reason: null, trace };
    const { step, expected, found } = divergence;
    const reason = `the token diverges at step ${step}: expected ${expected}, found ${found}`;
    return { ...head, verdict, reason, trace };
  } catch (error) {
    if (!(error instanceof TokenMismatch)) throw error;
    return { ...head, verdict: "STALE", reason: error.message, trace: null };
  }
}

/** Each program of the file once; those that are compiled with the same flags are checked together. */
async function checkAll(
  placed: readonly Placed[],
  replays: readonly GateReplay[],
  flags: CiFlags,
  plan: FuzzPlan,
  interrupts: Interrupts,
): Promise<GateScenario[]> {
  const groups = new Map<string, Map<string, Placed>>();
  for (const one of placed) {
    const { file, program } = one.model;
    const own = replayFlags(one.entry).join(" ");
    const group = groups.get(own) ?? new Map<string, Placed>();
    groups.set(own, group.set(`${file.name} ${program.symbols.scenario}`, one));
  }
  const total = [...groups.values()].reduce((sum, group) => sum + group.size, 0);
  const checked: GateScenario[] = [];
  for (const group of groups.values()) {
    if (interrupts.signal.aborted) break;
    const [{ entry }] = [...group.values()] as [Placed];
    const models = [...group.values()].map(({ model }) => model);
    const timeMs = Math.ceil((plan.rules.timeMs! * models.length) / total);
    const stepsMax = parseStepsMax(entry.maxSteps);
    const own = { ...checkFlags(flags), ...entry };
    const ownPlan = {
      ...plan,
      draw: { ...plan.draw, stepsMax },
      rules: { timeMs },
      flags: { ...plan.flags, ...entry },
    };
    const title = `raceproof ${version} ci, ${models.length} of ${total} scenarios, seed ${plan.draw.seed}`;
    for (const one of await checkScenarios(models, ownPlan, own, interrupts, title)) {
      checked.push({ ...one, command: "ci", known: knownAmong(one.findings, knownKeys(replays, one)) });
    }
  }
  return checked;
}

/** What known tokens of the same program show. */
function knownKeys(replays: readonly GateReplay[], { model }: Pick<GateScenario, "model">): Set<string> {
  const same = replays.filter((one) => one.known && one.model.hash === model.hash);
  return new Set(same.flatMap(({ trace }) => trace?.violations.map(({ key }) => key) ?? []));
}

/** As check has them, so that neither finds what the other does not look for. */
function checkFlags(flags: CiFlags): CheckFlags & Pick<FuzzFlags, "strategy"> {
  const { time, maxMemory, seed, jobs, ui } = flags;
  return {
    define: [],
    include: [],
    stub: [],
    strict: false,
    strategy: STRATEGY_DEFAULT,
    time,
    maxMemory,
    ...(seed === undefined ? {} : { seed }),
    ...(jobs === undefined ? {} : { jobs }),
    ui,
    why: false,
    json: false,
    traces: false,
  };
}
