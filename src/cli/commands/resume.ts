// resume: its flags and help.

import type { Command } from "commander";
import { type ResumeFlags, RUN_FORMATS } from "../flags.ts";
import { addFormatFlags, DATABASE_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addResume(program: Command, done: Done): void {
  const command = program
    .command("resume")
    .summary("go on with a campaign that is kept in a folder")
    .description(
      "Goes on with the campaign in a folder: within the budgets that it was given, or within further ones.",
    )
    .argument("[folder]", "as given to fuzz --out");
  addFormatFlags(command, RUN_FORMATS)
    .option("--database <url>", `one that workers share: ${DATABASE_HELP}`)
    .option("--campaign <id>", "with --database: which, where there are several")
    .option("--schedules <n>", "so many schedules more (10k, 5M, 1e6)")
    .option("--time <time>", "so much active time more: 30s, 5m, 1h")
    .option("--until-finding <n>", "stop once n different findings are there, in all")
    .option("--until-plateau <time>", "stop once nothing new was seen for so long from now on")
    .option("--events <file>", "append what happens, a JSON object a line")
    .option("-j, --jobs <n>", "worker threads (default: all cores); does not change any result")
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--traces", "with --json: each finding's trace too", false)
    .addHelpText(
      "after",
      `
Budgets that are given take the place of those that the campaign had.

Examples:
  raceproof resume runs/my                what is left of its budgets, or until Ctrl-C where it has none
  raceproof resume runs/my --time 8h      eight hours more
  raceproof resume --database postgres://me@db/races --campaign 1f3a

Exit codes: as fuzz; 2 also where the folder is no campaign, is being written, or is damaged.`,
    )
    .action(async (folder: string | undefined, flags: ResumeFlags) => {
      done(await (await import("../campaign.ts")).runResume(folder, flags));
    });
}
