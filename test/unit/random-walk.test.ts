// Goal: the random walk draws each schedule with probability prod 1/n_i, and what seed 42 draws never changes
// unnoticed. Method: a program small enough to enumerate by hand, frequencies against exact probabilities.
// Odds: each comparison allows five standard deviations, and the seeds are fixed, so that it fails on a
// change only.

import { beforeAll, expect, test } from "vitest";
import { Strategy, Violation } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { load, type Plain, program, store } from "../support/programs.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

function engineFor(ir: Parameters<typeof encodeProgram>[0]): Engine {
  const engine = new Engine(module);
  engine.load(encodeProgram(ir).words);
  return engine;
}

const draw = (seed: bigint) => ({ strategy: Strategy.RANDOM, seed, stepsMax: 1000 });

test("the picks of seed 42 are pinned", () => {
  const steps = (n: number): Plain[] => Array.from({ length: n }, (_, k) => store(k % 3, k));
  const engine = engineFor(program(3, steps(6), steps(6), steps(6)));
  const drawn = [0, 1, 2, 1_000_000_007].map((i) => [...engine.record(draw(42n), i).picks].join(""));
  expect(drawn).toMatchInlineSnapshot(`
    [
      "121210210201012020",
      "011012211120020220",
      "222212201000011011",
      "221210201121200010",
    ]
  `);
});

test("each of the 20 interleavings of 3 and 3 steps comes as often as its probability says", () => {
  const engine = engineFor(
    program(1, [store(0, 1), store(0, 2), store(0, 3)], [store(0, 4), store(0, 5), store(0, 6)]),
  );
  const runs = 200_000;
  const seen = new Map<string, number>();
  for (let i = 0; i < runs; i++) {
    const word = [...engine.record(draw(7n), i).picks].join("");
    seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  expect(seen.size).toBe(20);
  for (const [word, count] of seen) {
    // Every step with both tasks alive halves; after one has ended there is no choice.
    let p = 1;
    let a = 3;
    let b = 3;
    for (const slot of word) {
      if (a > 0 && b > 0) p /= 2;
      if (slot === "0") a--;
      else b--;
    }
    const z = (count - runs * p) / Math.sqrt(runs * p * (1 - p));
    expect(Math.abs(z), `${word}: ${count} of ${runs}, expected ${runs * p}`).toBeLessThan(5);
  }
});

test("a choice among 2 to 12 tasks is uniform", () => {
  for (const tasks of [2, 3, 5, 7, 8, 9, 12]) {
    const engine = engineFor(program(1, ...Array.from({ length: tasks }, () => [store(0, 1)])));
    const runs = 30_000;
    const first = new Array<number>(tasks).fill(0);
    for (let i = 0; i < runs; i++) first[engine.record(draw(11n), i).picks[0]!]!++;
    const p = 1 / tasks;
    for (const count of first) {
      expect(Math.abs(count - runs * p) / Math.sqrt(runs * p * (1 - p))).toBeLessThan(5);
    }
  }
});

test("choose() draws uniformly and independently of who steps", () => {
  const choosing: Plain[] = [
    { op: "choose", dst: 1, count: { imm: 3 } },
    { op: "store", address: { imm: 4096 }, value: { reg: 1, plus: 0 }, order: "once" },
  ];
  const engine = engineFor(program(1, choosing, [store(0, 1)]));
  const runs = 60_000;
  const pairs = new Map<string, number>();
  for (let i = 0; i < runs; i++) {
    const r = engine.record(draw(5n), i);
    const pair = `${r.picks[0]},${r.choices[0]}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  expect(pairs.size).toBe(6);
  for (const count of pairs.values()) {
    expect(Math.abs(count - runs / 6) / Math.sqrt((runs / 6) * (5 / 6))).toBeLessThan(5);
  }
});

test("a shard counts the same schedules that recording shows one by one", () => {
  // A lost update: fails where the second load comes before the first store.
  const increment: Plain[] = [
    load(1, 0),
    { op: "store", address: { imm: 4096 }, value: { reg: 1, plus: 1 }, order: "once" },
  ];
  const checked: Plain[] = [...increment, load(2, 0), { op: "warn", value: { reg: 2, plus: -2 } }];
  const engine = engineFor(program(1, increment, checked));
  const tally = engine.fuzz(draw(3n), 100, 5000);
  let count = 0;
  let first = -1;
  let steps = 0;
  for (let i = 100; i < 5100; i++) {
    const r = engine.record(draw(3n), i);
    steps += r.picks.length;
    if (!r.violations.some((v) => v.kind === Violation.WARN)) continue;
    count++;
    if (first < 0) first = i;
  }
  expect(count).toBeGreaterThan(0);
  // Two findings: what the check read was stored last by the one thread or by the other.
  expect(tally.findings.map((f) => f.kind)).toEqual([Violation.WARN, Violation.WARN]);
  expect(tally.findings.reduce((sum, f) => sum + f.count, 0)).toBe(count);
  expect(Math.min(...tally.findings.map((f) => f.first))).toBe(first);
  expect(tally).toMatchObject({ schedules: 5000, steps, dropped: 0 });
});
