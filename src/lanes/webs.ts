// Which registers of a task are made variables of its own, instead of telling its locations apart. A location
// is an instruction with the values of the registers that it still needs: where several of them can have
// several values, as in a walk along a list that changes, their product is more than lanes can go through.
//
// What is taken out is a web: all instructions through which a register is handed on without being set.

import type { Image } from "./image.ts";
import { waysOn } from "./image.ts";
import type { Location, Task } from "./network.ts";

/** Locations of a task at one instruction, beyond which a register is taken out of them. */
const CROWD = 6;

export class Webs {
  private readonly ids = new Map<number, number>();

  constructor(image: Image) {
    const parents: number[] = [];
    const root = (id: number): number => {
      let at = id;
      while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
      return at;
    };
    image.needed.forEach((registers, pc) => {
      for (const r of registers) {
        this.ids.set(keyOf(pc, r), parents.length);
        parents.push(parents.length);
      }
    });
    image.code.forEach((i, pc) => {
      for (const { to } of waysOn(i)) {
        for (const r of image.needed[to]!) {
          const [from, on] = [this.ids.get(keyOf(pc, r)), this.ids.get(keyOf(to, r))];
          if (from !== undefined && on !== undefined && i.dst !== r) parents[root(from)] = root(on);
        }
      }
    });
    for (const [key, id] of this.ids) this.ids.set(key, root(id));
  }

  /** The web of a register where it is needed, a number. */
  of(pc: number, register: number): number | undefined {
    return this.ids.get(keyOf(pc, register));
  }
}

function keyOf(pc: number, register: number): number {
  return pc * 256 + register;
}

/**
 * Webs to take out of the locations of these tasks: of each crowd the one with the most values, but for those
 * that are to stay.
 */
export function crowded(tasks: readonly Task[], webs: Webs, stay: ReadonlySet<number>): Set<number> {
  const found = new Set<number>();
  for (const task of tasks) {
    const crowds = new Map<number, Location[]>();
    for (const at of task.locations) crowds.set(at.pc, [...(crowds.get(at.pc) ?? []), at]);
    for (const [pc, locations] of crowds) {
      if (locations.length <= CROWD) continue;
      const web = widest(pc, locations, webs, stay);
      if (web !== undefined) found.add(web);
    }
  }
  return found;
}

function widest(
  pc: number,
  locations: readonly Location[],
  webs: Webs,
  stay: ReadonlySet<number>,
): number | undefined {
  let most = 2;
  let found: number | undefined;
  for (const r of locations[0]!.registers.keys()) {
    const values = new Set(locations.map((at) => at.registers.get(r)));
    const web = webs.of(pc, r);
    if (values.size <= most || web === undefined || stay.has(web)) continue;
    most = values.size;
    found = web;
  }
  return found;
}
