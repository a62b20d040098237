// Goal: the verdict table of the BPF OOM models says what a run finds. Method: the table in the tree is made
// again from its data; the data is held against the catalogue; and each cell is run again, a found one until
// it is found in the same places, a not-found one for a while. The full search is `npm run expected`.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { STEPS_DEFAULT, Strategy } from "../../assembly/abi.ts";
import {
  type Catalogue,
  type Cell,
  contradiction,
  FLAGS,
  hasScenario,
  type Results,
  renderTable,
  TABLE_SEED,
} from "../../scripts/expected-table.ts";
import { resolveModel } from "../../src/base/models.ts";
import { modelsFolder } from "../../src/base/paths.ts";
import { groupFindings } from "../../src/campaign/keys.ts";
import { sitePlace } from "../../src/campaign/places.ts";
import { loadEngine, openScenarios } from "../../src/cli/session.ts";
import { Engine, type RawTally } from "../../src/engine/engine.ts";
import type { Program } from "../../src/model/program.ts";

const STALE = "run: npm run expected";
/** Schedules of a cell in which something is found: most is seen early; at last as many as for the table. */
const FOUND = [500, 5_000];
/** Schedules in which a cell that is not found must stay so. */
const NOT_FOUND = 500;

const folder = join(modelsFolder, "bpf-oom");
const document = join(folder, "EXPECTED.md");
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const catalogue: Catalogue = read("catalogue.json");
const results: Results = read("expected.json");
const rowOf = (cell: Cell) => catalogue.rows.find(({ row }) => row === cell.row)!;

describe("the table in the tree", () => {
  test("is what its data says", () => {
    const made = renderTable(catalogue, results);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(document, made);
    expect(existsSync(document), STALE).toBe(true);
    expect(readFileSync(document, "utf8")).toBe(made);
  });

  test("has a cell for each race in each model that has its scenario, and no other", async () => {
    const wanted: string[] = [];
    for (const model of catalogue.models) {
      const opened = await openScenarios(resolveModel(model), FLAGS);
      const rows = catalogue.rows.filter((row) => hasScenario(opened, row));
      wanted.push(...rows.map(({ row }) => `${row} ${model}`));
    }
    expect(results.cells.map(({ row, model }) => `${row} ${model}`).sort(), STALE).toEqual(wanted.sort());
  });

  test("agrees with the catalogue in every cell", () => {
    const contradictions = results.cells.map((cell) => contradiction(rowOf(cell), cell));
    expect(contradictions.filter((c) => c !== undefined)).toEqual([]);
  });
});

describe("a run", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = new Engine(await loadEngine());
  });

  /** "warn in f() at a.c:1" of everything that was seen. */
  function seen(program: Program, tally: RawTally): Set<string> {
    const groups = groupFindings(program, tally);
    return new Set(
      groups.map(({ kind, raw }) => {
        const place = sitePlace(program, raw.site);
        return `${kind} in ${place?.function ?? ""}() at ${place?.file ?? ""}:${place?.line ?? 0}`;
      }),
    );
  }

  test.each(
    catalogue.models,
  )("of %s finds what the table says, and nothing where it says nothing", async (model) => {
    const opened = await openScenarios(resolveModel(model), FLAGS);
    const wrong: string[] = [];
    for (const cell of results.cells.filter((one) => one.model === model)) {
      const row = rowOf(cell);
      const { program } = opened.compile(row.scenario);
      engine.load(program.words);
      const wanted = cell.findings.map((one) => {
        return `${one.kind} in ${one.function}() at ${one.file}:${one.line}`;
      });
      const budgets = wanted.length === 0 ? [NOT_FOUND] : [...FOUND, cell.schedules];
      let found = new Set<string>();
      for (const schedules of budgets) {
        const draw = { strategy: Strategy.RANDOM, seed: TABLE_SEED, stepsMax: STEPS_DEFAULT };
        found = seen(program, engine.fuzz(draw, 0, schedules));
        if (wanted.every((one) => found.has(one))) break;
      }
      const missing = wanted.filter((one) => !found.has(one));
      const what = (text: string) => wrong.push(`${cell.row} (${row.scenario}): ${text}`);
      if (missing.length > 0) what(`the table says ${missing.join(", ")}, seen: ${[...found].join(", ")}`);
      const known = cell.findings.map((one) => `${one.kind} in ${one.function}() `);
      const more = [...found].filter((one) => !known.some((start) => one.startsWith(start)));
      if (more.length > 0) what(`the table does not say ${more.join(", ")}`);
    }
    expect(wrong, `if this is right, ${STALE}`).toEqual([]);
  });
});
