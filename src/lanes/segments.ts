// Cuts a task's locations into segments: a few that schedules come to one after another, whose code is
// skipped while no lane steps there. What random walks did not come to stands apart from what they did.

import type { Location, Task, Tree } from "./network.ts";
import type { Profile } from "./profile.ts";

/** Work of a segment (tests, writes, moves): more is skipped less often, less costs more tests. */
const SEGMENT_WORK = 70;
/** Of locations that no walk came to. */
const COLD_WORK = 80;

export function segmentsOf(task: Task, { visits, when }: Profile): Location[][] {
  const hot = task.locations.filter((at) => visits.has(at));
  const cold = task.locations.filter((at) => !visits.has(at));
  hot.sort((a, b) => when.get(a)! - when.get(b)! || a.index - b.index);
  return [...cut(hot, SEGMENT_WORK), ...cut(cold, COLD_WORK)];
}

function cut(locations: readonly Location[], most: number): Location[][] {
  const segments: Location[][] = [];
  let work = most;
  for (const at of locations) {
    const more = workOf(at.step!);
    if (work + more > most) {
      segments.push([]);
      work = 0;
    }
    segments.at(-1)!.push(at);
    work += more;
  }
  return segments;
}

function workOf(tree: Tree<unknown>): number {
  const seen = new Set<Tree<unknown>>();
  const visit = (t: Tree<unknown>): number => {
    if (seen.has(t)) return 0;
    seen.add(t);
    if (!("leaf" in t)) return t.branches.reduce((sum, b) => sum + 1 + visit(b.below), 0);
    const { writes, effects } = t.leaf as {
      writes: ReadonlyMap<unknown, unknown>;
      effects: readonly unknown[];
    };
    return 2 + writes.size + 2 * effects.length;
  };
  return visit(tree);
}
