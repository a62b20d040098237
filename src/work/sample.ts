// Which schedules of a campaign are looked at closely, and what comes of it. That is far slower than running
// them, so it is few: which ones depends on their numbers alone, so that neither the number of workers nor
// chance can be seen in it. They are thick at the beginning and thin out; drawn independently of each other
// like all others, they are a fair sample of what their sampler draws.

import { ALL, BEHAVIOURS_MAX, type RawCoverage, STATES_MAX } from "../engine/coverage.ts";
import type { Draw, Engine, Recording } from "../engine/engine.ts";
import { BLOCK, type LanesEngine, replayLanes, scalarMember } from "../engine/lanes.ts";
import { isKept, type Observer } from "../engine/observer.ts";
import { classesOf, hashesBelow } from "./classes.ts";
import { noCoverage, packMarks } from "./coverage.ts";

/** So many between a power of two and the next, as long as they are not farther apart than this. */
const PER_OCTAVE = 64;
const APART_MOST = 2 ** 16;
/**
 * With lanes it costs more: the block is begun again, and each schedule is run twice. So it is the first
 * ones of every sixteenth block, and more of block 0.
 */
const PER_BLOCK = 8;
const BLOCKS_APART = 16;

/**
 * Those of first..first+count-1, run by the scalar machine, that are looked at: one of each window, at a
 * place that looks drawn, so that each member of a portfolio, who take regular turns, has its share.
 */
export function sampledSchedules(first: number, count: number): number[] {
  const sampled: number[] = [];
  const end = first + count;
  for (let window = windowOf(first); window < end; window += apartFrom(window)) {
    const chosen = window + (scramble(window) % apartFrom(window));
    if (chosen >= first && chosen < end) sampled.push(chosen);
  }
  return sampled;
}

/** Length of the window that begins at, or holds, a schedule. */
function apartFrom(schedule: number): number {
  const octave = schedule < PER_OCTAVE ? 0 : Math.floor(Math.log2(schedule / PER_OCTAVE));
  return Math.min(APART_MOST, 2 ** octave);
}

/** First schedule of the window that holds one. */
function windowOf(schedule: number): number {
  return schedule - (schedule % apartFrom(schedule));
}

/** 32 bits, each a function of all of a schedule's number. */
function scramble(schedule: number): number {
  let bits =
    Math.imul(schedule % 2 ** 32, 0x9e3779b1) ^ Math.imul(Math.floor(schedule / 2 ** 32), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Those of the first `count` of a block. */
export function sampledOfBlock(block: number, count: number): number[] {
  const most = block === 0 ? PER_OCTAVE : block % BLOCKS_APART === 0 ? PER_BLOCK : 0;
  return Array.from({ length: Math.min(most, count) }, (_, n) => block * BLOCK + n);
}

/** Looks at schedules that the scalar machine draws. */
export function sampleScalar(
  scalar: Engine,
  observer: Observer,
  draw: Draw,
  schedules: readonly number[],
): RawCoverage {
  const runs = schedules.map((schedule) => () => scalar.record(draw, schedule));
  return observed(observer, draw, runs);
}

/** Looks at schedules of one block of lanes. */
export function sampleLanes(
  scalar: Engine,
  lanes: LanesEngine,
  observer: Observer,
  draw: Draw,
  schedules: readonly number[],
): RawCoverage {
  if (schedules.length === 0) return noCoverage;
  const runs = lanes.record(draw, schedules).map((run) => () => {
    return replayLanes(scalar, lanes.code, run, draw.stepsMax);
  });
  return observed(observer, draw, runs);
}

function observed(observer: Observer, draw: Draw, runs: readonly (() => Recording)[]): RawCoverage {
  // Lanes take each step with the same probability as the scalar machine: one sampler.
  const sampler = String(scalarMember(draw.strategy) ?? draw.strategy);
  const [behaviours, states, ends]: number[][] = [[], [], []];
  observer.clearMarks();
  for (const run of runs) {
    const recording = run();
    const seen = observer.observe(recording, draw.stepsMax, hashesBelow(0));
    if (seen.outcome !== recording.outcome) {
      throw new Error(
        `the machine that records ends a run so: ${seen.outcome}, not so: ${recording.outcome}`,
      );
    }
    if (!isKept(seen)) continue;
    behaviours!.push(seen.behaviour);
    ends!.push(seen.end);
    for (const state of seen.states) states!.push(state);
  }
  return {
    schedules: behaviours!.length === 0 ? {} : { [sampler]: behaviours!.length },
    behaviours: classesOf(sampler, behaviours!, BEHAVIOURS_MAX),
    states: classesOf(ALL, states!, STATES_MAX),
    ends: classesOf(ALL, ends!, STATES_MAX),
    marks: packMarks(observer.marks()),
  };
}
