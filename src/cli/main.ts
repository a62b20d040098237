// The command line: parses, calls, prints, and turns everything that can go wrong into one line and an exit
// code. Commands are imported when they are called for, so that --help starts fast.

import { Command, CommanderError } from "commander";
import { Exit, type ExitCode, RaceproofError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { printable, tameStreams, writeError } from "./output.ts";

type Adder = (program: Command, done: (code: ExitCode) => void) => void;

const COMMANDS: ReadonlyMap<string, () => Promise<Adder>> = new Map([
  ["fuzz", async () => (await import("./fuzz.ts")).addFuzz],
  ["repro", async () => (await import("./repro.ts")).addRepro],
  ["minimize", async () => (await import("./minimize.ts")).addMinimize],
  ["show", async () => (await import("./show.ts")).addShow],
  ["list", async () => (await import("./list.ts")).addList],
  ["demo", async () => (await import("./demo.ts")).addDemo],
]);
const ALIASES: ReadonlyMap<string, string> = new Map([["minimise", "minimize"]]);

/** Runs the program; sets the exit code and returns when all output has left. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  tameStreams();
  leash();
  let code: ExitCode = Exit.CLEAN;
  try {
    const program = await commandTree(argv, (result) => {
      code = result;
    });
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    code = explainError(error);
  }
  process.exitCode = code;
}

/** Only the command that is named has its module loaded; without a name (help, a typing error) all have. */
async function commandTree(argv: readonly string[], done: (code: ExitCode) => void): Promise<Command> {
  const program = new Command("raceproof")
    .description('Answers "can these two kernel functions race?" by running random schedules of a C model.')
    .version(version, "-V, --version")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ writeErr: (text) => writeError(printable(text.trimEnd())) })
    .addHelpText(
      "after",
      `
Examples:
  raceproof demo                       the bundled question, answered in ten seconds
  raceproof fuzz my.c --time 1m        your own model
  raceproof repro TOKEN                any finding again, step by step`,
    );
  const first = argv.find((word) => !word.startsWith("-")) ?? "";
  const named = ALIASES.get(first) ?? first;
  const load = COMMANDS.get(named);
  const loaders = load !== undefined ? [load] : [...COMMANDS.values()];
  for (const add of await Promise.all(loaders.map((loader) => loader()))) add(program, done);
  if (load === undefined && named === "" && !argv.some((word) => word.startsWith("-"))) {
    program.action(() => program.help({ error: true }));
  }
  // exitOverride is not inherited by commands that are already there.
  for (const command of program.commands) command.exitOverride();
  return program;
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
