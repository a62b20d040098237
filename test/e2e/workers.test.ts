// Goal: whatever happens to workers and to the database, each shard is recorded once, and what is recorded
// is what one undisturbed process records. Method: the built program as workers, killed, frozen and cut off
// while they share a campaign on a server of the test's own; the same campaign in a folder, for comparison.
// RACEPROOF_SHARDS=200 makes it take longer than CI has time for.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COUNTER, folder, run } from "../support/cli.ts";
import { PASSWORD, type PostgresServer, postgresMissing, startPostgres } from "../support/postgres.ts";
import { after, Crew, recordedIn, recordedThere, until } from "../support/workers.ts";

const SHARDS = Number(process.env.RACEPROOF_SHARDS ?? 40);
const WORKERS = 3;
/** Jobs of a shard: a fifth of a second of work or so. */
const SHARD_JOBS = 16;
/** Of a job; the first 24 are smaller, and the last shard is cut. */
const JOB = 2 ** 16;

const MODEL = ["bpf-oom/v2", "--scenario", "close-vs-rmdir", "--engine", "scalar"];
const campaign = (shards: number, seed = "42"): string[] => [
  ...["fuzz", ...MODEL, "--seed", seed, "--shard-jobs", String(SHARD_JOBS), "--ui", "none"],
  ...["--schedules", String((shards * SHARD_JOBS - 24) * JOB)],
];

describe.skipIf(postgresMissing)("workers that share a campaign (PostgreSQL is needed)", () => {
  let server: PostgresServer;
  const crew = new Crew();
  const place = folder({ "counter.c": COUNTER });
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    crew.dismiss();
    await server?.remove();
    place.remove();
  });

  const count = async (name: string): Promise<number> => {
    const rows = await server.query(name, "SELECT shard FROM raceproof.result");
    return rows.length;
  };
  const plan = async (name: string, flags: readonly string[]): Promise<string> => {
    const url = await server.database(name);
    const planned = await run([...flags, "--database", url, "--plan-only"], { cwd: place.path });
    expect(planned, planned.stderr).toMatchObject({ code: 0 });
    expect(planned.stdout).toMatch(/^campaign [0-9a-f]{16} in postgres:\/\/raceproof@127/);
    return url;
  };

  const title = `kill -9, SIGSTOP, server restarts: ${SHARDS} rows, those of one undisturbed process`;
  it(title, { timeout: SHARDS * 15_000 }, async () => {
    const chaos = "chaos";
    const url = await plan(chaos, campaign(SHARDS));
    const done = () => count(chaos);
    const start = () => crew.start(url);
    // Frozen with a shard in hand, of which the rest of the campaign is done before it goes on. It is alone
    // until then, so that the shard is its own; a moment after it was taken it is being run.
    const frozen = start();
    const inHand = `SELECT id FROM raceproof_queue.job
                    WHERE state = 'active' AND started_on < now() - interval '100 ms'`;
    await until(
      "a shard in the hands of one that has recorded another",
      120_000,
      async () => {
        if ((await done()) === 0) return false;
        frozen.process.kill("SIGSTOP");
        if ((await server.query(chaos, inHand)).length > 0) return true;
        frozen.process.kill("SIGCONT");
        return false;
      },
      () => crew.outputs(),
    );
    const hands = Array.from({ length: WORKERS - 1 }, start);
    for (const { output } of hands) {
      await until("a worker at work", 30_000, async () => output().includes("campaign "));
    }
    let kills = 0;
    const kill = async (): Promise<void> => {
      const victim = kills++ % hands.length;
      hands[victim]!.process.kill("SIGKILL");
      const { signal } = await hands[victim]!.ended;
      expect(signal, hands[victim]!.output()).toBe("SIGKILL");
      const next = start();
      hands[victim] = next;
      await until("the next worker", 30_000, async () => next.output().includes("campaign "));
    };
    for (const how of ["fast", "immediate"] as const) {
      await kill();
      await server.stop(how);
      await after(1000);
      await server.start();
    }
    for (let rows = await done(); rows < SHARDS - 10 && kills < SHARDS / 8; rows = await done()) {
      await kill();
      await after(2000);
    }
    await until(
      "all rows",
      SHARDS * 4500,
      async () => (await done()) === SHARDS,
      () => crew.outputs(),
    );
    frozen.process.kill("SIGCONT");
    const ends = await Promise.all([...hands, frozen].map(({ ended }) => ended));
    expect(
      ends.map(({ code }) => code),
      crew.outputs(),
    ).toEqual([0, 0, 0]);
    expect(crew.outputs()).not.toContain(PASSWORD.slice(0, 6));

    const alone = await run([...campaign(SHARDS), "--out", "alone"], { cwd: place.path });
    expect(alone.code, alone.stderr).toBe(1);
    expect(await recordedThere(server, chaos)).toBe(recordedIn(join(place.path, "alone")));
    const [state] = await server.query(chaos, "SELECT planned, ended_by FROM raceproof.dispatch");
    expect(state).toEqual({ planned: String(SHARDS), ended_by: "schedules" });
    expect(await server.query(chaos, "SELECT name FROM raceproof_queue.queue")).toEqual([]);

    const { campaigns } = JSON.parse((await run(["status", "--database", url, "--json"])).stdout);
    expect(campaigns[0]).toMatchObject({ shards: SHARDS, shardsPlanned: SHARDS, state: "ended", crashed: 0 });
    const { again } = campaigns[0];
    console.info(`${SHARDS} shards, ${kills} kills: ${JSON.stringify(again)}`);
    expect(frozen.output()).toMatch(/recorded by others before, with equal results/);
    expect(again.lost).toBeGreaterThan(0);
    expect(again.late).toBeGreaterThan(0);
  });

  it("a shard that kills every worker is given up, and the campaign ends without being a pass", async () => {
    const flags = [
      "fuzz",
      "counter.c",
      "--scenario",
      "quiet",
      "--engine",
      "scalar",
      "--seed",
      "1",
      "--ui",
      "none",
    ];
    const url = await plan("poison", [...flags, "--shard-jobs", "1", "--schedules", "10k"]);
    let deaths = 0;
    for (let ended = false; !ended; ) {
      const worker = crew.start(url, [], { RACEPROOF_FAULT: "kill:3:always" });
      const { code, signal } = await worker.ended;
      ended = code === 0;
      if (ended) break;
      expect(signal, worker.output()).toBe("SIGKILL");
      deaths++;
      // The leases of the dead are made to lapse at once, or this would take a minute and a half.
      const lapsed = "UPDATE raceproof_queue.job SET heartbeat_on = heartbeat_on - interval '1 minute'";
      await server.query("poison", `${lapsed} WHERE state = 'active'`);
    }
    expect(deaths).toBe(5);
    const rows = await server.query("poison", "SELECT shard, kind FROM raceproof.result ORDER BY shard");
    expect(rows).toHaveLength(7);
    expect(rows.filter(({ kind }) => kind === "crashed")).toEqual([{ shard: "3", kind: "crashed" }]);
    const report = await run(["resume", "--database", url, "--json"], { cwd: place.path });
    expect(report.code, report.stderr).toBe(3);
    const { verdict, notes, schedules } = JSON.parse(report.stdout);
    expect(verdict).toBe("inconclusive");
    expect(schedules).toBe(10_000 - 1024);
    expect(notes.join()).toMatch(/1 shard killed every worker that ran it/);
  }, 120_000);
});
