// How far a campaign in a database has come, for the workers that share it: which shards were handed to the
// queue, which were run more often than once, and whether it has ended. All of it is decided by rows, so any
// worker may do it, and none is needed.

import { InternalError } from "../../base/errors.ts";
import type { Postgres, PostgresSession } from "./postgres.ts";
import { ATTEMPTS_MAX, type Lease, type Queues, type ShardQueue } from "./queue.ts";
import type { ResultRow, Rows } from "./record.ts";
import { type Budgets, type CampaignSpec, schedulesOf, shardsWithin } from "./spec.ts";
import type { SqlSession } from "./sql.ts";
import { insertResult } from "./sql-rows.ts";
import type { CampaignStore, Recorded, StoredCampaign } from "./store.ts";

/** Shards in the queue that wait: enough for every worker there may be, few enough to be made in a moment. */
const AHEAD = 1024;

export type DispatchEnd = "schedules" | "until-finding" | "nondeterminism";

export interface Dispatch {
  readonly planned: number;
  readonly endedBy: DispatchEnd | null;
  readonly budgets: Budgets;
}

/** Shards that were run more often than once. */
export interface Attempts {
  /** Runs of which nothing was heard any more. */
  readonly lost: number;
  /** Results that came when the shard was recorded already; all had the same digest. */
  readonly late: number;
  readonly shards: number;
}

/** `known`: somebody recorded the shard before. `outdated`: the budgets have changed. */
export type Outcome = "recorded" | "known" | "outdated";

export class Dispatcher {
  readonly #database: Postgres;
  readonly #store: CampaignStore;
  readonly #queues: Queues;

  constructor(database: Postgres, store: CampaignStore, queues: Queues) {
    this.#database = database;
    this.#store = store;
    this.#queues = queues;
  }

