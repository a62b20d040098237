// Schedules over states that were met before: a step from a known state leads where it led the last
// time, and did then what it would do now, so that it need not be run again. What is drawn, counted and found
// is as if every step were run; a test holds the two against each other. The idea is that of a regular
// expression engine that builds its automaton while it reads (Thompson, CACM 1968).
//
// All strategies share one graph: what they go by is who can step, who lives, and what pending steps touch,
// which depends on the state. The random walk has its loop to itself: it is the fastest.
//
// A walk that comes to a step that was never taken is run from its beginning, and learns some of the steps
// that it did not know. The graph is filled up to its limit and never emptied; where walks hardly ever come
// to their end in it, the state space being too large, it is given up.

import {
  IMAGE_ALWAYS, NODE_EDGES, NODE_PARENT, NODE_SLOTS, NOTE_BYTES, RECORD_COUNT, RECORD_ITEMS, RECORD_KIND,
  RECORD_NOTED, RECORD_VALUE, Strategy,
} from "../abi";
import { GRAPH } from "../core/layout";
import { sumsAdd } from "../core/sums";
import { courseBegin, courseConclude, courseStep } from "../machine/course";
import { identityHash } from "../machine/identity";
import { programNumber, programRepeats } from "../machine/program";
import { limit, live, outcome, runnable, steps, violationCount, violationsClear } from "../machine/state";
import { notesClear, noteTally, setSchedule } from "../machine/tally";
import { imageWord } from "../machine/task";
import {
  drawBegin, drawLook, drawLooks, drawPick, drawRun, drawSlot, drawStrategy, LOOK_BYTES,
} from "./draw";
import {
  graphAdd, graphAt, graphBegin, graphDegree, graphFull, graphNode, graphNumber, graphStates, graphTake,
} from "./graph";
import { learn } from "./learn";
import { randomBegin, randomRank } from "./random";

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
  root = graphAdd(identityHash(), runnable | (live << 16), 0);
  return true;
}

/** Distinct states that are remembered of the present program. */
export function walkStates(): u32 {
  return usable && program == programNumber ? graphStates : 0;
}

/** Schedules first..first+count-1, by the strategy that drawOpen() named. */
export function walkShard(seed: u64, first: u64, count: u32, bound: u32): void {
  walks += count;
  const random = drawStrategy == Strategy.RANDOM;
  for (let i: u32 = 0; i < count; i++) {
    const number = first + i;
    setSchedule(number);
    if (random ? walkRandom(seed, number, bound) : walkDrawn(seed, number, bound)) continue;
    if (graphFull) drawRun(seed, number, bound);
    else walkLearn(seed, number, bound);
    sumsAdd(outcome, limit, steps);
  }
}

/** Walks a schedule to its end; false where a step is not known, or at the bound on steps. */
function walkRandom(seed: u64, number: u64, bound: u32): bool {
  randomBegin(seed, number);
  let word = root;
  let count: u32 = 0;
  while (true) {
    while (graphDegree(word)) {
      if (count == bound) return false;
      count++;
      word = load<u32>(graphAt(word) + (<usize>randomRank(graphDegree(word)) << 2), NODE_EDGES);
    }
    if (!word) return false;
    const next = walkRecord(word, count);
    if (!next) return true;
    word = next;
  }
}

/** The same for the other strategies; false too where one asks what was not written down. */
function walkDrawn(seed: u64, number: u64, bound: u32): bool {
  drawBegin(seed, number);
  let word = root;
  let count: u32 = 0;
  while (true) {
    while (graphDegree(word)) {
      if (count == bound) return false;
      count++;
      const node = graphAt(word);
      const look = <usize>load<u32>(node, NODE_PARENT);
      if (drawLooks && !look) return false;
      const slots = load<u32>(node, NODE_SLOTS);
      const slot = drawSlot(slots & 0xffff, slots >> 16, look);
      word = load<u32>(node + (<usize>rankOf(slots, slot) << 2), NODE_EDGES);
    }
    if (!word) return false;
    const next = walkRecord(word, count);
    if (!next) return true;
    word = next;
  }
}

/** Which of the slots that can step this one is. */
// @ts-ignore: decorator
@inline
function rankOf(slots: u32, slot: u32): u32 {
  return <u32>popcnt(slots & ((1 << slot) - 1));
}

/** Counts what a record notes; gives where the walk goes on, 0 where it has ended, and is counted too. */
// @ts-ignore: decorator
@inline
function walkRecord(word: u32, count: u32): u32 {
  const record = graphAt(word);
  const notes = load<u32>(record, RECORD_COUNT);
  for (let i: u32 = 0; i < notes; i++) noteTally(record + RECORD_ITEMS + <usize>i * NOTE_BYTES);
  const value = load<u32>(record, RECORD_VALUE);
  if (load<u32>(record, RECORD_KIND) == RECORD_NOTED) return value;
  sumsAdd(value & 0xff, value >> 8, count);
  walksKnown++;
  return 0;
}

/** Runs a schedule step by step and learns from it. */
function walkLearn(seed: u64, number: u64, bound: u32): void {
  const always = imageWord(IMAGE_ALWAYS);
  drawBegin(seed, number);
  courseBegin();
  let word = root;
  let learnt: u32 = 0;
  while (runnable && steps < bound) {
    if (word && drawLooks) walkLook(graphAt(word));
    const slot = drawPick();
    const rank = rankOf(runnable, slot);
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
      next = learn(0);
      store<u32>(edge, next);
    }
    word = graphNode(next);
  }
  courseConclude();
}

/** Writes down at a node, in place of its parent, which nobody asks for here, what pending steps touch. */
function walkLook(node: usize): void {
  if (load<u32>(node, NODE_PARENT)) return;
  const at = graphTake(LOOK_BYTES);
  if (!at) return;
  drawLook(at);
  store<u32>(node, <u32>at, NODE_PARENT);
}
