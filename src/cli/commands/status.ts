// status: its flags and help.

import type { Command } from "commander";
import type { StatusFlags } from "../flags.ts";
import type { Done } from "./done.ts";

export function addStatus(program: Command, done: Done): void {
  program
    .command("status")
    .summary("how far the campaigns in folders are")
    .description("Shows campaigns that run or have ended, from their folders alone; runs nothing.")
    .argument("<folders...>", "as given to fuzz --out")
    .option("--watch", "once a second, until all have ended or Ctrl-C", false)
    .option("--json", "the same as JSON; with --watch an object a line", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof status runs/*
  raceproof status runs/my --watch

Exit codes: 0 shown, 2 a folder is no campaign or is damaged (the others are shown).`,
    )
    .action(async (folders: string[], flags: StatusFlags) => {
      done(await (await import("../campaign-status.ts")).runStatus(folders, flags));
    });
}
