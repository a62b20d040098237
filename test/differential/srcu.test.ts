// Goal: the abstract SRCU domain (assembly/kernel/srcu.ts) neither hides a race nor invents one. Method:
// every scenario of the model is fuzzed with it, and with the SRCU algorithm in C (models/lib/srcu.c) in its
// place; both must show the same findings. The algorithm takes some twenty steps for a grace period, so that
// what is rare with the domain is rarer with it: a finding that the domain shows in fewer than FREQUENT of a
// million schedules is one that the algorithm may miss. Counted with this seed, no finding lies within a
// factor of 1.5 of that border. bpf-oom/v1 is not compared: its domains are freed while readers leave them,
// which the algorithm in C cannot bear (see there).

import { beforeAll, describe, expect, test } from "vitest";
import { Strategy, Violation } from "../../assembly/abi.ts";
import { resolveModel } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { placesOf } from "../../src/campaign/places.ts";
import { compileEngine, Engine, type EngineModule, type RawFinding } from "../../src/engine/engine.ts";
import { compileModel, listScenarios } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";

const MODEL = "bpf-oom/v2";
const SCHEDULES = 100_000;
const FREQUENT = 1_200;

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

/** As keyOf(), but a place inside the algorithm is that of the call. */
function keyOutside(program: Program, raw: RawFinding): string {
  const place = (site: number) => {
    const id = program.sourceMap[site];
    if (site < 0 || id === undefined || id < 0) return "";
    const frames = placesOf(program, id).filter(({ file }) => !/^include\/|^lib\/srcu\.c$/.test(file));
    const at = frames[0];
    return at === undefined ? "" : `${at.file}:${at.line}:${at.column} ${at.function}()`;
  };
  const object = program.symbols.classes[raw.class]?.name ?? "";
  return [Violation[raw.kind], place(raw.site), object, place(raw.other)].join(" | ");
}

/** Key of each finding, with how many of a million schedules show it. */
async function findings(
  scenario: string,
  defines: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  const { file } = resolveModel(MODEL);
  const program = encodeProgram(await compileModel(file, { scenario, defines }));
  const engine = new Engine(module);
  engine.load(program.words);
  const tally = engine.fuzz({ strategy: Strategy.RANDOM, seed: 42n, stepsMax: 10_000 }, 0, SCHEDULES);
  expect(
    tally.limited.every((n) => n === 0),
    "no run hit a limit of the machine",
  ).toBe(true);
  const perMillion = new Map<string, number>();
  for (const raw of tally.findings) {
    const key = keyOutside(program, raw);
    perMillion.set(key, (perMillion.get(key) ?? 0) + (raw.count / tally.schedules) * 1e6);
  }
  return perMillion;
}

describe(MODEL, async () => {
  const scenarios = await listScenarios(resolveModel(MODEL).file);
  test.each(scenarios.map(({ name }) => name))(
    "%s shows the same with the domain and with the algorithm",
    { timeout: 60_000 },
    async (scenario) => {
      const domain = await findings(scenario, new Map());
      const algorithm = await findings(scenario, new Map([["RACEPROOF_SRCU_ALGORITHM", "1"]]));
      const hidden = [...algorithm.keys()].filter((key) => !domain.has(key));
      expect(hidden, "shown by the algorithm alone").toEqual([]);
      const frequent = [...domain].filter(([, perMillion]) => perMillion >= FREQUENT);
      const invented = frequent.filter(([key]) => !algorithm.has(key));
      expect(invented, "shown by the domain alone").toEqual([]);
    },
  );
});
