// What others simulate schedules with, as contenders of bench/run.ts on the two-task model, each step for
// step: SPIN's simulator (bench/peers/two-task.pml, whose rates are its own) and the scheduler of
// fast-check. Each is left out, with a word on stderr, where it is not installed.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../dist/src/base/paths.js";
import type { Contender, Round } from "../native.ts";

/** Schedules that SPIN simulates between two looks at the clock: it takes a tenth of a second. */
const SPIN_SCHEDULES = 20_000;
const FAST_CHECK_SCHEDULES = 1000;

const noExactRuns = (): Promise<Round> => Promise.reject(new Error("it draws other numbers"));

export function spin(seconds: number): Contender | undefined {
  if (spawnSync("spin", ["-V"]).status !== 0) {
    process.stderr.write("bench: no spin on this machine: SPIN is left out\n");
    return undefined;
  }
  const model = join(packageRoot, "bench", "peers", "two-task.pml");
  let seed = 0;
  return {
    name: "SPIN",
    workers: 1,
    async run() {
      const begin = performance.now();
      let [schedules, steps, warn] = [0, 0, 0];
      do {
        const { stdout, status } = spawnSync(
          "spin",
          [`-DSCHEDULES=${SPIN_SCHEDULES}`, `-n${++seed}`, model],
          {
            encoding: "utf8",
          },
        );
        const sums = /(\d+) schedules (\d+) steps (\d+) warned/.exec(stdout)?.slice(1).map(Number);
        if (status !== 0 || sums === undefined) throw new Error(`spin failed: ${stdout}`);
        schedules += sums[0]!;
        steps += sums[1]!;
        warn += sums[2]!;
      } while (performance.now() - begin < seconds * 1000);
      return { schedules, steps, warn, useAfterFree: 0, time: (performance.now() - begin) / 1000 };
    },
    exactly: noExactRuns,
    end: async () => {},
  };
}

export async function fastCheck(seconds: number): Promise<Contender | undefined> {
  const fc = await import("fast-check").catch(() => undefined);
  if (fc === undefined) {
    process.stderr.write("bench: fast-check is not installed: it is left out\n");
    return undefined;
  }
  let seed = 0;
  return {
    name: "fast-check",
    workers: 1,
    async run() {
      const begin = performance.now();
      let [schedules, steps, warn] = [0, 0, 0];
      const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const sums = await twoTask(scheduler);
        schedules++;
        steps += sums.steps;
        warn += sums.warned;
      });
      do await fc.assert(property, { numRuns: FAST_CHECK_SCHEDULES, seed: ++seed });
      while (performance.now() - begin < seconds * 1000);
      return { schedules, steps, warn, useAfterFree: 0, time: (performance.now() - begin) / 1000 };
    },
    exactly: noExactRuns,
    end: async () => {},
  };
}

interface Scheduler {
  schedule<T>(task: Promise<T>): Promise<T>;
  waitFor<T>(task: Promise<T>): Promise<T>;
}

/** models/bench/two-task.c: each step is done when the scheduler lets it. */
async function twoTask(scheduler: Scheduler): Promise<{ steps: number; warned: number }> {
  let [removed, published, reading, freed] = [false, true, false, false];
  let [steps, warned] = [0, 0];
  let release = (): void => undefined;
  const step = async (): Promise<void> => {
    await scheduler.schedule(Promise.resolve());
    steps++;
  };
  const closer = async (): Promise<void> => {
    await step();
    if (!removed) {
      await step();
      const own = published;
      await step();
      if (!own) warned++;
      await step();
      if (own) published = false;
      await step();
    }
    await step();
    // The wait is a step of its own, which comes up when it is over.
    if (reading) {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
    await step();
    await step();
    freed = true;
  };
  const offline = async (): Promise<void> => {
    await step();
    removed = true;
    await step();
    reading = true;
    await step();
    const own = published;
    await step();
    published = false;
    await step();
    if (own && freed) warned++;
    await step();
    reading = false;
    release();
    await step();
  };
  await scheduler.waitFor(Promise.all([closer(), offline()]));
  return { steps, warned };
}
