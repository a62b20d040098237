// Goal: exploring many programs shares the time and the memory out as promised; what exploring and fuzzing
// found is joined by key. Method: programs in IR on the real engine, with a clock that the test moves.

import { beforeAll, describe, expect, it } from "vitest";
import { engineFile, reducerFile } from "../../src/base/paths.ts";
import { exploreAll, joinFindings, reasonNotProved, verdictOfAll } from "../../src/campaign/check.ts";
import { type Explored, explore } from "../../src/campaign/explore.ts";
import { startExplorers } from "../../src/campaign/explorers.ts";
import type { Finding, Trace } from "../../src/campaign/summary.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import { program, store } from "../support/programs.ts";

let module: EngineModule;
let reducer: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
  reducer = await compileEngine(reducerFile);
});

/** Tasks that each write to a cell of their own, (writes + 1) to the power of tasks states, or all to one. */
function writers(tasks: number, writes: number, together = false): Program {
  const one = (cell: number) => Array.from({ length: writes }, (_, i) => store(together ? 0 : cell, i + 1));
  return encodeProgram(program(tasks, ...Array.from({ length: tasks }, (_, cell) => one(cell))));
}

const machineFor = ({ words }: Program, of = module): Engine => {
  const engine = new Engine(of);
  engine.load(words);
  return engine;
};

function exploreWithin(programs: readonly Program[], timeMs: number, tick: number, signal?: AbortSignal) {
  let now = 0;
  const clock = () => {
    now += tick;
    return now;
  };
  return exploreAll({
    programs: programs.length,
    explore: (i, rules) =>
      explore({
        program: programs[i]!,
        machine: machineFor(programs[i]!, rules.manner?.reduce === true ? reducer : module),
        rules,
        clock,
        ...(signal && { signal }),
      }),
    abreast: 1,
    rules: { stepsMax: 1000, bytes: 256 << 20, timeMs },
    signal: signal ?? new AbortController().signal,
    clock,
  });
}

const nothing: Omit<Explored, "endedBy"> = {
  progress: {
    states: 0,
    transitions: 0,
    depth: 0,
    waiting: 0,
    usedBytes: 0,
    stopped: 0,
    alone: 0,
    rounds: 1,
    cut: 0,
  },
  reduced: false,
  bound: null,
  elapsedMs: 0,
  exact: null,
  cyclic: null,
  findings: [],
  estimate: null,
  limited: [],
};

describe("exploring many programs", () => {
  it("a large one in front takes no small one's time", async () => {
    const [large, small, other] = await exploreWithin(
      [writers(5, 12, true), writers(2, 2), writers(2, 3)],
      150,
      1,
    );
    expect(large!.endedBy).toBe("time");
    expect([small!.endedBy, other!.endedBy]).toEqual(["complete", "complete"]);
    expect(reasonNotProved(large!, 1000)).toMatch(/^the time for exploring was up after [\d,]+ states$/);
    expect(reasonNotProved(small!, 1000)).toBeNull();
  });

  it("what does not fit the first room is explored to its end in a larger one", async () => {
    const [one] = await exploreWithin([writers(4, 12, true)], 1e9, 1);
    expect(one!.endedBy).toBe("complete");
    expect(one!.progress.states).toBeGreaterThan(50_000);
  });

  it("what does not fit the first room is explored with a reduction", async () => {
    const [one] = await exploreWithin([writers(5, 14)], 1e9, 1);
    expect(one).toMatchObject({ endedBy: "complete", reduced: true, exact: null });
    expect(reasonNotProved(one!, 1000)).toBeNull();
  });

  it("many go side by side where they fit into the memory together", async () => {
    let memory = 0;
    const most = new Map<number, number>();
    await exploreAll({
      programs: 6,
      explore: async (_, { bytes }) => {
        memory += bytes;
        most.set(bytes, Math.max(most.get(bytes) ?? 0, memory));
        await new Promise((resolve) => setImmediate(resolve));
        memory -= bytes;
        return { ...nothing, endedBy: "memory" };
      },
      abreast: 3,
      rules: { stepsMax: 1000, bytes: 80 << 20, timeMs: 1e9 },
      signal: new AbortController().signal,
    });
    expect([...most]).toEqual([
      [2 << 20, 6 << 20],
      [32 << 20, 64 << 20],
      [80 << 20, 80 << 20],
    ]);
  });

  it("a thread explores as this one does, and ends with what it has when it is asked to", async () => {
    const programs = [writers(3, 4), writers(2, 7)];
    const controller = new AbortController();
    const explorers = startExplorers({ plain: module, reducer }, 2, controller.signal, -1);
    const rules = { stepsMax: 1000, bytes: 64 << 20 };
    const there = await Promise.all(programs.map((one) => explorers.explore(one, rules, () => undefined)));
    for (const [i, one] of programs.entries()) {
      const here = await explore({ program: one, machine: machineFor(one), rules });
      expect({ ...there[i]!, elapsedMs: 0 }).toEqual({ ...here, elapsedMs: 0 });
    }
    let seen = 0;
    const large = explorers.explore(writers(5, 14), { ...rules, bytes: 1 << 30 }, (states) => {
      seen = Math.max(seen, states);
      if (states > 0) controller.abort();
    });
    expect(await large).toMatchObject({ endedBy: "interrupted" });
    expect(seen).toBeGreaterThan(0);
    await explorers.destroy();
  });

  it("without time, or interrupted, nothing is begun, and that is a reason", async () => {
    const [late] = await exploreWithin([writers(2, 2)], 1, 10);
    const [never] = await exploreWithin([writers(2, 2)], 1e9, 1, AbortSignal.abort());
    expect([late, never]).toEqual([null, null]);
    expect(reasonNotProved(null, 1000)).toBe("there was no time to explore it");
  });
});

function finding(key: string, size: readonly [number, number, number], more: Partial<Finding> = {}): Finding {
  const [preemptions, switches, steps] = size;
  const trace = { preemptions, switches, steps } as Trace;
  return { key, title: key, preemptions, steps, trace, scheduleToken: `of ${size}`, ...more } as Finding;
}

describe("joining findings", () => {
  it("keeps what was counted, takes the simpler schedule, and adds what was never drawn", () => {
    const fuzzed = [finding("a", [1, 3, 9], { count: 7 }), finding("b", [0, 1, 4], { count: 5 })];
    const explored = [finding("c", [2, 2, 2]), finding("a", [1, 2, 20]), finding("b", [0, 1, 5])];
    const joined = joinFindings(fuzzed, explored);
    expect(joined.map(({ key, count, scheduleToken }) => [key, count, scheduleToken])).toEqual([
      ["a", 7, "of 1,2,20"],
      ["b", 5, "of 0,1,4"],
      ["c", 0, "of 2,2,2"],
    ]);
  });
});

describe("the verdict of all scenarios", () => {
  it.each([
    [["proved", "proved"], "proved"],
    [["proved", "none-found"], "none-found"],
    [["none-found", "inconclusive", "proved"], "inconclusive"],
    [["inconclusive", "violations", "proved"], "violations"],
  ] as const)("of %j is %s", (verdicts, expected) => {
    expect(verdictOfAll(verdicts.map((verdict) => ({ verdict })))).toBe(expected);
  });
});
