// Goal: the promises of the lowering that a run cannot show: which accesses are steps, what a trace calls
// them, what is handed to threads, what wins over what, what the author is told. Method: small models as
// text.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FUNCTION_BASE, POINTER_BASE } from "../../assembly/abi.ts";
import { modelsFolder } from "../../src/base/paths.ts";
import { listScenarios } from "../../src/model/compile.ts";
import { type Instruction, isStep } from "../../src/model/ir.ts";
import { compileText, mistakesOf, placeOf, threadOf } from "../support/compile-text.ts";

const HEAD = "#include <raceproof.h>\n";

async function stepsOf(body: string, before = "static int x, y;\n"): Promise<string[]> {
  const ir = await compileText(
    `${HEAD}${before}static void f(void) { ${body} }\nscenario s(void) { thread("a", f()); }`,
  );
  return threadOf(ir, "a")
    .code.filter(isStep)
    .map((i) => `${name(i)} ${placeOf(ir, i).text}`);
}

function name(i: Instruction): string {
  if (i.op === "primitive") return i.name;
  return i.op === "load" || i.op === "store" ? `${i.op} ${i.order}` : i.op;
}

describe("steps and their text", () => {
  test("every access of shared memory is one step, named by the expression that makes it", async () => {
    expect(await stepsOf("x = y; x += 2; y++;")).toEqual([
      "load plain y",
      "store plain x = y",
      "load plain x",
      "store plain x += 2",
      "load plain y",
      "store plain y++",
    ]);
  });

  test("marked accesses carry their order and the whole call", async () => {
    const steps = await stepsOf(
      "WRITE_ONCE(x, READ_ONCE(y) + 1); smp_mb(); smp_store_release(&x, smp_load_acquire(&y));",
    );
    expect(steps).toEqual([
      "load once READ_ONCE(y)",
      "store once WRITE_ONCE(x, READ_ONCE(y) + 1)",
      "fence smp_mb()",
      "load acquire smp_load_acquire(&y)",
      "store release smp_store_release(&x, smp_load_acquire(&y))",
    ]);
  });

  test("rcu_replace_pointer is a load and a store, xchg one step", async () => {
    const steps = await stepsOf("p = rcu_replace_pointer(q, p, 1); p = xchg(&q, p);", "static int *p, *q;\n");
    expect(steps.map((s) => s.split(" ").slice(0, 2).join(" "))).toEqual([
      "load plain",
      "load rcu",
      "store release",
      "store plain",
      "load plain",
      "rmw xchg(&q,",
      "store plain",
    ]);
  });

  test("a macro's text is the call as it was written", async () => {
    const steps = await stepsOf("bump(x);", "#define bump(v) WRITE_ONCE(v, (v) + 1)\nstatic int x;\n");
    expect(steps[1]).toBe("store once bump(x)");
  });

  test("locals are no steps unless their address is taken", async () => {
    expect(await stepsOf("int a = 1; a += 2; a++; if (a) a = 5;")).toEqual([]);
    expect(await stepsOf("int a = 1; int *p = &a; *p = 2;")).toHaveLength(2);
  });

  test("what is known while compiling leaves no code behind", async () => {
    expect(await stepsOf("if (0) x = 1; if (sizeof(int) == 2) undefined_function(); x = 1 ? 2 : y;")).toEqual(
      ["store plain x = 1 ? 2 : y"],
    );
  });

  test("places name the function whose text they are and the call they were inlined through", async () => {
    const ir = await compileText(
      `${HEAD}static int x;
static void inner(void)
{
	x = 1;
}
static void outer(void)
{
	inner();
}
scenario s(void) { thread("a", outer()); }`,
    );
    const [store] = threadOf(ir, "a").code.filter(isStep);
    const place = placeOf(ir, store!);
    expect(place).toMatchObject({ function: "inner", line: 5, column: 2, text: "x = 1" });
    const caller = ir.places[place.caller]!;
    expect(caller).toMatchObject({ function: "outer", text: "inner()", line: 9 });
    expect(ir.places[caller.caller]).toMatchObject({ function: "s", text: "outer()" });
    expect(ir.places[caller.caller]!.caller).toBe(-1);
  });
});

