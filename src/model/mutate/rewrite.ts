// Puts other instructions in the place of some of a body's own, and moves every target along.

import type { Instruction } from "../ir.ts";
import { mapTargets } from "../optimise/flow.ts";

/** What takes an instruction's place; targets count from its first, and its length is what follows it. */
export type Replacement = readonly Instruction[];

/** A jump to what was replaced goes to the first of what replaces it. */
export function replaceCode(
  code: readonly Instruction[],
  replacements: ReadonlyMap<number, Replacement>,
): Instruction[] {
  const moved: number[] = [];
  let length = 0;
  code.forEach((_, at) => {
    moved.push(length);
    length += replacements.get(at)?.length ?? 1;
  });
  return code.flatMap((i, at) => {
    const own = replacements.get(at);
    if (own === undefined) return [mapTargets(i, (target) => moved[target]!)];
    return own.map((each) => mapTargets(each, (target) => moved[at]! + target));
  });
}
