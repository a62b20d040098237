// repro: replays a token and shows the run.

import type { Command } from "commander";
import { Exit, type ExitCode } from "../base/errors.ts";
import { reproduce } from "../campaign/repro.ts";
import { parseToken } from "../campaign/tokens.ts";
import { type ReproductionFormat, renderReproduction } from "../report/reproduction.ts";
import { modelForToken } from "./find-program.ts";
import { columns, wantsColor, writeResult } from "./output.ts";
import { addModelFlags, loadEngine, type ModelFlags, startEngine } from "./session.ts";
import { parseStepsMax, parseWord } from "./values.ts";

interface ReproFlags extends ModelFlags {
  readonly format: string;
  readonly maxSteps?: string;
  readonly json: boolean;
}

const FORMATS: readonly ReproductionFormat[] = ["text", "mail", "steps", "json"];

export function addRepro(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command("repro")
    .summary("replay a token and show the run")
    .description("Replays the run that a token stands for and shows it step by step.")
    .argument("<token>", "rp1:... or rp1s:..., as fuzz prints it")
    .argument("[model]", "a bundled model or a .c file (default: the bundled one that the token fits)");
  addModelFlags(command)
    .option("--format <name>", `${FORMATS.join(", ")}`, "text")
    .option("--max-steps <n>", "as given to fuzz")
    .option("--json", "the same as --format json", false)
    .addHelpText(
      "after",
      `
Example:
  raceproof repro rp1s:1a2b3c4d:a5b11a3.9f01 bpf-oom/v2 --scenario close-vs-rmdir --format mail

Exit codes: 1 REPRODUCED, 0 NOT REPRODUCED, 125 the token does not fit the program (DIVERGED, or a seed
token of another program; git bisect run takes it for "skip"), 2 usage or model error.`,
    )
    .action(async (text: string, model: string | undefined, flags: ReproFlags) => {
      const token = parseToken(text);
      const format = flags.json ? "json" : parseWord("--format", flags.format, FORMATS);
      const stepsMax = parseStepsMax(flags.maxSteps);
      const { program: compiled } = await modelForToken(token, model, flags);
      const engine = startEngine(await loadEngine(), compiled);
      const result = reproduce(compiled, engine, token, stepsMax);
      await writeResult(renderReproduction(result, { format, color: wantsColor(), width: columns() }));
      done({ REPRODUCED: Exit.FINDING, "NOT REPRODUCED": Exit.CLEAN, DIVERGED: Exit.TOKEN }[result.verdict]);
    });
}