describe("threads and checks", () => {
  test("variables of the set-up are handed over by value, locals in memory by address", async () => {
    const ir = await compileText(
      `${HEAD}static int x;
static void f(int a, int *b) { x = a + *b; }
scenario s(void) { int v = 3; int m = 4; int *unused = &m;
  thread("a", f(v, &m)); at_end(v == 3 && m == 4); }`,
    );
    const captures = ir.entries[ir.setup]!.code.filter((i) => i.op === "capture");
    expect(captures.map((i) => [i.kind, i.index, i.parameter])).toEqual([
      ["thread", 0, 1],
      ["thread", 0, 2],
      ["check", 0, 1],
      ["check", 0, 2],
    ]);
    expect(threadOf(ir, "a").parameters).toBe(2);
    expect(ir.checks).toMatchObject([{ kind: "at_end", text: "v == 3 && m == 4" }]);
    // The set-up's locals outlive it: threads use them.
    expect(ir.entries[ir.setup]!.code.some((i) => i.op === "local-dead")).toBe(false);
  });

  test("a function whose address is taken has an index; one that can be started has an entry", async () => {
    const ir = await compileText(
      `${HEAD}#include <linux/workqueue.h>
static int x;
static struct work_struct w;
static void work(struct work_struct *i) { x = 1; }
static int plain(int a) { return a; }
static int (*p)(int) = plain;
static void f(void) { INIT_WORK(&w, work); x = p(1); }
scenario s(void) { thread("a", f()); }`,
    );
    const byName = new Map(ir.functions.map((f) => [f.name, f.entry]));
    expect(byName.get("plain")).toBe(-1);
    expect(ir.entries[byName.get("work")!]).toMatchObject({ name: "work", parameters: 1 });
    const pointer = ir.globals.find((g) => g.name === "p")!;
    expect(pointer.initial).toEqual([{ function: [...byName.keys()].indexOf("plain") }]);
    expect(
      threadOf(ir, "a").code.some(
        (i) => i.op === "branch" && "imm" in i.right && i.right.imm >= FUNCTION_BASE,
      ),
    ).toBe(true);
  });

  test("a call through a struct_ops field is begun and ended around the body", async () => {
    const ir = await compileText(
      `${HEAD}struct ops { void (*run)(int v); };
struct_ops_type(ops);
static int x;
static void body(int v) { x = v; }
static struct ops o = { .run = body };
static void f(struct ops *p) { p->run(3); }
scenario s(void) { thread("a", f(&o)); }`,
    );
    expect(threadOf(ir, "a").code.filter(isStep).map(name)).toEqual([
      "load plain",
      "ops_call_begin",
      "store plain",
      "ops_call_end",
    ]);
  });
});

describe("objects", () => {
  test("globals lie densely with a gap of one cell, and keep what their initialisers point to", async () => {
    const ir = await compileText(
      `${HEAD}struct n { struct n *next; int v; };
static struct n a, b = { &a, 2 };
static struct n a = { &b };
scenario s(void) { thread("x", a.v = b.v); }`,
    );
    const [a, b] = ["a", "b"].map((n) => ir.globals.find((g) => g.name === n)!);
    expect(ir.classes[a!.class]).toMatchObject({
      name: "n",
      size: 2,
      fields: [
        { name: "next", kind: "pointer" },
        { name: "v", kind: "int" },
      ],
    });
    expect(b!.initial).toEqual([{ global: ir.globals.indexOf(a!), plus: 0 }, 2]);
    const sorted = [...ir.globals].sort((p, q) => p.cell - q.cell);
    for (const [i, g] of sorted.entries()) {
      expect(g.cell).toBe(i === 0 ? 0 : sorted[i - 1]!.cell + sorted[i - 1]!.size + 1);
    }
    const store = threadOf(ir, "x").code.find((i) => i.op === "store")!;
    expect(store.op === "store" && store.address).toEqual({ imm: POINTER_BASE + a!.cell + 1 });
  });

  test("a heap object is named by the type that its size is taken of", async () => {
    const ir = await compileText(
      `${HEAD}#include <linux/slab.h>
struct thing { int a, b; };
static struct thing *p;
static int *q;
static void f(int n) { p = kzalloc(sizeof(*p), GFP_KERNEL); q = kcalloc(n, sizeof(int), GFP_KERNEL);
  q = kzalloc(3, GFP_KERNEL); }
scenario s(void) { thread("a", f(2)); }`,
    );
    const allocations = threadOf(ir, "a").code.filter((i) => i.op === "alloc");
    expect(allocations.map((i) => ir.classes[i.class]!.name)).toEqual(["thing", "int", "int[3]"]);
    expect(allocations[0]!.size).toEqual({ imm: 2 });
  });

  test("locals in memory live exactly as long as their block", async () => {
    const ir = await compileText(
      `${HEAD}static int x;
static void g(int *p) { *p = x; }
static void f(void) { int i; for (i = 0; i < 3; i++) { int m; g(&m); if (m) break; } }
scenario s(void) { thread("a", f()); }`,
    );
    const { code, locals } = threadOf(ir, "a");
    expect(locals).toMatchObject([{ name: "m", size: 1 }]);
    // One birth; a death on the way round and one on the way out.
    expect(code.filter((i) => i.op === "local-live")).toHaveLength(1);
    expect(code.filter((i) => i.op === "local-dead")).toHaveLength(2);
  });
});

