// Measures schedules/s and steps/s, one worker and two, on the scalar machine and in lanes, against the same
// state machine written by hand in C (bench/native), for the two-task model also bit-sliced in C, SPIN's
// simulator and the scheduler of fast-check (bench/peers/simulation.ts). All engines run in turns, round
// after round, so that whatever else the machine does hits them alike; what counts is the ratio of the
// medians. Violation rates of ours and of C must agree: the z-score of their difference is printed, and
// beyond 4 the run fails.
//
//   node bin/node24.js bench/run.ts [--rounds N] [--seconds S] [--json FILE] [--scenario NAME]

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Strategy, Violation } from "../dist/assembly/abi.js";
import { engineFile, lanesFolder, modelsFolder } from "../dist/src/base/paths.js";
import { median } from "../dist/src/base/quantile.js";
import { compileEngine, Engine, type RawTally } from "../dist/src/engine/engine.js";
import { BLOCK, type LanesCode } from "../dist/src/engine/lanes.js";
import { compileLanes } from "../dist/src/lanes/compile.js";
import { lanesOf } from "../dist/src/lanes/lanes.js";
import { compileModel } from "../dist/src/model/compile.js";
import { encodeProgram } from "../dist/src/model/encode.js";
import type { Program } from "../dist/src/model/program.js";
import type { Shard } from "../dist/src/work/job.js";
import { startPool } from "../dist/src/work/pool.js";
import { emptyTally, mergeTallies } from "../dist/src/work/tally.js";
import { BATCH, type Contender, compileNative, native, type Round } from "./native.ts";
import { fastCheck, spin } from "./peers/simulation.ts";
import { print, type Row, zScore } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "6" },
    seconds: { type: "string", default: "1.5" },
    json: { type: "string" },
    scenario: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

/** What is measured: the model, and how many WARNs a schedule can have. */
const MODELS: Readonly<Record<string, { readonly model: string; readonly warns: number }>> = {
  "two-task": { model: "bench/two-task", warns: 2 },
  "close-vs-rmdir": { model: "bpf-oom/v2", warns: 1 },
  storm: { model: "bpf-oom/v2", warns: 2 },
  wide: { model: "bench/wide", warns: 8 },
};
const scenarios = values.scenario === undefined ? Object.keys(MODELS) : [values.scenario];

const SHARD = 2 ** 15;
const SEED = 42n;
/** Batches of schedules that both sides run first, to be compared sum for sum. */
const EXACT_BATCHES = 64;
type OurEngine = "scalar" | "lanes";

async function programOf(scenario: string): Promise<Program> {
  const { model } = MODELS[scenario]!;
  const file = join(modelsFolder, `${model}.c`);
  return encodeProgram(await compileModel(file, { name: model, scenario: scenario.replaceAll("-", "_") }));
}

async function lanesCode(program: Program): Promise<LanesCode> {
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  const source = lanesOf(engine, program.words, 10_000, "bench", "random");
  if ("unfit" in source) throw new Error(`lanes do not fit: ${source.unfit}`);
  const module = await WebAssembly.compile(await compileLanes(lanesFolder, source.text));
  return { module, ...source.tables };
}

