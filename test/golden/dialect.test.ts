// Goal: every construct of the dialect means what it means in C. Method: each program under
// test/golden/dialect uses one construct and asserts its results; it must be C for gcc, compile, and run to
// its end on the reference interpreter without a violation, whatever choose() gives.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Outcome } from "../../assembly/abi.ts";
import { modelsFolder, packageRoot } from "../../src/base/paths.ts";
import { compileModel } from "../../src/model/compile.ts";
import type { IrProgram } from "../../src/model/ir.ts";
import { isStep } from "../../src/model/ir.ts";
import { ReferenceMachine } from "../support/reference/machine.ts";

const folder = join(packageRoot, "test", "golden", "dialect");
const files = readdirSync(folder).filter((name) => name.endsWith(".c"));

/** Runs it, lowest slot first; what went wrong, in words. */
function faults(ir: IrProgram, choose: (count: number) => number): string[] {
  const machine = new ReferenceMachine(ir);
  machine.begin(choose);
  for (let slots = machine.runnable(); slots.length > 0; slots = machine.runnable()) machine.step(slots[0]!);
  machine.finish();
  const seen = machine.violations.map((v) => {
    const place = ir.places[ir.entries[v.site.entry]!.code[v.site.index]!.place]!;
    return `${ir.files[place.file]}:${place.line}: ${place.text}`;
  });
  return machine.outcome === Outcome.DONE ? seen : [...seen, `outcome ${Outcome[machine.outcome]}`];
}

describe("the dialect", () => {
  test("the corpus covers it", () => expect(files.length).toBeGreaterThanOrEqual(45));

  test.each(files)("%s does what C says", async (name) => {
    const ir = await compileModel(join(folder, name));
    expect(faults(ir, () => 0)).toEqual([]);
    expect(faults(ir, (count) => count - 1)).toEqual([]);
  });

  test.each(files)("%s is C for gcc too", (name) => {
    const include = join(modelsFolder, "include");
    const args = ["-std=gnu11", "-fsyntax-only", "-w", "-I", include, join(folder, name)];
    const { status, stderr } = spawnSync("gcc", args, { encoding: "utf8" });
    expect(`${stderr}${status}`).toBe("0");
  });
});

describe("the reference run of the corpus", () => {
  test("a wrong assertion does not pass", async () => {
    const ir = await compileModel(join(folder, "arithmetic.c"));
    const broken = ir.entries.map((entry) => ({
      ...entry,
      code: entry.code.map((i) => (i.op === "assert" ? { ...i, value: { imm: 0 } } : i)),
    }));
    expect(faults({ ...ir, entries: broken }, () => 0)).not.toEqual([]);
  });

  test("locals that stay in registers are no steps", async () => {
    const ir = await compileModel(join(folder, "loops.c"));
    const thread = ir.entries[ir.threads[0]!.entry]!;
    expect(thread.code.filter(isStep).map((i) => i.op)).toEqual(["store"]);
  });
});
