// The tables of a campaign, in SQL that SQLite and PostgreSQL both take: TEXT, BIGINT, ON CONFLICT. Each
// entry of MIGRATIONS leads from one version to the next and runs in one transaction with the change of the
// version; one that was ever released is never edited.
//
//   campaign ──< result      a shard is done if and only if its row is there
//            ──< partial     what an interrupted session did of a shard; its result replaces it
//            ──< finding ──< occurrence    in which shards each finding was seen, first where, how often
//            ──< session     who ran it for how long
//            ──< series      how it went
//            ──  writer      who may write (SQLite)
//            ──  dispatch    how far its shards were handed out, and what ended it (PostgreSQL)
//            ──< attempt     shards that were run more often than once
//
// Nothing is counted here that rows tell: totals are sums over result and partial.

/** Version of the schema = how many migrations there are. */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE campaign (
       id TEXT PRIMARY KEY,
       spec_hash TEXT NOT NULL,
       spec TEXT NOT NULL,
       program TEXT NOT NULL,
       budgets TEXT NOT NULL,
       version TEXT NOT NULL,
       created BIGINT NOT NULL
     )`,
    `CREATE TABLE result (
       campaign TEXT NOT NULL REFERENCES campaign (id),
       shard BIGINT NOT NULL,
       kind TEXT NOT NULL CHECK (kind IN ('done', 'crashed')),
       digest TEXT NOT NULL,
       runs BIGINT NOT NULL,
       schedules BIGINT NOT NULL,
       steps BIGINT NOT NULL,
       dropped BIGINT NOT NULL,
       tally TEXT NOT NULL,
       worker TEXT NOT NULL,
       took_ms BIGINT NOT NULL,
       at BIGINT NOT NULL,
       PRIMARY KEY (campaign, shard)
     )`,
    `CREATE TABLE partial (
       campaign TEXT NOT NULL REFERENCES campaign (id),
       shard BIGINT NOT NULL,
       jobs BIGINT NOT NULL,
       digest TEXT NOT NULL,
       runs BIGINT NOT NULL,
       schedules BIGINT NOT NULL,
       steps BIGINT NOT NULL,
       dropped BIGINT NOT NULL,
       tally TEXT NOT NULL,
       at BIGINT NOT NULL,
       PRIMARY KEY (campaign, shard)
     )`,
    `CREATE TABLE finding (
       campaign TEXT NOT NULL REFERENCES campaign (id),
       id TEXT NOT NULL,
       key TEXT NOT NULL,
       kind TEXT NOT NULL,
       PRIMARY KEY (campaign, id)
     )`,
    `CREATE TABLE occurrence (
       campaign TEXT NOT NULL,
       finding TEXT NOT NULL,
       shard BIGINT NOT NULL,
       first BIGINT NOT NULL,
       count BIGINT NOT NULL,
       title TEXT NOT NULL,
       bug TEXT NOT NULL,
       PRIMARY KEY (campaign, finding, shard),
       FOREIGN KEY (campaign, finding) REFERENCES finding (campaign, id)
     )`,
    `CREATE TABLE session (
       campaign TEXT NOT NULL REFERENCES campaign (id),
       session BIGINT NOT NULL,
       worker TEXT NOT NULL,
       version TEXT NOT NULL,
       started BIGINT NOT NULL,
       last BIGINT NOT NULL,
       active_ms BIGINT NOT NULL,
       new_ms BIGINT NOT NULL,
       ended_by TEXT,
       PRIMARY KEY (campaign, session)
     )`,
    `CREATE TABLE series (
       campaign TEXT NOT NULL REFERENCES campaign (id),
       session BIGINT NOT NULL,
       t_active_ms BIGINT NOT NULL,
       at BIGINT NOT NULL,
       schedules BIGINT NOT NULL,
       steps BIGINT NOT NULL,
       findings BIGINT NOT NULL,
       distinct_seen BIGINT,
       unseen DOUBLE PRECISION,
       rss BIGINT NOT NULL,
       PRIMARY KEY (campaign, t_active_ms)
     )`,
    `CREATE TABLE writer (
       role TEXT PRIMARY KEY,
       pid BIGINT NOT NULL,
       host TEXT NOT NULL,
       process TEXT NOT NULL,
       started BIGINT NOT NULL,
       seen BIGINT NOT NULL
     )`,
    `CREATE TABLE dispatch (
       campaign TEXT PRIMARY KEY REFERENCES campaign (id),
       planned BIGINT NOT NULL,
       ended_by TEXT
     )`,
    `CREATE TABLE attempt (
       campaign TEXT NOT NULL REFERENCES campaign (id),
       shard BIGINT NOT NULL,
       lost BIGINT NOT NULL,
       late BIGINT NOT NULL,
       other_digest TEXT,
       PRIMARY KEY (campaign, shard)
     )`,
  ],
];

export const SCHEMA_VERSION = MIGRATIONS.length;
