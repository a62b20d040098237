// Goal: whatever happened to the text, a reader is led to what the author wrote.

import { describe, expect, test } from "vitest";
import { preprocess } from "../../src/model/preprocess/preprocess.ts";
import { sourceFromText } from "../../src/model/source.ts";

function run(text: string) {
  const { expanded } = preprocess(sourceFromText("/nowhere/x.c", "x.c", text));
  /** Position and original text of a piece of the expanded text. */
  const find = (piece: string) => {
    const at = expanded.text.indexOf(piece);
    expect(at, `${piece} in ${expanded.text}`).toBeGreaterThanOrEqual(0);
    const { line, column } = expanded.positionAt(at);
    return { at: `${line}:${column}`, text: expanded.originalText(at, at + piece.length) };
  };
  return { expanded, find };
}

describe("positions", () => {
  test("plain text keeps its place to the character, behind comments and joined lines too", () => {
    const { find } = run("int a; /* x\ny */ int b;\nint \\\n  c;\n\tint d;");
    expect(find("a")).toEqual({ at: "1:5", text: "a" });
    expect(find("b")).toEqual({ at: "2:10", text: "b" });
    expect(find("c")).toEqual({ at: "4:3", text: "c" });
    expect(find("int d")).toEqual({ at: "5:2", text: "int d" });
  });

  test("an offset inside a token is a column inside it", () => {
    const { expanded } = run("  hello;");
    expect(expanded.positionAt(expanded.text.indexOf("llo")).column).toBe(5);
  });

  test("text of a macro's body belongs to the call as written", () => {
    const { find } = run("#define inner(x) (*(x))\n#define outer(x) inner(x) + 1\nint v =  outer( p->q );");
    expect(find("+ 1")).toEqual({ at: "3:10", text: "outer( p->q )" });
    expect(find("*")).toEqual({ at: "3:10", text: "outer( p->q )" });
  });

  test("an argument keeps its own place, and a piece that reaches beyond it is the call", () => {
    const { find } = run("#define outer(x) (*(x)) + 1\nint v = outer(p->q);");
    expect(find("p->q")).toEqual({ at: "2:15", text: "p->q" });
    expect(find("(p->q)").text).toBe("outer(p->q)");
  });

  test("a macro in an argument is the call that the author spelled there", () => {
    const { find } = run("#define two() (1 + 1)\n#define neg(x) -(x)\nint v = neg(two());");
    expect(find("1 + 1")).toEqual({ at: "3:13", text: "two()" });
  });

  test("a macro whose name another macro gives begins where the author began", () => {
    const { find } = run("#define call(f, x) f(x)\n#define sq(x) x * x\nint v = call(sq, 3);");
    expect(find("*")).toEqual({ at: "3:9", text: "call(sq, 3)" });
  });

  test("original text is one line without comments, macros unexpanded, and not too long", () => {
    const { expanded } = run('#define N 3\nf(a, /* why */\n\t\tN, // because\n "a // b",  c);');
    const text = expanded.originalText(0, expanded.text.length);
    expect(text).toBe('f(a, N, "a // b", c);');
    const long = run(`f(${"abcdefgh, ".repeat(30)}x);`).expanded;
    const cut = long.originalText(0, long.text.length);
    expect(cut).toHaveLength(120);
    expect(cut.endsWith("...")).toBe(true);
  });

  test("white space before a piece does not pull in what stands before it", () => {
    const { expanded } = run("a  b");
    expect(expanded.originalText(1, expanded.text.length)).toBe("b");
  });

  test("the kernel's list macros keep the author's text", () => {
    const { find } = run(
      `#include <linux/list.h>
void f(void)
{
	list_for_each_entry(pos, &all->items, node) {
		use(pos);
	}
}`,
    );
    expect(find("(&all->items)->next").text).toBe("list_for_each_entry(pos, &all->items, node)");
    expect(find("use(pos)")).toEqual({ at: "5:3", text: "use(pos)" });
  });

  test("a diagnostic carries the author's line", () => {
    const { expanded } = run("int a;\n  bad x;");
    expect(expanded.diagnosticAt(expanded.text.indexOf("bad"), "no", "try")).toEqual({
      file: "x.c",
      line: 2,
      column: 3,
      message: "no",
      hint: "try",
      source: "  bad x;",
    });
  });

  test("text without any token still has a place", () => {
    const { expanded } = run("/* nothing */");
    expect(expanded.positionAt(0)).toEqual({ file: "x.c", line: 1, column: 1 });
    expect(expanded.originalText(0, 0)).toBe("");
  });
});
