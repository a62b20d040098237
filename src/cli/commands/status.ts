// status: its flags and help.

import type { Command } from "commander";
import type { StatusFlags } from "../flags.ts";
import { DATABASE_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addStatus(program: Command, done: Done): void {
  program
    .command("status")
    .summary("how far the campaigns in folders are")
    .description("Shows campaigns that run or have ended, from their folders alone; runs nothing.")
    .argument("[folders...]", "as given to fuzz --out")
    .option("--database <url>", `campaigns that workers share: ${DATABASE_HELP}`)
    .option("--campaign <id>", "with --database: this one only")
    .option("--watch", "once a second, until all have ended or Ctrl-C", false)
    .option("--json", "the same as JSON; with --watch an object a line", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof status runs/*
  raceproof status runs/my --watch
  raceproof status --database postgres://me@db/races

Exit codes: 0 shown, 2 a folder is no campaign or is damaged (the others are shown).`,
    )
    .action(async (folders: string[], flags: StatusFlags) => {
      if (flags.database === undefined) {
        done(await (await import("../campaign-status.ts")).runStatus(folders, flags));
      } else
        done(await (await import("../shared-status.ts")).runSharedStatus(flags.database, folders, flags));
    });
}
