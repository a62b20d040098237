// repro: its flags and help.

import type { Command } from "commander";
import { REPRO_FORMATS, type ReproFlags } from "../flags.ts";
import { addFormatFlags, addModelFlags, TOKEN_MODEL_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addRepro(program: Command, done: Done): void {
  const command = program
    .command("repro")
    .summary("replay a token and show the run")
    .description("Replays the run that a token stands for and shows it step by step.")
    .argument("[token]", "rp1:... or rp1s:..., as fuzz prints it")
    .argument("[model]", TOKEN_MODEL_HELP);
  addFormatFlags(addModelFlags(command), REPRO_FORMATS)
    .option("--max-steps <n>", "as given to fuzz")
    .option("--file <file>", "replay every token in it: each line is what follows `raceproof repro`")
    .addHelpText(
      "after",
      `
Examples:
  raceproof repro rp1s:1a2b3c4d:ab3a3.1f4c bpf-oom/v2 --scenario close-vs-rmdir --format mail
  raceproof repro --file regressions.txt

Exit codes: 1 REPRODUCED, 0 NOT REPRODUCED, 125 the token does not fit the program (DIVERGED, or a seed
token of another program; git bisect run takes it for "skip"), 2 usage or model error.
Of a file: 1 where any is REPRODUCED, else 125 where any does not fit, else 0.`,
    )
    .action(async (token: string | undefined, model: string | undefined, flags: ReproFlags) => {
      if (flags.file === undefined) done(await (await import("../repro.ts")).runRepro(token, model, flags));
      else done(await (await import("../repro-file.ts")).runReproFile(flags.file, token, flags));
    });
}
