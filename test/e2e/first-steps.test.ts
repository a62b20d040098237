// Goal: what a newcomer gets wrong first ends with one line, a hint that works when it is followed, and the
// right exit code. Method: the built command line, spawned.

import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COUNTER, folder, launcher, run } from "../support/cli.ts";

/** Its set-up alone takes six steps. */
const LONG = `#include <raceproof.h>
#include <linux/compiler.h>
static int x;
scenario s(void)
{
	for (int i = 0; i < 6; i++)
		WRITE_ONCE(x, i);
	thread("reader", (void)READ_ONCE(x));
}
`;

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({ "counter.c": COUNTER, "none.c": "int x;\n", "long.c": LONG });
});
afterAll(() => place.remove());

const here = (...args: string[]) => run(args, { cwd: place.path });

it.each(["check", "fuzz", "explore", "show"])(
  "%s says of a model without a scenario how one is written",
  async (command) => {
    const { code, stderr } = await here(command, "none.c");
    expect(stderr).toMatch(/^none\.c: error: the model has no scenario\n {2}write: scenario name/m);
    expect(code).toBe(2);
  },
);

describe("wrong usage of a command names the help that there is", () => {
  it.each([
    [["fuzz", "--bogus"], "raceproof fuzz --help"],
    [["minimize"], "raceproof minimize --help"],
    [["bench", "run", "--bogus"], "raceproof bench run --help"],
    [["bench", "compare", "a.json"], "raceproof bench compare --help"],
    [["no-such-command"], "raceproof --help"],
  ])("%j", async (args, help) => {
    const { code, stdout, stderr } = await here(...args);
    expect(stderr).toMatch(/^raceproof: [^\n]+\n[^\n]+\n$/);
    expect(stderr).toContain(`  ${help}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect((await here(...help.split(" ").slice(1))).code).toBe(0);
  });
});

it("a result that stdout has no room for is told in one line, and is not taken for a verdict", () => {
  const full = openSync("/dev/full", "w");
  const args = [launcher, "check", "counter.c", "--scenario", "lost", "--ui", "none"];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: place.path,
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  expect(stderr).toMatch(/^raceproof: the result cannot be written to stdout: [^\n]+\n[^\n]+\n$/);
  expect(status).toBe(2);
});

describe("what cannot be done as asked is refused before anything runs, with what to write instead", () => {
  it.each([
    [["explore", "counter.c", "--max-states", "0"], /--max-states 0 is not/],
    [["check", "counter.c", "-j", "0"], /-j 0 is not a whole number above 0\n {2}write 1 to \d+\n/],
    [["check", "counter.c", "--include", "nowhere"], /--include nowhere is no folder/],
    [["check", "counter.c", "--traces"], /--traces belongs to --json/],
    [
      ["bench", "run", "counter.c", "-o", "nowhere/b.json"],
      /nowhere\/b\.json cannot be written: there is no/,
    ],
    [["bench", "run", "counter.c", "--engines", "fast"], /--engines fast is unknown/],
    [["bench", "run", "counter.c", "--strategies", "pos"], /lanes draw .*, not pos\n {2}write --engines /],
    [["repro", "--file", "."], /cannot read \.: it is a folder/],
    [
      ["repro", "--file", "counter.c", "--define", "X"],
      /--define=X is for one token\n {2}put it on its line/,
    ],
    [["report", ".", "--scenario", "lost", "-o", "a.html"], /--scenario=lost is for a token/],
    [["resume", ".", "--campaign", "1f"], /--campaign is of a database/],
    [["resume", ".", "--database", "postgres://me@db/races"], /a folder or --database/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await here(...args);
    expect(stderr).toMatch(/^raceproof: [^\n]+\n {2}[^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("a page goes to no folder that is not there, and its message has the name that was given", async () => {
    const token = /rp1s:\S+(?=')/.exec((await here("check", "counter.c", "--scenario", "lost")).stdout)![0];
    const args = ["report", token, "counter.c", "--scenario", "lost", "-o", "nowhere/a.html"];
    const { code, stderr } = await here(...args);
    expect(stderr).toMatch(/^raceproof: nowhere\/a\.html cannot be written: there is no /);
    expect(code).toBe(2);
  });
});

it.each(["check", "fuzz", "explore"])(
  "%s says of a set-up beyond --max-steps that it ended there",
  async (name) => {
    const drawn = name === "fuzz" ? ["--schedules", "3000"] : [];
    const { code, stdout } = await here(name, "long.c", "--max-steps", "3", "--ui", "none", ...drawn);
    expect(stdout).toContain("*** STEP LIMIT (in the set-up)");
    expect(stdout).not.toContain("below 0e");
    if (name === "fuzz") expect(stdout).toContain("3,000 of 3,000 schedules");
    expect(code).toBe(1);
    const again = /raceproof (repro '[^']+') \\\n +(.+)/.exec(stdout)!;
    const replayed = await here(...`${again[1]} ${again[2]}`.replaceAll("'", "").split(" "));
    expect(replayed.stdout).toMatch(/^REPRODUCED: no end within the step limit/);
    expect(replayed.code).toBe(1);
  },
);
