// Goal: lanes that go by priorities draw what the scalar machine draws by pct:D.
// Method: schedules that are written down, against exact probabilities where each step can always be taken,
// and against the scalar machine's schedules where tasks wait and come to be (again); then rates of findings
// and mean lengths. Then the runtime is spoilt, one wrong rule at a time: each must be noticed. That each
// schedule is one of the scalar machine's is tested with the other lanes (lanes.test.ts).
// Odds: z below 4.5, seeds fixed (one comparison in 150,000 would fail by chance).

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { engineFile, lanesFolder } from "../../src/base/paths.ts";
import { memberOf } from "../../src/campaign/strategies.ts";
import { compileEngine, type Draw, type EngineModule } from "../../src/engine/engine.ts";
import { replayLanes } from "../../src/engine/lanes.ts";
import { LANES_FILES } from "../../src/lanes/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compileText } from "../support/compile-text.ts";
import { type Compiled, lanesOfModel, lanesOfProgram } from "../support/lanes.ts";
import { exactPct } from "../support/pct.ts";
import { program, store } from "../support/programs.ts";
import { expectSameRates } from "../support/same-rates.ts";

const Z_MAX = 4.5;

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const pct = (depth: number, steps = 0): Draw => {
  return { strategy: memberOf(Strategy.PCT, depth, steps), seed: 7n, stepsMax: 10_000 };
};

/** Tasks of so many steps, of which each can always be taken. */
function lanesOfSteps(steps: readonly number[], folder?: string): Promise<Compiled> {
  const threads = steps.map((count, task) => Array.from({ length: count }, () => store(task, 1)));
  return lanesOfProgram(module, encodeProgram(program(steps.length, ...threads)), 10_000, "pct", folder);
}

/** How often each word of tasks came. */
function wordsOf({ lanes }: Compiled, draw: Draw, count: number): Map<string, number> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  return counted(lanes.record(draw, numbers).map(({ tasks }) => tasks.join("")));
}

function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The largest deviation of a schedule from its probability; infinite for one that cannot be. */
function deviation(seen: ReadonlyMap<string, number>, exact: ReadonlyMap<string, number>): number {
  if ([...seen.keys()].some((word) => !exact.has(word))) return Number.POSITIVE_INFINITY;
  const all = [...seen.values()].reduce((sum, n) => sum + n, 0);
  const each = [...exact].map(([word, p]) => {
    return Math.abs((seen.get(word) ?? 0) - p * all) / Math.sqrt(all * p * (1 - p));
  });
  return Math.max(...each);
}

const COUNT = 12_288;

describe("each schedule comes as often as orders and change points say", () => {
  test.each([
    // Of one step a task, each order: a place takes three bits, of which three values are no place.
    [[1, 1, 1, 1, 1], 1, 1],
    [[2, 3, 1, 2], 1, 1],
    // One change point, several, several at the same step, as many as there can be levels of two bits.
    [[3, 3], 2, 5],
    [[2, 2, 3], 2, 6],
    [[2, 2, 3], 3, 6],
    [[3, 3], 4, 5],
    [[1, 2, 2], 4, 4],
    // At the first step always; beyond the last one often, where a counter of three bits begins anew.
    [[2, 2, 2], 3, 1],
    [[5, 6], 2, 8],
    [[2, 2, 2], 3, 11],
  ])("%o steps, pct:%i:%i", async (steps, depth, among) => {
    const exact = exactPct(steps, depth, among);
    const compiled = await lanesOfSteps(steps);
    expect(deviation(wordsOf(compiled, pct(depth, among), COUNT), exact)).toBeLessThan(Z_MAX);
  });

  test("where practice says among how many steps: of six steps two tasks can take five each", async () => {
    const compiled = await lanesOfSteps([3, 3]);
    expect(compiled.lanes.code.contested).toBe(5);
    expect(deviation(wordsOf(compiled, pct(3), COUNT), exactPct([3, 3], 3, 5))).toBeLessThan(Z_MAX);
  });
});

const HEADERS = ["raceproof", "linux/compiler", "linux/mutex", "linux/rcupdate", "linux/workqueue"];

