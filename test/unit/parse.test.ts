// Goal: the cutter finds functions, declarations and macro calls in text as the kernel writes it; bad text
// hurts only where it is needed.

import { describe, expect, test } from "vitest";
import { ModelError } from "../../src/model/diagnostics.ts";
import { parseSource } from "../../src/model/parse.ts";
import { sourceFromText } from "../../src/model/source.ts";

const unit = (text: string) => parseSource(sourceFromText("/nowhere/x.c", "x.c", text));

/** "function f", "declaration", "skipped NAME(argument)" of each chunk. */
async function kinds(text: string): Promise<string[]> {
  const { chunks } = await unit(text);
  return chunks.map((c) => {
    if (c.kind === "skipped") return `skipped ${c.name}(${c.argument})`;
    return c.name === "" ? c.kind : `${c.kind} ${c.name}`;
  });
}

async function problem(text: string): Promise<string> {
  try {
    await unit(text);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const [first] = error.diagnostics;
    return `${first!.line}:${first!.column} ${first!.message}`;
  }
  return "";
}

describe("cutting", () => {
  test.each([
    ["static int f(int a, struct b *c)\n{\n\treturn 0;\n}", ["function f"]],
    ["struct x *g(void) { if (1) { } }", ["function g"]],
    ["int (*h(int n))(void) { return 0; }", ["function h"]],
    ["int (h)(int n) { return n; }", ["function h"]],
    ["scenario s(void) { }", ["function s"]],
    ["struct a { int (*fn)(int); struct { int x; } y; };", ["declaration"]],
    ["struct a { int x; } b = { .x = 1 }, *c;", ["declaration"]],
    ["static const struct ops o = { .f = f, .g = (int (*)(void)){ 0 } };", ["declaration"]],
    [
      "int a[2] = { 1, 2 }; enum e { A, B }; typedef int (*fn_t)(int);",
      ["declaration", "declaration", "declaration"],
    ],
    ["int f(int); extern int g; ;;", ["declaration", "declaration"]],
    ["int x = ({ int y = 1; y; });", ["declaration"]],
    ["int v = (1) { }", ["function "]],
  ])("%j", async (text, expected) => {
    if (text.startsWith("int v")) expect(await problem(text)).toMatch(/has no end/);
    else expect(await kinds(text)).toEqual(expected);
  });

  test.each([
    ["late_initcall(start);", ["skipped late_initcall(start)"]],
    ['MODULE_LICENSE("GPL");\nint a;', ['skipped MODULE_LICENSE("GPL")', "declaration"]],
    ["EXPORT_SYMBOL_GPL(f)\nint a;", ["skipped EXPORT_SYMBOL_GPL(f)", "declaration"]],
    [
      "BTF_START(x)\nBTF_ID(func, f)\nBTF_END(x)\n\nstatic int g(void) { }",
      ["skipped BTF_START(x)", "skipped BTF_ID(func, f)", "skipped BTF_END(x)", "function g"],
    ],
    ["UNKNOWN_ATTRIBUTE(1)\nstatic int f(void) { }", ["skipped UNKNOWN_ATTRIBUTE(1)", "function f"]],
    ["DEFINE_THING(a, b) = { 1 };\nint c;", ["skipped DEFINE_THING(a, b)", "declaration"]],
    ["struct_ops_type( bpf_ops );", ["skipped struct_ops_type(bpf_ops)"]],
    ["SYSCALL_DEFINE1(open, int, x)\n{\n}", ["function SYSCALL_DEFINE1"]],
    ["LAST(1)", ["skipped LAST(1)"]],
  ])("%j", async (text, expected) => {
    expect(await kinds(text)).toEqual(expected);
  });

  test("skipped calls are listed by themselves", async () => {
    const { skipped } = await unit("int a;\nstruct_ops_type(T);\nmodule_init(x);");
    expect(skipped.map((chunk) => chunk.name)).toEqual(["struct_ops_type", "module_init"]);
  });

  test("chunks carry their offsets in the expanded text", async () => {
    const { chunks, expanded } = await unit("int a;\n\nint f(void)\n{\n}\n");
    expect(chunks.map((c) => expanded.text.slice(c.start, c.end))).toEqual(["int a;", "int f(void)\n{\n}"]);
  });

  test.each([
    ["int f(void)\n{\n\tif (1) {\n\n}\n", '2:1 "{" is never closed'],
    ["int a;\n}", '2:1 "}" closes nothing'],
    ["int f(void) { g(1; }", '1:20 "}" where ")" should close the "(" of line 1'],
    ["int a[3;", '1:6 "[" is never closed'],
    ["int a", '1:1 what begins here has no end: it stops at "a"'],
  ])("%j is reported", async (text, message) => {
    expect(await problem(text)).toBe(message);
  });
});

