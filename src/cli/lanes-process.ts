// Lanes made by a process of their own (lanes-main.ts), while the caller goes on.

import { spawn } from "node:child_process";
import { InternalError } from "../base/errors.ts";
import { lanesCompilerFile } from "../base/paths.ts";
import type { Rule } from "../lanes/rank.ts";
import type { Program } from "../model/program.ts";
import type { LanesFacts } from "./lanes-cache.ts";

export interface MadeLanes {
  /** Whether the program fits: known well before the module is there. */
  readonly facts: Promise<LanesFacts>;
  /** Empty where it does not. */
  readonly module: Promise<Uint8Array<ArrayBuffer>>;
  readonly stop: () => void;
}

export function makeLanes(program: Program, stepsMax: number, rule: Rule): MadeLanes {
  const args = [lanesCompilerFile, String(stepsMax), rule, lanesTitle(program, rule)];
  // Ctrl-C in a terminal is for us, not for it: a group of its own. It ends by itself within seconds.
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const ended = new Promise<void>((resolve, reject) => {
    const errors: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (exit) => {
      if (exit === 0) resolve();
      else reject(new InternalError(`lanes cannot be made: ${Buffer.concat(errors).toString("utf8")}`));
    });
  });
  const output = new Output();
  const facts = new Promise<LanesFacts>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      const line = output.take(chunk);
      if (line !== null) resolve(JSON.parse(line) as LanesFacts);
    });
    ended.then(() => reject(new InternalError("lanes cannot be made: nothing was said of them")), reject);
  });
  const module = ended.then(() => output.rest());
  // Whoever waits for them hears of a failure; where nobody does any more, it is nobody's concern.
  facts.catch(() => undefined);
  module.catch(() => undefined);
  child.stdin.on("error", () => undefined);
  const { words } = program;
  child.stdin.end(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  return { facts, module, stop: () => child.kill("SIGKILL") };
}

/** What the source of lanes says that it was made from. */
export function lanesTitle({ symbols, hash }: Program, rule: Rule): string {
  const scenario = `${symbols.model}, scenario ${symbols.scenario}`;
  return `${scenario}, program ${hash}${rule === "random" ? "" : `, ${rule}`}`;
}

/** A line, and what comes after it. */
class Output {
  #chunks: Buffer[] = [];
  #line = false;

  /** The line, with the chunk that ends it. */
  take(chunk: Buffer): string | null {
    this.#chunks.push(chunk);
    if (this.#line || !chunk.includes(0x0a)) return null;
    const all = Buffer.concat(this.#chunks);
    const end = all.indexOf(0x0a);
    this.#chunks = [all.subarray(end + 1)];
    this.#line = true;
    return all.toString("utf8", 0, end);
  }

  rest(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Buffer.concat(this.#chunks));
  }
}
