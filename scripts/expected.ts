// `npm run expected`: runs every race of models/bpf-oom/catalogue.json in every version and fix, and writes
// models/bpf-oom/expected.json and EXPECTED.md. What contradicts the catalogue is printed; exit code 1 then.
//
//   npm run expected -- [--memory BYTES] [--schedules N] [--refuted N] [--rows A,B] [--models X,Y] [--again]
//
// Every cell is explored to its end; what does not fit is given random schedules instead.
//
//   --memory BYTES  of the graph of states that a cell may take (2^31, which is the most)
//   --schedules N   random schedules of a cell that does not fit (1M)
//   --refuted N     the same where the claim is that it cannot happen (100M)
//   --rows, --models   only these; the other cells stay as they are
//   --again         also what is known: cells of the same program, explored or given as many schedules

import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { STEPS_DEFAULT, Strategy } from "../dist/assembly/abi.js";
import { resolveModel } from "../dist/src/base/models.js";
import { modelsFolder } from "../dist/src/base/paths.js";
import { explore } from "../dist/src/campaign/explore.js";
import { explainFindings } from "../dist/src/campaign/findings.js";
import { runCampaign } from "../dist/src/campaign/loop.js";
import { protectionsOf } from "../dist/src/campaign/protection.js";
import { type CompiledModel, loadEngine, type OpenedModel, openScenarios } from "../dist/src/cli/session.js";
import { Engine, EXPLORE_BYTES_MAX, type RawTally } from "../dist/src/engine/engine.js";
import type { IrProgram } from "../dist/src/model/ir.js";
import type { Program } from "../dist/src/model/program.js";
import { startPool } from "../dist/src/work/pool.js";
import { renderTable } from "./expected-document.ts";
import {
  type Catalogue,
  type CatalogueRow,
  type Cell,
  contradiction,
  FLAGS,
  fewest,
  hasScenario,
  type Need,
  needsOf,
  type Results,
  TABLE_SEED,
} from "./expected-table.ts";

const { values } = parseArgs({
  options: {
    memory: { type: "string", default: String(EXPLORE_BYTES_MAX) },
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
/** For what goes wrong without a lock, a reference and so on. */
const WITHOUT = { stepsMax: STEPS_DEFAULT, bytes: 2 ** 28, statesMax: 300_000 };

function resultsBefore(): readonly Cell[] {
  try {
    return (JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Results).cells;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function runCell(
  { ir, program }: Pick<CompiledModel, "ir" | "program">,
  { row, refuted }: CatalogueRow,
  model: string,
): Promise<Cell> {
  const most = Number(refuted === true ? values.refuted : values.schedules);
  const known = before.find((cell) => cell.row === row && cell.model === model);
  const whole = known?.states !== undefined && (refuted !== true || known.findings.length > 0 || known.needs);
  const enough = whole || (known?.schedules ?? 0) >= most;
  if (known?.hash === program.hash && enough && !values.again) return known;
  const head = { row, model, hash: program.hash };
  engine.load(program.words);
  const rules = { stepsMax: STEPS_DEFAULT, bytes: Number(values.memory) };
  const explored = await explore({ program, machine: engine, rules });
  if (explored.endedBy === "complete" && explored.limited.every((runs) => runs === 0)) {
    const { states, transitions } = explored.progress;
    const cell = { ...head, states, transitions, schedules: 0, findings: fewest(explored.findings) };
    if (refuted !== true || explored.findings.length > 0) return cell;
    return { ...cell, needs: await findNeeds(ir) };
  }
  // Where something is found after all, many more schedules say nothing more.
  const tally = await runMany(program, explored.findings.length > 0 ? Number(values.schedules) : most);
  engine.load(program.words);
  if (tally.schedules === 0 || tally.limited.some((runs) => runs > 0)) {
    throw new Error(`${row} in ${model}: runs hit a limit of the machine, or all were dropped by assume()`);
  }
  const findings = fewest(explainFindings(program, engine, draw, tally));
  return { ...head, schedules: tally.schedules, findings };
}

/** A proved cell: nothing that goes wrong without a protection is known from before. */
async function findNeeds(ir: IrProgram): Promise<Need[]> {
  const machineFor = (mutant: Program): Engine => {
    engine.load(mutant.words);
    return engine;
  };
  return needsOf(await protectionsOf({ ir, known: new Set(), machineFor, rules: WITHOUT }));
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

const cells = new Map<string, Cell>();
const contradictions: string[] = [];
const models = new Map<string, OpenedModel>();
for (const name of catalogue.models) models.set(name, await openScenarios(resolveModel(name), FLAGS));
const rows = catalogue.rows.flatMap((row) => {
  return catalogue.models
    .filter((model) => hasScenario(models.get(model)!, row))
    .map((model) => ({ row, model }));
});
for (const { row, model } of rows) {
  const known = before.find((cell) => cell.row === row.row && cell.model === model);
  if (known !== undefined) cells.set(`${row.row} ${model}`, known);
}
for (const { row, model } of rows) {
  if (!chosen(values.rows, row.row) || !chosen(values.models, model)) continue;
  const cell = await runCell(models.get(model)!.compile(row.scenario), row, model);
  cells.set(`${row.row} ${model}`, cell);
  const shown = cell.findings.map((one) => `${one.kind} in ${one.function}()`).join(", ");
  const looked = cell.states === undefined ? `${cell.schedules} schedules` : `all ${cell.states} states`;
  console.error(`${row.row} ${model}: ${shown || "nothing"} in ${looked}`);
  const wrong = contradiction(row, cell);
  if (wrong !== undefined) contradictions.push(wrong);
  save();
}
save();
for (const wrong of contradictions) console.log(wrong);
process.exitCode = contradictions.length === 0 ? 0 : 1;

/** After each cell: some take minutes. */
function save(): void {
  const inOrder = rows.flatMap(({ row, model }) => cells.get(`${row.row} ${model}`) ?? []);
  const results: Results = { schema: 1, strategy: "random", seed: String(TABLE_SEED), cells: inOrder };
  writeFileSync(join(folder, "expected.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, "EXPECTED.md"), renderTable(catalogue, results));
}
