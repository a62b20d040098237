// bench run: measures contenders (campaign/measure.ts) and keeps the result. bench compare: what is different
// in two of them.

import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { Exit, type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { reasonOf } from "../base/reason.ts";
import { compareBenchmarks, incomparable } from "../campaign/bench-compare.ts";
import { exploreSmall } from "../campaign/explore.ts";
import { seedToken } from "../campaign/findings.ts";
import { countGroups } from "../campaign/keys.ts";
import {
  type Measured,
  type MeasureOptions,
  measureFindings,
  measureThroughput,
  withCensored,
} from "../campaign/measure.ts";
import type { EnginePlan } from "../campaign/plan.ts";
import { modelName } from "../campaign/repro.ts";
import { strategyName } from "../campaign/strategies.ts";
import type { BenchEnvironment, Benchmark, BenchOptions, TimeToFinding } from "../campaign/summary.ts";
import type { EngineModule } from "../engine/engine.ts";
import { lanesMember } from "../engine/lanes.ts";
import { renderBenchComparison, renderBenchmark } from "../report/benchmark.ts";
import { startPool } from "../work/pool.ts";
import type { BenchCompareFlags, BenchRunFlags } from "./flags.ts";
import { catchInterrupts } from "./interrupt.ts";
import { LANES_DRAW, type Lanes, lanesFor } from "./lanes.ts";
import { columns, wantsColor, writeError, writeJson, writeResult } from "./output.ts";
import { type CompiledModel, dashed, loadEngine, loadModel, loadRecorder, startEngine } from "./session.ts";
import {
  parseCount,
  parseEngine,
  parseJobs,
  parseSchedules,
  parseSeed,
  parseStepsMax,
  parseStrategy,
} from "./values.ts";

const ROUNDS_MAX = 1000;
const SECONDS_MAX = 3600;
const SEEDS_MAX = 10_000;

export async function runBench(name: string | undefined, flags: BenchRunFlags): Promise<ExitCode> {
  const asked = parseFlags(flags);
  if (flags.output !== undefined) mustTake(flags.output);
  const model = await loadModel(name, flags);
  const module = await loadEngine();
  const interrupts = catchInterrupts();
  const { signal } = interrupts;
  const onProgress = (text: string) => writeError(`bench: ${text}`);
  const contenders = await makeContenders(model, module, asked, { signal, onProgress });
  const { options } = asked;
  const seed = BigInt(options.seed);
  const throughput = await measureThroughput(contenders, { ...options, seed }, { signal, onProgress });
  const findings = await findingsOf(model, module, contenders, options, { signal, onProgress });
  const result: Benchmark = {
    schema: 1,
    version,
    command: "bench run",
    environment: environment(),
    options,
    complete: !signal.aborted,
    throughput,
    findings,
  };
  if (flags.output !== undefined) writeAside(flags.output, `${JSON.stringify(result, null, 2)}\n`);
  await (flags.json
    ? writeJson(result)
    : writeResult(renderBenchmark(result, { color: wantsColor(), width: columns() })));
  interrupts.release();
  return interrupts.exitCode() ?? Exit.CLEAN;
}

interface Asked {
  readonly options: BenchOptions;
  readonly engines: readonly EnginePlan[];
  readonly strategies: readonly number[];
  readonly workers: readonly number[];
}

function parseFlags(flags: BenchRunFlags): Asked {
  const seeds = flags.seeds === "0" ? 0 : parseCount("--seeds", flags.seeds, SEEDS_MAX);
  const seed = parseSeed(flags.seed);
  if (seed + BigInt(seeds) > 1n << 64n) throw new UsageError(`--seed ${flags.seed} leaves no ${seeds} seeds`);
  const seconds = Number(flags.seconds);
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
    throw new UsageError(`--seconds ${flags.seconds} is not a time in seconds`, "write for example 1.5");
  }
  const all = availableParallelism();
  const engines = flags.engines.split(",").map((name) => parseEngine(name, "--engines"));
  const strategies = flags.strategies.split(",").map(parseStrategy);
  const other = strategies.find((strategy) => lanesMember(strategy) === null);
  if (engines.includes("lanes") && other !== undefined) {
    throw new UsageError(
      `lanes draw ${LANES_DRAW}, not ${strategyName(other)}`,
      "write --engines scalar or auto, or leave that strategy out",
    );
  }
  return {
    options: {
      rounds: parseCount("--rounds", flags.rounds, ROUNDS_MAX),
      seconds,
      seeds,
      seed: String(seed),
      schedules: parseSchedules(flags.schedules),
      maxSteps: parseStepsMax(flags.maxSteps),
    },
    engines,
    strategies,
    workers: flags.jobs === undefined ? [...new Set([1, all])] : flags.jobs.split(",").map(parseJobs),
  };
}

