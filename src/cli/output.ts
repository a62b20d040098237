// The two streams: results on stdout, progress and messages on stderr. Nobody listening (EPIPE) is no error.

import { stripVTControlCharacters } from "node:util";
import { Exit } from "../base/errors.ts";

/**
 * After this a closed pipe silences output instead of killing the program. A result that cannot be written
 * for another reason (a full disk) is lost, so that no exit code may speak of it; messages may be lost.
 */
export function tameStreams(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return;
    writeError(`raceproof: the result cannot be written to stdout: ${error.message}`);
    writeError("  run it again with stdout where there is room");
    process.exit(Exit.USAGE);
  });
}

/** Writes and waits until the text has left, so that exiting loses nothing. */
export function writeResult(text: string): Promise<void> {
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  return new Promise((resolve) => {
    if (process.stdout.destroyed) resolve();
    else process.stdout.write(whole, () => resolve());
  });
}

export function writeError(text: string): void {
  if (!process.stderr.destroyed) process.stderr.write(`${text}\n`);
}

export function writeJson(value: unknown): Promise<void> {
  return writeResult(JSON.stringify(value, null, 2));
}

/** Colour on stdout: a terminal that wants it. NO_COLOR counts when set and not empty. */
export function wantsColor(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return process.stdout.isTTY === true && !(NO_COLOR ?? "") && TERM !== "dumb";
}

export function columns(): number | undefined {
  return process.stdout.isTTY === true ? process.stdout.columns : undefined;
}

/** Text from a model or a flag must not control the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "?");
}
