// report: its flags and help.

import type { Command } from "commander";
import type { ReportFlags } from "../flags.ts";
import { addModelFlags, TOKEN_MODEL_HELP } from "../options.ts";
import type { Done } from "./done.ts";

export function addReport(program: Command, done: Done): void {
  const command = program
    .command("report")
    .summary("write a page: the timeline of each finding, to step through")
    .description(
      "Writes one HTML file that needs no network: for each finding its timeline, the states to step " +
        "through, the source beside it, why it happens, and the command that replays it.",
    )
    .argument(
      "<folder|token|file>",
      "a campaign's folder (fuzz --out), also while it runs; rp1:... or rp1s:...; or what --json wrote",
    )
    .argument("[model]", TOKEN_MODEL_HELP);
  addModelFlags(command)
    .requiredOption("-o, --output <file>", "the page (- for stdout)")
    .option("--max-steps <n>", "as given to fuzz")
    .addHelpText(
      "after",
      `
Examples:
  raceproof report night -o night.html
  raceproof report rp1s:1a2b3c4d:ab3a3.1f4c bpf-oom/v2 --scenario close-vs-rmdir -o race.html`,
    )
    .action(async (subject: string, model: string | undefined, flags: ReportFlags) => {
      done(await (await import("../report.ts")).runReport(subject, model, flags));
    });
}
