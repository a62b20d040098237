// Goal: every bundled model is C, and its places can be opened. Method: gcc's front-end takes each file that
// has scenarios, with our headers in place of the kernel's; models/lib/ is part of the files that include it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { bundledModels, corpusModels, programIndex, resolveModel } from "../../src/base/models.ts";
import { modelsFolder } from "../../src/base/paths.ts";
import { dashed, loadModel, openScenarios, scenariosOf } from "../../src/cli/session.ts";

const gcc = spawnSync("gcc", ["--version"]).status === 0;

describe.skipIf(!gcc && process.env.CI === undefined)("bundled models (gcc is needed)", () => {
  test.each([...bundledModels(), ...corpusModels()])("$name is C for gcc", ({ file }) => {
    const args = ["-std=gnu11", "-fsyntax-only", "-I", join(modelsFolder, "include"), file];
    const { status, stderr } = spawnSync("gcc", args, { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe("places in a bundled model", () => {
  const flags = { define: [], include: [], stub: [], strict: false };

  test.each(bundledModels().map(({ name }) => name))(
    "%s: are paths from the folder of the models",
    async (name) => {
      const { symbols } = (await loadModel(name, flags)).program;
      expect(symbols.model).toBe(name);
      // A fix candidate and a mutant are a few macros before a shared text: no line of their own is left.
      expect(symbols.files.map((file) => dirname(file))).toContain(dirname(`${name}.c`));
      expect(symbols.files.filter((file) => !existsSync(join(modelsFolder, file)))).toEqual([]);
    },
  );

  test("are named as its user named the file, and what it includes with models/ before it", async () => {
    const path = relative(process.cwd(), join(modelsFolder, "bpf-oom", "v2.c"));
    const { files } = (await loadModel(path, flags)).program.symbols;
    const own = files.filter((file) => !file.startsWith("models/include/linux/"));
    const lib = ["bpf_link.c", "bpf_syscall.c", "cgroup.c"].map((name) =>
      relative(process.cwd(), join(modelsFolder, "lib", name)),
    );
    const headers = ["programs.h", "scenarios.h"].map((name) => path.replace("v2.c", name));
    expect(own.sort()).toEqual([path, ...headers, ...lib].sort());
    expect(files.length).toBeGreaterThan(own.length);
  });
});

// That the hashes are right is asked where programs are compiled: walk.test.ts and expected.test.ts.
describe("the index of programs", () => {
  const models = [...bundledModels(), ...corpusModels()];

  test("has every bundled model, and no other", () => {
    expect(Object.keys(programIndex()), "run: npm run programs").toEqual(models.map(({ name }) => name));
  });

  test.each(models)("has the scenarios of $name", async (model) => {
    const scenarios = await scenariosOf(model, { define: [], include: [], stub: [], strict: false });
    const indexed = Object.keys(programIndex()[model.name] ?? {});
    expect(indexed, "run: npm run programs").toEqual(scenarios.map(({ name }) => dashed(name)));
  });
});

test("a model that is read once compiles each scenario to what it does alone, in any order", async () => {
  const flags = { define: [], include: [], stub: [], strict: false };
  const opened = await openScenarios(resolveModel("bpf-oom/v2"), flags);
  const names = opened.scenarios.map(({ name }) => name).slice(0, 8);
  expect(names).toContain("close_vs_rmdir");
  for (const scenario of names.reverse()) {
    const alone = await loadModel("bpf-oom/v2", { ...flags, scenario });
    expect(opened.compile(scenario).program).toEqual(alone.program);
  }
});
