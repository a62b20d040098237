// What is known of a program while its network is derived: variables with the values seen so far, tasks
// with the locations come to so far, objects. Everything only grows, until nothing does: then the network
// is closed, whatever the schedule. What would grow for ever (a count, in the eyes of an analysis that does
// not know how often a task comes by) is bounded by how many places change it; going beyond is tested for
// while lanes run. It is long because all that grows together is kept together.

import { CELLS_MAX, OBJECTS_MAX, Op, POINTER_BASE, SLOT_ALONE } from "../../assembly/abi.ts";
import type { Image, Jump } from "./image.ts";
import { reachableFrom } from "./image.ts";
import {
  type Flag,
  type Held,
  type Location,
  type NetworkFinding,
  type Section,
  type Task,
  Unfit,
  type Variable,
} from "./network.ts";
import type { Start } from "./start.ts";
import { WaitQueue } from "./wait.ts";
import type { Webs } from "./webs.ts";

/** Values of one variable, locations of one task, tasks: beyond these, lanes would not pay. */
const DOMAIN_MAX = 24;
/** Of a variable that says which instruction stored to a cell last: most of these nobody asks for. */
const WRITERS_MAX = 250;
const LOCATIONS_MAX = 1500;
/** Values at one instruction of a register that is kept out of the variables. */
const STAY_MAX = 12;
const TASKS_MAX = 60;
/** Runs of steps, one for each combination of values, until the network is closed: about a second of them. */
const RUNS_MAX = 120_000;
/** Locations of all tasks. */
const PLACES_MAX = 6000;

/** What is larger is no count: a pointer, an errno. */
const COUNT_MAX = 4096;

/** Values of the variable that says what became of an object. */
export const LIFE_LIVE = 0;
export const LIFE_NEVER = 1;
/** A local variable out of scope; a heap object that was freed by instruction n has LIFE_DEAD + n. */
export const LIFE_DEAD = 2;

export interface WorldObject {
  readonly base: number;
  readonly size: number;
  /** -1 for a local variable. */
  readonly class: number;
  readonly heap: boolean;
  readonly life: Variable;
}

export interface Mutable extends Variable {
  /** Locations and checks whose trees test it. */
  readonly readers: Set<Derived>;
  /** Places that change it by counting up, and the largest value that came in another way. */
  readonly counters: Set<number>;
  base: number;
}

/** Something whose tree is derived again when what it tests has grown. */
export interface Derived {
  dirty: boolean;
  derive(): void;
}

/** Too many locations: fewer where registers are taken out of them. */
export class Crowded extends Unfit {}

/**
 * A domain, workqueue or work item that keeps something in a cell, in which lanes have nothing; or what has
 * in it something that models have no business with.
 */
export interface Keeper {
  readonly domain?: number;
  readonly queue?: number;
  readonly work?: number;
  /** A wait queue, and whether the number of its waiters is kept there. */
  readonly waits?: WaitQueue;
  readonly counts?: boolean;
}

/** Where a task is, its registers apart. */
export type Place = Omit<Location, "index" | "key" | "registers" | "held" | "step" | "ready" | "known">;

