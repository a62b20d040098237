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
import type { SqlDatabase, SqlRow } from "./sql.ts";
import { findingOf, insertResult, insertSeries, replacePartial, seriesOf, sessionOf } from "./sql-rows.ts";
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
    const findings = rows.map((row) => findingOf(row, schedules));
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
    return rows.map(sessionOf);
  }

  async series(id: string, last = Number.MAX_SAFE_INTEGER): Promise<SeriesRow[]> {
    const newestFirst = await this.#database.all(
      "SELECT * FROM series WHERE campaign = ? ORDER BY t_active_ms DESC LIMIT ?",
      [id, last],
    );
    return newestFirst.reverse().map(seriesOf);
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
