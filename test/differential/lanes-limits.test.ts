// Goal: where lanes and the scalar machine share the work on a block, each schedule is told once and
// rightly: what lanes leave open (deadlocks and bounds on steps, if anything), what they cannot follow,
// what the set-up did. Method: small models, each block compared with the schedules that it consists of,
// run on the scalar machine.

import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Outcome, Strategy, Violation } from "../../assembly/abi.ts";
import { engineFile, modelsFolder } from "../../src/base/paths.ts";
import {
  compileEngine,
  type Draw,
  Engine,
  type EngineModule,
  type RawTally,
} from "../../src/engine/engine.ts";
import { replayLanes } from "../../src/engine/lanes.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import { runBlock } from "../../src/work/block.ts";
import { rawKey } from "../../src/work/tally.ts";
import { compileText } from "../support/compile-text.ts";
import { type Compiled, lanesOfProgram } from "../support/lanes.ts";
import { compareLanes } from "../support/lanes-in-js.ts";

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

async function programOf(text: string): Promise<Program> {
  const includes = ["raceproof.h", "linux/compiler.h", "linux/slab.h", "linux/srcu.h", "linux/string.h"];
  const head = [...includes, "linux/workqueue.h", "linux/bug.h", "linux/mutex.h", "linux/rcupdate.h"];
  return encodeProgram(await compileText(`${head.map((h) => `#include <${h}>`).join("\n")}\n${text}`));
}

const COUNT = 60;

function draw(stepsMax: number): Draw {
  return { strategy: Strategy.RANDOM, seed: 5n, stepsMax };
}

/** How many schedules of a block show each violation, by running them on the scalar machine. */
function countsOf({ engine, lanes }: Compiled, stepsMax: number): Map<string, number> {
  const counts = new Map<string, number>();
  const numbers = Array.from({ length: COUNT }, (_, n) => n);
  for (const run of lanes.record(draw(stepsMax), numbers)) {
    const { outcome, violations } = replayLanes(engine, lanes.code, run, stepsMax);
    expect(outcome).not.toBe(Outcome.RUNNING);
    for (const key of new Set(violations.map(rawKey))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function tallied({ findings }: RawTally): Map<string, number> {
  return new Map(findings.map((finding) => [rawKey(finding), finding.count]));
}

async function expectSame(text: string, stepsMax: number): Promise<RawTally> {
  const compiled = await lanesOfProgram(module, await programOf(text), stepsMax);
  const tally = runBlock(compiled.engine, compiled.lanes, {
    draw: draw(stepsMax),
    block: 0,
    observing: null,
    first: 0,
    count: COUNT,
  });
  expect(tally.schedules).toBe(COUNT);
  expect(tallied(tally)).toEqual(countsOf(compiled, stepsMax));
  return tally;
}

function kindsOf({ findings }: RawTally): number[] {
  return findings.map(({ kind }) => kind);
}

describe("a schedule that the scalar machine settles", () => {
  test("counts a warning of a check that holds always once", async () => {
    const tally = await expectSame(
      `static int x;
      static int warned(void) { WARN_ON(READ_ONCE(x)); return 1; }
      static void spin(void) { for (;;) WRITE_ONCE(x, !READ_ONCE(x)); }
      scenario circles(void) { thread("spin", spin()); always(warned()); }`,
      20,
    );
    expect(kindsOf(tally).sort()).toEqual([Violation.WARN, Violation.STEP_LIMIT].sort());
  });

  test("is concluded where the bound is its last step", async () => {
    const text = `static int x;
      static void stores(void) { WRITE_ONCE(x, 1); WRITE_ONCE(x, 2); }
      scenario ends(void) { thread("a", stores()); at_end(x == 1); }`;
    expect(kindsOf(await expectSame(text, 2))).toEqual([Violation.ASSERTION]);
  });
});

describe("a bound on steps ends", () => {
  const kinds = async (text: string, stepsMax: number) => kindsOf(await expectSame(text, stepsMax));

  test("kworkers that queue one another for ever, though neither comes by a place twice", async () => {
    const text = `static struct work_struct a, b;
      static int x;
      static void run_a(struct work_struct *w) { schedule_work(&b); }
      static void run_b(struct work_struct *w) { schedule_work(&a); }
      static void starts(void) { schedule_work(&a); }
      static void stores(void) { WRITE_ONCE(x, 1); }
      scenario circles(void) {
        INIT_WORK(&a, run_a);
        INIT_WORK(&b, run_b);
        thread("starts", starts());
        thread("stores", stores());
      }`;
    expect(await kinds(text, 200)).toEqual([Violation.STEP_LIMIT]);
  });

  test("a schedule that is longer than there are places, since a work item is queued again", async () => {
    const text = `static struct work_struct w;
      static int x;
      static void run(struct work_struct *item) {
        WRITE_ONCE(x, 1); WRITE_ONCE(x, 2); WRITE_ONCE(x, 3); WRITE_ONCE(x, 4); WRITE_ONCE(x, 5);
      }
      static void queues(void) {
        schedule_work(&w); flush_work(&w);
        schedule_work(&w); flush_work(&w);
        schedule_work(&w); flush_work(&w);
      }
      scenario again(void) { INIT_WORK(&w, run); thread("queues", queues()); }`;
    // Of the thread and of three executions; each of the latter begins with a step.
    const steps = 9 + 3 * 6;
    expect(await kinds(text, steps)).toEqual([]);
    expect(await kinds(text, steps - 1)).toEqual([Violation.STEP_LIMIT]);
  });
});

test("deadlocks of kworkers are told by place, whichever slots they have", async () => {
  const tally = await expectSame(
    `static DEFINE_MUTEX(m);
    static struct work_struct first, second;
    static struct workqueue_struct *wq;
    static void one(struct work_struct *w) { mutex_lock(&m); for (;;) flush_work(w); }
    static void other(struct work_struct *w) { mutex_lock(&m); flush_work(w); }
    static void queue(struct work_struct *w) { queue_work(wq, w); }
    scenario stuck(void) {
      wq = alloc_workqueue("wq", 0, 0);
      INIT_WORK(&first, one);
      INIT_WORK(&second, other);
      thread("a", queue(&first));
      thread("b", queue(&second));
    }`,
    100,
  );
  expect(new Set(kindsOf(tally))).toEqual(new Set([Violation.DEADLOCK]));
  // Which of the two has the mutex; not which of them was queued first.
  expect(tally.findings).toHaveLength(2);
});

describe("a set-up that goes wrong", () => {
  const scenario = (what: string) =>
    `static int x = 1;
     static void store(void) { WRITE_ONCE(x, 2); }
     scenario wrong(void) { ${what}; thread("a", store()); thread("b", store()); }`;

  test.each([
    ["warns in every schedule", "WARN_ON(x)", Violation.WARN],
    ["ends every schedule", "BUG_ON(x)", Violation.BUG],
  ])("%s", async (_what, text, kind) => {
    const tally = await expectSame(scenario(text), 100);
    expect(tally.findings).toMatchObject([{ kind, count: COUNT, first: 0 }]);
    const engine = new Engine(module);
    engine.load((await programOf(scenario(text))).words);
    const scalar = engine.fuzz(draw(100), 0, COUNT);
    expect(tallied(tally)).toEqual(tallied(scalar));
    expect(kind === Violation.BUG ? tally.steps : 0).toBe(kind === Violation.BUG ? scalar.steps : 0);
  });

  test("drops every schedule", async () => {
    const compiled = await lanesOfProgram(module, await programOf(scenario("assume(x == 0)")), 100);
    const ran = compiled.lanes.run(draw(100), 0, COUNT);
    expect(ran?.tally).toMatchObject({ schedules: 0, dropped: COUNT, findings: [] });
  });
});

describe("lanes do not follow", () => {
  const clears = (what: string) =>
    `DEFINE_STATIC_SRCU(s);
     static int x;
     static void reader(void) { int i = srcu_read_lock(&s); READ_ONCE(x); srcu_read_unlock(&s, i); }
     static void writer(void) { ${what}; WRITE_ONCE(x, 1); synchronize_srcu(&s); }
     scenario cleared(void) { thread("reader", reader()); thread("writer", writer()); }`;

  test.each([
    [
      "a domain that is cleared while a section of it is open",
      clears("memset(&s, 0, sizeof(s)); init_srcu_struct(&s)"),
    ],
    [
      "a work item that is cleared while it is queued",
      `static struct work_struct w;
       static int x;
       static void work(struct work_struct *item) { WRITE_ONCE(x, 1); WRITE_ONCE(x, 2); }
       static void queues(void) { schedule_work(&w); }
       static void clears(void) { memset(&w, 0, sizeof(w)); }
       scenario cleared(void) {
         INIT_WORK(&w, work);
         thread("queues", queues());
         thread("clears", clears());
       }`,
    ],
    [
      "which of two objects lies higher",
      `static void *p, *q;
       static int order;
       static void first(void) { WRITE_ONCE(p, kzalloc(4, GFP_KERNEL)); }
       static void second(void) {
         WRITE_ONCE(q, kzalloc(4, GFP_KERNEL));
         if (READ_ONCE(p)) { BUG_ON(READ_ONCE(p) < q); WRITE_ONCE(order, 1); }
       }
       scenario ordered(void) { thread("first", first()); thread("second", second()); }`,
    ],
    [
      "more kworkers and callbacks at a time than the machine has slots for",
      `static struct rcu_head heads[14];
       static int x;
       static void done(struct rcu_head *head) { WRITE_ONCE(x, 1); }
       static void reader(void) {
         rcu_read_lock();
         for (int i = 0; i < 6; i++) READ_ONCE(x);
         rcu_read_unlock();
       }
       static void caller(int from) {
         for (int i = from; i < from + 7; i++) call_rcu(&heads[i], done);
       }
       scenario many(void) {
         thread("reader", reader());
         thread("first", caller(0));
         thread("second", caller(7));
       }`,
    ],
  ])("%s, and the others are as they are", async (_what, text) => {
    const program = await programOf(text);
    const engine = new Engine(module);
    const { compared, difference, unfit } = compareLanes(engine, program, 3, 100);
    expect([unfit, difference]).toEqual([undefined, undefined]);
    expect(compared).toBeGreaterThan(2);
    expect(compared).toBeLessThan(32);
    // The block as a whole is the scalar machine's.
    const compiled = await lanesOfProgram(module, program, 100);
    const first = compiled.lanes.run(draw(100), 0, COUNT);
    expect(first).toBeNull();
    const tally = runBlock(compiled.engine, compiled.lanes, {
      draw: draw(100),
      block: 0,
      observing: null,
      first: 0,
      count: COUNT,
    });
    expect(tally).toEqual(compiled.engine.fuzz(draw(100), 0, COUNT));
  });
});

test("a task of very many steps, as a function for each of its segments, does what it does", {
  timeout: 120_000,
}, async () => {
  const opened = await openModel(join(modelsFolder, "bpf-oom/v3-fixed.c"));
  let source = "";
  const { compared, difference } = compareLanes(
    new Engine(module),
    encodeProgram(opened.compile("close_vs_rmdir")),
    1,
    1000,
    (text) => {
      source = text;
      return text;
    },
  );
  expect(source).toMatch(/^function task\d+in\d+\(p: v128\): void \{$/m);
  expect([difference, compared]).toEqual([undefined, 32]);
});
