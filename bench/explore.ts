// Measures states/s of an exploration without reduction on one core, against SPIN's pan for the same program
// (peers/pan.ts: each step is compiled C and one transition), both in turns, round after round; what counts
// is the ratio of the medians. Before anything is timed, states and transitions must agree; pan has two
// states more: the one before the set-up, and the one to which it goes by a violation, which is an end here.
//
// A scenario that does not come to an end is cut: ours after a number of states, pan after a time.
//
//   node bin/node24.js bench/explore.ts [--rounds N] [--json FILE] [--scenario NAME]

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { engineFile, modelsFolder } from "../dist/src/base/paths.js";
import { median } from "../dist/src/base/quantile.js";
import { compileEngine, Engine } from "../dist/src/engine/engine.js";
import { compileModel } from "../dist/src/model/compile.js";
import { encodeProgram } from "../dist/src/model/encode.js";
import type { Program } from "../dist/src/model/program.js";
import { MORE_STATES, MORE_TRANSITIONS, Pan, type Round, spinInstalled } from "./peers/verifier.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "6" },
    json: { type: "string" },
    scenario: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const scenarios = values.scenario === undefined ? ["close-vs-rmdir-vs-oom", "storm"] : [values.scenario];

const STEPS_MAX = 10_000;
const MEMORY = 2 ** 30;
/** Where a scenario is cut; pan is after a time. */
const STATES_MAX = 2_000_000;
/** A small scenario is explored so often that it takes this long. */
const ROUND_MS = 500;

const module = await compileEngine(engineFile);

function engineFor(program: Program): Engine {
  const engine = new Engine(module);
  engine.load(program.words);
  return engine;
}

function explore(engine: Engine): Round {
  const began = performance.now();
  let times = 0;
  let complete = false;
  do {
    times++;
    if (!engine.exploreBegin(MEMORY, STEPS_MAX)) throw new Error("no memory");
    complete = false;
    while (!complete && engine.exploreProgress().states < STATES_MAX) complete = engine.exploreRun(2000);
  } while (complete && performance.now() - began < ROUND_MS);
  const { states, transitions } = engine.exploreProgress();
  return { states, transitions, seconds: (performance.now() - began) / 1000 / times, complete };
}

// ---------------------------------------------------------------- rounds

interface Row {
  readonly scenario: string;
  readonly states: number;
  readonly transitions: number;
  readonly complete: boolean;
  readonly raceproof: number;
  readonly pan: number;
  readonly ratio: number;
}

async function measure(scenario: string): Promise<Row> {
  const file = join(modelsFolder, "bpf-oom", "v2.c");
  const ir = await compileModel(file, { name: "bpf-oom/v2", scenario: scenario.replaceAll("-", "_") });
  const program = encodeProgram(ir);
  const engine = engineFor(program);
  const ours = explore(engine);
  const pan = await Pan.make(program, () => engineFor(program), ours.states);
  const theirs = await pan.run();
  if (ours.complete !== theirs.complete) throw new Error(`${scenario}: one came to its end, and one did not`);
  if (ours.complete && ours.states + MORE_STATES !== theirs.states) {
    throw new Error(`${scenario}: ${ours.states} and ${theirs.states} states`);
  }
  if (ours.complete && ours.transitions + MORE_TRANSITIONS !== theirs.transitions) {
    throw new Error(`${scenario}: ${ours.transitions} and ${theirs.transitions} transitions`);
  }
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const a = explore(engine);
    const b = await pan.run();
    rates[0].push(a.states / a.seconds);
    rates[1].push(b.states / b.seconds);
  }
  pan.end();
  const [raceproof, other] = rates.map(median) as [number, number];
  const { states, transitions, complete } = ours;
  return { scenario, states, transitions, complete, raceproof, pan: other, ratio: raceproof / other };
}

if (!spinInstalled) {
  console.log("SKIPPED: spin and gcc are needed (apt-get install spin gcc)");
} else {
  const rows: Row[] = [];
  for (const scenario of scenarios) rows.push(await measure(scenario));
  console.log(`${cpus()[0]?.model ?? "?"}, Node ${process.versions.node}; medians of ${rounds} rounds`);
  const line = (cells: readonly string[]): string =>
    cells.map((cell, n) => (n === 0 ? cell.padEnd(24) : cell.padStart(18))).join("");
  console.log(line(["scenario", "states", "transitions", "raceproof states/s", "pan states/s", "ratio"]));
  for (const { scenario, states, transitions, complete, raceproof, pan, ratio } of rows) {
    const count = (n: number): string => n.toLocaleString("en-US");
    const seen = complete
      ? [count(states), count(transitions)]
      : [`${count(states)} (cut)`, count(transitions)];
    console.log(
      line([scenario, ...seen, count(Math.round(raceproof)), count(Math.round(pan)), ratio.toFixed(2)]),
    );
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}
