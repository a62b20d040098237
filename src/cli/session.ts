// What most commands start with: the model compiled as the flags say, the engine made and loaded.

import { UsageError } from "../base/errors.ts";
import { MODEL_DEFAULT, type ModelFile, resolveModel } from "../base/models.ts";
import { nearest } from "../base/names.ts";
import { engineFile } from "../base/paths.ts";
import type { RecordMachine } from "../campaign/findings.ts";
import { compileEngine, Engine, type EngineModule } from "../engine/engine.ts";
import { compileModel, listScenarios, type ModelOptions } from "../model/compile.ts";
import { encodeProgram } from "../model/encode.ts";
import type { IrProgram } from "../model/ir.ts";
import type { Program } from "../model/program.ts";
import type { ModelFlags } from "./flags.ts";

/** The scenario that is shown off where none is named. */
const SCENARIO_DEFAULT: ReadonlyMap<string, string> = new Map([[MODEL_DEFAULT, "close_vs_rmdir"]]);

export interface CompiledModel {
  readonly file: ModelFile;
  readonly ir: IrProgram;
  readonly program: Program;
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
    if (match === null)
      throw new UsageError(`--stub ${text} does not name a function`, "write NAME or NAME=choose");
    stubs.set(match[1]!, match[2] === undefined ? "zero" : "choose");
  }
  return { name: file.name, defines, includes: flags.include, stubs, strict: flags.strict };
}

export async function scenariosOf(file: ModelFile, flags: ModelFlags): Promise<string[]> {
  const scenarios = await listScenarios(file.file, compileOptions(flags, file));
  return scenarios.map((scenario) => scenario.name);
}

/** The C identifier of the scenario that the flags ask for. */
async function chooseScenario(file: ModelFile, flags: ModelFlags): Promise<string> {
  const names = await scenariosOf(file, flags);
  const asked = flags.scenario?.replaceAll("-", "_");
  if (asked !== undefined) {
    const found = names.find((name) => name === asked);
    if (found !== undefined) return found;
    const shown = names.map(dashed);
    const near = nearest(dashed(asked), shown);
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `it has: ${shown.join(", ")}`;
    throw new UsageError(`${file.name} has no scenario ${flags.scenario}`, hint);
  }
  const first = names[0];
  if (first === undefined) {
    throw new UsageError(`${file.name} has no scenario`, "write: scenario name(void) { ... thread(...); }");
  }
  const preferred = SCENARIO_DEFAULT.get(file.name);
  return preferred !== undefined && names.includes(preferred) ? preferred : first;
}

export function dashed(scenario: string): string {
  return scenario.replaceAll("_", "-");
}

export async function loadModel(name: string | undefined, flags: ModelFlags): Promise<CompiledModel> {
  const file = resolveModel(name ?? MODEL_DEFAULT);
  return compileScenario(file, flags, await chooseScenario(file, flags));
}

export async function compileScenario(
  file: ModelFile,
  flags: ModelFlags,
  scenario: string,
): Promise<CompiledModel> {
  const ir = await compileModel(file.file, { ...compileOptions(flags, file), scenario });
  return { file, ir, program: encodeProgram(ir) };
}

export async function loadEngine(): Promise<EngineModule> {
  try {
    return await compileEngine(engineFile);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the engine cannot be loaded: ${reason}`, "run npm run build");
  }
}

/** An engine in this thread, for replays. */
export function startEngine(module: EngineModule, program: Program): RecordMachine {
  const engine = new Engine(module);
  engine.load(program.words);
  return engine;
}
