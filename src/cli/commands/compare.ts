// compare: its flags and help.

import type { Command } from "commander";
import { COMPARE_FORMATS, type CompareFlags } from "../flags.ts";
import { addDrawFlags, addModelFlags } from "../options.ts";
import type { Done } from "./done.ts";

export function addCompare(program: Command, done: Done): void {
  const command = program
    .command("compare")
    .summary("run the same scenarios in several models, side by side")
    .description(
      "Runs the same scenarios in several models and says which findings of the first are kept, which are " +
        "cured and which are new. One row a finding, one column a model.",
    )
    .argument("[models...]", "bundled models or .c files; all are compared with the first");
  addModelFlags(command, "scenario to run (- and _ are the same); default: every one that all models have");
  addDrawFlags(command, "for each model and scenario: ", "random")
    .option("--format <name>", COMPARE_FORMATS.join(", "), "text")
    .option("--json", "the same as --format json", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof compare bpf-oom/v2 fix.c                  does fix.c cure it, or break something else?
  raceproof compare old.c new.c --schedules 1M --seed 42 --format markdown

Exit codes, all about the last model: 0 nothing found, 1 found, 2 usage or model error, 3 a run of any model
was cut short, 70 internal error, 130/143 interrupted (with what there is).`,
    )
    .action(async (models: readonly string[], flags: CompareFlags) => {
      done(await (await import("../compare.ts")).runCompare(models, flags));
    });
}
