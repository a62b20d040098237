// Finds a Node that is new enough: the running one, or the one that came with the checkout. Plain JavaScript
// that any Node from 18 on can read; imports nothing outside Node, so that it works before `npm install`.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** The program is written for this Node and later ones. */
export const NODE_MINIMUM = [22, 13];

/** True where `version` ("22.13.0") is new enough. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1]);
}

/** The pinned Node for this machine, or undefined where the optional dependency is not installed. */
export function pinnedNode() {
  const binary = join(packageRoot, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  return existsSync(binary) ? binary : undefined;
}
