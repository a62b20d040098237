// Goal: who asks why gets an answer to paste into a mail, and the same as JSON. Method: the built program
// on two small models; text against goldens, without the times; JSON against the schemas.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folder, run } from "../support/cli.ts";
import { expectGolden } from "../support/golden.ts";
import { schemaErrors } from "../support/schema.ts";

const HEAD = `#include <raceproof.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct settings {
  int scale;
};

static struct settings *settings;
static DEFINE_SPINLOCK(lock);

static int reader(void)
{
  int scale;

  rcu_read_lock();
  scale = READ_ONCE(rcu_dereference(settings)->scale);
  rcu_read_unlock();
  return scale;
}
`;
const SCENARIO = `
scenario replace(void)
{
  struct settings *new = kzalloc(sizeof(*new), GFP_KERNEL);

  settings = kzalloc(sizeof(*settings), GFP_KERNEL);
  thread("reader", reader());
  thread("writer", writer(new));
}
`;
const writer = (waits: string): string => `
static void writer(struct settings *new)
{
  struct settings *old;

  spin_lock(&lock);
  old = settings;
  rcu_assign_pointer(settings, new);
  spin_unlock(&lock);
${waits}  kfree(old);
}
`;

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({
    "early.c": HEAD + writer("") + SCENARIO,
    "waits.c": `${HEAD}${writer("  synchronize_rcu();\n")}${SCENARIO}`,
  });
});
afterAll(() => place.remove());

const here = (...args: string[]) => run(args, { cwd: place.path });

function schema(name: string) {
  const file = fileURLToPath(new URL(`../../docs/schema/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(file, "utf8"));
}

function timeless(text: string): string {
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(72);
  return (
    text
      .replaceAll(/ in [0-9.]+ s: [^;]+;/g, " in ... s: ...;")
      // Where this line breaks depends on how long the figures are.
      .replaceAll(/every\s+schedule\s+was\s+looked\s+at/g, "every schedule was looked at")
      .replaceAll(/\s+(?=every schedule was)/g, " ")
  );
}

describe("--why", () => {
  it("says of a finding which orders of steps force it", async () => {
    const { code, stdout } = await here("explore", "early.c", "--why", "--ui", "none");
    expect(code).toBe(1);
    expectGolden("report/why-finding.txt", timeless(stdout));
  });

  it("says of a proof what it rests on, and shows what happens without", async () => {
    const { code, stdout } = await here("explore", "waits.c", "--why", "--ui", "none");
    expect(code).toBe(0);
    expectGolden("report/why-proved.txt", timeless(stdout));
  });

  it("gives both as JSON", async () => {
    const found = JSON.parse((await here("explore", "early.c", "--why", "--ui", "none", "--json")).stdout);
    expect(schemaErrors(schema("fuzz"), found)).toEqual([]);
    expect(found.findings[0].necessity.orders).toHaveLength(2);
    expect(found.protections).toBeUndefined();
    const proved = JSON.parse(
      (await here("explore", "waits.c", "--why", "--ui", "none", "--json", "--traces")).stdout,
    );
    expect(schemaErrors(schema("fuzz"), proved)).toEqual([]);
    const needed = proved.protections.filter((site: { verdict: string }) => site.verdict === "needed");
    expect(needed.map((site: { protection: string }) => site.protection)).toEqual([
      "section",
      "grace-period",
    ]);
    expect(needed[0].loss.trace.rows.length).toBe(needed[0].loss.steps);
  });

  it("is in the report of repro, of the token's own schedule", async () => {
    const [finding] = JSON.parse(
      (await here("explore", "early.c", "--ui", "none", "--json")).stdout,
    ).findings;
    expect(finding.necessity).toBeUndefined();
    const { code, stdout } = await here("repro", finding.scheduleToken, "early.c", "--format", "mail");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}why: {10}2 orders force it, and no fewer/m);
    const json = JSON.parse((await here("repro", finding.scheduleToken, "early.c", "--json")).stdout);
    expect(schemaErrors(schema("repro"), json)).toEqual([]);
    expect(json.necessity.orders).toHaveLength(2);
  });

  it("is what check says of its findings, and with the flag of what it has proved", async () => {
    const found = (await here("check", "early.c", "--ui", "none")).stdout;
    expect(found).toContain("2 orders force it");
    expect((await here("check", "waits.c", "--ui", "none")).stdout).not.toContain("What protects it");
    const { code, stdout } = await here("check", "waits.c", "--why", "--ui", "none");
    expect(code).toBe(0);
    expect(stdout).toContain("What protects it");
    expect(stdout).toContain("synchronize_rcu()");
  });
});
