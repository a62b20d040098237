// Goal: PCT's guarantee (Burckhardt et al., ASPLOS 2010, theorem 1): a schedule of pct:d shows a violation of
// depth d with a probability of at least 1 / (n k^(d-1)), n being the tasks and k the most steps of any
// schedule at which two or more tasks can step. On the scalar machine, and in lanes. Method: models whose
// depth is known; k from the graph of all states; 1,000 seeds with 32 schedules each, in lanes one with all.
// Odds: five standard deviations below the bound are allowed; seeds are fixed.

import { beforeAll, describe, expect, test } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { memberOf } from "../../src/campaign/strategies.ts";
import {
  compileEngine,
  type Draw,
  Engine,
  type EngineModule,
  type RawTally,
} from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compileText } from "../support/compile-text.ts";
import { contestedMost } from "../support/contested.ts";
import { type Compiled, lanesOfProgram } from "../support/lanes.ts";

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

interface Prepared extends Compiled {
  readonly k: number;
}

async function prepared(text: string): Promise<Prepared> {
  const source = `${HEADERS.map((name) => `#include <${name}.h>`).join("\n")}\n${text}\n`;
  const program = encodeProgram(await compileText(source));
  const compiled = await lanesOfProgram(module, program, STEPS_MAX, "pct");
  const engine = new Engine(module);
  engine.load(program.words);
  engine.exploreBegin(1 << 22, STEPS_MAX);
  while (!engine.exploreRun(1000));
  return { ...compiled, k: contestedMost(engine.exploredGraph()!) };
}

const ENGINES = ["scalar", "lanes"] as const;
const CASES = ENGINES.flatMap((which) => MODELS.map((model) => [which, ...model] as const));

function violations({ findings }: RawTally): number {
  return findings.reduce((sum, finding) => sum + finding.count, 0);
}

/** Of all schedules of all seeds, how many violate. */
function hits({ engine, lanes }: Compiled, which: (typeof ENGINES)[number], strategy: number): number {
  const draw = (seed: bigint): Draw => ({ strategy, seed, stepsMax: STEPS_MAX });
  if (which === "lanes") return violations(lanes.run(draw(1n), 0, SEEDS * SCHEDULES)!.tally);
  let count = 0;
  for (let seed = 0; seed < SEEDS; seed++) count += violations(engine.fuzz(draw(BigInt(seed)), 0, SCHEDULES));
  return count;
}

describe("PCT", () => {
  test.each(CASES)("on %s shows %s, of depth %i, as often as it guarantees", async (...row) => {
    const [which, _what, depth, text] = row;
    const compiled = await prepared(text);
    const { engine, k } = compiled;
    const { contested, tasks } = engine.practice(STEPS_MAX);
    expect(contested, "what practice observes is all there is").toBe(k);
    const runs = SEEDS * SCHEDULES;
    const p = 1 / (tasks * k ** (depth - 1));
    const least = runs * p - 5 * Math.sqrt(runs * p * (1 - p));
    expect(least, "the bound says something").toBeGreaterThan(0);
    for (const strategy of [memberOf(Strategy.PCT, depth), memberOf(Strategy.PCT, depth, k)]) {
      expect(hits(compiled, which, strategy)).toBeGreaterThanOrEqual(least);
    }
  });

  test.each(CASES.filter(([, , depth]) => depth > 1))(
    "on %s does not show %s, of depth %i, where it looks for one less: the depth is no smaller",
    async (...row) => {
      const [which, _what, depth, text] = row;
      expect(hits(await prepared(text), which, memberOf(Strategy.PCT, depth - 1))).toBe(0);
    },
  );
});
