// Goal: Tab completes commands, flags, their words, bundled models and their scenarios, in each shell; the
// manual page is read without a complaint; --help fits a screen. Method: the real shells, where they are
// installed (elsewhere the skipped test names the one that is missing).

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { packageRoot } from "../../src/base/paths.ts";
import { commandTree } from "../../src/cli/commands.ts";
import { SHELLS, treeShape, WORDS } from "../../src/cli/completion/tree.ts";
import { run } from "../support/cli.ts";

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const hasMandoc = spawnSync("mandoc", ["-T", "lint", "/dev/null"]).error === undefined;

let folder = "";
const script = (shell: string) => join(folder, `completion.${shell}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "raceproof-shells-"));
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await run(["completion", shell]);
    expect([code, stderr]).toEqual([0, ""]);
    writeFileSync(script(shell), stdout);
  }
  writeFileSync(join(folder, "mine.c"), "");
  writeFileSync(join(folder, "mine.txt"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

function output(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

/** Candidates for the last word, sorted; bash has split words at "=" before it asks. */
function bash(line: string): string[] {
  const words = line
    .split(" ")
    .flatMap((word) => word.split(/(=)/).filter((part, i) => part !== "" || i === 0));
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const text = `source '${script("bash")}'
compopt() { :; }
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _raceproof
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const lines = output("bash", ["--norc", "-c", text]).split("\n");
  return lines.filter((candidate) => candidate !== "").sort();
}

function fish(line: string): string[] {
  const text = `source '${script("fish")}'; complete -C '${line}'`;
  const lines = output("fish", ["--no-config", "-c", text]).split("\n");
  return lines.filter((candidate) => candidate !== "").map((candidate) => candidate.split("\t")[0]!);
}

/** The line after Tab. */
function zsh(line: string): string {
  const helper = join(packageRoot, "test", "support", "complete.zsh");
  return output("zsh", ["-f", helper, script("zsh"), line]).trim();
}

/** A line, and what its last word becomes. */
const CASES: readonly (readonly [string, string])[] = [
  ["raceproof compl", "completion"],
  ["raceproof check --form", "--format"],
  ["raceproof check --format ju", "junit"],
  ["raceproof repro x --format ste", "steps"],
  ["raceproof minimise x --stri", "--strict"],
  ["raceproof fuzz --ui pl", "plain"],
  ["raceproof check bpf-oom/v2-mini", "bpf-oom/v2-minimal"],
  ["raceproof check bpf-oom/v2 --scenario close-vs-rmdir-vs", "close-vs-rmdir-vs-oom"],
  ["raceproof fuzz --scenario two-att", "two-attaches"],
  ["raceproof completion fi", "fish"],
  ["raceproof check mi", "mine.c"],
  ["raceproof ci mine.t", "mine.txt"],
  ["raceproof bench co", "compare"],
];

describe.each(CASES)("Tab after `%s`", (line, word) => {
  it("gives the word in bash", () => {
    expect(bash(line)).toEqual([word]);
  });

  it.skipIf(!has("zsh"))("gives the word in zsh", () => {
    const found = zsh(line);
    expect(found.replace(/=$/, "")).toBe(line.replace(/\S+$/, word));
  });

  it.skipIf(!has("fish"))("gives the word in fish", () => {
    expect(fish(line)).toContain(word);
  });
});

describe("in bash", () => {
  it("a value after = is completed too", () => {
    expect(bash("raceproof check --format=gi")).toEqual(["github"]);
  });

  it("the formats are those of the command", () => {
    expect(bash("raceproof repro x --format ")).toEqual([
      "json",
      "kcsan",
      "lockdep",
      "mail",
      "steps",
      "text",
    ]);
    expect(bash("raceproof check --format ")).toContain("sarif");
  });

  it("every command is known", () => {
    const names = commandTree(() => undefined).commands.map((command) => command.name());
    for (const name of names) expect(bash(`raceproof ${name}`)).toContain(name);
  });
});

test("words that are completed are those that the help names", () => {
  const { commands } = treeShape(commandTree(() => undefined));
  let seen = 0;
  for (const { name, flags } of commands) {
    for (const { long, takes, summary } of flags) {
      if (typeof takes === "string") continue;
      seen++;
      for (const word of takes) expect(summary, `${name} ${long}`).toMatch(new RegExp(`\\b${word}\\b`));
    }
  }
  expect(seen).toBeGreaterThanOrEqual(Object.keys(WORDS).length);
});

describe("the manual page", () => {
  it("names every command and every flag", async () => {
    const { stdout } = await run(["man"]);
    const plain = stdout.replaceAll("\\-", "-");
    for (const { name, flags } of treeShape(commandTree(() => undefined)).leaves) {
      expect(plain).toContain(`.SS "raceproof ${name}`);
      for (const { long } of flags) expect(plain).toContain(long);
    }
  });

  it.skipIf(!has("groff"))("is read by groff without a warning", async () => {
    const { stdout } = await run(["man"]);
    const { stderr } = spawnSync("groff", ["-man", "-ww", "-Tascii"], { input: stdout, encoding: "utf8" });
    expect(stderr).toBe("");
  });

  it.skipIf(!hasMandoc)("is read by mandoc without a warning but for its date", async () => {
    const { stdout } = await run(["man"]);
    const lint = spawnSync("mandoc", ["-T", "lint", "-W", "warning"], { input: stdout, encoding: "utf8" });
    const complaints = lint.stdout
      .split("\n")
      .filter((text) => text !== "" && !text.includes("missing date"));
    expect(complaints).toEqual([]);
  });

  it.skipIf(!has("man"))("is shown by man", () => {
    writeFileSync(
      join(folder, "raceproof.1"),
      spawnSync("node", ["bin/raceproof.js", "man"], { cwd: packageRoot }).stdout,
    );
    const text = output("man", ["-l", "raceproof.1"]);
    expect(text).toContain("raceproof - can these two kernel functions race?");
    expect(text).toMatch(/EXIT STATUS[\s\S]*125/);
  });
});

describe("--help", () => {
  it("fits a screen of 80 by 24 and starts with the three main uses", async () => {
    const { stdout } = await run(["--help"]);
    const lines = stdout.split("\n");
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(lines.slice(2, 5).map((line) => line.trim().split(" ")[1])).toEqual(["check", "fuzz", "repro"]);
    for (const command of commandTree(() => undefined).commands) expect(stdout).toContain(command.name());
  });

  it.each(treeShape(commandTree(() => undefined)).leaves.map(({ name }) => name))(
    "of %s has an example",
    async (name) => {
      const { stdout, code } = await run([...name.split(" "), "--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples?:\\n(.*\\n)*?.*raceproof ${name}`));
    },
  );
});
