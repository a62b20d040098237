// Goal: the deep models are as rare as they are said to be, their fixes hold, and the portfolio finds them
// where the random walk does not. Method: all states of each; the portfolio's medians over the seeds of the
// document, which are the same on every machine; the document's rows, number by number.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  medianOf,
  medianOfWalk,
  SCHEDULES_MOST,
  SEEDS,
  schedulesToFinding,
} from "../../scripts/deep-table.ts";
import { STEPS_DEFAULT, Strategy } from "../../assembly/abi.ts";
import { bundledModels } from "../../src/base/models.ts";
import { engineFile, modelsFolder } from "../../src/base/paths.ts";
import { type Explored, explore } from "../../src/campaign/explore.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { piecesOf } from "../../src/work/portfolio.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const DOCUMENT = readFileSync(join(modelsFolder, "deep", "EXPECTED.md"), "utf8");
const FOLDER = bundledModels().filter(({ name }) => name.startsWith("deep/"));
const MODELS = FOLDER.filter(({ name }) => !name.endsWith("-fixed"));

/** Cells of the rows of the two tables for a model. */
function rowsOf(name: string): string[][] {
  const lines = DOCUMENT.split("\n").filter((line) => line.startsWith(`| \`${name}\` |`));
  return lines.map((line) => line.split("|").map((cell) => cell.trim()).slice(2, -1));
}

async function explored(name: string): Promise<{ engine: Engine; result: Explored }> {
  const opened = await openModel(FOLDER.find((model) => model.name === name)!.file, { name });
  expect(opened.scenarios).toHaveLength(1);
  const program = encodeProgram(opened.compile(opened.scenarios[0]!.name));
  const engine = new Engine(module);
  engine.load(program.words);
  const rules = { stepsMax: STEPS_DEFAULT, bytes: 16 << 20 };
  const result = await explore({ program, machine: engine, rules });
  expect(result.endedBy).toBe("complete");
  return { engine, result };
}

test("there are three, each with its fixed variant", () => {
  expect(FOLDER.map(({ name }) => name)).toEqual(MODELS.flatMap(({ name }) => [name, `${name}-fixed`]));
  expect(MODELS).toHaveLength(3);
});

describe.each(MODELS)("$name", ({ name }) => {
  test("goes wrong in one way, in less than one of ten million random schedules", async () => {
    const { result } = await explored(name);
    expect(new Set(result.findings.map(({ title }) => title)).size).toBe(1);
    const probability = result.findings.reduce((sum, finding) => sum + finding.exactProbability!, 0);
    expect(probability).toBeGreaterThan(0);
    expect(probability).toBeLessThan(1e-7);
    const fewest = Math.min(...result.findings.map(({ preemptions }) => preemptions));
    const [facts] = rowsOf(name);
    expect(facts!.slice(0, 3)).toEqual([
      result.progress.states.toLocaleString("en-US"),
      probability.toExponential(1),
      String(fewest),
    ]);
  });

  test("is proved with the fix", async () => {
    const { result } = await explored(`${name}-fixed`);
    expect(result.findings).toEqual([]);
    expect(rowsOf(name)[0]![3]).toBe(result.progress.states.toLocaleString("en-US"));
  });

  test("is found by the portfolio with every seed, in a hundredth of the random walk's", async () => {
    const { engine, result } = await explored(name);
    const pieces = piecesOf(Strategy.PORTFOLIO, 0, SCHEDULES_MOST);
    const schedules = schedulesToFinding(engine, pieces, STEPS_DEFAULT);
    expect(schedules.filter((n) => n !== null)).toHaveLength(SEEDS);
    const middle = medianOf(schedules)!;
    expect(rowsOf(name)[1]![1]).toBe(middle.toLocaleString("en-US"));
    const probability = result.findings.reduce((sum, finding) => sum + finding.exactProbability!, 0);
    expect(100 * middle).toBeLessThan(medianOfWalk(probability));
  });
});
