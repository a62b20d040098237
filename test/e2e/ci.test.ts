// Goal: a pipeline is told what a committed file of races comes to: what is back, what is new, what says
// nothing any more; by exit code, and in files for those who read them. Method: a small counter model whose
// only race is found at once, as it is, mended, and edited.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COUNTER, folder, run } from "../support/cli.ts";
import { commandsOf } from "../support/github-commands.ts";
import { schemaErrors } from "../support/schema.ts";
import { parseTap, sarifErrors, throughMailinfo, xmlErrors, xmllint } from "../support/validators.ts";

/** The increment is one step; then nothing is lost. */
const MENDED = COUNTER.replace(
  /int old[\s\S]*?old \+ 1\);/,
  [
    "static DEFINE_SPINLOCK(lock);",
    "spin_lock(&lock);",
    "WRITE_ONCE(counter, READ_ONCE(counter) + 1);",
    "spin_unlock(&lock);",
  ].join("\n  "),
).replace("#include <linux/compiler.h>", "#include <linux/compiler.h>\n#include <linux/spinlock.h>");

let place: ReturnType<typeof folder>;
let token = "";
const ci = (args: readonly string[]) =>
  run(["ci", ...args, "--ui", "none", "--seed", "42"], { cwd: place.path });
const file = (name: string, text: string) => writeFileSync(join(place.path, name), text);

beforeAll(async () => {
  place = folder({ "counter.c": COUNTER, "mended.c": MENDED });
  const { stdout } = await run(["check", "counter.c", "--scenario", "lost", "--json"], { cwd: place.path });
  token = JSON.parse(stdout).scenarios[0].findings[0].scheduleToken;
});
afterAll(() => place.remove());

