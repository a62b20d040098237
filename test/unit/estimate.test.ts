// Goal: the number of states that an exploration cut short is said to have is near the true one. Method:
// scenarios whose size is known, because they are explored to their end, cut at each layer by which a
// twentieth of their states and more was met.

import { describe, expect, it } from "vitest";
import { resolveModel } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { estimateStates, longestDrawn } from "../../src/campaign/estimate.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import { program, store } from "../support/programs.ts";

const module = compileEngine(engineFile);
const model = openModel(resolveModel("bpf-oom/v2").file);

interface Layers {
  readonly layers: number[];
  readonly states: number;
  /** Steps of a long schedule. */
  readonly depth: number;
}

async function layersOf({ words }: Program): Promise<Layers> {
  const engine = new Engine(await module);
  engine.load(words);
  engine.exploreBegin(256 << 20, 1000);
  while (!engine.exploreRun(10_000));
  const { states } = engine.exploreProgress();
  return { layers: engine.exploredLayers(), states, depth: longestDrawn(engine, 1000) };
}

/** The estimates at each cut, as parts of the true number. */
function ratios({ layers, states, depth }: Layers): number[] {
  const found: number[] = [];
  let visited = 0;
  layers.forEach((size, d) => {
    visited += size;
    if (visited < states / 20) return;
    const estimate = estimateStates(layers.slice(0, d + 1), visited, depth);
    if (estimate !== null) found.push(estimate / states);
  });
  return found;
}

/** The factor by which they are off, in the mean of its logarithm's squares. */
function typicalError(all: readonly number[]): number {
  return Math.exp(Math.sqrt(all.reduce((sum, ratio) => sum + Math.log(ratio) ** 2, 0) / all.length));
}

describe("the estimate of how many states there are", () => {
  it("is near where tasks have nothing to do with each other", async () => {
    const own = Array.from({ length: 4 }, (_, cell) =>
      Array.from({ length: 12 }, (_, i) => store(cell, i + 1)),
    );
    const explored = await layersOf(encodeProgram(program(4, ...own)));
    expect(explored.states).toBe(13 ** 4);
    expect(explored.depth).toBe(48);
    // The first is the states after no step and after one.
    expect(explored.layers.slice(0, 4)).toEqual([5, 10, 20, 35]);
    const all = ratios(explored);
    expect(all.length).toBeGreaterThan(20);
    for (const ratio of all) expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(1.5));
  });

  it.each([
    ["close_vs_rmdir", 1.3],
    ["close_vs_rmdir_vs_oom", 1.3],
    ["close_vs_rmdir_empty", 1.6],
    ["lost_2", 1.4],
    ["uaf_6", 2],
    ["walk", 2.5],
    ["dl_order", 1.8],
  ])("is off by few times at most, %s", async (scenario, typical) => {
    const all = ratios(await layersOf(encodeProgram((await model).compile(scenario))));
    expect(all.length).toBeGreaterThan(10);
    for (const ratio of all) expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(10));
    expect(typicalError(all)).toBeLessThan(typical);
  });

  it("says nothing where layers are few", () => {
    expect(estimateStates([1, 2, 3, 4], 10, 100)).toBeNull();
  });

  it("is never less than what was visited", () => {
    const falling = Array.from({ length: 20 }, (_, d) => 1000 * Math.exp(-((d / 4) ** 2)));
    expect(estimateStates(falling, 50_000, 20)).toBe(50_000);
  });
});
