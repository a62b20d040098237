// Goal: what is said to protect a scenario does, and what is said not to be needed is not. Method: (1)
// every protection of every correct model of the kernel primitives, with its verdict, in a golden that is
// read in the diff; (2) for some of them the line is taken out of the source by hand, and the answer must
// be the same; (3) a mutation is well formed: of random programs that misuse no lock and no domain, none
// does so without one of its protections; (4) splitting an atomic operation changes nothing where one task
// runs alone, and what cannot be paired is not tried.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { corpusModels } from "../../src/base/models.ts";
import { engineFile } from "../../src/base/paths.ts";
import { explore } from "../../src/campaign/explore.ts";
import { knownKeys, protectionsOf } from "../../src/campaign/protection.ts";
import type { ProtectionSite } from "../../src/campaign/summary.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { IrProgram } from "../../src/model/ir.ts";
import type { Program } from "../../src/model/program.ts";
import { compileText } from "../support/compile-text.ts";
import { expectGolden } from "../support/golden.ts";
import { randomProgram } from "../support/random-program.ts";

let machine: Engine;
beforeAll(async () => {
  machine = new Engine(await compileEngine(engineFile));
});

const RULES = { stepsMax: 500, bytes: 2 ** 24, statesMax: 50_000 };

function machineFor(program: Program): Engine {
  machine.load(program.words);
  return machine;
}

async function explored(ir: IrProgram, rules = RULES) {
  const program = encodeProgram(ir);
  return explore({ program, machine: machineFor(program), rules });
}

/** Null where the program itself is too large, or a schedule of it violates. */
async function protections(ir: IrProgram): Promise<ProtectionSite[] | null> {
  const known = knownKeys(await explored(ir));
  return known === null || known.size > 0 ? null : protectionsOf({ ir, known, machineFor, rules: RULES });
}

function lineOf({ verdict, protection, place, reason, loss }: ProtectionSite): string {
  const wrong = loss === null ? "" : `${loss.kind}, ${loss.preemptions} preempted, ${loss.steps} steps`;
  const what = reason ?? wrong;
  const text = `${place.function}():${place.line} ${place.text}`;
  return `  ${verdict.padEnd(10)} ${protection.padEnd(12)} ${text}  ${what}`.trimEnd();
}

