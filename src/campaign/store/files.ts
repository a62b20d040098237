// Files beside the database, for people and programs that do not read SQLite: each is made from its rows, and
// made anew where it is missing. A file is replaced as a whole, or only ever grows by lines.

import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../../base/folders.ts";
import { reasonOf } from "../../base/reason.ts";
import { ROOM, StoreError } from "./store.ts";

/** Whoever reads the file sees the old one or the new one, also after a loss of power. */
export function replaceFile(file: string, text: string): void {
  orExplain(file, () => {
    const aside = `${file}.new`;
    const handle = openSync(aside, "w");
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(aside, file);
  });
}

export function makeFolderFor(file: string): void {
  orExplain(file, () => makeFolder(dirname(file)));
}

/** Lines of JSON at the end of a file: what a kill left of a line is taken away first. */
export class LinesFile {
  readonly #file: string;
  readonly #handle: number;

  constructor(file: string) {
    this.#file = file;
    this.#handle = orExplain(file, () => {
      makeFolder(dirname(file));
      const handle = openSync(file, "a+");
      // A pipe or a terminal has no end to be mended.
      if (statSync(file).isFile()) ftruncateSync(handle, wholeLines(file));
      return handle;
    });
  }

  append(value: unknown): void {
    orExplain(this.#file, () => writeSync(this.#handle, `${JSON.stringify(value)}\n`));
  }

  close(): void {
    closeSync(this.#handle);
  }
}

/** Bytes up to the last end of a line. */
function wholeLines(file: string): number {
  return readFileSync(file).lastIndexOf("\n") + 1;
}

function orExplain<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = code === "ENOSPC" || code === "EFBIG" ? ROOM : undefined;
    throw new StoreError(`${file} cannot be written: ${reasonOf(error)}`, hint);
  }
}
