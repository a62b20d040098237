// Goal: every bundled model is C. Method: gcc's front-end takes each file that has scenarios, with our
// headers in place of the kernel's; models/lib/ is part of the files that include it.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundledModels } from "../../src/base/models.ts";
import { modelsFolder } from "../../src/base/paths.ts";

const gcc = spawnSync("gcc", ["--version"]).status === 0;

describe.skipIf(!gcc && process.env.CI === undefined)("bundled models (gcc is needed)", () => {
  test.each(bundledModels().map(({ name, file }) => [name, file]))("%s is C for gcc", (_name, file) => {
    const args = ["-std=gnu11", "-fsyntax-only", "-I", join(modelsFolder, "include"), file];
    const { status, stderr } = spawnSync("gcc", args, { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
