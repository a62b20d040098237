// Goal: the reader of console blocks is not blind: it finds commands, tags and files, and a wrong output
// differs.

import { describe, expect, test } from "vitest";
import { mismatch, readDocument } from "./console.ts";

const block = (...lines: string[]) => ["```console", ...lines, "```", ""].join("\n");

describe("reading", () => {
  test("a command has its line, its output and exit code 0", () => {
    const { commands } = readDocument(`Text.\n\n${block("$ one", "first", "", "second", "$ two")}`);
    expect(commands).toEqual([
      { line: 4, command: "one", shown: ["first", "", "second"], exitCode: 0, skip: undefined },
      { line: 8, command: "two", shown: [], exitCode: 0, skip: undefined },
    ]);
  });

  test("tags hold for the next block alone", () => {
    const tagged = `<!-- exit 1 -->\n<!-- skip: takes a minute -->\n\n${block("$ one")}`;
    const [one, two] = readDocument(`${tagged}\n${block("$ two")}`).commands;
    expect(one).toMatchObject({ exitCode: 1, skip: "takes a minute" });
    expect(two).toMatchObject({ exitCode: 0, skip: undefined });
  });

  test("text between a tag and a block takes the tag back", () => {
    expect(readDocument(`<!-- exit 1 -->\nText.\n${block("$ one")}`).commands[0]!.exitCode).toBe(0);
  });

  test("a tag that is mistyped is an error, not a comment", () => {
    expect(() => readDocument("<!-- exit one -->")).toThrow("not a tag");
  });

  test("a file is its block", () => {
    const { files } = readDocument("<!-- file: a.c -->\n```c\nint a;\n```\n");
    expect([...files]).toEqual([["a.c", "int a;\n"]]);
  });

  test("a command may go on in the next line", () => {
    expect(readDocument(block("$ one \\", "    two", "out")).commands[0]).toMatchObject({
      command: "one \\\n    two",
      shown: ["out"],
    });
  });
});

describe("comparing", () => {
  test("the same text agrees, another does not", () => {
    expect(mismatch(["one", "two"], "one\ntwo\n")).toBeUndefined();
    expect(mismatch(["one", "two"], "one\ntoo\n")).toContain("printed:\none\ntoo");
    expect(mismatch(["one"], "one\ntwo\n")).toBeDefined();
    expect(mismatch(["one", "two"], "one\n")).toBeDefined();
  });

  test("three dots are any lines, or any text of a line", () => {
    expect(mismatch(["one", "...", "four"], "one\ntwo\nthree\nfour\n")).toBeUndefined();
    expect(mismatch(["one", "...", "four"], "one\ntwo\n")).toBeDefined();
    expect(mismatch(["seen in ... of 10"], "seen in 3 of 10\n")).toBeUndefined();
    expect(mismatch(["seen in ... of 10"], "seen in 3 of 20\n")).toBeDefined();
  });

  test("times and rates agree whatever they are, counts do not", () => {
    expect(mismatch(["9 in 1.2 s, 4.1M/s"], "9 in 10 s, 812k/s\n")).toBeUndefined();
    expect(mismatch(["3.5 M schedules/s"], "812 k schedules/s\n")).toBeUndefined();
    expect(mismatch(["9 schedules"], "8 schedules\n")).toBeDefined();
  });

  test("what looks like a pattern is taken as it stands", () => {
    expect(mismatch(["a->b[0] (x)"], "a->b[0] (x)\n")).toBeUndefined();
    expect(mismatch(["a.b"], "axb\n")).toBeDefined();
  });
});
