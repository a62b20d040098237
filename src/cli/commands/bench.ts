// bench: its subcommands, their flags and help.

import type { Command } from "commander";
import type { BenchCompareFlags, BenchRunFlags } from "../flags.ts";
import { addModelFlags, MODEL_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addBench(program: Command, done: Done): void {
  const bench = program
    .command("bench")
    .summary("measure engines and strategies, and compare two such measurements")
    .description("Measures how fast engines and strategies are, and how soon each finds what there is.");
  addRun(bench, done);
  addCompare(bench, done);
}

function addRun(bench: Command, done: Done): void {
  const command = bench
    .command("run")
    .summary("measure schedules/s, and schedules and seconds to each finding")
    .description(
      "Measures, of a model's scenario, schedules/s of each engine, strategy and number of workers, in " +
        "turns; and over many seeds how many schedules and seconds each needs to a finding. Leave the " +
        "machine alone meanwhile.",
    )
    .argument("[model]", MODEL_HELP);
  addModelFlags(command)
    .option("--engines <names>", "of scalar, lanes, auto: separated by commas", "scalar,lanes")
    .option("--strategies <names>", "as fuzz --strategy takes them: separated by commas", "random")
    .option("-j, --jobs <numbers>", "worker threads: separated by commas (default: 1 and all cores)")
    .option("--rounds <n>", "turns of each, for schedules/s", "10")
    .option("--seconds <s>", "of a turn", "1")
    .option("--seeds <n>", "campaigns of each, for the time to a finding; 0: none", "30")
    .option("--seed <number>", "the first of the seeds", "1")
    .option("--schedules <n>", "after which a campaign is given up", "1M")
    .option("--max-steps <n>", "steps after which a run counts as endless")
    .option("-o, --output <file>", "keep the result there, for bench compare")
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof bench run -o before.json
  raceproof bench run my.c --strategies random,pct:3 --engines scalar --seeds 100 -o after.json

Exit codes: 0 measured, 2 usage or model error, 70 internal error, 130/143 interrupted (with what there is).`,
    )
    .action(async (model: string | undefined, flags: BenchRunFlags) => {
      done(await (await import("../bench.ts")).runBench(model, flags));
    });
}

function addCompare(bench: Command, done: Done): void {
  bench
    .command("compare")
    .summary("say which differences of two measurements are more than noise")
    .description(
      "Compares two results of bench run, row by row, with a rank test. Both must be of the same seeds and " +
        "budgets, and of the same machine and Node.",
    )
    .argument("<before>", "a file that bench run -o made")
    .argument("<after>", "another one")
    .option("--across-machines", "compare results of different machines or versions of Node", false)
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
Example:
  raceproof bench compare before.json after.json

Exit codes: 0 nothing is worse beyond noise, 1 something is, 2 usage error.`,
    )
    .action(async (before: string, after: string, flags: BenchCompareFlags) => {
      done(await (await import("../bench.ts")).runBenchCompare(before, after, flags));
    });
}
