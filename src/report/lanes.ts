// Which column each task of a diagram stands in. A column a task where there are few; with more, tasks of
// which one has ended before the other begins share a column, as they would share a CPU. Knows no widths.

import type { Event } from "./events.ts";

export interface Lanes {
  readonly count: number;
  /** Column of each acting task. */
  readonly laneOf: ReadonlyMap<number, number>;
}

/** Columns side by side that can be read. */
export const LANES_MAX = 4;

/** The ways to stand side by side, best first; none where too many tasks take turns. */
export function lanesFor(events: readonly Event[], acting: readonly number[]): Lanes[] {
  const ways: Lanes[] = [];
  if (acting.length <= LANES_MAX) {
    ways.push({ count: acting.length, laneOf: new Map(acting.map((task, lane) => [task, lane])) });
  }
  for (let count = 2; count <= LANES_MAX && count < acting.length; count++) {
    const laneOf = share(events, count);
    if (laneOf !== undefined) ways.push({ count, laneOf });
  }
  return ways;
}

/** In the order in which they begin, each in the column that is free for longest: a switch shows. */
function share(events: readonly Event[], count: number): Map<number, number> | undefined {
  const last = new Map(events.map((event, i) => [event.task, i]));
  const laneOf = new Map<number, number>();
  const ends = Array.from({ length: count }, () => -1);
  for (const [i, { task }] of events.entries()) {
    if (laneOf.has(task)) continue;
    const lane = ends.indexOf(Math.min(...ends));
    if (ends[lane]! >= i) return undefined;
    ends[lane] = last.get(task)!;
    laneOf.set(task, lane);
  }
  return laneOf;
}
