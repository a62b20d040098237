// Goal: the source keeps the rules that reviews would otherwise repeat. Method: every rule runs over the
// tracked tree and must find nothing; and over a small wrong tree, where it must fire, so that no rule is
// blind.

import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { BANS, banned } from "./banned.ts";
import { assemblyFloors, reportIsPure, sourceFloors, wrappedOnce } from "./floors.ts";
import { noDeadFiles, noUnusedExports } from "./reach.ts";
import { fileLength, fileSize, functionLength, lineLength } from "./sizes.ts";
import { blanks, noPromises, noWorkplace, opensWithComment } from "./text.ts";
import { type Rule, readTree, treeOf } from "./tree.ts";

const RULES: readonly Rule[] = [
  sourceFloors,
  assemblyFloors,
  reportIsPure,
  wrappedOnce,
  lineLength,
  fileLength,
  functionLength,
  fileSize,
  banned,
  opensWithComment,
  noPromises,
  noWorkplace,
  blanks,
  noDeadFiles,
  noUnusedExports,
];

const root = fileURLToPath(new URL("../../", import.meta.url));
const tree = readTree(root);

describe("the source tree", () => {
  test("is read whole", () => {
    for (const path of ["assembly/abi.ts", "src/cli/main.ts", "bin/raceproof.js", ".ci/run", "README.md"]) {
      expect([...tree.keys()]).toContain(path);
    }
  });

  test.each([...RULES])("keeps this rule: $name", ({ check }) => {
    expect(check(tree)).toEqual([]);
  });
});

const lines = (count: number) => "// A line.\n".repeat(count);
const SAFE = "// A file that does nothing.\n";

/** A tree that breaks a rule, and a part of what the rule must say about it. */
const WRONG: readonly [rule: Rule, why: string, files: Record<string, string>, says: string][] = [
  [sourceFloors, "upwards", { "src/model/a.ts": 'import "../cli/b.ts";', "src/cli/b.ts": SAFE }, "(8)"],
  [
    sourceFloors,
    "sideways",
    { "src/model/a.ts": 'import "../engine/b.ts";', "src/engine/b.ts": SAFE },
    "(4)",
  ],
  [
    sourceFloors,
    "by import()",
    { "src/work/a.ts": 'await import("../campaign/b.ts");', "src/campaign/b.ts": SAFE },
    "(6)",
  ],
  [sourceFloors, "into the engine", { "src/engine/a.ts": 'import "../../assembly/run.ts";' }, "only abi.ts"],
  [sourceFloors, "into the tests", { "src/cli/a.ts": 'import "../../test/b.ts";' }, "outside src/"],
  [sourceFloors, "from a new folder", { "src/new/a.ts": 'import "node:fs";' }, "no floor"],
  [
    assemblyFloors,
    "upwards",
    { "assembly/machine/a.ts": 'import { b } from "../schedule/b";', "assembly/schedule/b.ts": SAFE },
    "(2)",
  ],
  [
    assemblyFloors,
    "from core",
    { "assembly/core/a.ts": 'import { b } from "../kernel/b";', "assembly/kernel/b.ts": SAFE },
    "(1)",
  ],
  [
    assemblyFloors,
    "from abi",
    { "assembly/abi.ts": 'import "./core/b";', "assembly/core/b.ts": SAFE },
    "nothing",
  ],
  [assemblyFloors, "a package", { "assembly/run.ts": 'import "somewhere";' }, "no packages"],
  [
    reportIsPure,
    "files",
    { "src/report/a.ts": 'import { readFile } from "node:fs";' },
    "reads and writes nothing",
  ],
  [
    reportIsPure,
    "the campaign",
    { "src/report/a.ts": 'import { run } from "../campaign/loop.ts";', "src/campaign/loop.ts": SAFE },
    "types of",
  ],
  [
    reportIsPure,
    "a value of the summary",
    { "src/report/a.ts": 'import { x } from "../campaign/summary.ts";', "src/campaign/summary.ts": SAFE },
    "import type",
  ],
  [wrappedOnce, "the pool", { "src/campaign/a.ts": 'import { Piscina } from "piscina";' }, "pool"],
  [lineLength, "code", { "src/a.ts": `// ${"x".repeat(108)}\n` }, "111 columns"],
  [lineLength, "tabs", { "models/a.c": `${"\t".repeat(14)}\n` }, "112 columns"],
  [fileLength, "unlisted", { "src/a.ts": lines(301) }, "301 lines"],
  [fileLength, "listed, without a reason", { "assembly/abi.ts": `${SAFE}\n${lines(301)}` }, "long because"],
  [fileLength, "listed for nothing", { "assembly/abi.ts": SAFE }, "take it off"],
  [functionLength, "a function", { "src/a.ts": `function f() {\n${lines(70)}}\n` }, "f has 72 lines"],
  [functionLength, "an arrow", { "src/a.ts": `const f = () => {\n${lines(70)}};\n` }, "f has 72 lines"],
  [functionLength, "a method", { "src/a.ts": `class C {\nm() {\n${lines(70)}}\n}\n` }, "m has 72 lines"],
  [fileSize, "a dump", { "docs/a.txt": "x".repeat(400_001) }, "400001 bytes"],
  [opensWithComment, "TypeScript", { "src/a.ts": "export const a = 1;\n" }, "no opening comment"],
  [opensWithComment, "C", { "models/a.c": "int a;\n" }, "no opening comment"],
  [opensWithComment, "a script", { "tool/run": "#!/bin/sh\ntrue\n" }, "no opening comment"],
  [noPromises, "a promise", { "src/a.ts": `// ${"TO"}DO: later\n` }, "do it now"],
  [noWorkplace, "a number", { "src/a.ts": `// see ${"#"}123\n` }, "tracker"],
  [noWorkplace, "a number in words", { "docs/a.md": `As ${"issue"} 12 asked.\n` }, "tracker"],
  [noWorkplace, "a path", { "docs/a.md": `cd ${"/work"}/main\n` }, "one machine"],
  [noWorkplace, "a home", { "docs/a.md": `cd ${"/home"}/me\n` }, "one machine"],
  [blanks, "a tab", { "src/a.ts": "// A.\n\tx();\n" }, "a tab"],
  [blanks, "trailing", { "models/a.c": "int a; \n" }, "trailing"],
  [blanks, "a carriage return", { "docs/a.md": "a\r\n" }, "carriage return"],
  [blanks, "no end", { "docs/a.md": "a" }, "newline"],
  [blanks, "two ends", { "docs/a.md": "a\n\n" }, "blank lines"],
  [noDeadFiles, "in src", { "src/cli/main.ts": SAFE, "src/cli/old.ts": SAFE }, "src/cli/old.ts"],
  [noDeadFiles, "in assembly", { "assembly/index.ts": SAFE, "assembly/core/old.ts": SAFE }, "old.ts"],
  [noDeadFiles, "in test", { "test/support/old.ts": SAFE }, "old.ts"],
  [noUnusedExports, "a function", { "src/base/a.ts": "export function a() {}\n" }, "a is exported"],
  [noUnusedExports, "a type", { "src/base/a.ts": "export type A = 1;\n" }, "A is exported"],
  [
    noUnusedExports,
    "another name of the file is used",
    {
      "src/base/a.ts": "export const a = 1, b = 2;\n",
      "src/cli/b.ts": 'import { b } from "../base/a.ts";\n',
    },
    "a is exported",
  ],
];

