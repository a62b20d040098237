// serve: its flags and help.

import type { Command } from "commander";
import type { ServeFlags } from "../flags.ts";
import type { Done } from "./done.ts";

export function addServe(program: Command, done: Done): void {
  program
    .command("serve")
    .summary("show a campaign in a browser while it runs")
    .description(
      "Serves the page of a campaign's folder, which follows the campaign while it runs; /metrics for " +
        "Prometheus, /api/status, /api/findings and /api/series as JSON. Nothing can be written.",
    )
    .argument("<folder>", "a campaign's folder (fuzz --out)")
    .option("--port <n>", "0: any that is free", "7450")
    .option("--host <address>", "where to listen; whoever reaches it can read the campaign", "127.0.0.1")
    .addHelpText(
      "after",
      `
Example:
  raceproof serve night

It prints its address, and serves until it is interrupted.`,
    )
    .action(async (folder: string, flags: ServeFlags) => {
      done(await (await import("../serve.ts")).runServe(folder, flags));
    });
}
