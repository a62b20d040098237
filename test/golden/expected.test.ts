// Goal: the verdict table of the BPF OOM models says what there is to be found, and exploring says what
// fuzzing says. Method: the table in the tree is made again from its data; the data is held against the
// catalogue; each token is replayed; each cell that is not large is explored again, and fuzzed, where every
// finding must come as often as its exact probability says. A large cell is fuzzed for a while, and may show
// nothing else.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { STEPS_DEFAULT, Strategy } from "../../assembly/abi.ts";
import { renderTable } from "../../scripts/expected-document.ts";
import {
  type Catalogue,
  type Cell,
  contradiction,
  FLAGS,
  type FoundIn,
  fewest,
  hasScenario,
  needsOf,
  type Results,
  TABLE_SEED,
} from "../../scripts/expected-table.ts";
import { programIndex, resolveModel } from "../../src/base/models.ts";
import { modelsFolder } from "../../src/base/paths.ts";
import { explore } from "../../src/campaign/explore.ts";
import { groupFindings } from "../../src/campaign/keys.ts";
import { sitePlace } from "../../src/campaign/places.ts";
import { protectionsOf } from "../../src/campaign/protection.ts";
import { runToken } from "../../src/campaign/repro.ts";
import { parseToken } from "../../src/campaign/tokens.ts";
import { loadEngine, openScenarios } from "../../src/cli/session.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Program } from "../../src/model/program.ts";
import { expectAgreement } from "../support/agreement.ts";

const STALE = "run: npm run expected";
/** States of the largest cell that is explored here: some tenths of a second. */
const STATES_MAX = 100_000;
/** Random schedules of a cell. */
const SCHEDULES = 5_000;

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

  /** "warn in f() at a.c:1". */
  const nameOf = (one: { kind: string; function: string; file: string; line: number }): string => {
    return `${one.kind} in ${one.function}() at ${one.file}:${one.line}`;
  };

  function replays(program: Program, { scheduleToken, preemptions, ...found }: FoundIn): void {
    const token = parseToken(scheduleToken);
    expect(token.hash, STALE).toBe(program.hash);
    const { replay } = runToken(program, engine, token, STEPS_DEFAULT);
    const shown = replay.trace.violations.map(({ kind, place }) => nameOf({ kind, ...place }));
    expect(shown, scheduleToken).toContain(nameOf(found));
    expect(replay.trace.preemptions).toBe(preemptions);
  }

  async function exploresAlike(program: Program, cell: Cell): Promise<void> {
    const rules = { stepsMax: STEPS_DEFAULT, bytes: 2 ** 26 };
    const explored = await explore({ program, machine: engine, rules });
    const { states, transitions } = explored.progress;
    const tokenless = (findings: readonly FoundIn[]) => findings.map(({ scheduleToken: _, ...rest }) => rest);
    expect({ states, transitions, findings: tokenless(fewest(explored.findings)) }, STALE).toEqual({
      states: cell.states,
      transitions: cell.transitions,
      findings: tokenless(cell.findings),
    });
    expect(explored.endedBy).toBe("complete");
    expectAgreement(engine, program, explored, SCHEDULES, STEPS_DEFAULT);
  }

  function showsNothingElse(program: Program, cell: Cell): void {
    const draw = { strategy: Strategy.RANDOM, seed: TABLE_SEED, stepsMax: STEPS_DEFAULT };
    const groups = groupFindings(program, engine.fuzz(draw, 0, SCHEDULES));
    const seen = groups.map(({ kind, raw }) => `${kind} in ${sitePlace(program, raw.site)?.function}()`);
    const known = cell.findings.map((one) => `${one.kind} in ${one.function}()`);
    expect(seen.filter((one) => !known.includes(one))).toEqual([]);
  }

  test.each(catalogue.models)("of %s finds what the table says, and nothing else", async (model) => {
    const opened = await openScenarios(resolveModel(model), FLAGS);
    for (const cell of results.cells.filter((one) => one.model === model)) {
      const { program } = opened.compile(rowOf(cell).scenario);
      expect(programIndex()[model]?.[rowOf(cell).scenario], "run: npm run programs").toBe(program.hash);
      engine.load(program.words);
      for (const found of cell.findings) replays(program, found);
      if ((cell.states ?? Number.POSITIVE_INFINITY) <= STATES_MAX) await exploresAlike(program, cell);
      else showsNothingElse(program, cell);
    }
  });

  test.each(["RR", "DU"])("what version 2 rests on in %s is found again by leaving it out", async (name) => {
    const cell = results.cells.find(({ row, model }) => row === name && model === "bpf-oom/v2")!;
    const { ir } = (await openScenarios(resolveModel(cell.model), FLAGS)).compile(rowOf(cell).scenario);
    const machineFor = (mutant: Program): Engine => {
      engine.load(mutant.words);
      return engine;
    };
    const rules = { stepsMax: STEPS_DEFAULT, bytes: 2 ** 26, statesMax: STATES_MAX };
    const sites = await protectionsOf({ ir, known: new Set(), machineFor, rules });
    expect(needsOf(sites), STALE).toEqual(cell.needs);
    expect(needsOf(sites).some(({ without }) => without !== null)).toBe(true);
  });
});
