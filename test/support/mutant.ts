// The engine that can reduce, compiled from a copy of its source in which one place was changed.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";

/** The compiled file; it goes when the test is over. The changed text must be there once. */
export async function compileMutant(file: string, from: string, to: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "raceproof-mutant-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(packageRoot, "assembly"), join(folder, "assembly"), { recursive: true });
  const source = readFileSync(join(folder, "assembly", file), "utf8");
  if (source.split(from).length !== 2) throw new Error(`${file} does not have "${from}" once`);
  writeFileSync(join(folder, "assembly", file), source.replace(from, to));
  const config = JSON.parse(readFileSync(join(packageRoot, "asconfig.json"), "utf8"));
  // It is compiled for one test: no time for what makes it fast.
  Object.assign(config.targets.reducer, { optimizeLevel: 1, converge: false });
  writeFileSync(join(folder, "asconfig.json"), JSON.stringify(config));
  const asc = join(packageRoot, "node_modules", "assemblyscript", "bin", "asc.js");
  const out = join(folder, "mutant.wasm");
  const flags = ["--target", "reducer", "--outFile", out, "--textFile", join(folder, "mutant.wat")];
  const run = spawnSync(process.execPath, [asc, "assembly/index.ts", ...flags], {
    cwd: folder,
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`the changed engine does not compile: ${run.stderr}`);
  return out;
}
