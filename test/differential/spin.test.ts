// Goal: exploring visits the states that SPIN visits, and takes the steps that it takes. Method: the same
// programs in Promela, with the same steps (test/support/promela/, or made of the litmus shapes), are
// verified without reduction in the same run, and states and transitions compared; what is broken on purpose
// is broken there too. Who stored a word last is part of a state here, so that it is there too (stored.h).
//
// The book that QRCU is from has 376 states for one updater and one reader, with SPIN's reduction. Without
// it SPIN 6.5.2 says of the book's model 445, with two readers 8,255, with three 147,223, with two updaters
// 43,009, and with two of both 1,827,123. Here they are 188, 4,856, 124,723, 7,272 and 330,077, with the
// same verdict, because steps and states are others:
//   - the updater of the book synchronises for ever, ours once;
//   - there, guards that are always true, skips and ends of loops are steps; here accesses alone are;
//   - there, a value that nobody reads any more still tells states apart, and so does the set-up's process;
//   - there, a spinlock is tried in a loop; here mutex_lock() waits;
//   - here, a reader reads the counter and then swaps it, the updater reads the index once into a local, and
//     which counter is summed first is chosen a step earlier.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { modelsFolder } from "../../src/base/paths.ts";
import { exploreScenario } from "../support/explored.ts";
import { LITMUS } from "../support/litmus.ts";
import { spinInstalled, type Verified, verifyFile, verifyPrograms } from "../support/spin.ts";

const folder = join(modelsFolder, "validation");

async function explored(model: string, scenario: string): Promise<Verified> {
  const { progress, findings } = await exploreScenario(join(folder, `${model}.c`), scenario);
  return { states: progress.states, transitions: progress.transitions, errors: findings.length };
}

describe.skipIf(!spinInstalled)("the same in SPIN (spin and gcc are needed)", () => {
  test.each(["sb", "z6", "iriw"])("litmus shape %s", async (name) => {
    const litmus = LITMUS[name]!;
    const verified = verifyPrograms(litmus, litmus.forbidden);
    expect(verified.errors).toBe(0);
    expect(await explored(`litmus/${name}`, "forbidden")).toEqual(verified);
  });

  test("an outcome that is allowed is found there", () => {
    expect(verifyPrograms(LITMUS.sb!, "1 1").errors).toBe(1);
  });

  test.each([
    ["mutex/peterson", "twice_each", "peterson", ["TIMES=2"]],
    ["mutex/dekker", "twice_each", "dekker", ["TIMES=2"]],
    ["qrcu/correct", "one_updater_one_reader", "qrcu", ["READERS=1", "UPDATERS=1"]],
    ["qrcu/correct", "one_updater_two_readers", "qrcu", ["READERS=2", "UPDATERS=1"]],
    ["qrcu/correct", "two_updaters_one_reader", "qrcu", ["READERS=1", "UPDATERS=2"]],
    ["qrcu/correct", "one_updater_three_readers", "qrcu", ["READERS=3", "UPDATERS=1"]],
    ["qrcu/correct", "two_updaters_two_readers", "qrcu", ["READERS=2", "UPDATERS=2"]],
  ] as const)("%s, %s", async (model, scenario, name, defines) => {
    const verified = verifyFile(name, defines);
    expect(verified.errors).toBe(0);
    expect(await explored(model, scenario)).toEqual(verified);
  });

  test.each([
    ["mutex/peterson-own-turn", "once_each", "peterson", ["TIMES=1", "OWN_TURN"]],
    ["mutex/peterson-turn-first", "once_each", "peterson", ["TIMES=1", "TURN_FIRST"]],
    ["qrcu/no-wait", "one_updater_one_reader", "qrcu", ["READERS=1", "UPDATERS=1", "NO_WAIT"]],
  ] as const)("%s, %s: broken in both", async (model, scenario, name, defines) => {
    expect(verifyFile(name, defines).errors).toBe(1);
    expect((await explored(model, scenario)).errors).toBe(1);
  });
});
