// Goal: from raw counts to findings whose tokens replay, the same for any number of workers. Method: small
// programs with a known race, on the real engine in this thread; "workers" are promises in any order.

import { beforeAll, describe, expect, it } from "vitest";
import { Outcome, Strategy, Violation } from "../../assembly/abi.ts";
import { engineFile } from "../../src/base/paths.ts";
import { explainFindings } from "../../src/campaign/findings.ts";
import { runCampaign, type StopRules } from "../../src/campaign/loop.ts";
import { planShard } from "../../src/campaign/plan.ts";
import { reproduce } from "../../src/campaign/repro.ts";
import { formatToken, parseToken } from "../../src/campaign/tokens.ts";
import { compileEngine, type Draw, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { BLOCK } from "../../src/engine/lanes.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Operand } from "../../src/model/ir.ts";
import type { Program } from "../../src/model/program.ts";
import type { Shard } from "../../src/work/job.ts";
import { type Bare, imm, makeProgram, type Parts, primitive, reg } from "../support/reference/program.ts";

const DATA = 4096;
const LOCK_A = 4098;
const LOCK_B = 4100;

function load(dst: number, address: number | Operand): Bare {
  return { op: "load", dst, address: typeof address === "number" ? imm(address) : address, order: "plain" };
}
function store(address: number, value: number): Bare {
  return { op: "store", address: imm(address), value: imm(value), order: "plain" };
}

const classes = [
  { name: "word", size: 1, fields: [{ name: "", kind: "pointer" as const }] },
  { name: "mutex", size: 1, fields: [{ name: "owner", kind: "int" as const }] },
  {
    name: "item",
    size: 2,
    fields: [
      { name: "a", kind: "int" as const },
      { name: "b", kind: "int" as const },
    ],
  },
];
const globals = [
  { name: "published", size: 1, class: 0 },
  { name: "lock_a", size: 1, class: 1 },
  { name: "lock_b", size: 1, class: 1 },
];

/** One thread frees what another is using: the pointer is published by the set-up. */
const useAfterFree: Parts = {
  classes,
  globals,
  setup: {
    code: [
      { op: "alloc", dst: 1, size: imm(2), class: 2 },
      { op: "store", address: imm(DATA), value: reg(1), order: "plain" },
    ],
  },
  threads: [
    { code: [load(1, DATA), load(2, LOCK_A), load(3, LOCK_A), load(2, reg(1, 1))] },
    { code: [load(1, DATA), store(DATA, 0), primitive("kfree", [reg(1)])] },
    { code: [load(1, LOCK_B), load(1, LOCK_B), load(1, LOCK_B)] },
  ],
};

/** Two mutexes taken in opposite order. */
const abba: Parts = {
  classes,
  globals,
  threads: [LOCK_A, LOCK_B].map((first) => {
    const second = first === LOCK_A ? LOCK_B : LOCK_A;
    return {
      code: [
        primitive("mutex_lock", [imm(first)]),
        primitive("mutex_lock", [imm(second)]),
        primitive("mutex_unlock", [imm(second)]),
        primitive("mutex_unlock", [imm(first)]),
      ],
    };
  }),
};

const clean: Parts = { classes, globals, threads: [{ code: [load(1, DATA)] }, { code: [store(DATA, 1)] }] };

let module: EngineModule;
beforeAll(async () => {
  module = await compileEngine(engineFile);
});

const draw: Draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: 1000 };

function prepare(parts: Parts): { program: Program; engine: Engine } {
  const program = encodeProgram(makeProgram(parts));
  const engine = new Engine(module);
  engine.load(program.words);
  return { program, engine };
}

/** Workers whose shards end in an order that a fixed shuffle decides. */
function shuffledPool(engine: Engine, workers: number) {
  let calls = 0;
  const ran: number[] = [];
  return {
    workers,
    ran,
    async run(shard: Shard) {
      ran.push(shard.shard);
      const turns = (calls++ * 7) % (2 * workers);
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      return engine.fuzz(draw, shard.first, shard.count);
    },
  };
}

