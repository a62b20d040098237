// Goal: the table of compare fits a terminal and a mail with any number of models, and neither it nor its
// markdown says anything that a model's text could fake. Method: results made by hand, against goldens.

import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Comparison } from "../../src/campaign/summary.ts";
import { renderComparison } from "../../src/report/comparison.ts";
import { renderComparisonMarkdown } from "../../src/report/comparison-markdown.ts";
import { renderComparisonJson } from "../../src/report/json.ts";
import { comparison } from "../support/comparisons.ts";
import { expectGolden } from "../support/golden.ts";
import { schemaErrors } from "../support/schema.ts";

const schema = JSON.parse(readFileSync(new URL("../../docs/schema/compare.json", import.meta.url), "utf8"));
const two = comparison(["bpf-oom/v2", "fix.c"]);
const eight = comparison(["bpf-oom/v2", "a.c", "b.c", "c.c", "d.c", "e.c", "f.c", "with/a/long/path.c"]);

/** What a hostile model may put into every text. */
function hostile(): Comparison {
  const bad = "\u001b]0;x\u0007 | `a` <script> \u202e --- *b* ' $(reboot)";
  const value = comparison([bad, `-${bad}`]);
  const [first] = value.scenarios;
  const rows = first!.rows.map((row) => ({ ...row, title: bad, group: bad }));
  return { ...value, scenarios: [{ ...first!, scenario: bad, rows, notes: [bad] }] };
}

describe("the table", () => {
  test.each([
    ["two models", two],
    ["eight models", eight],
  ])("of %s reads as its golden", (name, value) => {
    expectGolden(`report/comparison-${name.replace(" ", "-")}.txt`, renderComparison(value));
  });

  test.each([72, 80, 110])(
    "fits %i columns, ASCII, without trailing blanks, with up to 26 models",
    (width) => {
      for (const models of [2, 5, 8, 26]) {
        const names = Array.from({ length: models }, (_, i) => `model-${i}.c`);
        for (const text of renderComparison(comparison(names), { width }).split("\n")) {
          expect(text.length, text).toBeLessThanOrEqual(width);
          expect(text).toMatch(/^[ -~]*$/);
          expect(text).not.toMatch(/ $/);
        }
      }
    },
  );

  test("with more models than fit a line repeats the first model in each block, every other once", () => {
    const heads = renderComparison(eight).match(/^scenario close-vs-rmdir +[A-H].*$/gm)!;
    const letters = heads.map((head) => head.replace("scenario close-vs-rmdir", "").trim().split(/ +/));
    expect(letters.every(([first]) => first === "A")).toBe(true);
    expect(letters.flatMap((block) => block.slice(1)).join("")).toBe("BCDEFGH");
  });

  test("says the schedules run and the 95 % bound beside a cure, and what would settle the unclear", () => {
    const text = renderComparison(two);
    expect(text).toMatch(/128,680 +0 of 912k\n.*cured\n.*p < 3\.0e-6\n/);
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "3 is unclear in B: 3,641,589 schedules of B without it would settle it",
    );
  });

  test("is the same text in colour", () => {
    const painted = renderComparison(two, { color: true });
    expect(painted).not.toBe(renderComparison(two));
    const lines = stripVTControlCharacters(painted);
    expect(lines).toBe(renderComparison(two));
  });
});

describe("markdown", () => {
  test("reads as its golden", () => {
    expectGolden("report/comparison.md", renderComparisonMarkdown(two));
  });

  test("shows a model's text as it stands: nothing in it ends a cell, opens a tag or starts a line", () => {
    const text = renderComparisonMarkdown(hostile());
    expect(text).toMatch(/^[\n -~]*$/);
    const outsideCode = text.replaceAll(/^ {4}.*$/gm, "").replaceAll(/`[^`]*`/g, "");
    expect(outsideCode).toContain("&lt;script");
    expect(outsideCode).not.toMatch(/<script|[^\\][*_|]b/);
    const rows = text.split("\n").filter((row) => row.startsWith("|"));
    const bars = rows.map((row) => row.replaceAll("\\|", "").split("|").length);
    expect(new Set(bars).size).toBe(1);
    expect(text).not.toMatch(/^(---|diff |From )/m);
  });
});

describe("JSON", () => {
  test("follows its schema, in its order, and loses nothing", () => {
    for (const value of [two, eight, hostile()]) {
      const text = renderComparisonJson(value);
      const parsed = JSON.parse(text);
      expect(schemaErrors(schema, parsed)).toEqual([]);
      expect(parsed).toEqual(value);
      expect(Object.keys(parsed)).toEqual(Object.keys(schema.properties));
      const [scenario] = parsed.scenarios;
      expect(Object.keys(scenario)).toEqual(Object.keys(schema.$defs.scenario.properties));
      expect(Object.keys(scenario.rows[0])).toEqual(Object.keys(schema.$defs.row.properties));
      expect(Object.keys(scenario.rows[0].cells[0])).toEqual(Object.keys(schema.$defs.cell.properties));
      expect(Object.keys(scenario.rows[0].cells[0].finding)).toEqual(
        Object.keys(schema.$defs.cell.properties.finding.properties),
      );
    }
  });

  test("a wrong mark and a cell without its bound are not valid", () => {
    const parsed = JSON.parse(renderComparisonJson(two));
    parsed.scenarios[0].rows[0].cells[1].mark = "gone";
    delete parsed.scenarios[0].rows[1].cells[1].bound;
    expect(schemaErrors(schema, parsed)).toEqual([
      "/scenarios/0/rows/0/cells/1/mark: is not one of the values listed",
      "/scenarios/0/rows/1/cells/1: lacks bound",
    ]);
  });
});
