// Goal: no text crashes the front-end or makes it hang: a damaged program compiles, or is refused with a
// place and a message. Method: programs of the dialect corpus with tokens removed, doubled, exchanged or
// replaced; fixed seeds. About four in five are refused, so both ways are walked (the last test counts).

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";
import { compileModel } from "../../src/model/compile.ts";
import { ModelError } from "../../src/model/diagnostics.ts";

const folder = join(packageRoot, "test", "golden", "dialect");
const names = readdirSync(folder).filter((name) => name.endsWith(".c"));
const MUTANTS_PER_FILE = 12;
const POISON = [
  "(",
  ")",
  "{",
  "}",
  "*",
  "&",
  "0",
  "->",
  "struct",
  "int",
  "run",
  "p",
  "[",
  "]",
  "=",
  ",",
  "...",
  "goto",
  "sizeof",
  "NULL",
  "static",
  "-1",
  "?",
  '"s"',
  "typedef",
  "return",
];

const scratch = mkdtempSync(join(tmpdir(), "raceproof-damaged-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let refused = 0;
let accepted = 0;

function random(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function damaged(text: string, below: (n: number) => number): string {
  const include = '#include "check.h"';
  const at = text.indexOf(include) + include.length;
  const tokens = text.slice(at).match(/\s+|\w+|->|[^\w\s]/g) ?? [];
  for (let times = 1 + below(3); times > 0; times--) {
    const i = below(tokens.length);
    const j = below(tokens.length);
    switch (below(4)) {
      case 0:
        tokens.splice(i, 1);
        break;
      case 1:
        tokens.splice(i, 0, tokens[j]!);
        break;
      case 2:
        [tokens[i], tokens[j]] = [tokens[j]!, tokens[i]!];
        break;
      default:
        tokens[i] = POISON[below(POISON.length)]!;
    }
  }
  return `#include "${join(folder, "check.h")}"${tokens.join("")}`;
}

test.each(names)("%s, damaged", async (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const below = random(names.indexOf(name) + 1);
  for (let i = 0; i < MUTANTS_PER_FILE; i++) {
    const mutant = damaged(text, below);
    const file = join(scratch, `${i}_${name}`);
    writeFileSync(file, mutant);
    try {
      await compileModel(file);
      accepted++;
    } catch (error) {
      if (!(error instanceof ModelError)) throw new Error(`${mutant}\n`, { cause: error });
      refused++;
      for (const d of error.diagnostics) expect(d.message).not.toBe("");
    }
  }
});

test("both refused and accepted programs were among them", () => {
  expect(refused).toBeGreaterThan(names.length * 2);
  expect(accepted).toBeGreaterThan(names.length);
});
