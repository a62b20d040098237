// Goal: what cannot be where a task stands is found out, and nothing else. Method: of programs with a mutex,
// how many vectors its owner takes, and that who unlocks what another has is told all the same. That nothing
// is found out that is not so, random programs show (test/property/lanes.test.ts).

import { beforeAll, expect, test } from "vitest";
import { Strategy, Violation } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { compileEngine, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { lanesOf } from "../../src/lanes/lanes.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import { compileText } from "../support/compile-text.ts";
import { lanesOfProgram } from "../support/lanes.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const program = async (other: string) =>
  encodeProgram(
    await compileText(
      `#include <raceproof.h>
       #include <linux/compiler.h>
       #include <linux/mutex.h>
       static DEFINE_MUTEX(m);
       static int x;
       static void locks(void) { mutex_lock(&m); WRITE_ONCE(x, 1); mutex_unlock(&m); }
       static void other(void) { ${other}; }
       scenario s(void) {
         thread("one", locks()); thread("two", locks()); thread("three", locks()); thread("other", other());
       }`,
    ),
  );

/** Vectors of cells: only the mutex is ever tested. */
async function cells(other: string): Promise<number> {
  const engine = new Engine(module);
  const { words } = await program(other);
  engine.load(words);
  const source = lanesOf(engine, words, 100, "a test", "random");
  if ("unfit" in source) throw new Error(source.unfit);
  return source.text.match(/^\/\/ +\d+ +cell .*$/gm)?.length ?? 0;
}

test("who owns a mutex is one vector: whether anybody does", async () => {
  expect(await cells("locks()")).toBe(1);
});

test("who unlocks what another has, or nobody, is told", async () => {
  const { lanes } = await lanesOfProgram(module, await program("mutex_unlock(&m)"), 100);
  const { tally } = lanes.run({ strategy: Strategy.LANES, seed: 1n, stepsMax: 100 }, 0, 1000)!;
  expect(tally.findings).toMatchObject([{ kind: Violation.LOCK_MISUSE, count: 1000 }]);
});
