// Choosing who steps by priorities, as text: an iteration of pct:D. Which task has the highest, and where one
// falls first, is found by assembly/lanes/pct.ts, which keeps the priorities.

import type { Network, Task } from "./network.ts";
import { type Region, ZERO } from "./region.ts";
import type { Turn } from "./turn.ts";

export const PCT_IMPORTS = [
  'import { THERE } from "./memory";',
  'import { comesToBe, pickHighest } from "./pct";',
];

/** Who can step, who of them has the highest priority, and their steps; `drawn` bits for choose(). */
export function priorityTurn(region: Region, { tasks, always }: Network, turn: Turn, drawn: number): void {
  const live = region.not(region.node("v128.load(ENDED)"));
  region.say(`let some = ${ZERO};`);
  region.say(`let several = ${ZERO};`);
  for (const task of tasks) {
    const exists = turn.ableKept(region, task, live, (inner, runs) => {
      inner.say(`several = v128.or(several, v128.and(some, ${runs}));`, [runs]);
      inner.say(`some = v128.or(some, ${runs});`, [runs]);
    });
    comesToBe(region, task, exists);
  }
  region.say("v128.store(NOBODY, v128.not(some));");
  if (drawn > 0) region.say(`draw(${drawn});`);
  region.say("const chosen = v128.andnot(some, pickHighest(several));");
  region.say("tell(chosen);");
  for (const { index } of tasks) {
    region.guard(region.node(`v128.load(RUNS + ${16 * index})`), (inner) => {
      const pick = inner.and(inner.node(`v128.load(PICKS + ${16 * index})`), "chosen");
      inner.say(`if (v128.any_true(${pick})) task${index}(${pick});`, [pick]);
    });
  }
  if (always.length > 0) region.say("always(chosen);");
}

/** Where a task exists that did not before, it has come to be. Threads do so once. */
function comesToBe(region: Region, { kind, index }: Task, exists: string): void {
  if (kind === 0) return;
  const at = `THERE + ${16 * index}`;
  region.say(`const born${index} = v128.andnot(${exists}, v128.load(${at}));`, [exists]);
  region.say(`v128.store(${at}, ${exists});`, [exists]);
  region.say(`if (v128.any_true(born${index})) comesToBe(${index}, born${index});`);
}
