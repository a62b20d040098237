// How many states a scenario has whose exploration was cut short: an estimate from how its layers grew, a
// layer being the states that so many steps lead to first.
//
// Method: the sizes of the layers of tasks that step independently are a convolution of the tasks' own, which
// comes near a bell, and the logarithm of a bell is a parabola. Of this one three things are known: the size
// of the last layer that was visited as a whole, how fast the layers grew up to there, and where the bell
// ends, which is as far as the longest of some random schedules goes. What it does not see is a second hump:
// tasks that are started late, or wait until others are done. A test holds it against scenarios whose size is
// known, cut at every layer.

import { Strategy } from "../../assembly/abi.ts";
import type { Draw, Recording } from "../engine/engine.ts";

/** Layers below which their growth says nothing. */
const LAYERS_MIN = 8;
/** The growth is that over this share of the layers. */
const SHARE = 0.35;
const SCHEDULES = 300;

/** Steps of the longest of some schedules that are drawn at random, always the same. */
export function longestDrawn(
  machine: { record(draw: Draw, schedule: number): Recording },
  stepsMax: number,
): number {
  const draw = { strategy: Strategy.RANDOM, seed: 1n, stepsMax };
  let longest = 0;
  for (let i = 0; i < SCHEDULES; i++) longest = Math.max(longest, machine.record(draw, i).picks.length);
  return longest;
}

/**
 * States in all, those visited included; null where too few layers were visited. `layers` are those that were
 * visited as a whole, from the first on; after `depth` steps a schedule is over.
 */
export function estimateStates(layers: readonly number[], visited: number, depth: number): number | null {
  const last = layers.length - 1;
  if (layers.length < LAYERS_MIN) return null;
  const back = Math.floor(layers.length * SHARE);
  const size = Math.log(layers[last]!);
  const growth = (size - Math.log(layers[last - back]!)) / back;
  const left = Math.max(back, depth - last);
  // From the last layer on: size + growth * x + bend * x^2, which is 0 at the end.
  const bend = -(size + growth * left) / left ** 2;
  let total = layers.reduce((sum, states) => sum + states, 0);
  for (let x = 1; x <= left; x++) total += Math.exp(size + growth * x + bend * x ** 2);
  return Math.max(total, visited);
}
