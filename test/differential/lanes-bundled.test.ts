// Goal: every bundled model runs in lanes, and a lane does there what the scalar machine does. Method: the
// source of the lanes of each scenario is run as JavaScript, 32 schedules of it, each then applied to the
// scalar machine (test/support/lanes-in-js.ts). CI takes every 9th scenario of each family;
// RACEPROOF_LANES_BUNDLED=1 takes them all. What does not fit is listed: it must not become more.

import { beforeAll, describe, expect, test } from "vitest";
import { bundledModels, corpusModels, type ModelFile } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import type { Rule } from "../../src/lanes/rank.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compareLanes } from "../support/lanes-in-js.ts";

const EVERY = process.env.RACEPROOF_LANES_BUNDLED === undefined ? 9 : 1;
const STEPS_MAX = 1000;

/** Reasons why scenarios outside bpf-oom do not fit, and how many there are of each. */
const UNFIT: readonly (readonly [string, number])[] = [
  ["the set-up draws from choose()", 5],
  ["a step depends on too many values", 4],
  ["it uses work_disable_sync", 6],
  ["it uses work_delay", 3],
  ["it uses queue_flush", 2],
  ["that have begun, or wait for it", 2],
  // atomic_operations, whose cells take dozens of values.
  ["its memory can hold too many combinations of values", 1],
];

/**
 * Scenarios outside bpf-oom that fit, but of which no lane can be followed to its end: where a cell takes
 * more values than a variable can have, for one. The scalar machine runs their blocks.
 */
const IDLE_MOST = 21;

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const same = (text: string): string => text;

interface Compared {
  readonly compared: number;
  readonly unfit: readonly string[];
  /** Where it fits, but no lane could be followed to its end. */
  readonly idle: readonly string[];
}

async function compareAll(models: readonly ModelFile[], rule: Rule = "random"): Promise<Compared> {
  const engine = new Engine(module);
  const unfit: string[] = [];
  const idle: string[] = [];
  let compared = 0;
  let number = 0;
  for (const model of models) {
    const opened = await openModel(model.file);
    for (const { name } of opened.scenarios) {
      if (number++ % EVERY !== 0) continue;
      const result = compareLanes(engine, encodeProgram(opened.compile(name)), number, STEPS_MAX, same, rule);
      expect(result.difference, `${model.name} ${name}`).toBeUndefined();
      if (result.unfit !== undefined) unfit.push(`${model.name} ${name}: ${result.unfit}`);
      else if (result.compared === 0) idle.push(`${model.name} ${name}`);
      compared += result.compared;
    }
  }
  return { compared, unfit, idle };
}

describe("lanes do what the scalar machine does", { timeout: 3_600_000 }, () => {
  test.each(["random", "pct"] as const)("in the scenarios of bpf-oom, all of which fit: %s", async (rule) => {
    const models = bundledModels().filter(({ name }) => name.startsWith("bpf-oom/"));
    const { unfit, compared, idle } = await compareAll(models, rule);
    expect([unfit, idle]).toEqual([[], []]);
    expect(compared).toBeGreaterThan(1200);
  });

  test("in the other models", async () => {
    const others = bundledModels().filter(({ name }) => !name.startsWith("bpf-oom/"));
    const { unfit, compared, idle } = await compareAll([...others, ...corpusModels()]);
    expect(unfit.filter((each) => !UNFIT.some(([reason]) => each.endsWith(reason)))).toEqual([]);
    for (const [reason, most] of UNFIT) {
      expect(unfit.filter((each) => each.endsWith(reason)).length, reason).toBeLessThanOrEqual(most);
    }
    expect(idle.length, idle.join("; ")).toBeLessThanOrEqual(IDLE_MOST);
    expect(compared).toBeGreaterThan(500);
  });
});
