// Goal: a comparison never invents a cure. Method: columns made by hand, with findings that differ in lines,
// tasks, statements or nothing, and run for long or not.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Column,
  compareColumns,
  type Observed,
  schedulesToExclude,
} from "../../src/campaign/compare.ts";
import type { Mark } from "../../src/campaign/summary.ts";

const N = 10_000;

function seen(more: Partial<Observed> & { readonly line?: number; readonly task?: string } = {}): Observed {
  const { line = 10, task = "a", ...rest } = more;
  const found = {
    kind: "use-after-free",
    function: "f",
    object: "thing",
    group: "p->x",
    count: 500,
    chance: undefined,
  } as const;
  const observed = { ...found, ...rest };
  const { kind, function: name, object, group } = observed;
  return {
    ...observed,
    finding: {
      key: `${kind} | ${line} ${group}`,
      title: `${kind} in ${name}(): ${object}`,
      file: "x.c",
      line,
      task,
      firstSchedule: line,
      preemptions: 1,
      steps: 9,
      token: `rp1:00000000:random:1:${line}`,
      scheduleToken: `rp1s:00000000:a${line}.0000`,
    },
  };
}

function column(...observed: Observed[]): Column {
  return { observed, schedules: N, limited: 0, whole: false };
}

/** Every schedule was explored as well. */
function whole(...observed: Observed[]): Column {
  return { ...column(...observed), whole: true };
}

/** `group: marks` of each row. */
function marks(...columns: Column[]): [string, ...(Mark | null)[]][] {
  return compareColumns(columns).map((row) => [row.group, ...row.cells.map((cell) => cell.mark)]);
}

describe("which findings are one", () => {
  test("neither the line nor the task of its first schedule tells a finding apart", () => {
    expect(marks(column(seen()), column(seen({ line: 99, task: "b" })))).toEqual([["p->x", null, "kept"]]);
  });

  test.each([{ kind: "warn" }, { function: "g" }, { object: "other" }] as const)(
    "%j makes another one",
    (other) => {
      const table = marks(column(seen()), column(seen(other)));
      expect(table.map(([, , mark]) => mark)).toEqual(["cured", "introduced"]);
    },
  );

  test("of two in one function the one whose group is gone is cured", () => {
    const both = [seen({ group: "p->x" }), seen({ group: "p->y", line: 11 })];
    expect(marks(column(...both), column(both[1]!))).toEqual([
      ["p->x", null, "cured"],
      ["p->y", null, "kept"],
    ]);
    expect(marks(column(both[1]!), column(...both))).toEqual([
      ["p->y", null, "kept"],
      ["p->x", null, "introduced"],
    ]);
  });

  test("a statement that is rewritten is not cured", () => {
    const table = marks(column(seen({ group: "*slot" })), column(seen({ group: "READ_ONCE(*slot)" })));
    expect(table).toEqual([["*slot", null, "kept"]]);
  });

  test("where two are left over on one side and one on the other, all three are one row", () => {
    const first = column(seen({ group: "p->x" }), seen({ group: "p->y" }), seen({ group: "p->z" }));
    const last = column(seen({ group: "p->z" }), seen({ group: "q->x" }));
    expect(marks(first, last)).toEqual([
      ["p->x", null, "kept"],
      ["p->z", null, "kept"],
    ]);
  });

  test("a cell names all dedupe keys of its row, and the token of the one that was seen first", () => {
    const [row] = compareColumns([column(seen({ line: 20 }), seen({ line: 12, count: 7 })), column()]);
    expect(row!.cells[0]).toMatchObject({ count: 507, perMillion: 50_700 });
    expect(row!.cells[0]!.finding).toMatchObject({ line: 12, token: "rp1:00000000:random:1:12" });
    expect(row!.cells[0]!.finding!.keys).toHaveLength(2);
  });

  test("what the first model lacks is matched among the others", () => {
    expect(marks(column(), column(seen()), column(seen({ line: 4 })), column())).toEqual([
      ["p->x", null, "introduced", "introduced", null],
    ]);
  });
});

