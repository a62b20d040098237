// minimize: its flags and help.

import type { Command } from "commander";
import type { MinimizeFlags } from "../flags.ts";
import { addModelFlags, TOKEN_MODEL_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addMinimize(program: Command, done: Done): void {
  const command = program
    .command("minimize")
    .alias("minimise")
    .summary("make a token's schedule smaller")
    .description("Finds a schedule with fewer preemptions, switches and steps that shows the same violation.")
    .argument("<token>", "rp1:... or rp1s:...")
    .argument("[model]", TOKEN_MODEL_HELP);
  addModelFlags(command)
    .option("--max-steps <n>", "as given to fuzz")
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
Example:
  raceproof minimize rp1:1a2b3c4d:random:42:17 bpf-oom/v2

Exit codes: 1 minimised, 0 the token's run shows no violation, 125 the token does not fit, 2 usage.`,
    )
    .action(async (token: string, model: string | undefined, flags: MinimizeFlags) => {
      done(await (await import("../minimize.ts")).runMinimize(token, model, flags));
    });
}
