// What an iteration of lanes consists of: how many operations on vectors each part of the source does,
// counted while it runs, and what each part costs, by doing it twice. A part that can be done twice changes
// nothing but the time (and, of draws, the numbers); what is left is the steps themselves. All variants run
// in turns, and what counts is the medians. Processor time, so that others on the machine matter less.
//
//   node bin/node24.js bench/lanes-profile.ts [MODEL SCENARIO [random|sticky|pct]]
//
// Where it is sticky (by 90 percent) or goes by priorities (pct:3), what is drawn is kept for the next
// iteration: nothing is done twice. Nor is it where the program is small: it is one loop, without parts.

import { join } from "node:path";
import { engineFile, lanesFolder, modelsFolder } from "../dist/src/base/paths.js";
import { median } from "../dist/src/base/quantile.js";
import { compileEngine, Engine } from "../dist/src/engine/engine.js";
import { compileLanes } from "../dist/src/lanes/compile.js";
import { type LanesSource, lanesOf } from "../dist/src/lanes/lanes.js";
import { compileModel } from "../dist/src/model/compile.js";
import { encodeProgram } from "../dist/src/model/encode.js";

const [model = "bpf-oom/v2", scenario = "storm", drawn = "random"] = process.argv.slice(2);
const rule = drawn === "sticky" || drawn === "pct" ? drawn : "random";
/** Of a small program more, so that a round takes some milliseconds. */
const SCHEDULES = 65_536;
const SCHEDULES_OF_SMALL = 2 ** 24;
const ROUNDS = 7;
/** Where counts of operations are kept: static data of no program comes so far. */
const COUNTS = 0xf0000;

interface Wasm {
  readonly memory: WebAssembly.Memory;
  readonly iterations: WebAssembly.Global;
  readonly steps: WebAssembly.Global;
  setStays(percent: number): void;
  setPct(depth: number, steps: number): void;
  runBlock(seed: bigint, block: bigint, count: number, stepsMax: number, unsettledMax: number): number;
}

async function sourceOf(): Promise<LanesSource> {
  const file = join(modelsFolder, `${model}.c`);
  const program = encodeProgram(
    await compileModel(file, { name: model, scenario: scenario.replaceAll("-", "_") }),
  );
  const engine = new Engine(await compileEngine(engineFile));
  engine.load(program.words);
  const source = lanesOf(engine, program.words, 10_000, "bench", rule);
  if ("unfit" in source) throw new Error(`lanes do not fit: ${source.unfit}`);
  return source;
}

async function instantiate(text: string): Promise<Wasm> {
  const module = await WebAssembly.compile(await compileLanes(lanesFolder, text));
  const wasm = new WebAssembly.Instance(module, {}).exports as unknown as Wasm;
  wasm.setStays(90);
  wasm.setPct(3, source.tables.contested);
  return wasm;
}

/** The source with a count at the beginning of each function and block: the operations right in it. */
function counting(text: string, names: string[]): string {
  const out: string[] = [];
  const open: { line: number; operations: number }[] = [];
  let part = "";
  for (const line of text.split("\n")) {
    const head = /^(?:export )?function (\w+)\(.*\{$/.exec(line);
    if (head !== null) part = head[1]!.replace(/^task\d+(in\d+)?$/, "steps");
    const top = open.at(-1);
    const opens = head !== null || (top !== undefined && /^\s+if .*\{$/.test(line));
    if (top !== undefined) top.operations += (line.match(/v128\.\w+\(|\bget\(|\bput\(/g) ?? []).length;
    if (/^\s*\}$/.test(line) && top !== undefined) {
      open.pop();
      if (!names.includes(part)) names.push(part);
      const at = COUNTS + 8 * names.indexOf(part);
      out[top.line] = `store<u64>(${at}, load<u64>(${at}) + ${top.operations});`;
    }
    out.push(line);
    if (!opens) continue;
    open.push({ line: out.length, operations: 0 });
    out.push("");
  }
  return out.join("\n");
}

/** Where an iteration is written down, below 0 for a small program. */
function turnOf(text: string): number {
  return text.indexOf("function turn(): void {\n");
}

/** The source with one of its parts done twice. */
function doubled(text: string): ReadonlyMap<string, string> {
  const turn = turnOf(text);
  if (rule !== "random" || turn < 0) return new Map([["all of it", text]]);
  const from = text.indexOf("\n", turn) + 1;
  const chosen = text.indexOf("\n", text.indexOf("v128.store(NOBODY", from)) + 1;
  const end = text.indexOf("\n}\n", chosen) + 1;
  const once = (part: string): string => `{\n${part}}\n`;
  const choice = text
    .slice(chosen, end)
    .replace(/^\s+(draw|tell|always)\(.*\);$/gm, "")
    .replace(/^\s+if \(v128\.any_true\(x\d+\)\) task\d+\(x\d+\);$/gm, "");
  return new Map([
    ["all of it", text],
    ["draws", text.replace(/^\s+draw\(\d+\);$/gm, "$&\n$&")],
    ["who can step", text.slice(0, from) + once(text.slice(from, chosen)) + text.slice(from)],
    ["choice", text.slice(0, chosen) + once(choice) + text.slice(chosen)],
  ]);
}

const source = await sourceOf();
const { text } = source;
const names: string[] = [];
const counted = await instantiate(counting(text, names));
counted.runBlock(7n, 0n, 16_384, 10_000, 16_384);
const iterations = Number(counted.iterations.value);
const counts = new DataView(counted.memory.buffer);
console.log(`${model}, ${scenario}: ${iterations} iterations,`);
console.log(
  `${(Number(counted.steps.value) / iterations).toFixed(1)} lanes step in each; operations on vectors:`,
);
for (const [n, name] of names.entries()) {
  const each = Number(counts.getBigUint64(COUNTS + 8 * n, true)) / iterations;
  if (each >= 1) console.log(`  ${name.padEnd(14)} ${each.toFixed(0).padStart(6)}`);
}
const variants = await Promise.all(
  [...doubled(text)].map(async ([name, each]) => ({
    name,
    wasm: await instantiate(each),
    times: [] as number[],
  })),
);
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return 1000 * (user + system);
};
const schedules = turnOf(text) < 0 ? SCHEDULES_OF_SMALL : SCHEDULES;
for (let round = -1; round < ROUNDS; round++) {
  for (const { wasm, times } of variants) {
    const begin = processor();
    wasm.runBlock(7n, BigInt(round + 1), schedules, 10_000, schedules);
    // The first round is V8's, to compile.
    if (round >= 0) times.push((processor() - begin) / Number(wasm.iterations.value));
  }
}
const whole = median(variants[0]!.times);
const rate = (1000 * schedules) / (whole * Number(variants[0]!.wasm.iterations.value));
console.log(`${rate.toPrecision(3)} million schedules/s, without a pool of workers`);
console.log(`an iteration: ${whole.toPrecision(3)} ns${variants.length > 1 ? ", of which" : ""}`);
let rest = whole;
for (const { name, times } of variants.slice(1)) {
  rest -= median(times) - whole;
  console.log(`  ${name.padEnd(14)} ${(median(times) - whole).toFixed(0).padStart(6)} ns`);
}
if (variants.length > 1) console.log(`  ${"steps".padEnd(14)} ${rest.toFixed(0).padStart(6)} ns`);
