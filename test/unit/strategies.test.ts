// Goal: each strategy keeps its own promise, and what seed 42 draws never changes unnoticed. Method: programs
// small enough for exact probabilities, frequencies against them.
// Odds: each comparison allows five standard deviations, and seeds are fixed, so that it fails on a change
// only.

import { beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { engineFile, reducerFile } from "../../src/base/paths.ts";
import { memberOf, strategyName } from "../../src/campaign/strategies.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { load, type Plain, program, store } from "../support/programs.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

type Threads = readonly (readonly Plain[])[];

function engineFor(threads: Threads): Engine {
  const engine = new Engine(module);
  engine.load(encodeProgram(program(8, ...threads)).words);
  return engine;
}

/** How often each word of picks came. */
function frequencies(threads: Threads, strategy: number, runs: number): Map<string, number> {
  const engine = engineFor(threads);
  const seen = new Map<string, number>();
  for (let i = 0; i < runs; i++) {
    const word = [...engine.record({ strategy, seed: 7n, stepsMax: 1000 }, i).picks].join("");
    seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  return seen;
}

function expectDistribution(seen: ReadonlyMap<string, number>, exact: ReadonlyMap<string, number>): void {
  const runs = [...seen.values()].reduce((sum, n) => sum + n, 0);
  expect([...exact.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
  for (const word of seen.keys()) expect(exact.get(word) ?? 0, `${word} is never drawn`).toBeGreaterThan(0);
  for (const [word, p] of exact) {
    const count = seen.get(word) ?? 0;
    const deviation = Math.sqrt(runs * p * (1 - p));
    const what = `${word}: ${count} of ${runs}, expected ${runs * p}`;
    expect(Math.abs(count - runs * p), what).toBeLessThanOrEqual(5 * deviation);
  }
}

/** All interleavings of tasks with so many steps each. */
function interleavings(steps: readonly number[]): string[] {
  if (steps.every((n) => n === 0)) return [""];
  return steps.flatMap((n, slot) => {
    if (n === 0) return [];
    const rest = steps.map((m, other) => (other === slot ? m - 1 : m));
    return interleavings(rest).map((word) => `${slot}${word}`);
  });
}

/** Who of these has steps left after a part of a word. */
function runnableAfter(steps: readonly number[], part: string): number[] {
  return steps.flatMap((n, slot) => (part.split(String(slot)).length - 1 < n ? [slot] : []));
}

const on = (cell: number, times: number): Plain[] => Array.from({ length: times }, (_, k) => store(cell, k));
const MEMBERS = [
  memberOf(Strategy.PCT, 1),
  memberOf(Strategy.PCT, 3),
  memberOf(Strategy.PCT, 3, 40),
  Strategy.POS,
  memberOf(Strategy.STICKY, 90),
  Strategy.URW,
  Strategy.SURW,
];

test("the picks of seed 42 are pinned", () => {
  const steps = (cell: number): Plain[] => Array.from({ length: 6 }, (_, k) => store((cell + k) % 3, k));
  const engine = engineFor([steps(0), steps(1), steps(2)]);
  const drawn = Object.fromEntries(
    MEMBERS.map((strategy) => {
      const draw = { strategy, seed: 42n, stepsMax: 1000 };
      const words = [0, 1, 1_000_000_007].map((i) => [...engine.record(draw, i).picks].join(""));
      return [strategyName(strategy), words];
    }),
  );
  expect(drawn).toMatchInlineSnapshot(`
    {
      "pct-1": [
        "111111222222000000",
        "000000222222111111",
        "000000222222111111",
      ],
      "pct-3": [
        "111111000000222222",
        "000000221111112222",
        "000000222221211111",
      ],
      "pct-3-40": [
        "111111222222000000",
        "000000222222111111",
        "000000222222111111",
      ],
      "pos": [
        "111112222220001000",
        "022212111100022001",
        "000012111222121200",
      ],
      "sticky-90": [
        "211111100022222000",
        "111111000222222000",
        "222200000221111110",
      ],
      "surw": [
        "112000000111122222",
        "001111101000222222",
        "221111110000002222",
      ],
      "urw": [
        "212102102010120201",
        "110122100201202201",
        "212002011212000112",
      ],
    }
  `);
});

test("the engine that records refuses practice, whose counts would lie in what it records", async () => {
  const engine = new Engine(await compileEngine(reducerFile));
  engine.load(encodeProgram(program(8, on(0, 3), on(1, 3))).words);
  const seed = 42n;
  for (const strategy of [memberOf(Strategy.PCT, 3), Strategy.URW, Strategy.SURW]) {
    expect(() => engine.fuzz({ strategy, seed, stepsMax: 1000 }, 0, 1)).toThrow("unreachable");
  }
  const draw = { strategy: memberOf(Strategy.PCT, 3, 5), seed, stepsMax: 1000 };
  expect(engine.fuzz(draw, 0, 10).schedules).toBe(10);
});

describe("PCT", () => {
  test("orders the tasks uniformly", () => {
    const one = [store(0, 1)];
    const words = interleavings([1, 1, 1, 1]);
    const exact = new Map(words.map((word) => [word, 1 / 24]));
    expectDistribution(frequencies([one, one, one, one], memberOf(Strategy.PCT, 1), 48_000), exact);
  });

  test("orders the tasks uniformly however long they are", () => {
    const seen = frequencies([on(0, 3), on(1, 1), on(2, 2)], memberOf(Strategy.PCT, 1), 30_000);
    const exact = new Map(
      ["000122", "000221", "100022", "122000", "220001", "221000"].map((w) => [w, 1 / 6]),
    );
    expectDistribution(seen, exact);
  });

  test("with one change point comes to each schedule as often as its points say", () => {
    // Two tasks of three steps; five steps at most have a choice. Whoever has the higher priority goes first,
    // and from the change on only where nobody else can.
    const strategy = memberOf(Strategy.PCT, 2, 5);
    const exact = new Map<string, number>();
    for (const high of [0, 1]) {
      for (let point = 1; point <= 5; point++) {
        const word = withChange([3, 3], high, point);
        exact.set(word, (exact.get(word) ?? 0) + 1 / 10);
      }
    }
    expectDistribution(frequencies([on(0, 3), on(1, 3)], strategy, 50_000), exact);
  });
});

/** Two tasks, one of which goes first, and what a change before a step with a choice makes of it. */
function withChange(steps: readonly number[], high: number, point: number): string {
  let word = "";
  let first = high;
  let counted = 0;
  for (let able = runnableAfter(steps, word); able.length > 0; able = runnableAfter(steps, word)) {
    if (able.length === 2 && ++counted === point) first = 1 - first;
    word += able.includes(first) ? first : 1 - first;
  }
  return word;
}

describe("POS", () => {
  const cases: [string, number[][]][] = [
    [
      "two tasks on one cell",
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "two tasks that have nothing in common",
      [
        [0, 0],
        [1, 1],
      ],
    ],
    [
      "two tasks that meet late",
      [
        [0, 2],
        [1, 2],
      ],
    ],
    ["three tasks, two of which conflict", [[0], [0], [1]]],
    ["three tasks on one cell", [[0], [0], [0]]],
  ];
  test.each(cases)("draws each schedule as often as the priorities do: %s", (_what, cells) => {
    const threads = cells.map((of) => of.map((cell) => store(cell, 1)));
    expectDistribution(frequencies(threads, Strategy.POS, 60_000), posExactly(cells));
  });

  test("does not take two loads for a conflict", () => {
    const loads = [load(1, 0), load(1, 0)];
    const exact = posExactly([
      [0, 0],
      [1, 1],
    ]);
    expectDistribution(frequencies([loads, loads], Strategy.POS, 60_000), exact);
  });
});

/**
 * Each priority that may be drawn, the n-th of a task, is a number of its own, and all orders of them are
 * equally likely: runs them all.
 */
function posExactly(cells: readonly (readonly number[])[]): Map<string, number> {
  const draws = cells.flatMap((of, slot) => {
    // Its own first, one for each of its steps but the last, and one for each step of others.
    const others = cells.flatMap((x, s) => (s === slot ? [] : x)).length;
    return Array.from({ length: of.length + others }, (_, n) => `${slot},${n}`);
  });
  const run = (ranks: ReadonlyMap<string, number>): string => {
    const drawn = cells.map(() => 0);
    let word = "";
    for (;;) {
      const able = runnableAfter(
        cells.map((of) => of.length),
        word,
      );
      if (able.length === 0) return word;
      const rank = (slot: number): number => ranks.get(`${slot},${drawn[slot]}`)!;
      const picked = able.reduce((a, b) => (rank(b) > rank(a) ? b : a));
      const cellOf = (slot: number): number => cells[slot]![word.split(String(slot)).length - 1]!;
      const cell = cellOf(picked);
      for (const slot of able) if (slot === picked || cellOf(slot) === cell) drawn[slot]!++;
      word += picked;
    }
  };
  const exact = new Map<string, number>();
  const orders = permutations(draws);
  for (const order of orders) {
    const word = run(new Map(order.map((draw, rank) => [draw, rank])));
    exact.set(word, (exact.get(word) ?? 0) + 1 / orders.length);
  }
  return exact;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

test.each([0, 50, 90])("sticky-%i draws each schedule as often as its steps say", (percent) => {
  const steps = [3, 2, 1];
  const exact = new Map(
    interleavings(steps).map((word) => {
      let p = 1;
      for (let i = 0; i < word.length; i++) {
        const able = runnableAfter(steps, word.slice(0, i));
        const last = i === 0 ? -1 : Number(word[i - 1]);
        const stays = able.includes(last) ? percent / 100 : 0;
        p *= (Number(word[i]) === last ? stays : 0) + (1 - stays) / able.length;
      }
      return [word, p];
    }),
  );
  const threads = [on(0, 3), on(1, 2), on(2, 1)];
  expectDistribution(frequencies(threads, memberOf(Strategy.STICKY, percent), 60_000), exact);
});

test("URW draws every interleaving equally often where nothing waits", () => {
  for (const steps of [
    [3, 3],
    [1, 5],
    [2, 1, 2],
  ]) {
    const words = interleavings(steps);
    const exact = new Map(words.map((word) => [word, 1 / words.length]));
    const threads = steps.map((n, cell) => on(cell, n));
    expectDistribution(frequencies(threads, Strategy.URW, 60_000), exact);
  }
});

test("SURW draws the order of the steps on the one shared cell uniformly, whatever lies before them", () => {
  const shared = 7;
  const threads = [
    [...on(0, 9), store(shared, 1)],
    [store(shared, 2), store(shared, 3)],
    [...on(2, 2), store(shared, 4), ...on(2, 5)],
  ];
  const engine = engineFor(threads);
  const runs = 30_000;
  const seen = new Map<string, number>();
  for (let i = 0; i < runs; i++) {
    const { picks } = engine.record({ strategy: Strategy.SURW, seed: 7n, stepsMax: 1000 }, i);
    const taken = [0, 0, 0];
    const order = [...picks].filter((slot) => {
      const step = threads[slot]![taken[slot]!++]!;
      return step.op === "store" && "imm" in step.address && step.address.imm === 4096 + shared;
    });
    seen.set(order.join(""), (seen.get(order.join("")) ?? 0) + 1);
  }
  const words = interleavings([1, 2, 1]);
  expectDistribution(seen, new Map(words.map((word) => [word, 1 / words.length])));
});
