// A program as a network of small automata: what lanes are made from. Each task is a finite set of locations
// (an instruction with the values of the registers that it still needs and what the task holds), memory is
// variables with finite domains, and a step is a decision tree: it tests variables, and at each leaf writes
// some and moves the task on. No arithmetic is left; that was done while the network was derived.

/** Why a program cannot be made into lanes: completes "lanes do not fit: ...". */
export class Unfit extends Error {}

/**
 * A step would depend on too many values together; the register with most of them, if there is one: its
 * web.
 */
export class Tangled extends Unfit {
  readonly web: number | undefined;

  constructor(web: number | undefined) {
    super("a step depends on too many values");
    this.web = web;
  }
}

/**
 * A shared thing that takes few values: a cell, whether an object lives, who stored to a cell last. Values
 * are numbers; codes are their positions in the domain, 0 being the initial one.
 */
export interface Variable {
  readonly id: number;
  readonly name: string;
  readonly domain: number[];
  /** The value in which every schedule begins: domain[0]. */
  readonly initial: number;
  /** Not memory: an outcome of choose(), drawn when it is tested. */
  readonly drawn: boolean;
  /** Not memory: whether this task exists. */
  readonly exists?: Task;
  /** Not memory: a register of a task, in the instructions of this web (webs.ts). */
  readonly web?: number;
}

/**
 * A relation between a task that waits and what it waits for, true or false in each schedule; never tested
 * by a step, only by whether a task can step.
 */
export interface Flag {
  readonly id: number;
  readonly name: string;
}

/** A register whose value is not part of the location: the variable that has it, and what it can be there. */
export interface Held {
  readonly variable: Variable;
  readonly values: number[];
}

export interface Location {
  /** Position in its task's list. */
  readonly index: number;
  readonly key: string;
  readonly pc: number;
  readonly registers: ReadonlyMap<number, number>;
  readonly held: ReadonlyMap<number, Held>;
  readonly locks: readonly number[];
  readonly sections: readonly Section[];
  /** As TASK_ATOMIC of the machine. */
  readonly atomic: number;
  readonly waitDomain: number;
  /** The step may have to wait: then `ready` says when it need not. */
  readonly blocks: boolean;
  readonly task: Task;
  step: Tree<Leaf> | null;
  ready: Tree<Ready> | null;
  /** Variables that cannot have all of their values when the task steps from there, with those they can. */
  known: ReadonlyMap<Variable, readonly number[]>;
}

/** A read-side section of a task. */
export interface Section {
  readonly domain: number;
  readonly level: number;
}

export interface Task {
  readonly index: number;
  readonly name: string;
  /** KIND_* of the machine: 0 thread, 1 kworker, 2 callback. */
  readonly kind: number;
  /** Index of the function of a kworker or callback, its item or head, its queue or domain. */
  readonly fn: number;
  readonly argument: number;
  readonly queue: number;
  readonly frame: number;
  readonly locations: Location[];
  /** Where it stands when a schedule begins, or null: it does not exist then. */
  start: Location | null;
  readonly byKey: Map<string, Location>;
}

/** A violation as the scalar machine would tally it. */
export interface NetworkFinding {
  readonly id: number;
  readonly kind: number;
  readonly detail: number;
  readonly site: number;
  readonly class: number;
  readonly other: number;
}

/** What a leaf does besides writing variables. */
export type Effect =
  /** The task waits for the sections of the domain that are open now. */
  | { readonly do: "snapshot"; readonly waiter: number; readonly domain: number }
  /** A section begins or ends; who waits for it need no longer. */
  | { readonly do: "enter" | "leave"; readonly section: Flag; readonly domain: number }
  /** A task comes to be at its first location; it must not exist yet. */
  | { readonly do: "spawn"; readonly location: Location }
  /** A kworker takes its place in its queue's order, or leaves it by starting. */
  | { readonly do: "enqueue" | "dequeue"; readonly task: Task }
  /** The task waits for another, if that exists (and has started). */
  | { readonly do: "await"; readonly waiter: number; readonly task: Task; readonly started: boolean }
  /** No section of the domain is open and none of the tasks exists, or lanes cannot follow. */
  | { readonly do: "unused"; readonly domain: number; readonly tasks: readonly Task[] }
  /** The task is no more. */
  | { readonly do: "end"; readonly task: Task };

export interface Leaf {
  readonly writes: ReadonlyMap<Variable, number>;
  readonly effects: readonly Effect[];
  readonly findings: readonly NetworkFinding[];
  /** Where the task goes, or null: it has ended, or the run has. */
  readonly next: Location | null;
  /** A violation other than a WARN, an assume() that failed, or what lanes cannot follow: the run is over. */
  readonly end: "violated" | "dropped" | "overflow" | null;
}

/** When a task that may have to wait need not: never here, or while none of these hold. */
export interface Ready {
  readonly blocked: boolean;
  /** The task waits for sections of this domain (GP_WAIT). */
  readonly waitsDomain: number;
  /** It waits for tasks (FLUSH_WAIT). */
  readonly waitsTasks: boolean;
  /** It waits for its turn on its queue. */
  readonly waitsTurn: boolean;
}

export type Tree<L> =
  | { readonly leaf: L }
  | {
      readonly test: Variable;
      readonly branches: readonly { readonly value: number; readonly below: Tree<L> }[];
    };

export interface Network {
  readonly variables: readonly Variable[];
  readonly tasks: readonly Task[];
  readonly findings: readonly NetworkFinding[];
  /** Checks after each step, checks at the end. */
  readonly always: readonly Tree<Leaf>[];
  readonly atEnd: readonly Tree<Leaf>[];
  /** Sections by domain, with the flag that says whether each is open and the task that opens it. */
  readonly sections: ReadonlyMap<number, readonly Flag[]>;
  /** What the set-up did wrong in every schedule, and whether that ended it. */
  readonly begun: { readonly findings: readonly NetworkFinding[]; readonly end: Leaf["end"] };
  /** Pairs of kworkers, when a schedule begins: the second is ahead of the first on their queue. */
  readonly ahead: readonly (readonly [Task, Task])[];
  /** Queues that start their items in order, one at a time. */
  readonly ordered: ReadonlySet<number>;
  /** Where what a task allocates at an instruction lies. */
  readonly allocations: readonly {
    readonly task: number;
    readonly pc: number;
    readonly base: number;
    readonly size: number;
  }[];
}
