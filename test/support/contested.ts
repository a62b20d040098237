// From the graph of all states: the most steps of any schedule at which two or more tasks can step, PCT's k.

import type { StateGraph } from "../../src/engine/graph.ts";

/** The graph is complete and has no cycle. */
export function contestedMost({ states, first, target, slots }: StateGraph): number {
  const most = new Map<number, number>();
  const from = (state: number): number => {
    const known = most.get(state);
    if (known !== undefined) return known;
    const mask = state === states ? 0 : slots[state]!;
    let longest = 0;
    for (let step = first[state]!; step < first[state + 1]!; step++) {
      const to = target[step]!;
      if (to >= 0) longest = Math.max(longest, from(to));
    }
    const here = (mask & (mask - 1)) === 0 ? longest : longest + 1;
    most.set(state, here);
    return here;
  };
  return from(states);
}
