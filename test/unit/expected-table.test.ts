// Goal: the verdict table cannot hide a contradiction: each way in which a cell can differ from the catalogue
// is said. Method: a catalogue and results made by hand.

import { describe, expect, test } from "vitest";
import { renderTable } from "../../scripts/expected-document.ts";
import {
  type Catalogue,
  type CatalogueRow,
  type Cell,
  contradiction,
  type FoundIn,
  fewest,
  needsOf,
} from "../../scripts/expected-table.ts";
import type { ProtectionLoss } from "../../src/campaign/summary.ts";

const found: FoundIn = {
  kind: "warn",
  object: "",
  function: "unreg",
  file: "bpf-oom/v2.c",
  line: 12,
  preemptions: 1,
  minimum: "exact",
  scheduleToken: "rp1s:00000000:ab.0000",
};
const row: CatalogueRow = {
  row: "WARN-1",
  scenario: "warn-1",
  title: "a | b, <c>",
  claim: "real",
  expected: {
    v2: { kind: "warn", function: "unreg" },
    any: { kind: "warn" },
    both: [{ kind: "warn" }, { kind: "bug" }],
    fix: "not-found",
  },
  reason: "",
};

function cell(model: string, ...findings: FoundIn[]): Cell {
  return { row: "WARN-1", model, hash: "00000000", states: 1200, transitions: 2000, schedules: 0, findings };
}

/** One that does not fit. */
function large(model: string, ...findings: FoundIn[]): Cell {
  return { row: "WARN-1", model, hash: "00000000", schedules: 1_000_000, findings };
}

describe("a cell contradicts the catalogue", () => {
  test.each([
    ["nothing is found", cell("v2"), "expected is warn in unreg(), found was nothing"],
    ["something is found", cell("fix", found), "expected is nothing, found was warn in unreg()"],
    [
      "it is another kind",
      cell("any", { ...found, kind: "bug" }),
      "expected is warn, found was bug in unreg()",
    ],
    ["it is another function", cell("v2", { ...found, function: "f" }), "found was warn in f()"],
    [
      "more is found",
      cell("v2", found, { ...found, kind: "bug" }),
      "found was warn in unreg(), bug in unreg()",
    ],
    ["less is found", cell("both", found), "expected is warn, bug, found was warn in unreg()"],
    ["the catalogue is silent", cell("v9", found), "does not say what is expected"],
  ])("where %s", (_, wrong, says) => {
    expect(contradiction(row, wrong)).toContain(says);
  });

  test("and not where it is as expected", () => {
    const bug = { ...found, kind: "bug" as const };
    const other = { ...found, function: "f" };
    for (const right of [cell("v2", found), cell("any", other), cell("both", found, bug), cell("fix")]) {
      expect(contradiction(row, right)).toBeUndefined();
    }
  });
});

test("what a refuted claim rests on is what something goes wrong without", () => {
  const place = { file: "lib/a.c", line: 3, column: 1, function: "f", text: "mutex_lock(&m)" };
  const loss = { kind: "warn", function: "g", preemptions: 2 } as ProtectionLoss;
  const site = {
    protection: "lock",
    place,
    others: [],
    verdict: "needed",
    reason: null,
    otherLosses: 0,
  } as const;
  const needs = needsOf([
    { ...site, loss },
    { ...site, verdict: "not-needed", loss: null },
    { ...site, protection: "reference", verdict: "not-tried", loss: null, reason: "it is lent" },
  ]);
  const refuted = { ...row, refuted: true };
  const cells = [
    { ...cell("v2"), needs },
    { ...cell("fix"), needs: [] },
  ];
  const results = { schema: 1, strategy: "random", seed: "42", cells } as const;
  const made = renderTable({ schema: 1, models: ["v2", "fix"], rows: [refuted] }, results);
  expect(made).toContain(
    "| v2 | lock: `mutex_lock(&m)` in `f()` a.c:3 | warn in `g()`, 2 preemptions |\n" +
      "| fix | nothing that is known |  |\n\nNot known:\n\n- `mutex_lock(&m)`: it is lent\n",
  );
});

test("of findings alike in kind, object and function the one with the fewest preemptions is kept", () => {
  const findings = [
    { ...found, preemptions: 2 },
    found,
    { ...found, kind: "bug" as const },
    { ...found, line: 9 },
    { ...found, object: "memcg", preemptions: 3 },
  ];
  const about = { ...found, object: "memcg", preemptions: 3 };
  expect(fewest(findings)).toEqual([{ ...found, kind: "bug" }, found, about]);
});

describe("the document", () => {
  const catalogue: Catalogue = {
    schema: 1,
    models: ["bpf-oom/v2", "bpf-oom/fix", "bpf-oom/too", "bpf-oom/wide", "bpf-oom/open", "bpf-oom/far"],
    rows: [row],
  };
  const cells = [
    cell("bpf-oom/v2", found),
    cell("bpf-oom/fix"),
    { ...cell("bpf-oom/too"), states: 7 },
    large("bpf-oom/wide", { ...found, minimum: "at-most" }),
    large("bpf-oom/open"),
  ];
  const made = renderTable(catalogue, { schema: 1, strategy: "random", seed: "42", cells });

  test("says what is found where and with how few preemptions, and of how many states none shows it", () => {
    expect(made).toContain("| v2 | warn, `unreg()` v2.c:12, 1 preemption |");
    expect(made).toContain("| fix, too | proved (1,200 and 7 states) |");
    expect(made).toContain("    raceproof repro 'rp1s:00000000:ab.0000' bpf-oom/v2 --scenario warn-1");
  });

  test("says what is not known where a cell does not fit", () => {
    expect(made).toContain("| wide | warn, `unreg()` v2.c:12, at most 1 preemption in 1,000,000 schedules |");
    expect(made).toContain("| open | not found in 1,000,000 schedules |");
  });

  test("has in its overview a column for each model, empty where there is nothing to run", () => {
    expect(made).toContain(
      "| race | v2 | fix | too | wide | open | far |\n| --- | --- | --- | --- | --- | --- | --- |\n" +
        "| [WARN-1](#warn-1-a--b-c) | WARN 1 | proved (1,200 states) | proved (7 states) | WARN 1 * | " +
        "not found * |  |",
    );
  });

  test("gives the reason where claim and finding differ", () => {
    const reasoned = { ...catalogue, rows: [{ ...row, reason: "the lock is another" }] };
    expect(renderTable(reasoned, { schema: 1, strategy: "random", seed: "42", cells })).toContain(
      "Found otherwise: the lock is another",
    );
    expect(made).not.toContain("Found otherwise");
  });
});
