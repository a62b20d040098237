// What practice observes of a program, once more: from recordings that are stepped through.

import { Strategy } from "../../../assembly/abi.ts";
import { memberOf } from "../../../src/campaign/strategies.ts";
import type { Engine, Recording } from "../../../src/engine/engine.ts";
import type { Program } from "../../../src/model/program.ts";
import { touchOf } from "./touches.ts";

const RUNS = 256;
const STEPS_ALL = 2 ** 18;
const SEED = 0x70726163n;
const TARGETS_MAX = 64;

export interface Practised {
  readonly contested: number;
  readonly tasks: number;
  /** Steps of a slot in a run, on average, rounded up, at least 1. */
  steps(slot: number): number;
  /** Cells that several tasks step on, with how often. */
  readonly targets: readonly { readonly cell: number; readonly times: number }[];
  /** Steps of a slot on a cell in a run, on average, rounded up. */
  cellSteps(cell: number, slot: number): number;
}

export function practised(program: Program, engine: Engine, stepsMax: number): Practised {
  const stepsOf = new Map<number, number>();
  const onCell = new Map<number, Map<number, number>>();
  const changed = new Set<number>();
  let contested = 1;
  let tasks = 1;
  let runs = 0;
  for (let all = 0; runs < RUNS && all < STEPS_ALL; runs++) {
    const strategy = runs % 2 === 0 ? memberOf(Strategy.PCT, 1, 1) : Strategy.RANDOM;
    const recording = engine.record({ strategy, seed: SEED, stepsMax }, runs);
    all += recording.picks.length;
    let several = 0;
    let born = 0;
    let present: number[] = [];
    stepThrough(engine, stepsMax, recording, (slot) => {
      if (popcount(engine.runnable()) > 1) several++;
      const live = engine.slots().flatMap((s) => (s.live ? [s.slot] : []));
      born += live.filter((s) => !present.includes(s)).length;
      present = live;
      stepsOf.set(slot, (stepsOf.get(slot) ?? 0) + 1);
      const touch = touchOf(program, engine, slot);
      if (touch.from === touch.end || touch.from < 4096 || touch.from >= engine.cellsEnd()) return;
      const by = onCell.get(touch.from) ?? new Map<number, number>();
      onCell.set(touch.from, by.set(slot, (by.get(slot) ?? 0) + 1));
      if (touch.changes) changed.add(touch.from);
    });
    contested = Math.max(contested, several);
    tasks = Math.max(tasks, born);
  }
  const mean = (times: number): number => Math.ceil(times / runs);
  return {
    contested,
    tasks,
    steps: (slot) => Math.max(1, mean(stepsOf.get(slot) ?? 0)),
    targets: targetsOf(onCell, changed),
    cellSteps: (cell, slot) => mean(onCell.get(cell)?.get(slot) ?? 0),
  };
}

/** Those that several tasks share, by ascending cell; a new one takes the place of the first of the least. */
function targetsOf(onCell: Map<number, Map<number, number>>, changed: ReadonlySet<number>) {
  const targets: { cell: number; times: number }[] = [];
  for (const [cell, by] of [...onCell].sort(([a], [b]) => a - b)) {
    if (by.size < 2 || !changed.has(cell)) continue;
    const times = [...by.values()].reduce((sum, n) => sum + n, 0);
    const least = targets.reduce((at, { times: t }, n) => (t < targets[at]!.times ? n : at), 0);
    if (targets.length < TARGETS_MAX) targets.push({ cell, times });
    else if (targets[least]!.times < times) targets[least] = { cell, times };
  }
  return targets;
}

/** Runs a recording again, and calls before each step. */
export function stepThrough(
  engine: Engine,
  stepsMax: number,
  { picks, choices }: Pick<Recording, "picks" | "choices">,
  before: (slot: number) => void,
): void {
  engine.begin(stepsMax, Uint32Array.from(choices));
  for (const slot of picks) {
    before(slot);
    engine.step(slot);
  }
}

function popcount(mask: number): number {
  return mask.toString(2).replaceAll("0", "").length;
}
