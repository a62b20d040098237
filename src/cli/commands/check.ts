// check: its flags and help.

import type { Command } from "commander";
import { type CheckFlags, RUN_FORMATS, TIME_DEFAULT } from "../flags.ts";
import { addFormatFlags, addModelFlags, MODEL_HELP, SEED_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addCheck(program: Command, done: Done): void {
  const command = program
    .command("check")
    .summary("a review: prove what is small, fuzz the rest, explain the findings")
    .description(
      "Looks at all scenarios of a model: visits every state of those that are small enough, fuzzes the " +
        "others for the rest of the time, and shows each finding once, with its simplest schedule.",
    )
    .argument("[model]", MODEL_HELP);
  addModelFlags(command, "only this scenario (- and _ are the same); default: all of the model");
  addFormatFlags(command, RUN_FORMATS)
    .option("--time <time>", "for exploring and fuzzing all scenarios together", TIME_DEFAULT)
    .option("--max-memory <bytes>", "memory in which a worker explores: 256M, 2G at most", "1G")
    .option("--seed <number>", SEED_HELP)
    .option("-j, --jobs <n>", "worker threads for fuzzing (default: all cores)")
    .option("--max-steps <n>", "steps after which a run counts as endless")
    .option("--why", "of each proved scenario, what protects it; takes longer than --time", false)
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--traces", "with --json: each finding's trace too", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof check                                     the bundled question and its neighbours
  raceproof check bpf-oom/v2 --scenario close-vs-rmdir
  raceproof check my.c --time 1m --seed 42 --json
  raceproof check my.c --format mail                  for a reply on the list
  raceproof check my.c --format github                annotations for a pipeline

Exit codes: 0 nothing found, 1 found, 2 usage or model error, 3 inconclusive, 70 internal error,
130/143 interrupted (with what there is).`,
    )
    .action(async (model: string | undefined, flags: CheckFlags) => {
      done(await (await import("../check.ts")).runCheck(model, flags));
    });
}
