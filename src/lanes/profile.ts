// Where schedules spend their steps: random walks through a network, to arrange the source of lanes by what
// is come to often and together. Nothing but its speed depends on what they say. The numbers drawn are fixed,
// so that the same program has the same source.

import type { Effect, Flag, Location, Network, Ready, Task, Tree, Variable } from "./network.ts";
import type { Rule } from "./rank.ts";

/** Two rounds of lanes. */
const WALKS = 256;
const LANES = 128;
const STEPS_MAX = 600;
/** What an iteration costs besides its locations, in locations. */
const ITERATION = 30;

/** What is put together goes on for so much of a schedule, and for so many steps, or it does not pay. */
const THINNING = 0.2;
const REGROUPING = 20;

export interface Profile {
  /** Visits of a schedule, in the mean. */
  readonly visits: ReadonlyMap<Location, number>;
  /** Of its visits: which step of the schedule it was, in the mean. */
  readonly when: ReadonlyMap<Location, number>;
  /** It is faster to start the next schedules when all lanes are done than one by one. */
  readonly together: boolean;
  /**
   * Where they begin together, half of them are done long before the others: what is left of two groups is
   * put together then.
   */
  readonly thins: boolean;
}

/** Where walks are sticky, a task steps on in so many cases of a hundred. */
const STAYS = 90;
/** Where they go by priorities, the highest falls before one step of so many. */
const FALLS = 32;

export function profile(network: Network, rule: Rule): Profile {
  const draw = integers(0x5eed);
  const walks = Array.from({ length: WALKS }, () => new Walk(network, draw).run(chooser(rule, draw)));
  const visits = new Map<Location, number>();
  const when = new Map<Location, number>();
  for (const walk of walks) {
    walk.forEach((at, step) => {
      visits.set(at, (visits.get(at) ?? 0) + 1);
      when.set(at, (when.get(at) ?? 0) + step);
    });
  }
  const lengths = walks.map((walk) => walk.length).sort((a, b) => a - b);
  const longest = lengths.at(-1)!;
  for (const [at, sum] of when) when.set(at, sum / visits.get(at)!);
  for (const [at, count] of visits) visits.set(at, count / WALKS);
  const half = lengths[WALKS / 2]!;
  const thins = longest - half >= THINNING * longest && longest - half >= REGROUPING;
  const together = cost(walks, thins ? half : longest) <= cost(walks, null);
  return { visits, when, together, thins: together && thins };
}

/**
 * Locations that are stepped from, a step: what lanes that begin together come to, when after so many steps
 * what is left of two groups is put together; or, for null, lanes that begin one by one.
 */
function cost(walks: readonly (readonly Location[])[], apart: number | null): number {
  let [work, steps] = [0, 0];
  const iteration = (here: readonly Location[]): void => {
    work += here.length === 0 ? 0 : ITERATION + new Set(here).size;
    steps += here.length;
  };
  const longest = Math.max(...walks.map((walk) => walk.length));
  const groups = [walks.slice(0, LANES), walks.slice(LANES)];
  for (let n = 0; n < longest; n++) {
    const at = (group: typeof walks): Location[] => {
      return group.flatMap((walk, lane) => {
        if (walk.length === 0) return [];
        if (apart !== null) return walk.slice(n, n + 1);
        return [walk[(n + Math.floor((walk.length * lane) / LANES)) % walk.length]!];
      });
    };
    if (apart !== null && n >= apart) iteration(at(walks));
    else for (const group of groups) iteration(at(group));
  }
  return work / Math.max(1, steps);
}

function integers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let z = Math.imul(state ^ (state >>> 16), 0x7feb352d);
    z = Math.imul(z ^ (z >>> 15), 0x846ca68b);
    return ((z ^ (z >>> 16)) >>> 0) % below;
  };
}

type Chooser = (able: readonly Task[]) => Task;

/** Who steps of those who can, in one schedule. */
function chooser(rule: Rule, draw: (below: number) => number): Chooser {
  const any: Chooser = (able) => able[draw(able.length)]!;
  let last: Task | null = null;
  // The highest first; who is not among them stands anywhere.
  const order: Task[] = [];
  switch (rule) {
    case "random":
      return any;
    case "sticky":
      return (able) => {
        const on = draw(100) < STAYS && able.some((task) => task === last);
        if (!on) last = any(able);
        return last!;
      };
    case "pct":
      return (able) => {
        for (const task of able) {
          if (!order.includes(task)) order.splice(draw(order.length + 1), 0, task);
        }
        const highest = order.find((task) => able.includes(task))!;
        if (draw(FALLS) > 0) return highest;
        order.push(...order.splice(order.indexOf(highest), 1));
        return order.find((task) => able.includes(task))!;
      };
  }
}

