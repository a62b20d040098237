// Goal: the orders that are said to force a finding do force it, and no fewer would. Method: the reference
// interpreter, which knows of no states. (1) Of small programs, drawn at random and from the corpus, every
// schedule is run and written down; that all which keep to the orders show the finding, and that no smaller
// set of orders would do, is then asked of the list. (2) Of the bundled scenarios of the BPF OOM patches
// schedules are drawn that keep to the orders: each must show the finding. For each order one schedule that
// keeps to the others and does not show it is run as well.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { engineFile } from "../../src/base/paths.ts";
import type { Schedule } from "../../src/campaign/apply.ts";
import { explore, keyNotes } from "../../src/campaign/explore.ts";
import { nameSteps, type StepNames, stepsOf } from "../../src/campaign/occurrences.ts";
import { OrderSearch } from "../../src/campaign/orders.ts";
import { scheduleBy } from "../../src/campaign/shortest.ts";
import type { Finding, OrderedStep } from "../../src/campaign/summary.ts";
import { parseToken, type ScheduleToken } from "../../src/campaign/tokens.ts";
import { compileEngine, Engine } from "../../src/engine/engine.ts";
import { openModel } from "../../src/model/compile.ts";
import { encodeProgram } from "../../src/model/encode.ts";
import type { IrProgram } from "../../src/model/ir.ts";
import { withLocalAccesses } from "../support/compare-engines.ts";
import { Decisions } from "../support/decisions.ts";
import {
  keeps,
  type NamedOrder,
  type NamedRun,
  namedSteps,
  ordersOf,
  runNamed,
  withoutClass,
} from "../support/orders.ts";
import { randomFlow } from "../support/random-flow.ts";
import { randomProgram } from "../support/random-program.ts";
import { randomIntegers } from "../support/run-reference.ts";

let machine: Engine;
beforeAll(async () => {
  machine = new Engine(await compileEngine(engineFile));
});

const STATES_MAX = 8_000;

async function explained(ir: IrProgram, stepsMax: number) {
  const program = encodeProgram(ir);
  machine.load(program.words);
  const rules = { stepsMax, bytes: 2 ** 22, statesMax: STATES_MAX };
  const explored = await explore({ program, machine, rules, whyStatesMax: STATES_MAX });
  return { program, explored };
}

/** Every schedule that ends; null where there are more than so many, or one that does not end. */
function allRuns(ir: IrProgram, stepsMax: number, most: number): NamedRun[] | null {
  const runs: NamedRun[] = [];
  const decisions = new Decisions();
  for (let n = 0; ; n++) {
    if (n === most) return null;
    const run = runNamed(
      ir,
      stepsMax,
      (count) => decisions.decide(Math.max(1, count)),
      (slots) => slots[decisions.decide(slots.length)]!,
    );
    if (run !== null) runs.push(run);
    if (!decisions.next()) return runs;
  }
}

const taskOf = (name: string): string => name.split(" | ")[0]!;

/** All orders that a finding's schedule keeps to, between a step of it and any of another task. */
function candidates(finding: Finding, runs: readonly NamedRun[]): NamedOrder[] {
  const own = namedSteps(finding.trace);
  const others = new Set(runs.flatMap(({ steps }) => steps).filter((name) => !own.includes(name)));
  const later = [
    ...own.map((after, at) => ({ after, at })),
    ...[...others].map((after) => ({ after, at: own.length })),
  ];
  return later.flatMap(({ after, at }) => {
    const earlier = own.slice(0, at).filter((before) => taskOf(before) !== taskOf(after));
    return earlier.map((before) => ({ before, after }));
  });
}

function forces(orders: readonly NamedOrder[], runs: readonly NamedRun[], key: string): boolean {
  return runs.every((run) => run.keys.has(key) || orders.some((order) => !keeps(run, order)));
}