describe("findings", () => {
  it("are minimised to what they need: one task that runs up to its load, one that frees", () => {
    const { program, engine } = prepare(useAfterFree);
    const tally = engine.fuzz(draw, 0, 1000);
    const findings = explainFindings(program, engine, draw, tally);
    expect(findings.map((f) => f.kind).sort()).toEqual(["null-deref", "use-after-free"]);
    const finding = findings.find((f) => f.kind === "use-after-free")!;
    expect(finding).toMatchObject({ preemptions: 1, steps: 7 });
    expect(finding.trace.switches).toBe(2);
    expect(parseToken(finding.scheduleToken)).toMatchObject({ picks: [0, 1, 1, 1, 0, 0, 0] });
    expect(finding.trace.violations[0]).toMatchObject({ object: "item#1", task: "thread 0" });
    expect(finding.trace.violations[0]!.related).toMatchObject([
      { role: "freed by", task: "thread 1" },
      { role: "allocated by", task: "set-up" },
    ]);
    expect(finding.trace.rows.map((row) => row.effect)).toContain("frees item#1");
    expect(finding.trace.rows[0]!.effect).toBe("= &item#1");
    expect(finding.count).toBe(tally.findings.find((f) => f.kind === Violation.USE_AFTER_FREE)!.count);
    expect(finding.perMillion).toBe(finding.count * 1000);
  });

  it("of a deadlock say who waits for what, held by whom", () => {
    const { program, engine } = prepare(abba);
    const [finding] = explainFindings(program, engine, draw, engine.fuzz(draw, 0, 1000));
    expect(finding).toMatchObject({ kind: "deadlock", steps: 2, preemptions: 1 });
    expect(finding!.trace.violations[0]!.waits).toEqual([
      "thread 0 waits for lock_b, held by thread 1",
      "thread 1 waits for lock_a, held by thread 0",
    ]);
    expect(finding!.trace.violations[0]!.related.map((r) => `${r.role} ${r.task}`)).toEqual([
      "waits for thread 0",
      "held by thread 1",
      "waits for thread 1",
      "held by thread 0",
    ]);
  });

  it("of a failed check say who stored what it looked at", () => {
    const { program, engine } = prepare({
      ...clean,
      checks: [
        {
          kind: "at_end",
          body: {
            code: [
              load(1, DATA),
              { op: "binary", operator: "==", dst: 2, left: reg(1), right: imm(0) },
              { op: "assert", value: reg(2) },
            ],
          },
        },
      ],
    });
    const [finding] = explainFindings(program, engine, draw, engine.fuzz(draw, 0, 100));
    expect(finding).toMatchObject({ kind: "assertion", count: 100, task: "at_end" });
    expect(finding!.trace.violations[0]!.related).toMatchObject([{ role: "stored by", task: "thread 1" }]);
  });

  it("replay from both of their tokens", () => {
    for (const parts of [useAfterFree, abba]) {
      const { program, engine } = prepare(parts);
      for (const finding of explainFindings(program, engine, draw, engine.fuzz(draw, 0, 1000))) {
        for (const token of [finding.token, finding.scheduleToken]) {
          const result = reproduce(program, engine, parseToken(token), draw.stepsMax);
          expect(result.verdict, token).toBe("REPRODUCED");
          expect(result.trace.violations.map((v) => v.key)).toContain(finding.key);
        }
      }
    }
  });

  it("are refused as nondeterminism when their first schedule does not show them", () => {
    const { program, engine } = prepare(useAfterFree);
    const tally = engine.fuzz(draw, 0, 1000);
    const lying = { ...tally, findings: tally.findings.map((f) => ({ ...f, first: innocent(engine) })) };
    expect(() => explainFindings(program, engine, draw, lying)).toThrow(/nondeterminism/);
  });
});

/** A schedule that shows nothing. */
function innocent(engine: Engine): number {
  for (let i = 0; i < 1000; i++) if (engine.record(draw, i).outcome === Outcome.DONE) return i;
  throw new Error("every schedule fails");
}

describe("repro", () => {
  it("says NOT REPRODUCED where the schedule is applied to its end without a violation", () => {
    const { program, engine } = prepare(useAfterFree);
    const token = formatToken({
      kind: "seed",
      hash: program.hash,
      strategy: "random",
      seed: 42n,
      schedule: innocent(engine),
    });
    expect(reproduce(program, engine, parseToken(token), 1000)).toMatchObject({
      verdict: "NOT REPRODUCED",
      divergence: null,
      notes: [],
    });
  });

  it.each([
    [[1, 1, 1, 1], 4, "task b (thread 1) to step", "it has ended"],
    [[0, 9], 2, "task j to step", "it was never started"],
  ])(
    "says DIVERGED with the step, what was expected and what was found (%j)",
    (picks, step, expected, found) => {
      const { program, engine } = prepare(useAfterFree);
      const result = reproduce(
        program,
        engine,
        { kind: "schedule", hash: program.hash, picks, choices: [] },
        1000,
      );
      expect(result).toMatchObject({ verdict: "DIVERGED", divergence: { step, expected, found } });
    },
  );

  it("says on what a task is blocked where a schedule diverges at it", () => {
    const { program, engine } = prepare(abba);
    const token = { kind: "schedule", hash: program.hash, picks: [0, 0, 1], choices: [] } as const;
    expect(reproduce(program, engine, token, 1000).divergence).toEqual({
      step: 3,
      expected: "task b (thread 1) to step",
      found: "it is blocked on lock_b, held by thread 0",
    });
  });

  it("refuses a seed token of another program, and tries a schedule token with a note", () => {
    const { program, engine } = prepare(useAfterFree);
    const seed = parseToken("rp1:00000000:random:42:1");
    expect(() => reproduce(program, engine, seed, 1000)).toThrow(
      new RegExp(`program 00000000.*program ${program.hash}`),
    );
    const schedule = {
      kind: "schedule",
      hash: "00000000",
      picks: [0, 1, 1, 1, 0, 0, 0],
      choices: [],
    } as const;
    const result = reproduce(program, engine, schedule, 1000);
    expect(result.verdict).toBe("REPRODUCED");
    expect(result.notes.join()).toContain("00000000");
  });
});

