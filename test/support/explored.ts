// Explores a scenario of a model, and reduces what came of it to what a corpus can state in a line.

import { engineFile } from "../../src/base/paths.ts";
import { type Explored, explore } from "../../src/campaign/explore.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { type OpenModel, openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";

const MEMORY_BYTES = 128 << 20;
const STEPS_MAX = 1000;

/** One machine for all: an exploration must leave nothing behind. */
const machine = compileEngine(engineFile).then((module) => new Engine(module));
const opened = new Map<string, Promise<OpenModel>>();
const explorations = new Map<string, Promise<Explored>>();

/** Scenarios of a model, which is read once. */
export async function scenarioNames(file: string): Promise<string[]> {
  return (await open(file)).scenarios.map(({ name }) => name);
}

/** The same twice is explored once. */
export function exploreScenario(file: string, scenario: string): Promise<Explored> {
  return once(explorations, `${file} ${scenario}`, () => run(file, scenario));
}

function open(file: string): Promise<OpenModel> {
  return once(opened, file, () => openModel(file));
}

function once<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

async function run(file: string, scenario: string): Promise<Explored> {
  const program = encodeProgram((await open(file)).compile(scenario));
  const engine = await machine;
  engine.load(program.words);
  const rules = { stepsMax: STEPS_MAX, bytes: MEMORY_BYTES };
  const explored = await explore({ program, machine: engine, rules });
  if (explored.endedBy !== "complete" || explored.limited.some((count) => count > 0)) {
    throw new Error(`${file} ${scenario}: a limit cut it short (${explored.endedBy})`);
  }
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
