// Where the package lies: the same from src/ (tests) and from dist/ (the built program).

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error("raceproof's package.json is missing above its own code");
    folder = above;
  }
  return folder;
}

export const packageRoot = findRoot();
export const modelsFolder = join(packageRoot, "models");
export const engineFile = join(packageRoot, "build", "engine.wasm");
/** The same machine, which also writes down what each step touches: for exploring with a reduction. */
export const reducerFile = join(packageRoot, "build", "reducer.wasm");
/** Workers always run the built code: Node cannot run the sources under every version we support. */
export const lanesFolder = join(packageRoot, "assembly", "lanes");
/** What src/lanes/ was compiled to, and the process that makes lanes. */
export const lanesCodeFolder = join(packageRoot, "dist", "src", "lanes");
export const lanesCompilerFile = join(packageRoot, "dist", "src", "cli", "lanes-main.js");
export const workerFile = join(packageRoot, "dist", "src", "work", "worker.js");
/** Style and script of the page; read where it is made. */
export const pageFolder = join(packageRoot, "src", "report", "html");
export const exploreWorkerFile = join(packageRoot, "dist", "src", "campaign", "explore-worker.js");

export const version: string = (
  JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }
).version;