export class World {
  readonly image: Image;
  readonly start: Start;
  readonly variables: Mutable[] = [];
  readonly flags: Flag[] = [];
  readonly tasks: Task[] = [];
  readonly findings: NetworkFinding[] = [];
  readonly sections = new Map<number, Flag[]>();
  readonly ordered = new Set<number>();
  readonly pending: Derived[] = [];
  /** What has to be derived of a new location. */
  onLocation: (location: Location) => void = () => undefined;
  /** A register that is held there has more values. */
  onGrown: (location: Location) => void = () => undefined;
  private readonly webs: Webs;
  private readonly takenOut: ReadonlySet<number>;
  private readonly stay: ReadonlySet<number>;
  private readonly stayed = new Map<string, Set<number>>();
  private readonly holders = new Map<string, Mutable>();
  private readonly cells = new Map<number, Mutable>();
  private readonly writers = new Map<number, Mutable>();
  private readonly isWriter = new Set<Variable>();
  private readonly drawings = new Map<string, Mutable>();
  private readonly queues = new Map<number, WaitQueue>();
  private readonly sleeps = new Map<Task, Mutable>();
  private readonly keepers = new Map<number, Keeper>();
  private readonly users = new Map<number, Set<Derived>>();
  private readonly existences = new Map<number, Mutable>();
  private readonly sectionFlags = new Map<string, Flag>();
  private readonly findingKeys = new Map<string, NetworkFinding>();
  private readonly taskKeys = new Map<string, Task>();
  /** What tasks allocate, by task, instruction and size. */
  readonly allocations = new Map<string, WorldObject & { readonly task: number; readonly pc: number }>();
  private readonly objects: WorldObject[] = [];
  private readonly firstBase: number;
  private nextBase: number;
  /** Of the scalar machine, where a schedule allocates all that any task can: the end of memory, objects. */
  private cellsEnd: number;
  private made: number;

  private runs = 0;
  private places = 0;

  /** Another combination of values is tried. */
  spend(): void {
    if (++this.runs > RUNS_MAX) throw new Unfit("its memory can hold too many combinations of values");
  }

  /**
   * `takenOut` are the webs of registers that do not tell locations apart; `stay` those that do, since
   * variables of theirs would be tested together with too many others.
   */
  constructor(
    image: Image,
    start: Start,
    webs: Webs,
    takenOut: ReadonlySet<number>,
    stay: ReadonlySet<number>,
  ) {
    this.image = image;
    this.start = start;
    this.webs = webs;
    this.takenOut = takenOut;
    this.stay = stay;
    this.firstBase = start.cellsEnd + 16;
    this.nextBase = this.firstBase;
    this.cellsEnd = start.cellsEnd;
    this.made = start.objects.length;
    for (const o of start.objects) {
      if (o.class === -1) continue;
      const life = o.freed ? LIFE_DEAD + o.freeSite : LIFE_LIVE;
      this.addObject(o.base, o.size, o.class, o.heap, life);
    }
    this.addSetupLocals();
  }

  /** What is left of the set-up's own variables: a pointer to one dangles. */
  private addSetupLocals(): void {
    const frame = this.start.objects.find((o) => o.class === -1 && o.base === this.image.frames[SLOT_ALONE]);
    for (let n = 0; n < (frame?.size ?? 0); n++) {
      const state = this.start.state(frame!.base + n);
      if (state === "none") continue;
      this.addObject(frame!.base + n, 1, -1, false, state === "live" ? LIFE_LIVE : LIFE_DEAD);
    }
  }

  // -------------------------------------------------------------- variables

  variable(
    name: string,
    initial: number,
    about: Pick<Variable, "drawn" | "exists" | "web"> = { drawn: false },
  ): Mutable {
    const made: Mutable = {
      id: this.variables.length,
      name,
      domain: [initial],
      initial,
      ...about,
      readers: new Set(),
      counters: new Set(),
      base: initial,
    };
    this.variables.push(made);
    return made;
  }

  cell(pointer: number): Mutable {
    return this.lazily(this.cells, pointer, () => this.variable(`cell ${pointer}`, this.start.cell(pointer)));
  }

  /** The instruction that stored to a cell last, 0 for none. */
  writer(pointer: number): Mutable {
    return this.lazily(this.writers, pointer, () => {
      const variable = this.variable(`writer ${pointer}`, this.start.writer(pointer));
      this.isWriter.add(variable);
      return variable;
    });
  }

  /** A result of choose(), of `count` many: the n-th of its step. */
  drawing(name: string, count: number): Mutable {
    let variable = this.drawings.get(name);
    if (variable === undefined) {
      variable = this.variable(name, 0, { drawn: true });
      for (let value = 1; value < count; value++) variable.domain.push(value);
      this.drawings.set(name, variable);
    }
    return variable;
  }

