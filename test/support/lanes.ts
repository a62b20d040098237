// Lanes of a bundled model, compiled as a campaign does it, in this process.

import { join } from "node:path";
import { lanesFolder, modelsFolder } from "../../src/base/paths.ts";
import { Engine, type EngineModule } from "../../src/engine/engine.ts";
import { LanesEngine } from "../../src/engine/lanes.ts";
import { compileLanes } from "../../src/lanes/compile.ts";
import { lanesOf } from "../../src/lanes/lanes.ts";
import type { Rule } from "../../src/lanes/rank.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";

export interface Compiled {
  readonly program: Program;
  readonly engine: Engine;
  readonly lanes: LanesEngine;
}

export async function lanesOfModel(
  module: EngineModule,
  model: string,
  scenario: string,
  rule: Rule = "random",
): Promise<Compiled> {
  const opened = await openModel(join(modelsFolder, `${model}.c`));
  return lanesOfProgram(module, encodeProgram(opened.compile(scenario)), 10_000, rule);
}

export async function lanesOfProgram(
  module: EngineModule,
  program: Program,
  stepsMax: number,
  rule: Rule = "random",
  folder: string = lanesFolder,
): Promise<Compiled> {
  const engine = new Engine(module);
  engine.load(program.words);
  const source = lanesOf(engine, program.words, stepsMax, "a test", rule);
  if ("unfit" in source) throw new Error(source.unfit);
  const bytes = await compileLanes(folder, source.text);
  const lanes = new LanesEngine({ module: await WebAssembly.compile(bytes), ...source.tables });
  return { program, engine, lanes };
}
