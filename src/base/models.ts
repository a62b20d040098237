// Finds a model's file: a path as the user gave it, or the name of a bundled one ("bpf-oom/v2").

import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "./errors.ts";
import { nearest } from "./names.ts";
import { modelsFolder } from "./paths.ts";

export const MODEL_DEFAULT = "bpf-oom/v2";

/** Folders under models/ that hold what models include, or models that are only measured. */
const NOT_MODELS = new Set(["bench", "include", "lib"]);
/**
 * Many small models, in folders of a corpus or right in it: of each rule of the kernel primitives, in folders
 * that say what is expected of them, and of what others have published exact figures of.
 */
export const CORPORA = ["primitives", "validation"] as const;
export type Corpus = (typeof CORPORA)[number];

export interface ModelFile {
  /** As the user would name it. */
  readonly name: string;
  readonly file: string;
  /** As places in it are printed: from the folder of the models, or as the user gave it. */
  readonly shown: string;
}

/** Every bundled model, sorted by name; those of the corpora are corpusModels(). */
export function bundledModels(): ModelFile[] {
  const corpora: readonly string[] = CORPORA;
  const folders = entriesOf(modelsFolder).filter((e) => e.isDirectory() && !corpora.includes(e.name));
  return [
    ...modelsIn(""),
    ...folders.flatMap(({ name }) => (NOT_MODELS.has(name) ? [] : modelsIn(`${name}/`))),
  ].sort(byName);
}

/** The models of the corpora, or of one of them, sorted by name. */
export function corpusModels(corpora: readonly Corpus[] = CORPORA): ModelFile[] {
  const folders = corpora.flatMap((corpus) => [
    `${corpus}/`,
    ...entriesOf(join(modelsFolder, corpus))
      .filter((e) => e.isDirectory())
      .map(({ name }) => `${corpus}/${name}/`),
  ]);
  return folders.flatMap(modelsIn).sort(byName);
}

function entriesOf(folder: string): Dirent[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
}

/** The models right in a folder under models/, whose name ends with a slash or is empty. */
function modelsIn(folder: string): ModelFile[] {
  return entriesOf(join(modelsFolder, folder))
    .filter((e) => e.isFile() && e.name.endsWith(".c"))
    .map((e) => {
      const shown = `${folder}${e.name}`;
      return { name: shown.slice(0, -2), file: join(modelsFolder, shown), shown };
    });
}

function byName(a: ModelFile, b: ModelFile): number {
  return a.name < b.name ? -1 : 1;
}

/** By model and scenario, as they are printed: the hash of the program that it compiles to. */
export type ProgramIndex = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Of all bundled models, compiled without flags; `npm run programs` writes it, so it may be older than they
 * are.
 */
export function programIndex(): ProgramIndex {
  const file = join(modelsFolder, "programs.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ProgramIndex) : {};
}

/** A bundled name wins over a file of the same name without `.c`; anything else must be a readable file. */
export function resolveModel(name: string): ModelFile {
  const models = [...bundledModels(), ...corpusModels()];
  const plain = name.endsWith(".c") ? name.slice(0, -2).replace(/^models\//, "") : name;
  const exact = models.find((m) => m.name === name);
  if (exact !== undefined) return exact;
  if (existsSync(name)) {
    if (statSync(name).isDirectory()) {
      throw new UsageError(`model ${name} is a folder`, "name one .c file in it, or see: raceproof list");
    }
    return { name, file: name, shown: name };
  }
  const names = models.map((model) => model.name);
  const near = plain === "" ? [] : nearest(plain, names);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "bundled models: raceproof list";
  throw new UsageError(`no model ${name}: neither a bundled model nor a file`, hint);
}
