// AssemblyScript for a network: boolean operations on vectors whose bit l belongs to the schedule in lane
// l. The text is written against assembly/lanes/runtime.ts, which draws, chooses who steps, refills lanes
// and counts.
//
// An iteration takes one step in every lane. A step of a task is the and of its pick and of the location's
// vector; each test of its tree splits that mask, and what a leaf does is done under the mask that is left.
// What all leaves below a test do alike is done once, under the mask above it. Effects that reach into
// other tasks (spawning, ending a section) are collected and done once an iteration.
//
// It is long because it is one text: what each part of it may refer to is only to be seen beside the others.

import { Violation } from "../../assembly/abi.ts";
import { type Action, commonActions, doesMore } from "./actions.ts";
import { successors } from "./derive.ts";
import { Layout, type Literal } from "./layout.ts";
import type { Effect, Leaf, Location, Network, Ready, Task, Tree, Variable } from "./network.ts";
import { rankBits, rankFunction, rankTries } from "./rank.ts";
import { effectKey } from "./simplify.ts";

/** Bodies of a location that are longer are skipped where no lane is there. */
const GUARD_LINES = 12;

export interface Emitted {
  readonly text: string;
  readonly layout: Layout;
}

export function emitLanes(network: Network, title: string): Emitted {
  const layout = new Layout(network);
  const emitter = new Emitter(network, layout);
  const body = emitter.program();
  const { vectors } = layout;
  const tasks = network.tasks.length;
  const constants = [
    ["TASKS", tasks],
    ["THREADS", network.tasks.filter((t) => t.kind === 0).length],
    ["FINDINGS", network.findings.length],
    ["VECTORS", vectors.length],
    ["DRAWN", emitter.drawnBits],
    ["RANK_BITS", rankBits(tasks)],
    ["TRIES", rankTries(tasks)],
    ["STEPS_BOUND", count(network)],
  ] as const;
  const table = (name: string, values: readonly number[]): string =>
    `export const ${name}: usize = memory.data<i32>([${values.join(", ")}]);`;
  const pcs = vectors.map(() => -1);
  for (const task of network.tasks) for (const at of task.locations) pcs[layout.location(at)] = at.pc;
  const text = [
    `// Lanes of ${title}: made by raceproof from the model, not to be edited.`,
    `// ${network.tasks.length} tasks, ${count(network)} locations, ${vectors.length} vectors.`,
    "//",
    ...vectors.map(
      (v, n) => `// ${String(n).padStart(5)}  ${v.name}${v.initial ? " (set at the beginning)" : ""}`,
    ),
    "",
    'import { DRAWS, ENDED, NOBODY, PICKS, RUNS, STATE, STEPPED } from "./memory";',
    'import { found, over, overflow } from "./runtime";',
    "",
    ...constants.map(([name, value]) => `export const ${name}: u32 = ${value};`),
    `export const MAY_CIRCLE: bool = ${network.cyclic};`,
    "/** Of each task: the vector of its not existing, behind it those of its locations; their number. */",
    table(
      "IDLES",
      network.tasks.map((t) => layout.idle(t)),
    ),
    table(
      "LOCATIONS",
      network.tasks.map((t) => t.locations.length),
    ),
    "/** Of each vector of a location: the instruction. */",
    table("PCS", pcs),
    "",
    ...emitter.deferredDeclarations(),
    "",
    ...INLINES,
    "",
    ...body,
    ...emitter.beginning(),
    "",
  ].join("\n");
  return { text, layout };
}

function count(network: Network): number {
  return network.tasks.reduce((sum, task) => sum + task.locations.length, 0);
}

const INLINES = [
  "// @ts-ignore: decorator",
  "@inline function get(n: usize): v128 { return v128.load(STATE + (n << 4)); }",
  "// @ts-ignore: decorator",
  "@inline function put(n: usize, v: v128): void { v128.store(STATE + (n << 4), v); }",
  "// @ts-ignore: decorator",
  "@inline function raise(n: usize, m: v128): void { put(n, v128.or(get(n), m)); }",
  "// @ts-ignore: decorator",
  "@inline function lower(n: usize, m: v128): void { put(n, v128.andnot(get(n), m)); }",
  "// @ts-ignore: decorator",
  "@inline function copy(to: usize, v: v128, m: v128): void { put(to, v128.bitselect(v, get(to), m)); }",
];

