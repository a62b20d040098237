// Runs the built command line as a user would: through its launcher, in a folder of the test's.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/base/paths.ts";

export const launcher = join(packageRoot, "bin", "raceproof.js");

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** "node" from the PATH, which may be too old to run the program itself. */
  readonly node?: string;
  /** Called once with what came on stderr so far, at each change. */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
}

export function run(args: readonly string[], options: Options = {}): Promise<Result> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn(options.node ?? process.execPath, [launcher, ...args], {
    cwd: options.cwd,
    env: { ...inherited, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** JSON of a run without what depends on the clock. */
export function timeless(json: string): string {
  return json.replaceAll(/"(elapsedMs|schedulesPerSecond|stepsPerSecond|sinceNewMs)": [\d.e+]+/g, '"$1": 0');
}

/** A folder with these files; removed when the returned function is called. */
export function folder(files: Readonly<Record<string, string>>): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "raceproof-e2e-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Two increments that are not atomic: wrong in `lost`, tolerated in `quiet`, dropped in `none`. */
export const COUNTER = `#include <raceproof.h>
#include <linux/compiler.h>

static int counter;

static void increment(void)
{
  int old = READ_ONCE(counter);

  WRITE_ONCE(counter, old + 1);
}

scenario quiet(void)
{
  thread("left", increment());
  thread("right", increment());
  at_end(counter >= 1);
}

scenario lost(void)
{
  thread("left", increment());
  thread("right", increment());
  at_end(counter == 2);
}

static void impossible(void)
{
  assume(READ_ONCE(counter) == 7);
}

scenario none(void)
{
  thread("left", increment());
  thread("right", impossible());
}
`;
