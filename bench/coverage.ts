// What it costs to look at a sample of the schedules closely: schedules/s of two pools that run the same plan
// in turns, one of which looks, one of which does not; the ratio of the medians counts. On the scalar machine
// and in lanes, from a million schedules on, where the sample is about as thin as it stays.
//
//   npm run -s build && node bin/node24.js bench/coverage.ts [--rounds N] [--seconds S]

import { join } from "node:path";
import { parseArgs } from "node:util";
import { Strategy } from "../dist/assembly/abi.js";
import { engineFile, lanesFolder, modelsFolder, reducerFile } from "../dist/src/base/paths.js";
import { median } from "../dist/src/base/quantile.js";
import { compileEngine, Engine } from "../dist/src/engine/engine.js";
import { BLOCK, type LanesCode } from "../dist/src/engine/lanes.js";
import { compileLanes } from "../dist/src/lanes/compile.js";
import { lanesOf } from "../dist/src/lanes/lanes.js";
import { openModel } from "../dist/src/model/compile.js";
import { encodeProgram } from "../dist/src/model/encode.js";
import type { Program } from "../dist/src/model/program.js";
import { startPool } from "../dist/src/work/pool.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "10" }, seconds: { type: "string", default: "2" } },
});
const SHARD = 2 ** 16;
const FIRST = 2 ** 20;

async function lanesCode(program: Program): Promise<LanesCode> {
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  const source = lanesOf(engine, program.words, 10_000, "bench", "random");
  if ("unfit" in source) throw new Error(`lanes do not fit: ${source.unfit}`);
  const bytes = await compileLanes(lanesFolder, source.text);
  return { module: await WebAssembly.compile(bytes), ...source.tables };
}

/** Schedules/s of so many seconds, whole shards. */
async function contender(program: Program, lanes: LanesCode | null, looks: boolean) {
  const pool = startPool({
    module: await compileEngine(engineFile),
    ...(looks ? { recorder: await compileEngine(reducerFile) } : {}),
    ...(lanes === null ? {} : { lanes: Promise.resolve(lanes) }),
    workers: 1,
    words: program.words,
    hash: program.hash,
    draw: { strategy: Strategy.RANDOM, seed: 42n, stepsMax: 10_000 },
    tokenOf: (schedule) => `schedule ${schedule}`,
  });
  let next = lanes === null ? FIRST / SHARD : FIRST / BLOCK;
  const run = async (seconds: number): Promise<number> => {
    const begun = performance.now();
    let schedules = 0;
    // Four blocks of lanes at a time: of one of them a sample is taken.
    while (performance.now() - begun < 1000 * seconds || next % 4 !== 0) {
      const size = lanes === null ? SHARD : BLOCK;
      const block = lanes === null ? {} : { block: next };
      schedules += (await pool.run({ shard: next, first: next * size, count: size, ...block })).schedules;
      next++;
    }
    return (1000 * schedules) / (performance.now() - begun);
  };
  return { run, destroy: () => pool.destroy() };
}

for (const scenario of ["close_vs_rmdir", "storm"]) {
  const program = encodeProgram((await openModel(join(modelsFolder, "bpf-oom", "v2.c"))).compile(scenario));
  for (const lanes of [null, await lanesCode(program)]) {
    const [without, looking] = [
      await contender(program, lanes, false),
      await contender(program, lanes, true),
    ];
    const rates: [number[], number[]] = [[], []];
    for (let round = 0; round < Number(values.rounds); round++) {
      rates[0].push(await without.run(Number(values.seconds)));
      rates[1].push(await looking.run(Number(values.seconds)));
    }
    await Promise.all([without.destroy(), looking.destroy()]);
    const ratio = median(rates[1]) / median(rates[0]);
    const engine = lanes === null ? "scalar" : "lanes";
    console.log(
      `${scenario} ${engine}: ${Math.round(median(rates[0]))}/s, looking ${ratio.toFixed(4)} of that`,
    );
  }
}