/** Sets of `size` orders of which all that keep to them show it; each set once. */
function someForces(
  all: readonly NamedOrder[],
  size: number,
  runs: readonly NamedRun[],
  key: string,
): boolean {
  const open = runs.filter((run) => !run.keys.has(key));
  const from = (start: number, left: number, rest: readonly NamedRun[]): boolean => {
    if (rest.length === 0) return true;
    if (left === 0) return false;
    for (let i = start; i < all.length; i++) {
      if (
        from(
          i + 1,
          left - 1,
          rest.filter((run) => keeps(run, all[i]!)),
        )
      )
        return true;
    }
    return false;
  };
  return from(0, size, open);
}

/** How many findings were judged by their number of orders; -1: none could force it. */
function judge(findings: readonly Finding[], runs: readonly NamedRun[], seen: Map<number, number>): void {
  for (const finding of findings) {
    const { necessity } = finding;
    const key = withoutClass(finding.key);
    if (necessity === undefined || finding.kind === "step-limit") continue;
    const all = candidates(finding, runs);
    if (necessity.orders === null) {
      expect(necessity.reason).toMatch(/depend on the order|takes more than 5 orders/);
      if (/depend on the order/.test(necessity.reason!)) expect(forces(all, runs, key), key).toBe(false);
      seen.set(-1, (seen.get(-1) ?? 0) + 1);
      continue;
    }
    const orders = ordersOf(necessity);
    const shows = runs.filter((run) => run.keys.has(key));
    // A warning in schedules that an assume() drops later on.
    if (shows.length === 0) continue;
    expect(shows.some((run) => orders.every((order) => keeps(run, order)))).toBe(true);
    expect(forces(orders, runs, key), `${key} ${JSON.stringify(orders)}`).toBe(true);
    // Sets of up to two are all tried; of larger ones, that none of the orders can be left out.
    const smaller = Math.min(orders.length - 1, 2);
    if (smaller >= 0)
      expect(someForces(all, smaller, runs, key), `fewer than ${orders.length}: ${key}`).toBe(false);
    for (const order of orders)
      expect(
        forces(
          orders.filter((o) => o !== order),
          runs,
          key,
        ),
      ).toBe(false);
    seen.set(orders.length, (seen.get(orders.length) ?? 0) + 1);
  }
}

describe("orders that force a finding", () => {
  test.each([
    ["well-formed blocks", randomProgram],
    ["an arbitrary flow of control", randomFlow],
  ])("are the fewest of all, in random programs of %s", async (_what, programs) => {
    const seen = new Map<number, number>();
    for (const ir of fc.sample(programs, { numRuns: 120, seed: 42 })) {
      const runs = allRuns(withLocalAccesses(ir), 60, 150);
      if (runs === null) continue;
      const { explored } = await explained(ir, 60);
      if (explored.endedBy !== "complete" || explored.limited.some((n) => n > 0)) continue;
      judge(explored.findings, runs, seen);
    }
    expect(seen.get(0) ?? 0).toBeGreaterThan(5);
    expect((seen.get(1) ?? 0) + (seen.get(2) ?? 0)).toBeGreaterThan(5);
  });

  test.each([
    "abba",
    "rcu_no_grace_period",
    "atomic_read_then_set",
    "refcount_from_zero",
    "completion_missed",
  ])("are the fewest of all, in the small model %s", async (name) => {
    const file = `models/primitives/wrong/${name}.c`;
    const opened = await openModel(file);
    for (const { name: scenario } of opened.scenarios) {
      const ir = opened.compile(scenario);
      const runs = allRuns(withLocalAccesses(ir), 200, 20_000);
      if (runs === null) throw new Error(`${name} has too many schedules for this test`);
      const { explored } = await explained(ir, 200);
      const seen = new Map<number, number>();
      judge(explored.findings, runs, seen);
      expect(seen.size).toBeGreaterThan(0);
    }
  });
});

const DRAWN = 12;