/** Tasks that wait for one another, come to be late, and come to be again. */
const MODELS: readonly (readonly [string, string])[] = [
  [
    "a work item that is queued again and again",
    `static struct work_struct w;
     static int x;
     static void work(struct work_struct *item) { WRITE_ONCE(x, 1); WRITE_ONCE(x, 2); }
     static void queues(void) {
       for (int i = 0; i < 4; i++) { schedule_work(&w); flush_work(&w); }
     }
     static void other(void) { for (int i = 0; i < 9; i++) WRITE_ONCE(x, 3); }
     scenario again(void) {
       INIT_WORK(&w, work);
       thread("queues", queues());
       thread("other", other());
     }`,
  ],
  [
    "callbacks and a mutex",
    `static struct rcu_head a, b;
     static int x;
     static DEFINE_MUTEX(m);
     static void first(struct rcu_head *head) { WRITE_ONCE(x, 1); WRITE_ONCE(x, 2); }
     static void second(struct rcu_head *head) { WRITE_ONCE(x, 3); }
     static void calls(void) {
       mutex_lock(&m);
       call_rcu(&a, first);
       mutex_unlock(&m);
       call_rcu(&b, second);
     }
     static void locks(void) {
       rcu_read_lock();
       READ_ONCE(x);
       rcu_read_unlock();
       mutex_lock(&m);
       mutex_unlock(&m);
     }
     scenario waits(void) { thread("calls", calls()); thread("locks", locks()); }`,
  ],
];

async function lanesOfText(text: string, folder?: string): Promise<Compiled> {
  const source = `${HEADERS.map((name) => `#include <${name}.h>`).join("\n")}\n${text}\n`;
  return lanesOfProgram(module, encodeProgram(await compileText(source)), STEPS_MAX, "pct", folder);
}

const STEPS_MAX = 200;

/** How often schedules came in lanes and on the scalar machine: of each, and of all that came only once. */
function pairsOf({ engine, lanes }: Compiled, depth: number): [string, number, number][] {
  const draw = { ...pct(depth), stepsMax: STEPS_MAX };
  const numbers = Array.from({ length: COUNT }, (_, n) => n);
  const ours = lanes.record(draw, numbers).map((run) => replayLanes(engine, lanes.code, run, STEPS_MAX));
  const theirs = numbers.map((n) => engine.record(draw, n));
  const [a, b] = [ours, theirs].map((each) => counted(each.map(({ picks }) => picks.join(""))));
  const once = (of: ReadonlyMap<string, number>): number => [...of.values()].filter((n) => n === 1).length;
  const words = new Set([...a!.keys(), ...b!.keys()]);
  return [
    ...[...words].map((word): [string, number, number] => [word, a!.get(word) ?? 0, b!.get(word) ?? 0]),
    ["once", once(a!), once(b!)],
  ];
}

/** Two counts of the same thing; of a few is not said more than of sixteen. */
function difference([, x, y]: [string, number, number]): number {
  return Math.abs(x - y) / Math.sqrt(Math.max(x + y, 16));
}

describe("schedules come as often as on the scalar machine", () => {
  const CASES = MODELS.flatMap(([what, text]) => [1, 2, 3, 6].map((depth) => [what, depth, text] as const));

  test.each(CASES)("%s, pct:%i", { timeout: 60_000 }, async (_what, depth, text) => {
    const pairs = pairsOf(await lanesOfText(text), depth);
    expect(pairs.length).toBeGreaterThan(depth === 1 ? 5 : 20);
    expect(pairs.filter((pair) => difference(pair) >= Z_MAX)).toEqual([]);
  });
});

describe("rates of lanes by priorities", () => {
  test.each([
    ["bpf-oom/v2", "close_vs_rmdir", 1, 262_144],
    ["bpf-oom/v2", "close_vs_rmdir", 2, 262_144],
    ["bpf-oom/v2", "close_vs_rmdir", 4, 262_144],
    // Where lanes begin one by one.
    ["bpf-oom/v2", "uaf_2", 3, 262_144],
    ["bpf-oom/v2", "uaf_6", 3, 262_144],
    ["bpf-oom/v2", "uaf_4", 3, 262_144],
    ["bpf-oom/v2", "storm", 3, 65_536],
    ["bpf-oom/v2-detach-abba", "dl_order", 2, 65_536],
  ])("are those of the scalar machine: %s, scenario %s, pct:%i", { timeout: 120_000 }, async (...row) => {
    const [model, scenario, depth, count] = row;
    const compiled = await lanesOfModel(module, model, scenario, "pct");
    expectSameRates(compiled, pct(depth), count, Z_MAX);
  });

  test("depend on the depth and on the number of steps", async () => {
    const { lanes } = await lanesOfModel(module, "bpf-oom/v2", "close_vs_rmdir", "pct");
    const draws = [pct(1), pct(3), pct(3, 5), pct(16)];
    const steps = draws.map((draw) => lanes.run(draw, 1, 65_536)!.tally.steps);
    expect(new Set(steps).size).toBe(4);
    expect(() => lanes.run({ ...pct(1), strategy: Strategy.RANDOM }, 0, 128)).toThrow("draw pct only");
  });
});

