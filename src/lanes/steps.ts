// Steps of tasks as text: which lanes take which branch of a step's decision tree, and what they do there.
//
// A step of a task is the and of its pick and of the location's vector; each test of its tree splits that
// mask, and what a leaf does is done under the mask that is left. What all leaves below a test do alike is
// done once, under the mask above it.
//
// Where a run is over, it does not matter what becomes of its state. So a test that only tells whether it is
// over (does the object still live?) is left out of the masks of what goes on, and it is enough to know of
// all such tests of a segment together whether any lane fails one.

import { type Action, commonActions, doesMore } from "./actions.ts";
import { affectNow, affectThen, notFollowed, type Waiters } from "./effects.ts";
import type { Layout, Segment } from "./layout.ts";
import type { Effect, Leaf, Location, Network, Task, Tree, Variable } from "./network.ts";
import type { Region } from "./region.ts";
import { effectKey } from "./simplify.ts";
import { groups, living, type Test, tellsAny } from "./trees.ts";

/** Values that a variable may have where something is done. */
type Known = ReadonlyMap<Variable, readonly number[]>;

interface Done {
  readonly action: Action;
  readonly mask: string;
  readonly known: Known;
}

/** Lanes of `mask` in which a condition holds go wrong: what is told of them is said inside a guard. */
interface Wrong {
  readonly mask: string;
  /** The same key for the same condition. */
  readonly key: string;
  readonly holds: (region: Region, mask: string) => string;
  readonly tell: (region: Region, mask: string) => void;
}

export class Steps {
  /** Bits that steps draw for choose(). */
  drawnBits = 0;
  private readonly network: Network;
  private readonly layout: Layout;
  private readonly waiters: Waiters;
  private readonly room: number;
  /** Of the segment that is being written. */
  private wrong: Wrong[] = [];
  /** And effects that look at other tasks. */
  private readonly later = new Map<string, { readonly effect: Effect; readonly masks: string[] }>();

  /** `room` as roomFor() says. */
  constructor(network: Network, layout: Layout, waiters: Waiters, room: number) {
    this.network = network;
    this.room = room;
    this.layout = layout;
    this.waiters = waiters;
    if (network.variables.some((v) => v.drawn)) this.drawnBits = 1;
  }

  /** All that a task does in the lanes of `pick`. */
  task(region: Region, task: Task, pick: string): void {
    const segments = this.layout.segments(task);
    // Before any of them is done: what comes to another segment has taken its step.
    const masks = segments.map(({ vector }) => region.and(pick, region.load(vector)));
    segments.forEach((segment, n) => {
      region.guard(masks[n]!, (inner) => this.segment(inner, segment, masks[n]!));
    });
  }

  /** What a task does in the lanes of `q`, all of which are in the segment, as code of its own. */
  apart(region: Region, segment: Segment, q: string): void {
    this.segment(region, segment, q);
    region.commit();
  }

  /** All that all tasks do in the lanes of their picks, without a look at whether there are any. */
  all(region: Region, tasks: readonly Task[], picks: readonly string[]): void {
    tasks.forEach((task, n) => {
      for (const at of task.locations) {
        const here = this.layout.location(at);
        const f = region.and(picks[n]!, region.load(here));
        region.clear(here, f);
        this.step(region, at.step!, f, at);
      }
    });
    this.finish(region, false);
  }

  private segment(region: Region, segment: Segment, q: string): void {
    const { locations } = segment;
    for (const at of locations) {
      const here = this.layout.location(at);
      const f = locations.length === 1 ? q : region.and(q, region.load(here));
      region.clear(here, q);
      this.step(region, at.step!, f, at);
    }
    this.finish(region);
  }

