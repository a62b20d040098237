// What the hash of a behaviour stands for, slowly and plainly: which steps a run has, and which of two that
// depend on each other comes first. Two runs are the same behaviour where that is the same. And runs that
// must be: neighbouring steps that are independent, the other way round.

import type { Engine, Recording } from "../../src/engine/engine.ts";

/** The sets of a footprint, as laid out in assembly/core/footprint.ts. */
const SETS = ["read", "written", "counted", "seen"] as const;
type Footprint = Readonly<Record<(typeof SETS)[number], ReadonlySet<number>>>;

/** A step of a run: who, the results of choose() in it, what it touched. */
export interface Step {
  readonly slot: number;
  readonly choices: readonly number[];
  readonly touched: Footprint;
}

export function footprintOf(bytes: Uint8Array): Footprint {
  const size = bytes.length / SETS.length;
  const members = (set: number): Set<number> => {
    const found = new Set<number>();
    for (let bit = 0; bit < 8 * size; bit++) {
      if ((bytes[set * size + (bit >> 3)]! >> (bit & 7)) & 1) found.add(bit);
    }
    return found;
  };
  return { read: members(0), written: members(1), counted: members(2), seen: members(3) };
}

function overlap(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return [...a].some((member) => b.has(member));
}

/** They cannot change places without somebody seeing it. */
export function depend(a: Step, b: Step): boolean {
  if (a.slot === b.slot) return true;
  const touches = (by: Step, of: Step): boolean =>
    of.touched.written.has(by.slot) || of.touched.read.has(by.slot) || of.touched.counted.has(by.slot);
  if (touches(a, b) || touches(b, a)) return true;
  const [x, y] = [a.touched, b.touched];
  const writes = (p: Footprint, q: Footprint): boolean => SETS.some((set) => overlap(p.written, q[set]));
  return writes(x, y) || writes(y, x) || overlap(x.read, y.counted) || overlap(x.counted, y.read);
}

/** One text for each behaviour: its steps by name, and the order of those that depend on each other. */
export function canonical(steps: readonly Step[], setupChoices: readonly number[]): string {
  const taken = new Map<number, number>();
  const names = steps.map(({ slot, choices }) => {
    const number = (taken.get(slot) ?? 0) + 1;
    taken.set(slot, number);
    return `${slot}.${number}(${choices})`;
  });
  const orders: string[] = [];
  for (const [i, a] of steps.entries()) {
    for (let j = i + 1; j < steps.length; j++)
      if (depend(a, steps[j]!)) orders.push(`${names[i]}<${names[j]}`);
  }
  return [setupChoices.join(), ...names.toSorted(), ...orders.sort()].join(" ");
}

/** What each step of a recorded run drew from choose(), the set-up first; null where it cannot be run. */
export function choicesByStep(engine: Engine, run: Recording, stepsMax: number): number[][] | null {
  engine.begin(stepsMax, run.choices);
  const parts = [Array.from(run.choices.subarray(0, engine.choicesUsed()))];
  for (const slot of run.picks) {
    if (((engine.runnable() >>> slot) & 1) === 0) return null;
    const before = engine.choicesUsed();
    engine.step(slot);
    parts.push(Array.from(run.choices.subarray(before, engine.choicesUsed())));
  }
  return parts;
}

/** The run with steps i and i + 1 the other way round; null where the later one cannot come first. */
export function swapped(
  engine: Engine,
  run: Recording,
  parts: readonly (readonly number[])[],
  i: number,
  stepsMax: number,
): Recording | null {
  const picks = run.picks.slice();
  [picks[i], picks[i + 1]] = [picks[i + 1]!, picks[i]!];
  const order = parts
    .with(i + 1, parts[i + 2]!)
    .with(i + 2, parts[i + 1]!)
    .flat();
  const other = { ...run, picks, choices: Uint32Array.from(order) };
  if (choicesByStep(engine, other, stepsMax) === null) return null;
  // Where the two depend on each other more may be drawn now, or less: zeros go on.
  const choices = Uint32Array.from({ length: engine.choicesUsed() }, (_, n) => order[n] ?? 0);
  return { ...other, choices };
}
