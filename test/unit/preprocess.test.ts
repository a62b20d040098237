// Goal: the preprocessor does what C11 6.10 says, on text as the kernel writes it.
// Method: small files in memory; the expanded text is compared with white space folded. The headers that
// every unit begins with expand to nothing, so only the file's own text is seen.

import { describe, expect, test } from "vitest";
import { ModelError } from "../../src/model/diagnostics.ts";
import { preprocess } from "../../src/model/preprocess/preprocess.ts";
import { sourceFromText } from "../../src/model/source.ts";

function run(text: string, defines: Record<string, string> = {}) {
  const file = sourceFromText("/nowhere/x.c", "x.c", text);
  return preprocess(file, { defines: new Map(Object.entries(defines)) });
}

/** Expanded text, without any white space that does not separate words. */
function expand(text: string, defines: Record<string, string> = {}): string {
  return run(text, defines)
    .expanded.text.replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([^\w" ]) ?/g, "$1")
    .trim();
}

function problems(text: string, defines: Record<string, string> = {}): string[] {
  try {
    run(text, defines);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.diagnostics.map((d) => `${d.line}:${d.column} ${d.message}`);
  }
  return [];
}

describe("comments and lines", () => {
  test("comments are white space, also between a name and its text", () => {
    expect(expand("int/* a */x;// end\nint y;")).toBe("int x;int y;");
    expect(expand("#define A /* over\n two lines */ 1\nA")).toBe("1");
  });

  test("comment marks in strings are text", () => {
    expect(expand('char *s = "/* no */ // no";')).toBe('char*s="/*no*///no";');
  });

  test("a backslash joins lines anywhere, even inside a name", () => {
    expect(expand("#define SUM(a, b) \\\n\t((a) + \\\n\t (b))\nSUM(1, 2)")).toBe("((1)+(2))");
    expect(expand("in\\\nt x;")).toBe("int x;");
  });

  test("carriage returns and a byte order mark do no harm", () => {
    expect(expand("\ufeff#define A 1\r\nA\r\n")).toBe("1");
  });
});

describe("macros", () => {
  test("an object-like macro is replaced, a longer name with the same start is not", () => {
    expect(expand("#define N 8\nint a[N], NN;")).toBe("int a[8],NN;");
  });

  test("a function-like macro without parentheses is left alone", () => {
    expect(expand("#define f(x) x\nint (*p)(int) = f; f(1)\n(2) f\n(3)")).toBe("int(*p)(int)=f;1(2)3");
  });

  test("a parenthesis behind a space belongs to the text of an object-like macro", () => {
    expect(expand("#define P (x)\nP")).toBe("(x)");
  });

  test("arguments are expanded before they are put in, and the result is rescanned", () => {
    expect(expand("#define ONE 1\n#define twice(x) x x\n#define again twice(ONE)\nagain")).toBe("1 1");
  });

  test("a macro does not expand inside its own expansion", () => {
    expect(expand("#define foo foo + 1\nfoo")).toBe("foo+1");
    expect(expand("#define a b\n#define b a\na b")).toBe("a b");
    expect(expand("#define css_put(c) do { if (css_put(c)) release(c); } while (0)\ncss_put(&x->css);")).toBe(
      "do{if(css_put(&x->css))release(&x->css);}while(0);",
    );
  });

  test("the example of the C standard on rescanning comes out as printed there", () => {
    const text = `#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };`;
    expect(expand(text)).toBe(
      "f(2*(y+1))+f(2*(f(2*(z[0]))))%f(2*(0))+t(1);" +
        "f(2*(2+(3,4)-0,1))|f(2*(~5))&f(2*(0,1))^m(0,1);" +
        'int i[]={1,23,4,5,};char c[2][6]={"hello",""};',
    );
  });

  test("# makes a string with quotes escaped and white space folded", () => {
    expect(run('#define s(x) #x\ns( a  "b\\n"   + \'"\' )').expanded.text.trim()).toBe(
      '"a \\"b\\\\n\\" + \'\\"\'"',
    );
  });

  test("## joins arguments as written, without expanding them", () => {
    expect(expand("#define A 1\n#define cat(a, b) a##b\ncat(A, B) cat(x, 1) cat(-, >)")).toBe("AB x1->");
    expect(expand("#define cat(a, b) a##b\n#define xcat(a, b) cat(a, b)\n#define L 7\nxcat(v, L)")).toBe(
      "v7",
    );
  });

  test("variadic macros take the rest, by either spelling", () => {
    expect(expand("#define pr(f, ...) printk(f, __VA_ARGS__)\npr(1, 2, 3)")).toBe("printk(1,2,3)");
    expect(expand("#define pr(f, a...) printk(f, a)\npr(1, 2, 3)")).toBe("printk(1,2,3)");
  });

  test("GNU's comma goes where the variadic argument is empty", () => {
    const define = "#define pr(f, ...) printk(f, ##__VA_ARGS__)\n";
    expect(expand(`${define}pr(1)`)).toBe("printk(1)");
    expect(expand(`${define}#define N 2\npr(1, N)`)).toBe("printk(1,2)");
  });

  test("__VA_OPT__ stands for its text where there are variadic arguments", () => {
    const define = "#define pr(f, ...) printk(f __VA_OPT__(,) __VA_ARGS__)\n";
    expect(expand(`${define}pr(1) pr(1, 2)`)).toBe("printk(1)printk(1,2)");
  });

  test("empty arguments are arguments", () => {
    expect(expand("#define f(a, b) [a|b]\nf(,) f(1,) f(,2)")).toBe("[|][1|][|2]");
    expect(expand("#define f() x\nf()")).toBe("x");
  });

  test("commas inside parentheses do not separate arguments", () => {
    expect(expand("#define f(a) <a>\nf((1, 2))")).toBe("<(1,2)>");
  });

  test("a call may span lines and conditionals", () => {
    expect(expand("#define f(a, b) a+b\nf(1,\n#ifdef NO\n 2\n#else\n 3\n#endif\n)")).toBe("1+3");
  });

  test("#undef forgets, the last definition counts", () => {
    expect(expand("#define A 1\n#undef A\nA\n#define B 1\n#define B 2\nB")).toBe("A 2");
  });

  test("__LINE__, __FILE__ and __COUNTER__ are computed at their place", () => {
    expect(expand("\n__LINE__ __FILE__ __COUNTER__ __COUNTER__")).toBe('2 "x.c" 0 1');
  });

  test("tokens that meet by expansion do not grow together", () => {
    expect(run("#define minus -\nx = -minus y;").expanded.text).toContain("- - y");
    expect(
      run("#define two(a, b) a b\n#define id(x) x\nid(-)id(-)x id(1)id(.5) id(a)id(b)").expanded.text.trim(),
    ).toBe("- -x 1 .5 a b");
  });

  test("__RACEPROOF__ tells our front-end from a compiler", () => {
    expect(expand("#ifdef __RACEPROOF__\nyes\n#endif")).toBe("yes");
  });

  test.each([
    ["#define f(a, b) a\nf(1)", "2:1 macro f takes 2 arguments, not 1"],
    ["#define f(a) a\nf(1, 2)", "2:1 macro f takes 1 arguments, not 2"],
    ["#define f(a) a\nf(1;\n", "2:1 the call of macro f is not closed"],
    ["#define f(a", "1:11 the parameters of macro f are not closed"],
    ["#define f(a, a) a", "1:14 parameter a appears twice"],
    ["#define f(..., a) a", "1:16 ... must be the last parameter"],
    ["#define 1x", '1:9 "1x" cannot be the name of a macro'],
    ["#define", "1:2 #define without a name"],
    ["#define f(a) #b", "1:14 # is not followed by a parameter of the macro"],
    ["#define f(a) ## a", "1:14 ## cannot stand at either end of a macro"],
    ["#define c(a, b) a##b\nc(+, *)", '2:1 ## makes no token of "+" and "*" in macro c'],
    ["#undef", "1:2 #undef without a name"],
  ])("%j is reported", (text, message) => {
    expect(problems(text)).toEqual([message]);
  });
});

describe("conditionals", () => {
  test.each([
    ["1 + 2 * 3 == 7", true],
    ["(1 + 2) * 3 == 7", false],
    ["-1 < 0", true],
    ["-1 < 0u", false],
    ["1 ? 0 : 1", false],
    ["0 && 1 / 0", false],
    ["1 || 1 / 0", true],
    ["0x10 == 16 && 010 == 8 && 0b11 == 3", true],
    ["'a' == 97 && '\\n' == 10", true],
    ["~0 == -1 && !0 && -(-1)", true],
    ["1 << 3 == 8 && 17 % 5 == 2 && (6 ^ 3) == 5 && (6 & 3) == 2 && (6 | 1) == 7", true],
    ["5 > 4 && 5 >= 5 && 4 <= 5 && 3 != 4", true],
    ["UNKNOWN", false],
    ["defined A && defined(A) && !defined B", true],
    ["A == 4", true],
    ["TWICE(A) == 8", true],
    ["0xffffffffffffffff == -1", true],
    ["__has_attribute(noreturn)", false],
    ["__has_include(<linux/list.h>) && !__has_include(<linux/nope.h>)", true],
  ])("#if %s is %s", (condition, truth) => {
    const text = `#define A 4\n#define TWICE(x) ((x) + (x))\n#if ${condition}\nyes\n#else\nno\n#endif`;
    expect(expand(text)).toBe(truth ? "yes" : "no");
  });

  test("the first true branch counts, and only that", () => {
    const text = (n: number) =>
      `#define N ${n}\n#if N == 1\na\n#elif N < 3\nb\n#elif N < 4\nc\n#else\nd\n#endif`;
    expect([1, 2, 3, 4].map((n) => expand(text(n)))).toEqual(["a", "b", "c", "d"]);
  });

  test("what lies in a dead branch is not looked at", () => {
    expect(
      expand('#if 0\n#if 1/0\n#error x\n#include "no.h"\n don\'t " `@\n#else\n#endif\n#define A\n#endif\nA'),
    ).toBe("A");
    expect(expand("#if 1\na\n#elif 1/0\n#endif")).toBe("a");
  });

  test("CONFIG_ names come from the defines, as kconfig's y, m and n or as they are", () => {
    const text = `#if IS_ENABLED(CONFIG_X)
x
#endif
#ifdef CONFIG_X
d
#endif
int a = IS_ENABLED(CONFIG_X) + IS_BUILTIN(CONFIG_X) + IS_REACHABLE(CONFIG_X);`;
    expect(expand(text)).toBe("int a=(0||0)+0+0;");
    for (const value of ["1", "", "y"])
      expect(expand(text, { CONFIG_X: value })).toBe("x d int a=(1||0)+1+1;");
    expect(expand(text, { CONFIG_X: "m" })).toBe("x int a=(0||1)+0+0;");
    expect(expand(text, { CONFIG_X: "n" })).toBe("int a=(0||0)+0+0;");
    expect(expand("int hz = CONFIG_HZ;", { CONFIG_HZ: "250" })).toBe("int hz=250;");
  });

  test("a name that cannot be defined is refused", () => {
    expect(problems("int a;", { "X Y": "1" })).toEqual(['0:0 "X Y" cannot be defined']);
    expect(problems("int a;", { X: "1\n#error" })).toEqual(['0:0 "X" cannot be defined']);
  });

  test.each([
    ["#if 1\n", "1:2 #if without #endif"],
    ["#ifdef A\n", "1:2 #ifdef without #endif"],
    ["#endif", "1:2 #endif without #if"],
    ["#else", "1:2 #else without #if"],
    ["#if 0\n#else\n#else\n#endif", "3:2 #else after #else"],
    ["#if 0\n#else\n#elif 1\n#endif", "3:2 #elif after #else"],
    ["#if\n#endif", "1:2 #if ends where a value is expected"],
    ["#if 1 +\n#endif", "1:7 #if ends where a value is expected"],
    ["#if (1\n#endif", '1:6 a ")" is missing in #if'],
    ["#if 1 1\n#endif", '1:7 "1" is left over in #if'],
    ["#if 1 / 0\n#endif", "1:9 division by zero in #if"],
    ["#if 1.5\n#endif", '1:5 "1.5" is no integer'],
    ["#if 1 ? 2\n#endif", '1:9 "?" without ":" in #if'],
    ['#if "a"\n#endif', '1:5 ""a"" stands where #if expects a value'],
    ["#if defined(\n#endif", "1:5 defined without a name"],
    ["#ifdef\n#endif", "1:2 #ifdef without a name"],
  ])("%j is reported", (text, message) => {
    expect(problems(text)).toEqual([message]);
  });
});

describe("other directives", () => {
  test("#error is reported with its text", () => {
    expect(problems("#error needs CONFIG_MEMCG, don't ask")).toEqual([
      "1:1 #error needs CONFIG_MEMCG, don't ask",
    ]);
  });

  test("#warning becomes a note, #pragma, #line and # alone are ignored", () => {
    const { notes, expanded } = run("#warning old\n#pragma GCC x\n#line 7\n#\nint a;");
    expect(notes).toEqual(["x.c: #warning old"]);
    expect(expanded.text.trim()).toBe("int a;");
    expect(expanded.positionAt(expanded.text.indexOf("int")).line).toBe(5);
  });

  test("an unknown directive is reported", () => {
    expect(problems("#inclde <x.h>")).toEqual(["1:2 unknown directive #inclde"]);
  });

  test("several mistakes are reported together", () => {
    expect(problems("#error one\n#error two\n#undef")).toHaveLength(3);
  });
});

describe("annotations of the kernel", () => {
  test.each([
    "static struct x __rcu *p;",
    "static __always_inline noinline int f(const char __user *u, int __percpu *c);",
    "__bpf_kfunc static int __init __must_check g(void) __must_hold(&lock) __releases(a) __acquires(b);",
    "__printf(1, 2) static asmlinkage notrace __cold void h(const char *f, ...);",
    "static int x __read_mostly __ro_after_init __maybe_unused __used __weak ____cacheline_aligned;",
    'static int __attribute__((unused, section("x"))) y __aligned(8);',
    "struct z { int a; } __packed __randomize_layout;",
  ])("%s loses them", (text) => {
    expect(expand(text)).not.toMatch(/__\w|noinline|asmlinkage|notrace|\(\(/);
  });
});
