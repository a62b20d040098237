// Brings a database to the schema of this raceproof: each migration in one transaction with the version that
// it leads to, so that a kill leaves the one or the other.

import { MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";
import type { SqlDatabase } from "./sql.ts";
import { StoreError } from "./store.ts";

export async function migrate(database: SqlDatabase): Promise<void> {
  await database.run("CREATE TABLE IF NOT EXISTS raceproof_schema (version BIGINT PRIMARY KEY)");
  const version = await schemaVersion(database);
  for (let next = version; next < SCHEMA_VERSION; next++) {
    await database.transaction(async (session) => {
      // Whoever comes second finds the version there and leaves.
      const claimed = await session.run(
        "INSERT INTO raceproof_schema (version) VALUES (?) ON CONFLICT (version) DO NOTHING",
        [next + 1],
      );
      if (claimed === 0) return;
      for (const statement of MIGRATIONS[next]!) await session.run(statement);
    });
  }
}

/** The version that the database has: refused where it is newer than this raceproof knows. */
export async function schemaVersion(database: SqlDatabase): Promise<number> {
  const [row] = await database.all("SELECT COALESCE(MAX(version), 0) AS version FROM raceproof_schema");
  const version = Number(row!.version);
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      `${database.place} was written by a newer raceproof ` +
        `(schema ${version}, this one knows ${SCHEMA_VERSION})`,
      "use that raceproof, or another place",
    );
  }
  return version;
}
