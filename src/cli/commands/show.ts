// show: its flags and help.

import type { Command } from "commander";
import type { ShowFlags } from "../flags.ts";
import { addModelFlags, MODEL_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addShow(program: Command, done: Done): void {
  const command = program
    .command("show")
    .summary("show a model's tasks, steps and objects")
    .description("Shows what a model's scenario is compiled to: tasks, steps, objects, checks and notes.")
    .argument("[model]", MODEL_HELP);
  addModelFlags(command)
    .option("--steps", "every step of every task", false)
    .option("--lanes", "the AssemblyScript that its lanes are compiled from", false)
    .option("--json", "print the result as JSON", false)
    .addHelpText("after", "\nExample:\n  raceproof show bpf-oom/v2 --scenario close-vs-rmdir --steps")
    .action(async (model: string | undefined, flags: ShowFlags) => {
      done(await (await import("../show.ts")).runShow(model, flags));
    });
}
