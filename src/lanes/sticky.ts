// Choosing who steps where that is sticky, as text: of the lanes in which whoever stepped last can step,
// those are drawn in which that one does; in the others a rank is drawn, as ever (rank.ts).
//
// Where no rank had luck and a lane sits the iteration out, it is settled already that the task that stepped
// last need not step on. That is kept (MOVES): were it drawn again, tasks would step on too often.

import { type Region, ZERO } from "./region.ts";

/** Before it is looked at who can step. */
export function noneMayStepOn(region: Region): void {
  region.say(`let may = ${ZERO};`);
}

/** The n-th task can step there: where it stepped last, it may step on. */
export function mayStepOn(region: Region, n: number, runs: string): void {
  region.say(`may = v128.or(may, v128.and(${lastOf(n)}, ${runs}));`, [runs]);
}

/** Draws where the last one steps on. Of the count of those who can step, what is left for ranks. */
export function drawStays(region: Region, counted: readonly string[]): string[] {
  region.say("const stays = stay(v128.andnot(may, v128.load(MOVES)));");
  return counted.map((bit) => region.andnot(bit, "stays"));
}

/** Lanes in which somebody steps, when ranks had luck in those of `moved` of those that count. */
export function withStays(region: Region, counted: readonly string[], moved: string): string {
  const unlucky = region.andnot(region.any(counted), moved);
  region.say(`v128.store(MOVES, ${unlucky});`, [unlucky]);
  return region.or(moved, "stays");
}

/** Where the n-th task steps, which can in `runs` and has the rank in `ranked`; it is the last one then. */
export function stepsOn(region: Region, n: number, ranked: string, runs: string, chosen: string): string {
  const last = region.node(lastOf(n));
  const pick = region.or(ranked, region.and(region.and(last, runs), "stays"));
  const now = region.or(region.andnot(last, chosen), pick);
  region.say(`v128.store(LASTS + ${16 * n}, ${now});`, [now]);
  return pick;
}

/** The n-th task can step nowhere: it is the last one no more where another steps. */
export function elseNotLast(region: Region, n: number, chosen: string): void {
  region.block("else {", [chosen], (inner) => {
    inner.say(`v128.store(LASTS + ${16 * n}, v128.andnot(${lastOf(n)}, ${chosen}));`, [chosen]);
  });
}

function lastOf(n: number): string {
  return `v128.load(LASTS + ${16 * n})`;
}