describe("ci", () => {
  it("exits 1 where a race of the file shows, and 0 where its line says that it is known", async () => {
    file("races.txt", `${token} counter.c --scenario lost\n`);
    const back = await ci(["races.txt", "--time", "2s"]);
    expect(back.code).toBe(1);
    expect(back.stdout).toMatch(/^VIOLATIONS: 1 of 1 race shows, 1 new finding in 1 scenario/);
    file("known.txt", `known ${token} counter.c --scenario lost\n`);
    const known = await ci(["known.txt", "--time", "2s"]);
    expect([known.code, known.stdout.split(";")[0]]).toEqual([
      0,
      "NONE FOUND: 0 of 1 race shows, 1 known, 0 new findings in 1 scenario",
    ]);
  });

  it("reads the same files as repro --file, which takes known races for such too", async () => {
    file("back.txt", `${token} counter.c --scenario lost\n`);
    file("may.txt", `known ${token} counter.c --scenario lost\ncheck counter.c\n`);
    const codes = ["back.txt", "may.txt"].map(async (name) => {
      return (await run(["repro", "--file", name], { cwd: place.path })).code;
    });
    expect(await Promise.all(codes)).toEqual([1, 0]);
  });

  it("exits 0 where the race is mended and the scenario proved, though the token fits no more", async () => {
    file("mended.txt", `${token} mended.c --scenario lost\ncheck mended.c --scenario quiet\n`);
    const { code, stdout } = await ci(["mended.txt", "--time", "5s", "--json"]);
    const gate = JSON.parse(stdout);
    expect([code, gate.verdict]).toEqual([0, "proved"]);
    expect(gate.replays).toMatchObject([{ line: 1, verdict: "DIVERGED", violations: [] }]);
    expect(gate.replays[0].reason).toMatch(/^the token diverges at step \d+: expected/);
    const schema = readFileSync(new URL("../../docs/schema/ci.json", import.meta.url), "utf8");
    expect(schemaErrors(JSON.parse(schema), gate)).toEqual([]);
    expect(gate.scenarios.map((one: { verdict: string }) => one.verdict)).toEqual(["proved", "proved"]);
  });

  it("takes a seed token of another program for stale, and a scenario without tokens", async () => {
    file(
      "stale.txt",
      `rp1:00000000:random:1:2 counter.c --scenario quiet\ncheck counter.c --scenario lost\n`,
    );
    const { code, stdout } = await ci(["stale.txt", "--time", "2s", "--format", "ktap"]);
    expect(code).toBe(1);
    const { results, extra } = parseTap(stdout);
    expect(extra).toEqual([]);
    expect(results.map(({ ok, skip }) => [ok, Boolean(skip)])).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  it("draws what it cannot explore as check does, not by the random walk alone", async () => {
    file("storm.txt", "check bpf-oom/v2 --scenario storm\n");
    const flags = ["--time", "1ms", "--max-memory", "1M", "--json"];
    const { stdout } = await ci(["storm.txt", ...flags]);
    const storm = ["bpf-oom/v2", "--scenario", "storm", "--seed", "42", "--ui", "none"];
    const checked = await run(["check", ...storm, ...flags]);
    const [ours, theirs] = [stdout, checked.stdout].map((text) => JSON.parse(text).scenarios[0]);
    expect(ours.schedules).toBeGreaterThan(0);
    expect(ours.options.strategy).toBe("portfolio");
    expect(theirs.options.strategy).toBe("portfolio");
  });

  it("exits 3 where no token fits and nothing was checked", async () => {
    file("unfit.txt", "rp1:00000000:random:1:2 counter.c --scenario quiet\n");
    const { code, stdout } = await ci(["unfit.txt", "--no-check"]);
    expect([code, stdout.split(";")[0]]).toEqual([3, "INCONCLUSIVE: 0 of 1 race shows, 1 stale"]);
  });

  it("only replays with --no-check", async () => {
    const { code, stdout } = await ci(["races.txt", "--no-check", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ scenarios: [], replays: [{ verdict: "REPRODUCED" }] });
  });

  it.skipIf(!xmllint)("writes several formats at once", async () => {
    const args = ["--format", "github", "--format", "sarif=out.sarif", "--format", "junit=out.xml"];
    const { code, stdout } = await ci(["races.txt", "--time", "1s", ...args]);
    expect(code).toBe(1);
    const [error] = commandsOf(stdout);
    expect(error).toMatchObject({ name: "error", properties: { file: "counter.c" } });
    const read = (name: string) => readFileSync(join(place.path, name), "utf8");
    expect(sarifErrors(JSON.parse(read("out.sarif")))).toBe("");
    expect(xmlErrors([read("out.xml")])).toBe("");
    const [result] = JSON.parse(read("out.sarif")).runs[0].results;
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    expect([artifactLocation.uri, String(region.startLine)]).toEqual(["counter.c", error!.properties.line]);
  });

  it.each([
    [["none.txt"], /cannot read none\.txt: there is no such file or folder/],
    [["races.txt", "--format", "sarif", "--format", "junit"], /sarif and junit would both be printed/],
    [
      ["races.txt", "--format", "sarif=no/such/out"],
      /cannot write no\/such\/out: there is no such file or folder/,
    ],
    [["races.txt", "--format", "sarif="], /names no file/],
    [["races.txt", "--format", "sarif=races.txt"], /sarif=races\.txt would overwrite the tokens/],
    [["races.txt", "--format", "sarif=one", "--format", "junit=./one"], /junit=\.\/one names a file twice/],
    [["races.txt", "--format", "toml"], /--format toml is unknown/],
    [["races.txt", "--time", "soon"], /--time soon is not a time/],
  ])("says in one line what is wrong with %j", async (args, message) => {
    const { code, stderr, stdout } = await ci(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });

  it.each([
    ["", /names no race and no scenario/],
    ["# only a comment\n", /names no race and no scenario/],
    ["\nrp1:zz counter.c\n", /^raceproof: bad\.txt:2: /],
    ["check gone.c\n", /^raceproof: bad\.txt:1: no model gone\.c/],
    ["check counter.c --scenario gone\n", /gone/],
  ])("exits 2 for a file that says %j", async (text, message) => {
    file("bad.txt", text);
    const { code, stderr } = await ci(["bad.txt"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("--format", () => {
  const check = (...args: string[]) =>
    run(["check", "counter.c", "--scenario", "lost", "--ui", "none", ...args], { cwd: place.path });

  it.each(["fuzz", "explore", "check"])("of %s is what a code host reads", async (command) => {
    const args = [command, "counter.c", "--scenario", "lost", "--ui", "none", "--format", "sarif"];
    const { code, stdout } = await run(command === "fuzz" ? [...args, "--schedules", "200"] : args, {
      cwd: place.path,
    });
    expect([code, sarifErrors(JSON.parse(stdout))]).toEqual([1, ""]);
  });

  it("of compare is about the last model", async () => {
    const args = [
      "compare",
      "counter.c",
      "mended.c",
      "--scenario",
      "lost",
      "--schedules",
      "2000",
      "--ui",
      "none",
    ];
    const { code, stdout } = await run([...args, "--format", "ktap"], { cwd: place.path });
    expect(code).toBe(0);
    expect(stdout).toContain("# nothing found, 1 cured\n");
    expect(parseTap(stdout)).toMatchObject({ ok: true, plan: 1, extra: [] });
  });

  it("mail takes a width and quotes", async () => {
    const { stdout } = await check("--format", "mail", "--quote", "--width", "60");
    for (const line of stdout.trimEnd().split("\n").slice(1)) expect(line).toMatch(/^>( .{1,60})?$/);
  });

  it("of a replay too, and its error names what fits", async () => {
    const args = ["repro", token, "counter.c", "--scenario", "lost", "--format", "lockdep"];
    const { code, stderr } = await run(args, { cwd: place.path });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /--format lockdep shows a deadlock over locks, and .* is none\n {2}--format mail takes all/,
    );
  });

  it.each([
    [["--quote"], /--quote belongs to --format mail/],
    [["--width", "20", "--format", "mail"], /--width 20 is no width/],
    [["--width", "80", "--format", "sarif"], /--width belongs to --format text and mail/],
    [["--json", "--format", "mail"], /ask for two formats/],
    [["--format", "html"], /--format html is unknown/],
  ])("is refused before anything runs: %j", async (args, message) => {
    const { code, stderr, stdout } = await check(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("a hostile file and label", () => {
  const name = 'a "b"<i>&,x=y:%.c';
  const label = "</failure>]]>'&|` ::error:: ##[error] \u202e\u001b[31mred\u0007 # SKIP";
  const hostile = async (format: string) => {
    file(name, COUNTER.replaceAll('"left"', `"${label}"`));
    const args = ["check", name, "--scenario", "lost", "--ui", "none", "--format", format];
    const { code, stdout } = await run(args, { cwd: place.path });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^[\n -~]*$/);
    return stdout;
  };

  it.skipIf(!xmllint)("make valid JUnit", async () => {
    expect(xmlErrors([await hostile("junit")])).toBe("");
  });

  it("make valid SARIF that names the file", async () => {
    const log = JSON.parse(await hostile("sarif"));
    expect(sarifErrors(log)).toBe("");
    const { uri } = log.runs[0].results[0].locations[0].physicalLocation.artifactLocation;
    expect(decodeURIComponent(uri)).toBe(name);
  });

  it("make TAP with one result, and annotations of that file only", async () => {
    expect(parseTap(await hostile("ktap"))).toMatchObject({ plan: 1, extra: [], ok: false });
    const commands = commandsOf(await hostile("github"));
    expect(commands.map((command) => command.name)).toEqual(["error", "group", "endgroup"]);
    expect(commands[0]!.properties.file).toBe(name);
  });

  it("leave a mail as it should be", async () => {
    const mail = await hostile("mail");
    for (const line of mail.split("\n")) expect(line.length).toBeLessThanOrEqual(72);
    expect(throughMailinfo(mail)).toBe(mail);
  });
});

describe("lockdep's shape", () => {
  it("of a real deadlock", async () => {
    const { code, stdout } = await run([
      "check",
      "primitives/wrong/abba",
      "--ui",
      "none",
      "--format",
      "lockdep",
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain("WARNING: possible circular locking dependency detected: a, b\n");
    expect(stdout).toContain(" *** DEADLOCK ***\n");
  });
});
