// The state machines written by hand in C (bench/native/), as contenders of bench/run.ts.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../dist/src/base/paths.js";

/** What one engine did in one round. */
export interface Round {
  readonly schedules: number;
  readonly steps: number;
  /** Wall-clock time, seconds. */
  readonly time: number;
  /** WARNs in all: storm can have two in a schedule. */
  readonly warn: number;
  readonly useAfterFree: number;
}

export interface Contender {
  readonly name: string;
  readonly workers: number;
  readonly run: (round: number) => Promise<Round>;
  /** The first schedules of the campaign, that many. */
  readonly exactly: (schedules: number) => Promise<Round>;
  readonly end: () => Promise<void>;
}

/** Schedules that the C programs run between two looks at the clock. */
export const BATCH = 4096;

/** What the bit-sliced ones may use is what WebAssembly has: vectors of 128 bits, two operands. */
const FLAGS = { scalar: ["-march=native"], lanes: ["-msse4.2", "-mpopcnt"] } as const;

/**
 * Compiles bench/native/NAME.c, or the bit-sliced NAME-lanes.c; undefined where there is none, or, with a
 * word on stderr, where there is no compiler.
 */
export function compileNative(scenario: string, how: keyof typeof FLAGS, folder: string): string | undefined {
  const name = how === "lanes" ? `${scenario}-lanes` : scenario;
  const out = join(folder, name);
  const source = join(packageRoot, "bench", "native", `${name}.c`);
  if (!existsSync(source)) return undefined;
  const flags = ["-std=gnu11", "-O3", ...FLAGS[how], "-Wall", "-Werror", "-o", out, source];
  const result = spawnSync("gcc", flags, { encoding: "utf8" });
  if (result.error !== undefined) {
    process.stderr.write("bench: no gcc on this machine: the native baseline is left out\n");
    return undefined;
  }
  if (result.status !== 0) throw new Error(`gcc failed on ${source}:\n${result.stderr}`);
  return out;
}

export function native(
  name: string,
  program: string,
  workers: number,
  seconds: number,
  seed: bigint,
): Contender {
  return {
    name,
    workers,
    async run(round) {
      const parts = await Promise.all(
        Array.from({ length: workers }, (_, n) =>
          once(program, BigInt(round * 1000 + 10 * workers + n), { seconds }),
        ),
      );
      const sum = (f: (r: Round) => number): number => parts.reduce((total, r) => total + f(r), 0);
      return {
        schedules: sum((r) => r.schedules),
        steps: sum((r) => r.steps),
        time: Math.max(...parts.map((r) => r.time)),
        warn: sum((r) => r.warn),
        useAfterFree: sum((r) => r.useAfterFree),
      };
    },
    exactly: (schedules) => once(program, seed, { batches: schedules / BATCH }),
    end: async () => {},
  };
}

/**
 * Runs the C program for `seconds`, or for a number of batches of BATCH schedules. It prints schedules,
 * steps, seconds, schedules with a WARN, schedules with a use-after-free, WARNs in all.
 */
function once(
  program: string,
  seed: bigint,
  { seconds = 0, batches = 0 }: { readonly seconds?: number; readonly batches?: number },
): Promise<Round> {
  return new Promise((resolve, reject) => {
    const budget = batches > 0 ? ["0", String(batches)] : [String(seconds)];
    const child = spawn(program, [String(seed), ...budget], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (part) => {
      text += part;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const [schedules, steps, time, , useAfterFree, warn] = text.trim().split(/\s+/).map(Number);
      if (code !== 0 || useAfterFree === undefined || warn === undefined) {
        reject(new Error(`${program} failed: ${text}`));
      } else resolve({ schedules: schedules!, steps: steps!, time: time!, warn, useAfterFree });
    });
  });
}
