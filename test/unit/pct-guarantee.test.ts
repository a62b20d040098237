// Goal: PCT's guarantee (Burckhardt et al., ASPLOS 2010, theorem 1): a schedule of pct:d shows a violation of
// depth d with a probability of at least 1 / (n k^(d-1)), n being the tasks and k the most steps of any
// schedule at which two or more tasks can step. Method: models whose depth is known; k from the graph of all
// states; 1,000 seeds with 32 schedules each.
// Odds: five standard deviations below the bound are allowed; seeds are fixed.

import { beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { memberOf } from "../../src/campaign/strategies.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compileText } from "../support/compile-text.ts";
import { contestedMost } from "../support/contested.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const SEEDS = 1000;
const SCHEDULES = 32;
const STEPS_MAX = 200;

/** Each violates in one way only, and that takes so many orderings of two steps. */
const MODELS: readonly (readonly [string, number, string])[] = [
  [
    "used before it is set",
    1,
    `static int ready, noise;
     static void setter(void) { WRITE_ONCE(noise, 1); WRITE_ONCE(noise, 2); WRITE_ONCE(ready, 1); }
     static void user(void) { WARN_ON(!READ_ONCE(ready)); }
     static void other(void) { WRITE_ONCE(noise, 3); }
     scenario s(void) { thread("a", setter()); thread("b", user()); thread("c", other()); }`,
  ],
  [
    "changed between two looks",
    2,
    `static int value, noise;
     static void looks(void)
     {
       int a, b;
       WRITE_ONCE(noise, 1);
       a = READ_ONCE(value);
       b = READ_ONCE(value);
       WARN_ON(a != b);
       WRITE_ONCE(noise, 2);
     }
     static void changes(void) { WRITE_ONCE(noise, 3); WRITE_ONCE(value, 1); WRITE_ONCE(noise, 4); }
     scenario s(void) { thread("a", looks()); thread("b", changes()); }`,
  ],
  [
    "changed between two looks, by a task that is started late, under a lock",
    2,
    `static int value;
     static DEFINE_MUTEX(lock);
     static struct rcu_head head;
     static void changes(struct rcu_head *h) { WRITE_ONCE(value, 1); }
     static void looks(void)
     {
       int a, b;
       a = READ_ONCE(value);
       b = READ_ONCE(value);
       WARN_ON(a != b);
     }
     static void starts(void) { mutex_lock(&lock); call_rcu(&head, changes); mutex_unlock(&lock); }
     static void locks(void) { mutex_lock(&lock); mutex_unlock(&lock); }
     scenario s(void) { thread("a", looks()); thread("b", starts()); thread("c", locks()); }`,
  ],
  [
    "looked at between two changes, and before the first",
    3,
    `static int value;
     static void looks(void)
     {
       int a, b;
       a = READ_ONCE(value);
       b = READ_ONCE(value);
       WARN_ON(a == 0 && b == 1);
     }
     static void changes(void) { WRITE_ONCE(value, 1); WRITE_ONCE(value, 2); }
     scenario s(void) { thread("a", looks()); thread("b", changes()); }`,
  ],
  [
    "two tasks in lock step",
    4,
    `static int value;
     static void looks(void)
     {
       int a, b, c;
       a = READ_ONCE(value);
       b = READ_ONCE(value);
       c = READ_ONCE(value);
       WARN_ON(a == 0 && b == 1 && c == 2);
     }
     static void changes(void) { WRITE_ONCE(value, 1); WRITE_ONCE(value, 2); }
     scenario s(void) { thread("a", looks()); thread("b", changes()); }`,
  ],
];

const HEADERS = ["raceproof", "linux/compiler", "linux/bug", "linux/mutex", "linux/rcupdate"];

async function prepared(text: string): Promise<{ engine: Engine; k: number }> {
  const source = `${HEADERS.map((name) => `#include <${name}.h>`).join("\n")}\n${text}\n`;
  const engine = new Engine(module);
  engine.load(encodeProgram(await compileText(source)).words);
  engine.exploreBegin(1 << 22, STEPS_MAX);
  while (!engine.exploreRun(1000));
  return { engine, k: contestedMost(engine.exploredGraph()!) };
}

/** Of all schedules of all seeds, how many violate. */
function hits(engine: Engine, strategy: number): number {
  let count = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const { findings } = engine.fuzz({ strategy, seed: BigInt(seed), stepsMax: STEPS_MAX }, 0, SCHEDULES);
    count += findings.reduce((sum, finding) => sum + finding.count, 0);
  }
  return count;
}

describe("PCT", () => {
  test.each(MODELS)("shows %s, of depth %i, as often as it guarantees", async (_what, depth, text) => {
    const { engine, k } = await prepared(text);
    const { contested, tasks } = engine.practice(STEPS_MAX);
    expect(contested, "what practice observes is all there is").toBe(k);
    const runs = SEEDS * SCHEDULES;
    const p = 1 / (tasks * k ** (depth - 1));
    const least = runs * p - 5 * Math.sqrt(runs * p * (1 - p));
    expect(least, "the bound says something").toBeGreaterThan(0);
    for (const strategy of [memberOf(Strategy.PCT, depth), memberOf(Strategy.PCT, depth, k)]) {
      expect(hits(engine, strategy)).toBeGreaterThanOrEqual(least);
    }
  });

  test.each(MODELS.filter(([, depth]) => depth > 1))(
    "does not show %s, of depth %i, where it looks for one less: the depth is no smaller",
    async (_what, depth, text) => {
      const { engine } = await prepared(text);
      expect(hits(engine, memberOf(Strategy.PCT, depth - 1))).toBe(0);
    },
  );
});
