// The command tree: names, flags, help. What a command does is imported when it is called for, so that --help
// starts fast.

import { Command } from "commander";
import type { ExitCode } from "../base/errors.ts";
import { MODEL_DEFAULT } from "../base/models.ts";
import { version } from "../base/paths.ts";
import {
  type CheckFlags,
  COMPARE_FORMATS,
  type CompareFlags,
  type DemoFlags,
  type ExploreFlags,
  type FuzzFlags,
  MINIMISE,
  type MinimizeFlags,
  REPRO_FORMATS,
  type ReproFlags,
  type ShowFlags,
  TIME_DEFAULT,
} from "./flags.ts";
import type { ListFlags } from "./list.ts";
import { addDrawFlags, addModelFlags, MODEL_HELP, SEED_HELP, TOKEN_MODEL_HELP } from "./options.ts";

/** Called with the exit code of the command that ran. */
type Done = (code: ExitCode) => void;

export function commandTree(done: Done): Command {
  const program = new Command("raceproof")
    .description('Answers "can these two kernel functions race?" by running random schedules of a C model.')
    .version(version, "-V, --version")
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      `
Examples:
  raceproof demo                       the bundled question, answered in ten seconds
  raceproof check my.c                 your own model: all of its scenarios
  raceproof fuzz my.c --time 1h        the same scenario for long
  raceproof repro TOKEN                any finding again, step by step`,
    );
  addCheck(program, done);
  addFuzz(program, done);
  addExplore(program, done);
  addCompare(program, done);
  addRepro(program, done);
  addMinimize(program, done);
  addShow(program, done);
  addList(program, done);
  addDemo(program, done);
  return program;
}

