// Rows of a store's tables: how they are written, and how what is read of them becomes values.

import type { PartialRow, ResultRow, Rows } from "./record.ts";
import type { SqlRow, SqlSession } from "./sql.ts";
import type { Recorded, SeriesRow, Session, StoredFinding } from "./store.ts";

export function sessionOf(row: SqlRow): Session {
  return {
    session: Number(row.session),
    worker: String(row.worker),
    version: String(row.version),
    started: Number(row.started),
    last: Number(row.last),
    activeMs: Number(row.active_ms),
    newMs: Number(row.new_ms),
    endedBy: row.ended_by === null ? null : String(row.ended_by),
  };
}

export function seriesOf(row: SqlRow): SeriesRow {
  const numberOrNull = (value: SqlRow[string] | undefined) => (value == null ? null : Number(value));
  return {
    session: Number(row.session),
    t_active_ms: Number(row.t_active_ms),
    at: Number(row.at),
    schedules: Number(row.schedules),
    steps: Number(row.steps),
    findings: Number(row.findings),
    distinct: numberOrNull(row.distinct_seen),
    unseen: numberOrNull(row.unseen),
    rss: Number(row.rss),
  };
}

/** A schedule may show a finding at two instructions: never more than all schedules. */
export function findingOf(row: SqlRow, schedules: number): StoredFinding {
  return {
    id: String(row.id),
    key: String(row.key),
    kind: String(row.kind),
    title: String(row.title),
    group: String(row.bug),
    first: Number(row.first),
    count: Math.min(Number(row.count), schedules),
    shards: Number(row.shards),
  };
}

/**
 * For whoever has a transaction of their own: a queue that completes its job in the same one. False and the
 * digest that is there, where the shard was recorded before.
 */
export async function insertResult(
  session: SqlSession,
  id: string,
  { row, occurrences }: Rows<ResultRow>,
): Promise<Recorded> {
  const inserted = await session.run(
    `INSERT INTO result (campaign, shard, kind, runs, digest, schedules, steps, dropped, tally, worker,
                         took_ms, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (campaign, shard) DO NOTHING`,
    [
      id,
      row.shard,
      row.kind,
      row.runs,
      row.digest,
      row.schedules,
      row.steps,
      row.dropped,
      row.tally,
      row.worker,
      Math.round(row.tookMs),
      row.at,
    ],
  );
  if (inserted === 0) {
    const [there] = await session.all("SELECT digest FROM result WHERE campaign = ? AND shard = ?", [
      id,
      row.shard,
    ]);
    return { inserted: false, digest: String(there!.digest) };
  }
  await session.run("DELETE FROM partial WHERE campaign = ? AND shard = ?", [id, row.shard]);
  await insertOccurrences(session, id, row.shard, occurrences);
  return { inserted: true, digest: row.digest };
}

export async function replacePartial(
  session: SqlSession,
  id: string,
  { row, occurrences }: Rows<PartialRow>,
): Promise<void> {
  const { shard } = row;
  const done = await session.all("SELECT shard FROM result WHERE campaign = ? AND shard = ?", [id, shard]);
  if (done.length > 0) return;
  await session.run(
    `INSERT INTO partial (campaign, shard, jobs, runs, digest, schedules, steps, dropped, tally, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (campaign, shard) DO UPDATE SET jobs = excluded.jobs, runs = excluded.runs,
       digest = excluded.digest, schedules = excluded.schedules,
       steps = excluded.steps, dropped = excluded.dropped,
       tally = excluded.tally, at = excluded.at`,
    [id, shard, row.jobs, row.runs, row.digest, row.schedules, row.steps, row.dropped, row.tally, row.at],
  );
  await insertOccurrences(session, id, shard, occurrences);
}

/** In place of what a shorter run of the shard had: that was the beginning of the same schedules. */
async function insertOccurrences(
  session: SqlSession,
  id: string,
  shard: number,
  occurrences: Rows["occurrences"],
): Promise<void> {
  for (const { id: finding, key, kind, first, count, title, group } of occurrences) {
    await session.run(
      `INSERT INTO finding (campaign, id, key, kind) VALUES (?, ?, ?, ?)
       ON CONFLICT (campaign, id) DO NOTHING`,
      [id, finding, key, kind],
    );
    await session.run(
      `INSERT INTO occurrence (campaign, finding, shard, first, count, title, bug)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (campaign, finding, shard) DO UPDATE SET first = excluded.first, count = excluded.count,
         title = excluded.title, bug = excluded.bug`,
      [id, finding, shard, first, count, title, group],
    );
  }
}

export async function insertSeries(session: SqlSession, id: string, row: SeriesRow): Promise<void> {
  const { t_active_ms, at, schedules, steps, findings, distinct, unseen, rss } = row;
  await session.run(
    `INSERT INTO series (campaign, session, t_active_ms, at, schedules, steps, findings, distinct_seen,
                         unseen, rss)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (campaign, t_active_ms) DO NOTHING`,
    [id, row.session, t_active_ms, at, schedules, steps, findings, distinct, unseen, rss],
  );
}
