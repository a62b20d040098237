// The iterations of a small network as text: one loop, with the whole state in local variables of the
// function, so that it stays in registers as far as there are any. No code is skipped, since there is little.

import type { Bounds } from "./bounds.ts";
import type { Layout } from "./layout.ts";
import type { Network } from "./network.ts";
import { count, countBits, pass, type Rule, rank, rankBits, rankTries } from "./rank.ts";
import { Region, Scope, ZERO } from "./region.ts";
import type { Steps } from "./steps.ts";
import type { Turn } from "./turn.ts";

const TASKS_MAX = 3;
const PLACES_MAX = 32;
/** Iterations of which it can be said who stepped (TOLD of assembly/lanes/memory.ts). */
const TOLD_MAX = 128;

/** Other rules are not: who stepped last, or the priorities, would take the room that is won. */
export function isSmall({ tasks, always, variables }: Network, rule: Rule): boolean {
  if (rule !== "random") return false;
  const places = tasks.reduce((sum, task) => sum + task.locations.length, 0);
  const plain = always.length === 0 && !variables.some((v) => v.drawn);
  return plain && tasks.length <= TASKS_MAX && places <= PLACES_MAX;
}

/**
 * Steps of the longest schedule, where no lane ever sits out and schedules do not go on for ever, nor for
 * longer than there is room to say who stepped; else 0.
 */
export function longestRun({ tasks }: Network, { steps }: Bounds): number {
  return steps <= TOLD_MAX && rankTries(tasks.length) === 1 ? steps : 0;
}

/** What is said of an iteration, in whose lanes of `chosen` somebody stepped. */
type Tell = (region: Region, runs: readonly string[], { picks, chosen }: Picked) => void;

export function smallIterations(network: Network, layout: Layout, steps: Steps, turn: Turn): string[] {
  const iterations = (tell: Tell): string[] => loop(network, layout, steps, turn, tell);
  return [
    "/** One iteration: who can step in each lane, one of them in each, and what they do. */",
    "function single(): void {",
    "  const n: u32 = 1;",
    ...iterations((region, runs, { picks, chosen }) => {
      for (const [n, run] of runs.entries()) region.say(`v128.store(RUNS + ${16 * n}, ${run});`, [run]);
      for (const [n, pick] of picks.entries()) region.say(`v128.store(PICKS + ${16 * n}, ${pick});`, [pick]);
      region.say(`tell(${chosen});`, [chosen]);
    }),
    "}",
    "",
    "/** Does so many iterations; of several, who stepped in which task is not told. */",
    "export function iterate(n: u32): void {",
    "  if (n == 1) {",
    "    single();",
    "    return;",
    "  }",
    ...iterations((region, _runs, { chosen }) => {
      region.say(`v128.store(TOLD + (i << 4), ${chosen});`, [chosen]);
    }),
    "  tellAll(n);",
    "}",
    "",
  ];
}

function loop(network: Network, layout: Layout, steps: Steps, turn: Turn, tell: Tell): string[] {
  const { tasks } = network;
  const scope = new Scope("locals", layout.vectors);
  const region = new Region(scope);
  const live = "v128.not(v128.load(ENDED))";
  const exists = (r: Region, name: string): string[] =>
    tasks.map((task) => turn.able(r, task, r.andnot(name, r.load(layout.idle(task)))));
  const runs = exists(region, region.node("live"));
  for (let i = 0; i < rankTries(tasks.length) * rankBits(tasks.length); i++) {
    for (const line of drawing(i)) region.say(line);
  }
  const picked = tasks.length === 2 ? ofTwo(region, runs) : ranked(region, runs);
  tell(region, runs, picked);
  steps.all(region, tasks, picked.picks);
  const body = region.print("    ");
  const after = new Region(scope);
  const nobody = after.not(after.any(exists(after, after.node(live))));
  after.say(`v128.store(NOBODY, ${nobody});`, [nobody]);
  return [
    ...[0, 1, 2, 3].map((n) => `  let g${n} = v128.load(GENERATOR + ${16 * n});`),
    ...layout.vectors.map(({ name }, n) => `  let s${n} = get(${n}); // ${name}`),
    `  let live = ${live};`,
    "  for (let i: u32 = 0; i < n; i++) {",
    ...body,
    // Where no step ends a run, nothing does before all iterations are over.
    ...(body.some((line) => /\b(over|overflow)\(/.test(line)) ? [`    live = ${live};`] : []),
    "  }",
    ...after.print("  "),
    ...layout.vectors.map((_, n) => `  put(${n}, s${n});`),
    ...[0, 1, 2, 3].map((n) => `  v128.store(GENERATOR + ${16 * n}, g${n});`),
  ];
}

interface Picked {
  /** By task: lanes in which it steps. */
  readonly picks: readonly string[];
  /** Lanes in which somebody steps. */
  readonly chosen: string;
}

/** One random bit says which of two, where both can. */
function ofTwo(region: Region, [a, b]: readonly string[]): Picked {
  const first = region.andnot(a!, region.and(b!, "d0"));
  return { picks: [first, region.andnot(b!, first)], chosen: region.or(a!, b!) };
}

function ranked(region: Region, runs: readonly string[]): Picked {
  const most = runs.length;
  let counted = Array.from({ length: countBits(most) }, () => ZERO);
  runs.forEach((run, n) => {
    counted = count(region, counted, run, n);
  });
  let { bits, chosen } = rank(region, counted, rankBits(most), rankTries(most), (i) => `d${i}`);
  const picks = runs.map((run) => {
    const passed = pass(region, bits, run);
    bits = passed.bits;
    return passed.picked;
  });
  return { picks, chosen };
}

/** The i-th random vector of an iteration: as draw() of the runtime, with the generator in g0 to g3. */
function drawing(i: number): string[] {
  return [
    `const sum${i} = i32x4.add(g0, g3);`,
    `const d${i} = i32x4.add(v128.or(i32x4.shl(sum${i}, 7), i32x4.shr_u(sum${i}, 25)), g0);`,
    `const t${i} = i32x4.shl(g1, 9);`,
    "g2 = v128.xor(g2, g0);",
    "g3 = v128.xor(g3, g1);",
    "g1 = v128.xor(g1, g2);",
    "g0 = v128.xor(g0, g3);",
    `g2 = v128.xor(g2, t${i});`,
    "g3 = v128.or(i32x4.shl(g3, 11), i32x4.shr_u(g3, 21));",
  ];
}
