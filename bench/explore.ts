// Measures states/s of an exploration without reduction on one core, against SPIN's pan for the same program
// (peers/pan.ts: each step is compiled C and one transition), both in turns, round after round; what counts
// is the ratio of the medians. Before anything is timed, states and transitions must agree; pan has two
// states more: the one before the set-up, and the one to which it goes by a violation, which is an end here.
//
// A scenario that does not come to an end is cut: ours after a number of states, pan after a time.
//
//   node bin/node24.js bench/explore.ts [--rounds N] [--json FILE] [--scenario NAME]

import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { IMAGE_HEADER_WORDS, Op, POINTER_BASE, Strategy } from "../dist/assembly/abi.js";
import { engineFile, modelsFolder } from "../dist/src/base/paths.js";
import { compileEngine, Engine } from "../dist/src/engine/engine.js";
import { compileModel } from "../dist/src/model/compile.js";
import { encodeProgram } from "../dist/src/model/encode.js";
import type { Program } from "../dist/src/model/program.js";
import { panModel, panSource } from "./peers/pan.ts";
import type { Footprint } from "./peers/tables.ts";
import { median } from "./statistics.ts";

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
/** Where a scenario is cut. */
const STATES_MAX = 2_000_000;
const PAN_SECONDS = 6;
/** A small scenario is explored so often that it takes this long. */
const ROUND_MS = 500;

interface Round {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly complete: boolean;
}

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

// ---------------------------------------------------------------- pan

const STORES: ReadonlySet<number> = new Set([
  Op.STORE,
  Op.XCHG,
  Op.CMPXCHG,
  Op.FETCH_ADD,
  Op.FETCH_AND,
  Op.FETCH_OR,
  Op.FETCH_XOR,
]);
const WALKS = 300;

/** Cells and slots that some random schedules use: pan says what is missing. */
function footprint(program: Program): { stored: Set<number>; slots: number } {
  const engine = engineFor(program);
  const field = (pc: number, word: number): number => program.words[IMAGE_HEADER_WORDS + 4 * pc + word]!;
  engine.begin(STEPS_MAX, new Uint32Array());
  const pointers = Array.from({ length: engine.cellsEnd() - POINTER_BASE }, (_, n) => POINTER_BASE + n);
  const initial = pointers.map((p) => engine.cell(p));
  const stored = new Set<number>();
  let slots = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    const draw = { strategy: Strategy.RANDOM, seed: 1n, stepsMax: STEPS_MAX };
    const { picks } = engine.record(draw, walk);
    engine.begin(STEPS_MAX, new Uint32Array());
    for (const slot of picks) {
      const { pc } = engine.slots()[slot]!;
      const register = (field(pc, 0) >>> 16) & 0xff;
      if (STORES.has(field(pc, 0) & 0xff)) stored.add((engine.register(slot, register) + field(pc, 1)) >>> 0);
      engine.step(slot);
      slots = Math.max(slots, ...engine.slots().map((s) => (s.live ? s.slot + 1 : 0)));
      pointers.forEach((p, n) => {
        if (engine.cell(p) !== initial[n]) stored.add(p);
      });
    }
  }
  const cells = pointers.length;
  return { stored: new Set([...stored].filter((p) => p >= POINTER_BASE && p < POINTER_BASE + cells)), slots };
}

/** A verifier that was compiled, in a folder of its own. */
class Pan {
  readonly #folder = mkdtempSync(join(tmpdir(), "raceproof-pan-"));

  /** Of its table, which is the faster the better it fits. */
  readonly #tableBits: number;

  private constructor(states: number) {
    this.#tableBits = Math.ceil(Math.log2(states)) + 2;
  }

  static async make(program: Program, states: number): Promise<Pan> {
    const pan = new Pan(states);
    const used = footprint(program);
    for (let attempt = 0; attempt < 50; attempt++) {
      pan.#build(program, used);
      const { refused } = await pan.#run(PAN_SECONDS);
      const cell = /not translated: a (?:store to|local at) cell (\d+)/.exec(refused);
      if (cell !== null) used.stored.add(Number(cell[1]));
      else if (/not translated: a task in slot/.test(refused)) used.slots++;
      else if (refused !== "") throw new Error(refused);
      else return pan;
    }
    throw new Error("no verifier came of it");
  }

  #build(program: Program, used: Footprint): void {
    const engine = engineFor(program);
    engine.begin(STEPS_MAX, new Uint32Array());
    writeFileSync(join(this.#folder, "program.h"), panSource(program.words, engine, used));
    writeFileSync(join(this.#folder, "model.pml"), panModel(used.slots));
    copyFileSync(join(import.meta.dirname, "peers", "world.h"), join(this.#folder, "world.h"));
    this.#call("spin", ["-a", "model.pml"]);
    const defines = ["-DSAFETY", "-DNOREDUCE", "-DVECTORSZ=4096", "-DMEMLIM=8192"];
    this.#call("gcc", ["-O2", "-march=native", "-w", ...defines, "-o", "pan", "pan.c"]);
  }

  #call(command: string, args: readonly string[]): void {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: this.#folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command}: ${status}\n${stdout}${stderr}`);
  }

  async run(): Promise<Round> {
    const { round, refused } = await this.#run(PAN_SECONDS);
    if (round === null) throw new Error(refused);
    return round;
  }

  /** Ends by an interrupt where it takes longer; it prints then what it has. */
  #run(seconds: number): Promise<{ round: Round | null; refused: string }> {
    return new Promise((resolve) => {
      const pan = spawn("./pan", ["-E", "-c0", "-m1000000", `-w${this.#tableBits}`], { cwd: this.#folder });
      const timer = setTimeout(() => pan.kill("SIGINT"), seconds * 1000);
      let output = "";
      let refused = "";
      pan.stdout.on("data", (data) => (output += data));
      pan.stderr.on("data", (data) => (refused += data));
      pan.on("close", () => {
        clearTimeout(timer);
        const figure = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
        const complete = !/interrupt|not completed/i.test(output);
        const states = figure(/(\d+) states, stored/);
        const transitions = figure(/(\d+) transitions/);
        if (Number.isNaN(states)) resolve({ round: null, refused: refused || output });
        else {
          // What it says itself: without the start of the process.
          const took = figure(/elapsed time ([\d.]+)/);
          resolve({ round: { states, transitions, seconds: took, complete }, refused: "" });
        }
      });
    });
  }

  end(): void {
    if (process.env.KEEP) console.log(this.#folder);
    else rmSync(this.#folder, { recursive: true });
  }
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

/**
 * States that pan has and we have not: before the set-up, and after a violation. It has one transition more:
 * besides the set-up, as ours, it counts the initial state.
 */
const MORE_STATES = 2;

async function measure(scenario: string): Promise<Row> {
  const file = join(modelsFolder, "bpf-oom", "v2.c");
  const ir = await compileModel(file, { name: "bpf-oom/v2", scenario: scenario.replaceAll("-", "_") });
  const program = encodeProgram(ir);
  const engine = engineFor(program);
  const ours = explore(engine);
  const pan = await Pan.make(program, ours.states);
  const theirs = await pan.run();
  if (ours.complete !== theirs.complete) throw new Error(`${scenario}: one came to its end, and one did not`);
  if (ours.complete && ours.states + MORE_STATES !== theirs.states) {
    throw new Error(`${scenario}: ${ours.states} and ${theirs.states} states`);
  }
  if (ours.complete && ours.transitions + 1 !== theirs.transitions) {
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

function installed(command: string, flag: string): boolean {
  return spawnSync(command, [flag]).status === 0;
}

if (!installed("spin", "-V") || !installed("gcc", "--version")) {
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
