// One step, taken once for every combination of the values that it tests: a run asks for a variable's value
// and is told one after the other, each time from the beginning, until all were tried. What a step does is a
// function of the values that it tested, so that the runs make a decision tree.

import { Violation } from "../../assembly/abi.ts";
import type { Effect, Leaf, Location, NetworkFinding, Task, Tree, Variable } from "./network.ts";
import { Tangled, Unfit } from "./network.ts";
import type { Registers } from "./registers.ts";
import {
  type Derived,
  LIFE_DEAD,
  LIFE_LIVE,
  LIFE_NEVER,
  type Mutable,
  type World,
  type WorldObject,
} from "./world.ts";

/**
 * Thrown to end a run: a violation other than a WARN, an assume() that failed, what lanes cannot follow. No
 * Error: thousands are thrown, and writing down where would take most of the time.
 */
export class RunOver {
  readonly how: NonNullable<Leaf["end"]>;

  constructor(how: NonNullable<Leaf["end"]>) {
    this.how = how;
  }
}

/** A task as it is in the middle of a step. */
export interface Doing {
  readonly task: Task;
  pc: number;
  readonly registers: Registers;
  locks: number[];
  sections: { domain: number; level: number }[];
  atomic: number;
  waitDomain: number;
  /** The cell whose load began the step, or 0. */
  loaded: number;
  /** A check, or the set-up: what it saw. */
  alone: boolean;
  sawDangling: number;
  sawLeak: boolean;
}

/** Combinations of values that one step tells apart. */
const LEAVES_MAX = 1000;

/** Tests, in the order in which the run made them. */
interface Taken {
  readonly variable: Variable;
  /** The values that it can have, as far as is known. */
  readonly among: readonly number[];
  index: number;
}

export class Run {
  readonly world: World;
  readonly derived: Derived;
  readonly effects: Effect[] = [];
  readonly findings: NetworkFinding[] = [];
  private readonly path: Taken[];
  private position = 0;
  private readonly known = new Map<Variable, number>();
  private readonly written = new Map<Variable, number>();
  private drawn = 0;

  constructor(world: World, derived: Derived, path: Taken[]) {
    this.world = world;
    this.derived = derived;
    this.path = path;
  }

  /** The variable's value in this run, where it may be known to be one of some. */
  get(variable: Variable, among: readonly number[] = variable.domain): number {
    const known = this.written.get(variable) ?? this.known.get(variable);
    if (known !== undefined) return known;
    (variable as Mutable).readers.add(this.derived);
    if (among.length === 1) return among[0]!;
    let taken = this.path[this.position];
    if (taken === undefined) {
      taken = { variable, among, index: 0 };
      this.path.push(taken);
    }
    this.position++;
    const value = among[taken.index]!;
    this.known.set(variable, value);
    return value;
  }

  /** Writes a value; one that the variable cannot take ends the run as an overflow. */
  set(variable: Variable, value: number): void {
    if (!this.world.admit(variable, value >>> 0)) throw new RunOver("overflow");
    this.written.set(variable, value >>> 0);
  }

  /** Counts a cell up or down from the value that it has, within as many values as places count it up. */
  count(variable: Variable, value: number, place: number): void {
    const { counters, base } = variable as Mutable;
    if (!counters.has(place)) {
      counters.add(place);
      for (const reader of (variable as Mutable).readers) this.world.renew(reader);
    }
    if (value > base + counters.size && !variable.domain.includes(value)) throw new RunOver("overflow");
    this.set(variable, value);
  }

  /** A result of choose(): a power of two many, since lanes draw bits. */
  choose(count: number, location: string): number {
    const number = this.drawn++;
    if (count <= 1) return 0;
    if ((count & (count - 1)) !== 0 || count > 16) throw new Unfit(`choose(${count}) is no power of two`);
    return this.get(this.world.drawing(`${location} choice ${number}`, count));
  }

  /** The same path is taken again at most to here. */
  leaf(next: Location | null, end: Leaf["end"]): Leaf {
    return {
      writes: new Map([...this.written].filter(([v, value]) => this.known.get(v) !== value)),
      effects: [...this.effects],
      findings: [...this.findings],
      next,
      end,
    };
  }

  // -------------------------------------------------------------- violations

  note(kind: number, detail: number, site: number, cls = -1, other = -1): void {
    this.findings.push(this.world.finding(kind, detail, site, cls, other));
  }

  /** Every kind but WARN ends the run. */
  violate(kind: number, detail: number, site: number, cls = -1, other = -1): void {
    this.note(kind, detail, site, cls, other);
    if (kind !== Violation.WARN) throw new RunOver("violated");
  }

  violateObject(kind: number, detail: number, site: number, pointer: number): void {
    const object = this.world.objectAt(pointer);
    const life = object === undefined ? LIFE_LIVE : this.get(object.life);
    this.violate(kind, detail, site, object?.class ?? -1, life > LIFE_DEAD ? life - LIFE_DEAD : -1);
  }

