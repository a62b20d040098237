// Goal: whatever is wrong with a database becomes one line with what to try, and the password is in none of
// it; what is only a restart is waited for. Method: a server of the test's own, spoilt in each way.

import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Exit, RaceproofError } from "../../src/base/errors.ts";
import { patiently } from "../../src/campaign/store/patience.ts";
import { connect, isTransient, readUrl } from "../../src/campaign/store/postgres.ts";
import { PASSWORD, type PostgresServer, postgresMissing, startPostgres } from "../support/postgres.ts";

/** The error of a URL, as one text with its hint. */
async function refusal(url: string): Promise<string> {
  const error = await connect(url, "test").then(
    async (database) => {
      await database.close();
      return null;
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RaceproofError);
  const { message, hint = "", stack = "" } = error as RaceproofError;
  expect((error as RaceproofError).exitCode).toBe(Exit.USAGE);
  expect(hint).not.toBe("");
  for (const text of [message, hint, stack]) {
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(encodeURIComponent(PASSWORD));
    expect(text).not.toContain("hunter2");
  }
  expect(message).not.toContain("\n");
  return `${message}; ${hint}`;
}

describe("URLs", () => {
  it.each([
    ["nonsense:hunter2", /no URL of PostgreSQL/],
    ["mysql://a:hunter2@b/c", /no URL of PostgreSQL/],
    ["postgres://a:hunter2@b:port/c", /malformed/],
    ["postgres://a:hunter2%zz@b/c", /hexadecimal/],
    ["postgres://a%zz:hunter2@b/c", /hexadecimal/],
    ["", /no URL of PostgreSQL/],
  ])("%j is refused, and not repeated", async (url, pattern) => {
    expect(await refusal(url)).toMatch(pattern);
  });

  it("what is shown has no password; a socket's folder and an escaped name are understood", () => {
    expect(readUrl("postgres://me:hunter2@db.example:5433/races?sslmode=require")).toEqual({
      host: "db.example:5433",
      database: "races",
      user: "me",
      shown: "postgres://me@db.example:5433/races",
    });
    expect(readUrl("postgresql://me@/my%20races?host=/run/postgresql")).toMatchObject({
      host: expect.stringContaining("/run/postgresql"),
      database: "my races",
    });
    expect(readUrl("postgres:///races").host).toMatch(/^localhost:\d+$/);
  });
});

describe("no server", () => {
  it("nobody listens", async () => {
    expect(await refusal("postgres://me:hunter2@127.0.0.1:1/races")).toMatch(
      /127\.0\.0\.1:1: .*ECONNREFUSED.*running/,
    );
  });

  it("the name of the host means nothing", async () => {
    expect(await refusal("postgres://me:hunter2@no-such-host.invalid/races")).toMatch(
      /no-such-host\.invalid/,
    );
  });

  it("somebody else listens there", async () => {
    const other = createServer((socket) =>
      socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    expect(await refusal(`postgres://me:hunter2@127.0.0.1:${port}/races`)).toContain(`127.0.0.1:${port}`);
    other.close();
  });
});

describe.skipIf(postgresMissing)("a server (PostgreSQL is needed)", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await server.query("postgres", "CREATE ROLE nobody LOGIN PASSWORD 'hunter2'");
    await server.database("races");
  });
  afterAll(() => server?.remove());

  it("a wrong password, a wrong user, a database that is not there", async () => {
    expect(await refusal(server.url("races", "hunter2"))).toMatch(/does not let raceproof in.*PGPASSWORD/);
    const stranger = server.url("races", "hunter2").replace("raceproof:", "stranger:");
    expect(await refusal(stranger)).toMatch(/does not let stranger in/);
    expect(await refusal(server.url("no-such"))).toMatch(/no database "no-such".*createdb no-such/);
  });

  it("a transaction is all or nothing, and leaves no connection behind", async () => {
    const database = await connect(server.url("races"), "test");
    await database.all("CREATE TABLE t (n BIGINT PRIMARY KEY)");
    await database.transaction((sql) => sql.run("INSERT INTO t VALUES (?)", [1]));
    for (let i = 0; i < 10; i++) {
      const failing = database.transaction(async (sql) => {
        await sql.run("INSERT INTO t VALUES (?)", [2]);
        await sql.run("INSERT INTO t VALUES (?)", [1]);
      });
      await expect(failing).rejects.toThrow(/duplicate key/);
    }
    expect(await database.all("SELECT n FROM t")).toEqual([{ n: "1" }]);
    await database.close();
  });

  it("a restart is waited for, and nothing is done twice that was committed once", async () => {
    const database = await connect(server.url("races"), "test");
    await database.all("CREATE TABLE log (n BIGINT PRIMARY KEY)");
    const outages: (string | null)[] = [];
    const patience = {
      outageMs: 60_000,
      signal: new AbortController().signal,
      onOutage: (reason: string | null) => outages.push(reason),
    };
    const put = (n: number) =>
      patiently(database, patience, () =>
        database.transaction((sql) => sql.run("INSERT INTO log VALUES (?) ON CONFLICT DO NOTHING", [n])),
      );
    await put(0);
    for (const how of ["fast", "immediate"] as const) {
      await server.stop(how);
      const waiting = put(outages.length + 1);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await server.start();
      await waiting;
    }
    expect(await database.all("SELECT count(*) FROM log")).toEqual([{ count: "3" }]);
    expect(outages.filter((reason) => reason === null)).toHaveLength(2);
    expect(outages).toHaveLength(4);
    await database.close();
  });

  it("a mistake is not waited out, and an outage has an end", async () => {
    const database = await connect(server.url("races"), "test");
    const { signal } = new AbortController();
    const patience = { outageMs: 300, signal, onOutage: () => undefined };
    const wrong = () => database.all("SELECT nothing FROM nowhere");
    await expect(patiently(database, patience, wrong)).rejects.toThrow(/nowhere/);
    await server.stop("fast");
    const down = patiently(database, patience, () => database.all("SELECT 1"));
    await expect(down).rejects.toThrow(
      /^postgres:\/\/raceproof@127\.0\.0\.1:\d+\/races has not answered for/,
    );
    await server.start();
    await database.close();
  });

  it("tells what passes from what does not", () => {
    for (const code of ["ECONNREFUSED", "ECONNRESET", "57P01", "57P03", "08006", "53300", "40001"]) {
      expect(isTransient(Object.assign(new Error("x"), { code })), code).toBe(true);
    }
    for (const code of ["28P01", "3D000", "42P01", "23505", "ERR_ASSERTION", ""]) {
      expect(isTransient(Object.assign(new Error("x"), { code })), code).toBe(false);
    }
  });
});
