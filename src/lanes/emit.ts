// AssemblyScript for a network: boolean operations on vectors whose bit l belongs to the schedule in lane
// l. The text is written against assembly/lanes/runtime.ts, which draws, refills lanes and counts.
//
// An iteration takes one step in every lane: it is found out who can step (turn.ts), one of them is chosen
// (rank.ts), and each task does its steps (steps.ts), a few locations at a time (segments.ts), skipping those
// in which no lane is. Lanes that began together are about as far as each other, so that most are skipped.

import { boundsOf } from "./bounds.ts";
import { crowded, isSpawned, roomFor, waitersOf } from "./effects.ts";
import { Layout } from "./layout.ts";
import type { Leaf, Network, Tree } from "./network.ts";
import { canStep, comesToBe, nobodyCanStep, PCT_IMPORTS, stepHighest } from "./pct.ts";
import { profile } from "./profile.ts";
import { CarrySave, count, countBits, pass, type Rule, rank, rankBits, rankTries } from "./rank.ts";
import { Region, Scope, ZERO } from "./region.ts";
import { segmentsOf } from "./segments.ts";
import { isSmall, longestRun, smallIterations } from "./small.ts";
import { Steps } from "./steps.ts";
import { drawStays, elseNotLast, mayStepOn, noneMayStepOn, stepsOn, withStays } from "./sticky.ts";
import { tables } from "./tables.ts";
import { taskText } from "./task.ts";
import { Turn } from "./turn.ts";

/** Ranks of so many bits are drawn by code of their own, where no lane needs more. */
const NARROW = [2, 3] as const;

/** Iterations between two looks at which lanes are done. */
const EVERY = 4;

/** Schedules may go on for ever. */
const NO_BOUND = 0xffff_ffff;

export interface Emitted {
  readonly text: string;
  readonly layout: Layout;
}

export function emitLanes(network: Network, title: string, rule: Rule): Emitted {
  const walks = profile(network, rule);
  const small = isSmall(network, rule);
  const bounds = boundsOf(network);
  const layout = new Layout(network, (task) =>
    small ? task.locations.map((at) => [at]) : segmentsOf(task, walks),
  );
  const emitter = new Emitter(network, layout, rule, roomFor(network, bounds));
  const body = emitter.program(small);
  const text = [
    `// Lanes of ${title}: made by raceproof from the model, not to be edited.`,
    `// ${network.tasks.length} tasks, ${places(network)} locations, ${layout.vectors.length} vectors.`,
    "//",
    ...layout.vectors.map(
      (v, n) => `// ${String(n).padStart(5)}  ${v.name}${v.initial ? " (set at the beginning)" : ""}`,
    ),
    "",
    "import {",
    "  BEYOND, CROWDED, DRAWS, ENDED, GENERATOR, LASTS, MOVES, NOBODY, PICKS, RUNS, STATE, TOLD,",
    '} from "./memory";',
    'import { draw, over, overflow, stay, tell, tellAll } from "./runtime";',
    ...(rule === "pct" ? PCT_IMPORTS : []),
    "",
    ...tables(network, layout, walks, emitter.drawnBits),
    "/** Steps that a schedule can take. */",
    `export const STEPS_BOUND: u32 = ${Math.min(bounds.steps, NO_BOUND)};`,
    `export const STICKY: bool = ${rule === "sticky"};`,
    `export const PCT: bool = ${rule === "pct"};`,
    `export const EVERY: u32 = ${(small && longestRun(network, bounds)) || EVERY};`,
    "",
    ...INLINES,
    "",
    ...body,
    ...emitter.beginning(),
    "",
  ].join("\n");
  return { text, layout };
}

function places(network: Network): number {
  return network.tasks.reduce((sum, task) => sum + task.locations.length, 0);
}

const INLINES = [
  "// @ts-ignore: decorator",
  "@inline function get(n: usize): v128 { return v128.load(STATE + (n << 4)); }",
  "// @ts-ignore: decorator",
  "@inline function put(n: usize, v: v128): void { v128.store(STATE + (n << 4), v); }",
];