describe("what is missing", () => {
  const call = `${HEAD}int elsewhere(int a);
static int x;
scenario s(void) { thread("a", x = elsewhere(1)); }`;

  test("a stub does nothing or chooses, and is told", async () => {
    const zero = await compileText(call, { stubs: new Map([["elsewhere", "zero"]]) });
    expect(zero.notes).toEqual(["stub: elsewhere() does nothing and returns 0"]);
    const choose = await compileText(call, { stubs: new Map([["elsewhere", "choose"]]) });
    expect(threadOf(choose, "a").code.filter((i) => i.op === "choose")).toHaveLength(1);
    expect(await mistakesOf(call)).toEqual(["'elsewhere' is called, and nobody defines it"]);
  });

  test("a field that a header's struct lacks is added at its end, and told; strict refuses it", async () => {
    const text = `${HEAD}#include <linux/list.h>
static struct list_head h;
scenario s(void) { thread("a", h.extra = 1); }`;
    const ir = await compileText(text);
    expect(ir.notes).toEqual([
      "struct list_head of the headers has no field 'extra': it was added as one word, zero",
    ]);
    expect(ir.classes[ir.globals.find((g) => g.name === "h")!.class]!.fields.map((f) => f.name)).toEqual([
      "next",
      "prev",
      "extra",
    ]);
    expect(await mistakesOf(text, { strict: true })).toEqual(["'struct list_head' has no member 'extra'"]);
  });

  test("a constant that does not fit 32 bits is told", async () => {
    const ir = await compileText(
      `${HEAD}static u64 x;\nscenario s(void) { thread("a", x = 0x100000001ULL); }`,
    );
    expect(ir.notes).toEqual([
      "model.c:3: 0x100000001ULL does not fit 32 bits: values are taken modulo 2^32",
    ]);
  });

  test("the code under test wins over the library, whichever comes first", async () => {
    const own = "int cgroup_rmdir(struct cgroup *cgrp) { return 77; }\n";
    const run = 'static int x;\nscenario s(void) { thread("a", x = cgroup_rmdir(root_cgroup)); }';
    for (const text of [
      `${HEAD}#include <linux/cgroup.h>\n${own}#include "lib/cgroup.c"\n#include "lib/memcontrol.c"\n${run}`,
      `${HEAD}#include "lib/cgroup.c"\n#include "lib/memcontrol.c"\n${own}${run}`,
    ]) {
      const ir = await compileText(text);
      expect(threadOf(ir, "a").code.filter(isStep).map(name)).toEqual(["store plain"]);
    }
  });

  test("rubbish that nothing reaches does no harm", async () => {
    const text = `${HEAD}static void rubbish(void) { ??? this is not C ; }
struct { int broken !! };
static int x;
scenario s(void) { thread("a", x = 1); }`;
    expect(await mistakesOf(text)).toEqual([]);
  });
});

describe("scenarios", () => {
  const two = `${HEAD}static int x;
/* First of two. */
scenario first_one(void) { thread("a", x = 1); }
// Second
// of two.
scenario second(void) { thread("b", x = CONFIG_VALUE); }`;

  test("the first is the default; - and _ are the same in a name", async () => {
    const defines = new Map([["CONFIG_VALUE", "5"]]);
    expect((await compileText(two)).scenario).toBe("first_one");
    expect((await compileText(two, { scenario: "first-one" })).scenario).toBe("first_one");
    const ir = await compileText(two, { scenario: "second", defines });
    const store = threadOf(ir, "b").code.find((i) => i.op === "store")!;
    expect(store.op === "store" && store.value).toEqual({ imm: 5 });
  });

  test("they are listed with the comment above them", async () => {
    const scenarios = await listScenarios(join(modelsFolder, "canary.c"));
    expect(scenarios.map((s) => s.name)).toEqual(["canary", "lost_update"]);
    expect(scenarios[0]!.summary).toBe("The assertion is wrong in every schedule.");
  });

  test("compiling twice gives the same program", async () => {
    const file = join(modelsFolder, "bpf-oom", "v2.c");
    const { compileModel } = await import("../../src/model/compile.ts");
    expect(await compileModel(file)).toEqual(await compileModel(file));
  });
});

describe("guards", () => {
  test("the lock is given back on every way out", async () => {
    const steps = await stepsOf(
      "guard(mutex)(&lock); if (x) return; x = 1;",
      "#include <linux/mutex.h>\nstatic DEFINE_MUTEX(lock);\nstatic int x;\n",
    );
    expect(steps).toEqual([
      "mutex_lock guard(mutex)(&lock)",
      "load plain x",
      "mutex_unlock guard(mutex)(&lock)",
      "store plain x = 1",
      "mutex_unlock guard(mutex)(&lock)",
    ]);
  });

  test("the code under test may define a kind of its own", async () => {
    const steps = await stepsOf(
      "guard(mine)(&depth);",
      `#include <linux/cleanup.h>
static int depth;
static void enter(int *d) { WRITE_ONCE(*d, 1); }
static void leave(int *d) { WRITE_ONCE(*d, 0); }
DEFINE_GUARD(mine, int *, enter(_T), leave(_T))
`,
    );
    expect(steps).toEqual(["store once WRITE_ONCE(*d, 1)", "store once WRITE_ONCE(*d, 0)"]);
  });
});
