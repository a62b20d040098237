// Goal: lanes as they are run (compiled by asc, refilled, counted by the runtime) agree with the scalar
// machine schedule by schedule, and with the exact probabilities of exploring.
// Method: every schedule of the beginning of a block is written down and applied to the scalar machine; sums,
// first schedules and counts must be equal. Then whole blocks against what exploring says: z below 4.5, seeds
// fixed (one comparison in 150,000 would fail by chance).

import { beforeAll, describe, expect, test } from "vitest";
import { Outcome, Strategy } from "../../assembly/abi.ts";
import { engineFile, modelsFolder } from "../../src/base/paths.ts";
import { groupFindings } from "../../src/campaign/keys.ts";
import { memberOf } from "../../src/campaign/strategies.ts";
import { compileEngine, type Draw, type EngineModule } from "../../src/engine/engine.ts";
import { BLOCK, lanesRule, replayLanes } from "../../src/engine/lanes.ts";
import { rawKey } from "../../src/work/tally.ts";
import { exploreScenario } from "../support/explored.ts";
import { lanesOfModel } from "../support/lanes.ts";

const DRAW: Draw = { strategy: Strategy.LANES, seed: 7n, stepsMax: 10_000 };
const STICKY_90: Draw = { ...DRAW, strategy: memberOf(Strategy.LANES_STICKY, 90) };
const STICKY_0: Draw = { ...DRAW, strategy: memberOf(Strategy.LANES_STICKY, 0) };
const PCT_1: Draw = { ...DRAW, strategy: memberOf(Strategy.LANES_PCT, 1) };
const PCT_3: Draw = { ...DRAW, strategy: memberOf(Strategy.LANES_PCT, 3) };
const PCT_16: Draw = { ...DRAW, strategy: memberOf(Strategy.LANES_PCT, 16, 40) };
/** More than there are lanes, so that some are refilled. */
const COUNT = 300;

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

