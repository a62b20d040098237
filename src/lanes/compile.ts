// Compiles the lanes of a program: the runtime of assembly/lanes/ and the program's own source, by asc, to
// one WebAssembly module. asc runs in the process of whoever calls this; it takes a few hundred megabytes
// for a second or two, and some forty to be there at all: it is loaded where it is called, not by whoever
// wants to know its options.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Files of assembly/lanes/. */
export const LANES_FILES = [
  "aside.ts",
  "index.ts",
  "memory.ts",
  "numbers.ts",
  "pct.ts",
  "runtime.ts",
] as const;

/**
 * Of asc's optimiser only what V8 does not do again: addresses become constants, and branches jump where they
 * end up. All else costs seconds and the module is no faster.
 */
export const LANES_OPTIONS = [
  "index.ts",
  "--outFile",
  "lanes.wasm",
  "--runtime",
  "stub",
  "--runPasses",
  "precompute,remove-unused-brs",
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
  const { default: asc } = await import("assemblyscript/asc");
  const source = written(program);
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main([...LANES_OPTIONS], {
    readFile: (name) => {
      if (name === "program.ts") return source;
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

/** The program with its accessors of vectors written out: asc inlines each of thousands of calls anew. */
function written(program: string): string {
  const place = (n: string): string => `STATE + ${16 * Number(n)}`;
  return program
    .replace(/\bget\((\d+)\)/g, (_, n: string) => `v128.load(${place(n)})`)
    .replace(/\bput\((\d+), /g, (_, n: string) => `v128.store(${place(n)}, `);
}
