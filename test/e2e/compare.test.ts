// Goal: compare says of each finding whether a change keeps, cures or introduces it, with tokens that replay
// each cell, and an exit code about the last model. Method: the built command line, on versions of a counter.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";
import type { Comparison } from "../../src/campaign/summary.ts";
import { folder, run } from "../support/cli.ts";
import { schemaErrors } from "../support/schema.ts";

/** `read` and `end` are what the versions differ in; both scenarios are shared by all that are made so. */
function version(lines: string, read: string, end: string): string {
  return `${lines}#include <raceproof.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/mutex.h>

static int counter, busy;
static DEFINE_MUTEX(lock);

static void increment(void)
{
  int old;

  ${read}
  WARN_ON(old > 0);
  WRITE_ONCE(counter, old + 1);
  ${end}
}

scenario two(void)
{
  thread("left", increment());
  thread("right", increment());
  at_end(counter == 2);
}

scenario alone(void)
{
  thread("left", increment());
}
`;
}

const files = {
  "old.c": `${version("", "old = READ_ONCE(counter);", "")}
scenario only_old(void)
{
  thread("left", increment());
}
`,
  // Cures the lost update; the WARN stays; asks for a lock that is not held by another, and warns.
  "fix.c": version(
    "/* The lines\\n * are others. */\n\n",
    "WARN_ON(mutex_is_locked(&lock)); mutex_lock(&lock); old = counter;",
    "mutex_unlock(&lock);",
  ).replace("\\n", "\n"),
  "clean.c": version("", "mutex_lock(&lock); old = 0 * READ_ONCE(counter);", "mutex_unlock(&lock);").replace(
    "old + 1",
    "READ_ONCE(counter) + 1",
  ),
  "stranger.c": version("", "old = READ_ONCE(counter);", "").replaceAll("scenario ", "scenario other_"),
  "dropped.c": version("", "assume(READ_ONCE(busy) == 7); old = 0;", ""),
  "broken.c": "scenario two(void)\n{\n\tint x = ;\n}\n",
};

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder(files);
});
afterAll(() => place.remove());

const here = (...args: string[]) => run(["compare", ...args], { cwd: place.path });
const BUDGET = ["--schedules", "20k", "--seed", "42", "--ui", "none"];