class Emitter {
  private readonly network: Network;
  private readonly layout: Layout;
  private readonly steps: Steps;
  private readonly waiting: Turn;
  private readonly sticky: boolean;
  private readonly pct: boolean;
  private readonly room: number;

  constructor(network: Network, layout: Layout, rule: Rule, room: number) {
    this.network = network;
    this.layout = layout;
    this.sticky = rule === "sticky";
    this.pct = rule === "pct";
    this.room = room;
    const waiters = waitersOf(network);
    this.steps = new Steps(network, layout, waiters, room);
    this.waiting = new Turn(network, layout, waiters);
  }

  get drawnBits(): number {
    return this.steps.drawnBits;
  }

  program(small: boolean): string[] {
    const checks = [
      ...this.check("always", this.network.always),
      ...this.check("conclude", this.network.atEnd),
    ];
    if (small) return [...checks, ...smallIterations(this.network, this.layout, this.steps, this.waiting)];
    const tasks = this.network.tasks.flatMap((task) => taskText(task, this.layout, this.steps));
    return [...tasks, ...checks, ...this.turn()];
  }

  private turn(): string[] {
    const { tasks } = this.network;
    const region = new Region(new Scope("memory", this.layout.vectors));
    const live = region.not(region.node("v128.load(ENDED)"));
    const bits = this.pct ? 0 : countBits(tasks.length);
    const counted = Array.from({ length: bits }, (_, bit) => `c${bit}`);
    for (const bit of counted) region.say(`let ${bit} = ${ZERO};`);
    if (this.sticky) noneMayStepOn(region);
    if (this.pct) nobodyCanStep(region);
    if (this.room < tasks.length) region.say("let spawned = 0;");
    for (const n of tasks.keys()) this.ableLines(region, n, live, counted);
    if (this.room < tasks.length) this.crowding(region, live);
    if (this.pct) stepHighest(region, this.network, this.steps.drawnBits);
    else this.stepRanked(region, counted);
    return [
      "/** Who can step in each lane, and one of them in each: all steps of an iteration. */",
      "function turn(): void {",
      ...region.print("  "),
      "}",
      "",
      "/** Does so many iterations. */",
      "export function iterate(n: u32): void {",
      "  for (let i: u32 = 0; i < n; i++) turn();",
      "}",
      "",
    ];
  }

  /** Where there is no room for one more: nowhere, where too few of those that take it are in any lane. */
  private crowding(region: Region, live: string): void {
    region.say(`v128.store(CROWDED, ${ZERO});`);
    region.block(`if (spawned >= ${this.room}) {`, [live], (inner) => {
      const existing = new CarrySave();
      for (const task of this.network.tasks.filter(isSpawned)) {
        existing.add(inner, inner.node(`v128.andnot(${live}, get(${this.layout.idle(task)}))`));
      }
      const full = crowded(inner, existing, this.room);
      inner.say(`v128.store(CROWDED, ${full});`, [full]);
    });
  }

  private stepRanked(region: Region, counted: readonly string[]): void {
    const nobody = region.not(region.any(counted));
    region.say(`v128.store(NOBODY, ${nobody});`, [nobody]);
    const ranked = this.sticky ? drawStays(region, counted) : counted;
    this.chooseAmong(region, ranked, [...NARROW, rankBits(this.network.tasks.length)]);
  }

  /** Where the n-th task can step, kept, and counted. */
  private ableLines(region: Region, n: number, live: string, counted: readonly string[]): void {
    const task = this.network.tasks[n]!;
    const exists = region.andnot(live, region.load(this.layout.idle(task)));
    const at = `RUNS + ${16 * n}`;
    region.say(`v128.store(${at}, ${exists}); // ${task.name}`, [exists]);
    region.guard(exists, (inner) => {
      if (this.room < this.network.tasks.length && isSpawned(task)) inner.say("spawned++;");
      const runs = this.waiting.ableGuarded(inner, task, exists);
      if (runs !== exists) inner.say(`v128.store(${at}, ${runs});`, [runs]);
      if (this.pct) return canStep(inner, runs);
      if (this.sticky) mayStepOn(inner, n, runs);
      const sum = count(inner, counted, runs, n);
      sum.forEach((bit, i) => {
        if (bit !== counted[i]) inner.say(`${counted[i]} = ${bit};`, [bit]);
      });
    });
    if (this.pct) comesToBe(region, task, exists);
  }

