// Compiles the lanes of a program: the runtime of assembly/lanes/ and the program's own source, by asc, to
// one WebAssembly module. asc runs in the process of whoever calls this; it takes a few hundred megabytes
// for a second or two.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

/** Files of assembly/lanes/. */
export const LANES_FILES = [
  "aside.ts",
  "index.ts",
  "memory.ts",
  "numbers.ts",
  "pct.ts",
  "runtime.ts",
] as const;

/** asc's optimiser takes seconds at its highest level and gains nothing: V8 does the same again. */
export const LANES_OPTIONS = [
  "index.ts",
  "--outFile",
  "lanes.wasm",
  "--runtime",
  "stub",
  "-O1",
  "--noAssert",
  "--enable",
  "simd,bulk-memory",
  "--initialMemory",
  "16",
  "--maximumMemory",
  "4096",
  "--memoryBase",
  "786432",
  "--use",
  "abort=",
];

/** Throws where asc has something to say: what it is given was made here. */
export async function compileLanes(folder: string, program: string): Promise<Uint8Array<ArrayBuffer>> {
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main([...LANES_OPTIONS], {
    readFile: (name) => {
      if (name === "program.ts") return program;
      return (LANES_FILES as readonly string[]).includes(name)
        ? readFileSync(join(folder, name), "utf8")
        : null;
    },
    writeFile: (name, contents) => {
      if (name === "lanes.wasm" && typeof contents !== "string") output = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || output === undefined) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  return new Uint8Array(output);
}