  violatePointer(site: number, pointer: number): never {
    const object = pointer < 4096 ? undefined : this.world.objectAt(pointer);
    if (pointer < 4096) this.violate(Violation.NULL_DEREF, 0, site);
    else if (object !== undefined && this.get(object.life) >= LIFE_DEAD) {
      this.violateObject(Violation.USE_AFTER_FREE, 0, site, pointer);
    }
    this.violate(Violation.BAD_POINTER, 0, site);
    throw new RunOver("violated");
  }

  // -------------------------------------------------------------- memory

  lives(pointer: number): boolean {
    const object = pointer < 4096 ? undefined : this.world.objectAt(pointer);
    return object !== undefined && this.get(object.life) === LIFE_LIVE;
  }

  structLives(pointer: number, cells: number): boolean {
    for (let n = 0; n < cells; n++) if (!this.lives(pointer + n)) return false;
    return true;
  }

  /** The cells may be used; the first that may not is the violation. */
  usable(site: number, pointer: number, cells: number): void {
    for (let n = 0; n < cells; n++) if (!this.lives(pointer + n)) this.violatePointer(site, pointer + n);
  }

  load(pointer: number): number {
    const cell = this.world.cell(pointer);
    (cell as Mutable).readers.add(this.derived);
    const keeper = this.world.concealed(pointer, this.derived);
    if (keeper?.counts) return keeper.waits!.waiters(this);
    if (keeper !== undefined) throw new RunOver("overflow");
    return this.get(cell);
  }

  /** A store by an instruction of the model. */
  store(pointer: number, value: number, site: number): void {
    if (this.clears(pointer) && value !== 0) throw new RunOver("overflow");
    const cell = this.world.cell(pointer);
    if (this.written.get(cell) !== value) this.world.rebase(cell, value);
    this.set(cell, value);
    this.set(this.world.writer(pointer), site);
  }

  /**
   * What a primitive keeps in a cell is cleared: only while it is nothing. False where nothing is kept
   * there.
   */
  private clears(pointer: number): boolean {
    const keeper = this.world.concealed(pointer, this.derived);
    if (keeper === undefined) return false;
    const kept = keeper.waits?.waiters(this) ?? this.get(this.world.cell(pointer));
    if (kept !== 0) throw new RunOver("overflow");
    this.world.asksForAll(this.derived);
    const tasks = this.world.usersOf(keeper);
    if (keeper.domain !== undefined || tasks.length > 0) {
      this.effects.push({ do: "unused", domain: keeper.domain ?? -1, tasks });
    }
    return true;
  }

  /** A local variable comes to live, zeroed; it may have lived before. */
  bornAgain(object: WorldObject): void {
    for (let n = 0; n < object.size; n++) this.clears(object.base + n);
    this.born(object);
  }

  /** An object comes to live, zeroed. */
  born(object: WorldObject): void {
    this.set(object.life, LIFE_LIVE);
    for (let n = 0; n < object.size; n++) {
      this.set(this.world.cell(object.base + n), 0);
      this.set(this.world.writer(object.base + n), 0);
    }
  }

  neverLived(object: WorldObject): boolean {
    return this.get(object.life) === LIFE_NEVER;
  }
}

/** Takes a step for every combination of what it tests. */
export function enumerate<L>(world: World, derived: Derived, take: (run: Run) => L): Tree<L> {
  const leaves: { tests: { variable: Variable; value: number }[]; leaf: L }[] = [];
  let path: Taken[] = [];
  for (;;) {
    world.spend();
    const leaf = take(new Run(world, derived, path));
    leaves.push({
      tests: path.map(({ variable, among, index }) => ({ variable, value: among[index]! })),
      leaf,
    });
    if (leaves.length > LEAVES_MAX) throw new Tangled(widest(path)?.variable.web);
    path = advance(path);
    if (path.length === 0) break;
  }
  return grow(leaves, 0);
}

/** Of the registers that were tested the one with the most values. */
function widest(path: readonly Taken[]): Taken | undefined {
  const registers = path.filter(({ variable }) => variable.web !== undefined);
  return registers.sort((a, b) => b.among.length - a.among.length)[0];
}

/** The next path: the last test that has another value left takes it, and what came after is forgotten. */
function advance(path: readonly Taken[]): Taken[] {
  for (let n = path.length - 1; n >= 0; n--) {
    const { index, among } = path[n]!;
    if (index + 1 < among.length) return [...path.slice(0, n), { ...path[n]!, index: index + 1 }];
  }
  return [];
}

function grow<L>(
  leaves: readonly { tests: { variable: Variable; value: number }[]; leaf: L }[],
  depth: number,
): Tree<L> {
  const first = leaves[0]!;
  const test = first.tests[depth];
  if (test === undefined) return { leaf: first.leaf };
  const branches: { value: number; below: Tree<L> }[] = [];
  for (const value of new Set(leaves.map((l) => l.tests[depth]?.value))) {
    if (value === undefined) continue;
    const rest = leaves.filter((l) => l.tests[depth]?.value === value);
    branches.push({ value, below: grow(rest, depth + 1) });
  }
  return { test: test.variable, branches };
}
