// demo: its flags and help.

import type { Command } from "commander";
import { MODEL_DEFAULT } from "../../base/models.ts";
import { type DemoFlags, TIME_DEFAULT } from "../flags.ts";
import { SEED_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addDemo(program: Command, done: Done): void {
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
      done(await (await import("../demo.ts")).runDemo(flags));
    });
}
