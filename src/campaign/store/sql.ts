// What the statements of a store need of a database: SQLite and PostgreSQL each in a file of their own.

/** Numbers are exact up to 2^53; what a BIGINT holds comes as a number. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Statements say `?` for their parameters. */
export interface SqlSession {
  all(sql: string, parameters?: readonly SqlValue[]): Promise<SqlRow[]>;
  /** Number of rows that were inserted, updated or deleted. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
}

export interface SqlDatabase extends SqlSession {
  /** Shown in messages; without a password. */
  readonly place: string;
  /** Rolled back where `work` throws. One at a time in SQLite: others wait. */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