describe("the loop", () => {
  async function campaign(parts: Parts, workers: number, rules: StopRules) {
    const { program, engine } = prepare(parts);
    const pool = shuffledPool(engine, workers);
    const result = await runCampaign({ program, pool, rules });
    return { result, pool };
  }

  it("runs exactly the schedules asked for, with the same result for any number of workers", async () => {
    const one = await campaign(useAfterFree, 1, { schedules: 20_000 });
    const many = await campaign(useAfterFree, 7, { schedules: 20_000 });
    expect(one.result.tally.schedules).toBe(20_000);
    expect(one.result.endedBy).toBe("schedules");
    expect(many.result.tally).toEqual(one.result.tally);
  });

  it("stops at the shortest run of shards that shows enough findings, whatever ran besides", async () => {
    const one = await campaign(useAfterFree, 1, { untilFinding: 1 });
    const many = await campaign(useAfterFree, 5, { untilFinding: 1 });
    expect(one.result).toMatchObject({ endedBy: "until-finding", tally: { schedules: planShard(0).count } });
    expect(many.result.tally).toEqual(one.result.tally);
    expect(many.pool.ran.length).toBeGreaterThan(1);
  });

  it("ends when time is up", async () => {
    const { result } = await campaign(clean, 2, { timeMs: 50 });
    expect(result.endedBy).toBe("time");
    expect(result.tally.schedules).toBeGreaterThan(0);
    expect(result.elapsedMs).toBeLessThan(1500);
  });

  it("ends at once when it is interrupted, with what it has", async () => {
    const { program, engine } = prepare(clean);
    const pool = shuffledPool(engine, 2);
    const controller = new AbortController();
    const result = await runCampaign({
      program,
      pool,
      rules: {},
      signal: controller.signal,
      onProgress: ({ shards }) => {
        if (shards >= 6) controller.abort();
      },
    });
    expect(result.endedBy).toBe("interrupted");
    expect(result.tally.schedules).toBeGreaterThan(0);
  });

  it("runs what comes before lanes while it is asked whether there are any", async () => {
    const { program, engine } = prepare(clean);
    const pool = shuffledPool(engine, 2);
    let answer = (_: boolean): void => undefined;
    const fits = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const campaign = runCampaign({
      program,
      pool,
      rules: { schedules: 300_000 },
      engine: "auto",
      fits,
      onProgress: ({ schedules }) => {
        if (schedules === BLOCK) answer(false);
      },
    });
    expect(await campaign).toMatchObject({ endedBy: "schedules", tally: { schedules: 300_000 } });
  });

  it("ends at an interrupt, and with the answer, where nothing can run before it", async () => {
    const { program, engine } = prepare(clean);
    const pool = shuffledPool(engine, 2);
    const controller = new AbortController();
    const lanes = { program, pool, rules: {}, engine: "lanes" } as const;
    const asking = runCampaign({ ...lanes, fits: new Promise(() => undefined), signal: controller.signal });
    controller.abort();
    expect(await asking).toMatchObject({ endedBy: "interrupted", tally: { schedules: 0 } });
    const unfit = runCampaign({ ...lanes, fits: Promise.reject(new Error("lanes do not fit")) });
    await expect(unfit).rejects.toThrow("do not fit");
  });

  it("passes on the failure of a shard", async () => {
    const { program } = prepare(clean);
    const pool = { workers: 2, run: () => Promise.reject(new Error("shard 0 failed twice")) };
    await expect(runCampaign({ program, pool, rules: {} })).rejects.toThrow("failed twice");
  });
});
