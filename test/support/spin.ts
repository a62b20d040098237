// SPIN as an oracle: a model in Promela is verified without any reduction, so that its states are all that
// can be reached, and every statement that is not in an atomic sequence is a step. Promela of straight-line
// programs is made here; what has loops is written by hand, in test/support/promela/.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Litmus } from "./litmus.ts";

export interface Verified {
  readonly states: number;
  /** SPIN counts the initial state as one, as explore counts the set-up. */
  readonly transitions: number;
  /** Up to the first error; 0 is all that is wrong with the model. */
  readonly errors: number;
}

const models = join(import.meta.dirname, "promela");

export const spinInstalled =
  spawnSync("spin", ["-V"]).status === 0 && spawnSync("gcc", ["--version"]).status === 0;

/** One of the models written by hand, "peterson". */
export function verifyFile(name: string, defines: readonly string[]): Verified {
  return inFolder((folder) => {
    for (const file of readdirSync(models)) copyFileSync(join(models, file), join(folder, file));
    return verify(folder, `${name}.pml`, defines);
  });
}

/** The programs, with an assertion that the outcome does not come about. */
export function verifyPrograms(litmus: Litmus, outcome: string): Verified {
  return inFolder((folder) => {
    writeFileSync(join(folder, "model.pml"), promela(litmus, outcome));
    return verify(folder, "model.pml", []);
  });
}

function inFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "raceproof-spin-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function verify(folder: string, file: string, defines: readonly string[]): Verified {
  // -o2: words that are only written to tell states apart too.
  run(folder, "spin", ["-o2", ...defines.map((define) => `-D${define}`), "-a", file]);
  run(folder, "gcc", ["-O0", "-w", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"]);
  const output = run(folder, "./pan", ["-m100000"]);
  if (output.includes("max search depth too small")) throw new Error(`${file}: deeper than the search`);
  return {
    states: figure(output, /(\d+) states, stored/),
    transitions: figure(output, /(\d+) transitions/),
    errors: figure(output, /errors: (\d+)/),
  };
}

function run(folder: string, command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${status}\n${stdout}${stderr}`);
  return stdout;
}

function figure(output: string, pattern: RegExp): number {
  const found = pattern.exec(output);
  if (found === null) throw new Error(`no ${pattern} in:\n${output}`);
  return Number(found[1]);
}

/**
 * A task ends in a state of its own, for processes that die do so in order of their numbers. `held` is what a
 * load gave; the assertion stands in the last step of each task, so that it costs no state.
 */
function promela({ programs, observed }: Litmus, outcome: string): string {
  const words = [...new Set(programs.join(";").match(/[a-z]\w*/g))];
  const values = outcome.split(" ");
  const wrong = observed.map((word, n) => `${word} == ${values[n]!}`).join(" && ");
  const last = `done++; assert(done < ${programs.length} || !(${wrong}))`;
  const tasks = programs.map((program, n) => {
    const steps = program.split(";").flatMap((statement) => {
      const [into, from] = statement.split("=").map((side) => side.trim()) as [string, string];
      if (/^\d+$/.test(from)) return [`${into} = ${from}`];
      return [`held = ${from}`, `${into} = held; held = 0`];
    });
    const atomics = steps.map(
      (step, at) => `atomic { ${step}${at === steps.length - 1 ? `; ${last}` : ""} }`,
    );
    return `active proctype P${n}() {\n  byte held;\n  ${atomics.join(";\n  ")};\nend: false\n}\n`;
  });
  return `byte ${words.join(", ")}, done;\n\n${tasks.join("\n")}`;
}
