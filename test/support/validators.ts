// Readers of the formats that are not ours: xmllint with a schema, ajv, tap-parser, git.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { Parser, type Result } from "tap-parser";

const SCHEMAS = fileURLToPath(new URL("schemas/", import.meta.url));

export const xmllint = spawnSync("xmllint", ["--version"]).error === undefined;

/** What xmllint has against the documents; "" where nothing. All are looked at by one process. */
export function xmlErrors(documents: readonly string[]): string {
  return inFolder((folder) => {
    const files = documents.map((text, i) => {
      const file = join(folder, `${i}.xml`);
      writeFileSync(file, text);
      return file;
    });
    const args = ["--noout", "--nonet", "--schema", join(SCHEMAS, "junit.xsd"), ...files];
    const { status, stderr } = spawnSync("xmllint", args, { encoding: "utf8" });
    return status === 0 ? "" : stderr;
  });
}

const ajv = new Ajv({ strict: true, allErrors: true });
formats.default(ajv);
const sarif = ajv.compile(JSON.parse(readFileSync(join(SCHEMAS, "sarif-2.1.0.json"), "utf8")));

/** What ajv has against the log. */
export function sarifErrors(log: unknown): string {
  return sarif(log) ? "" : ajv.errorsText(sarif.errors);
}

export interface Tap {
  readonly results: readonly Result[];
  readonly ok: boolean;
  readonly plan: number;
  /** Lines that are not TAP, other than KTAP's version line. */
  readonly extra: readonly string[];
  readonly bailout: boolean;
}

export function parseTap(text: string): Tap {
  const results: Result[] = [];
  const extra: string[] = [];
  const parser = new Parser();
  parser.on("assert", (result: Result) => results.push(result));
  parser.on("extra", (line: string) => extra.push(line.trimEnd()));
  parser.end(text);
  const { ok, plan, bailout } = parser.results!;
  return {
    results,
    ok,
    plan: plan.end ?? 0,
    extra: extra.filter((line) => line !== "KTAP version 1"),
    bailout: bailout !== false,
  };
}

/** The commit message that `git am` would make of a mail with this body; it must find no patch in it. */
export function throughMailinfo(body: string): string {
  return inFolder((folder) => {
    const input = `From: A Reviewer <a@example.org>
Subject: a race
Date: Mon, 27 Oct 2025 12:00:00 +0000
Content-Type: text/plain; charset=utf-8

${body}`;
    const [message, patch] = [join(folder, "message"), join(folder, "patch")];
    execFileSync("git", ["mailinfo", message, patch], { input, cwd: folder });
    return readFileSync(message, "utf8") + readFileSync(patch, "utf8");
  });
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "raceproof-formats-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
