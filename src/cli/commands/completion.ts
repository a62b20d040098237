// completion and man: their help.

import type { Command } from "commander";
import type { Done } from "./done.ts";

export function addCompletion(program: Command, done: Done): void {
  program
    .command("completion")
    .summary("completion for bash, zsh or fish")
    .description("Prints what makes a shell complete commands, flags, bundled models and their scenarios.")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      `
Examples:
  source <(raceproof completion bash)                 in ~/.bashrc
  source <(raceproof completion zsh)                  in ~/.zshrc, after compinit
  raceproof completion fish | source                  in ~/.config/fish/config.fish`,
    )
    .action(async (shell: string) => {
      done(await (await import("../completion.ts")).runCompletion(shell));
    });
}

export function addMan(program: Command, done: Done): void {
  program
    .command("man")
    .summary("the manual page")
    .description("Prints the manual page, for man(1).")
    .addHelpText(
      "after",
      `
Examples:
  raceproof man | man -l -
  raceproof man > ~/.local/share/man/man1/raceproof.1`,
    )
    .action(async () => {
      done(await (await import("../completion.ts")).runMan());
    });
}
