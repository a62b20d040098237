// Makes the lanes of a program, in a process of its own: deriving takes a second or two in which a campaign
// could neither hand out a shard nor hear Ctrl-C, and asc needs a few hundred megabytes that its process
// should not keep. Who calls it: lanes-process.ts.
//
// Arguments: the bound on steps, the rule by which who steps is chosen, a title for the source. Standard
// input: the program's words. Standard output: a line of JSON (LanesFacts), then the module, where there is
// one.

import { setFlagsFromString } from "node:v8";
import { engineFile, lanesFolder } from "../base/paths.ts";
import { compileEngine, Engine } from "../engine/engine.ts";
import { compileLanes } from "../lanes/compile.ts";
import { lanesOf } from "../lanes/lanes.ts";
import type { Rule } from "../lanes/rank.ts";
import type { LanesFacts } from "./lanes-cache.ts";

// Nothing runs here for long enough to be worth compiling twice: it is half a second less, and 60 MB.
for (const flag of ["--no-opt", "--no-wasm-tier-up", "--no-wasm-dynamic-tiering"]) setFlagsFromString(flag);

const [stepsMax, rule, title] = process.argv.slice(2) as [string, Rule, string];

async function readWords(): Promise<Uint32Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return new Uint32Array(new Uint8Array(Buffer.concat(chunks)).buffer);
}

const words = await readWords();
const engine = new Engine(await compileEngine(engineFile));
engine.load(words);
const source = lanesOf(engine, words, Number(stepsMax), title, rule);
const facts: LanesFacts = "unfit" in source ? source : { tables: source.tables };
process.stdout.write(`${JSON.stringify(facts)}\n`);
if (!("unfit" in source)) process.stdout.write(await compileLanes(lanesFolder, source.text));