describe("trees", () => {
  test("a chunk is parsed when asked for, and its nodes lead to the source", async () => {
    const { chunks, expanded } = await unit(
      "#define TWICE(x) ((x) + (x))\n\nint f(int a)\n{\n\treturn TWICE(a);\n}\n",
    );
    const chunk = chunks[0]!;
    if (chunk.kind === "skipped") return expect.unreachable();
    const [statement] = chunk.tree().descendantsOfType("return_statement");
    const [start, end] = [statement!.startIndex + chunk.start, statement!.endIndex + chunk.start];
    expect(expanded.positionAt(start)).toEqual({ file: "x.c", line: 5, column: 2 });
    expect(expanded.originalText(start, end)).toBe("return TWICE(a);");
    expect(chunk.tree()).toBe(chunk.tree());
    expect(chunk.errors()).toEqual([]);
  });

  test("rubbish in one function is a diagnostic of that function only", async () => {
    const { chunks } = await unit("int good(void) { return 1; }\nint bad(void)\n{\n\treturn 1 1;\n}\nint x;");
    const errors = chunks.map((c) => (c.kind === "skipped" ? [] : c.errors()));
    expect(errors[0]).toEqual([]);
    expect(errors[2]).toEqual([]);
    expect(errors[1]![0]).toMatchObject({ file: "x.c", line: 4, source: "\treturn 1 1;" });
  });

  test("an annotation that is not known is named in the hint", async () => {
    const { chunks } = await unit("static int __strange f(void) { return 0; }");
    const [chunk] = chunks;
    if (chunk?.kind !== "function") return expect.unreachable();
    expect(chunk.errors()[0]?.hint).toBe("if __strange is an annotation, define it away: #define __strange");
  });

  test("a missing semicolon is reported at its statement: is one missing?", async () => {
    const { chunks } = await unit("int f(void)\n{\n\tg()\n}\n");
    const [chunk] = chunks;
    if (chunk?.kind !== "function") return expect.unreachable();
    expect(chunk.errors()).toMatchObject([{ line: 3, hint: expect.stringContaining('";"') }]);
  });

  test.each([
    "typeof(*p) *q = p;",
    "int v = ({ int x = 1; x; });",
    "guard(mutex)(&lock);",
    "scoped_guard(mutex, &lock) { f(); }",
    "scoped_guard(rcu) f();",
    "p = ((struct foo *)((char *)(q) - offsetof(struct foo, a.b[1])));",
    "switch (v) { case 1 ... 3: break; default: break; }",
    "x = (foo_t)(y);",
    "list_for_each_entry(pos, &head, node) { f(pos); }",
    "p = kzalloc_obj(struct foo);",
    "for (int i = 0; i < 3; i++) ;",
    "struct foo f = { .a = { 1, 2 }, .b[1] = 3 };",
    "g((struct foo){ .a = 1 });",
    'asm volatile("" ::: "memory");',
    "out: return;",
  ])("%s parses", async (statement) => {
    const { chunks } = await unit(`#include <linux/list.h>\nvoid last(void)\n{\n\t${statement}\n}\n`);
    const chunk = chunks.find((c) => c.kind === "function" && c.name === "last");
    if (chunk?.kind !== "function") return expect.unreachable();
    expect(chunk.errors()).toEqual([]);
  });
});
