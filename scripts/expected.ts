// `npm run expected`: runs every race of models/bpf-oom/catalogue.json in every version and fix, and writes
// models/bpf-oom/expected.json and EXPECTED.md. What contradicts the catalogue is printed; exit code 1 then.
//
//   npm run expected -- [--found N] [--schedules N] [--refuted N] [--rows A,B] [--models X,Y] [--again]
//
//   --found N      schedules that a cell is given first (20k)
//   --schedules N  schedules that must show nothing before a cell is "not found" (1M)
//   --refuted N    the same where the claim is that it cannot happen (100M)
//   --rows, --models   only these; the other cells stay as they are
//   --again        also what is known: a cell that was not found in as many schedules of the same program

import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { STEPS_DEFAULT, Strategy } from "../dist/assembly/abi.js";
import { resolveModel } from "../dist/src/base/models.js";
import { modelsFolder } from "../dist/src/base/paths.js";
import { explainFindings } from "../dist/src/campaign/findings.js";
import { runCampaign } from "../dist/src/campaign/loop.js";
import { loadEngine, type OpenedModel, openScenarios } from "../dist/src/cli/session.js";
import { Engine, type RawTally } from "../dist/src/engine/engine.js";
import type { Program } from "../dist/src/model/program.js";
import { startPool } from "../dist/src/work/pool.js";
import {
  type Catalogue,
  type Cell,
  contradiction,
  FLAGS,
  fewest,
  hasScenario,
  type Results,
  renderTable,
  TABLE_SEED,
} from "./expected-table.ts";

const { values } = parseArgs({
  options: {
    found: { type: "string", default: "2e4" },
    schedules: { type: "string", default: "1e6" },
    refuted: { type: "string", default: "1e8" },
    rows: { type: "string" },
    models: { type: "string" },
    again: { type: "boolean", default: false },
  },
});
const folder = join(modelsFolder, "bpf-oom");
const catalogue: Catalogue = JSON.parse(readFileSync(join(folder, "catalogue.json"), "utf8"));
const before = resultsBefore();
const draw = { strategy: Strategy.RANDOM, seed: TABLE_SEED, stepsMax: STEPS_DEFAULT };
const module = await loadEngine();
const engine = new Engine(module);

function resultsBefore(): readonly Cell[] {
  try {
    return (JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Results).cells;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function runCell(program: Program, row: string, model: string, most: number): Promise<Cell> {
  engine.load(program.words);
  const few = Math.min(Number(values.found), most);
  let tally: RawTally = engine.fuzz(draw, 0, few);
  const known = before.find((cell) => cell.row === row && cell.model === model);
  if (tally.findings.length === 0 && few < most) {
    const same = known?.hash === program.hash && known.findings.length === 0 && known.schedules >= most;
    if (same && !values.again) return known;
    tally = await runMany(program, most);
    engine.load(program.words);
  }
  if (tally.schedules === 0 || tally.limited.some((runs) => runs > 0)) {
    throw new Error(`${row} in ${model}: runs hit a limit of the machine, or all were dropped by assume()`);
  }
  const findings = fewest(explainFindings(program, engine, draw, tally));
  return { row, model, hash: program.hash, schedules: tally.schedules, findings };
}

async function runMany(program: Program, schedules: number): Promise<RawTally> {
  const workers = availableParallelism();
  const tokenOf = (schedule: number) => `schedule ${schedule}`;
  const pool = startPool({ module, workers, words: program.words, hash: program.hash, draw, tokenOf });
  try {
    return (await runCampaign({ program, pool, rules: { schedules } })).tally;
  } finally {
    await pool.destroy();
  }
}

const chosen = (list: string | undefined, name: string): boolean => {
  return list === undefined || list.split(",").includes(name);
};

const cells: Cell[] = [];
const contradictions: string[] = [];
const models = new Map<string, OpenedModel>();
for (const name of catalogue.models) models.set(name, await openScenarios(resolveModel(name), FLAGS));
for (const row of catalogue.rows) {
  for (const model of catalogue.models) {
    const opened = models.get(model)!;
    if (!hasScenario(opened, row)) continue;
    const known = before.find((cell) => cell.row === row.row && cell.model === model);
    const wanted = chosen(values.rows, row.row) && chosen(values.models, model);
    if (!wanted && known !== undefined) cells.push(known);
    if (!wanted) continue;
    const most = Number(row.refuted === true ? values.refuted : values.schedules);
    const { program } = opened.compile(row.scenario);
    const cell = await runCell(program, row.row, model, most);
    cells.push(cell);
    const shown = cell.findings.map((one) => `${one.kind} in ${one.function}()`).join(", ");
    console.error(`${row.row} ${model}: ${shown || `not found in ${cell.schedules}`}`);
    const wrong = contradiction(row, cell);
    if (wrong !== undefined) contradictions.push(wrong);
  }
}
const results: Results = { schema: 1, strategy: "random", seed: String(TABLE_SEED), cells };
writeFileSync(join(folder, "expected.json"), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(join(folder, "EXPECTED.md"), renderTable(catalogue, results));
for (const wrong of contradictions) console.log(wrong);
process.exitCode = contradictions.length === 0 ? 0 : 1;
