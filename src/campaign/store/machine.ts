// What a campaign's results depend on besides its spec: the engines, and how schedules are dealt out to them.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { engineFile, lanesFolder, packageRoot, reducerFile } from "../../base/paths.ts";

/** Built files, for workers run those; folders stand for all that is in them. */
const DECIDING = ["dist/src/engine", "dist/src/lanes", "dist/src/work", "dist/src/campaign/plan.js"];

/** A fingerprint: another build of these may draw other schedules, and is not mixed with this one. */
export function machineFingerprint(): string {
  const hash = createHash("sha256").update(readFileSync(engineFile)).update(readFileSync(reducerFile));
  const files = DECIDING.flatMap((name) => {
    const path = join(packageRoot, name);
    return name.endsWith(".js") ? [path] : codeIn(path, ".js");
  });
  for (const file of [...files, ...codeIn(lanesFolder, ".ts")]) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function codeIn(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}