  /** Guarded: what looks at other tasks is skipped where no lane does it. */
  private finish(region: Region, guarded = true): void {
    this.tellWrong(region);
    region.commit();
    const later = [...this.later.values()];
    this.later.clear();
    for (const { effect, masks } of later) {
      const m = region.any(masks);
      const then = (r: Region): void => affectThen(r, this.network, this.layout, this.waiters, effect, m);
      if (guarded) region.guard(m, then);
      else {
        then(region);
        region.commit();
      }
    }
  }

  /** Checks, in lanes m: one that fails ends the run. */
  check(region: Region, tree: Tree<Leaf>, mask: string): void {
    this.step(region, tree, mask, null);
    this.finish(region);
  }

  // -------------------------------------------------------------- a decision tree

  private step(region: Region, tree: Tree<Leaf>, mask: string, at: Location | null): void {
    const todo: Done[] = [];
    const goesOn = living(tree);
    if (goesOn !== null) this.tree(region, goesOn, mask, new Set(), at?.known ?? new Map(), todo);
    this.tells(region, tree, mask);
    for (const each of todo) this.act(region, each, at);
  }

  /** What runs that go on do, under masks that say nothing of those that are over. */
  private tree(
    region: Region,
    tree: Tree<Leaf>,
    mask: string,
    already: ReadonlySet<string>,
    known: Known,
    actions: Done[],
  ): void {
    const todo = new Map([...commonActions(tree)].filter(([key]) => !already.has(key)));
    for (const action of todo.values()) actions.push({ action, mask, known });
    if ("leaf" in tree) return;
    const told = new Set([...already, ...todo.keys()]);
    for (const [below, values] of groups(tree)) {
      if (!doesMore(below, told)) continue;
      const m = this.test(region, mask, tree, values);
      this.tree(region, below, m, told, new Map([...known, [tree.test, values]]), actions);
    }
  }

  /** What is told of runs, under exact masks: WARNs, and where they are over. */
  private tells(region: Region, tree: Tree<Leaf>, mask: string): void {
    if ("leaf" in tree) {
      if (tree.leaf.end === null) this.tellLeaf(region, tree.leaf, mask);
      else this.tellOver(region, tree, mask);
      return;
    }
    for (const [below, values] of groups(tree)) {
      if (living(below) === null) {
        this.wrong.push({
          mask,
          key: `${tree.test.id} ${values.join(",")}`,
          holds: (inner, m) => this.test(inner, m, tree, values),
          tell: (inner, m) => this.tellOver(inner, below, m),
        });
      } else if (tellsAny(below)) this.tells(region, below, this.test(region, mask, tree, values));
    }
  }

  private tellLeaf(region: Region, { findings, effects }: Leaf, mask: string): void {
    for (const { id } of findings) region.set(this.layout.found + id, mask);
    for (const effect of effects) {
      if (effect.do !== "spawn" && effect.do !== "unused") continue;
      this.wrong.push({
        mask,
        key: effectKey(effect),
        holds: (inner, m) => inner.and(m, notFollowed(inner, this.network, this.layout, effect, this.room)),
        tell: (inner, m) => inner.say(`overflow(${m});`, [m]),
      });
    }
  }

  /** Whatever leaf it comes to: the run is over. */
  private tellOver(region: Region, tree: Tree<Leaf>, mask: string): void {
    if ("leaf" in tree) {
      const { end, findings } = tree.leaf;
      for (const { id } of findings) region.set(this.layout.found + id, mask);
      region.say(end === "overflow" ? `overflow(${mask});` : `over(${mask}, ${end === "dropped"});`, [mask]);
      return;
    }
    for (const [below, values] of groups(tree)) {
      this.tellOver(region, below, this.test(region, mask, tree, values));
    }
  }