class Emitter {
  drawnBits = 0;
  private readonly network: Network;
  private readonly layout: Layout;
  private lines: string[] = [];
  private names = 0;
  /** Collected effects: key, and the lines that do it under mask `m`. */
  private readonly deferred = new Map<string, { readonly vector: number; readonly effect: Effect }>();
  /** Masks under which something goes wrong, with what is to be told of it. */
  private readonly rare = new Map<string, string[]>();
  /** Tasks that wait for sections of a domain. */
  private readonly waiters = new Map<number, Set<number>>();
  private readonly awaited = new Map<Task, Set<number>>();

  constructor(network: Network, layout: Layout) {
    this.network = network;
    this.layout = layout;
    for (const task of network.tasks) {
      for (const at of task.locations) this.noteWaits(at.step!);
    }
    for (const variable of network.variables) {
      if (variable.drawn) this.drawnBits = Math.max(this.drawnBits, 1);
    }
  }

  private noteWaits(tree: Tree<Leaf>): void {
    if (!("leaf" in tree)) {
      for (const { below } of tree.branches) this.noteWaits(below);
      return;
    }
    for (const effect of tree.leaf.effects) {
      if (effect.do === "snapshot") addTo(this.waiters, effect.domain, effect.waiter);
      if (effect.do === "await") addTo(this.awaited, effect.task, effect.waiter);
    }
  }

  /** Functions of the program: who can step, the steps, the checks. */
  program(): string[] {
    const tasks = this.network.tasks.map((task) => this.taskFunction(task));
    const checks = [
      this.checkFunction("always", this.network.always),
      this.checkFunction("conclude", this.network.atEnd),
    ];
    const deferred = this.deferredFunction();
    return [
      ...tasks.flat(),
      ...checks.flat(),
      ...deferred,
      ...rankFunction(this.network.tasks.length),
      ...this.iterate(),
    ];
  }

  // -------------------------------------------------------------- text

  private say(line: string): void {
    this.lines.push(line);
  }

  private name(prefix: string): string {
    return `${prefix}${this.names++}`;
  }

  private fresh(): string[] {
    const lines = this.lines;
    this.lines = [];
    return lines;
  }

  private masked(mask: string, { vector, set }: Literal): string {
    return set ? `v128.and(${mask}, get(${vector}))` : `v128.andnot(${mask}, get(${vector}))`;
  }

  private or(masks: readonly string[]): string {
    return masks.reduce((a, b) => `v128.or(${a}, ${b})`);
  }

  // -------------------------------------------------------------- who can step

  private iterate(): string[] {
    this.fresh();
    this.say("/** Who can step in each lane, and one of them in each: all steps of an iteration. */");
    this.say("export function iterate(): void {");
    const { tasks } = this.network;
    for (const queue of this.network.ordered) this.say(this.busyLine(queue));
    tasks.forEach((task, n) => {
      const blocked = task.locations.flatMap((at) => (at.ready === null ? [] : this.blockedAt(at)));
      const stuck = [`get(${this.layout.idle(task)})`, ...blocked];
      this.say(`  v128.store(RUNS + ${16 * n}, v128.not(${this.or(stuck)}));`);
    });
    this.say("  rank();");
    tasks.forEach((task, n) => {
      const pick = `p${n}`;
      this.say(`  const ${pick} = v128.load(PICKS + ${16 * n}); // ${task.name}`);
      this.say(`  if (v128.any_true(${pick})) task${n}(${pick});`);
    });
    this.say("  deferred();");
    if (this.network.always.length > 0) this.say("  always(v128.not(v128.load(ENDED)));");
    this.say("}");
    return this.fresh();
  }

