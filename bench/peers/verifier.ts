// SPIN's pan for a program: made, compiled, and run until it has visited every state, or for some seconds.

import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IMAGE_HEADER_WORDS, Op, POINTER_BASE, Strategy } from "../../dist/assembly/abi.js";
import type { Program } from "../../dist/src/model/program.js";
import { panModel, panSource } from "./pan.ts";
import type { Asked, Footprint } from "./tables.ts";

const STEPS_MAX = 10_000;
const PAN_SECONDS = 6;

/** What one engine did in one round. */
export interface Round {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly complete: boolean;
}

/** States that pan has and we have not: before the set-up, and after a violation. */
export const MORE_STATES = 2;
/** Besides the set-up, as ours, it counts the initial state. */
export const MORE_TRANSITIONS = 1;

export const spinInstalled =
  spawnSync("spin", ["-V"]).status === 0 && spawnSync("gcc", ["--version"]).status === 0;

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
function footprint(program: Program, engine: Asked): { stored: Set<number>; slots: number } {
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
export class Pan {
  readonly #folder = mkdtempSync(join(tmpdir(), "raceproof-pan-"));

  /** Of its table, which is the faster the better it fits. */
  readonly #tableBits: number;

  private constructor(states: number) {
    this.#tableBits = Math.ceil(Math.log2(states)) + 2;
  }

  static async make(program: Program, engineFor: () => Asked, states: number): Promise<Pan> {
    const pan = new Pan(states);
    const used = footprint(program, engineFor());
    for (let attempt = 0; attempt < 50; attempt++) {
      pan.#build(program, engineFor(), used);
      const { refused } = await pan.#run(PAN_SECONDS);
      const cell = /not translated: a (?:store to|local at) cell (\d+)/.exec(refused);
      if (cell !== null) used.stored.add(Number(cell[1]));
      else if (/not translated: a task in slot/.test(refused)) used.slots++;
      else if (refused !== "") throw new Error(refused);
      else return pan;
    }
    throw new Error("no verifier came of it");
  }

  #build(program: Program, engine: Asked, used: Footprint): void {
    engine.begin(STEPS_MAX, new Uint32Array());
    writeFileSync(join(this.#folder, "program.h"), panSource(program.words, engine, used));
    writeFileSync(join(this.#folder, "model.pml"), panModel(used.slots));
    copyFileSync(join(import.meta.dirname, "world.h"), join(this.#folder, "world.h"));
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
