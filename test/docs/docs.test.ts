// Goal: what the documents show is what the program does. Method: every command in a ```console block of
// README, CONTRIBUTING and docs/ is run against the built program, in a folder that holds the document's own
// files; its exit code and the output shown must agree (conventions: console.ts). What is too long to run is
// a skipped test.

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mismatch, readDocument } from "./console.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = join(root, "bin", "raceproof.js");
const TIMEOUT_MS = 120_000;

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...inFolder("docs"),
  ...inFolder("docs/decisions"),
];

function inFolder(folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.map((name) => `${folder}/${name}`);
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "raceproof-docs-"));
  symlinkSync(join(root, "models"), join(folder, "models"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string): { code: number | null; output: string } {
  // `npx raceproof` in the checkout is this program; npx itself costs a second each time.
  const line = command.replaceAll(/(\bnpx )?\braceproof\b/g, `"${process.execPath}" "${program}"`);
  const done = spawnSync("bash", ["-c", `exec 2>&1\n${line}`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", COLUMNS: "80", CI: "1" },
    timeout: TIMEOUT_MS,
  });
  return { code: done.status, output: done.stdout };
}

describe.each(documents)("%s", (name) => {
  const text = readFileSync(join(root, name), "utf8");
  const { files, commands } = readDocument(text);
  beforeAll(() => {
    for (const [file, text] of files) writeFileSync(join(folder, file), text);
  });

  test("links and names only what is there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((link) => join(dirname(name), link[1]!));
    const paths = [...text.matchAll(/`((?:src|assembly|bin|models|test|docs|scripts|bench)\/[\w./-]*)`/g)];
    const named = [...links, ...paths.map((path) => path[1]!)];
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  for (const { line, command, shown, exitCode, skip } of commands) {
    const title = `line ${line}: ${command.split("\n")[0]}`;
    if (skip !== undefined) {
      test.skip(`${title} (not run: ${skip})`, () => {});
      continue;
    }
    test(title, { timeout: TIMEOUT_MS }, () => {
      const { code, output } = run(command);
      expect(code, output).toBe(exitCode);
      if (shown.length > 0) expect(mismatch(shown, output)).toBeUndefined();
    });
  }
});