  /** Expressions of the lanes in which the task stands there and has to wait. */
  private blockedAt(at: Location): string[] {
    const here = `get(${this.layout.location(at)})`;
    const found: string[] = [];
    const visit = (tree: Tree<Ready>, mask: string): void => {
      if (!("leaf" in tree)) {
        for (const { value, below } of tree.branches) {
          if (canBlock(below)) visit(below, this.masked(mask, this.layout.literal(tree.test, value)));
        }
        return;
      }
      if (tree.leaf.blocked) {
        found.push(mask);
        return;
      }
      const holds = this.waitsOf(at, tree.leaf);
      if (holds.length > 0) found.push(`v128.and(${mask}, ${this.or(holds)})`);
    };
    visit(at.ready!, here);
    return found;
  }

  private waitsOf(at: Location, ready: Ready): string[] {
    const { task } = at;
    const holds: string[] = [];
    if (ready.waitsDomain !== 0) {
      for (const section of this.network.sections.get(ready.waitsDomain) ?? []) {
        holds.push(`get(${this.waitVector(task.index, section.id)})`);
      }
    }
    if (ready.waitsTasks) {
      for (const [awaited, waiters] of this.awaited) {
        if (waiters.has(task.index)) holds.push(`get(${this.awaitVector(task.index, awaited)})`);
      }
    }
    if (ready.waitsTurn && this.network.ordered.has(task.queue)) {
      holds.push(busyName(task.queue));
      for (const other of this.itemsOf(task.queue)) {
        if (other !== task) holds.push(`get(${this.aheadVector(task, other)})`);
      }
    }
    return holds;
  }

  /** Lanes in which a queue that takes one item at a time has an item that runs. */
  private busyLine(queue: number): string {
    const running = this.itemsOf(queue).map((task) => {
      return `v128.not(v128.or(get(${this.layout.idle(task)}), ${this.or(this.startsOf(task))}))`;
    });
    return `  const ${busyName(queue)} = ${this.or(running)};`;
  }

  /** Where a kworker or callback stands before its first step. */
  private startsOf(task: Task): string[] {
    return task.locations.filter((at) => this.isStart(at)).map((at) => `get(${this.layout.location(at)})`);
  }

  private isStart(at: Location): boolean {
    return at.pc === at.task.locations[0]!.pc;
  }

  private itemsOf(queue: number): Task[] {
    return this.network.tasks.filter((t) => t.kind === 1 && t.queue === queue);
  }

  private waitVector(waiter: number, section: number): number {
    return this.layout.relation(`${this.network.tasks[waiter]!.name} waits for section ${section}`);
  }

  private awaitVector(waiter: number, task: Task): number {
    return this.layout.relation(
      `${this.network.tasks[waiter]!.name} waits for ${task.name} of ${task.index}`,
    );
  }

  private aheadVector(task: Task, other: Task): number {
    const initial = this.network.ahead.some(([a, b]) => a === task && b === other);
    return this.layout.relation(
      `${other.name} (${other.index}) is ahead of ${task.name} (${task.index})`,
      initial,
    );
  }

  // -------------------------------------------------------------- steps

  private taskFunction(task: Task): string[] {
    this.fresh();
    this.say(`/** ${task.name}: ${task.locations.length} locations. */`);
    this.say(`function task${task.index}(p: v128): void {`);
    const incoming = new Map<Location, string[]>();
    const done = new Set<Location>();
    for (const at of inOrder(task)) {
      const vector = this.layout.location(at);
      const a = this.name("a");
      const f = this.name("f");
      this.say(`  const ${a} = get(${vector}); // at instruction ${at.pc}`);
      this.say(`  const ${f} = v128.and(p, ${a});`);
      const here = incoming.get(at) ?? [];
      this.say(`  put(${vector}, ${this.or([`v128.xor(${a}, ${f})`, ...here])});`);
      done.add(at);
      this.locationBody(at, f, incoming, done);
    }
    this.sayWrong();
    this.say("}");
    this.say("");
    return this.fresh();
  }

