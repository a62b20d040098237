// Goal: what a newcomer gets wrong first ends with one line, a hint that works when it is followed, and the
// right exit code. Method: the built command line, spawned.

import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COUNTER, folder, launcher, run } from "../support/cli.ts";

let place: ReturnType<typeof folder>;
beforeAll(() => {
  place = folder({ "counter.c": COUNTER, "none.c": "int x;\n" });
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