/** One schedule. */
class Walk {
  private readonly network: Network;
  private readonly draw: (below: number) => number;
  private readonly values = new Map<Variable, number>();
  private readonly at: (Location | null)[];
  private readonly open = new Set<Flag>();
  private readonly waits = new Set<string>();
  private readonly ahead = new Set<string>();

  constructor(network: Network, draw: (below: number) => number) {
    this.network = network;
    this.draw = draw;
    this.at = network.tasks.map((t) => t.start);
    for (const [task, other] of network.ahead) this.ahead.add(`${task.index} ${other.index}`);
  }

  run(choose: Chooser): Location[] {
    const steps: Location[] = [];
    while (steps.length < STEPS_MAX) {
      const able = this.network.tasks.filter((task) => this.canStep(task));
      if (able.length === 0) break;
      const task = choose(able);
      const from = this.at[task.index]!;
      steps.push(from);
      const leaf = this.decide(from.step!);
      if (leaf === null || leaf.end !== null) break;
      this.at[task.index] = leaf.next;
      for (const [variable, value] of leaf.writes) this.values.set(variable, value);
      for (const effect of leaf.effects) this.affect(effect);
    }
    return steps;
  }

  private canStep(task: Task): boolean {
    const at = this.at[task.index]!;
    if (at === null) return false;
    if (at.ready === null) return true;
    const ready = this.decide<Ready>(at.ready);
    if (ready === null || ready.blocked) return false;
    const waits = (what: string): boolean => this.waits.has(`${task.index} ${what}`);
    const sections = this.network.sections.get(ready.waitsDomain) ?? [];
    if (ready.waitsDomain !== 0 && sections.some((s) => waits(`section ${s.id}`))) return false;
    if (ready.waitsTasks && this.network.tasks.some((t) => waits(`task ${t.index}`))) return false;
    if (!ready.waitsTurn || !this.network.ordered.has(task.queue)) return true;
    return !this.itemsBeside(task).some((other) => {
      const ahead = this.ahead.has(`${task.index} ${other.index}`);
      return ahead || (this.at[other.index] !== null && !this.isAtStart(other));
    });
  }

  private itemsBeside(task: Task): Task[] {
    return this.network.tasks.filter((t) => t !== task && t.kind === 1 && t.queue === task.queue);
  }

  private isAtStart(task: Task): boolean {
    const at = this.at[task.index];
    return at !== null && at !== undefined && at.pc === task.locations[0]!.pc;
  }

  private decide<L>(tree: Tree<L>): L | null {
    if ("leaf" in tree) return tree.leaf;
    const { test, branches } = tree;
    const value = test.drawn
      ? test.domain[this.draw(test.domain.length)]
      : test.exists !== undefined
        ? Number(this.at[test.exists.index] !== null)
        : (this.values.get(test) ?? test.domain[0]);
    const branch = branches.find((b) => b.value === value);
    return branch === undefined ? null : this.decide(branch.below);
  }

  private affect(effect: Effect): void {
    const put = (set: Set<string>, key: string, yes: boolean): void => {
      if (yes) set.add(key);
      else set.delete(key);
    };
    switch (effect.do) {
      case "snapshot":
        for (const s of this.network.sections.get(effect.domain) ?? []) {
          put(this.waits, `${effect.waiter} section ${s.id}`, this.open.has(s));
        }
        break;
      case "enter":
        this.open.add(effect.section);
        break;
      case "leave":
        this.open.delete(effect.section);
        for (const t of this.network.tasks) this.waits.delete(`${t.index} section ${effect.section.id}`);
        break;
      case "spawn":
        this.at[effect.location.task.index] = effect.location;
        break;
      case "await": {
        const { index } = effect.task;
        const waits = this.at[index] !== null && !(effect.started && this.isAtStart(effect.task));
        put(this.waits, `${effect.waiter} task ${index}`, waits);
        break;
      }
      case "end":
        for (const t of this.network.tasks) this.waits.delete(`${t.index} task ${effect.task.index}`);
        break;
      case "enqueue":
        for (const other of this.itemsBeside(effect.task)) {
          put(this.ahead, `${effect.task.index} ${other.index}`, this.isAtStart(other));
        }
        break;
      case "dequeue":
        for (const other of this.itemsBeside(effect.task)) {
          this.ahead.delete(`${other.index} ${effect.task.index}`);
        }
    }
  }
}
