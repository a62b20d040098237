// Goal: exhaustive exploration visits what there is and counts it right. Method: each model of the corpus
// states, in a line for each scenario, the verdict and the numbers of states, transitions (the set-up is one)
// and schedules. Those of the interleavings follow from a formula, those of the litmus shapes from an
// enumerator that runs one interleaving after the other; spin.test.ts asks SPIN. What no oracle gives here is
// pinned: the verdicts are the published ones, each named in its model.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpusModels } from "../../src/base/models.ts";
import { modelsFolder } from "../../src/base/paths.ts";
import { exploreScenario, inOneLine, scenarioNames } from "../support/explored.ts";
import { enumerate } from "../support/interleavings.ts";
import { LITMUS } from "../support/litmus.ts";

const folder = join(modelsFolder, "validation");

const EXPECT = /^\/\/ expect (\w+): (.*)\n/gm;

/** With UPDATE_GOLDEN=1: the lines of a model are written anew. */
async function promote(file: string): Promise<void> {
  const lines: string[] = [];
  for (const name of await scenarioNames(file)) {
    lines.push(`// expect ${name}: ${inOneLine(await exploreScenario(file, name))}\n`);
  }
  const text = readFileSync(file, "utf8").replace(EXPECT, "");
  writeFileSync(file, text.replace("*/\n", `*/\n${lines.join("")}`));
}

if (process.env.UPDATE_GOLDEN !== undefined) {
  for (const { file } of corpusModels(["validation"])) await promote(file);
}

describe.each(corpusModels(["validation"]))("$name", ({ file }) => {
  const lines = [...readFileSync(file, "utf8").matchAll(EXPECT)].map((line) => [line[1]!, line[2]!] as const);

  test("states what is expected of each of its scenarios", async () => {
    expect(lines.map(([scenario]) => scenario)).toEqual(await scenarioNames(file));
  });

  test.each(lines)("%s: %s", async (scenario, line) => {
    expect(inOneLine(await exploreScenario(file, scenario))).toBe(line);
  });
});

describe("tasks that have nothing to do with each other", async () => {
  const file = join(folder, "interleavings.c");
  const cases = (await scenarioNames(file)).filter((name) => name.startsWith("steps_"));

  test.each(cases)("%s: as many schedules and states as the formulas say", async (name) => {
    const lengths = name.split("_").slice(1).map(Number);
    const total = lengths.reduce((sum, n) => sum + n, 0);
    const states = lengths.reduce((product, n) => product * (n + 1), 1);
    const edges = lengths.reduce((sum, n) => sum + (states / (n + 1)) * n, 0);
    const schedules = lengths.reduce((quotient, n) => quotient / factorial(n), factorial(total));
    const { progress, exact } = await exploreScenario(file, name);
    expect(exact?.schedules).toBe(schedules);
    expect({ ...progress }).toMatchObject({ states, transitions: edges + 1 });
    expect(exact?.stepsMost).toBe(total);
    expect(exact?.meanSteps).toBeCloseTo(total, 9);
  });

  test("one order of 21 goes wrong, with probability 2^-20", async () => {
    const { exact } = await exploreScenario(file, "needle");
    expect(exact?.findings).toEqual([{ probability: 2 ** -20, schedules: 1n }]);
  });
});

function factorial(n: number): bigint {
  return n < 2 ? 1n : BigInt(n) * factorial(n - 1);
}

describe.each(Object.entries(LITMUS))("litmus shape %s", (name, { programs, observed, forbidden }) => {
  const file = join(folder, "litmus", `${name}.c`);
  const oracle = enumerate(programs, observed);

  test("its forbidden outcome is not reached by any interleaving, and every other one is", async () => {
    expect(oracle.outcomes.has(forbidden)).toBe(false);
    expect(oracle.outcomes.size).toBe(2 ** observed.length - 1);
    const { findings } = await exploreScenario(file, "forbidden");
    expect(findings).toEqual([]);
    expect(readFileSync(file, "utf8")).toContain(`outcome(${forbidden.replaceAll(" ", ", ")})`);
  });

  test("states, transitions and schedules are those of the enumerator", async () => {
    const { progress, exact } = await exploreScenario(file, "outcomes");
    expect(progress.states).toBe(oracle.states);
    expect(progress.transitions).toBe(oracle.transitions + 1);
    expect(exact?.schedules).toBe(oracle.schedules);
  });

  test("each outcome has as many schedules, and the probability, that the enumerator gives", async () => {
    const { exact, findings } = await exploreScenario(file, "outcomes");
    const schedules = new Map<string, bigint>();
    const probability = new Map<string, number>();
    for (const [f, { title }] of findings.entries()) {
      const outcome = /outcome\(([\d, ]+)\)/.exec(title)![1]!.replaceAll(",", "");
      const { schedules: count, probability: chance } = exact!.findings[f]!;
      schedules.set(outcome, (schedules.get(outcome) ?? 0n) + count!);
      probability.set(outcome, (probability.get(outcome) ?? 0) + chance);
    }
    expect([...schedules].sort()).toEqual([...oracle.outcomes].map(([o, { schedules: n }]) => [o, n]).sort());
    for (const [outcome, { weight }] of oracle.outcomes) {
      const exactly = Number(weight) / Number(oracle.denominator);
      expect(probability.get(outcome), outcome).toBeCloseTo(exactly, 12);
    }
  });
});
