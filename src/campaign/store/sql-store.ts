// The statements of a campaign store, once for every database (sql.ts). Totals are sums over rows; nothing is
// counted twice, and nothing is kept in memory.

import type { Program } from "../../model/program.ts";
import {
  digestOf,
  type PartialRow,
  type ResultKind,
  type ResultRow,
  type Rows,
  tallyFromJson,
} from "./record.ts";
import { type Budgets, type CampaignSpec, campaignId, packProgram, specHash, unpackProgram } from "./spec.ts";
import type { SqlDatabase, SqlRow, SqlSession } from "./sql.ts";
import {
  type CampaignStore,
  type Checkpoint,
  type DoneShard,
  type NewCampaign,
  type Recorded,
  type SeriesRow,
  type Session,
  type StoredCampaign,
  type StoredFinding,
  StoreError,
  type Totals,
} from "./store.ts";

/** Tallies read at once. */
const PAGE = 256;

/** Results, and what sessions began and did not end. */
const ROWS = `(SELECT campaign, schedules, steps, dropped FROM result
               UNION ALL SELECT campaign, schedules, steps, dropped FROM partial) AS rows_of_shards`;

/** Each finding with what it is called where it was seen first, and how often it was seen. */
const FOUND = `(SELECT finding.campaign, finding.id, finding.key, finding.kind, earliest.title, earliest.bug,
                       seen.first, seen.count, seen.shards
                FROM finding
                JOIN (SELECT campaign, finding, MIN(first) AS first, SUM(count) AS count, COUNT(*) AS shards
                      FROM occurrence GROUP BY campaign, finding) AS seen
                     ON seen.campaign = finding.campaign AND seen.finding = finding.id
                JOIN occurrence AS earliest ON earliest.campaign = finding.campaign
                     AND earliest.finding = finding.id AND earliest.first = seen.first) AS found`;

