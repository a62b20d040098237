// Goal: each small model gets the verdict that it expects, and nothing else. Method: every scenario of every
// file under test/golden/models (accesses and the vocabulary of scenarios) and of the corpus of the kernel
// primitives is compiled and fuzzed; the races in them are shallow, so that a miss in 20,000 schedules with
// this seed is a wrong machine and not bad luck.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Strategy, Violation } from "../../assembly/abi.ts";
import { corpusModels } from "../../src/base/models.ts";
import { engineFile, modelsFolder, packageRoot } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule, type RawTally } from "../../src/engine/engine.ts";
import { compileModel, listScenarios } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";

const folder = join(packageRoot, "test", "golden", "models");
const SCHEDULES = 20_000;

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

async function fuzz(file: string, scenario: string): Promise<RawTally> {
  const engine = new Engine(module);
  engine.load(encodeProgram(await compileModel(file, { scenario })).words);
  return engine.fuzz({ strategy: Strategy.RANDOM, seed: 1n, stepsMax: 1000 }, 0, SCHEDULES);
}

/** "use-after-free" for USE_AFTER_FREE. */
function kindName(kind: number): string {
  return Violation[kind]!.toLowerCase().replaceAll("_", "-");
}

function kindsOf(tally: RawTally): string[] {
  return [...new Set(tally.findings.map((f) => kindName(f.kind)))].sort();
}

describe("small models", () => {
  const own = readdirSync(folder).filter((name) => name.endsWith(".c"));
  const files = [...own.map((name) => ({ name, file: join(folder, name) })), ...corpusModels(["primitives"])];
  test("there are some", () => expect(files.length).toBeGreaterThan(120));
  test.each(files)("$name has its expected verdict", async ({ name, file }) => {
    const first = /^\/\/ expect: (.*)$/m.exec(readFileSync(file, "utf8"));
    expect(first, "a line says `// expect: kind` or `// expect: none`").not.toBeNull();
    const expected = first![1]!.trim() === "none" ? [] : first![1]!.split(/[ ,]+/).sort();
    if (name.startsWith("primitives/")) {
      expect(name.split("/")[1], "the folder agrees").toBe(expected.length === 0 ? "correct" : "wrong");
    }
    for (const { name: scenario } of await listScenarios(file)) {
      const tally = await fuzz(file, scenario);
      expect(kindsOf(tally), scenario).toEqual(expected);
      expect(tally.schedules).toBeGreaterThan(0);
      expect(tally.limited.every((n) => n === 0), "no run hit a limit of the machine").toBe(true);
    }
  });
});

describe("bundled models", () => {
  test("the canary fails in every schedule", async () => {
    const tally = await fuzz(join(modelsFolder, "canary.c"), "canary");
    expect(tally.schedules).toBe(SCHEDULES);
    expect(tally.findings.reduce((sum, f) => sum + f.count, 0)).toBe(SCHEDULES);
  });

  test("close-vs-rmdir shows the review's WARN and a use-after-free that it did not see", async () => {
    const tally = await fuzz(join(modelsFolder, "bpf-oom", "v2.c"), "close_vs_rmdir");
    expect(kindsOf(tally)).toEqual(["use-after-free", "warn"]);
  });

  test("two attaches under update_mutex show nothing", async () => {
    const tally = await fuzz(join(modelsFolder, "bpf-oom", "v2.c"), "two_attaches");
    expect(kindsOf(tally)).toEqual([]);
  });
});