/** Engines times strategies times workers; lanes draw in a few ways only. */
async function makeContenders(
  { program }: CompiledModel,
  module: EngineModule,
  { options, engines, strategies, workers }: Asked,
  { onProgress }: MeasureOptions,
): Promise<Measured[]> {
  const { name, scenario, hash } = modelName(program);
  const recorder = await loadRecorder(options.maxSteps);
  const contenders: Measured[] = [];
  for (const plan of engines) {
    for (const strategy of strategies) {
      const draw = { strategy, seed: BigInt(options.seed), stepsMax: options.maxSteps };
      const lanes: Lanes = lanesFor(program, plan, draw, {});
      for (const note of await lanes.notes(Number.POSITIVE_INFINITY)) onProgress(note);
      const fits = await lanes.fits;
      const code = fits ? { lanes: Promise.resolve(await lanes.code!) } : {};
      for (const count of workers) {
        contenders.push({
          model: name,
          scenario: dashed(scenario),
          hash,
          engine: plan,
          strategy: strategyName(strategy),
          workers: count,
          program,
          plan: fits === false ? "scalar" : lanes.plan,
          start: (seed) =>
            startPool({
              module,
              workers: count,
              words: program.words,
              ...recorder,
              hash,
              draw: { ...draw, seed },
              tokenOf: (schedule) => seedToken(program, { ...draw, seed }, schedule),
              ...code,
            }),
        });
      }
    }
  }
  return contenders;
}

/** With the most workers only: how many there are changes seconds, and no schedule. */
async function findingsOf(
  { program }: CompiledModel,
  module: EngineModule,
  contenders: readonly Measured[],
  { seeds, seed, schedules, maxSteps }: BenchOptions,
  options: MeasureOptions,
): Promise<TimeToFinding[]> {
  if (seeds === 0 || options.signal.aborted) return [];
  const machine = startEngine(module, program);
  const explored = await exploreSmall({ program, machine, signal: options.signal }, maxSteps);
  const bugs = explored === null ? null : countGroups([...explored.values()]);
  const most = Math.max(...contenders.map(({ workers }) => workers));
  const measured = contenders.filter(({ workers }) => workers === most);
  const list = Array.from({ length: seeds }, (_, n) => BigInt(seed) + BigInt(n));
  const rows: TimeToFinding[] = [];
  for (const contender of measured) {
    rows.push(...(await measureFindings(contender, { seeds: list, schedules, bugs }, options)));
  }
  return withCensored(rows, measured, seeds);
}

function environment(): BenchEnvironment {
  const [cpu] = cpus();
  const { node, v8 } = process.versions;
  return {
    node,
    v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpu?.model ?? "unknown",
    cores: availableParallelism(),
  };
}

/** Whole or not at all. */
function writeAside(file: string, text: string): void {
  const aside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch (error) {
    if (existsSync(aside)) rmSync(aside);
    throw cannotWrite(file, error);
  }
}

/** Before minutes of measuring: a file that will not take the result. */
function mustTake(file: string): void {
  const isNew = !existsSync(file);
  try {
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw cannotWrite(file, error);
  }
  if (isNew) rmSync(file);
}

function cannotWrite(file: string, error: unknown): UsageError {
  return new UsageError(`${file} cannot be written: ${reasonOf(error)}`, "name another file with -o");
}

export async function runBenchCompare(
  before: string,
  after: string,
  flags: BenchCompareFlags,
): Promise<ExitCode> {
  const [a, b] = [readBenchmark(before), readBenchmark(after)];
  const reasons = incomparable(a, b, flags.acrossMachines);
  if (reasons.length > 0) {
    throw new UsageError(
      `${before} and ${after} cannot be compared: ${reasons.join("; ")}`,
      "run bench run again with the same flags; --across-machines allows other machines and versions of Node",
    );
  }
  const comparison = compareBenchmarks(a, b, version);
  await (flags.json
    ? writeJson(comparison)
    : writeResult(renderBenchComparison(comparison, { color: wantsColor(), width: columns() })));
  return comparison.differences.some(({ verdict }) => verdict === "worse") ? Exit.FINDING : Exit.CLEAN;
}

function readBenchmark(file: string): Benchmark {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(error)}`, "bench run -o FILE makes one");
  }
  const problem = benchmarkProblem(text);
  if (problem !== null) throw new UsageError(`${file} ${problem}`, "bench run -o FILE makes one");
  return JSON.parse(text) as Benchmark;
}

/** What keeps a text from being a result of bench run. */
function benchmarkProblem(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is not JSON";
  }
  const result = value as Partial<Benchmark> | null;
  if (typeof result !== "object" || result?.command !== "bench run") return "is no result of bench run";
  if (result.schema !== 1) return `has schema ${result.schema}; this raceproof reads 1`;
  const isRow = (row: unknown, list: "schedulesPerSecond" | "schedules"): boolean =>
    typeof row === "object" && row !== null && Array.isArray((row as Record<string, unknown>)[list]);
  const whole =
    typeof result.environment === "object" &&
    typeof result.options === "object" &&
    Array.isArray(result.throughput) &&
    result.throughput.every((row) => isRow(row, "schedulesPerSecond")) &&
    Array.isArray(result.findings) &&
    result.findings.every((row) => isRow(row, "schedules") && Array.isArray(row.seconds));
  return whole ? null : "is damaged: parts of the result are missing";
}
