// Goal: a title names both sides where both are known, so that two findings with different causes do not read
// alike, and two places of one bug do. Method: the bundled question and small models, run and explained.

import { expect, test } from "vitest";
import { Detail, STEPS_DEFAULT, Strategy } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { explainFindings } from "../../src/campaign/findings.ts";
import { groupFindings } from "../../src/campaign/keys.ts";
import { groupOf, titleOf } from "../../src/campaign/titles.ts";
import { loadModel } from "../../src/cli/session.ts";
import { compileEngine, type Draw, Engine, type RawTally } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import { compileText } from "../support/compile-text.ts";
import { lanesOfModel } from "../support/lanes.ts";

const draw: Draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: STEPS_DEFAULT };

async function findingsOf(program: Program, schedules: number) {
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  return explainFindings(program, engine, draw, engine.fuzz(draw, 0, schedules));
}

async function titlesOf(text: string): Promise<string[]> {
  const findings = await findingsOf(encodeProgram(await compileText(text)), 2000);
  return findings.map((finding) => finding.title).sort();
}

test("the bundled question: a use-after-free at two places, and two causes of one WARN", async () => {
  const flags = { define: [], include: [], stub: [], strict: false, scenario: "close-vs-rmdir" };
  const findings = await findingsOf((await loadModel("bpf-oom/v2", flags)).program, 30_000);
  const warn = "WARNING in bpf_oom_ops_unreg(): WARN_ON(READ_ONCE(*slot) != ops)";
  const uaf =
    "use-after-free in bpf_oom_memcg_offline(): bpf_struct_ops_map, freed by bpf_map_free_deferred()";
  expect(findings.map((f) => [f.title, f.group]).sort()).toEqual([
    [`${warn}, memcg->bpf_oom cleared by bpf_oom_memcg_offline()`, findings.at(-1)!.title],
    [`${warn}, root_memcg.bpf_oom never set`, warn],
    [uaf, uaf],
    [uaf, uaf],
  ]);
  const reads = findings.flatMap((f) => f.trace.violations.map((v) => v.read));
  expect(reads).toEqual(expect.arrayContaining(["root_memcg.bpf_oom = NULL", "mem_cgroup#1.bpf_oom = NULL"]));
});

test("an object freed before a call or during it is one bug, whichever a campaign meets first", async () => {
  const flags = { define: [], include: [], stub: [], strict: false, scenario: "close-vs-rmdir" };
  const { program } = await loadModel("bpf-oom/v2", flags);
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  const during = engine.fuzz(draw, 0, 1000).findings.filter((f) => f.detail === Detail.FREED_DURING_CALL);
  expect(during).not.toEqual([]);
  for (const raw of during) {
    const before = { ...raw, detail: Detail.NONE };
    expect(groupOf(program, raw)).toBe(groupOf(program, before));
    expect(titleOf(program, raw)).not.toBe(titleOf(program, before));
  }
});

test("a store is told by what it stores to, and whether it clears it", async () => {
  const model = (store: string) => `#include <raceproof.h>
#include <linux/bug.h>
#include <linux/compiler.h>
static int flag;
static void writer(void) { ${store}; }
static void reader(void) { WARN_ON(READ_ONCE(flag) != 1); }
scenario s(void) { flag = 1; thread("w", writer()); thread("r", reader()); }`;
  const warn = "WARNING in reader(): WARN_ON(READ_ONCE(flag) != 1)";
  expect(await titlesOf(model("WRITE_ONCE(flag, 0)"))).toEqual([`${warn}, flag cleared by writer()`]);
  expect(await titlesOf(model("WRITE_ONCE(flag, 2)"))).toEqual([`${warn}, flag set by writer()`]);
  expect(await titlesOf(model("flag = 0"))).toEqual([`${warn}, flag cleared by writer()`]);
  expect(await titlesOf(model("flag--"))).toEqual([`${warn}, set by writer()`]);
});

test("an invariant is one bug, whoever stored last to what it looks at last", async () => {
  const program = encodeProgram(
    await compileText(`#include <raceproof.h>
#include <linux/compiler.h>
static int a, b;
static void f(void) { WRITE_ONCE(a, 1); WRITE_ONCE(b, 1); }
static void g(void) { WRITE_ONCE(b, 2); }
scenario s(void) { thread("f", f()); thread("g", g()); always(READ_ONCE(b) <= READ_ONCE(a)); }`),
  );
  const findings = await findingsOf(program, 2000);
  const title = "assertion failed in s(): always(READ_ONCE(b) <= READ_ONCE(a))";
  expect(findings.map((f) => [f.title, f.group])).toEqual([
    [title, title],
    [title, title],
  ]);
});

test("what lanes show has the scalar machine's titles and groups, that of a check too", async () => {
  const module = await compileEngine(engineFile);
  const { program, engine, lanes } = await lanesOfModel(module, "canary", "lost_update");
  const named = (tally: RawTally) => groupFindings(program, tally).map(({ title, group }) => [title, group]);
  const scalar = named(engine.fuzz(draw, 0, 1000));
  expect(scalar).not.toEqual([]);
  expect(named(lanes.run({ ...draw, strategy: Strategy.LANES }, 0, 1000)!.tally)).toEqual(scalar);
});
