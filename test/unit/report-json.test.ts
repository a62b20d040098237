// Goal: the JSON of the command line keeps the promise of docs/schema/, in a stable order, without a byte
// that a terminal could act on.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { renderJson, renderReproductionJson } from "../../src/report/json.ts";
import { deadlockTrace, hostileTrace, uafTrace, warnTrace } from "../support/race-traces.ts";
import { schemaErrors } from "../support/schema.ts";
import { reproduction, summary } from "../support/traces.ts";

function schema(name: string) {
  const file = fileURLToPath(new URL(`../../docs/schema/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(file, "utf8"));
}

const traces = [warnTrace(), uafTrace(), deadlockTrace(), hostileTrace()];

describe("the JSON of fuzz", () => {
  test("follows its schema, with and without traces, with and without findings", () => {
    for (const value of [summary(traces), summary([]), summary([], { states: 12, transitions: 30 })]) {
      for (const trace of [false, true]) {
        const text = renderJson(value, { trace });
        expect(schemaErrors(schema("fuzz"), JSON.parse(text))).toEqual([]);
      }
    }
  });

  test("leaves the traces out unless asked for, and loses nothing when asked", () => {
    const value = summary(traces);
    expect(JSON.parse(renderJson(value)).findings[0]).not.toHaveProperty("trace");
    expect(JSON.parse(renderJson(value, { trace: true }))).toEqual(value);
  });

  test("has its keys in the order of the schema whatever order the value was built in", () => {
    const value = summary([warnTrace()]);
    const shuffled = Object.fromEntries(Object.entries(value).reverse()) as unknown as typeof value;
    expect(renderJson(shuffled)).toBe(renderJson(value));
    const printed = Object.keys(JSON.parse(renderJson(value)));
    const promised = Object.keys(schema("fuzz").properties);
    expect(printed).toEqual(promised.filter((key) => printed.includes(key)));
    const finding = Object.keys(JSON.parse(renderJson(value, { trace: true })).findings[0]);
    const findingKeys = Object.keys(schema("fuzz").$defs.finding.properties);
    expect(finding).toEqual(findingKeys.filter((key) => finding.includes(key)));
  });

  test("is printable ASCII and ends with one newline, whatever the model's text holds", () => {
    const text = renderJson(summary([hostileTrace()]), { trace: true });
    expect(text).toMatch(/^[\n -~]*[^\n]\n$/);
    expect(JSON.parse(text).findings[0].trace.tasks[1].label).toBe("\u202egnp.exe \u2066x\u2069 g\u00fcr");
  });
});

describe("the JSON of repro", () => {
  test("follows its schema for every verdict", () => {
    const divergence = { step: 3, expected: "task a to step", found: "it has ended" };
    const values = [
      ...traces.map((t) => reproduction(t)),
      reproduction(warnTrace(), { verdict: "DIVERGED", divergence }),
    ];
    for (const value of values) {
      const text = renderReproductionJson(value);
      expect(schemaErrors(schema("repro"), JSON.parse(text))).toEqual([]);
      expect(JSON.parse(text)).toEqual(value);
    }
  });
});

describe("the validator of these tests", () => {
  test("finds a missing key, a wrong type, a wrong kind and a wrong place in a trace", () => {
    const good = JSON.parse(renderJson(summary([warnTrace()]), { trace: true }));
    const { verdict: _, ...without } = good;
    expect(schemaErrors(schema("fuzz"), without)).toEqual(["/: lacks verdict"]);
    expect(schemaErrors(schema("fuzz"), { ...good, steps: "many" })).toHaveLength(1);
    const [finding] = good.findings;
    expect(schemaErrors(schema("fuzz"), { ...good, findings: [{ ...finding, kind: "race" }] })).toEqual([
      "/findings/0/kind: is not one of the values listed",
    ]);
    finding.trace.rows[0].place.line = -1;
    expect(schemaErrors(schema("fuzz"), good)).toEqual([
      "/findings/0/trace/rows/0/place/line: is less than 0",
    ]);
  });

  test("refuses a keyword that it would silently ignore", () => {
    expect(() => schemaErrors({ maxLength: 3 }, "four")).toThrow("maxLength");
  });
});
