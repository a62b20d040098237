// list: its flags and help.

import type { Command } from "commander";
import type { ListFlags } from "../list.ts";
import type { Done } from "./done.ts";

export function addList(program: Command, done: Done): void {
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
      done(await (await import("../list.ts")).runList(flags));
    });
}
