// fuzz: its flags and help.

import type { Command } from "commander";
import { type FuzzFlags, RUN_FORMATS, TIME_DEFAULT } from "../flags.ts";
import { addDrawFlags, addFormatFlags, addModelFlags, DATABASE_HELP, MODEL_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addFuzz(program: Command, done: Done): void {
  const command = program
    .command("fuzz")
    .summary("run random schedules and report what goes wrong")
    .description(
      "Runs random schedules of a model's scenario on all cores and reports every violation found.",
    )
    .argument("[model]", MODEL_HELP);
  addFormatFlags(addDrawFlags(addModelFlags(command)), RUN_FORMATS)
    .option("--until-finding <n>", "stop once n different findings are there")
    .option("--until-plateau <time>", "stop once nothing new was seen for so long")
    .option("--out <folder>", "keep the campaign there; the same command goes on with it")
    .option("--database <url>", `share the campaign with workers: ${DATABASE_HELP}`)
    .option("--plan-only", "with --out or --database: make the campaign, run nothing", false)
    .option("--spec <file>", "with --plan-only: write what a worker without a database needs")
    .option(
      "--shard-jobs <n>",
      "of a new campaign: engine jobs recorded in one row (default: about 12 s of work)",
    )
    .option("--events <file>", "append what happens, a JSON object a line")
    .option(
      "--engine <name>",
      "auto, lanes (128 schedules at a time, where the model fits) or scalar",
      "auto",
    )
    .option("--traces", "with --json: each finding's trace too", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof fuzz                                      the bundled question, for ${TIME_DEFAULT}
  raceproof fuzz bpf-oom/v2 --scenario close-vs-rmdir --until-finding 1
  raceproof fuzz my.c --schedules 1M --seed 42 --json
  raceproof fuzz my.c --out runs/my --time 8h         kept in a folder: Ctrl-C and a kill lose nothing
  raceproof fuzz my.c --time 5m --format sarif > raceproof.sarif

Exit codes: 0 nothing found, 1 found, 2 usage or model error, 3 inconclusive, 70 internal error,
130/143 interrupted.`,
    )
    .action(async (model: string | undefined, flags: FuzzFlags) => {
      done(await (await import("../fuzz.ts")).runFuzz(model, flags));
    });
}
