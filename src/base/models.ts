// Finds a model's file: a path as the user gave it, or the name of a bundled one ("bpf-oom/v2").

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "./errors.ts";
import { nearest } from "./names.ts";
import { modelsFolder } from "./paths.ts";

export const MODEL_DEFAULT = "bpf-oom/v2";

/** Folders under models/ that hold no models but what models include. */
const NOT_MODELS = new Set(["include", "lib"]);

export interface ModelFile {
  /** As the user would name it. */
  readonly name: string;
  readonly file: string;
  /** As places in it are printed: from the folder of the models, or as the user gave it. */
  readonly shown: string;
}

/** Every bundled model, sorted by name. */
export function bundledModels(): ModelFile[] {
  if (!existsSync(modelsFolder)) return [];
  const found: ModelFile[] = [];
  for (const entry of readdirSync(modelsFolder, { withFileTypes: true, recursive: false })) {
    if (entry.isDirectory() && !NOT_MODELS.has(entry.name)) {
      for (const file of readdirSync(join(modelsFolder, entry.name))) {
        if (file.endsWith(".c")) found.push(bundled(`${entry.name}/${file.slice(0, -2)}`));
      }
    } else if (entry.isFile() && entry.name.endsWith(".c")) {
      found.push(bundled(entry.name.slice(0, -2)));
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function bundled(name: string): ModelFile {
  return { name, file: join(modelsFolder, `${name}.c`), shown: `${name}.c` };
}

/** A bundled name wins over a file of the same name without `.c`; anything else must be a readable file. */
export function resolveModel(name: string): ModelFile {
  const models = bundledModels();
  const plain = name.endsWith(".c") ? name.slice(0, -2).replace(/^models\//, "") : name;
  const exact = models.find((m) => m.name === name);
  if (exact !== undefined) return exact;
  if (existsSync(name)) {
    if (statSync(name).isDirectory()) {
      throw new UsageError(`model ${name} is a folder`, "name one .c file in it, or see: raceproof list");
    }
    return { name, file: name, shown: name };
  }
  const near = nearest(
    plain,
    models.map((m) => m.name),
  );
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "bundled models: raceproof list";
  throw new UsageError(`no model ${name}: neither a bundled model nor a file`, hint);
}