describe("each schedule of lanes", () => {
  test.each([
    ["bpf-oom/v2", "close_vs_rmdir", DRAW],
    ["bpf-oom/v2", "storm", DRAW],
    // Tasks that the set-up leaves behind; objects made while it runs; choose(); assume(); leaks at the end.
    ["bpf-oom/v2", "uaf_1", DRAW],
    ["bpf-oom/v2", "uaf_6", DRAW],
    ["bpf-oom/v2", "dd", DRAW],
    ["bpf-oom/v4-fixed", "close_vs_rmdir", DRAW],
    ["bpf-oom/v1", "leak", DRAW],
    // Deadlocks.
    ["bpf-oom/v2-detach-abba", "dl_order", DRAW],
    // Small: all in one loop.
    ["bench/two-task", "two_task", DRAW],
    ["bench/wide", "wide", DRAW],
    // Sticky.
    ["bpf-oom/v2", "close_vs_rmdir", STICKY_90],
    ["bpf-oom/v2", "storm", STICKY_90],
    ["bpf-oom/v2", "uaf_6", STICKY_90],
    ["bpf-oom/v1", "leak", STICKY_90],
    ["bpf-oom/v2-detach-abba", "dl_order", STICKY_90],
    ["bench/two-task", "two_task", STICKY_90],
    ["bench/wide", "wide", STICKY_90],
    // By priorities.
    ["bpf-oom/v2", "close_vs_rmdir", PCT_1],
    ["bpf-oom/v2", "close_vs_rmdir", PCT_3],
    ["bpf-oom/v2", "storm", PCT_3],
    ["bpf-oom/v2", "storm", PCT_16],
    ["bpf-oom/v2", "uaf_1", PCT_3],
    ["bpf-oom/v2", "uaf_2", PCT_3],
    ["bpf-oom/v2", "uaf_6", PCT_3],
    ["bpf-oom/v2", "dd", PCT_3],
    ["bpf-oom/v4-fixed", "close_vs_rmdir", PCT_3],
    ["bpf-oom/v1", "leak", PCT_3],
    ["bpf-oom/v2-detach-abba", "dl_order", PCT_3],
    ["bench/two-task", "two_task", PCT_3],
    ["bench/wide", "wide", PCT_3],
  ] as const)(
    "of %s, scenario %s, is the same on the scalar machine (%o)",
    { timeout: 120_000 },
    async (model, scenario, draw) => {
      const { engine, lanes } = await lanesOfModel(module, model, scenario, lanesRule(draw.strategy));
      const block = 3;
      const ran = lanes.run(draw, block, COUNT);
      expect(ran).not.toBeNull();
      const { tally, unsettled } = ran!;
      const numbers = Array.from({ length: COUNT }, (_, n) => block * BLOCK + n);
      const counts = new Map<string, { count: number; first: number }>();
      let [steps, dropped] = [0, 0];
      lanes.record(draw, numbers).forEach((run, n) => {
        const recording = replayLanes(engine, lanes.code, run, draw.stepsMax);
        expect(recording.outcome, `schedule ${n}`).not.toBe(Outcome.RUNNING);
        if (recording.outcome === Outcome.DROPPED) dropped++;
        else steps += run.tasks.length;
        if (unsettled.includes(numbers[n]!)) return;
        for (const key of new Set(recording.violations.map(rawKey))) {
          const known = counts.get(key) ?? { count: 0, first: numbers[n]! };
          counts.set(key, { ...known, count: known.count + 1 });
        }
      });
      const seen = tally.findings.map((f) => [rawKey(f), { count: f.count, first: f.first }] as const);
      expect(new Map(seen)).toEqual(counts);
      expect(tally).toMatchObject({ schedules: COUNT - dropped, dropped, steps });
    },
  );

  test.each([
    ["close_vs_rmdir", DRAW],
    ["close_vs_rmdir", PCT_3],
    // Where what is left of two groups of schedules goes on together.
    ["storm", DRAW],
    ["storm", PCT_3],
    // Where lanes begin one by one.
    ["uaf_2", PCT_3],
  ] as const)("does not depend on how many of its block are run: %s (%o)", async (scenario, draw) => {
    const { lanes } = await lanesOfModel(module, "bpf-oom/v2", scenario, lanesRule(draw.strategy));
    const some = [0, 127, 128, 400, 499];
    const runs = lanes.record(draw, some);
    expect(lanes.run(draw, 0, 500)).toEqual(lanes.run(draw, 0, 500));
    // Written down among others, and with the block cut off right behind it.
    some.forEach((number, n) => {
      expect(lanes.record(draw, [number])[0]).toEqual(runs[n]);
    });
    const few = lanes.run(draw, 0, 400)!.tally.findings;
    const many = lanes.run(draw, 0, 500)!.tally.findings;
    for (const finding of few) {
      const same = many.find((f) => rawKey(f) === rawKey(finding));
      expect(same?.first).toBe(finding.first);
      expect(same?.count).toBeGreaterThanOrEqual(finding.count);
    }
  });
});

describe("rates of lanes", () => {
  test.each([
    ["bpf-oom/v2", "close_vs_rmdir", DRAW],
    ["bpf-oom/v2", "close_vs_rmdir_empty", DRAW],
    ["bpf-oom/v2", "close_vs_oom", DRAW],
    ["bpf-oom/v2", "uaf_4", DRAW],
    ["bench/two-task", "two_task", DRAW],
    // Where nobody steps on but by chance it is the random walk.
    ["bpf-oom/v2", "close_vs_rmdir", STICKY_0],
  ] as const)(
    "agree with the exact probabilities of %s, scenario %s (%o)",
    { timeout: 120_000 },
    async (model, scenario, draw) => {
      const explored = await exploreScenario(`${modelsFolder}/${model}.c`, scenario);
      const { program, lanes } = await lanesOfModel(module, model, scenario, lanesRule(draw.strategy));
      const { tally } = lanes.run(draw, 1, BLOCK)!;
      expect(tally.schedules).toBe(BLOCK);
      const groups = new Map(groupFindings(program, tally).map((g) => [g.key, g.count]));
      for (const { key, exactProbability: p } of explored.findings) {
        const deviation = Math.sqrt(p! * (1 - p!) * BLOCK);
        const z = ((groups.get(key) ?? 0) - p! * BLOCK) / Math.max(deviation, 1e-9);
        expect(Math.abs(z), key).toBeLessThan(4.5);
        groups.delete(key);
      }
      expect([...groups.keys()]).toEqual([]);
      const mean = tally.steps / tally.schedules;
      expect(Math.abs(mean - explored.exact!.meanSteps)).toBeLessThan(0.15);
    },
  );
});
