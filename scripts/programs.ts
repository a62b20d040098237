// `npm run programs`: writes models/programs.json, by which a token finds the bundled program that it belongs
// to without compiling all of them. Tests that compile them compare.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundledModels, corpusModels } from "../dist/src/base/models.js";
import { modelsFolder } from "../dist/src/base/paths.js";
import { dashed, openScenarios } from "../dist/src/cli/session.js";

const index: Record<string, Record<string, string>> = {};
for (const model of [...bundledModels(), ...corpusModels()]) {
  const opened = await openScenarios(model, { define: [], include: [], stub: [], strict: false });
  const hashes = opened.scenarios.map(({ name }) => [dashed(name), opened.compile(name).program.hash]);
  index[model.name] = Object.fromEntries(hashes);
}
writeFileSync(join(modelsFolder, "programs.json"), `${JSON.stringify(index, null, 2)}\n`);
console.log("models/programs.json");
