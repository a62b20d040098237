// Hands out shards of a campaign to workers, through pg-boss: the only file that knows it. A job is one
// shard. Whoever takes it must be heard of every few seconds, else the shard goes to somebody else; one
// that is lost too often (it kills whoever runs it) is handed out as given up. That a shard is recorded
// once is no concern of this queue: the primary key of the results sees to it.

import { createHash } from "node:crypto";
import type { PgBoss } from "pg-boss";
import type { Postgres, PostgresSession, RawSession } from "./postgres.ts";

/** Of pg-boss's tables. */
const QUEUE_SCHEMA = "raceproof_queue";

/** A worker that was not heard of for so long is taken for dead; pg-boss allows no less than 10. */
const HEARTBEAT_S = 15;
/** How often a worker says that it lives. */
export const BEAT_MS = 4000;
/** How often somebody looks for dead workers. */
const SUPERVISE_S = 5;
/** A shard that takes longer hangs, however alive its worker is. */
export const SHARD_MAX_S = 3600;
/** A shard is given up after so many workers were lost with it. */
export const ATTEMPTS_MAX = 5;
/** Jobs outlive every campaign: what is left behind is removed with the queue. */
const KEPT_S = 10 * 365 * 86_400;

/** A shard in hand. */
export interface Lease {
  readonly shard: number;
  readonly id: string;
  /** How often the shard was lost before. */
  readonly retryCount: number;
}

/**
 * A campaign that has ended has no queue any more, and whoever comes late with a shard of it must still be
 * able to record: nothing is to be had then, and nothing has to be told.
 */
export interface ShardQueue {
  /** Shards that are there already stay as they are. */
  add(shards: readonly number[], session: RawSession): Promise<void>;
  /** At most so many. */
  take(most: number): Promise<Lease[]>;
  /** They are still being run. */
  beat(leases: readonly Lease[]): Promise<void>;
  /** In the transaction that records the result. A lease that was lost meanwhile is left alone. */
  complete(lease: Lease, session: PostgresSession): Promise<void>;
  /** For somebody else to run at once; not counted as lost. */
  giveBack(lease: Lease, session: PostgresSession): Promise<void>;
  /** It could not be run here. Counted as lost. */
  fail(lease: Lease, reason: string): Promise<void>;
  /** Shards that were lost too often. */
  takeGivenUp(): Promise<Lease[]>;
  completeGivenUp(lease: Lease, session: PostgresSession): Promise<void>;
}

export interface Queues {
  /** The queue of a campaign, made where it is not there. */
  open(campaign: string): Promise<ShardQueue>;
  /** A campaign that has ended needs none. */
  remove(campaign: string): Promise<void>;
  close(): Promise<void>;
}

/** Every process looks for dead workers; whoever comes first does it for all. */
export async function openQueues(database: Postgres): Promise<Queues> {
  const { PgBoss } = await import("pg-boss");
  const boss = new PgBoss({
    db: adapter(database),
    schema: QUEUE_SCHEMA,
    supervise: true,
    superviseIntervalSeconds: SUPERVISE_S,
    monitorIntervalSeconds: SUPERVISE_S,
    schedule: false,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
    warningQueueSize: 1_000_000,
  });
  // What its timers cannot do while the server is away they do the next time; a caller is told by its
  // promise.
  boss.on("error", () => undefined);
  await boss.start();
  return {
    async open(campaign) {
      const gone = `${campaign}/given-up`;
      const kept = { retentionSeconds: KEPT_S, expireInSeconds: SHARD_MAX_S };
      await boss.createQueue(gone, { ...kept, retryLimit: 1_000_000, heartbeatSeconds: HEARTBEAT_S });
      await boss.createQueue(campaign, {
        ...kept,
        retryLimit: ATTEMPTS_MAX - 1,
        heartbeatSeconds: HEARTBEAT_S,
        deadLetter: gone,
      });
      return shardQueue(boss, campaign, gone);
    },
    async remove(campaign) {
      await boss.deleteQueue(campaign);
      await boss.deleteQueue(`${campaign}/given-up`);
    },
    close: () => boss.stop({ graceful: false }),
  };
}

function shardQueue(boss: PgBoss, name: string, gone: string): ShardQueue {
  async function fetch(queue: string, batchSize: number): Promise<Lease[]> {
    const jobs = await unlessRemoved(boss.fetch<{ shard: number }>(queue, { batchSize }));
    return (jobs ?? []).map(({ id, retryCount, data }) => ({ id, retryCount, shard: data.shard }));
  }
  return {
    async add(shards, session) {
      const jobs = shards.map((shard) => ({ id: jobId(name, shard), data: { shard } }));
      if (jobs.length > 0) await boss.insert(name, jobs, { db: adapter(session) });
    },
    take: (most) => fetch(name, most),
    async beat(leases) {
      if (leases.length > 0) await unlessRemoved(boss.touch(name, attempts(leases)));
    },
    async complete(lease, session) {
      await unlessRemoved(boss.complete(name, attempts([lease]), null, { db: adapter(session) }));
    },
    async giveBack(lease, session) {
      // As new: what pg-boss calls a retry would count as a loss.
      await boss.deleteJob(name, attempts([lease]), { db: adapter(session) });
      await this.add([lease.shard], session);
    },
    async fail(lease, reason) {
      await unlessRemoved(boss.fail(name, attempts([lease]), { reason }));
    },
    takeGivenUp: () => fetch(gone, 10),
    async completeGivenUp(lease, session) {
      await unlessRemoved(boss.complete(gone, attempts([lease]), null, { db: adapter(session) }));
    },
  };
}

/** pg-boss asks for the queue before it begins, so that a transaction of ours is as good as before. */
async function unlessRemoved<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as { code?: unknown }).code === "PGBOSS_QUEUE_NOT_FOUND") return null;
    throw error;
  }
}

function attempts(leases: readonly Lease[]): { id: string; retryCount: number }[] {
  return leases.map(({ id, retryCount }) => ({ id, retryCount }));
}

/** The same shard has the same job, whoever plans it: a plan that was cut short is made again. */
function jobId(campaign: string, shard: number): string {
  const hex = createHash("sha256").update(`${campaign} ${shard}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

function adapter(session: RawSession) {
  return { executeSql: (text: string, values?: unknown[]) => session.raw(text, values) };
}