  /** What the lanes in mask `f` do at a location; moves are noted for locations that are still to come. */
  private locationBody(
    at: Location,
    f: string,
    incoming: Map<Location, string[]>,
    done: ReadonlySet<Location>,
  ): void {
    const outer = this.fresh();
    const before = new Map(this.rare);
    this.rare.clear();
    const moves = new Map<Location, string[]>();
    this.decide(at.step!, f, moves);
    const guarded = this.lines.length > GUARD_LINES;
    // Names of a guarded body are not known outside it.
    if (guarded) this.sayWrong();
    const body = this.fresh();
    this.lines = outer;
    for (const [mask, calls] of before) this.rare.set(mask, calls);
    if (guarded) {
      // Masks that leave the body need a name outside it.
      const outside = new Map<Location, string>();
      for (const [to, masks] of moves) {
        const whole = masks.length === 1 && masks[0] === f;
        const name = whole ? f : this.name("g");
        if (!whole) {
          this.say(`  let ${name} = i64x2.splat(0);`);
          body.push(`  ${name} = ${this.or(masks)};`);
        }
        outside.set(to, name);
      }
      this.say(`  if (v128.any_true(${f})) {`);
      for (const line of body) this.say(`  ${line}`);
      this.say("  }");
      for (const [to, name] of outside) moves.set(to, [name]);
    } else {
      for (const line of body) this.say(line);
    }
    for (const [to, masks] of moves) {
      if (done.has(to)) this.say(`  raise(${this.layout.location(to)}, ${this.or(masks)});`);
      else incoming.set(to, [...(incoming.get(to) ?? []), ...masks]);
    }
  }

  /** All masks first: what is done under one of them may change what another one tests. */
  private decide(tree: Tree<Leaf>, mask: string, moves: Map<Location, string[]> | null): void {
    const todo: { action: Action; mask: string }[] = [];
    this.tree(tree, mask, new Set(), new Map(), todo);
    for (const { action, mask: m } of todo) this.act(action, m, moves);
  }

  private tree(
    tree: Tree<Leaf>,
    mask: string,
    already: ReadonlySet<string>,
    known: ReadonlyMap<Variable, number>,
    actions: { action: Action; mask: string }[],
  ): void {
    const todo = new Map([...commonActions(tree, known)].filter(([key]) => !already.has(key)));
    for (const action of todo.values()) actions.push({ action, mask });
    if ("leaf" in tree) return;
    const told = new Set([...already, ...todo.keys()]);
    for (const { value, below } of tree.branches) {
      if (!doesMore(below, told)) continue;
      const name = this.name("m");
      this.say(`  const ${name} = ${this.test(mask, tree.test, value)};`);
      this.tree(below, name, told, new Map([...known, [tree.test, value]]), actions);
    }
  }

  private test(mask: string, variable: Variable, value: number): string {
    if (!variable.drawn) return this.masked(mask, this.layout.literal(variable, value));
    const first = drawnAt(variable);
    const bits = Math.log2(variable.domain.length);
    let text = mask;
    for (let bit = 0; bit < bits; bit++) {
      const drawn = `v128.load(DRAWS + ${16 * (first + bit)})`;
      this.drawnBits = Math.max(this.drawnBits, first + bit + 1);
      text = (value >> bit) & 1 ? `v128.and(${text}, ${drawn})` : `v128.andnot(${text}, ${drawn})`;
    }
    return text;
  }

  private act(action: Action, mask: string, moves: Map<Location, string[]> | null): void {
    switch (action.do) {
      case "go":
        moves!.set(action.to, [...(moves!.get(action.to) ?? []), mask]);
        break;
      case "write":
        this.write(action.variable, action.value, action.from, mask);
        break;
      case "find":
        // A WARN may be what nearly every schedule shows.
        if (this.network.findings[action.finding]!.kind === Violation.WARN) {
          this.say(`  if (v128.any_true(${mask})) found(${action.finding}, ${mask});`);
        } else this.wrong(mask, `found(${action.finding}, ${mask})`);
        break;
      case "over":
        this.wrong(
          mask,
          action.how === "overflow" ? `overflow(${mask})` : `over(${mask}, ${action.how === "dropped"})`,
        );
        break;
      case "effect":
        this.effect(action.effect, mask);
    }
  }

  private wrong(mask: string, call: string): void {
    this.rare.set(mask, [...(this.rare.get(mask) ?? []), call]);
  }

