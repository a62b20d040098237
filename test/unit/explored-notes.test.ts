// Goal: where a graph is too large to be read, or somebody waits for the end, its findings are still told.
// Method: the same exploration read both ways; the second is what is done then. Keys, and on how many steps
// each is met, must be equal; no way has fewer steps than the one by which it was met first.

import { describe, expect, it } from "vitest";
import { resolveModel } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { type Explored, explore } from "../../src/campaign/explore.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import { compileText } from "../support/compile-text.ts";
import { program, store } from "../support/programs.ts";

const module = compileEngine(engineFile);

async function exploreBy(program: Program, more: object): Promise<Explored> {
  const machine = new Engine(await module);
  machine.load(program.words);
  return explore({ program, machine, rules: { stepsMax: 1000, bytes: 64 << 20 }, ...more });
}

async function compiled(text: string): Promise<Program> {
  return encodeProgram(await compileText(`#include <raceproof.h>\n#include <linux/bug.h>\n${text}`));
}

async function compareWays(program: Program) {
  const whole = await exploreBy(program, {});
  const only = await exploreBy(program, { transitionsMax: 0 });
  const keyed = ({ findings }: Explored) => findings.map(({ key, count }) => `${count} ${key}`).sort();
  expect(keyed(only)).toEqual(keyed(whole));
  expect(only.findings.every(({ minimum }) => minimum === "at-most")).toBe(true);
  expect(only.exact).toBeNull();
  return { whole, only };
}

describe("the findings of what cannot be read as a whole", () => {
  it.each(["close_vs_rmdir", "close_vs_rmdir_vs_oom", "uaf_6", "dl_offline", "leak", "nul"])(
    "are those of what can, bpf-oom/v2 %s",
    async (scenario) => {
      const opened = await openModel(resolveModel("bpf-oom/v2").file);
      const { whole } = await compareWays(encodeProgram(opened.compile(scenario)));
      expect(whole.endedBy).toBe("complete");
    },
  );

  it("so where steps choose, and the set-up does", async () => {
    const { whole } = await compareWays(
      await compiled(`
        static int a, b;
        static void left(void) { WRITE_ONCE(a, choose(3)); WARN_ON(READ_ONCE(a) == 2 && choose(2)); }
        static void right(void) { WRITE_ONCE(b, READ_ONCE(a)); }
        scenario chosen(void)
        {
          b = choose(2);
          WARN_ON(b == 1 && choose(2));
          thread("left", left());
          thread("right", right());
          at_end(b != 2);
        }`),
    );
    expect(whole.findings.map(({ kind }) => kind).sort()).toEqual(["assertion", "warn", "warn"]);
  });

  it("so where a schedule cannot end", async () => {
    const { whole, only } = await compareWays(
      await compiled(`
        static int stop, seen;
        static void spin(void) { while (!READ_ONCE(stop)) seen = 0; }
        static void other(void) { WRITE_ONCE(seen, 1); if (READ_ONCE(seen)) WRITE_ONCE(stop, 1); }
        scenario spins(void) { thread("spin", spin()); thread("other", other()); }`),
    );
    expect(whole.findings.map(({ kind }) => kind)).toEqual(["step-limit"]);
    expect(only.cyclic).toBeNull();
  });

  it("are told when a large exploration is interrupted", async () => {
    const tasks = Array.from({ length: 5 }, (_, cell) =>
      Array.from({ length: 14 }, (_, i) => store(cell, i)),
    );
    const large = encodeProgram(
      program(5, [{ op: "warn", value: { imm: 1 } }, ...tasks[0]!], ...tasks.slice(1)),
    );
    const controller = new AbortController();
    const explored = await exploreBy(large, {
      rules: { stepsMax: 1000, bytes: 512 << 20 },
      signal: controller.signal,
      onProgress: ({ states }: { states: number }) => states > 310_000 && controller.abort(),
    });
    expect(explored.endedBy).toBe("interrupted");
    expect(explored.findings.map(({ kind, minimum }) => `${kind} ${minimum}`)).toEqual(["warn at-most"]);
    expect(explored.estimate).toBeGreaterThan(explored.progress.states);
  });
});
