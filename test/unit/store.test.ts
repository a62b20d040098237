// Goal: the rows of a campaign are a function of its spec and of how far it went: not of the workers, the
// moments at which sessions are cut off, the clock on the wall, or who records first. Method: small programs
// on the real engine in this thread, "workers" that end in any order, SQLite in a folder of the test's. A
// session that is killed is one that is dropped without another word.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Strategy } from "../../assembly/abi.ts";
import { Exit } from "../../src/base/errors.ts";
import { engineFile } from "../../src/base/paths.ts";
import { runCampaign } from "../../src/campaign/loop.ts";
import { modelName } from "../../src/campaign/repro.ts";
import { budgetsInAll, changeBudgets } from "../../src/campaign/store/budgets.ts";
import { canonicalJson } from "../../src/campaign/store/canonical.ts";
import { claimWriter, livingWriter, releaseWriter } from "../../src/campaign/store/lock.ts";
import { migrate } from "../../src/campaign/store/migrate.ts";
import {
  crashedRows,
  digestOf,
  resultRows,
  tallyFromJson,
  tallyToJson,
} from "../../src/campaign/store/record.ts";
import { differs, Recorder, type RecorderOptions } from "../../src/campaign/store/recorder.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "../../src/campaign/store/schema.ts";
import { chooseShardJobs } from "../../src/campaign/store/size.ts";
import {
  type CampaignSpec,
  imageHash,
  packProgram,
  shardRange,
  shardsWithin,
  specHash,
  unpackProgram,
} from "../../src/campaign/store/spec.ts";
import type { SqlDatabase } from "../../src/campaign/store/sql.ts";
import { insertResult } from "../../src/campaign/store/sql-rows.ts";
import { SqlStore } from "../../src/campaign/store/sql-store.ts";
import { openSqlite } from "../../src/campaign/store/sqlite.ts";
import type { StoredCampaign } from "../../src/campaign/store/store.ts";
import { compileEngine, type Draw, Engine, type EngineModule } from "../../src/engine/engine.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import type { Shard } from "../../src/work/job.ts";
import { emptyTally } from "../../src/work/tally.ts";
import { imm, makeProgram, reg } from "../support/reference/program.ts";
import { lottery, recorded } from "../support/stored.ts";

/** Two tasks add one to a cell, not atomically; the end wants 2. */
const lostUpdate = makeProgram({
  classes: [{ name: "word", size: 1, fields: [{ name: "", kind: "int" }] }],
  globals: [{ name: "counter", size: 1, class: 0 }],
  threads: [0, 1].map(() => ({
    code: [
      { op: "load", dst: 1, address: imm(4096), order: "plain" },
      { op: "binary", operator: "+", dst: 1, left: reg(1), right: imm(1) },
      { op: "store", address: imm(4096), value: reg(1), order: "plain" },
    ],
  })),
  checks: [
    {
      kind: "at_end",
      body: {
        code: [
          { op: "load", dst: 1, address: imm(4096), order: "plain" },
          { op: "binary", operator: "==", dst: 2, left: reg(1), right: imm(2) },
          { op: "assert", value: reg(2) },
        ],
      },
    },
  ],
});

const draw: Draw = { strategy: Strategy.RANDOM, seed: 42n, stepsMax: 1000 };
let module: EngineModule;
let program: Program;
let engine: Engine;
let place: string;
let files = 0;