test("where no two tasks can ever step, change points are drawn among one step, and none comes", async () => {
  const text = `static DEFINE_MUTEX(m);
    static void twice(void) { mutex_lock(&m); mutex_lock(&m); }
    scenario alone(void) { thread("twice", twice()); }`;
  const { engine, lanes } = await lanesOfText(text);
  expect(lanes.code.contested).toBe(1);
  for (const depth of [1, 2, 16]) {
    const { tally } = lanes.run(pct(depth), 0, 300)!;
    const scalar = engine.fuzz(pct(depth), 0, 300);
    const told = ({ kind, site, other, count }: (typeof scalar.findings)[number]) => [
      kind,
      site,
      other,
      count,
    ];
    expect(tally.findings.map(told)).toEqual(scalar.findings.map(told));
    expect(tally.findings).toHaveLength(1);
  }
});

test("a task that comes to be again too often for its lane is the scalar machine's", async () => {
  const text = `static struct work_struct w;
    static void work(struct work_struct *item) { }
    static void queues(void) { for (;;) { schedule_work(&w); flush_work(&w); } }
    scenario on(void) { INIT_WORK(&w, work); thread("queues", queues()); }`;
  const { lanes } = await lanesOfText(text);
  const often = (stepsMax: number) => lanes.run({ ...pct(2), stepsMax }, 0, 50);
  expect(often(200)?.unsettled).toHaveLength(50);
  expect(often(2000)).toBeNull();
});

describe("a wrong rule", () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** assembly/lanes/ with a part of it replaced. */
  function spoilt(right: string, wrong: string): string {
    const folder = mkdtempSync(join(tmpdir(), "lanes-pct-"));
    folders.push(folder);
    const texts = LANES_FILES.map((name) => [name, readFileSync(join(lanesFolder, name), "utf8")] as const);
    expect(
      texts
        .map(([, text]) => text)
        .join("")
        .split(right),
    ).toHaveLength(2);
    for (const [name, text] of texts) writeFileSync(join(folder, name), text.replace(right, wrong));
    return folder;
  }

  test("is none where nothing was changed", async () => {
    const compiled = await lanesOfSteps([2, 2, 3], spoilt("let able: usize = 0;", "let able: usize = 0;"));
    expect(deviation(wordsOf(compiled, pct(3, 6), COUNT), exactPct([2, 2, 3], 3, 6))).toBeLessThan(Z_MAX);
  });

  const THREE = [[2, 2, 3], 3, 6] as const;
  const TWO = [[3, 3], 4, 2] as const;

  test.each([
    [
      "steps are counted from 1 on",
      THREE,
      "clear(COUNTED + (bit << 4), m)",
      "put(COUNTED + (bit << 4), bit ? none() : m, m)",
    ],
    ["a step that waits for a fall is counted twice", THREE, "v128.andnot(m, falling));", "m);"],
    [
      "points are drawn among one step more",
      TWO,
      "<usize>n * POINT, among);",
      "<usize>n * POINT, among + 1);",
    ],
    [
      "who falls steps before it does",
      THREE,
      "if (v128.any_true(falling)) fall(falling);\n  return falling;",
      "if (v128.any_true(falling)) fall(falling);\n  return none();",
    ],
    ["all fall to the same level", THREE, "((n + 1) >> bit)", "(1 >> bit)"],
    ["who has fallen may lie above others", THREE, "v128.and(standing, fallen)", "none()"],
    ["a task is never dealt the last place", THREE, "drawBelow(at, task + 1)", "drawBelow(at, max(task, 1))"],
    [
      "a number beyond its bound is not drawn again",
      THREE,
      "open = v128.andnot(open, notBelow(most, DRAWN, bits))",
      "open = none()",
    ],
    ["places do not make room for one another", THREE, "raise(other, bits, notBelow(other, at, bits));", ""],
  ] as const)("is noticed: %s", async (_what, [steps, depth, among], right, wrong) => {
    const compiled = await lanesOfSteps(steps, spoilt(right, wrong));
    const exact = exactPct(steps, depth, among);
    expect(deviation(wordsOf(compiled, pct(depth, among), COUNT), exact)).toBeGreaterThan(6);
  });

  test.each([
    ["a task that comes to be again has the priority that it had", "placeAnew(task, again);", "{}"],
    ["it has no other place", "drawUpTo(PLACE, PLACES_TAKEN, placeBits, m);", ""],
    ["the place that it had is given up", "raise(PLACES_TAKEN, placeBits + 1, m);", ""],
    [
      "it remains fallen",
      "clear(FALLEN + (<usize>task << 4), m);\n  for (let other: u32",
      "for (let other: u32",
    ],
  ])("is noticed: %s", async (_what, right, wrong) => {
    const compiled = await lanesOfText(MODELS[0]![1], spoilt(right, wrong));
    let far = Number.POSITIVE_INFINITY;
    try {
      far = Math.max(...pairsOf(compiled, 3).map(difference));
    } catch (error) {
      // Two tasks at one place step together.
      expect((error as Error).message).toMatch("cannot step on the scalar machine");
    }
    expect(far).toBeGreaterThan(6);
  });
});
