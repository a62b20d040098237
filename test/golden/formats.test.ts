// Goal: the review's race (bpf-oom/v2, close-vs-rmdir) as a kernel developer, a test runner and a code host
// see it. Read the goldens. Method: the scenario is explored in full, so that nothing in them depends on a
// machine, but the time it took.

import { beforeAll, describe, expect, test } from "vitest";
import type { Check } from "../../src/campaign/summary.ts";
import { checkModel } from "../../src/cli/check.ts";
import { CASE_FORMATS } from "../../src/cli/flags.ts";
import { parseOutput, renderCheckAs } from "../../src/cli/formats.ts";
import { expectGolden } from "../support/golden.ts";
import { sarifErrors, throughMailinfo, xmlErrors, xmllint } from "../support/validators.ts";

let check: Check;
const render = (format: string, more = {}) => renderCheckAs(check, parseOutput({ format, ...more }, FORMATS));
const FORMATS = ["mail", "kcsan", ...CASE_FORMATS] as const;

beforeAll(async () => {
  const flags = { define: [], include: [], stub: [], strict: false, json: false, traces: false, why: false };
  const budget = { time: "60s", maxMemory: "1G", seed: "42", ui: "none" };
  const all = { ...flags, ...budget, scenario: "close-vs-rmdir" };
  const ran = (await checkModel("bpf-oom/v2", all)).check;
  expect(ran.scenarios[0]!.notProved).toBeNull();
  const scenarios = ran.scenarios.map((one) => ({ ...one, version: "0.1.0", elapsedMs: 0 }));
  check = { ...ran, version: "0.1.0", elapsedMs: 0, scenarios };
});

describe("the review's race", () => {
  test.each(FORMATS.filter((format) => format !== "sarif"))("reads in %s as its golden", (format) => {
    expectGolden(`formats/oom.${format}.txt`, render(format));
  });

  test("reads in sarif as its golden, of whose flows the first steps are enough", () => {
    const log = JSON.parse(render("sarif"));
    for (const { codeFlows } of log.runs[0].results) {
      for (const flow of codeFlows[0].threadFlows) flow.locations.splice(2);
    }
    expectGolden("formats/oom.sarif.json", `${JSON.stringify(log, null, 2)}\n`);
  });

  test("reads quoted as its golden", () => {
    expectGolden("formats/oom.quoted.txt", render("mail", { quote: true }));
  });

  test("passes git mailinfo, and four replies leave no line over 80", () => {
    const mail = render("mail");
    expect(throughMailinfo(mail)).toBe(mail);
    for (const line of mail.split("\n")) expect(line.length + "> > > > ".length).toBeLessThanOrEqual(80);
    expect(mail).toMatch(/^[\n -~]*$/);
  });

  test.skipIf(!xmllint)("is valid JUnit", () => {
    expect(xmlErrors([render("junit")])).toBe("");
  });

  test("is valid SARIF", () => {
    expect(sarifErrors(JSON.parse(render("sarif")))).toBe("");
  });
});