export class SqlStore implements CampaignStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  get place(): string {
    return this.#database.place;
  }

  async create({ spec, program, budgets, version, at }: NewCampaign): Promise<StoredCampaign> {
    const id = campaignId(spec);
    await this.#database.run(
      `INSERT INTO campaign (id, spec_hash, spec, program, budgets, version, created)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      [id, specHash(spec), JSON.stringify(spec), packProgram(program), JSON.stringify(budgets), version, at],
    );
    return (await this.campaigns()).find((campaign) => campaign.id === id)!;
  }

  async campaigns(): Promise<StoredCampaign[]> {
    const rows = await this.#database.all(
      "SELECT id, spec_hash, spec, budgets, version, created FROM campaign ORDER BY created, id",
    );
    return rows.map((row) => {
      const spec = this.#json<CampaignSpec>(row.spec!);
      const hash = String(row.spec_hash);
      if (specHash(spec) !== hash) throw this.#damaged("the campaign's description does not fit its hash");
      const budgets = this.#json<Budgets>(row.budgets!);
      const { id, version, created } = row;
      return { id: String(id), hash, spec, budgets, version: String(version), created: Number(created) };
    });
  }

  async program({ id, spec }: StoredCampaign): Promise<Program | null> {
    const [row] = await this.#database.all("SELECT program FROM campaign WHERE id = ?", [id]);
    return row === undefined ? null : unpackProgram(String(row.program), spec);
  }

  async setBudgets(id: string, budgets: Budgets): Promise<void> {
    await this.#database.run("UPDATE campaign SET budgets = ? WHERE id = ?", [JSON.stringify(budgets), id]);
  }

  record(id: string, rows: Rows<ResultRow>): Promise<Recorded> {
    return this.#database.transaction((session) => insertResult(session, id, rows));
  }

  async checkpoint(id: string, { partial, session, series }: Checkpoint): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      if (partial !== undefined) await replacePartial(transaction, id, partial);
      if (session !== undefined) {
        const { activeMs, newMs, last, endedBy } = session;
        await transaction.run(
          `UPDATE session SET active_ms = ?, new_ms = ?, last = ?, ended_by = ?
           WHERE campaign = ? AND session = ?`,
          [Math.round(activeMs), Math.round(newMs), last, endedBy, id, session.session],
        );
      }
      if (series !== undefined) await insertSeries(transaction, id, series);
    });
  }

  async reopen(id: string, shards: readonly number[]): Promise<void> {
    await this.#database.transaction(async (session) => {
      for (const shard of shards) {
        await session.run(
          `INSERT INTO partial (campaign, shard, jobs, runs, digest, schedules, steps, dropped, tally, at)
           SELECT campaign, shard, 0, runs, digest, schedules, steps, dropped, tally, at
           FROM result WHERE campaign = ? AND shard = ?`,
          [id, shard],
        );
        await session.run("DELETE FROM result WHERE campaign = ? AND shard = ?", [id, shard]);
      }
    });
  }

  async doneShards(id: string): Promise<DoneShard[]> {
    const rows = await this.#database.all(
      "SELECT shard, runs, kind FROM result WHERE campaign = ? ORDER BY shard",
      [id],
    );
    return rows.map(({ shard, runs, kind }) => {
      return { shard: Number(shard), runs: Number(runs), kind: String(kind) as ResultKind };
    });
  }

  async result(id: string, shard: number): Promise<ResultRow | null> {
    const [row] = await this.#database.all("SELECT * FROM result WHERE campaign = ? AND shard = ?", [
      id,
      shard,
    ]);
    if (row === undefined) return null;
    return {
      shard,
      kind: String(row.kind) as ResultKind,
      ...this.#tally(row),
      worker: String(row.worker),
      tookMs: Number(row.took_ms),
      at: Number(row.at),
    };
  }

  async partials(id: string): Promise<PartialRow[]> {
    const rows = await this.#database.all("SELECT * FROM partial WHERE campaign = ? ORDER BY shard", [id]);
    return rows.map((row) => {
      return { shard: Number(row.shard), jobs: Number(row.jobs), ...this.#tally(row), at: Number(row.at) };
    });
  }

  async *tallies(id: string) {
    for (const table of ["result", "partial"]) {
      for (let after = -1; ; ) {
        const rows = await this.#database.all(
          `SELECT * FROM ${table} WHERE campaign = ? AND shard > ? ORDER BY shard LIMIT ${PAGE}`,
          [id, after],
        );
        for (const row of rows)
          yield { shard: Number(row.shard), tally: tallyFromJson(this.#tally(row).tally) };
        if (rows.length < PAGE) break;
        after = Number(rows.at(-1)!.shard);
      }
    }
  }

  async totals(id: string): Promise<Totals> {
    const one = async (sql: string): Promise<SqlRow> => (await this.#database.all(sql, [id]))[0]!;
    const sums = await one(
      `SELECT COALESCE(SUM(schedules), 0) AS schedules, COALESCE(SUM(steps), 0) AS steps,
              COALESCE(SUM(dropped), 0) AS dropped FROM ${ROWS} WHERE campaign = ?`,
    );
    const shards = await one(
      `SELECT COUNT(*) AS shards, COALESCE(SUM(CASE kind WHEN 'crashed' THEN 1 ELSE 0 END), 0) AS crashed
       FROM result WHERE campaign = ?`,
    );
    const findings = await one("SELECT COUNT(*) AS findings FROM finding WHERE campaign = ?");
    const bugs = await one(`SELECT COUNT(DISTINCT bug) AS bugs FROM ${FOUND} WHERE campaign = ?`);
    const active = await one(
      "SELECT COALESCE(SUM(active_ms), 0) AS active_ms FROM session WHERE campaign = ?",
    );
    return {
      schedules: Number(sums.schedules),
      steps: Number(sums.steps),
      dropped: Number(sums.dropped),
      shards: Number(shards.shards),
      crashed: Number(shards.crashed),
      findings: Number(findings.findings),
      bugs: Number(bugs.bugs),
      activeMs: Number(active.active_ms),
    };
  }

  async findings(id: string, limit = Number.MAX_SAFE_INTEGER): Promise<StoredFinding[]> {
    const { schedules } = await this.totals(id);
    const rows = await this.#database.all(
      `SELECT * FROM ${FOUND} WHERE campaign = ? ORDER BY first, id LIMIT ?`,
      [id, limit],
    );
    const findings = rows.map((row) => ({
      id: String(row.id),
      key: String(row.key),
      kind: String(row.kind),
      title: String(row.title),
      group: String(row.bug),
      first: Number(row.first),
      count: Math.min(Number(row.count), schedules),
      shards: Number(row.shards),
    }));
    // Here, since databases differ in how they order text.
    return findings.sort((a, b) => a.first - b.first || (a.key < b.key ? -1 : 1));
  }

  async beginSession(
    id: string,
    { worker, version, started }: Pick<Session, "worker" | "version" | "started">,
  ): Promise<number> {
    return this.#database.transaction(async (session) => {
      const [row] = await session.all(
        "SELECT COALESCE(MAX(session), 0) + 1 AS next FROM session WHERE campaign = ?",
        [id],
      );
      const number = Number(row!.next);
      await session.run(
        `INSERT INTO session (campaign, session, worker, version, started, last, active_ms, new_ms,
                              ended_by)
         VALUES (?, ?, ?, ?, ?, ?, 0, 0, NULL)`,
        [id, number, worker, version, started, started],
      );
      return number;
    });
  }

  async sessions(id: string): Promise<Session[]> {
    const rows = await this.#database.all("SELECT * FROM session WHERE campaign = ? ORDER BY session", [id]);
    return rows.map((row) => ({
      session: Number(row.session),
      worker: String(row.worker),
      version: String(row.version),
      started: Number(row.started),
      last: Number(row.last),
      activeMs: Number(row.active_ms),
      newMs: Number(row.new_ms),
      endedBy: row.ended_by === null ? null : String(row.ended_by),
    }));
  }

  async series(id: string, last = Number.MAX_SAFE_INTEGER): Promise<SeriesRow[]> {
    const newestFirst = await this.#database.all(
      "SELECT * FROM series WHERE campaign = ? ORDER BY t_active_ms DESC LIMIT ?",
      [id, last],
    );
    const numberOrNull = (value: SqlRow[string] | undefined) => (value == null ? null : Number(value));
    return newestFirst.reverse().map((row) => ({
      session: Number(row.session),
      t_active_ms: Number(row.t_active_ms),
      at: Number(row.at),
      schedules: Number(row.schedules),
      steps: Number(row.steps),
      findings: Number(row.findings),
      distinct: numberOrNull(row.distinct_seen),
      unseen: numberOrNull(row.unseen),
      rss: Number(row.rss),
    }));
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #tally(row: SqlRow) {
    const tally = String(row.tally);
    const digest = String(row.digest);
    const numbers = {
      runs: Number(row.runs),
      schedules: Number(row.schedules),
      steps: Number(row.steps),
      dropped: Number(row.dropped),
    };
    if (digestOf(tally) !== digest) throw this.#damaged(`shard ${row.shard} does not fit its digest`);
    return { digest, tally, ...numbers };
  }

  #json<T>(text: string | number): T {
    try {
      return JSON.parse(String(text)) as T;
    } catch {
      throw this.#damaged("the campaign's description cannot be read");
    }
  }

  #damaged(what: string): StoreError {
    return damaged(this.place, what);
  }
}

export function damaged(place: string, what: string): StoreError {
  return new StoreError(
    `${place} is damaged: ${what}`,
    "put it aside and start the campaign anew with the same seed: every shard gives the same result again",
  );
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

async function replacePartial(
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
       digest = excluded.digest, schedules = excluded.schedules, steps = excluded.steps, dropped = excluded.dropped,
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
      "INSERT INTO finding (campaign, id, key, kind) VALUES (?, ?, ?, ?) ON CONFLICT (campaign, id) DO NOTHING",
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

async function insertSeries(session: SqlSession, id: string, row: SeriesRow): Promise<void> {
  const { t_active_ms, at, schedules, steps, findings, distinct, unseen, rss } = row;
  await session.run(
    `INSERT INTO series (campaign, session, t_active_ms, at, schedules, steps, findings, distinct_seen,
                         unseen, rss)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (campaign, t_active_ms) DO NOTHING`,
    [id, row.session, t_active_ms, at, schedules, steps, findings, distinct, unseen, rss],
  );
}
