// `npm run docs`: writes the documents that are generated from the source. A test fails where one is stale.

import { readFileSync, writeFileSync } from "node:fs";
import { bytecodeReference } from "./bytecode.ts";

const root = new URL("../", import.meta.url);
const abi = readFileSync(new URL("assembly/abi.ts", root), "utf8");
writeFileSync(new URL("docs/BYTECODE.md", root), bytecodeReference(abi));
console.log("docs/BYTECODE.md");
