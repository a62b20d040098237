// Goal: `show` says what a model comes to, in a width that can be read.

import { join } from "node:path";
import { expect, test } from "vitest";
import { modelsFolder } from "../../src/base/paths.ts";
import { compileModel } from "../../src/model/compile.ts";
import { SHOW_COLUMNS, showProgram } from "../../src/model/show.ts";
import { compileText } from "../support/compile-text.ts";

test("tasks with their steps, objects and notes", async () => {
  const text = `#include <raceproof.h>
static u64 x;
scenario s(void) { thread("left", x = 0x100000001ULL); at_end(x == 1); }`;
  expect(showProgram(await compileText(text), { steps: true }).split("\n")).toEqual([
    "tasks",
    "  set-up                   0 steps  s",
    "  thread                    1 step  left",
    "     0  store                  x = 0x100000001ULL                  model.c:3 s()",
    "  at_end                    1 step  x == 1",
    "     0  load                   x                                   model.c:3 s()",
    "",
    "objects (1 globals)",
    "  unsigned long long                  1 cell  x",
    "",
    "notes",
    "  model.c:3: 0x100000001ULL does not fit 32 bits: values are taken modulo 2^32",
  ]);
});

test("no line is wider than the terminal of a reviewer", async () => {
  const ir = await compileModel(join(modelsFolder, "bpf-oom", "v2.c"), { scenario: "storm" });
  const lines = showProgram(ir, { steps: true }).split("\n");
  expect(lines.length).toBeGreaterThan(200);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(SHOW_COLUMNS);
});