async function ours(
  program: Program,
  name: OurEngine,
  workers: number,
  lanes: LanesCode,
): Promise<Contender> {
  const pool = startPool({
    lanes: Promise.resolve(lanes),
    module: await compileEngine(engineFile),
    workers,
    words: program.words,
    hash: program.hash,
    draw: { strategy: Strategy.RANDOM, seed: SEED, stepsMax: 10_000 },
    tokenOf: (schedule) => `schedule ${schedule}`,
  });
  let shard = 0;
  async function gather(next: () => Omit<Shard, "shard"> | undefined): Promise<Round> {
    const begin = performance.now();
    let tally: RawTally = emptyTally;
    const worker = async (): Promise<void> => {
      for (let range = next(); range !== undefined; range = next()) {
        const part = await pool.run({ shard: shard++, ...range });
        tally = mergeTallies(tally, part);
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
    const count = (kind: Violation): number =>
      tally.findings.filter((f) => f.kind === kind).reduce((sum, f) => sum + f.count, 0);
    return {
      schedules: tally.schedules,
      steps: tally.steps,
      time: (performance.now() - begin) / 1000,
      warn: count(Violation.WARN),
      useAfterFree: count(Violation.USE_AFTER_FREE),
    };
  }
  const size = name === "lanes" ? BLOCK : SHARD;
  let first = 0;
  return {
    name,
    workers,
    run() {
      const end = performance.now() + seconds * 1000;
      return gather(() => {
        if (performance.now() >= end) return undefined;
        first += size;
        const range = { first: first - size, count: size };
        return name === "lanes" ? { ...range, block: range.first / BLOCK } : range;
      });
    },
    exactly(schedules) {
      const ranges = [{ first: 0, count: schedules }];
      return gather(() => ranges.shift());
    },
    end: () => pool.destroy(),
  };
}

/**
 * Both draw the same numbers, so that the first schedules of a campaign are the very same runs: any
 * difference in a sum is a fault of one side.
 */
async function sameRuns(scenario: string, c: Contender, contender: Contender): Promise<void> {
  const theirs = await c.exactly(EXACT_BATCHES * BATCH);
  const own = await contender.exactly(theirs.schedules);
  for (const key of ["schedules", "steps", "warn", "useAfterFree"] as const) {
    if (own[key] !== theirs[key]) {
      throw new Error(
        `${scenario}: ${key} ${own[key]} in raceproof, ${theirs[key]} in C over the same schedules`,
      );
    }
  }
}

async function measure(
  scenario: string,
  contenders: readonly Contender[],
): Promise<{ rows: Row[]; z: Record<OurEngine, number[]> | null }> {
  // V8 replaces its baseline code while the first call still runs: nobody is timed before that.
  for (const c of contenders) await c.run(0);
  const results = contenders.map(() => [] as Round[]);
  for (let round = 1; round <= rounds; round++) {
    for (const [n, c] of contenders.entries()) results[n]!.push(await c.run(round));
    process.stderr.write(`bench: ${scenario} round ${round} of ${rounds}\n`);
  }
  const total = (n: number, f: (r: Round) => number): number => results[n]!.reduce((sum, r) => sum + f(r), 0);
  const rows = contenders.map((c, n) => ({
    scenario,
    engine: c.name,
    workers: c.workers,
    schedulesPerSecond: median(results[n]!.map((r) => r.schedules / r.time)),
    stepsPerSecond: median(results[n]!.map((r) => r.steps / r.time)),
    stepsPerSchedule: total(n, (r) => r.steps) / total(n, (r) => r.schedules),
    warnPercent: (100 * total(n, (r) => r.warn)) / total(n, (r) => r.schedules),
    useAfterFreePercent: (100 * total(n, (r) => r.useAfterFree)) / total(n, (r) => r.schedules),
  }));
  const sums = (engine: string, f: (r: Round) => number): number =>
    contenders.reduce((sum, c, n) => sum + (c.name === engine ? total(n, f) : 0), 0);
  const { warns } = MODELS[scenario]!;
  const rates = [
    { hits: (r: Round) => r.warn, most: warns },
    { hits: (r: Round) => r.useAfterFree, most: 1 },
  ];
  // WARNs of one schedule are not independent of each other; at most they all come together.
  const zOf = (engine: OurEngine) =>
    rates.map(({ hits, most }) => {
      const trials = (r: Round): number => r.schedules * most;
      const theirs = Math.max(1, sums("native C", trials));
      const z = zScore(sums(engine, hits), sums(engine, trials), sums("native C", hits), theirs);
      return z / Math.sqrt(most);
    });
  const compared = contenders.some((c) => c.name === "native C");
  return { rows, z: compared ? { scalar: zOf("scalar"), lanes: zOf("lanes") } : null };
}

/** Who takes part: ours first, then C, then what others have. */
async function contendersOf(scenario: string, folder: string): Promise<Contender[]> {
  const program = await programOf(scenario);
  const lanes = await lanesCode(program);
  const contenders: Contender[] = [];
  for (const name of ["scalar", "lanes"] as const) {
    for (const workers of [1, 2]) contenders.push(await ours(program, name, workers, lanes));
  }
  for (const [name, how] of [
    ["native C", "scalar"],
    ["C lanes", "lanes"],
  ] as const) {
    const inC = compileNative(scenario, how, folder);
    if (inC === undefined) continue;
    for (const workers of [1, 2]) contenders.push(native(name, inC, workers, seconds, SEED));
  }
  const peers = scenario === "two-task" ? [spin(seconds), await fastCheck(seconds)] : [];
  return [...contenders, ...peers.filter((peer) => peer !== undefined)];
}

const folder = mkdtempSync(join(tmpdir(), "raceproof-bench-"));
const all: Row[] = [];
const ratios: { scenario: string; what: string; ratio: number }[] = [];
const scores: { scenario: string; what: string; z: number }[] = [];
try {
  for (const scenario of scenarios) {
    if (MODELS[scenario] === undefined) throw new Error(`no such scenario: ${scenario}`);
    const contenders = await contendersOf(scenario, folder);
    const inC = contenders.find((c) => c.name === "native C");
    if (inC !== undefined) await sameRuns(scenario, inC, contenders[0]!);
    const { rows, z } = await measure(scenario, contenders);
    for (const c of contenders) await c.end();
    all.push(...rows);
    const compare = (what: string, [engine, of]: readonly [string, string], workers = [1, 1]): void => {
      const [a, b] = [engine, of].map((name, n) =>
        rows.find((r) => r.engine === name && r.workers === workers[n]),
      );
      if (a === undefined || b === undefined) return;
      ratios.push({ scenario, what, ratio: a.schedulesPerSecond / b.schedulesPerSecond });
    };
    for (const name of ["scalar", "lanes"] as const) {
      compare(`${name}, 2 workers / 1`, [name, name], [2, 1]);
      compare(`${name} / native C, 1 worker`, [name, "native C"]);
      compare(`${name} / native C, 2 workers`, [name, "native C"], [2, 2]);
      for (const [rank, what] of ["WARN", "use-after-free"].entries()) {
        if (z !== null) scores.push({ scenario, what: `${what}, ${name}`, z: z[name][rank]! });
      }
    }
    compare("lanes / C lanes, 1 worker", ["lanes", "C lanes"]);
    compare("lanes / scalar, 1 worker", ["lanes", "scalar"]);
    compare("lanes / SPIN, 1 worker", ["lanes", "SPIN"]);
    compare("lanes / fast-check, 1 worker", ["lanes", "fast-check"]);
  }
} finally {
  rmSync(folder, { recursive: true });
}

print(all);
console.log("");
for (const r of ratios) console.log(`${r.scenario.padEnd(15)} ${r.what.padEnd(32)} ${r.ratio.toFixed(2)}`);
for (const s of scores) console.log(`${s.scenario.padEnd(15)} z of ${s.what.padEnd(27)} ${s.z.toFixed(2)}`);
const environment = {
  versions: process.versions,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  rounds,
  seconds,
};
if (values.json !== undefined) {
  writeFileSync(
    values.json,
    `${JSON.stringify({ schema: 1, environment, rows: all, ratios, scores }, null, 2)}\n`,
  );
}
if (scores.some((s) => Math.abs(s.z) > 4)) {
  console.error("bench: the engines disagree about a violation's rate: one of them is wrong");
  process.exitCode = 1;
}