describe("orders that force the findings of the BPF OOM patches", () => {
  test.each(["v2", "v3"])(
    "force them on the reference interpreter, and none is too many: %s",
    async (version) => {
      const opened = await openModel(`models/bpf-oom/${version}.c`);
      let judged = 0;
      for (const { name: scenario } of opened.scenarios) {
        const ir = opened.compile(scenario);
        const { explored, program } = await explained(ir, 1000);
        if (explored.endedBy !== "complete" || explored.findings.length === 0) continue;
        const reference = withLocalAccesses(ir);
        const graph = machine.exploredGraph()!;
        const keyed = keyNotes(program, graph);
        const names = nameSteps(program, machine, 1000, graph);
        for (const { key, necessity, scheduleToken } of explored.findings) {
          if (necessity?.orders == null) continue;
          const what = `${scenario}: ${key}`;
          const orders = ordersOf(necessity);
          const token = parseToken(scheduleToken) as ScheduleToken;
          drawn(reference, orders, withoutClass(key), token.picks, what);
          const shows = keyed.shows[keyed.findings.findIndex((finding) => finding.key === key)]!;
          const search = new OrderSearch(graph, names, shows);
          const way = stepsOf(graph, token)!;
          const known = necessity.orders.map((order) => {
            return { before: occurrence(names, order.before), after: occurrence(names, order.after) };
          });
          for (const [n, order] of orders.entries()) {
            const others = orders.filter((other) => other !== order);
            const exception = search.exception(
              known.filter((_, i) => i !== n),
              way,
            )!;
            const run = replayed(reference, scheduleBy(graph, exception));
            expect(
              others.every((other) => keeps(run, other)),
              what,
            ).toBe(true);
            expect(run.keys.has(withoutClass(key)), what).toBe(false);
          }
          judged++;
        }
      }
      expect(judged).toBeGreaterThan(3);
    },
  );
});

function occurrence({ names }: StepNames, { task, place, step, nth }: OrderedStep) {
  const wanted = step ?? place;
  const name = names.findIndex((each) => {
    const own = each.inner ?? each.place;
    return (
      each.task === task &&
      own.file === wanted.file &&
      own.line === wanted.line &&
      own.column === wanted.column
    );
  });
  return { name, nth };
}

function replayed(ir: IrProgram, { picks, choices }: Schedule): NamedRun {
  let pick = 0;
  let choice = 0;
  const run = runNamed(
    ir,
    1000,
    () => choices[choice++]!,
    (slots) => (slots.includes(picks[pick]!) ? picks[pick++]! : -1),
  );
  if (run === null) throw new Error("the schedule does not fit the reference interpreter");
  return run;
}

/**
 * Draws schedules that keep to the orders: a step that must wait is not taken. Each goes the finding's own
 * way for a while first: a schedule that is drawn all at random seldom comes to an end with its steps in
 * such an order.
 */
function drawn(
  ir: IrProgram,
  orders: readonly NamedOrder[],
  key: string,
  way: ArrayLike<number>,
  what: string,
) {
  let ended = 0;
  for (let seed = 0; seed < DRAWN; seed++) {
    const draw = randomIntegers(seed);
    let left = Math.floor((way.length * (seed % 8)) / 8);
    const pick = (slots: readonly number[]): number => {
      const own = way[Math.floor((way.length * (seed % 8)) / 8) - left];
      if (left-- > 0 && own !== undefined) return slots.includes(own) ? own : -1;
      return slots.length === 0 ? -1 : slots[draw(slots.length)]!;
    };
    const waits = (name: string, taken: ReadonlySet<string>): boolean => {
      return orders.some(({ before, after }) => after === name && !taken.has(before));
    };
    const run = runNamed(
      ir,
      1000,
      () => 0,
      pick,
      (name, taken) => !waits(name, taken),
    );
    if (run === null) continue;
    ended++;
    expect(run.keys.has(key), `${what}, seed ${seed}`).toBe(true);
  }
  expect(ended, `${what}: schedules that keep to the orders`).toBeGreaterThan(0);
}
