// Source files of a model: loading them with the errors that users meet, and finding lines in them.
// Knows nothing of C.

import { readFileSync, statSync } from "node:fs";
import { type Diagnostic, ModelError } from "./diagnostics.ts";

/** Bytes that one source file may have. */
export const SOURCE_BYTES_MAX = 1024 * 1024;

export interface SourceFile {
  /** Where it lies; unique in a unit. */
  readonly path: string;
  /** As shown to the user. */
  readonly name: string;
  /** Its text, line ends as `\n` only. */
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
}

/** A file from text that is already in memory (tests, generated text). */
export function sourceFromText(path: string, name: string, text: string): SourceFile {
  const clean = text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n");
  const lineStarts = [0];
  for (let at = clean.indexOf("\n"); at >= 0; at = clean.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  return { path, name, text: clean, lineStarts };
}

/**
 * Reads a model's main file, which must not be empty; throws a ModelError that says what is wrong with it.
 */
export function loadMain(path: string, name: string = path): SourceFile {
  const file = loadSource(path, name);
  if (file.text.trim() !== "") return file;
  const hint = "a model is C source with a scenario; see `raceproof list` for examples";
  throw fileError(name, "the file is empty", hint);
}

/** Reads a file; throws a ModelError that says what is wrong with it. */
export function loadSource(path: string, name: string = path): SourceFile {
  const bytes = readBytes(path, name);
  if (bytes.includes(0)) {
    throw fileError(
      name,
      "a binary file: it contains NUL bytes",
      "give the C source, not an object or an archive",
    );
  }
  return sourceFromText(path, name, bytes.toString("utf8"));
}

function readBytes(path: string, name: string): Buffer {
  try {
    // Asked before opening: opening a pipe would wait for its writer.
    const stat = statSync(path);
    if (stat.isDirectory()) throw fileError(name, "a directory, not a file", "name a .c file inside it");
    if (!stat.isFile()) throw fileError(name, "not a regular file", "copy its text into a .c file");
    if (stat.size > SOURCE_BYTES_MAX) {
      const kib = Math.ceil(stat.size / 1024);
      throw fileError(name, `too large: ${kib} KiB`, `a source file may have ${SOURCE_BYTES_MAX / 1024} KiB`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw unreadable(name, (error as NodeJS.ErrnoException).code ?? "unknown error");
  }
}

function unreadable(name: string, code: string): ModelError {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return fileError(name, "no such file", "check the path; `raceproof list` shows the bundled models");
    case "EISDIR":
      return fileError(name, "a directory, not a file", "name a .c file inside it");
    case "EACCES":
    case "EPERM":
      return fileError(name, "permission denied", "make the file readable for this user");
    default:
      return fileError(name, `cannot be read (${code})`, "check the path and its permissions");
  }
}

/** An error about a file as a whole. */
export function fileError(file: string, message: string, hint: string): ModelError {
  return new ModelError([{ file, line: 0, column: 0, message, hint, source: "" }]);
}

/** Line and column (both 1-based) of an offset. */
export function lineColumn(file: SourceFile, offset: number): { line: number; column: number } {
  let low = 0;
  let high = file.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (file.lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - file.lineStarts[low]! + 1 };
}

/** The text of a line (1-based) without its end. */
function lineText(file: SourceFile, line: number): string {
  const start = file.lineStarts[line - 1];
  if (start === undefined) return "";
  const next = file.lineStarts[line];
  return file.text.slice(start, next === undefined ? file.text.length : next - 1);
}

/** A diagnostic at an offset of a file. */
export function diagnosticIn(file: SourceFile, offset: number, message: string, hint?: string): Diagnostic {
  const { line, column } = lineColumn(file, offset);
  const source = lineText(file, line);
  return { file: file.name, line, column, message, source, ...(hint === undefined ? {} : { hint }) };
}
