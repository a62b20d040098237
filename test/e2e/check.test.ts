// Goal: check says of each scenario what was proved, found or left open, with the right exit code, and within
// the time; findings are shown once. Method: the built command line, on models of a few steps.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COUNTER, folder, run } from "../support/cli.ts";
import { schemaErrors } from "../support/schema.ts";

/** Tasks that all write to one cell: far more states than any test has time for, with a reduction too. */
const WIDE = `#include <raceproof.h>
#include <linux/compiler.h>

static int cell;
static int counter;

static void bump(int n)
{
  for (int i = 0; i < 40; i++)
    WRITE_ONCE(cell, n + i);
}

static void increment(void)
{
  int old = READ_ONCE(counter);

  WRITE_ONCE(counter, old + 1);
}

scenario wide(void)
{
  thread("a", bump(0));
  thread("b", bump(1));
  thread("c", bump(2));
  thread("d", bump(3));
  thread("e", bump(4));
  thread("f", bump(5));
}

scenario wide_lost(void)
{
  thread("a", bump(0));
  thread("b", bump(1));
  thread("c", bump(2));
  thread("d", bump(3));
  thread("left", increment());
  thread("right", increment());
  at_end(counter == 2);
}

scenario small(void)
{
  thread("left", increment());
  thread("right", increment());
  at_end(counter >= 1);
}
`;

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({ "counter.c": COUNTER, "wide.c": WIDE });
});
afterAll(() => place.remove());

const here = (...args: string[]) => run(["check", ...args, "--ui", "none"], { cwd: place.path });

function schema(name: string) {
  return JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../docs/schema/${name}.json`, import.meta.url)), "utf8"),
  );
}

/** What a JSON result comes to, by scenario. */
function outcomes(stdout: string): Record<string, { verdict: string; notProved: string | null }> {
  const check = JSON.parse(stdout);
  expect(schemaErrors(schema("check"), check)).toEqual([]);
  for (const one of check.scenarios) expect(schemaErrors(schema("fuzz"), one)).toEqual([]);
  return Object.fromEntries(
    check.scenarios.map((one: { model: { scenario: string }; verdict: string; notProved: string | null }) => [
      one.model.scenario,
      { verdict: one.verdict, notProved: one.notProved },
    ]),
  );
}

describe("check", () => {
  it("proves a small scenario and exits 0", async () => {
    const { code, stdout } = await here("counter.c", "--scenario", "quiet");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PROVED: no violation, 1 of 1 scenario proved; counter\.c\n/);
    expect(stdout).toMatch(/^ {2}quiet +proved in \d+ states: no schedule violates$/m);
    expect(stdout).toContain("What this does not prove:");
  });

  it("says first what each scenario came to, and gives the same text for any seed", async () => {
    const { code, stdout, stderr } = await here("counter.c", "--seed", "1");
    expect(code).toBe(1);
    expect(stderr).toBe("");
    const [head, , ...table] = stdout
      .split("\n\n")[0]!
      .split("\n")
      .concat(stdout.split("\n\n")[1]!.split("\n"));
    expect(head).toBe("VIOLATIONS: 1 finding in 1 of 3 scenarios, 2 proved; counter.c");
    expect(table.join("\n")).toMatch(/lost +finding 1: all there are in \d+ states/);
    expect(stdout).toContain("minimum:      exact");
    expect(stdout).toMatch(/raceproof repro 'rp1s:[^']+' counter\.c --scenario lost/);
    expect((await here("counter.c", "--seed", "2")).stdout).toBe(stdout);
  });

  it("fuzzes what does not fit, says why it was not proved, and proves the rest", async () => {
    const { code, stdout } = await here("wide.c", "--time", "2s", "--max-memory", "4M", "--json", "--traces");
    expect(code).toBe(1);
    const { wide, "wide-lost": lost, small } = outcomes(stdout);
    expect(wide).toMatchObject({ verdict: "none-found" });
    expect(wide!.notProved).toMatch(/^(the time for exploring was up after|[\d,]+ states filled)/);
    expect(lost).toMatchObject({ verdict: "violations" });
    expect(lost!.notProved).not.toBeNull();
    expect(small).toEqual({ verdict: "proved", notProved: null });
    const [, found] = JSON.parse(stdout).scenarios;
    expect(found.schedules).toBeGreaterThan(0);
    expect(found.findings[0]).toMatchObject({ minimum: "at-most" });
    expect(found.findings[0].exactProbability).toBeUndefined();
  });

  it("does not take what was only drawn for a proof", async () => {
    const { code, stdout } = await here("wide.c", "--scenario", "wide", "--time", "1s", "--max-memory", "2M");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NONE FOUND: no violation; wide\.c\n/);
    expect(stdout).toMatch(/none found in [\d,]+ schedules, p < \d\.\de-\d+; not\s+every schedule:\s/);
    expect(stdout).toContain("no proof of absence");
  });

  it("where assume() drops every run it proves nothing wrong, and says so of no schedule", async () => {
    const { stdout } = await here("counter.c", "--scenario", "none", "--json");
    expect(outcomes(stdout).none!.notProved).toBeNull();
  });

  it("interrupted, it reports what it has within 2 s, and what it did not look at is no pass", async () => {
    let sent = 0;
    const result = await run(["check", "wide.c", "--time", "1h", "--json"], {
      cwd: place.path,
      onStderr: (text, child) => {
        if (sent > 0 || !text.includes("exploring")) return;
        sent = performance.now();
        child.kill("SIGINT");
      },
    });
    expect(performance.now() - sent).toBeLessThan(2500);
    expect(result.code).toBe(130);
    expect(JSON.parse(result.stdout)).toMatchObject({ interrupted: true });
    const { wide } = outcomes(result.stdout);
    expect(wide).toMatchObject({ verdict: "inconclusive" });
  });

  it.each([
    [["nowhere.c"], /no model nowhere\.c/],
    [["counter.c", "--scenario", "quite"], /no scenario 'quite'/],
    [["counter.c", "--max-memory", "9G"], /--max-memory 9G is more than the engine can address/],
    [["counter.c", "--time", "soon"], /--time soon is not a time/],
  ])("%j is wrong usage: exit 2", async (args, message) => {
    const { code, stdout, stderr } = await here(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});
