// Goal: what exploring says where it does not look at everything is so. Method: bundled scenarios that also
// fit as a whole. (1) A bound on preemptions: each finding of the whole is found from exactly the bound on
// that is its minimum, and a bound that nothing exceeds gives the whole's numbers. (2) A reduction, where
// the whole is said not to fit: the same findings, each with the fewest preemptions there are.

import { beforeAll, describe, expect, test } from "vitest";
import { resolveModel } from "../../src/base/models.ts";
import { engineFile, reducerFile } from "../../src/base/paths.ts";
import { type ExploreRules, explore } from "../../src/campaign/explore.ts";
import { exploreReduced } from "../../src/campaign/reduced.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";

let module: EngineModule;
let reducerModule: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
  reducerModule = await compileEngine(reducerFile);
});

const RULES: ExploreRules = { stepsMax: 1000, bytes: 64 << 20 };

async function programOf(scenario: string, model = "bpf-oom/v2"): Promise<Program> {
  const { file } = resolveModel(model);
  return encodeProgram((await openModel(file)).compile(scenario));
}

function start(program: Program, of = module): Engine {
  const machine = new Engine(of);
  machine.load(program.words);
  return machine;
}

function run(program: Program, rules: Partial<ExploreRules> = {}) {
  return explore({ program, machine: start(program), rules: { ...RULES, ...rules } });
}

describe("a bound on preemptions", () => {
  test.each(["close_vs_rmdir", "warn_2", "uaf_2", "lost_1"])(
    "%s: a finding comes with its minimum",
    async (scenario) => {
      const program = await programOf(scenario);
      const whole = await run(program);
      const most = Math.max(...whole.findings.map((finding) => finding.preemptions));
      for (let bound = 0; bound <= most; bound++) {
        const { endedBy, findings, exact } = await run(program, { manner: { preemptionsMax: bound } });
        expect(endedBy).toBe("preemptions");
        expect(exact).toBeNull();
        const shape = (list: typeof findings) =>
          list.map((f) => `${f.key} ${f.preemptions} ${f.trace.switches} ${f.steps}`).sort();
        expect(shape(findings)).toEqual(shape(whole.findings.filter((f) => f.preemptions <= bound)));
        expect(findings.every((finding) => finding.minimum === "exact")).toBe(true);
      }
    },
  );

  test("that no schedule exceeds leaves nothing out, and all is counted", async () => {
    const program = await programOf("close_vs_rmdir");
    const whole = await run(program);
    const bounded = await run(program, { manner: { preemptionsMax: 100 } });
    expect(bounded.endedBy).toBe("complete");
    expect(bounded.exact?.schedules).toBe(whole.exact?.schedules);
    const odds = (explored: typeof whole) =>
      new Map(explored.findings.map((f) => [f.key, f.exactProbability!.toPrecision(9)]));
    expect(odds(bounded)).toEqual(odds(whole));
  });
});

describe("where the whole does not fit", () => {
  test.each(["close_vs_rmdir", "close_vs_rmdir_vs_oom", "uaf_6", "lost_2"])(
    "%s: a reduction finds the same, each with the fewest preemptions",
    async (scenario) => {
      const program = await programOf(scenario);
      const whole = await run(program);
      const reduced = await exploreReduced({
        program,
        rules: RULES,
        plain: () => start(program),
        reducer: () => start(program, reducerModule),
        full: { bytes: 1 << 20, statesMax: 200 },
      });
      expect(reduced.before?.states).toBeGreaterThanOrEqual(200);
      expect(reduced.reduced).toBe(true);
      expect(reduced.exact).toBeNull();
      expect(reduced.progress.states).toBeLessThan(whole.progress.states);
      const keys = (explored: typeof whole) =>
        explored.findings.map((f) => `${f.key}: ${f.preemptions} ${f.minimum}`).sort();
      expect(keys(reduced)).toEqual(keys(whole));
    },
  );

  test("what fits is counted", async () => {
    const program = await programOf("two_attaches");
    const explored = await exploreReduced({
      program,
      rules: RULES,
      plain: () => start(program),
      reducer: () => {
        throw new Error("it fits");
      },
    });
    expect(explored.before).toBeNull();
    expect(explored.exact?.schedules).toBeGreaterThan(1n);
  });
});

test("fewest steps are never more than those of the fewest preemptions", async () => {
  const program = await programOf("close_vs_rmdir");
  const preemptions = await run(program);
  const steps = await run(program, { minimise: "steps" });
  const byKey = new Map(preemptions.findings.map((finding) => [finding.key, finding]));
  for (const { key, steps: fewest, minimum } of steps.findings) {
    expect(fewest).toBeLessThanOrEqual(byKey.get(key)!.steps);
    expect(minimum).toBe("exact");
  }
});