describe("whether it is gone", () => {
  test("seen once and then not in as many schedules is unclear, both ways, with what would settle it", () => {
    const once = seen({ count: 1 });
    for (const columns of [
      [column(once), column()],
      [column(), column(once)],
    ]) {
      const [, last] = compareColumns(columns)[0]!.cells;
      expect(last).toMatchObject({ mark: "unclear", schedulesNeeded: 99 * N });
    }
    const longer: Column = { ...column(), schedules: 99 * N };
    expect(marks(column(once), longer)).toEqual([["p->x", null, "cured"]]);
  });

  test("in as many schedules, six are unclear and seven are not", () => {
    expect(marks(column(seen({ count: 6 })), column())).toEqual([["p->x", null, "unclear"]]);
    expect(marks(column(seen({ count: 7 })), column())).toEqual([["p->x", null, "cured"]]);
  });

  test("the bound beside it is the rule of three, over the schedules that could have shown it", () => {
    const crash = seen({ kind: "bug", group: "BUG()", count: 4000 });
    const warn = seen({ kind: "warn", group: "WARN_ON(1)", count: N });
    const [row] = compareColumns([column(seen()), column(crash, warn)]);
    expect(row!.cells[1]).toMatchObject({ mark: "cured", count: 0, exposed: 6000, bound: 3 / 6000 });
    expect(row!.cells[0]).toMatchObject({ exposed: N, bound: null });
  });

  test("a crash in every schedule cures nothing", () => {
    const crash = seen({ kind: "bug", group: "BUG()", count: N });
    const [uaf, bug] = compareColumns([column(seen()), column(crash)]);
    expect(uaf!.cells[1]).toMatchObject({ mark: "unclear", exposed: 0, bound: null });
    expect(bug!.cells[1]!.mark).toBe("introduced");
  });

  test("a crash in every schedule of the first model hides: what shows without it is not new", () => {
    const crash = seen({ kind: "bug", group: "BUG()", count: N });
    const [bug, uaf] = compareColumns([column(crash), column(seen())]);
    expect(bug!.cells[1]!.mark).toBe("cured");
    expect(uaf!.cells[1]!.mark).toBe("unclear");
  });

  test("schedules that hit a limit say nothing, and a model that was not run has no mark", () => {
    const limited: Column = { ...column(), limited: N };
    expect(marks(column(seen()), limited)).toEqual([["p->x", null, "unclear"]]);
    const [row] = compareColumns([column(seen()), null]);
    expect(row!.cells[1]).toMatchObject({ mark: null, exposed: 0, bound: null, finding: null });
  });

  test("where every schedule was explored it is known, however few were drawn", () => {
    const once = seen({ count: 1 });
    const [cured] = compareColumns([column(once), whole()]);
    expect(cured!.cells[1]).toMatchObject({ mark: "cured", proved: true, bound: null });
    const [introduced] = compareColumns([whole(), column(once)]);
    expect(introduced!.cells[0]).toMatchObject({ mark: null, proved: true });
    expect(introduced!.cells[1]).toMatchObject({ mark: "introduced", proved: false });
  });

  test("what exploring shows and no schedule that was drawn did is kept, at its exact rate", () => {
    const rare = seen({ count: 0, chance: 2e-7 });
    const [row] = compareColumns([column(seen()), whole(rare)]);
    expect(row!.cells[1]).toMatchObject({ mark: "kept", count: 0, bound: null, proved: false });
    expect(row!.cells[1]!.perMillion).toBeCloseTo(0.2, 9);
    const [alone] = compareColumns([whole(rare), column()]);
    expect(alone!.cells[1]).toMatchObject({ mark: "unclear", schedulesNeeded: 23_025_849 });
  });

  test("where something else ends schedules, or they may be endless, exploring does not cure", () => {
    const crash = seen({ kind: "bug", group: "BUG()", count: N, chance: 1 });
    expect(compareColumns([column(seen()), whole(crash)])[0]!.cells[1]).toMatchObject({ mark: "unclear" });
    const endless = seen({ kind: "step-limit", count: 1 });
    expect(compareColumns([column(endless), whole()])[0]!.cells[1]).toMatchObject({ mark: "unclear" });
    const warns = seen({ kind: "warn", group: "WARN_ON(1)" });
    expect(compareColumns([column(seen({ count: 1 })), whole(warns)])[0]!.cells[1]!.mark).toBe("cured");
  });

  test("schedulesToExclude is the least number that makes the chance 1 %", () => {
    const chance = (k: number, n: number, m: number) => (n / (n + m)) ** k;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1e9 }), (k, extra) => {
        const n = k + extra;
        const m = schedulesToExclude(k, n);
        expect(chance(k, n, m)).toBeLessThanOrEqual(0.01 * (1 + 1e-9));
        expect(chance(k, n, m - 2)).toBeGreaterThan(0.01);
      }),
      { seed: 1 },
    );
  });
});

test("what is common to two models is kept, whatever else they show and in whatever order", () => {
  const one = fc.record({
    kind: fc.constantFrom("warn" as const, "bug" as const, "use-after-free" as const),
    function: fc.constantFrom("f", "g"),
    object: fc.constantFrom("", "thing"),
    group: fc.constantFrom("a", "b", "c", "d"),
    line: fc.integer({ min: 1, max: 50 }),
    count: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(one), fc.array(one), fc.array(one), (both, left, right) => {
      const first = column(...[...left, ...both].map(seen));
      const last = column(...[...both, ...right].map(seen));
      const rows = compareColumns([first, last]);
      const bothKeys = new Set(both.map((o) => seen(o).finding.key + seen(o).function + seen(o).object));
      for (const row of rows) {
        const keys = row.cells.flatMap((cell) => cell.finding?.keys ?? []);
        if (keys.some((key) => bothKeys.has(key + row.function + row.object))) {
          expect(row.cells[1]!.mark).toBe("kept");
        }
      }
      // Every finding stands in one row of its column.
      for (const [i, { observed }] of [first, last].entries()) {
        const shown = rows.flatMap((row) => row.cells[i]!.finding?.keys ?? []);
        expect(shown.sort()).toEqual(observed.map((o) => o.finding.key).sort());
      }
    }),
    { seed: 1 },
  );
});
