// What variables can be where a task stands. A task that holds a mutex is its owner, and nobody else is: so
// its unlocking need not ask. For each location and variable those values are found that the variable can
// have while the task is there, for one variable and one task at a time: what its own steps lead to, and
// what steps of others write meanwhile, if they can be where they take them at all (thread-modular analysis
// after Owicki and Gries, 1976, and Flanagan and Qadeer, 2003). It may find more than can be, never less.
//
// Branches for other values are taken out of the trees then.

import type { Leaf, Location, Network, Ready, Tree, Variable } from "./network.ts";

/** Values are bits of a number; a variable with more of them may have any. */
const VALUES_MAX = 30;
/** Where there is more to look at, it is left as it is. */
const LOCATIONS_MAX = 2500;
const WAYS_MAX = 40_000;

/** By variable, as numbered here: the codes that it may have, each a bit. */
type Values = Int32Array;

/** One way through a step: it is taken where tests hold, and writes. */
interface Way {
  readonly tests: readonly (readonly [variable: number, codes: number])[];
  readonly writes: readonly (readonly [variable: number, code: number])[];
  readonly next: Location | null;
  readonly spawned: readonly Location[];
}

/** Takes what cannot be out of the trees; true where there was any. Changes the network. */
export function narrow(network: Network): boolean {
  const places = network.tasks.reduce((sum, { locations }) => sum + locations.length, 0);
  if (places > LOCATIONS_MAX) return false;
  const analysis = new Analysis(network);
  if (!analysis.run()) return false;
  let less = false;
  for (const task of network.tasks) {
    for (const at of task.locations) {
      const values = analysis.when.get(at);
      // Never come to: there only in name, and should it be come to, the block is given up.
      const stepping = values === undefined ? undefined : analysis.stepping(at, values);
      at.known = stepping === undefined ? new Map() : analysis.named(stepping);
      const step = stepping === undefined ? never(at.step!) : analysis.prune(at.step!, stepping);
      const ready = at.ready === null || values === undefined ? at.ready : analysis.prune(at.ready, values);
      less ||= step !== at.step || ready !== at.ready;
      at.step = step;
      at.ready = ready;
    }
  }
  return less;
}

function never(step: Tree<Leaf>): Tree<Leaf> {
  if ("leaf" in step && step.leaf.end === "overflow") return step;
  return { leaf: { writes: new Map(), effects: [], findings: [], next: null, end: "overflow" } };
}

class Analysis {
  /** What variables may be while a task stands there, of places that are come to. */
  readonly when = new Map<Location, Values>();
  private readonly network: Network;
  private readonly variables: readonly Variable[];
  private readonly numbers: ReadonlyMap<Variable, number>;
  private readonly ways = new Map<Location, readonly Way[]>();
  private grown = new Set<Location>();

  constructor(network: Network) {
    this.network = network;
    this.variables = network.variables.filter((v) => {
      return !v.drawn && v.exists === undefined && v.domain.length <= VALUES_MAX;
    });
    this.numbers = new Map(this.variables.map((v, n) => [v, n]));
  }

  /** False where there are too many ways. */
  run(): boolean {
    // Checks do nothing; if they did, that would have to be followed, too.
    const { always, atEnd } = this.network;
    if ([...always, ...atEnd].some((tree) => this.waysOf(tree).some((way) => way.writes.length > 0)))
      return false;
    let count = 0;
    for (const { locations } of this.network.tasks) {
      for (const at of locations) {
        const ways = this.waysOf(at.step!);
        count += ways.length;
        if (count > WAYS_MAX) return false;
        this.ways.set(at, ways);
      }
    }
    const begun = new Int32Array(this.variables.length).fill(1);
    for (const { start } of this.network.tasks) if (start !== null) this.join(start, begun);
    while (this.grown.size > 0) {
      const recent = this.ownSteps();
      this.meanwhile(recent);
    }
    return true;
  }

  private waysOf(tree: Tree<Leaf>): Way[] {
    const ways: Way[] = [];
    const visit = (at: Tree<Leaf>, tests: Way["tests"]): void => {
      if ("leaf" in at) {
        const { leaf } = at;
        if (leaf.end !== null || ways.length > WAYS_MAX) return;
        const writes = [...leaf.writes].flatMap(([variable, value]) => {
          const number = this.numbers.get(variable);
          return number === undefined ? [] : [[number, 1 << variable.domain.indexOf(value)] as const];
        });
        const spawned = leaf.effects.flatMap((e) => (e.do === "spawn" ? [e.location] : []));
        ways.push({ tests, writes, next: leaf.next, spawned });
        return;
      }
      const number = this.numbers.get(at.test);
      for (const { value, below } of at.branches) {
        const test = number === undefined ? [] : [[number, 1 << at.test.domain.indexOf(value)] as const];
        visit(below, [...tests, ...test]);
      }
    };
    visit(tree, []);
    return ways;
  }

