// import: its flags and help.

import type { Command } from "commander";
import type { ImportFlags } from "../flags.ts";
import { DATABASE_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addImport(program: Command, done: Done): void {
  program
    .command("import")
    .summary("take in results of shards that were run elsewhere")
    .description(
      "Puts the results that raceproof worker --shards wrote into the campaign that they belong to.\n" +
        "A file may be imported again: a shard is recorded once, and a second result must be the same.",
    )
    .argument("<files...>", "results files")
    .option("--out <folder>", "the campaign's folder")
    .option("--database <url>", `or its database: ${DATABASE_HELP}`)
    .option("--campaign <id>", "with --database: which, where there are several")
    .option("--json", "print what was done as JSON", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof fuzz my.c --schedules 10G --plan-only --out runs/my
  raceproof worker --spec runs/my/plan.json --shards 0-9 --out results-0.ndjson
  raceproof import results-*.ndjson --out runs/my

Exit codes: 0 imported, 2 a file is damaged or belongs to another campaign (nothing is imported),
70 two runs of one shard differ.`,
    )
    .action(async (files: string[], flags: ImportFlags) => {
      done(await (await import("../import.ts")).runImport(files, flags));
    });
}
