// Compiles models that tests write as text: files in a scratch folder of their own.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileModel, type ModelOptions } from "../../src/model/compile.ts";
import { ModelError } from "../../src/model/diagnostics.ts";
import type { Entry, Instruction, IrProgram, Place } from "../../src/model/ir.ts";

/** The main file's name; the others by path. */
export async function compileText(
  text: string,
  options: ModelOptions & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<IrProgram> {
  const { files, ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), "raceproof-model-"));
  try {
    for (const [path, content] of Object.entries({ "model.c": text, ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await compileModel(join(folder, "model.c"), { name: "model.c", ...rest });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The messages of a refused model, in order. */
export async function mistakesOf(text: string, options: ModelOptions = {}): Promise<string[]> {
  try {
    await compileText(text, options);
    return [];
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.diagnostics.map((d) => d.message);
  }
}

export function threadOf(ir: IrProgram, label: string): Entry {
  const thread = ir.threads.find((t) => t.label === label);
  if (thread === undefined) throw new Error(`no thread ${label}`);
  return ir.entries[thread.entry]!;
}

export function placeOf(ir: IrProgram, i: Instruction): Place {
  return ir.places[i.place]!;
}
