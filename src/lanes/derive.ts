// Derives the network of a program: from the state in which its threads begin, every location that a task
// can come to in any order of steps, for every combination of values that memory was seen to take (a
// fixpoint). It covers more than can happen, never less: no order between tasks is looked at.

import { DOMAIN_FLAGS, QUEUE_MAX_ACTIVE } from "../../assembly/abi.ts";
import { callbackAtomic } from "./grace-periods.ts";
import { readImage } from "./image.ts";
import type { Leaf, Location, Network, Ready, Task, Tree } from "./network.ts";
import { Unfit } from "./network.ts";
import { enumerate } from "./run.ts";
import { readStart, type StartMachine } from "./start.ts";
import { readyAt, takeCheck, takeStep } from "./step.ts";
import { type Derived, World } from "./world.ts";

/** The machine has the program loaded. Throws Unfit where lanes cannot do it, with the reason. */
export function deriveNetwork(machine: StartMachine, words: Uint32Array, stepsMax: number): Network {
  const image = readImage(words);
  const world = new World(image, readStart(machine, image, stepsMax));
  world.onLocation = (location) => {
    world.renew(
      deriving((self) => {
        location.step = enumerate<Leaf>(world, self, (run) => takeStep(run, location));
      }),
    );
    if (!location.blocks) return;
    world.renew(
      deriving((self) => {
        location.ready = enumerate<Ready>(world, self, (run) => readyAt(run, location));
      }),
    );
  };
  image.threads.forEach((start, n) => {
    const begun = world.start.threads[n]!;
    const task = world.thread(n, start);
    if (begun === null) return;
    const registers = new Map(
      image.needed[begun.pc]!.filter((r) => r > 1).map((r) => [r, begun.register(r)] as const),
    );
    const blocks = image.code[begun.pc]!.op >= 128;
    task.start = world.location(task, {
      pc: begun.pc,
      registers,
      locks: [],
      sections: [],
      atomic: begun.atomic,
      waitDomain: 0,
      blocks,
    });
  });
  const ahead = beginLeft(world);
  const checks: Tree<Leaf>[] = [];
  image.checks.forEach((start, n) => {
    const task = world.check(n, start);
    const registers = new Map(
      image.needed[start.to]!.filter((r) => r > 1).map((r) => [r, world.start.check(n, r)] as const),
    );
    world.renew(
      deriving((self) => {
        checks[n] = enumerate<Leaf>(world, self, (run) => takeCheck(run, task, start, registers));
      }),
    );
  });
  for (let derived = world.pending.shift(); derived !== undefined; derived = world.pending.shift()) {
    derived.dirty = false;
    derived.derive();
  }
  return {
    variables: world.variables,
    tasks: world.tasks,
    findings: world.findings,
    always: checks.slice(0, image.always),
    atEnd: checks.slice(image.always),
    ahead,
    sections: world.sections,
    ordered: world.ordered,
    allocations: [...world.allocations.values()].map(({ task, pc, base, size }) => ({
      task,
      pc,
      base,
      size,
    })),
    cyclic: world.tasks.some(cycles),
  };
}

/** Kworkers and callbacks that wait when the threads begin; who of them is ahead of whom. */
function beginLeft(world: World): [Task, Task][] {
  const left = [...world.start.left].sort((a, b) => a.ticket - b.ticket);
  const items: Task[] = [];
  for (const slot of left) {
    const start = world.image.functions[slot.function];
    if (start === null || start === undefined) throw new Unfit("a task runs what is no function");
    const kind = slot.kind === 1 ? 1 : 2;
    const task = world.dynamic(kind, slot.function, slot.argument, slot.queue, start);
    if (task.start !== null) throw new Unfit("the set-up leaves two tasks behind that are alike");
    const atomic = kind === 2 ? callbackAtomic(world.start.cell(slot.queue + DOMAIN_FLAGS)) : 0;
    task.start = world.unstarted(task, slot.pc, atomic);
    if (kind === 2) continue;
    if (world.start.cell(slot.queue + QUEUE_MAX_ACTIVE) <= 1) world.ordered.add(slot.queue);
    items.push(task);
  }
  return items.flatMap((task, n) =>
    items
      .slice(0, n)
      .filter((t) => t.queue === task.queue)
      .map((t) => [task, t] as [Task, Task]),
  );
}

function deriving(derive: (self: Derived) => void): Derived {
  const self: Derived = { dirty: false, derive: () => derive(self) };
  return self;
}

/** Where a step can lead, each location once. */
export function successors(location: Location): Location[] {
  const found = new Set<Location>();
  eachLeaf(location.step!, (leaf) => {
    if (leaf.next !== null) found.add(leaf.next);
  });
  return [...found];
}

function eachLeaf<L>(tree: Tree<L>, visit: (leaf: L) => void): void {
  if ("leaf" in tree) visit(tree.leaf);
  else for (const branch of tree.branches) eachLeaf(branch.below, visit);
}

/** Whether the task can come to a location again. */
function cycles(task: Task): boolean {
  const state = new Map<Location, "open" | "done">();
  const visit = (at: Location): boolean => {
    state.set(at, "open");
    for (const next of successors(at)) {
      const known = state.get(next);
      if (known === "open" || (known === undefined && visit(next))) return true;
    }
    state.set(at, "done");
    return false;
  };
  return task.locations.some((at) => !state.has(at) && visit(at));
}
