#!/usr/bin/env node
// The command: makes sure of a Node that is new enough, then hands over to the built program.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isNewEnough, NODE_MINIMUM, packageRoot, pinnedNode } from "./pinned.js";

const program = join(packageRoot, "dist", "src", "cli", "main.js");

function fail(message) {
  process.stderr.write(`raceproof: ${message}\n`);
  process.exitCode = 2;
}

if (!existsSync(program)) {
  fail("not built yet (dist/ is missing): run npm run build");
} else if (isNewEnough(process.versions.node)) {
  const { main } = await import(pathToFileURL(program).href);
  await main(process.argv.slice(2));
} else {
  const node = pinnedNode();
  if (node === undefined) {
    const minimum = NODE_MINIMUM.join(".");
    const wanted = `needs Node ${minimum} or later, this is ${process.version}`;
    fail(`${wanted}: run npm install in ${packageRoot} for the pinned one`);
  } else {
    const { runInstead } = await import("./spawn.js");
    // What the threads allocate comes from two pools, not from one for each that ever was.
    const env = { MALLOC_ARENA_MAX: "2" };
    const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    runInstead(node, args, { leash: true, env });
  }
}
