// Choosing who steps by priorities, as text: what pct:D does in an iteration. Which task has the highest, and
// where one falls first, is found by assembly/lanes/pct.ts, which keeps the priorities.

import type { Network, Task } from "./network.ts";
import { type Region, ZERO } from "./region.ts";

export const PCT_IMPORTS = [
  'import { THERE } from "./memory";',
  'import { comesToBe, pickHighest } from "./pct";',
];

/** Before it is looked at who can step. */
export function nobodyCanStep(region: Region): void {
  region.say(`let some = ${ZERO};`);
  region.say(`let several = ${ZERO};`);
}

/** A task can step there. */
export function canStep(region: Region, runs: string): void {
  region.say(`several = v128.or(several, v128.and(some, ${runs}));`, [runs]);
  region.say(`some = v128.or(some, ${runs});`, [runs]);
}

/** Where a task exists that did not before, it has come to be. Threads do so once. */
export function comesToBe(region: Region, { kind, index }: Task, exists: string): void {
  if (kind === 0) return;
  const at = `THERE + ${16 * index}`;
  region.say(`const born${index} = v128.andnot(${exists}, v128.load(${at}));`, [exists]);
  region.say(`v128.store(${at}, ${exists});`, [exists]);
  region.say(`if (v128.any_true(born${index})) comesToBe(${index}, born${index});`);
}

/** The highest of those that can step do; `drawn` bits for choose(). */
export function stepHighest(region: Region, { tasks, always }: Network, drawn: number): void {
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