describe("compare", () => {
  it("says what a fix keeps, cures and introduces, and each cell's tokens replay it", async () => {
    const { code, stdout, stderr } = await here("old.c", "fix.c", "--json", ...BUDGET);
    expect(stderr).toBe("");
    expect(code).toBe(1);
    const comparison: Comparison = JSON.parse(stdout);
    const schema = JSON.parse(readFileSync(join(packageRoot, "docs", "schema", "compare.json"), "utf8"));
    expect(schemaErrors(schema, JSON.parse(stdout))).toEqual([]);
    expect(comparison.scenarios.map(({ scenario }) => scenario)).toEqual(["two", "alone"]);
    expect(comparison.leftOut).toEqual([{ scenario: "only-old", missing: ["fix.c"] }]);
    const { rows, runs } = comparison.scenarios[0]!;
    const marks = rows.map((row) => [row.title.split(", ")[0], row.cells[1]!.mark]);
    expect(Object.fromEntries(marks)).toEqual({
      "assertion failed in two(): at_end(counter == 2)": "cured",
      "WARNING in increment(): WARN_ON(mutex_is_locked(&lock))": "introduced",
      "WARNING in increment(): WARN_ON(old > 0)": "kept",
    });
    const tokens = rows.flatMap((row) =>
      row.cells.flatMap(({ finding }, i) => {
        if (finding === null) return [];
        const { token, scheduleToken, keys } = finding;
        return [token, scheduleToken].map((t) => ({ token: t, model: runs[i]!.model.name, key: keys[0] }));
      }),
    );
    expect(tokens).toHaveLength(8);
    await Promise.all(
      tokens.map(async ({ token, model, key }) => {
        const args = ["repro", token, model, "--scenario", "two", "--json"];
        const replay = await run(args, { cwd: place.path });
        expect(replay.code).toBe(1);
        const { verdict, trace } = JSON.parse(replay.stdout);
        expect(verdict).toBe("REPRODUCED");
        expect(trace.violations.map((v: { key: string }) => v.key)).toContain(key);
      }),
    );
  });

  it("counts what fuzz counts, and prints the same byte by byte for any number of workers", async () => {
    const args = ["old.c", "fix.c", "--scenario", "two", ...BUDGET];
    const [text, textOfTwo, json, jsonOfTwo] = [
      await here(...args, "-j", "1"),
      await here(...args, "-j", "2"),
      await here(...args, "--json", "-j", "1"),
      await here(...args, "--json", "-j", "2"),
    ];
    expect(textOfTwo).toEqual(text);
    expect(jsonOfTwo).toEqual(json);
    const flags = ["--scenario", "two", "--strategy", "random", ...BUDGET, "--json"];
    const fuzzed = await run(["fuzz", "old.c", ...flags], { cwd: place.path });
    const cells = (JSON.parse(json.stdout) as Comparison).scenarios[0]!.rows.map((row) => row.cells[0]!);
    const shown = cells.filter((cell) => cell.finding !== null);
    expect(shown.map(({ count, finding }) => [count, finding!.token, finding!.scheduleToken])).toEqual(
      JSON.parse(fuzzed.stdout).findings.map((f: { count: number; token: string; scheduleToken: string }) => {
        return [f.count, f.token, f.scheduleToken];
      }),
    );
  });

  it("exits 0 where the last model is clean, and says what that does not prove", async () => {
    const { code, stdout } = await here("old.c", "clean.c", ...BUDGET);
    expect(code).toBe(0);
    expect(stdout).toContain("PROVED: no violation in B clean.c, compared with A old.c");
    expect(stdout).toMatch(/^1\. .* none$/m);
    expect(stdout).toContain("every schedule of that scenario was explored");
    expect(stdout).toMatch(/nothing is\s+said about code that is not in the models/);
    expect(stdout).toContain("left out: scenario only-old, which clean.c does not have");
  });

  it("exits 3 where a run says nothing, and a cure is not claimed", async () => {
    const { code, stdout } = await here("old.c", "dropped.c", "--json", "--scenario", "two", ...BUDGET);
    expect(code).toBe(3);
    const comparison: Comparison = JSON.parse(stdout);
    expect(comparison.verdict).toBe("inconclusive");
    expect(comparison.scenarios[0]!.rows.map((row) => row.cells[1]!.mark)).toEqual(["unclear", "unclear"]);
  });

  it("exits 3 where the time was up before the schedules asked for", async () => {
    const { code } = await here(
      "clean.c",
      "clean.c",
      "--scenario",
      "two",
      "--schedules",
      "1e12",
      "--time",
      "200ms",
    );
    expect(code).toBe(3);
  });

  it("Ctrl-C ends it with what there is, exit code 130, and what was not run is not cured", async () => {
    const args = ["compare", "old.c", "clean.c", "--scenario", "two", "--time", "1h", "--json"];
    let sent = false;
    const result = await run(args, {
      cwd: place.path,
      onStderr: (text, child) => {
        if (sent || !text.includes("finding after")) return;
        sent = true;
        child.kill("SIGINT");
      },
    });
    expect(result.code).toBe(130);
    const comparison: Comparison = JSON.parse(result.stdout);
    expect(comparison).toMatchObject({ interrupted: true, verdict: "inconclusive" });
    const [first, second] = comparison.scenarios[0]!.runs;
    expect(first).toMatchObject({ endedBy: "interrupted" });
    expect(second).toBeNull();
    expect(comparison.scenarios[0]!.rows.map((row) => row.cells[1]!.mark)).not.toContain("cured");
  });
});

describe("wrong usage exits 2 with one line that names it, and what to try", () => {
  it.each([
    [["old.c"], /^raceproof: compare takes 2 to 26 models, and 1 was given\n.*raceproof fuzz/],
    [["old.c", "nowhere.c"], /^raceproof: no model nowhere\.c/],
    [["old.c", "stranger.c"], /^raceproof: old\.c, stranger\.c have no scenario in common\n/],
    [["old.c", "fix.c", "--scenario", "only-old"], /fix\.c: error: the model has no scenario 'only-old'/],
    [["old.c", "broken.c"], /broken\.c:3:\d+: error: /],
    [["old.c", "fix.c", "--format", "pdf"], /^raceproof: --format pdf is unknown\n.*markdown/],
    [["old.c", "fix.c", "--schedules", "none"], /^raceproof: --schedules none/],
    [["old.c", "fix.c", "--until-finding", "1"], /unknown option '--until-finding'/],
    [[], /^raceproof: compare takes 2 to 26 models, and none was given\n/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await here(...args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
