// The command line: parses, calls, prints, and turns everything that can go wrong into one line and an exit
// code.

import { type Command, CommanderError } from "commander";
import { Exit, type ExitCode, RaceproofError } from "../base/errors.ts";
import { keepYoungSmall } from "../base/heap.ts";
import { commandTree } from "./commands.ts";
import { printable, tameStreams, writeError } from "./output.ts";

/** Runs the program; sets the exit code and returns when all output has left. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  keepYoungSmall();
  tameStreams();
  leash();
  let code: ExitCode = Exit.CLEAN;
  try {
    const program = commandTree((result) => {
      code = result;
    });
    takeErrors(program);
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    code = explainError(error);
  }
  process.exitCode = code;
}

/**
 * Wrong usage of a command, or of those below it, is thrown instead of ending the process, and said in one
 * line like everything else, with what to try.
 */
function takeErrors(command: Command, path = command.name()): void {
  for (const below of command.commands) takeErrors(below, `${path} ${below.name()}`);
  command.exitOverride().configureOutput({
    writeErr: (text) => writeError(printable(text.trimEnd())),
    outputError: (text) => {
      const [what = "", ...hints] = text.trimEnd().split("\n");
      writeError(printable(`raceproof: ${what.replace(/^error: /, "").replace(/\.$/, "")}`));
      if (hints.length === 0) hints.push(`${path} --help says what there is`);
      for (const hint of hints) writeError(printable(`  ${hint.replace(/^\((.*)\)$/, "$1")}`));
    },
  });
}

/** Says what went wrong, in one line where it is the user's doing, and gives the exit code. */
function explainError(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    // Help and version are no errors; everything else that commander rejects is wrong usage.
    return error.exitCode === 0 ? Exit.CLEAN : Exit.USAGE;
  }
  if (error instanceof RaceproofError) {
    writeError(printable(`raceproof: ${oneLine(error.message)}`));
    if (error.hint !== undefined) writeError(printable(`  ${oneLine(error.hint)}`));
    if (error.exitCode === Exit.INTERNAL) showStack(error);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === "ModelError") {
    // Its message is the list of diagnostics, made printable where it was made.
    writeError(error.message);
    return Exit.USAGE;
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  writeError(printable(`raceproof: internal error: ${oneLine(reason)}`));
  writeError("  this is a bug in raceproof; RACEPROOF_DEBUG=1 shows where");
  showStack(error);
  return Exit.INTERNAL;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}

function showStack(error: unknown): void {
  if (process.env.RACEPROOF_DEBUG !== "1") return;
  if (error instanceof Error && error.stack !== undefined) writeError(error.stack);
}

/** The launcher holds the other end of this channel: when it is gone, even by SIGKILL, so are we. */
function leash(): void {
  if (process.channel === undefined || process.channel === null) return;
  process.channel.unref();
  process.on("disconnect", () => process.exit(Exit.SIGTERM));
}
