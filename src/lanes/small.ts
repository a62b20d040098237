// The iterations of a small network as text: one loop, with the whole state in local variables of the
// function, so that it stays in registers as far as there are any. No code is skipped, since there is little.

import type { Bounds } from "./bounds.ts";
import type { Layout } from "./layout.ts";
import type { Network } from "./network.ts";
import { count, countBits, countDown, type Rule, rank, rankBits, rankTries, take } from "./rank.ts";
import { Region, Scope, ZERO } from "./region.ts";
import type { Steps } from "./steps.ts";
import type { Turn } from "./turn.ts";

const TASKS_MAX = 3;
const PLACES_MAX = 32;

/** Other rules are not: who stepped last, or the priorities, would take the room that is won. */
export function isSmall({ tasks, always, variables }: Network, rule: Rule): boolean {
  if (rule !== "random") return false;
  const places = tasks.reduce((sum, task) => sum + task.locations.length, 0);
  const plain = always.length === 0 && !variables.some((v) => v.drawn);
  return plain && tasks.length <= TASKS_MAX && places <= PLACES_MAX;
}

/** Steps of the longest schedule, where no lane ever sits out and schedules do not go on for ever; else 0. */
export function longestRun({ tasks }: Network, { steps }: Bounds): number {
  return Number.isFinite(steps) && rankTries(tasks.length) === 1 ? steps : 0;
}

export function smallIterations(network: Network, layout: Layout, steps: Steps, turn: Turn): string[] {
  const { tasks } = network;
  const scope = new Scope("locals", layout.vectors);
  const region = new Region(scope);
  const exists = (r: Region, live: string): string[] =>
    tasks.map((task) => turn.able(r, task, r.andnot(live, r.load(layout.idle(task)))));
  const runs = exists(region, region.node("v128.not(v128.load(ENDED))"));
  let counted = Array.from({ length: countBits(tasks.length) }, () => ZERO);
  runs.forEach((run, n) => {
    counted = count(region, counted, run, n);
  });
  const width = rankBits(tasks.length);
  const tries = rankTries(tasks.length);
  for (let i = 0; i < tries * width; i++) for (const line of drawing(i)) region.say(line);
  let { bits, chosen } = rank(region, counted, width, tries, (i) => `d${i}`);
  const picks = runs.map((run) => {
    const pick = take(region, { bits, chosen }, run);
    bits = countDown(region, bits, run);
    return pick;
  });
  region.say(`told += population(v128.and(${chosen}, ours));`, [chosen]);
  region.say(`stepped = ${chosen};`, [chosen]);
  for (const [n, run] of runs.entries()) region.say(`run${n} = ${run};`, [run]);
  for (const [n, pick] of picks.entries()) region.say(`pick${n} = ${pick};`, [pick]);
  steps.all(region, tasks, picks);
  const after = new Region(scope);
  const able = exists(after, after.node("v128.not(v128.load(ENDED))"));
  const nobody = after.not(after.any(able));
  after.say(`v128.store(NOBODY, ${nobody});`, [nobody]);
  return [
    "/** Does so many iterations: who can step in each lane, one of them in each, and what they do. */",
    "export function iterate(n: u32): void {",
    ...[0, 1, 2, 3].map((n) => `  let g${n} = v128.load(GENERATOR + ${16 * n});`),
    ...layout.vectors.map(({ name }, n) => `  let s${n} = get(${n}); // ${name}`),
    "  const ours = v128.not(v128.load(BEYOND));",
    "  let told: u64 = 0;",
    `  let stepped = ${ZERO};`,
    ...tasks.flatMap((_, n) => [`  let run${n} = ${ZERO};`, `  let pick${n} = ${ZERO};`]),
    "  for (let i: u32 = 0; i < n; i++) {",
    ...region.print("    "),
    "  }",
    ...after.print("  "),
    ...layout.vectors.map((_, n) => `  put(${n}, s${n});`),
    ...[0, 1, 2, 3].map((n) => `  v128.store(GENERATOR + ${16 * n}, g${n});`),
    ...tasks.flatMap((_, n) => [
      `  v128.store(RUNS + ${16 * n}, run${n});`,
      `  v128.store(PICKS + ${16 * n}, pick${n});`,
    ]),
    "  tellAll(told, stepped);",
    "}",
    "",
  ];
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
