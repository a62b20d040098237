// worker: its flags and help.

import type { Command } from "commander";
import type { WorkerFlags } from "../flags.ts";
import { DATABASE_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addWorker(program: Command, done: Done): void {
  program
    .command("worker")
    .summary("run shards of the campaigns in a database")
    .description(
      "Runs shards of the campaigns in a database, the oldest campaign first, until all have ended.\n" +
        "Any number of workers share them, on any number of machines; each may be killed at any moment.",
    )
    .option("--database <url>", DATABASE_HELP)
    .option("--campaign <id>", "with --database: this one only (the beginning of its id will do)")
    .option("-j, --jobs <n>", "worker threads (default: all cores); does not change any result")
    .option("--time <time>", "ends after so long, and gives back what it has in hand: 30s, 5m, 1h")
    .option("--wait", "stays when there is nothing to run, or no database yet, and waits", false)
    .option("--spec <file>", "in place of a database: the plan that fuzz --plan-only wrote")
    .option("--shards <list>", "with --spec: 0-9, 7, or 3/100 for the fourth of a hundred equal parts")
    .option("--out <file>", "with --spec: where results go, a line a shard (- is stdout)")
    .option("--ui <mode>", "messages on stderr: auto, plain or none", "auto")
    .option("--json", "print what it did as JSON", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof fuzz my.c --schedules 100G --database postgres://me@db/races --plan-only
  PGPASSWORD=... raceproof worker --database postgres://me@db/races
  raceproof worker --spec plan.json --shards 10-19 --out results-1.ndjson

Exit codes: 0 nothing is left to run, or its time is up; 2 usage error, or a database that does not answer;
70 internal error, or two runs of one shard differ; 130/143 interrupted.`,
    )
    .action(async (flags: WorkerFlags) => {
      done(await (await import("../worker.ts")).runWorker(flags));
    });
}