  /**
   * A primitive keeps something there that lanes keep otherwise: a step that looks at it cannot be followed,
   * nor one that clears it while it is in use.
   */
  conceal(pointer: number, by: Keeper): void {
    if (this.keepers.has(pointer)) return;
    this.keepers.set(pointer, by);
    for (const user of this.users.get(pointer) ?? []) this.renew(user);
  }

  /** Who keeps something there; asked for a step that uses the cell. */
  concealed(pointer: number, user: Derived): Keeper | undefined {
    this.lazily(this.users, pointer, () => new Set()).add(user);
    return this.keepers.get(pointer);
  }

  /** Kworkers and callbacks by which a keeper is in use. */
  usersOf({ domain, queue, work }: Keeper): Task[] {
    return this.tasks.filter(({ kind, ...task }) => {
      return kind === 2 ? task.queue === domain : task.queue === queue || task.argument === work;
    });
  }

  /** The wait queue at a pointer; what it keeps in its cells is in variables of its own. */
  waitQueue(pointer: number, cells: number): WaitQueue {
    return this.lazily(this.queues, pointer, () => {
      for (let n = 0; n < cells; n++) {
        if (this.start.cell(pointer + n) !== 0) throw new Unfit("a task waits when the threads begin");
      }
      const queue = new WaitQueue(this, pointer);
      for (let n = 0; n < cells; n++) this.conceal(pointer + n, { waits: queue, counts: n === cells - 1 });
      return queue;
    });
  }

  waitQueues(): Iterable<WaitQueue> {
    return this.queues.values();
  }

  /** The states in which a task sleeps; 0 where it is awake. */
  sleep(task: Task): Mutable {
    return this.lazily(this.sleeps, task, () => this.variable(`sleep of ${task.name} (${task.index})`, 0));
  }

  hasSlept(task: Task): boolean {
    return this.sleeps.has(task);
  }

  /** Whether a kworker or callback exists. */
  exists(task: Task): Mutable {
    return this.lazily(this.existences, task.index, () => {
      const variable = this.variable(`exists ${task.name}`, 0, { drawn: false, exists: task });
      variable.domain.push(1);
      return variable;
    });
  }

  private lazily<K, V>(map: Map<K, V>, key: K, make: () => V): V {
    let value = map.get(key);
    if (value === undefined) {
      value = make();
      map.set(key, value);
    }
    return value;
  }

  /** False where the value would be one too many. */
  admit(variable: Variable, value: number): boolean {
    if (variable.domain.includes(value)) return true;
    if (variable.domain.length >= (this.isWriter.has(variable) ? WRITERS_MAX : DOMAIN_MAX)) return false;
    variable.domain.push(value);
    for (const reader of (variable as Mutable).readers) this.renew(reader);
    return true;
  }

  /** A value that was stored, not counted. */
  rebase(variable: Mutable, value: number): void {
    if (value <= variable.base || value >= COUNT_MAX) return;
    variable.base = value;
    if (variable.counters.size > 0) for (const reader of variable.readers) this.renew(reader);
  }

  renew(derived: Derived): void {
    if (derived.dirty) return;
    derived.dirty = true;
    this.pending.push(derived);
  }

  // -------------------------------------------------------------- objects

  objectAt(pointer: number): WorldObject | undefined {
    return this.objects.find((o) => pointer >= o.base && pointer < o.base + o.size);
  }

  /** A pointer to where lanes put what is allocated while a schedule runs. */
  isAllocatedLater(pointer: number): boolean {
    return pointer >= this.firstBase && pointer < this.nextBase;
  }

  heapObjects(): readonly WorldObject[] {
    return this.objects.filter((o) => o.heap);
  }

  private addObject(base: number, size: number, cls: number, heap: boolean, life: number): WorldObject {
    const made = { base, size, class: cls, heap, life: this.variable(`life ${base}`, life) };
    this.objects.push(made);
    return made;
  }