  /** With ranks of the first of the widths that suffices for all lanes. */
  private chooseAmong(region: Region, counted: readonly string[], widths: readonly number[]): void {
    const [width, ...wider] = widths;
    const all = rankBits(this.network.tasks.length);
    if (width! >= all || wider.length === 0) {
      this.choose(region, counted, all);
      return;
    }
    // More than 2 to the width can step: a higher bit of their number, and that it is not just that power.
    const low = region.any(counted.slice(0, width));
    const more = region.or(region.and(counted[width!]!, low), region.any(counted.slice(width! + 1)));
    region.block(`if (!v128.any_true(${more})) {`, [more], (inner) => this.choose(inner, counted, width!));
    region.guard(more, (inner) => this.chooseAmong(inner, counted, wider));
  }

  private choose(region: Region, counted: readonly string[], width: number): void {
    const { tasks } = this.network;
    const tries = rankTries(tasks.length);
    const first = this.steps.drawnBits;
    region.say(`draw(${first + tries * width});`);
    const drawn = (i: number): string => region.node(`v128.load(DRAWS + ${16 * (first + i)})`);
    const { bits, chosen: lucky } = rank(region, counted, width, tries, drawn);
    const chosen = this.sticky ? withStays(region, counted, lucky) : lucky;
    region.say(`tell(${chosen});`, [chosen]);
    const rest = bits.map((_, bit) => `k${bit}`);
    bits.forEach((value, bit) => {
      region.say(`let k${bit} = ${value};`, [value]);
    });
    tasks.forEach((task, n) => {
      const runs = region.node(`v128.load(RUNS + ${16 * n})`);
      region.guard(runs, (inner) => {
        const passed = pass(inner, rest, runs);
        const pick = this.sticky
          ? stepsOn(inner, n, inner.and(passed.picked, lucky), runs, chosen)
          : passed.picked;
        inner.say(`v128.store(PICKS + ${16 * n}, ${pick}); // ${task.name}`, [pick]);
        if (n + 1 < tasks.length) {
          passed.bits.forEach((value, bit) => {
            inner.say(`k${bit} = ${value};`, [value]);
          });
        }
        inner.say(`if (v128.any_true(${pick})) task${n}(${pick});`, [pick]);
      });
      if (this.sticky) elseNotLast(region, n, chosen);
    });
    if (this.network.always.length > 0) region.say(`always(${chosen});`, [chosen]);
  }

  // -------------------------------------------------------------- checks, beginning

  private check(name: string, trees: readonly Tree<Leaf>[]): string[] {
    const region = new Region(new Scope("memory", this.layout.vectors));
    trees.forEach((tree, n) => {
      region.say(`const c${n} = v128.andnot(m, v128.load(ENDED));`);
      this.steps.check(region, tree, `c${n}`);
    });
    return [
      "/** Checks, in lanes m. A check that fails ends the run: the next one is for the others. */",
      `export function ${name}(m: v128): void {`,
      ...region.print("  "),
      "}",
      "",
    ];
  }

  /** The state in which every schedule begins. */
  beginning(): string[] {
    const idle = this.network.tasks.map((t) => `get(${this.layout.idle(t)})`);
    const { end } = this.network.begun;
    return [
      "/** Lanes m begin a schedule. */",
      "export function begin(m: v128): void {",
      ...this.layout.vectors.map(
        ({ initial }, n) => `  put(${n}, v128.${initial ? "or" : "andnot"}(get(${n}), m));`,
      ),
      "}",
      "",
      "/** Lanes m have begun: the set-up may have ended the run. */",
      "export function begun(m: v128): void {",
      ...(end === null ? [] : [`  over(m, ${end === "dropped"});`]),
      "}",
      "",
      "/** Lanes in which no task is left. */",
      "export function allDone(): v128 {",
      `  return ${idle.reduce((a, b) => `v128.and(${a}, ${b})`)};`,
      "}",
    ];
  }
}
