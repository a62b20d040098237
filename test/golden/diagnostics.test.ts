// Goal: whatever is wrong with a model, its author is told what, where and what to write instead, all
// mistakes at once. Method: each file under test/golden/diagnostics is refused with exactly the text beside
// it. A missing text fails; UPDATE_GOLDEN=1 writes them anew, to be read before they are committed.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";
import { compileModel, type ModelOptions } from "../../src/model/compile.ts";
import { ModelError } from "../../src/model/diagnostics.ts";

const folder = join(packageRoot, "test", "golden", "diagnostics");
const files = readdirSync(folder).filter((name) => name.endsWith(".c"));

/** What the author reads, or "accepted". */
async function refusal(file: string, options: ModelOptions): Promise<string> {
  try {
    await compileModel(file, options);
    return "accepted";
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.message;
  }
}

/** `// options: strict scenario=x` on the first line. */
function optionsOf(text: string): ModelOptions {
  const words = /^\/\/ options: (.*)$/m.exec(text)?.[1]?.split(/\s+/) ?? [];
  const scenario = words.map((w) => /^scenario=(.*)$/.exec(w)?.[1]).find((w) => w !== undefined);
  return { strict: words.includes("strict"), ...(scenario === undefined ? {} : { scenario }) };
}

describe("bad models", () => {
  test("there are many", () => expect(files.length).toBeGreaterThanOrEqual(60));

  test.each(files)("%s is refused with the text that stands beside it", async (name) => {
    const file = join(folder, name);
    const golden = file.replace(/\.c$/, ".txt");
    const said = await refusal(file, { ...optionsOf(readFileSync(file, "utf8")), name });
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, `${said}\n`);
    expect(existsSync(golden), `${golden} is missing: UPDATE_GOLDEN=1 writes it`).toBe(true);
    expect(said).not.toBe("accepted");
    expect(`${said}\n`).toBe(readFileSync(golden, "utf8"));
  });
});

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}

describe("hostile input", () => {
  const scratch = mkdtempSync(join(tmpdir(), "raceproof-diagnostics-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const head = "#include <raceproof.h>\nstatic int x;\n";
  const tail = 'scenario s(void) { thread("a", f()); }\n';
  const inputs: Record<string, string | Buffer> = {
    "an empty file": "",
    "white space": " \n\t\n",
    "a binary file": Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2]),
    "a file that is too large": "x".repeat(2 * 1024 * 1024),
    "a megabyte of parentheses": `${head}static void f(void) { x = ${"(".repeat(1 << 20)}`,
    "closed parentheses by the thousand": `${head}
static void f(void) { x = ${"(".repeat(5000)}1${")".repeat(5000)}; }
${tail}`,
    "a long chain of operators": `${head}static void f(void) { x = ${"1 + ".repeat(20_000)}1; }\n${tail}`,
    "a long chain of pointers": `${head}
static int ${"*".repeat(20_000)}p;
static void f(void) { p = 0; }
${tail}`,
    "deep blocks": `${head}static void f(void) ${"{".repeat(3000)}${"}".repeat(3000)}\n${tail}`,
    "a long else-if chain": `${head}
static void f(void) { ${"if (x) x = 1; else ".repeat(3000)} x = 2; }
${tail}`,
    "deep negation": `${head}static void f(void) { x = ${"!".repeat(20_000)}x; }\n${tail}`,
    "calls that double": `${head}
static void f0(void) { x++; }
${lines(30, (i) => `static void f${i + 1}(void) { f${i}(); f${i}(); }`)}
static void f(void) { f30(); }
${tail}`,
    "calls in a long chain": `${head}
static void f0(void) { x++; }
${lines(1000, (i) => `static void f${i + 1}(void) { f${i}(); }`)}
static void f(void) { f1000(); }
${tail}`,
    "nested conditionals": `${head}static void f(void) { x = ${"x ? 1 : ".repeat(150)}2; }\n${tail}`,
    "terminal escapes in a name": `${head}static void f(void) { \u001b[31mred = 1; }\n${tail}`,
  };

  test.each(Object.entries(inputs))("%s is refused or compiled, quickly", async (title, text) => {
    const file = join(scratch, `${title.replaceAll(" ", "_")}.c`);
    writeFileSync(file, text);
    const start = performance.now();
    const said = await refusal(file, { name: "hostile.c" });
    expect(performance.now() - start).toBeLessThan(20_000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is tested
    expect(said).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(said === "accepted" || /: error: /.test(said), said).toBe(true);
    expect(said.length).toBeLessThan(20_000);
  });

  test("a file that does not exist", async () => {
    expect(await refusal(join(scratch, "nowhere.c"), { name: "nowhere.c" })).toMatch(
      /nowhere\.c: error: no such file/,
    );
  });

  test("a directory", async () => {
    expect(await refusal(scratch, { name: "folder" })).toMatch(/a directory, not a file/);
  });
});
