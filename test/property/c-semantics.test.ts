// Goal: arithmetic, conversions and control flow mean what they mean to a C compiler. Method: random programs
// over narrow and wide integers run once compiled by gcc (-fwrapv) and once as a model on the reference
// interpreter; each checksum that gcc's program prints must be the model's. Undefined behaviour is not
// generated: shift counts and divisors are masked. With these seeds every operator meets every pair of types
// several times.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Outcome } from "../../assembly/abi.ts";
import { compileModel } from "../../src/model/compile.ts";
import { ReferenceMachine } from "../support/reference/machine.ts";

const FUNCTIONS = 25;
const STATEMENTS = 12;
const TYPES = ["signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "_Bool"];

const scratch = mkdtempSync(join(tmpdir(), "raceproof-c-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Numbers below n, from a seed (mulberry32). */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

interface Writer {
  readonly below: (n: number) => number;
  readonly names: readonly string[];
}

function expression(w: Writer, depth: number): string {
  const { below, names } = w;
  if (depth === 0 || below(8) === 0) {
    return below(3) === 0 ? constant(w) : names[below(names.length)]!;
  }
  const sub = (): string => expression(w, depth - 1);
  switch (below(12)) {
    case 0:
      return `(${sub()} ${["/", "%"][below(2)]} ((${sub()} & 15) + 1))`;
    case 1:
      return `(${sub()} ${["<<", ">>"][below(2)]} (${sub()} & 7))`;
    case 2:
      return `(${sub()} ${["<", "<=", ">", ">=", "==", "!="][below(6)]} ${sub()})`;
    case 3:
      return `(${sub()} ${["&&", "||"][below(2)]} ${sub()})`;
    case 4:
      return `(${sub()} ? ${sub()} : ${sub()})`;
    case 5:
      return `(${TYPES[below(TYPES.length)]})(${sub()})`;
    case 6:
      return `${["-", "~", "!"][below(3)]}(${sub()})`;
    default:
      return `(${sub()} ${["+", "-", "*", "&", "|", "^"][below(6)]} ${sub()})`;
  }
}

function constant({ below }: Writer): string {
  const values = [
    "0",
    "1",
    "2",
    "7",
    "127",
    "128",
    "255",
    "256",
    "32768",
    "65535",
    "65536",
    "2147483647",
    "0x80000000",
    "0xffffffffu",
    "3u",
    "'a'",
  ];
  return values[below(values.length)]!;
}

function statement(w: Writer, depth: number): string {
  const { below, names } = w;
  const target = names[below(names.length)]!;
  const block = (): string =>
    `{ ${Array.from({ length: 1 + below(3) }, () => statement(w, depth - 1)).join(" ")} }`;
  switch (depth === 0 ? below(4) : below(9)) {
    case 0:
      return `${target} = ${expression(w, 3)};`;
    case 1:
      return `${target} ${["+=", "-=", "*=", "&=", "|=", "^="][below(6)]} ${expression(w, 2)};`;
    case 2:
      return below(2) === 0 ? `${target}${["++", "--"][below(2)]};` : `${["++", "--"][below(2)]}${target};`;
    case 3:
      return `mix(${expression(w, 3)});`;
    case 4:
      return `if (${expression(w, 2)}) ${block()} else ${block()}`;
    case 5:
      return `for (int i = 0; i < ${1 + below(4)}; i++) {
        if (${expression(w, 1)}) continue;
        ${statement(w, depth - 1)}
        if (${expression(w, 1)}) break;
      }`;
    case 6:
      return `switch (${expression(w, 1)} & 3) {
        case 0: ${statement(w, depth - 1)}
        case 1: ${statement(w, depth - 1)} break;
        default: ${statement(w, depth - 1)}
        case 3: ${statement(w, depth - 1)}
      }`;
    case 7:
      return `{ int n = 0; do ${block()} while (n++ < ${below(3)}); }`;
    default:
      return block();
  }
}

function functions(seed: number): string[] {
  const below = random(seed);
  return Array.from({ length: FUNCTIONS }, (_, f) => {
    const names = TYPES.map((_, i) => `v${i}`);
    const w = { below, names };
    const variables = TYPES.map((t, i) => `\t${t} v${i} = ${constant(w)};`);
    const body = Array.from({ length: STATEMENTS }, () => `\t${statement(w, 2)}`);
    const last = names.map((n) => `\tmix(${n});`);
    return `static void f${f}(void)\n{\n${[...variables, ...body, ...last].join("\n")}\n}\n`;
  });
}

const MIX = "static unsigned int sum;\nstatic void mix(unsigned int v) { sum = sum * 31 + v; }\n";

function gccSums(seed: number, texts: readonly string[]): number[] {
  const calls = texts.map((_, f) => `sum = 1; f${f}(); printf("%u\\n", sum);`).join(" ");
  const file = join(scratch, `gcc${seed}.c`);
  writeFileSync(file, `#include <stdio.h>\n${MIX}${texts.join("")}int main(void) { ${calls} return 0; }\n`);
  execFileSync("gcc", [
    "-std=gnu11",
    "-w",
    "-O0",
    "-fwrapv",
    "-fsigned-char",
    "-o",
    join(scratch, `gcc${seed}`),
    file,
  ]);
  const { stdout } = spawnSync(join(scratch, `gcc${seed}`), { encoding: "utf8" });
  return stdout.trim().split("\n").map(Number);
}

async function modelFaults(
  seed: number,
  texts: readonly string[],
  sums: readonly number[],
): Promise<string[]> {
  const calls = texts.map((_, f) => `\tsum = 1; f${f}(); WARN_ON(sum != ${sums[f]}u);`).join("\n");
  const run = `static void run(void)\n{\n${calls}\n}\nscenario s(void) { thread("run", run()); }\n`;
  const file = join(scratch, `model${seed}.c`);
  writeFileSync(file, `#include <raceproof.h>\n#include <linux/bug.h>\n${MIX}${texts.join("")}${run}`);
  const ir = await compileModel(file);
  const machine = new ReferenceMachine(ir);
  machine.begin(() => 0, 60_000);
  for (let slots = machine.runnable(); slots.length > 0; slots = machine.runnable()) machine.step(slots[0]!);
  machine.finish();
  expect(machine.outcome, Outcome[machine.outcome]).toBe(Outcome.DONE);
  return machine.violations.map((v) => ir.places[ir.entries[v.site.entry]!.code[v.site.index]!.place]!.text);
}

test.each([1, 2, 3, 4, 5, 6])("random programs of seed %i", async (seed) => {
  const texts = functions(seed);
  const sums = gccSums(seed, texts);
  expect(sums).toHaveLength(FUNCTIONS);
  expect(await modelFaults(seed, texts, sums)).toEqual([]);
});

test("a wrong checksum is seen", async () => {
  const texts = functions(1);
  const sums = gccSums(1, texts).map((s, i) => (i === 3 ? s ^ 1 : s) >>> 0);
  expect(await modelFaults(99, texts, sums)).toHaveLength(1);
});
