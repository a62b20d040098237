#!/usr/bin/env node
// Runs its arguments with the pinned Node where it is installed, else with the running one.

import { pinnedNode } from "./pinned.js";
import { runInstead } from "./spawn.js";

runInstead(pinnedNode() ?? process.execPath, process.argv.slice(2), { leash: false });