  /** What went wrong since the last time: nothing, as a rule, in any lane, so that one test covers it. */
  private sayWrong(): void {
    if (this.rare.size === 0) return;
    const single = this.rare.size === 1;
    const indent = single ? "  " : "    ";
    if (!single) this.say(`  if (v128.any_true(${this.or([...this.rare.keys()])})) {`);
    for (const [mask, calls] of this.rare) {
      this.say(`${indent}if (v128.any_true(${mask})) {`);
      for (const call of calls) this.say(`${indent}  ${call};`);
      this.say(`${indent}}`);
    }
    if (!single) this.say("  }");
    this.rare.clear();
  }

  private write(variable: Variable, value: number, from: number | null, mask: string): void {
    const vectors = this.layout.of(variable);
    const code = variable.domain.indexOf(value);
    if (vectors.length === 1) {
      this.say(`  ${code === 1 ? "raise" : "lower"}(${vectors[0]}, ${mask});`);
      return;
    }
    const cleared = from === null ? variable.domain.map((_, n) => n) : [variable.domain.indexOf(from)];
    for (const n of cleared) if (n !== code) this.say(`  lower(${vectors[n]}, ${mask});`);
    this.say(`  raise(${vectors[code]}, ${mask});`);
  }

  private effect(effect: Effect, mask: string): void {
    if (effect.do === "enter") this.say(`  raise(${this.layout.section(effect.section)}, ${mask});`);
    else if (effect.do === "end" && !this.awaited.has(effect.task)) {
      this.say(`  raise(${this.layout.idle(effect.task)}, ${mask});`);
    } else {
      this.say(`  later(${this.deferredVector(effect)}, ${mask});`);
    }
  }

  // -------------------------------------------------------------- effects on others, once an iteration

  private deferredVector(effect: Effect): number {
    const key = effectKey(effect);
    let known = this.deferred.get(key);
    if (known === undefined) {
      known = { vector: this.deferred.size, effect };
      this.deferred.set(key, known);
    }
    return known.vector;
  }

  deferredDeclarations(): string[] {
    return [
      `const LATER: usize = STATE + ${16 * this.layout.vectors.length};`,
      "// @ts-ignore: decorator",
      "@inline function later(n: usize, m: v128): void {",
      "  v128.store(LATER + (n << 4), v128.or(v128.load(LATER + (n << 4)), m));",
      "}",
    ];
  }

  private deferredFunction(): string[] {
    this.fresh();
    this.say("/** What steps of this iteration do to other tasks. */");
    this.say("function deferred(): void {");
    for (const [key, { vector, effect }] of this.deferred) {
      const m = `m${vector}`;
      this.say(`  const ${m} = v128.load(LATER + ${16 * vector}); // ${key}`);
      this.say(`  if (v128.any_true(${m})) {`);
      this.say(`    v128.store(LATER + ${16 * vector}, i64x2.splat(0));`);
      for (const line of this.deferredLines(effect, m)) this.say(`    ${line}`);
      this.say("  }");
    }
    this.say("}");
    this.say("");
    return this.fresh();
  }

