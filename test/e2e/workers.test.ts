// Goal: whatever happens to workers and to the database, each shard is recorded once, and what is recorded is
// what one undisturbed process gets. Method: the built program as workers, killed, frozen and cut off while
// they share a campaign on a server of the test's own.

import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shardRange } from "../../src/campaign/store/spec.ts";
import { digests, plan, type SmallCampaign, smallCampaign } from "../support/campaigns.ts";
import { launcher } from "../support/cli.ts";
import { PASSWORD, type PostgresServer, postgresMissing, startPostgres } from "../support/postgres.ts";

const SHARDS = Number(process.env.RACEPROOF_SHARDS ?? 60);
const WORKERS = 3;

interface Worker {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  output(): string;
}

function startWorker(url: string, ...flags: readonly string[]): Worker {
  const child = spawn(
    process.execPath,
    [launcher, "worker", "--database", url, "-j", "1", "--json", ...flags],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const ended = new Promise<Awaited<Worker["ended"]>>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  return { process: child, ended, output: () => text };
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(postgresMissing)("workers that share a campaign (PostgreSQL is needed)", () => {
  let server: PostgresServer;
  const started: Worker[] = [];
  const start = (url: string, ...flags: readonly string[]): Worker => {
    const worker = startWorker(url, ...flags);
    started.push(worker);
    return worker;
  };
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    for (const { process: child } of started) child.kill("SIGKILL");
    await server?.remove();
  });

  async function rows(name: string): Promise<string[]> {
    const found = await server.query<{ digest: string }>(
      name,
      "SELECT digest FROM raceproof.result WHERE kind = 'done' ORDER BY shard",
    );
    return found.map(({ digest }) => digest);
  }

  async function until(what: string, ms: number, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + ms;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > end)
        throw new Error(`${what}: not within ${ms} ms; ${started.map((w) => w.output())}`);
      await after(100);
    }
  }

  const shardsBudget = (campaign: SmallCampaign, shards: number): number =>
    shardRange(campaign.spec, shards).first;

  it(`kill -9, SIGSTOP and restarts of the server: ${SHARDS} rows, those of one undisturbed process`, async () => {
    const campaign = await smallCampaign(8, "42");
    const schedules = shardsBudget(campaign, SHARDS);
    const url = await server.database("chaos");
    await plan(url, campaign, { schedules });
    const done = async (): Promise<number> => (await rows("chaos")).length;
    const crew = Array.from({ length: WORKERS }, () => start(url));
    let kills = 0;
    const kill = async (): Promise<void> => {
      const victim = kills++ % (WORKERS - 1);
      crew[victim]!.process.kill("SIGKILL");
      const { signal } = await crew[victim]!.ended;
      expect(signal, crew[victim]!.output()).toBe("SIGKILL");
      const next = start(url);
      crew[victim] = next;
      await until("the next worker", 30_000, async () => next.output().includes("campaign "));
    };
    await until("the first row", 30_000, async () => (await done()) > 0);
    await kill();
    // Frozen with a shard in hand, for longer than its lease; the others cannot end before that.
    const frozen = crew[2]!;
    frozen.process.kill("SIGSTOP");
    const thawed = after(25_000).then(() => frozen.process.kill("SIGCONT"));
    for (const how of ["fast", "immediate"] as const) {
      await kill();
      await after(1000);
      await server.stop(how);
      await after(1000);
      await server.start();
      await after(1000);
    }
    await kill();
    await thawed;
    await until("all rows", 120_000, async () => (await done()) === SHARDS);
    const ends = await Promise.all(crew.map(({ ended }) => ended));
    expect(
      ends.map(({ code }) => code),
      crew.map((worker) => worker.output()).join("\n"),
    ).toEqual([0, 0, 0]);
    for (const worker of started) expect(worker.output()).not.toContain(PASSWORD.slice(0, 6));

    expect(await rows("chaos")).toEqual(await digests(campaign, schedules));
    const [state] = await server.query("chaos", "SELECT planned, ended_by FROM raceproof.dispatch");
    expect(state).toEqual({ planned: String(SHARDS), ended_by: "schedules" });
    const [again] = await server.query<{ lost: string; late: string }>(
      "chaos",
      "SELECT SUM(lost) AS lost, SUM(late) AS late FROM raceproof.attempt WHERE other_digest IS NULL",
    );
    console.info(`${SHARDS} shards, ${kills} kills: ${again!.lost} runs lost, ${again!.late} came late`);
    expect(Number(again!.lost) + Number(again!.late)).toBeGreaterThan(0);
    const left = await server.query("chaos", "SELECT name FROM raceproof_queue.queue");
    expect(left).toEqual([]);
  }, 240_000);
});