describe("protections", () => {
  test("of the corpus of kernel primitives", async () => {
    const lines: string[] = [];
    for (const { name, file } of corpusModels(["primitives"])) {
      if (!name.startsWith("primitives/correct/")) continue;
      const opened = await openModel(file, { name });
      for (const { name: scenario } of opened.scenarios) {
        const sites = await protections(opened.compile(scenario));
        lines.push(`${name.slice("primitives/correct/".length)} ${scenario}`, ...(sites ?? []).map(lineOf));
      }
    }
    expectGolden("protections.txt", `${lines.join("\n")}\n`);
  });

  const COUNTER = `
    static int counter, other;
    static DEFINE_MUTEX(lock);
    static DEFINE_MUTEX(second);
    static void left(void)
    {
      mutex_lock(&lock);
      int old = READ_ONCE(counter);
      WRITE_ONCE(counter, old + 1);
      mutex_unlock(&lock);
    }
    static void right(void)
    {
      int old;

      mutex_lock(&lock);
      mutex_lock(&second);
      lockdep_assert_held(&lock);
      old = READ_ONCE(counter);
      WRITE_ONCE(counter, old + 1);
      mutex_unlock(&second);
      mutex_unlock(&lock);
    }
    scenario plain(void) { thread("left", left()); thread("right", right()); at_end(counter == 2); }`;
  const OBJECT = `
    struct object { refcount_t refs; int value; struct rcu_head rcu; };
    static struct object *published;
    static void put(struct object *p) { if (refcount_dec_and_test(&p->refs)) kfree(p); }
    static void use(void)
    {
      struct object *p;

      mutex_lock(&lock);
      p = published;
      if (p)
        refcount_inc(&p->refs);
      mutex_unlock(&lock);
      if (!p)
        return;
      READ_ONCE(p->value);
      put(p);
    }
    static void drop(void)
    {
      struct object *p;

      mutex_lock(&lock);
      p = published;
      published = NULL;
      mutex_unlock(&lock);
      put(p);
    }
    scenario plain(void)
    {
      struct object *p = kzalloc(sizeof(*p), GFP_KERNEL);
      refcount_set(&p->refs, 1);
      published = p;
      thread("use", use());
      thread("drop", drop());
      at_end(!leaks());
    }`;
  const HEAD = `#include <raceproof.h>
    #include <linux/mutex.h>
    #include <linux/refcount.h>
    #include <linux/rcupdate.h>
    #include <linux/slab.h>
    `;

  test.each([
    ["a counter", HEAD + COUNTER],
    ["an object with references", `${HEAD}static DEFINE_MUTEX(lock);${OBJECT}`],
  ])("of %s are what taking the lines out of its source says", async (_what, text) => {
    const sites = (await protections(await compileText(text)))!;
    expect(sites.length).toBeGreaterThan(2);
    for (const { protection, place, others, verdict } of sites) {
      const gone = protection === "lock" ? [place, ...others] : null;
      if (gone === null) continue;
      const lines = text.split("\n");
      for (const { line } of gone) lines[line - 1] = "";
      const edited = lines.join("\n").replaceAll(/lockdep_assert_held\(&lock\);/g, "");
      const findings = (await explored(await compileText(edited))).findings;
      expect(findings.length > 0 ? "needed" : "not-needed", `${place.text} ${place.line}`).toBe(verdict);
    }
  });

  test("of an object with references name the lock, the reference and what goes wrong", async () => {
    const sites = (await protections(await compileText(`${HEAD}static DEFINE_MUTEX(lock);${OBJECT}`)))!;
    const told = sites.map(({ protection, verdict, place, loss }) => {
      return `${place.function} ${protection} ${verdict} ${loss?.kind ?? ""}`.trimEnd();
    });
    expect(told).toEqual([
      "use lock needed use-after-free",
      "use reference needed use-after-free",
      "drop lock needed use-after-free",
    ]);
  });

  test("whoever hands a reference on is not tried without it", async () => {
    const handed = OBJECT.replace("READ_ONCE(p->value);\n      put(p);", "kept = p;").replace(
      "static void use",
      "static struct object *kept;\n static void use",
    );
    const text = `${HEAD}static DEFINE_MUTEX(lock);${handed.replace("at_end(!leaks());", "")}`;
    const sites = (await protections(await compileText(text)))!;
    const reference = sites.find(({ protection }) => protection === "reference")!;
    expect(reference).toMatchObject({ verdict: "not-tried", loss: null });
    expect(reference.reason).toMatch(/not always given back/);
  });

  test("are not said to be needless where not every schedule without them was looked at", async () => {
    const ir = await compileText(HEAD + COUNTER);
    const few = { ...RULES, bytes: 2 ** 9 };
    const sites = await protectionsOf({ ir, known: new Set(), machineFor, rules: few });
    expect(sites.map(({ verdict }) => verdict)).toEqual(sites.map(() => "unknown"));
  });

  test("leave locks and domains in order, in random programs that nothing is wrong with", async () => {
    const rules = { stepsMax: 60, bytes: 2 ** 19, statesMax: 2000 };
    let tried = 0;
    for (const ir of fc.sample(randomProgram, { numRuns: 100, seed: 42 })) {
      // What chooses again and again has more branches than anybody waits for.
      if (ir.entries.some(({ code }) => code.some(({ op }) => op === "choose"))) continue;
      const known = knownKeys(await explored(ir, rules));
      if (known === null || known.size > 0) continue;
      for (const { reason, verdict } of await protectionsOf({ ir, known, machineFor, rules })) {
        expect(reason ?? "").not.toMatch(/misused/);
        if (verdict !== "not-tried") tried++;
      }
    }
    expect(tried).toBeGreaterThan(20);
  });
});