  private deferredLines(effect: Effect, m: string): string[] {
    const { layout, network } = this;
    switch (effect.do) {
      case "snapshot": {
        const sections = network.sections.get(effect.domain) ?? [];
        return sections.map(
          (s) => `copy(${this.waitVector(effect.waiter, s.id)}, get(${layout.section(s)}), ${m});`,
        );
      }
      case "leave": {
        const waiters = [...(this.waiters.get(effect.domain) ?? [])];
        return [
          `lower(${layout.section(effect.section)}, ${m});`,
          ...waiters.map((w) => `lower(${this.waitVector(w, effect.section.id)}, ${m});`),
        ];
      }
      case "spawn": {
        const { task } = effect.location;
        return [
          `const twice = v128.andnot(${m}, get(${layout.idle(task)}));`,
          "if (v128.any_true(twice)) overflow(twice);",
          `lower(${layout.idle(task)}, ${m});`,
          `raise(${layout.location(effect.location)}, ${m});`,
        ];
      }
      case "enqueue": {
        if (!network.ordered.has(effect.task.queue)) return [];
        const others = this.itemsOf(effect.task.queue).filter((t) => t !== effect.task);
        return others.map(
          (other) => `copy(${this.aheadVector(effect.task, other)}, ${this.or(this.startsOf(other))}, ${m});`,
        );
      }
      case "dequeue": {
        if (!network.ordered.has(effect.task.queue)) return [];
        const others = this.itemsOf(effect.task.queue).filter((t) => t !== effect.task);
        return others.map((other) => `lower(${this.aheadVector(other, effect.task)}, ${m});`);
      }
      case "await": {
        const exists = `v128.not(get(${layout.idle(effect.task)}))`;
        const which = effect.started
          ? `v128.andnot(${exists}, ${this.or(this.startsOf(effect.task))})`
          : exists;
        return [`copy(${this.awaitVector(effect.waiter, effect.task)}, ${which}, ${m});`];
      }
      case "end": {
        const waiters = [...(this.awaited.get(effect.task) ?? [])];
        return [
          `raise(${layout.idle(effect.task)}, ${m});`,
          ...waiters.map((w) => `lower(${this.awaitVector(w, effect.task)}, ${m});`),
        ];
      }
      case "unused": {
        const open = (network.sections.get(effect.domain) ?? []).map((s) => `get(${layout.section(s)})`);
        const there = effect.tasks.map((t) => `v128.not(get(${layout.idle(t)}))`);
        if (open.length + there.length === 0) return [];
        return [
          `const used = v128.and(${m}, ${this.or([...open, ...there])});`,
          "if (v128.any_true(used)) overflow(used);",
        ];
      }
      default:
        return [];
    }
  }

  // -------------------------------------------------------------- checks, beginning

  private checkFunction(name: string, trees: readonly Tree<Leaf>[]): string[] {
    this.fresh();
    this.say("/** Checks, in lanes m. A check that fails ends the run: the next one is for the others. */");
    this.say(`export function ${name}(m: v128): void {`);
    trees.forEach((tree, n) => {
      const mask = `c${n}`;
      this.say(`  const ${mask} = v128.andnot(m, v128.load(ENDED));`);
      this.decide(tree, mask, null);
      this.sayWrong();
    });
    this.say("}");
    this.say("");
    return this.fresh();
  }

  /** The state in which every schedule begins. */
  beginning(): string[] {
    const idle = this.network.tasks.map((t) => `get(${this.layout.idle(t)})`);
    const { findings, end } = this.network.begun;
    return [
      "/** Lanes m begin a schedule. */",
      "export function begin(m: v128): void {",
      ...this.layout.vectors.map((v, n) => `  ${v.initial ? "raise" : "lower"}(${n}, m);`),
      "}",
      "",
      "/** What the set-up did wrong, in lanes m that have begun. */",
      "export function begun(m: v128): void {",
      ...findings.map(({ id }) => `  found(${id}, m);`),
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

function busyName(queue: number): string {
  return `busy${queue}`;
}

function addTo<K>(map: Map<K, Set<number>>, key: K, value: number): void {
  const known = map.get(key) ?? new Set();
  known.add(value);
  map.set(key, known);
}

function canBlock(tree: Tree<Ready>): boolean {
  if (!("leaf" in tree)) return tree.branches.some((b) => canBlock(b.below));
  const { blocked, waitsDomain, waitsTasks, waitsTurn } = tree.leaf;
  return blocked || waitsDomain !== 0 || waitsTasks || waitsTurn;
}

/** Locations of a task, each after those that lead to it, as far as there is no way back. */
function inOrder(task: Task): Location[] {
  const after: Location[] = [];
  const seen = new Set<Location>();
  const visit = (at: Location): void => {
    if (seen.has(at)) return;
    seen.add(at);
    for (const next of successors(at)) visit(next);
    after.push(at);
  };
  for (const at of task.locations) visit(at);
  return after.reverse();
}

/** First of the drawn bits that a choice takes: its number in its step, four bits each. */
function drawnAt(variable: Variable): number {
  return 4 * Number(variable.name.split(" ").at(-1));
}
