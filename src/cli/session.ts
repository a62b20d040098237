// What most commands start with: the model compiled as the flags say, the engine made and loaded.

import { statSync } from "node:fs";
import { STEPS_MAX } from "../../assembly/abi.ts";
import { UsageError } from "../base/errors.ts";
import { MODEL_DEFAULT, type ModelFile, resolveModel } from "../base/models.ts";
import { engineFile, reducerFile } from "../base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../engine/engine.ts";
import { listScenarios, type ModelOptions, openModel, type ScenarioInfo } from "../model/compile.ts";
import { encodeProgram } from "../model/encode.ts";
import type { IrProgram } from "../model/ir.ts";
import type { Program } from "../model/program.ts";
import type { ModelFlags } from "./flags.ts";

export interface CompiledModel {
  readonly file: ModelFile;
  readonly ir: IrProgram;
  readonly program: Program;
  /** Text of each file that was read, by the name that places have. */
  readonly sources: ReadonlyMap<string, string>;
}

function compileOptions(flags: ModelFlags, file: ModelFile): ModelOptions {
  const defines = new Map<string, string>();
  for (const text of flags.define) {
    const match = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text);
    if (match === null)
      throw new UsageError(`--define ${text} does not name a macro`, "write NAME or NAME=VALUE");
    defines.set(match[1]!, match[2] ?? "1");
  }
  const stubs = new Map<string, "zero" | "choose">();
  for (const text of flags.stub) {
    const match = /^([A-Za-z_]\w*)(=choose)?$/.exec(text);
    if (match === null) {
      throw new UsageError(`--stub ${text} does not name a function`, "write NAME or NAME=choose");
    }
    stubs.set(match[1]!, match[2] === undefined ? "zero" : "choose");
  }
  for (const folder of flags.include) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) continue;
    throw new UsageError(
      `--include ${folder} is no folder`,
      "name the folder that has the file, or leave it out",
    );
  }
  return {
    name: file.name,
    fileName: file.shown,
    defines,
    includes: flags.include,
    stubs,
    strict: flags.strict,
  };
}

export function scenariosOf(file: ModelFile, flags: ModelFlags): Promise<ScenarioInfo[]> {
  return listScenarios(file.file, compileOptions(flags, file));
}

export function dashed(scenario: string): string {
  return scenario.replaceAll("_", "-");
}

/** The scenario is the one that the flags name, else the model's first. */
export async function loadModel(name: string | undefined, flags: ModelFlags): Promise<CompiledModel> {
  return compileScenario(resolveModel(name ?? MODEL_DEFAULT), flags, flags.scenario);
}

/** One that is read once, for several of its scenarios. */
export interface OpenedModel {
  readonly file: ModelFile;
  readonly scenarios: readonly ScenarioInfo[];
  /** As of a compiled one. */
  readonly sources: ReadonlyMap<string, string>;
  /** Undefined: the model's first, or the mistake that it has none. */
  compile(scenario: string | undefined): CompiledModel;
}

export async function openScenarios(file: ModelFile, flags: ModelFlags): Promise<OpenedModel> {
  const opened = await openModel(file.file, compileOptions(flags, file));
  const compile = (scenario: string | undefined): CompiledModel => {
    const ir = opened.compile(scenario);
    return { file, ir, program: encodeProgram(ir), sources: opened.sources };
  };
  return { file, scenarios: opened.scenarios, sources: opened.sources, compile };
}

async function compileScenario(
  file: ModelFile,
  flags: ModelFlags,
  scenario: string | undefined,
): Promise<CompiledModel> {
  const options = { ...compileOptions(flags, file), ...(scenario === undefined ? {} : { scenario }) };
  const opened = await openModel(file.file, options);
  const ir = opened.compile(scenario);
  return { file, ir, program: encodeProgram(ir), sources: opened.sources };
}

export function loadEngine(): Promise<EngineModule> {
  return loadModule(engineFile);
}

/** The engine that can explore with a reduction. */
export function loadReducer(): Promise<EngineModule> {
  return loadModule(reducerFile);
}

/** What looks closely at a sample of a campaign's schedules; none where they may be too long for that. */
export async function loadRecorder(stepsMax: number): Promise<{ readonly recorder?: EngineModule }> {
  return stepsMax > STEPS_MAX ? {} : { recorder: await loadReducer() };
}

async function loadModule(file: string): Promise<EngineModule> {
  try {
    return await compileEngine(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the engine cannot be loaded: ${reason}`, "run npm run build");
  }
}

/** An engine in this thread, for replays and for exploring. */
export function startEngine(module: EngineModule, program: Program): Engine {
  const engine = new Engine(module);
  engine.load(program.words);
  return engine;
}