beforeAll(async () => {
  module = await compileEngine(engineFile);
  program = encodeProgram(lostUpdate);
  engine = new Engine(module);
  engine.load(program.words);
  place = mkdtempSync(join(tmpdir(), "raceproof-store-"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const specOf = (shardJobs: number): CampaignSpec => ({
  schema: 1,
  model: modelName(program),
  image: imageHash(program),
  strategy: "random",
  seed: "42",
  stepsMax: 1000,
  engine: "scalar",
  machine: "test",
  shardJobs,
  asked: { define: [], include: [], stub: [], strict: false },
});

/** A folder as recorded() reads it. */
function newFolder(): string {
  return mkdtempSync(join(place, `${files++}-`));
}

async function open(folder: string): Promise<SqlDatabase> {
  const file = join(folder, "campaign.db");
  const database = await openSqlite({ file, place: folder, readOnly: false });
  await migrate(database);
  return database;
}

async function campaignIn(store: SqlStore, shardJobs: number, schedules?: number): Promise<StoredCampaign> {
  return store.create({
    spec: specOf(shardJobs),
    program,
    budgets: { schedules },
    version: "test",
    at: 1000,
  });
}

/** Workers whose jobs end in an order that chance decides. */
function workers(count: number, random: () => number) {
  return {
    workers: count,
    async run(shard: Shard) {
      const turns = Math.floor(random() * 4 * count);
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      return engine.fuzz(draw, shard.first, shard.count);
    },
  };
}

interface SessionOptions extends Partial<RecorderOptions> {
  readonly random?: () => number;
  readonly workers?: number;
  /** Jobs after which the session is killed. */
  readonly killAfter?: number;
  readonly untilFinding?: number;
}

/** True where the session came to its end. */
async function runSession(store: SqlStore, campaign: StoredCampaign, options: SessionOptions = {}) {
  const { random = lottery(7), killAfter = Number.POSITIVE_INFINITY, untilFinding } = options;
  const { schedules } = (await store.campaigns())[0]!.budgets;
  const recorder = await Recorder.begin({
    store,
    campaign,
    program,
    schedules,
    worker: "test",
    version: "test",
    checkpointMs: 1,
    ...options,
  });
  const killed = new Error("killed");
  try {
    const { endedBy, elapsedMs } = await runCampaign({
      program,
      pool: workers(options.workers ?? 3, random),
      rules: { schedules, untilFinding },
      journal: recorder,
      onProgress: ({ shards }) => {
        if (shards >= killAfter) throw killed;
      },
    });
    await recorder.end(endedBy, elapsedMs);
    return true;
  } catch (error) {
    if (error !== killed) throw error;
    recorder.abandon();
    return false;
  }
}

describe("a session that is killed", () => {
  it("any number of times, at any moment, changes nothing in the rows at the end", async () => {
    const through = newFolder();
    const database = await open(through);
    const store = new SqlStore(database);
    const schedules = 600_001;
    expect(await runSession(store, await campaignIn(store, 4, schedules), { workers: 1 })).toBe(true);
    await database.close();
    for (const seed of [1, 2, 3]) {
      const random = lottery(seed);
      const cut = newFolder();
      let sessions = 0;
      for (let ended = false; !ended; sessions++) {
        const again = await open(cut);
        const own = new SqlStore(again);
        const campaign = await campaignIn(own, 4, schedules);
        const killAfter = 1 + Math.floor(random() * 6);
        ended = await runSession(own, campaign, { random, killAfter, workers: 1 + (sessions % 5) });
        // What the killed session had begun to write is finished or not, as with a process.
        await again.close();
      }
      expect(sessions).toBeGreaterThan(5);
      expect(recorded(cut), `seed ${seed}`).toBe(recorded(through));
    }
  });

  it("before its first result leaves nothing behind", async () => {
    const folder = newFolder();
    const database = await open(folder);
    const store = new SqlStore(database);
    const campaign = await campaignIn(store, 2, 10_000);
    const recorder = await Recorder.begin({ store, campaign, program, worker: "a", version: "test" });
    recorder.abandon();
    expect(await store.totals(campaign.id)).toMatchObject({
      schedules: 0,
      shards: 0,
      findings: 0,
      activeMs: 0,
    });
    expect(await store.sessions(campaign.id)).toMatchObject([{ session: 1, endedBy: null }]);
    expect(await runSession(store, campaign)).toBe(true);
    expect(await store.totals(campaign.id)).toMatchObject({ schedules: 10_000, findings: 2, bugs: 1 });
    await database.close();
  });
});

describe("the recorder", () => {
  it("takes no notice of a clock that is set back: not in rows, active time, or the series", async () => {
    const folder = newFolder();
    const database = await open(folder);
    const store = new SqlStore(database);
    const campaign = await campaignIn(store, 2, 200_000);
    let now = 1_800_000_000_000;
    const backwards = () => {
      now -= 3_600_000;
      return now;
    };
    await runSession(store, campaign, { now: backwards, killAfter: 10 });
    expect(await runSession(store, campaign, { now: backwards })).toBe(true);
    expect(await store.totals(campaign.id)).toMatchObject({ schedules: 200_000 });
    const sessions = await store.sessions(campaign.id);
    expect(sessions[1]!.started).toBeLessThan(sessions[0]!.started);
    expect(sessions.every(({ activeMs }) => activeMs >= 0)).toBe(true);
    const series = await store.series(campaign.id);
    const sorted = [...series].sort((a, b) => a.t_active_ms - b.t_active_ms);
    expect(series).toEqual(sorted);
    expect(series.map(({ schedules }) => schedules)).toEqual(
      series.map(({ schedules }) => schedules).sort((a, b) => a - b),
    );
    const other = newFolder();
    const steady = await open(other);
    await runSession(new SqlStore(steady), await campaignIn(new SqlStore(steady), 2, 200_000));
    await Promise.all([steady.close(), database.close()]);
    expect(recorded(folder)).toBe(recorded(other));
  });

  it("skips shards that somebody else has recorded, and joins them in", async () => {
    const folder = newFolder();
    const database = await open(folder);
    const store = new SqlStore(database);
    const campaign = await campaignIn(store, 2, 100_000);
    for (const shard of [1, 4]) {
      const { first, count } = shardRange(campaign.spec, shard);
      const ran = { worker: "elsewhere", tookMs: 1, at: 1 };
      const rows = resultRows(program, { shard, runs: count }, shardTally(campaign.spec, shard), ran);
      expect(rows.row.schedules).toBe(count);
      expect(first).toBeGreaterThan(0);
      await store.record(campaign.id, rows);
    }
    expect(await runSession(store, campaign)).toBe(true);
    expect(await store.totals(campaign.id)).toMatchObject({ schedules: 100_000 });
    const other = newFolder();
    const whole = await open(other);
    await runSession(new SqlStore(whole), await campaignIn(new SqlStore(whole), 2, 100_000));
    await Promise.all([whole.close(), database.close()]);
    expect(recorded(folder)).toBe(recorded(other));
  });

  it("does not run what the end of a smaller budget left, and gives it up to a larger one", async () => {
    const folder = newFolder();
    const database = await open(folder);
    const store = new SqlStore(database);
    const campaign = await campaignIn(store, 4, 9_999);
    await runSession(store, campaign);
    expect((await store.doneShards(campaign.id)).at(-1)).toMatchObject({ shard: 1, runs: 9_999 - 4096 });
    expect(await budgetsInAll(store, campaign, { schedules: 1 })).toMatchObject({ schedules: 10_000 });
    await changeBudgets(store, campaign, { schedules: 30_000 });
    expect(await store.partials(campaign.id)).toMatchObject([{ shard: 1, jobs: 0, runs: 9_999 - 4096 }]);
    expect(await store.totals(campaign.id)).toMatchObject({ schedules: 9_999 });
    // Killed at once: what was recorded does not shrink.
    await runSession(store, campaign, { killAfter: 1, workers: 1 });
    expect((await store.totals(campaign.id)).schedules).toBeGreaterThanOrEqual(9_999);
    await runSession(store, campaign);
    expect(await store.totals(campaign.id)).toMatchObject({ schedules: 30_000 });
    await database.close();
  });

  it("stops at the same job for until-finding, whatever was cut off before", async () => {
    const texts: string[] = [];
    for (const kills of [0, 1]) {
      const folder = newFolder();
      const database = await open(folder);
      const store = new SqlStore(database);
      const campaign = await campaignIn(store, 4);
      if (kills > 0) await runSession(store, campaign, { untilFinding: 1, killAfter: 1, workers: 5 });
      expect(await runSession(store, campaign, { untilFinding: 1, workers: 2 })).toBe(true);
      await database.close();
      texts.push(recorded(folder));
    }
    expect(texts[1]).toBe(texts[0]);
  });

  it("ends the campaign where the store cannot keep any more", async () => {
    const folder = newFolder();
    const database = await open(folder);
    const store = new SqlStore(database);
    const campaign = await campaignIn(store, 2);
    class Failing extends SqlStore {
      override checkpoint(): Promise<void> {
        return Promise.reject(new Error("the disk is full"));
      }
    }
    const failing = new Failing(database);
    await expect(runSession(failing, campaign)).rejects.toThrow("the disk is full");
    expect(await store.totals(campaign.id)).toBeDefined();
    await database.close();
  });
});

/** A shard in one go: as its jobs together. */
function shardTally(spec: CampaignSpec, shard: number) {
  const { first, count } = shardRange(spec, shard);
  return engine.fuzz(draw, first, count);
}

describe("a result", () => {
  it("is recorded once; who comes second learns which digest is there", async () => {
    const database = await open(newFolder());
    const store = new SqlStore(database);
    const { id } = await campaignIn(store, 2);
    const ran = { worker: "a", tookMs: 1, at: 1 };
    const rows = resultRows(program, { shard: 5, runs: 100 }, engine.fuzz(draw, 0, 100), ran);
    expect(await store.record(id, rows)).toEqual({ inserted: true, digest: rows.row.digest });
    expect(await store.record(id, rows)).toEqual({ inserted: false, digest: rows.row.digest });
    const other = resultRows(program, { shard: 5, runs: 100 }, engine.fuzz(draw, 100, 100), ran);
    expect(await store.record(id, other)).toEqual({ inserted: false, digest: rows.row.digest });
    expect(await store.totals(id)).toMatchObject({ schedules: 100, shards: 1 });
    const [finding] = await store.findings(id);
    const { count, first } = engine.fuzz(draw, 0, 100).findings[0]!;
    expect(finding).toMatchObject({ kind: "assertion", count, first, shards: 1 });
    await database.close();
  });

  it("in a transaction of somebody else's is taken back with it", async () => {
    const database = await open(newFolder());
    const store = new SqlStore(database);
    const { id } = await campaignIn(store, 2);
    const ran = { worker: "a", tookMs: 1, at: 1 };
    const rows = resultRows(program, { shard: 0, runs: 100 }, engine.fuzz(draw, 0, 100), ran);
    const cut = database.transaction(async (session) => {
      expect((await insertResult(session, id, rows)).inserted).toBe(true);
      throw new Error("cut off");
    });
    await expect(cut).rejects.toThrow("cut off");
    expect(await store.totals(id)).toMatchObject({ schedules: 0, shards: 0, findings: 0, bugs: 0 });
    await database.close();
  });

  it("of a shard that kills whoever runs it has its row, and counts nothing", async () => {
    const database = await open(newFolder());
    const store = new SqlStore(database);
    const { id } = await campaignIn(store, 2);
    await store.record(id, crashedRows(7, { worker: "a", tookMs: 1, at: 1 }));
    expect(await store.totals(id)).toMatchObject({ schedules: 0, shards: 1, crashed: 1 });
    expect(await store.doneShards(id)).toEqual([{ shard: 7, runs: 0, kind: "crashed" }]);
    await database.close();
  });

  it("another digest for the same shard is nondeterminism, and said so", async () => {
    const database = await open(newFolder());
    const store = new SqlStore(database);
    const campaign = await campaignIn(store, 2, 20_000);
    const recorder = await Recorder.begin({ store, campaign, program, worker: "a", version: "test" });
    const ran = { worker: "b", tookMs: 1, at: 1 };
    await store.record(campaign.id, resultRows(program, { shard: 0, runs: 2048 }, emptyTally, ran));
    const campaignRun = runCampaign({
      program,
      pool: workers(1, lottery(1)),
      rules: {},
      journal: recorder,
    });
    await expect(campaignRun).rejects.toThrow(/nondeterminism: shard 0 .* was recorded as/);
    expect(differs(campaign.id, 0, "a", "b").exitCode).toBe(Exit.INTERNAL);
    recorder.abandon();
    await database.close();
  });

  it("keeps fields of a tally that are not known here, and has one digest whatever their order", () => {
    const tally = { ...emptyTally, later: { b: [3, 1], a: { y: null, x: "z" } } };
    const turned = { later: { a: { x: "z", y: null }, b: [3, 1] }, ...emptyTally };
    expect(tallyFromJson(tallyToJson(tally))).toEqual(tally);
    expect(digestOf(tallyToJson(turned))).toBe(digestOf(tallyToJson(tally)));
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(/NaN has no canonical text/);
    expect(() => canonicalJson([1n])).toThrow(/bigint/);
  });
});

describe("a spec", () => {
  it("has shards that follow each other without a gap, for each engine", () => {
    for (const engineName of ["scalar", "auto", "lanes"] as const) {
      const spec = { ...specOf(8), engine: engineName };
      let next = 0;
      for (let shard = 0; shard < 20; shard++) {
        const { first, count, firstJob, jobs } = shardRange(spec, shard);
        expect([first, firstJob, jobs]).toEqual([next, 8 * shard, 8]);
        next += count;
        expect(shardsWithin(spec, next), engineName).toBe(shard + 1);
        expect(shardsWithin(spec, next + 1)).toBe(shard + 2);
      }
    }
  });

  it("has a hash of what decides its rows, and of nothing else", () => {
    const spec = specOf(8);
    const hash = specHash(spec);
    expect(specHash({ ...spec, model: { ...spec.model, name: "elsewhere.c" } })).toBe(hash);
    expect(specHash({ ...spec, asked: { ...spec.asked, engine: "auto" } })).toBe(hash);
    for (const other of [
      { seed: "43" },
      { shardJobs: 4 },
      { machine: "x" },
      { image: "" },
      { stepsMax: 1 },
    ]) {
      expect(specHash({ ...spec, ...other }), JSON.stringify(other)).not.toBe(hash);
    }
  });

  it("comes with its program, which is refused where it is damaged", () => {
    const spec = specOf(8);
    const packed = packProgram(program);
    expect(unpackProgram(packed, spec)).toEqual(program);
    for (const broken of ["", "AAAA", packed.slice(0, -40), packed.replace(/.{20}$/, "A".repeat(20))]) {
      expect(unpackProgram(broken, spec)).toBeNull();
    }
    expect(unpackProgram(packed, { image: "0".repeat(64) })).toBeNull();
  });

  it("has shards of about twelve seconds on the machine that makes it, a power of two of jobs", () => {
    for (const [rate, jobs] of [
      [1_000_000, 256],
      [40_000, 8],
      [10, 1],
    ] as const) {
      let now = 0;
      const machine = {
        fuzz(_draw: Draw, _first: number, count: number) {
          now += (1000 * count) / rate;
          return emptyTally;
        },
      };
      expect(chooseShardJobs(machine, draw, "scalar", () => now)).toBe(jobs);
    }
  });
});

describe("migrations", () => {
  it("cut off at any statement are made whole by the next start", async () => {
    const statements = MIGRATIONS.flat().length;
    for (let at = 0; at <= statements; at++) {
      const folder = newFolder();
      const file = join(folder, "campaign.db");
      const database = await openSqlite({ file, place: folder, readOnly: false });
      let left = at;
      const dying: SqlDatabase = {
        place: folder,
        all: (sql, parameters) => database.all(sql, parameters),
        run: (sql, parameters) => database.run(sql, parameters),
        transaction: (work) =>
          database.transaction((session) =>
            work({
              all: session.all.bind(session),
              async run(sql, parameters) {
                if (left-- <= 0) throw new Error("killed");
                return session.run(sql, parameters);
              },
            }),
          ),
        close: () => database.close(),
      };
      await expect(migrate(dying)).rejects.toThrow("killed");
      await database.close();
      const again = await open(folder);
      expect(await again.all("SELECT MAX(version) AS v FROM raceproof_schema")).toEqual([
        { v: SCHEMA_VERSION },
      ]);
      const store = new SqlStore(again);
      expect((await campaignIn(store, 2)).spec).toEqual(specOf(2));
      await again.close();
    }
  });
});

describe("the lock", () => {
  const NOW = 1_800_000_000_000;

  async function foreign(values: { host?: string; process?: string; seen?: number; pid?: number }) {
    const database = await open(newFolder());
    await claimWriter(database, () => NOW);
    const [row] = await database.all("SELECT * FROM writer");
    const { host = row!.host, process = row!.process, seen = NOW, pid = row!.pid } = values;
    await database.run("UPDATE writer SET host = ?, process = ?, seen = ?, pid = ?", [
      host!,
      process!,
      seen,
      pid!,
    ]);
    return { database, own: String(row!.process).split(" ") as [string, string, string] };
  }

  it("is refused to a second writer, and given back", async () => {
    const database = await open(newFolder());
    expect(await claimWriter(database, () => NOW)).toBeNull();
    await expect(claimWriter(database, () => NOW)).rejects.toThrow(`process ${process.pid} on`);
    expect(await livingWriter(database, NOW)).toMatchObject({ pid: process.pid });
    await releaseWriter(database);
    expect(await livingWriter(database, NOW)).toBeNull();
    expect(await claimWriter(database, () => NOW)).toBeNull();
    await database.close();
  });

  it("of a process whose number was given to another one is stale", async () => {
    const { database, own } = await foreign({});
    await database.run("UPDATE writer SET process = ?", [`${own[0]} ${own[1]} 1`]);
    expect(await claimWriter(database, () => NOW)).toContain("that process is gone");
    await database.close();
  });

  it("of before the machine was started anew is stale", async () => {
    const { database, own } = await foreign({});
    await database.run("UPDATE writer SET process = ?", [`another-boot ${own[1]} ${own[2]}`]);
    expect(await claimWriter(database, () => NOW)).toContain("started anew");
    await database.close();
  });

  it.each([
    ["heard of lately", NOW - 5_000, true],
    ["silent for long", NOW - 60_000, false],
    ["heard of in the future, since a clock was set back", NOW + 7_200_000, false],
  ])("of a writer on another machine, %s", async (_what, seen, lives) => {
    const { database } = await foreign({ host: "elsewhere", process: "other pid:[1] 99", seen });
    if (lives)
      await expect(claimWriter(database, () => NOW)).rejects.toThrow("on elsewhere, last heard of 5 s ago");
    else
      expect(await claimWriter(database, () => NOW)).toMatch(
        /process \d+ on elsewhere was taken over: last heard/,
      );
    await database.close();
  });
});
