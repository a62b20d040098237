// ci: its flags and help.

import { type Command, Option } from "commander";
import { CI_FORMATS, type CiFlags, TIME_DEFAULT } from "../flags.ts";
import { SEED_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addCi(program: Command, done: Done): void {
  const format = new Option(
    "--format <name[=file]>",
    `${CI_FORMATS.join(", ")}; with =FILE into a file; can be repeated`,
  );
  program
    .command("ci")
    .summary("for a pipeline: replay a committed file of tokens, check what it names")
    .description(
      "Replays every token of a file, then checks the scenarios that its lines name, within a budget. A " +
        "race that shows fails; one whose line begins with `known` does not, nor a token that fits the " +
        "program no more, which is said.",
    )
    .argument("<file>", "a line: TOKEN MODEL --scenario NAME, or check MODEL --scenario NAME; # comments")
    .addOption(
      format.default([], "text").argParser((value: string, before: readonly string[]) => [...before, value]),
    )
    .option("--time <time>", "for checking all scenarios together", TIME_DEFAULT)
    .option("--no-check", "only replay the tokens")
    .option("--max-memory <bytes>", "memory in which a worker explores: 256M, 2G at most", "1G")
    .option("--seed <number>", SEED_HELP)
    .option("-j, --jobs <n>", "worker threads for fuzzing (default: all cores)")
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--json", "the same as --format json", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof ci races.txt                              what stands in the file, and ten seconds for the rest
  raceproof ci races.txt --time 5m --seed 42 --format github --format sarif=raceproof.sarif
  raceproof ci races.txt --no-check --format ktap

Exit codes: 0 nothing new, 1 a race shows, 2 usage or model error, 3 inconclusive, 70 internal error,
130/143 interrupted (with what there is).`,
    )
    .action(async (file: string, flags: CiFlags) => {
      done(await (await import("../ci.ts")).runCi(file, flags));
    });
}
