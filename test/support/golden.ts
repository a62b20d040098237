// Expected outputs in files under test/golden/. A missing file fails; UPDATE_GOLDEN=1 writes what the
// code prints now, to be read in the diff before it is committed.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), "..", "golden");

export function expectGolden(name: string, actual: string): void {
  const file = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  expect(existsSync(file), `${name} is missing: UPDATE_GOLDEN=1 npx vitest run writes it`).toBe(true);
  expect(actual).toBe(readFileSync(file, "utf8"));
}
