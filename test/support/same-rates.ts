// Lanes against the scalar machine by the same strategy: how often each finding shows, and how long schedules
// are.

import { expect } from "vitest";
import { groupFindings } from "../../src/campaign/keys.ts";
import type { Draw } from "../../src/engine/engine.ts";
import type { Compiled } from "./lanes.ts";

/** So many schedules of each; no difference of as many deviations. */
export function expectSameRates(compiled: Compiled, draw: Draw, count: number, zMax: number): void {
  const { program, engine, lanes } = compiled;
  const ours = lanes.run(draw, 1, count)!.tally;
  const theirs = engine.fuzz(draw, 0, count);
  expect(ours.schedules).toBe(count);
  expect(theirs.schedules).toBe(count);
  const [a, b] = [ours, theirs].map((tally) => {
    return new Map(groupFindings(program, tally).map((group) => [group.key, group.count]));
  });
  const keys = new Set([...a!.keys(), ...b!.keys()]);
  expect(keys.size).toBeGreaterThan(0);
  for (const key of keys) {
    const [x, y] = [a!.get(key) ?? 0, b!.get(key) ?? 0];
    const p = (x + y) / (2 * count);
    const z = (x - y) / Math.sqrt(Math.max(1, 2 * count * p * (1 - p)));
    expect(Math.abs(z), `${key}: ${x} in lanes, ${y} on the scalar machine`).toBeLessThan(zMax);
  }
  // Lengths deviate by less than their mean.
  const mean = theirs.steps / count;
  const z = (ours.steps / count - mean) / (mean * Math.sqrt(2 / count));
  expect(Math.abs(z), `${ours.steps} and ${theirs.steps} steps`).toBeLessThan(zMax);
}
