// completion and man: what is generated from the command tree.

import { Exit, type ExitCode } from "../base/errors.ts";
import { commandTree } from "./commands.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { manualPage } from "./completion/man.ts";
import { SHELLS, treeShape } from "./completion/tree.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { writeResult } from "./output.ts";
import { parseWord } from "./values.ts";

const COMPLETIONS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export async function runCompletion(shell: string): Promise<ExitCode> {
  const known = parseWord("completion", shell, SHELLS);
  await writeResult(COMPLETIONS[known](treeShape(commandTree(() => undefined))));
  return Exit.CLEAN;
}

export async function runMan(): Promise<ExitCode> {
  await writeResult(manualPage(treeShape(commandTree(() => undefined))));
  return Exit.CLEAN;
}
