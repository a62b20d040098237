// Goal: the modelled SRCU algorithm keeps its promise as published, and each part of it that is left out
// breaks what its file says, no less and no more. Method: every scenario of every file under models/srcu/ is
// fuzzed and has its kinds of violation in a table. Counted with this seed, each violation shows at least
// twice in its schedules; a rare one gets more of them.

import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Strategy, Violation } from "../../assembly/abi.ts";
import { bundledModels } from "../../src/base/models.ts";
import { engineFile, modelsFolder } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule, type RawTally } from "../../src/engine/engine.ts";
import { compileModel, listScenarios } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";

const MANY = 40_000;
const RARE = 600_000;
/** Each of the relay's schedules that does not end costs all the steps allowed. */
const RELAY = 1_000;
const STEPS_MAX = 2_000;

const FREED = [Violation.USE_AFTER_FREE];
const ENDLESS = [Violation.STEP_LIMIT];

interface Expected {
  readonly says: string;
  readonly kinds: readonly Violation[];
  readonly schedules: number;
}

const clean: Expected = { says: "nothing", kinds: [], schedules: MANY };
const freed: Expected = { says: "a use-after-free", kinds: FREED, schedules: MANY };
const freedRarely: Expected = { ...freed, schedules: RARE };
const ends: Expected = { ...clean, schedules: RELAY };
const neverEnds: Expected = { says: "no end", kinds: ENDLESS, schedules: RELAY };

const SCENARIOS = [
  "reader_vs_updater",
  "two_readers_vs_updater",
  "reader_vs_two_updates",
  "two_readers_vs_two_updaters",
  "relay_vs_updater",
];

/** A column for each of SCENARIOS. */
const TABLE: Record<string, readonly Expected[]> = {
  correct: [clean, { ...clean, schedules: RARE }, clean, clean, ends],
  "no-flip": [clean, clean, clean, clean, neverEnds],
  "one-rank": [clean, clean, clean, clean, neverEnds],
  "unlocks-last": [clean, freedRarely, clean, freedRarely, ends],
  "no-first-wait": [clean, clean, freed, freedRarely, ends],
  "no-second-wait": [freed, freed, freed, freed, ends],
};

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

async function fuzz(file: string, scenario: string, schedules: number): Promise<RawTally> {
  const engine = new Engine(module);
  engine.load(encodeProgram(await compileModel(file, { scenario })).words);
  return engine.fuzz({ strategy: Strategy.RANDOM, seed: 1n, stepsMax: STEPS_MAX }, 0, schedules);
}

test("the table has every file and every scenario", async () => {
  const files = bundledModels().filter(({ name }) => name.startsWith("srcu/"));
  expect(files.map(({ name }) => name).sort()).toEqual(
    Object.keys(TABLE)
      .map((name) => `srcu/${name}`)
      .sort(),
  );
  const scenarios = await listScenarios(files[0]!.file);
  expect(scenarios.map(({ name }) => name)).toEqual(SCENARIOS);
});

describe.each(Object.keys(TABLE))("srcu/%s", (model) => {
  const row = TABLE[model]!;
  for (const [i, { kinds, schedules, says }] of row.entries()) {
    const scenario = SCENARIOS[i]!;
    test(`${scenario} shows ${says}`, { timeout: 60_000 }, async () => {
      const tally = await fuzz(join(modelsFolder, "srcu", `${model}.c`), scenario, schedules);
      expect([...new Set(tally.findings.map((f) => f.kind))]).toEqual(kinds);
      expect(tally.schedules).toBe(schedules);
      expect(tally.limited.every((n) => n === 0), "no run hit a limit of the machine").toBe(true);
      const seen = tally.findings.reduce((sum, f) => sum + f.count, 0);
      if (kinds === ENDLESS) expect(seen, "no schedule at all ends").toBe(schedules);
      if (kinds === FREED) expect(seen).toBeGreaterThanOrEqual(2);
    });
  }
});
