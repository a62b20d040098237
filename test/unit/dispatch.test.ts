// Goal: a result that comes when its campaign has ended and the queue is gone is compared all the same, and
// what is wrong with it ends the worker; a campaign ends at the findings at which one process would end.
// Method: dispatcher, queue and the worker's loop in this process on a server of the test's own; what a shard
// gives is made up.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Exit } from "../../src/base/errors.ts";
import { modelName } from "../../src/campaign/repro.ts";
import { type DispatchEnd, Dispatcher, readAttempts } from "../../src/campaign/store/dispatch.ts";
import { migrate } from "../../src/campaign/store/migrate.ts";
import { connect, type Postgres } from "../../src/campaign/store/postgres.ts";
import { openQueues, type Queues } from "../../src/campaign/store/queue.ts";
import { type ResultRow, type Rows, resultRows } from "../../src/campaign/store/record.ts";
import { type Budgets, imageHash, schedulesOf } from "../../src/campaign/store/spec.ts";
import { SqlStore } from "../../src/campaign/store/sql-store.ts";
import type { StoredCampaign } from "../../src/campaign/store/store.ts";
import { work } from "../../src/campaign/worker.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { Program } from "../../src/model/program.ts";
import { emptyTally } from "../../src/work/tally.ts";
import { COUNTER } from "../support/cli.ts";
import { compileText } from "../support/compile-text.ts";
import { type PostgresServer, postgresMissing, startPostgres } from "../support/postgres.ts";

/** Schedules of each of the first four shards. */
const SHARD = 1024;

/** Tells when the campaign was seen to have ended. */
class Watched extends Dispatcher {
  ended: () => void = () => undefined;

  override async settle(...args: Parameters<Dispatcher["settle"]>): Promise<DispatchEnd | null> {
    const end = await super.settle(...args);
    if (end !== null) this.ended();
    return end;
  }
}

describe.skipIf(postgresMissing)("a campaign in a database (PostgreSQL is needed)", () => {
  let server: PostgresServer;
  let database: Postgres;
  let store: SqlStore;
  let queues: Queues;
  let program: Program;
  let seeds = 0;

  beforeAll(async () => {
    program = encodeProgram(await compileText(COUNTER, { scenario: "lost" }));
    server = await startPostgres();
    database = await connect(await server.database("races"), "test");
    await migrate(database);
    store = new SqlStore(database);
    queues = await openQueues(database);
  });
  afterAll(async () => {
    await queues?.close();
    await database?.close();
    await server?.remove();
  });

  async function begin(budgets: Budgets) {
    const campaign = await store.create({
      spec: {
        schema: 1,
        model: modelName(program),
        image: imageHash(program),
        strategy: "random",
        seed: String(seeds++),
        stepsMax: 1000,
        engine: "scalar",
        machine: "test",
        shardJobs: 1,
        asked: { define: [], include: [], stub: [], strict: false },
      },
      program,
      budgets,
      version: "test",
      at: 1000,
    });
    const dispatcher = new Watched(database, store, queues);
    const queue = await dispatcher.open(campaign, budgets);
    return { campaign: { ...campaign, budgets }, dispatcher, queue };
  }

  const tallyOf = (schedules: number, steps: number) => ({ ...emptyTally, schedules, steps });
  const rowsOf = ({ spec, budgets }: StoredCampaign, shard: number, worker: string): Rows<ResultRow> => {
    const runs = schedulesOf(spec, shard, budgets);
    const ran = { worker, tookMs: 1, at: 2000 };
    return resultRows(program, { shard, runs }, tallyOf(runs, 0), ran);
  };

  it("every word to a queue that is gone is understood", async () => {
    const { campaign, dispatcher, queue } = await begin({ schedules: SHARD });
    const [lease] = await queue.take(1);
    await dispatcher.add(campaign, rowsOf(campaign, 0, "other"));
    expect(await dispatcher.settle(campaign.id, campaign.spec)).toBe("schedules");
    expect(await dispatcher.record(campaign, queue, lease!, rowsOf(campaign, 0, "late"))).toBe("known");
    expect(await readAttempts(database, campaign.id)).toEqual({ lost: 0, late: 1, shards: 1 });
    await queue.beat([lease!]);
    await queue.fail(lease!, "it fails");
    await dispatcher.drop(queue, lease!);
    await database.transaction((session) => queue.completeGivenUp(lease!, session));
    expect([await queue.take(1), await queue.takeGivenUp()]).toEqual([[], []]);
  });

  it.each([
    ["the same", 0],
    ["another one", 1],
  ])("a worker that comes with a result after the end: %s", async (_, steps) => {
    const { campaign, dispatcher, queue } = await begin({ schedules: SHARD });
    const { signal } = new AbortController();
    const counts = { recorded: 0, known: 0, crashed: 0, schedules: 0 };
    const end = work({
      ...{ campaign, program, database, dispatcher, queue, counts, worker: "late", threads: 1 },
      patience: { outageMs: 1000, signal, onOutage: () => undefined },
      onChange: async () => undefined,
      async run() {
        await dispatcher.add(campaign, rowsOf(campaign, 0, "other"));
        // The worker has seen the end, and waits for us.
        await new Promise<void>((resolve) => {
          dispatcher.ended = resolve;
        });
        return tallyOf(SHARD, steps);
      },
    });
    if (steps === 0) {
      expect(await end).toBe("schedules");
      expect(counts).toMatchObject({ recorded: 0, known: 1 });
      return;
    }
    await expect(end).rejects.toMatchObject({ exitCode: Exit.INTERNAL });
    expect(await dispatcher.state(campaign.id)).toMatchObject({ endedBy: "nondeterminism" });
  });

  it("a finding that is called something else in another shard is no second one", async () => {
    const { campaign, dispatcher } = await begin({ schedules: 4 * SHARD, untilFinding: 2 });
    const seen = async (shard: number, id: string, group: string) => {
      const rows = rowsOf(campaign, shard, "test");
      const own = { id, key: id, kind: "refcount", title: group, group, count: 1 };
      await dispatcher.add(campaign, { ...rows, occurrences: [{ ...own, first: shard * SHARD }] });
      return dispatcher.settle(campaign.id, campaign.spec);
    };
    expect(await seen(1, "a", "underflow")).toBe(null);
    expect(await seen(0, "a", "saturated")).toBe(null);
    // The one is "saturated" too, which is what the other is called where it was seen first.
    expect(await seen(2, "b", "saturated")).toBe(null);
    expect(await seen(3, "c", "leak")).toBe("until-finding");
  });

  it("nothing more is handed out once it has ended", async () => {
    const { campaign, dispatcher, queue } = await begin({ schedules: 2 ** 40, untilFinding: 1 });
    const rows = rowsOf(campaign, 0, "test");
    const own = { id: "a", key: "a", kind: "warn", title: "a", group: "a", first: 0, count: 1 };
    await dispatcher.add(campaign, { ...rows, occurrences: [own] });
    expect(await dispatcher.settle(campaign.id, campaign.spec)).toBe("until-finding");
    const { planned } = await dispatcher.state(campaign.id);
    await dispatcher.extend(campaign.id, campaign.spec, queue);
    expect((await dispatcher.state(campaign.id)).planned).toBe(planned);
  });
});