  /**
   * Puts the campaign before the workers; done again it goes on, as far as these budgets go. The shard that a
   * smaller budget had cut short is run again whole.
   */
  async open({ id, spec }: StoredCampaign, budgets: Budgets): Promise<ShardQueue> {
    await this.#store.setBudgets(id, budgets);
    const done = await this.#store.doneShards(id);
    const cut = done
      .filter(({ shard, runs }) => runs > 0 && runs < schedulesOf(spec, shard, budgets))
      .map(({ shard }) => shard);
    if (cut.length > 0) {
      await this.#store.reopen(id, cut);
      await this.#queues.remove(id);
      await this.#database.run("UPDATE dispatch SET planned = 0 WHERE campaign = ?", [id]);
    }
    await this.#database.run(
      `INSERT INTO dispatch (campaign, planned, ended_by) VALUES (?, 0, NULL)
       ON CONFLICT (campaign) DO UPDATE SET ended_by =
         CASE dispatch.ended_by WHEN 'nondeterminism' THEN dispatch.ended_by ELSE NULL END`,
      [id],
    );
    const queue = await this.#queues.open(id);
    await this.extend(id, spec, queue);
    await this.settle(id, spec);
    return queue;
  }

  state(id: string): Promise<Dispatch> {
    return readDispatch(this.#database, id);
  }

  /** Campaigns that have not ended, the oldest first. */
  async openCampaigns(): Promise<string[]> {
    const rows = await this.#database.all(
      `SELECT campaign FROM dispatch JOIN campaign ON campaign.id = dispatch.campaign
       WHERE ended_by IS NULL ORDER BY created, campaign`,
    );
    return rows.map(({ campaign }) => String(campaign));
  }

  /**
   * Hands further shards to the queue, where few are left; those that are recorded already are left out. A
   * campaign that has ended has no queue: who ends it waits for this transaction.
   */
  extend(id: string, spec: CampaignSpec, queue: ShardQueue): Promise<void> {
    return this.#database.transaction(async (session) => {
      const [row] = await session.all(
        `SELECT planned, budgets, ended_by,
                (SELECT COUNT(*) FROM result WHERE result.campaign = dispatch.campaign) AS done
         FROM dispatch JOIN campaign ON campaign.id = dispatch.campaign
         WHERE campaign = ? FOR UPDATE OF dispatch`,
        [id],
      );
      if (row!.ended_by !== null) return;
      const planned = Number(row!.planned);
      const { schedules } = JSON.parse(String(row!.budgets)) as Budgets;
      const end = Math.min(shardsWithin(spec, schedules), Number(row!.done) + AHEAD);
      if (planned >= end) return;
      const done = await session.all(
        "SELECT shard FROM result WHERE campaign = ? AND shard >= ? AND shard < ?",
        [id, planned, end],
      );
      const known = new Set(done.map(({ shard }) => Number(shard)));
      const shards = Array.from({ length: end - planned }, (_, i) => planned + i);
      await queue.add(
        shards.filter((shard) => !known.has(shard)),
        session,
      );
      await session.run("UPDATE dispatch SET planned = ? WHERE campaign = ?", [end, id]);
    });
  }

  /**
   * The result and the end of its job, in one transaction. A row that is there already stays, and must be
   * the same: a run is a function of its number. Where the budgets allow more of the shard than when it
   * was begun, the result is of no use.
   */
  async record(
    { id, spec }: StoredCampaign,
    queue: ShardQueue,
    lease: Lease,
    rows: Rows<ResultRow>,
  ): Promise<Outcome> {
    const { row } = rows;
    const recorded = await this.#database.transaction(async (session) => {
      // Shared: whoever changes the budgets waits for us, and sees the row.
      const [campaign] = await session.all("SELECT budgets FROM campaign WHERE id = ? FOR SHARE", [id]);
      const budgets = JSON.parse(String(campaign!.budgets)) as Budgets;
      if (row.kind === "done" && schedulesOf(spec, row.shard, budgets) !== row.runs) return null;
      const result = await (row.kind === "done" ? insertDone : insertResult)(session, id, rows);
      await (row.kind === "done" ? queue.complete(lease, session) : queue.completeGivenUp(lease, session));
      if (!result.inserted && (await isOwn(session, id, row))) return { ...result, inserted: true };
      await countAttempts(session, id, row, row.kind === "done" ? lease.retryCount : ATTEMPTS_MAX, result);
      return result;
    });
    if (recorded === null) return "outdated";
    if (row.kind === "done" && recorded.digest !== row.digest) throw await this.#stop(id);
    return recorded.inserted ? "recorded" : "known";
  }

  /**
   * A result that comes from elsewhere; a worker that takes the shard's job finds it. False: it was there.
   */
  async add({ id }: StoredCampaign, rows: Rows<ResultRow>): Promise<boolean> {
    const { row } = rows;
    const recorded = await this.#database.transaction(async (session) => {
      const result = await insertDone(session, id, rows);
      if (result.digest !== row.digest) await countAttempts(session, id, row, 0, result);
      return result;
    });
    if (recorded.digest !== row.digest) throw await this.#stop(id);
    return recorded.inserted;
  }

  /** Two results of one shard: the campaign is over. */
  async #stop(id: string): Promise<InternalError> {
    await this.#database.run("UPDATE dispatch SET ended_by = 'nondeterminism' WHERE campaign = ?", [id]);
    return this.nondeterminism(id);
  }

  /** A job that nobody needs any more. */
  drop(queue: ShardQueue, lease: Lease): Promise<void> {
    return this.#database.transaction((session) => queue.complete(lease, session));
  }

  async isDone(id: string, shard: number): Promise<boolean> {
    return (await this.#store.result(id, shard)) !== null;
  }

  /** Ends the campaign where its rows say that it has come as far as its budgets go. */
  async settle(id: string, spec: CampaignSpec): Promise<DispatchEnd | null> {
    const { endedBy, budgets } = await this.state(id);
    if (endedBy !== null) return endedBy;
    const end = (await this.#foundEnough(id, budgets)) ?? (await this.#ranAll(id, spec, budgets));
    if (end === null) return null;
    const ended = await this.#database.run(
      "UPDATE dispatch SET ended_by = ? WHERE campaign = ? AND ended_by IS NULL",
      [end, id],
    );
    if (ended > 0) await this.#queues.remove(id);
    return end;
  }

  async #ranAll(id: string, spec: CampaignSpec, { schedules }: Budgets): Promise<DispatchEnd | null> {
    if (schedules === undefined) return null;
    const shards = shardsWithin(spec, schedules);
    const [row] = await this.#database.all(
      "SELECT COUNT(*) AS done FROM result WHERE campaign = ? AND shard < ?",
      [id, shards],
    );
    return Number(row!.done) === shards ? "schedules" : null;
  }

  /**
   * Enough where the shards from the first on, without a gap, show enough. A finding may be called something
   * else from shard to shard; it counts as what it is called where it was seen first, as in one process.
   */
  async #foundEnough(id: string, { untilFinding }: Budgets): Promise<DispatchEnd | null> {
    if (untilFinding === undefined) return null;
    const [row] = await this.#database.all(
      `SELECT MAX(first) AS last, COUNT(*) AS bugs FROM
         (SELECT MIN(shard) AS first FROM
            (SELECT DISTINCT ON (finding) shard, bug FROM occurrence WHERE campaign = ?
             ORDER BY finding, first) AS earliest
          GROUP BY bug ORDER BY first LIMIT ?) AS bugs`,
      [id, untilFinding],
    );
    if (Number(row!.bugs) < untilFinding) return null;
    const last = Number(row!.last);
    const [before] = await this.#database.all(
      "SELECT COUNT(*) AS done FROM result WHERE campaign = ? AND shard <= ?",
      [id, last],
    );
    return Number(before!.done) === last + 1 ? "until-finding" : null;
  }

  /** The error for a campaign that ended so. */
  async nondeterminism(id: string): Promise<InternalError> {
    const rows = await this.#database.all(
      "SELECT shard FROM attempt WHERE campaign = ? AND other_digest IS NOT NULL ORDER BY shard",
      [id],
    );
    const shards = rows.map(({ shard }) => shard).join(", ");
    return new InternalError(
      `nondeterminism: campaign ${id}, shard ${shards}: two runs of the same schedules differ`,
      "this is a bug in raceproof, or a machine that computes wrongly; the first results were kept",
    );
  }
}

