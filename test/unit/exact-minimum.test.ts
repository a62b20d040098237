// Goal: where all states of a program can be visited, a finding's schedule is the simplest there is.
// Method: the bundled scenarios of few states; what minimising by replay makes of each finding is compared
// with what exploring gives. That the graph itself is right is the business of the tests of exploring.

import { beforeAll, describe, expect, it } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { resolveModel } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { exploreSmall } from "../../src/campaign/explore.ts";
import { explainFindings } from "../../src/campaign/findings.ts";
import { reproduce } from "../../src/campaign/repro.ts";
import type { Finding } from "../../src/campaign/summary.ts";
import { parseToken } from "../../src/campaign/tokens.ts";
import { compileEngine, type Draw, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const draw: Draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: 1000 };
const LIMITS = { bytes: 4 << 20, statesMax: 8000 };

/** A model's programs, one a scenario, each compiled when it is asked for. */
async function* programsOf(name: string): AsyncGenerator<Program> {
  const { file, shown } = resolveModel(name);
  const opened = await openModel(file, { name, fileName: shown });
  for (const scenario of opened.scenarios) yield encodeProgram(opened.compile(scenario.name));
}

function load(program: Program): { program: Program; machine: Engine } {
  const machine = new Engine(module);
  machine.load(program.words);
  return { program, machine };
}

/** The first scenario whose name begins so. */
async function programOf(name: string, scenario: string) {
  for await (const program of programsOf(name)) {
    if (program.symbols.scenario.startsWith(scenario)) return load(program);
  }
  throw new Error(`${name} has no scenario ${scenario}`);
}

/** Compared one after the other: the first difference decides. */
function size({ trace }: Finding): number[] {
  return [trace.preemptions, trace.switches, trace.steps];
}

function compareSizes(a: Finding, b: Finding): number {
  const other = size(b);
  return size(a).reduce((order, n, i) => order || n - other[i]!, 0);
}

describe("the minimum of a finding", () => {
  it.each(["bpf-oom/v2", "examples/driver", "canary"])(
    "%s: exploring never gives more than replaying, of the same findings, and its tokens replay",
    async (name) => {
      let compared = 0;
      for await (const each of programsOf(name)) {
        const { program, machine } = load(each);
        const explored = await exploreSmall({ program, machine }, draw.stepsMax, LIMITS);
        if (explored === null) continue;
        const tally = machine.fuzz(draw, 0, 2000);
        const exact = explainFindings(program, machine, draw, tally, { explored });
        const replayed = explainFindings(program, machine, draw, tally, { budgetAll: 1_000_000 });
        expect(exact.map(({ key }) => key)).toEqual(replayed.map(({ key }) => key));
        for (const [i, finding] of exact.entries()) {
          expect(compareSizes(finding, replayed[i]!), finding.title).toBeLessThanOrEqual(0);
          expect([finding.minimum, replayed[i]!.minimum]).toEqual(["exact", "at-most"]);
          const again = reproduce(program, machine, parseToken(finding.scheduleToken), draw.stepsMax);
          expect(again.trace.violations.map(({ key }) => key)).toContain(finding.key);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(0);
    },
  );

  it("comes with the exact chance, which what was counted agrees with", async () => {
    const { program, machine } = await programOf("canary", "lost");
    const explored = await exploreSmall({ program, machine }, draw.stepsMax);
    const tally = machine.fuzz(draw, 0, 100_000);
    const [finding] = explainFindings(program, machine, draw, tally, { explored });
    // Of the orders of two reads and two writes, LLRR and RRLL are right, each with chance 1/4.
    expect(finding).toMatchObject({ exactProbability: 0.5, violatingSchedules: "4", minimum: "exact" });
    // Six standard deviations: a wrong failure in fewer than one seed of 1e8.
    expect(Math.abs(finding!.count - 50_000)).toBeLessThan(6 * Math.sqrt(25_000));
  });

  it("is said to be found by replay where there are too many states or no time to visit them", async () => {
    const { program, machine } = await programOf("canary", "lost");
    const few = { bytes: 4 << 20, statesMax: 1 };
    const signal = AbortSignal.abort();
    const big = await programOf("bpf-oom/v2", "close_vs_rmdir");
    expect(await exploreSmall(big, draw.stepsMax, few)).toBeNull();
    expect(await exploreSmall({ ...big, signal }, draw.stepsMax)).toBeNull();
    const [finding] = explainFindings(program, machine, draw, machine.fuzz(draw, 0, 1000));
    expect(finding).toMatchObject({ minimum: "at-most", preemptions: 1 });
    expect(finding!.exactProbability).toBeUndefined();
  });

  it("is refused where a graph that should be whole lacks a finding that was drawn", async () => {
    const { program, machine } = await programOf("canary", "lost");
    const tally = machine.fuzz(draw, 0, 1000);
    expect(() => explainFindings(program, machine, draw, tally, { explored: new Map() })).toThrow(
      /nondeterminism: the graph of all states/,
    );
  });
});