  /** Where it leads if tasks step by themselves. Returns the places of which more is known than before. */
  private ownSteps(): Set<Location> {
    const recent = new Set<Location>();
    for (const at of this.grown) {
      // Places that grow on the way are gone through, too.
      this.grown.delete(at);
      recent.add(at);
      const values = this.stepping(at, this.when.get(at)!);
      if (values.includes(0)) continue;
      for (const { tests, writes, next, spawned } of this.ways.get(at)!) {
        const after = values.slice();
        for (const [variable, codes] of tests) after[variable]! &= codes;
        if (tests.some(([variable]) => after[variable] === 0)) continue;
        for (const [variable, code] of writes) after[variable] = code;
        if (next !== null) this.join(next, after);
        for (const location of spawned) this.join(location, after);
      }
    }
    return recent;
  }

  /** What tasks write while others stand where they are, if one of the two places is recent. */
  private meanwhile(recent: ReadonlySet<Location>): void {
    for (const [from, own] of this.when) {
      const writing = this.ways.get(from)!.filter(({ writes }) => writes.length > 0);
      if (writing.length === 0) continue;
      const values = this.stepping(from, own);
      if (values.includes(0)) continue;
      for (const [at, there] of this.when) {
        if (at.task === from.task || (!recent.has(at) && !recent.has(from))) continue;
        for (const { tests, writes } of writing) {
          if (writes.every(([variable, code]) => (there[variable]! & code) !== 0)) continue;
          if (tests.some(([variable, codes]) => (there[variable]! & values[variable]! & codes) === 0))
            continue;
          if (!meet(there, values)) break;
          for (const [variable, code] of writes) there[variable]! |= code;
          this.grown.add(at);
        }
      }
    }
  }

  private join(at: Location, values: Values): void {
    const known = this.when.get(at);
    if (known === undefined) {
      this.when.set(at, values.slice());
      this.grown.add(at);
      return;
    }
    let more = 0;
    for (let n = 0; n < values.length; n++) {
      more |= values[n]! & ~known[n]!;
      known[n]! |= values[n]!;
    }
    if (more !== 0) this.grown.add(at);
  }

  /** The same when it steps: it does not have to wait then. None where it always has to. */
  stepping(at: Location, values: Values): Values {
    if (at.ready === null) return values;
    const any = new Int32Array(values.length);
    const visit = (tree: Tree<Ready>, here: Values): void => {
      if ("leaf" in tree) {
        if (!tree.leaf.blocked) for (let n = 0; n < any.length; n++) any[n]! |= here[n]!;
        return;
      }
      const number = this.numbers.get(tree.test);
      for (const { value, below } of tree.branches) {
        const inner = here.slice();
        if (number !== undefined) inner[number]! &= 1 << tree.test.domain.indexOf(value);
        if (number === undefined || inner[number] !== 0) visit(below, inner);
      }
    };
    visit(at.ready, values);
    return any;
  }

  /** A tree without branches for what cannot be; the same one where there are none. */
  prune<L>(tree: Tree<L>, values: Values): Tree<L> {
    if ("leaf" in tree) return tree;
    const number = this.numbers.get(tree.test);
    const { domain } = tree.test;
    const can = tree.branches.filter(({ value }) => {
      return number === undefined || (values[number]! >> domain.indexOf(value)) & 1;
    });
    // Nobody steps there, whatever is known.
    if (can.length === 0) return tree;
    const branches = can.map(({ value, below }) => ({ value, below: this.prune(below, values) }));
    const same = branches.every(({ below }, n) => below === tree.branches[n]!.below);
    return same && branches.length === tree.branches.length ? tree : { test: tree.test, branches };
  }

  /** Variables that cannot have all of their values. */
  named(values: Values): Map<Variable, number[]> {
    const known = new Map<Variable, number[]>();
    this.variables.forEach((variable, n) => {
      const can = variable.domain.filter((_, code) => (values[n]! >> code) & 1);
      if (can.length < variable.domain.length) known.set(variable, can);
    });
    return known;
  }
}

/** Whether there is a state in which both are so. */
function meet(a: Values, b: Values): boolean {
  for (let n = 0; n < a.length; n++) if ((a[n]! & b[n]!) === 0) return false;
  return true;
}
