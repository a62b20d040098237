// Derives the network of a program: from the state in which its threads begin, every location that a task
// can come to in any order of steps, for every combination of values that memory was seen to take (a
// fixpoint). It covers more than can happen, never less: no order between tasks is looked at.

import { DOMAIN_FLAGS, QUEUE_MAX_ACTIVE } from "../../assembly/abi.ts";
import { callbackAtomic } from "./grace-periods.ts";
import { readImage } from "./image.ts";
import type { Leaf, Location, Network, Ready, Task, Tree } from "./network.ts";
import { Tangled, Unfit } from "./network.ts";
import { beginAt } from "./registers.ts";
import { enumerate } from "./run.ts";
import { readStart, type StartMachine } from "./start.ts";
import { readyAt, takeCheck, takeStep } from "./step.ts";
import { crowded, Webs } from "./webs.ts";
import { Crowded, type Derived, World } from "./world.ts";

/** The machine has the program loaded. Throws Unfit where lanes cannot do it, with the reason. */
export function deriveNetwork(machine: StartMachine, words: Uint32Array, stepsMax: number): Network {
  const image = readImage(words);
  const start = readStart(machine, image, stepsMax);
  const webs = new Webs(image);
  const takenOut = new Set<number>();
  const stay = new Set<number>();
  for (;;) {
    const world = new World(image, start, webs, takenOut, stay);
    const network = attempt(() => derive(world));
    if (network instanceof Tangled) {
      if (network.web === undefined || stay.has(network.web)) throw network;
      takenOut.delete(network.web);
      stay.add(network.web);
      continue;
    }
    const more = crowded(world.tasks, webs, stay);
    for (const web of more) takenOut.add(web);
    if (more.size > 0) continue;
    if (network instanceof Crowded) throw network;
    return network;
  }
}

/** The network, or where its locations are too many or a step's tests, that. */
function attempt(derive: () => Network): Network | Crowded | Tangled {
  try {
    return derive();
  } catch (error) {
    if (error instanceof Crowded || error instanceof Tangled) return error;
    throw error;
  }
}

function derive(world: World): Network {
  const { image } = world;
  followLocations(world);
  image.threads.forEach((start, n) => {
    const begun = world.start.threads[n]!;
    const task = world.thread(n, start);
    if (begun === null) return;
    const { pc, atomic } = begun;
    const blocks = image.code[pc]!.op >= 128;
    const place = { task, pc, locks: [], sections: [], atomic, waitDomain: 0, blocks };
    task.start = beginAt(world, place, begun.register);
  });
  const ahead = beginLeft(world);
  const begun = {
    findings: world.start.violations.map((v) => world.finding(v.kind, v.detail, v.site, v.class, v.other)),
    end: world.start.end,
  };
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
    begun,
    ahead,
    sections: world.sections,
    ordered: world.ordered,
    allocations: [...world.allocations.values()].map(({ task, pc, base, size }) => ({
      task,
      pc,
      base,
      size,
    })),
  };
}

/**
 * Derives what a location's task does and waits for, and again where registers that it holds have more
 * values.
 */
function followLocations(world: World): void {
  const derived = new Map<Location, Derived[]>();
  world.onLocation = (location) => {
    const step = deriving((self) => {
      location.step = enumerate<Leaf>(world, self, (run) => takeStep(run, location));
    });
    const ready = deriving((self) => {
      location.ready = enumerate<Ready>(world, self, (run) => readyAt(run, location));
    });
    const both = location.blocks ? [step, ready] : [step];
    derived.set(location, both);
    for (const each of both) world.renew(each);
  };
  world.onGrown = (location) => {
    for (const each of derived.get(location)!) world.renew(each);
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
    task.start = beginAt(world, world.unstarted(task, slot.pc, atomic), (r) => (r === 2 ? task.argument : 0));
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
