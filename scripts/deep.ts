// `npm run deep`: explores the deep models and their fixed variants, lets every strategy search them, and
// writes models/deep/EXPECTED.md.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { STEPS_DEFAULT } from "../dist/assembly/abi.js";
import { bundledModels } from "../dist/src/base/models.js";
import { modelsFolder } from "../dist/src/base/paths.js";
import { explore } from "../dist/src/campaign/explore.js";
import { readStrategy } from "../dist/src/campaign/strategies.js";
import { loadEngine, loadModel, startEngine } from "../dist/src/cli/session.js";
import { piecesOf } from "../dist/src/work/portfolio.js";
import { type DeepRow, renderDeep, SCHEDULES_MOST, schedulesToFinding } from "./deep-table.ts";

const STRATEGIES = ["portfolio", "surw", "pos", "pct-2", "pct-3", "pct-5", "sticky-90", "urw"];
const FLAGS = { define: [], include: [], stub: [], strict: false };
const MEMORY_BYTES = 64 << 20;

const module = await loadEngine();

async function explored(model: string) {
  const { program } = await loadModel(model, FLAGS);
  const machine = startEngine(module, program);
  const rules = { stepsMax: STEPS_DEFAULT, bytes: MEMORY_BYTES };
  const { progress, findings, endedBy } = await explore({ program, machine, rules });
  if (endedBy !== "complete") throw new Error(`${model}: ${endedBy}`);
  return { machine, states: progress.states, findings };
}

const rows: DeepRow[] = [];
const names = bundledModels().map(({ name }) => name);
for (const model of names.filter((name) => name.startsWith("deep/") && !name.endsWith("-fixed"))) {
  const { machine, states, findings } = await explored(model);
  const fixed = await explored(`${model}-fixed`);
  if (fixed.findings.length > 0) throw new Error(`${model}-fixed violates`);
  const schedules: Record<string, (number | null)[]> = {};
  for (const name of STRATEGIES) {
    const read = readStrategy(name);
    if ("problem" in read) throw new Error(read.problem);
    const pieces = piecesOf(read.member, 0, SCHEDULES_MOST);
    schedules[name] = schedulesToFinding(machine, pieces, STEPS_DEFAULT);
    console.log(`${model} ${name}`);
  }
  rows.push({
    model,
    states,
    fixedStates: fixed.states,
    probability: findings.reduce((sum, finding) => sum + finding.exactProbability!, 0),
    preemptions: Math.min(...findings.map(({ preemptions }) => preemptions)),
    schedules,
  });
}
writeFileSync(join(modelsFolder, "deep", "EXPECTED.md"), renderDeep(rows));
