// Flags that several commands have, with their help.

import { type Command, Option } from "commander";
import { MODEL_DEFAULT } from "../base/models.ts";
import { STRATEGY_DEFAULT, TIME_DEFAULT } from "./flags.ts";

export const MODEL_HELP = `a bundled model or a .c file (default: ${MODEL_DEFAULT})`;
export const TOKEN_MODEL_HELP = "a bundled model or a .c file (default: the bundled one that the token fits)";
const SCENARIO_HELP = "scenario of the model (- and _ are the same); default: its first";
export const SEED_HELP = "64 bits, decimal or 0x... (default: drawn, and printed)";

export const DATABASE_HELP = "postgres://USER@HOST:PORT/NAME; the password is best in PGPASSWORD";

/** The flags that say what is compiled: the same for every command. */
export function addModelFlags(command: Command, scenarioHelp = SCENARIO_HELP): Command {
  const repeatable = (flag: string, help: string) =>
    new Option(flag, `${help}; can be repeated`)
      .default([], "none")
      .argParser((value: string, before: readonly string[]) => [...before, value]);
  return command
    .option("--scenario <name>", scenarioHelp)
    .addOption(repeatable("--define <name=value>", "define a macro, for example CONFIG_MEMCG=1"))
    .addOption(repeatable("--include <folder>", "look for #include files there too"))
    .addOption(repeatable("--stub <name[=choose]>", "a function that nobody defines returns 0 (or anything)"))
    .option("--strict", "a field that the headers' struct does not have is an error", false);
}

/** The flags that say how the result is printed. */
export function addFormatFlags(command: Command, formats: readonly string[]): Command {
  return command
    .option("--format <name>", formats.join(", "), "text")
    .option("--width <n>", "columns of text and mail: 60 to 110 (default: the terminal's; 72 for a mail)")
    .option("--quote", 'with --format mail: "> " before each line, to be put into a reply', false)
    .option("--json", "the same as --format json", false);
}

/** The flags that say which schedules are run, and how. */
export function addDrawFlags(command: Command, each = "", strategy?: string): Command {
  const names = "how schedules are drawn: random, pct:3, pos, surw, urw, sticky:90, portfolio";
  const otherwise = strategy === undefined ? ` (default: "${STRATEGY_DEFAULT}")` : "";
  return command
    .option("--strategy <name>", names + otherwise, strategy)
    .option("--schedules <n>", `${each}exactly n schedules (10k, 5M, 1e6)`)
    .option(
      "--time <time>",
      `${each}wall time: 30s, 5m, 1h (default: ${TIME_DEFAULT} where no budget is given)`,
    )
    .option("--seed <number>", SEED_HELP)
    .option("-j, --jobs <n>", "worker threads (default: all cores); does not change any result")
    .option("--max-steps <n>", "steps after which a run counts as endless")
    .option("--ui <mode>", "progress: auto, plain or none", "auto");
}
