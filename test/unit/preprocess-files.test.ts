// Goal: #include finds what the author means, and bad files are named with a way out.
// Method: files in a temporary folder.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Diagnostic, ModelError } from "../../src/model/diagnostics.ts";
import { preprocess } from "../../src/model/preprocess/preprocess.ts";
import { loadMain, loadSource } from "../../src/model/source.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "raceproof-include-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function run(name: string, includes: string[] = []) {
  const { expanded, notes, files } = preprocess(loadMain(join(folder, name), name), { includes });
  const text = expanded.text.replaceAll(/\s+/g, " ").trim();
  return { text, expanded, notes, files: files.map((file) => file.name) };
}

function diagnostics(work: () => unknown): readonly Diagnostic[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ModelError) return error.diagnostics;
    throw error;
  }
  return [];
}

describe("#include", () => {
  test("looks beside the including file first, and names files from the main file's name", () => {
    put("a/main.c", '#include "part.h"\nint m;');
    put("a/part.h", '#include "sub/deep.h"');
    put("a/sub/deep.h", '#include "near.h"');
    put("a/sub/near.h", "int near;");
    const { text, files, expanded } = run("a/main.c");
    expect(text).toBe("int near; int m;");
    expect(files.filter((name) => name.startsWith("a/"))).toEqual([
      "a/main.c",
      "a/part.h",
      "a/sub/deep.h",
      "a/sub/near.h",
    ]);
    expect(expanded.positionAt(expanded.text.indexOf("near"))).toEqual({
      file: "a/sub/near.h",
      line: 1,
      column: 5,
    });
  });

  test("then in the folders of --include, in their order, then in models/include", () => {
    put("b/main.c", '#include <x.h>\n#include "y.h"\n#include <linux/list.h>\nx y');
    put("b/one/x.h", "#define x 1");
    put("b/two/x.h", "#define x 2");
    put("b/two/y.h", "#define y 3");
    const { text, files } = run("b/main.c", [join(folder, "b/one"), join(folder, "b/two")]);
    expect(text).toMatch(/1 3$/);
    expect(files).toContain("models/include/linux/list.h");
  });

  test("<x> does not look beside the including file", () => {
    put("c/main.c", "#include <own.h>\nint a;");
    put("c/own.h", "int own;");
    expect(run("c/main.c").notes).toEqual(["header <own.h> is not known here and was skipped"]);
  });

  test("an unknown <header> is noted once and skipped", () => {
    put("d/main.c", "#include <linux/nope.h>\n#include <linux/nope.h>\nint a;");
    const { text, notes } = run("d/main.c");
    expect(text).toBe("int a;");
    expect(notes).toEqual(["header <linux/nope.h> is not known here and was skipped"]);
  });

  test('an unknown "file" is a diagnostic at its line', () => {
    put("e/main.c", 'int a;\n#include "internal.h"\n');
    const [first] = diagnostics(() => run("e/main.c"));
    expect(first).toMatchObject({
      file: "e/main.c",
      line: 2,
      column: 10,
      message: '"internal.h" was not found',
    });
    expect(first?.hint).toMatch(/--include/);
  });

  test("a macro may name the file", () => {
    put("f/main.c", '#define FILE "x.h"\n#define SYS <linux/nope.h>\n#include FILE\n#include SYS\n');
    put("f/x.h", "int x;");
    const { text, notes } = run("f/main.c");
    expect(text).toBe("int x;");
    expect(notes).toHaveLength(1);
  });

  test("guards and #pragma once keep a file from being read twice", () => {
    put("g/main.c", '#include "guard.h"\n#include "guard.h"\n#include "once.h"\n#include "once.h"\n');
    put("g/guard.h", "#ifndef G\n#define G\nint g;\n#endif");
    put("g/once.h", "#pragma once\nint o;");
    expect(run("g/main.c").text).toBe("int g; int o;");
  });

  test("files that include each other without guard are reported with the loop", () => {
    put("h/main.c", '#include "a.h"\n');
    put("h/a.h", '#include "b.h"\n');
    put("h/b.h", '#include "a.h"\n');
    const [first] = diagnostics(() => run("h/main.c"));
    expect(first?.message).toBe("the files include each other without end: h/a.h -> h/b.h -> h/a.h");
  });

  test("inclusion without a loop that nests too deeply, and too many inclusions, are reported", () => {
    for (let i = 0; i < 60; i++) put(`i/n${i}.h`, `#include "n${i + 1}.h"\n`);
    put("i/n60.h", "int x;\n");
    put("i/main.c", '#include "n0.h"\n');
    expect(diagnostics(() => run("i/main.c"))[0]?.message).toBe("#include nests more than 40 deep");
    for (let i = 0; i < 20; i++) put(`j/n${i}.h`, `#include "n${i + 1}.h"\n#include "n${i + 1}.h"\n`);
    put("j/n20.h", "int x;\n");
    put("j/main.c", '#include "n0.h"\n');
    expect(diagnostics(() => run("j/main.c"))[0]?.message).toBe("more than 2000 inclusions");
  });

  test("a conditional must end in the file in which it began", () => {
    put("k/main.c", '#if 1\n#include "open.h"\n#endif\n');
    put("k/open.h", "#if 1\nint a;\n");
    expect(diagnostics(() => run("k/main.c"))[0]).toMatchObject({ file: "k/open.h", line: 1 });
  });

  test("an included file that cannot be used is reported at the #include", () => {
    put("l/main.c", '#include "image.h"\n');
    put("l/image.h", Buffer.from([1, 0, 2]));
    const [first] = diagnostics(() => run("l/main.c"));
    expect(first?.message).toBe('cannot include "image.h": a binary file: it contains NUL bytes');
  });
});

describe("loading a file", () => {
  const message = (path: string): string => diagnostics(() => loadMain(path, "m.c"))[0]?.message ?? "";

  test("each way a file can be bad has its own message, with a hint", () => {
    expect(message(join(folder, "none.c"))).toBe("no such file");
    expect(message(folder)).toBe("a directory, not a file");
    expect(message(put("nul.c", Buffer.from("int a;\0")))).toBe("a binary file: it contains NUL bytes");
    expect(message(put("empty.c", " \n\t"))).toBe("the file is empty");
    expect(message(put("huge.c", "x".repeat(1024 * 1024 + 1)))).toBe("too large: 1025 KiB");
    expect(message(join(put("file.c", "int a;"), "x.c"))).toBe("no such file");
    for (const path of [join(folder, "none.c"), folder]) {
      expect(diagnostics(() => loadMain(path, "m.c"))[0]).toMatchObject({
        file: "m.c",
        line: 0,
        hint: expect.any(String),
      });
    }
  });

  test("a pipe is refused without waiting for its writer", () => {
    const path = join(folder, "pipe.c");
    execFileSync("mkfifo", [path]);
    expect(message(path)).toBe("not a regular file");
  });

  // Root may read everything.
  test.skipIf(process.getuid?.() === 0)("a file without read permission is reported", () => {
    const path = put("secret.c", "int a;");
    chmodSync(path, 0);
    expect(message(path)).toBe("permission denied");
  });

  test("exactly 1 MiB is not too large, and an included file may be empty", () => {
    expect(loadMain(put("full.c", "x".repeat(1024 * 1024))).text).toHaveLength(1024 * 1024);
    expect(loadSource(put("nothing.h", "")).text).toBe("");
  });
});