/** Not yet put before workers: nothing is planned. */
export async function readDispatch(session: SqlSession, id: string): Promise<Dispatch> {
  const [row] = await session.all(
    `SELECT COALESCE(planned, 0) AS planned, ended_by, budgets
     FROM campaign LEFT JOIN dispatch ON campaign.id = dispatch.campaign WHERE campaign.id = ?`,
    [id],
  );
  if (row === undefined) throw new InternalError(`campaign ${id} is gone`);
  return {
    planned: Number(row.planned),
    endedBy: row.ended_by as DispatchEnd | null,
    budgets: JSON.parse(String(row.budgets)) as Budgets,
  };
}

export async function readAttempts(session: SqlSession, id: string): Promise<Attempts> {
  const [row] = await session.all(
    `SELECT COALESCE(SUM(lost), 0) AS lost, COALESCE(SUM(late), 0) AS late, COUNT(*) AS shards
     FROM attempt WHERE campaign = ?`,
    [id],
  );
  return { lost: Number(row!.lost), late: Number(row!.late), shards: Number(row!.shards) };
}

/** In place of a row that says that it was given up: somebody who was only slow brings it after all. */
async function insertDone(session: PostgresSession, id: string, rows: Rows<ResultRow>): Promise<Recorded> {
  await session.run("DELETE FROM result WHERE campaign = ? AND shard = ? AND kind = 'crashed'", [
    id,
    rows.row.shard,
  ]);
  return insertResult(session, id, rows);
}

/** Our own row, where the answer to its transaction was lost on the way. */
async function isOwn(session: PostgresSession, id: string, row: ResultRow): Promise<boolean> {
  const { shard, worker, at } = row;
  const rows = await session.all(
    "SELECT shard FROM result WHERE campaign = ? AND shard = ? AND worker = ? AND at = ?",
    [id, shard, worker, at],
  );
  return rows.length > 0;
}

async function countAttempts(
  session: PostgresSession,
  id: string,
  row: ResultRow,
  before: number,
  { inserted, digest }: Recorded,
): Promise<void> {
  // What was lost before is counted once, with the result.
  const [lost, late] = inserted ? [before, 0] : [0, row.kind === "done" ? 1 : 0];
  if (lost + late === 0) return;
  const other = row.kind === "crashed" || digest === row.digest ? null : row.digest;
  await session.run(
    `INSERT INTO attempt (campaign, shard, lost, late, other_digest) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (campaign, shard) DO UPDATE SET lost = attempt.lost + excluded.lost,
       late = attempt.late + excluded.late,
       other_digest = COALESCE(attempt.other_digest, excluded.other_digest)`,
    [id, row.shard, lost, late, other],
  );
}
