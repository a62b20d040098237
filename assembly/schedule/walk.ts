// The random walk over states that were met before: a step from a known state leads where it led the last
// time, and did then what it would do now, so that it need not be run again. What is drawn, counted and found
// is as if every step were run; a test holds the two against each other. The idea is that of a regular
// expression engine that builds its automaton while it reads (Thompson, CACM 1968).
//
// A walk that comes to a step that was never taken is run from its beginning, and learns some of the steps
// that it did not know. The graph is filled up to its limit and never emptied; where walks hardly ever come
// to their end in it, the state space being too large, it is given up.

import {
  IMAGE_ALWAYS, NODE_EDGES, NOTE_BYTES, RECORD_COUNT, RECORD_ITEMS, RECORD_KIND, RECORD_NOTED, RECORD_VALUE,
} from "../abi";
import { GRAPH } from "../core/layout";
import { sumsAdd } from "../core/sums";
import { tasksetSelect } from "../core/taskset";
import { courseBegin, courseConclude, courseStep } from "../machine/course";
import { identityHash } from "../machine/identity";
import { programNumber, programRepeats } from "../machine/program";
import { limit, outcome, runnable, steps, violationCount, violationsClear } from "../machine/state";
import { notesClear, noteTally, setSchedule } from "../machine/tally";
import { imageWord } from "../machine/task";
import {
  graphAdd, graphAt, graphBegin, graphDegree, graphFull, graphNode, graphNumber, graphStates,
} from "./graph";
import { learn } from "./learn";
import { randomBegin, randomRank, randomRun } from "./random";

/** Memory for the graph, bytes. */
const GRAPH_BYTES: usize = 16 << 20;
/** Steps that one run may learn: each costs as much as ten that are run. */
const LEARN_MAX: u32 = 8;
/** After so many walks the graph must have held one in GIVE_UP_RATIO of them, or it is given up. */
const GIVE_UP_AFTER: u32 = 1 << 17;
const GIVE_UP_RATIO: u32 = 8;

/**
 * Number of the program whose states the graph holds, the bound under which it was made, and its own
 * number.
 */
let program: u32 = 0;
let graph: u32 = 0;
let programBound: u32 = 0;
let usable: bool = false;
let root: u32 = 0;
/** Schedules since it was last asked whether remembering pays, and those walked to their end. */
let walks: u32 = 0;
let walksKnown: u32 = 0;

/** For a shard, before it tallies: false where nothing can be remembered, or it does not pay. */
export function walkOpen(bound: u32): bool {
  if (program == programNumber && programBound == bound && graph == graphNumber) {
    if (walks >= GIVE_UP_AFTER) {
      usable = walksKnown >= walks / GIVE_UP_RATIO;
      walks = 0;
      walksKnown = 0;
    }
    return usable;
  }
  program = programNumber;
  programBound = bound;
  walks = 0;
  walksKnown = 0;
  usable = programRepeats(bound);
  if (!usable) return false;
  violationsClear();
  courseBegin();
  usable = violationCount == 0 && runnable != 0;
  if (!usable) return false;
  graphBegin(GRAPH, GRAPH_BYTES);
  graph = graphNumber;
  root = graphAdd(identityHash(), runnable, 0);
  return true;
}

/** Distinct states that are remembered of the present program. */
export function walkStates(): u32 {
  return usable && program == programNumber ? graphStates : 0;
}

/** Schedules first..first+count-1. */
export function walkShard(seed: u64, first: u64, count: u32, bound: u32): void {
  walks += count;
  for (let i: u32 = 0; i < count; i++) {
    const number = first + i;
    setSchedule(number);
    if (walkKnown(seed, number, bound)) continue;
    if (graphFull) randomRun(seed, number, bound);
    else walkLearn(seed, number, bound);
    sumsAdd(outcome, limit, steps);
  }
}

/** Walks a schedule to its end; false where a step is not known, or at the bound on steps. */
function walkKnown(seed: u64, number: u64, bound: u32): bool {
  randomBegin(seed, number);
  let word = root;
  let count: u32 = 0;
  while (true) {
    while (graphDegree(word)) {
      if (count == bound) return false;
      count++;
      word = load<u32>(graphAt(word) + (<usize>randomRank(graphDegree(word)) << 2), NODE_EDGES);
    }
    if (!word) break;
    const record = graphAt(word);
    const notes = load<u32>(record, RECORD_COUNT);
    for (let i: u32 = 0; i < notes; i++) noteTally(record + RECORD_ITEMS + <usize>i * NOTE_BYTES);
    word = load<u32>(record, RECORD_VALUE);
    if (load<u32>(record, RECORD_KIND) == RECORD_NOTED) continue;
    sumsAdd(word & 0xff, word >> 8, count);
    walksKnown++;
    return true;
  }
  return false;
}

/** Runs a schedule step by step and learns from it. */
function walkLearn(seed: u64, number: u64, bound: u32): void {
  const always = imageWord(IMAGE_ALWAYS);
  randomBegin(seed, number);
  courseBegin();
  let word = root;
  let learnt: u32 = 0;
  while (runnable && steps < bound) {
    const rank = randomRank(<u32>popcnt(runnable));
    const slot = tasksetSelect(runnable, rank);
    if (!word) {
      courseStep(slot, always);
      continue;
    }
    const edge = graphAt(word) + NODE_EDGES + (<usize>rank << 2);
    let next = load<u32>(edge);
    if (next || learnt == LEARN_MAX) courseStep(slot, always);
    else {
      learnt++;
      notesClear();
      courseStep(slot, always);
      next = learn(word & ~15 | rank);
      store<u32>(edge, next);
    }
    word = graphNode(next);
  }
  courseConclude();
}