  /** What went wrong in a segment: nothing, as a rule, in any lane, so that one test covers it. */
  private tellWrong(region: Region): void {
    const { wrong } = this;
    this.wrong = [];
    const masks = new Map<string, string[]>();
    for (const { key, mask } of wrong) masks.set(key, [...(masks.get(key) ?? []), mask]);
    const fails = [...masks].map(([key, each]) => {
      return wrong.find((w) => w.key === key)!.holds(region, region.any(each));
    });
    region.guard(region.any(fails), (inner) => {
      for (const { mask, holds, tell } of wrong) {
        const m = holds(inner, mask);
        if (wrong.length === 1) tell(inner, m);
        else inner.guard(m, (innermost) => tell(innermost, m));
      }
    });
  }

  /** Lanes in which the tested variable has one of the values, of those that it has in runs that go on. */
  private test(region: Region, mask: string, { test, branches }: Test, values: readonly number[]): string {
    if (values.length === branches.length) return mask;
    if (test.drawn) return region.any(values.map((value) => this.drawn(region, mask, test, value)));
    const others = branches.filter((b) => !values.includes(b.value)).map((b) => b.value);
    if (test.exists === undefined && this.layout.of(test).length > 1) {
      const fewer = others.length < values.length ? others : values;
      const either = region.any(fewer.map((v) => region.load(this.layout.literal(test, v).vector)));
      return fewer === values ? region.and(mask, either) : region.andnot(mask, either);
    }
    const { vector, set } = this.layout.literal(test, values[0]!);
    return set ? region.and(mask, region.load(vector)) : region.andnot(mask, region.load(vector));
  }

  private drawn(region: Region, mask: string, variable: Variable, value: number): string {
    const first = drawnAt(variable);
    let m = mask;
    for (let bit = 0; bit < Math.log2(variable.domain.length); bit++) {
      const drawn = region.node(`v128.load(DRAWS + ${16 * (first + bit)})`);
      this.drawnBits = Math.max(this.drawnBits, first + bit + 1);
      m = (value >> bit) & 1 ? region.and(m, drawn) : region.andnot(m, drawn);
    }
    return m;
  }

  private act(region: Region, { action, mask, known }: Done, at: Location | null): void {
    if (action.do === "go") this.go(region, action.to, mask, at);
    else if (action.do === "write") this.write(region, action.variable, action.value, known, mask);
    else {
      const ends = action.effect.do === "end" && at !== null && action.effect.task === at.task;
      if (ends) this.leave(region, at, mask);
      this.effect(region, at?.task ?? null, action.effect, mask);
    }
  }

  private go(region: Region, to: Location, mask: string, from: Location | null): void {
    region.set(this.layout.location(to), mask);
    const segment = this.layout.segment(to);
    if (from !== null && segment === this.layout.segment(from)) return;
    if (segment.locations.length > 1) region.set(segment.vector, mask);
    if (from !== null) this.leave(region, from, mask);
  }

  private leave(region: Region, from: Location, mask: string): void {
    const { locations, vector } = this.layout.segment(from);
    if (locations.length > 1) region.clear(vector, mask);
  }

  private write(region: Region, variable: Variable, value: number, known: Known, mask: string): void {
    const vectors = this.layout.of(variable);
    const code = variable.domain.indexOf(value);
    if (vectors.length === 1) {
      if (code === 1) region.set(vectors[0]!, mask);
      else region.clear(vectors[0]!, mask);
      return;
    }
    // All of them, where nothing is known of it: what is set stays so, and the masks are the same for all.
    for (const from of known.get(variable) ?? variable.domain) {
      region.clear(vectors[variable.domain.indexOf(from)]!, mask);
    }
    region.set(vectors[code]!, mask);
  }

  private effect(region: Region, task: Task | null, effect: Effect, mask: string): void {
    if (!affectNow(region, this.network, this.layout, this.waiters, task, effect, mask)) return;
    const key = effectKey(effect);
    const known = this.later.get(key) ?? { effect, masks: [] };
    known.masks.push(mask);
    this.later.set(key, known);
  }
}

/** First of the drawn bits that a choice takes: its number in its step, four bits each. */
function drawnAt(variable: Variable): number {
  return 4 * Number(variable.name.split(" ").at(-1));
}