  /** The object that a task allocates at an instruction; one more of it is beyond what lanes can follow. */
  allocation(task: Task, pc: number, size: number, cls: number): WorldObject {
    const key = `${task.index} ${pc} ${size}`;
    let object = this.allocations.get(key);
    if (object === undefined) {
      this.cellsEnd += size + 1;
      if (this.cellsEnd > POINTER_BASE + CELLS_MAX || this.made++ === OBJECTS_MAX) {
        throw new Unfit("it may allocate more than the machine has");
      }
      object = { ...this.addObject(this.nextBase, size, cls, true, LIFE_NEVER), task: task.index, pc };
      this.nextBase += size + 1;
      this.allocations.set(key, object);
      this.everybodyAgain();
    }
    return object;
  }

  // -------------------------------------------------------------- tasks

  thread(number: number, pc: Jump): Task {
    const frame = this.image.frames[number] ?? 0;
    return this.addTask(`thread ${number}`, { kind: 0, fn: -1, argument: 0, queue: 0, frame }, pc);
  }

  /** A check, which is no task but runs like one. */
  check(number: number, pc: Jump): Task {
    const frame = this.image.frames[this.image.frames.length - this.image.checks.length + number] ?? 0;
    const task = makeTask(-1, `check ${number}`, { kind: 0, fn: -1, argument: 0, queue: 0, frame });
    this.addLocals(pc, frame, false);
    return task;
  }

  dynamic(kind: 1 | 2, fn: number, argument: number, queue: number, pc: Jump): Task {
    const key = `${kind} ${fn} ${argument} ${queue}`;
    let task = this.taskKeys.get(key);
    if (task === undefined) {
      const frame = this.nextBase;
      this.nextBase += 256;
      const name = `${kind === 1 ? "kworker" : "callback"} ${fn} ${argument}`;
      task = this.addTask(name, { kind, fn, argument, queue, frame }, pc);
      this.taskKeys.set(key, task);
      this.everybodyAgain();
    }
    return task;
  }

  private readonly curious = new Set<Derived>();

  /** A tree refers to all tasks or objects of a kind: it is derived again when there are more. */
  asksForAll(derived: Derived): void {
    this.curious.add(derived);
  }

  /** Where a kworker or callback stands before its first step. */
  unstarted(task: Task, pc: number, atomic: number): Place {
    const waitDomain = task.kind === 2 ? task.queue : 0;
    return { task, pc, locks: [], sections: [], atomic, waitDomain, blocks: true };
  }

  everybodyAgain(): void {
    for (const derived of this.curious) this.renew(derived);
  }

  private addTask(
    name: string,
    about: Pick<Task, "kind" | "fn" | "argument" | "queue" | "frame">,
    pc: Jump,
  ): Task {
    if (this.tasks.length === TASKS_MAX) throw new Unfit(`more than ${TASKS_MAX} tasks`);
    const task = makeTask(this.tasks.length, name, about);
    this.tasks.push(task);
    this.addLocals(pc, about.frame, about.kind === 0);
    return task;
  }

  /** The local variables in memory of a body. */
  private addLocals(pc: Jump, frame: number, thread: boolean): void {
    for (const at of reachableFrom(this.image, pc)) {
      const i = this.image.code[at]!;
      if (i.op !== Op.LOCAL_LIVE) continue;
      const base = frame + i.imm;
      if (i.a !== 1) throw new Unfit("a local variable lies outside its frame");
      if (this.objectAt(base) !== undefined) continue;
      const state = thread ? this.start.state(base) : "none";
      const life = state === "live" ? LIFE_LIVE : state === "freed" ? LIFE_DEAD : LIFE_NEVER;
      this.addObject(base, Math.max(1, i.alt), -1, false, life);
    }
  }

  /** Registers that tell locations apart or are held there. */
  registersAt({ pc }: Place): number[] {
    return this.image.needed[pc]!.filter((r) => r > 1);
  }

  /** The variable that has a register at an instruction, where it does not tell locations apart. */
  holder(place: Place, register: number): Mutable | undefined {
    const web = this.webs.of(place.pc, register);
    return web === undefined ? undefined : this.holders.get(`${place.task.index} ${web}`);
  }

