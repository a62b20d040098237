// Goal: no text hangs or crashes the preprocessor; every limit is a diagnostic.
// Method: hostile files in memory, each to be answered within seconds (the run's own test time-out).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { modelsFolder } from "../../src/base/paths.ts";
import { ModelError } from "../../src/model/diagnostics.ts";
import { parseSource } from "../../src/model/parse.ts";
import { preprocess } from "../../src/model/preprocess/preprocess.ts";
import { sourceFromText } from "../../src/model/source.ts";

const source = (text: string) => sourceFromText("/nowhere/x.c", "x.c", text);

function firstProblem(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.diagnostics[0]!.message;
  }
  return "";
}

const preprocessed = (text: string): string => firstProblem(() => preprocess(source(text)));

async function parsed(text: string): Promise<string> {
  try {
    const unit = await parseSource(source(text));
    for (const chunk of unit.chunks) if (chunk.kind !== "skipped") chunk.errors();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.diagnostics[0]!.message;
  }
  return "";
}

describe("limits of the preprocessor", () => {
  test("a macro that doubles without end stops at the token limit", () => {
    const lines = ["#define M0 x x"];
    for (let i = 1; i < 40; i++) lines.push(`#define M${i} M${i - 1} M${i - 1}`);
    expect(preprocessed(`${lines.join("\n")}\nM39`)).toMatch(/^macros expand to more than 1000000 tokens/);
  });

  test("an argument that doubles without end stops at the token limit", () => {
    let call = "x";
    for (let i = 0; i < 30; i++) call = `f(${call})`;
    expect(preprocessed(`#define f(a) a a a\n${call}`)).toMatch(/^macros expand to more than/);
  });

  test("a token that doubles without end stops at the length limit", () => {
    const lines = ["#define cat(a, b) a##b", "#define xcat(a, b) cat(a, b)", "#define N0 xxxxxxxx"];
    for (let i = 1; i < 40; i++) lines.push(`#define N${i} xcat(N${i - 1}, N${i - 1})`);
    expect(preprocessed(`${lines.join("\n")}\nN39`)).toMatch(/makes a token of more than 65536 characters/);
  });

  test("macro calls nested too deeply are reported", () => {
    const call = `${"f(".repeat(5000)}x${")".repeat(5000)}`;
    expect(preprocessed(`#define f(a) a\n${call}`)).toBe("macro calls nested more than 64 deep");
  });

  test("output beyond 4 MiB is reported", () => {
    const text = `#define W ${"w".repeat(60_000)}\n${"W ".repeat(100)}`;
    expect(preprocessed(text)).toBe("the preprocessed text exceeds 4 MiB");
  });

  test("too many tokens in a file are reported", () => {
    expect(preprocessed("(".repeat(1024 * 1024))).toMatch(/^too much text: more than 300000 tokens/);
  });

  test("conditionals nested too deeply are reported", () => {
    expect(preprocessed("#if 1\n".repeat(3000))).toBe("#if nests more than 256 deep");
  });

  test("an expression of #if nested too deeply is reported", () => {
    for (const deep of ["(", "!", "- ", "1?"]) {
      expect(preprocessed(`#if ${deep.repeat(50_000)}1\n#endif`)).toBe("#if nests more than 100 deep");
    }
  });

  test("the number of diagnostics is limited", () => {
    try {
      preprocess(source("#error x\n".repeat(1000)));
      expect.unreachable();
    } catch (error) {
      expect((error as ModelError).diagnostics).toHaveLength(20);
    }
  });

  test.each([
    ["int a; /* open", "unterminated comment"],
    ['char *s = "open;\nint b;', "unterminated string"],
    ["char c = 'x;\nint b;", "unterminated character"],
    ["int a @ b;", '"@" is no C'],
  ])("%j is reported", (text, message) => {
    expect(preprocessed(text)).toBe(message);
  });

  test("a comment that is left open in a dead branch is reported all the same", () => {
    expect(preprocessed("#if 0\n/* open\n#endif")).toBe("unterminated comment");
  });

  test("a huge string, comment or name is only text", () => {
    const long = "x".repeat(900_000);
    for (const text of [`char *s = "${long}";`, `/*${long}*/ int a;`, `int ${long};`]) {
      expect(preprocessed(text)).toBe("");
    }
  });
});

describe("limits of the parser", () => {
  test("brackets nested too deeply are reported", async () => {
    for (const [open, close] of ["()", "[]", "{}"]) {
      const text = `int f(void) { return ${open!.repeat(5000)}1${close!.repeat(5000)}; }`;
      expect(await parsed(text)).toBe("brackets nest more than 200 deep");
    }
  });

  test("trees that are deep without brackets are reported", async () => {
    for (const deep of ["!", "- ", "* "]) {
      expect(await parsed(`int f(int x) { return ${deep.repeat(20_000)}x; }`)).toBe("this nests too deeply");
    }
    expect(await parsed(`void f(int x) { ${"if (x) ".repeat(5000)}; }`)).toBe("this nests too deeply");
    expect(await parsed(`int a = ${"1 + ".repeat(20_000)}1;`)).toBe("this nests too deeply");
  });

  test("rubbish of every kind ends in a diagnostic or a tree", async () => {
    const rubbish = [
      "}",
      "int f(",
      "a b c d e",
      "#",
      "\\",
      "'",
      '"',
      "int f(void) { $$ ` }",
      "\u202e",
      "=",
      ",,,",
    ];
    for (const text of rubbish) expect(typeof (await parsed(text))).toBe("string");
  });

  test("200 damaged copies of a model (seed 42) end in a diagnostic or in trees", async () => {
    const whole = readFileSync(join(modelsFolder, "bpf-oom/v2.c"), "utf8");
    const model = whole.slice(0, whole.lastIndexOf("\n}\n", 4000) + 3);
    let state = 42;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const pieces = [
      "(",
      ")",
      "{",
      "}",
      ";",
      "#define f(x) x ",
      "#if 1\n",
      "f(",
      '"',
      "'",
      "/*",
      "\\\n",
      "##",
      "#",
      ",",
      "=",
    ];
    let sound = 0;
    for (let round = 0; round < 200; round++) {
      let text = model;
      for (let edits = 1 + draw(3); edits > 0; edits--) {
        const at = draw(text.length);
        text = text.slice(0, at) + pieces[draw(pieces.length)] + text.slice(at + draw(3));
      }
      if ((await parsed(text)) === "") sound++;
    }
    // Both ends are seen: the test would notice a front-end that refuses, or swallows, everything.
    expect(sound).toBeGreaterThan(20);
    expect(sound).toBeLessThan(180);
  });

  test("a long list of nonsense words is answered in time", async () => {
    const words = Array.from(
      { length: 20_000 },
      (_, i) => `w${i} ${"+-*/<>(".charAt(i % 7) === "(" ? "," : "<"}`,
    );
    expect(typeof (await parsed(`int f(void) { ${words.join(" ")} }`))).toBe("string");
  });
});
