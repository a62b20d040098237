// What is kept on disk of the lanes of a program: whether it fits and what the binding must know of it, and
// the compiled module, under a name that says what they were made of: the program, the bound on steps, the
// rule by which who steps is chosen, and the files that make lanes of it.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder } from "../base/folders.ts";
import { engineFile, lanesCodeFolder, lanesFolder } from "../base/paths.ts";
import { LANES_FILES, LANES_OPTIONS } from "../lanes/compile.ts";
import type { LanesTables } from "../lanes/lanes.ts";
import type { Rule } from "../lanes/rank.ts";
import type { Program } from "../model/program.ts";

export type LanesFacts = { readonly tables: LanesTables } | { readonly unfit: string };

export interface KeptLanes {
  /** Null for what is not there. */
  read(): { facts: LanesFacts | null; module: Uint8Array<ArrayBuffer> | null };
  writeFacts(facts: LanesFacts): void;
  writeModule(bytes: Uint8Array): void;
}

export function keptLanes(program: Program, stepsMax: number, rule: Rule): KeptLanes {
  const path = join(cacheFolder(), keyOf(program, stepsMax, rule));
  return {
    read: () => ({ facts: readFacts(`${path}.json`), module: readModule(`${path}.wasm`) }),
    writeFacts: (facts) => write(`${path}.json`, JSON.stringify(facts)),
    writeModule: (bytes) => write(`${path}.wasm`, bytes),
  };
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "raceproof", "lanes");
}

/** Over everything that lanes are made of. */
function keyOf({ words }: Program, stepsMax: number, rule: Rule): string {
  const hash = createHash("sha256");
  hash.update(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  hash.update(`${stepsMax} ${rule} ${LANES_OPTIONS.join(" ")}`);
  // The state in which the threads begin is its.
  hash.update(readFileSync(engineFile));
  for (const name of LANES_FILES) hash.update(readFileSync(join(lanesFolder, name)));
  for (const name of readdirSync(lanesCodeFolder).sort()) {
    if (name.endsWith(".js")) hash.update(readFileSync(join(lanesCodeFolder, name)));
  }
  return hash.digest("hex").slice(0, 32);
}

function readFacts(file: string): LanesFacts | null {
  try {
    const facts = JSON.parse(readFileSync(file, "utf8")) as Partial<Record<"tables" | "unfit", unknown>>;
    return typeof facts.unfit === "string" || facts.tables !== undefined ? (facts as LanesFacts) : null;
  } catch {
    return null;
  }
}

function readModule(file: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = new Uint8Array(readFileSync(file));
    return WebAssembly.validate(bytes) ? bytes : null;
  } catch {
    return null;
  }
}

/** A cache that cannot be written costs the next campaign a second or two, no more. */
function write(file: string, content: string | Uint8Array): void {
  try {
    makeFolder(dirname(file));
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, content);
    renameSync(aside, file);
  } catch {
    // Read-only, full or none: nothing is lost.
  }
}
