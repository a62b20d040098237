// Explores a scenario of a model, and reduces what came of it to what a corpus can state in a line.

import { engineFile } from "../../src/base/paths.ts";
import { type Explored, explore } from "../../src/campaign/explore.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { compileModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";

const MEMORY_BYTES = 128 << 20;
const STEPS_MAX = 1000;

const compiled = compileEngine(engineFile);
const explorations = new Map<string, Promise<Explored>>();

/** The same twice is explored once. */
export function exploreScenario(file: string, scenario: string): Promise<Explored> {
  const key = `${file} ${scenario}`;
  const exploration = explorations.get(key) ?? run(file, scenario);
  explorations.set(key, exploration);
  return exploration;
}

async function run(file: string, scenario: string): Promise<Explored> {
  const program = encodeProgram(await compileModel(file, { scenario }));
  const machine = new Engine(await compiled);
  machine.load(program.words);
  const explored = await explore({ program, machine, rules: { stepsMax: STEPS_MAX, bytes: MEMORY_BYTES } });
  if (explored.endedBy !== "complete") throw new Error(`${file} ${scenario}: ended by ${explored.endedBy}`);
  return explored;
}

/**
 * "proved; 4 states, 5 transitions, 2 schedules". In place of "proved" the kinds of the findings, with the
 * number of places where there is more than one; "endless schedules" where one can go round in circles.
 */
export function inOneLine({ findings, progress, exact }: Explored): string {
  const places = new Map<string, Set<string>>();
  for (const { kind, file, line } of findings) {
    places.set(kind, (places.get(kind) ?? new Set()).add(`${file}:${line}`));
  }
  const kinds = [...places].sort().map(([kind, { size }]) => (size > 1 ? `${kind} at ${size} places` : kind));
  const verdict = kinds.length === 0 ? "proved" : kinds.join(", ");
  const schedules = exact?.schedules ?? "endless";
  return `${verdict}; ${progress.states} states, ${progress.transitions} transitions, ${schedules} schedules`;
}
