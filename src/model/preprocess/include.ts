// Finds and reads the files that #include names, each once.

import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { modelsFolder } from "../../base/paths.ts";
import { loadSource, type SourceFile } from "../source.ts";
import { type Lexed, lex } from "./lexer.ts";

export interface IncludeSpec {
  readonly name: string;
  /** `<x>` rather than `"x"`. */
  readonly system: boolean;
}

export interface Library {
  /** Every file read so far, in order. */
  readonly files: readonly SourceFile[];
  /**
   * The file that a spec means when written in `from`; null where there is none. Throws ModelError if it
   * cannot be read.
   */
  find(spec: IncludeSpec, from: SourceFile): Lexed | null;
  /** Takes in a file that was read elsewhere. */
  add(file: SourceFile): Lexed;
}

/** Bytes of all files of a unit together. */
export const UNIT_BYTES_MAX = 8 * 1024 * 1024;

/** `main` is the unit's first file: what it lies beside decides how the bundled files are called. */
export function library(includes: readonly string[], main: SourceFile): Library {
  // A bundled model and what it includes are named from the folder of the models; beside a user's own file
  // `models/` tells the bundled ones from his own and from the kernel's.
  const ours = resolve(main.path) === join(modelsFolder, main.name) ? "" : "models";
  const files: SourceFile[] = [];
  const byPath = new Map<string, Lexed>();

  function add(file: SourceFile): Lexed {
    const lexed = lex(file);
    files.push(file);
    byPath.set(file.path, lexed);
    return lexed;
  }

  function find(spec: IncludeSpec, from: SourceFile): Lexed | null {
    for (const [folder, shown] of folders(spec, from)) {
      const path = isAbsolute(spec.name) ? spec.name : resolve(folder, spec.name);
      const known = byPath.get(path);
      if (known !== undefined) return known;
      if (existsSync(path) && !statSync(path).isDirectory()) {
        return add(loadSource(path, isAbsolute(spec.name) ? spec.name : join(shown, spec.name)));
      }
    }
    return null;
  }

  /** Where to look, and how the folder is called in messages. */
  function folders(spec: IncludeSpec, from: SourceFile): [string, string][] {
    const own: [string, string][] = spec.system ? [] : [[dirname(from.path), dirname(from.name)]];
    return [
      ...own,
      ...includes.map((folder): [string, string] => [resolve(folder), folder]),
      [join(modelsFolder, "include"), join(ours, "include")],
      [modelsFolder, ours],
    ];
  }

  return { files, find, add };
}