/** What a ban must catch; one for each of BANS, in its order. */
const BANNED_SNIPPETS: readonly [path: string, snippet: string][] = [
  ["test/a.ts", "const x = Math.random();"],
  ["src/engine/a.ts", "const t = performance.now();"],
  ["src/campaign/a.ts", "const seed = randomBytes(8);"],
  ["src/campaign/a.ts", 'console.log("hello");'],
  ["src/engine/a.ts", "process.exit(1);"],
  ["assembly/core/a.ts", "const task = prngNext() % n;"],
  ["src/cli/a.ts", 'child.execSync("make");'],
  ["src/model/a.ts", 'const f = new Function("return 1");'],
  ["src/model/a.ts", "setTimeout(stop, 10);"],
  ["src/model/a.ts", "enum Colour { RED }"],
  ["src/model/a.ts", "export default function f() {}"],
  ["assembly/run.ts", "let rate: f64 = 0;"],
  ["assembly/run.ts", "const a = new StaticArray<u32>(4);"],
];

describe("each rule fires", () => {
  test.each(WRONG.map(([rule, why, files, says]) => ({ name: rule.name, rule, why, files, says })))(
    "$name: $why",
    ({ rule, files, says }) => {
      expect(rule.check(treeOf(files)).join("\n")).toContain(says);
    },
  );

  test("and none is without a wrong tree of its own", () => {
    const tried = new Set(WRONG.map(([rule]) => rule));
    expect(RULES.filter((rule) => rule !== banned && !tried.has(rule)).map(({ name }) => name)).toEqual([]);
    expect(BANNED_SNIPPETS.length).toBe(BANS.length);
  });

  test.each(BANNED_SNIPPETS.map(([path, snippet], i) => ({ ...BANS[i]!, path, snippet })))(
    "on $what, and names the replacement",
    ({ what, instead, path, snippet }) => {
      expect(banned.check(treeOf({ [path]: `// A.\n${snippet}\n` }))).toEqual([
        `${path}:2: ${what}: ${instead}`,
      ]);
    },
  );

  test("not on comments, strings and places where the thing is allowed", () => {
    const files = {
      "src/model/a.ts": '// Math.random() and setTimeout() have no place here.\nconst s = "console.log";\n',
      "src/cli/a.ts": "const seed = randomBytes(8);\nprocess.exit(1);\n",
      "src/campaign/a.ts": "const from = performance.now();\n",
      "assembly/run.ts": "const a: u32 = x % 3;\n",
    };
    expect(banned.check(treeOf(files))).toEqual([]);
  });

  test("not on a sound little tree", () => {
    const files = {
      "src/cli/main.ts":
        '// The program, and all of it.\nimport { a } from "../model/a.ts";\nexport const main = a;\n',
      "src/model/a.ts":
        '// A part of the program.\nimport { B } from "../../assembly/abi.ts";\nexport const a = B;\n',
      "assembly/index.ts": '// The engine, and all of it.\nimport { B } from "./abi";\n',
      "assembly/abi.ts": `// The numbers; long because it is.\nexport const B = 1;\n${lines(300)}`,
    };
    expect(RULES.flatMap((rule) => rule.check(treeOf(files)))).toEqual([]);
  });
});