function addCheck(program: Command, done: Done): void {
  const command = program
    .command("check")
    .summary("the one command of a review: prove what is small, fuzz the rest, explain what is found")
    .description(
      "Looks at all scenarios of a model: visits every state of those that are small enough, fuzzes the " +
        "others for the rest of the time, and shows each finding once, with its simplest schedule.",
    )
    .argument("[model]", MODEL_HELP);
  addModelFlags(command, "only this scenario (- and _ are the same); default: all of the model")
    .option("--time <time>", "for exploring and fuzzing all scenarios together", TIME_DEFAULT)
    .option("--max-memory <bytes>", "memory for exploring: 256M, 2G at most", "1G")
    .option("--seed <number>", SEED_HELP)
    .option("-j, --jobs <n>", "worker threads for fuzzing (default: all cores)")
    .option("--max-steps <n>", "steps after which a run counts as endless")
    .option("--why", "of each proved scenario, what protects it; takes longer than --time", false)
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--json", "print the result as JSON", false)
    .option("--traces", "with --json: each finding's trace too", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof check                                     the bundled question and its neighbours
  raceproof check bpf-oom/v2 --scenario close-vs-rmdir
  raceproof check my.c --time 1m --seed 42 --json

Exit codes: 0 nothing found, 1 found, 2 usage or model error, 3 inconclusive, 70 internal error,
130/143 interrupted (with what there is).`,
    )
    .action(async (model: string | undefined, flags: CheckFlags) => {
      done(await (await import("./check.ts")).runCheck(model, flags));
    });
}

function addFuzz(program: Command, done: Done): void {
  const command = program
    .command("fuzz")
    .summary("run random schedules and report what goes wrong")
    .description(
      "Runs random schedules of a model's scenario on all cores and reports every violation found.",
    )
    .argument("[model]", MODEL_HELP);
  addDrawFlags(addModelFlags(command))
    .option("--until-finding <n>", "stop once n different findings are there")
    .option(
      "--engine <name>",
      "auto, lanes (128 schedules at a time, where the model fits) or scalar",
      "auto",
    )
    .option("--json", "print the result as JSON", false)
    .option("--traces", "with --json: each finding's trace too", false)
    .addHelpText(
      "after",
      `
Examples:
  raceproof fuzz                                      the bundled question, for ${TIME_DEFAULT}
  raceproof fuzz bpf-oom/v2 --scenario close-vs-rmdir --until-finding 1
  raceproof fuzz my.c --schedules 1M --seed 42 --json

Exit codes: 0 nothing found, 1 found, 2 usage or model error, 3 inconclusive, 70 internal error,
130/143 interrupted.`,
    )
    .action(async (model: string | undefined, flags: FuzzFlags) => {
      done(await (await import("./fuzz.ts")).runFuzz(model, flags));
    });
}

function addExplore(program: Command, done: Done): void {
  const command = program
    .command("explore")
    .summary("visit every state: prove that nothing goes wrong, or find the simplest way to it")
    .description(
      "Visits every state that a scenario can reach. Reports every violation with the simplest schedule " +
        "that shows it and its exact probability, or that no schedule violates. Where the states do not " +
        "fit, those are left out that only tell orders of independent steps apart; then nothing is counted.",
    )
    .argument("[model]", MODEL_HELP);
  addModelFlags(command)
    .option("--no-reduction", "visit every state however many there are, so that all can be counted")
    .option("--max-preemptions <k>", "only schedules with at most so many preemptions, every one of them")
    .option("--minimise <what>", `of a schedule, first: ${MINIMISE.join(" or ")}`, MINIMISE[0])
    .option("--max-states <n>", "stop after so many states (10k, 5M)")
    .option("--max-memory <bytes>", "memory for the states: 256M, 2G at most", "1G")
    .option("--time <time>", "stop after this time: 30s, 5m (default: none)")
    .option("--why", "of each finding the orders that force it; of a proof what it rests on", false)
    .option("--max-steps <n>", "steps after which a run counts as endless")
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--json", "print the result as JSON", false)
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
      done(await (await import("./explore.ts")).runExplore(model, flags));
    });
}

function addCompare(program: Command, done: Done): void {
  const command = program
    .command("compare")
    .summary("run the same scenarios in several models, side by side")
    .description(
      "Runs the same scenarios in several models and says which findings of the first are kept, which are " +
        "cured and which are new. One row a finding, one column a model.",
    )
    .argument("[models...]", "bundled models or .c files; all are compared with the first");
  addModelFlags(command, "scenario to run (- and _ are the same); default: every one that all models have");
  addDrawFlags(command, "for each model and scenario: ")
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
      done(await (await import("./compare.ts")).runCompare(models, flags));
    });
}

function addRepro(program: Command, done: Done): void {
  const command = program
    .command("repro")
    .summary("replay a token and show the run")
    .description("Replays the run that a token stands for and shows it step by step.")
    .argument("<token>", "rp1:... or rp1s:..., as fuzz prints it")
    .argument("[model]", TOKEN_MODEL_HELP);
  addModelFlags(command)
    .option("--format <name>", REPRO_FORMATS.join(", "), "text")
    .option("--max-steps <n>", "as given to fuzz")
    .option("--json", "the same as --format json", false)
    .addHelpText(
      "after",
      `
Example:
  raceproof repro rp1s:1a2b3c4d:ab3a3.1f4c bpf-oom/v2 --scenario close-vs-rmdir --format mail

Exit codes: 1 REPRODUCED, 0 NOT REPRODUCED, 125 the token does not fit the program (DIVERGED, or a seed
token of another program; git bisect run takes it for "skip"), 2 usage or model error.`,
    )
    .action(async (token: string, model: string | undefined, flags: ReproFlags) => {
      done(await (await import("./repro.ts")).runRepro(token, model, flags));
    });
}

function addMinimize(program: Command, done: Done): void {
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
      done(await (await import("./minimize.ts")).runMinimize(token, model, flags));
    });
}

function addShow(program: Command, done: Done): void {
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
      done(await (await import("./show.ts")).runShow(model, flags));
    });
}

function addList(program: Command, done: Done): void {
  program
    .command("list")
    .summary("list the bundled models and their scenarios")
    .description(
      "Lists the bundled models and the scenarios of each. The small models of the kernel " +
        "primitives' rules are only counted.",
    )
    .option("--all", "list the small models too", false)
    .option("--json", "print the result as JSON", false)
    .addHelpText("after", "\nExample:\n  raceproof list --json")
    .action(async (flags: ListFlags) => {
      done(await (await import("./list.ts")).runList(flags));
    });
}

function addDemo(program: Command, done: Done): void {
  program
    .command("demo")
    .summary("the bundled question, answered in ten seconds")
    .description(
      `Runs ${MODEL_DEFAULT}, scenario close-vs-rmdir: can bpf_oom_ops_unreg() race with ` +
        "bpf_oom_memcg_offline()?",
    )
    .option("--time <time>", "wall time", TIME_DEFAULT)
    .option("--seed <number>", SEED_HELP)
    .option("-j, --jobs <n>", "worker threads (default: all cores)")
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
Example:
  raceproof demo --time 3s

Exit codes: 0 if both expected findings (a warn and a use-after-free) were found, else 1.`,
    )
    .action(async (flags: DemoFlags) => {
      done(await (await import("./demo.ts")).runDemo(flags));
    });
}
