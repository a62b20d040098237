// Goal: what the documents show is what the program does. Method: every command in a ```console block of README,
// CONTRIBUTING and docs/ is run against the built program, in a folder that holds the document's own files; its
// exit code and the output shown must agree (conventions: console.ts). What is too long to run is a skipped test.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mismatch, readDocument } from "./console.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = join(root, "bin", "raceproof.js");
const TIMEOUT_MS = 120_000;

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "raceproof-docs-"));
  symlinkSync(join(root, "models"), join(folder, "models"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string): { code: number | null; output: string } {
  // `npx raceproof` from the checkout is this program; npx itself costs a second each time.
  const line = command.replaceAll(/\bnpx raceproof\b/g, `"${process.execPath}" "${program}"`);
  const done = spawnSync("bash", ["-c", `exec 2>&1\n${line}`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", COLUMNS: "80", CI: "1" },
    timeout: TIMEOUT_MS,
  });
  return { code: done.status, output: done.stdout };
}

describe.each(documents)("%s", (name) => {
  const { files, commands } = readDocument(readFileSync(join(root, name), "utf8"));
  beforeAll(() => {
    for (const [file, text] of files) writeFileSync(join(folder, file), text);
  });

  test("is well formed", () => {
    for (const { command } of commands) expect(command.trim()).not.toBe("");
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