  /** As holder(), made where there is none yet. Undefined: the register tells locations apart. */
  hold(place: Place, register: number, value: number): Mutable | undefined {
    const web = this.webs.of(place.pc, register);
    if (web === undefined || !this.takenOut.has(web)) return undefined;
    return this.lazily(this.holders, `${place.task.index} ${web}`, () =>
      this.variable(`register ${register} of ${place.task.name} (${place.task.index})`, value, {
        drawn: false,
        web,
      }),
    );
  }

  /**
   * False where a register that makes for too many combinations has one value too many at an instruction: a
   * count, most likely, that goes on for ever in the eyes of an analysis without order.
   */
  admitsHere(place: Place, register: number, value: number): boolean {
    const web = this.webs.of(place.pc, register);
    if (web === undefined || !this.stay.has(web)) return true;
    const values = this.lazily(this.stayed, `${place.task.index} ${place.pc} ${register}`, () => new Set());
    if (values.size < STAY_MAX) values.add(value);
    return values.has(value);
  }

  /** The location with these values of registers; those that are held can be what is said. */
  location(place: Place, values: ReadonlyMap<number, number>, held: ReadonlyMap<number, Held>): Location {
    const key = keyOf(place, values);
    const at = place.task.byKey.get(key) ?? this.newLocation(place, key, values, held);
    let grown = false;
    for (const [r, { values: known }] of at.held) {
      for (const value of held.get(r)!.values) {
        if (known.includes(value)) continue;
        known.push(value);
        grown = true;
      }
    }
    if (grown) this.onGrown(at);
    return at;
  }

  private newLocation(
    place: Place,
    key: string,
    registers: ReadonlyMap<number, number>,
    holding: ReadonlyMap<number, Held>,
  ): Location {
    const { task } = place;
    if (++this.places > PLACES_MAX) throw new Crowded(`tasks come to more than ${PLACES_MAX} places`);
    if (task.locations.length === LOCATIONS_MAX) {
      throw new Crowded(`${task.name} comes to more than ${LOCATIONS_MAX} places with different values`);
    }
    const held = new Map(
      [...holding].map(([r, { variable, values }]) => [r, { variable, values: [...values] }]),
    );
    const index = task.locations.length;
    const made: Location = {
      ...place,
      registers,
      held,
      index,
      key,
      step: null,
      ready: null,
      known: new Map(),
    };
    task.locations.push(made);
    task.byKey.set(key, made);
    this.onLocation(made);
    return made;
  }

  // -------------------------------------------------------------- sections, findings

  section(task: Task, { domain, level }: Section): Flag {
    const key = `${domain} ${task.index} ${level}`;
    let flag = this.sectionFlags.get(key);
    if (flag === undefined) {
      flag = { id: this.flags.length, name: `section ${domain} of ${task.name}, level ${level}` };
      this.flags.push(flag);
      this.sectionFlags.set(key, flag);
      const flags = this.sections.get(domain) ?? [];
      flags.push(flag);
      this.sections.set(domain, flags);
    }
    return flag;
  }

  finding(kind: number, detail: number, site: number, cls: number, other: number): NetworkFinding {
    const key = `${kind} ${detail} ${site} ${cls} ${other}`;
    let finding = this.findingKeys.get(key);
    if (finding === undefined) {
      finding = { id: this.findings.length, kind, detail, site, class: cls, other };
      this.findings.push(finding);
      this.findingKeys.set(key, finding);
    }
    return finding;
  }
}

function keyOf(at: Place, registers: ReadonlyMap<number, number>): string {
  const values = [...registers].map(([r, v]) => `${r}=${v}`).join(",");
  const sections = at.sections.map((s) => `${s.domain}.${s.level}`).join(",");
  return [at.pc, values, at.locks.join(","), sections, at.atomic, at.waitDomain].join("|");
}

function makeTask(
  index: number,
  name: string,
  about: Pick<Task, "kind" | "fn" | "argument" | "queue" | "frame">,
): Task {
  return { index, name, ...about, locations: [], start: null, byKey: new Map() };
}
