// Goal: the opcode blocks in assembly/abi.ts keep their fixed form and docs/BYTECODE.md says what they say.
// UPDATE_GOLDEN=1 writes the document anew, as `npm run docs` does.

import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OP_FIRST_BLOCKING, OP_FIRST_STEP, Op, Violation } from "../../assembly/abi.ts";
import { bytecodeReference, readOpcodes } from "../../scripts/bytecode.ts";

const abi = readFileSync(new URL("../../assembly/abi.ts", import.meta.url), "utf8");
const document = new URL("../../docs/BYTECODE.md", import.meta.url);

const opcodes = readOpcodes(abi).flatMap((section) => section.opcodes);
const kinds = Object.keys(Violation).map((name) => name.toLowerCase().replaceAll("_", "-"));

describe("the opcode blocks", () => {
  test("there is one for every opcode, with its number", () => {
    const numbers = Object.entries(Op).filter(([, value]) => typeof value === "number");
    expect(opcodes.map(({ name, number }) => [name, number])).toEqual(numbers);
  });

  test("an opcode may block exactly where its number says so", () => {
    const wrong = opcodes.filter(({ number, blocks }) => (blocks === "never") !== number < OP_FIRST_BLOCKING);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("each kind of violation named is one that the machine has", () => {
    const named = opcodes.flatMap(({ name, violates }) =>
      violates
        .replaceAll(/\([^)]*\)/g, "")
        .split(",")
        .map((kind) => ({ name, kind: kind.trim() })),
    );
    const known = (kind: string) => kind === "nothing" || kind === "as LOAD" || kinds.includes(kind);
    expect(named.filter(({ kind }) => !known(kind))).toEqual([]);
  });

  test("steps and task-local instructions stand in sections of their own", () => {
    const sections = readOpcodes(abi).map((section) => section.opcodes.map(({ number }) => number));
    expect(sections.length).toBe(3);
    expect(Math.max(...sections[0]!)).toBeLessThan(OP_FIRST_STEP);
    expect(Math.min(...sections[1]!)).toBeGreaterThanOrEqual(OP_FIRST_STEP);
    expect(Math.max(...sections[1]!)).toBeLessThan(OP_FIRST_BLOCKING);
    expect(Math.min(...sections[2]!)).toBeGreaterThanOrEqual(OP_FIRST_BLOCKING);
  });

  test("a block that lacks a part is named", () => {
    const broken = abi.replace(
      "Blocks: never. Touches: the slot. Violates: lock-misuse",
      "Violates: lock-misuse",
    );
    expect(() => readOpcodes(broken)).toThrow(/^EXIT: its block is not "effect\. Blocks: when\./);
  });

  test("a block may run over several lines", () => {
    const folded = abi.replace("/** dst = x. Blocks:", "/**\n   * dst = x.\n   * Blocks:");
    expect(folded).not.toBe(abi);
    expect(readOpcodes(folded)).toEqual(readOpcodes(abi));
  });
});

test("docs/BYTECODE.md is what `npm run docs` writes", () => {
  const expected = bytecodeReference(abi);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(document, expected);
  expect(readFileSync(document, "utf8")).toBe(expected);
});
