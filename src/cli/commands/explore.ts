// explore: its flags and help.

import type { Command } from "commander";
import { type ExploreFlags, MINIMISE, RUN_FORMATS } from "../flags.ts";
import { addFormatFlags, addModelFlags, MODEL_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addExplore(program: Command, done: Done): void {
  const command = program
    .command("explore")
    .summary("visit every state: a proof, or the simplest way to a violation")
    .description(
      "Visits every state that a scenario can reach. Reports every violation with the simplest schedule " +
        "that shows it and its exact probability, or that no schedule violates. Where the states do not " +
        "fit, those are left out that only tell orders of independent steps apart; then nothing is counted.",
    )
    .argument("[model]", MODEL_HELP);
  addFormatFlags(addModelFlags(command), RUN_FORMATS)
    .option("--no-reduction", "visit every state however many there are, so that all can be counted")
    .option("--max-preemptions <k>", "only schedules with at most so many preemptions, every one of them")
    .option("--minimise <what>", `of a schedule, first: ${MINIMISE.join(" or ")}`, MINIMISE[0])
    .option("--max-states <n>", "stop after so many states (10k, 5M)")
    .option("--max-memory <bytes>", "memory for the states: 256M, 2G at most", "1G")
    .option("--time <time>", "stop after this time: 30s, 5m (default: none)")
    .option("--why", "of each finding the orders that force it; of a proof what it rests on", false)
    .option("--max-steps <n>", "steps after which a run counts as endless")
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--traces", "with --json: each finding's trace too", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof explore                                   the bundled question, every schedule of it
  raceproof explore bpf-oom/v2 --scenario two-attaches
  raceproof explore bpf-oom/v2 --scenario storm --max-preemptions 0
  raceproof explore bpf-oom/v2-minimal --why          which locks and grace periods keep it from violating
  raceproof explore my.c --max-memory 2G --time 5m --json

Exit codes: 0 proved, 1 found, 2 usage or model error, 3 inconclusive (a limit ended it), 70 internal error,
130/143 interrupted.`,
    )
    .action(async (model: string | undefined, flags: ExploreFlags) => {
      done(await (await import("../explore.ts")).runExplore(model, flags));
    });
}
