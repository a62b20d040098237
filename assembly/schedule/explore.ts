// Every schedule: the graph of all states that can be reached, breadth first, so that a state is first
// reached by as few steps as possible. What a step does depends on the state alone, so that a state is
// expanded once: it waits, packed, until its turn comes, is made the machine's, and each of its steps is
// taken and made undone (parts.ts). The graph keeps the hash of a state, not the state.

import {
  ALTERNATIVE_BYTES, IMAGE_ALWAYS, NODE_EDGES, NODE_SLOTS, Outcome, RECORD_ITEMS, STEPS_MAX, Stopped,
  TASKS_MAX,
} from "../abi";
import { choiceAdvance, choiceBegin, choiceCount, choiceOdds, CHOICE_ENUMERATE } from "../core/choice";
import { RECORDING } from "../core/footprint";
import { tasksetSelect } from "../core/taskset";
import { courseBegin, courseStep } from "../machine/course";
import { outcome, runnable, setStepsMax, setTallying } from "../machine/state";
import { noteCount, notesClear, setSchedule, tallyClear } from "../machine/tally";
import { imageWord } from "../machine/task";
import { boundAllows, bounded, boundBegin, boundLearn, boundNode, NOBODY, NO_BOUND } from "./bound";
import { frontierBegin, frontierFirst, frontierPut, frontierRoom, frontierTaken } from "./frontier";
import {
  graphAdd, graphAt, graphBegin, graphChoices, graphChosen, graphFind, graphHeap, graphNode, graphNodeBytes,
  graphPlace, graphStates, graphTouch, graphTouchNode, graphUsed,
} from "./graph";
import { internFull } from "./intern";
import { learnEnd, learnState } from "./learn";
import { learntAfter, learntBefore, learntNext, learntStale } from "./learnt";
import {
  partsBack, partsBegin, PARTS_END, partsForget, partsHash, partsPack, partsRunnable, partsStepped,
  partsUnpack, partsWhole, STEPPED_MAX,
} from "./parts";
import { reduceCandidates, reduceConfirm, reduceForget, reduceOpen } from "./reduce";

/** The word of what the set-up comes to. */
export let exploreRoot: u32 = 0;
/** Steps to the nodes that are being expanded. */
export let exploreDepth: u32 = 0;
/** Steps that were taken. */
export let exploreTransitions: u64 = 0;
/** Why it stopped before the end: a Stopped. */
export let exploreStopped: u32 = 0;

let bound: u32 = 0;
let always: u32 = 0;
/** Bytes of nodes that were expanded, and where the nodes of the present depth end. */
let expanded: usize = 0;
let layerEnd: usize = 0;
let reducing: bool = false;
/** How often it began: more than once with a reduction, having learnt more. */
export let exploreRounds: u32 = 0;
let graphFrom: usize = 0;
let graphRoom: usize = 0;
/** The step that is being taken may be the only one to take from its state. */
let mayBeAlone: bool = false;
/** The node that is being expanded, and the slot that has stepped. */
let node: u32 = 0;
let slot: u32 = 0;

/**
 * What the steps from one node led to, one behind the other, and of each its address and the rank of its
 * step: they are looked up together, so that the memory is waited for once and not for each.
 */
const STEPPED: usize = PARTS_END;
const LATER: usize = STEPPED + <usize>(TASKS_MAX + 1) * STEPPED_MAX;
/** By depth: states that were met when all were expanded that fewer steps lead to. */
export const EXPLORE_LAYERS: usize = LATER + <usize>TASKS_MAX * 8;
const GRAPH_FROM: usize = (EXPLORE_LAYERS + (<usize>STEPS_MAX << 2) + 0xffff) & ~0xffff;
/** What a step may choose from: beyond it no graph has room for what comes of it. */
const ALTERNATIVES_MAX: u32 = 1 << 16;
/** No word: no place is so small. */
const LATER_WORD: u32 = 1;
let steppedEnd: usize = STEPPED;
let laterCount: u32 = 0;
/** Where what was read ahead is left, or it would not be read. */
let readAhead: u32 = 0;

/**
 * Makes room; false where the machine has no such memory. With `reduce` only one task's step is taken where
 * that is enough (reduce.ts). With `preemptionsMax` below NO_BOUND no more preemptions are followed, and a
 * node is more than a state (bound.ts). Not both.
 */
export function exploreBegin(bytes: usize, stepsMax: u32, reduce: bool, preemptionsMax: u32): bool {
  assert(!reduce || (RECORDING && preemptionsMax == NO_BOUND), "this cannot be reduced");
  const pages = <i32>((GRAPH_FROM + bytes + 0xffff) >> 16);
  if (memory.size() < pages && memory.grow(pages - memory.size()) < 0) return false;
  reducing = RECORDING && reduce;
  boundBegin(preemptionsMax);
  graphFrom = GRAPH_FROM;
  graphRoom = bytes;
  bound = min(stepsMax, <u32>STEPS_MAX);
  setStepsMax(bound);
  tallyClear();
  setTallying(true);
  setSchedule(0);
  always = imageWord(IMAGE_ALWAYS);
  exploreRounds = 0;
  if (RECORDING && reducing) {
    graphFrom = reduceOpen(GRAPH_FROM, bound);
    if (graphFrom - GRAPH_FROM > bytes / 2) return false;
    graphRoom -= graphFrom - GRAPH_FROM;
  }
  return restart();
}

function restart(): bool {
  exploreRounds++;
  graphBegin(graphFrom, graphRoom);
  exploreDepth = 0;
  exploreTransitions = 0;
  exploreStopped = 0;
  expanded = 8;
  frontierBegin();
  laterCount = 0;
  steppedEnd = STEPPED;
  if (!partsBegin()) return false;
  if (RECORDING && reducing) reduceForget();
  exploreRoot = 0;
  exploreRoot = branch(0, 0);
  partsForget();
  layerEnd = graphUsed;
  return true;
}

/** Expands so many nodes; true where no more is to be done, see exploreStopped. */
export function exploreRun(nodes: u32): bool {
  for (let left = nodes; left && !exploreStopped; left--) {
    if (expanded == layerEnd) {
      if (layerEnd == graphUsed) return true;
      store<u32>(EXPLORE_LAYERS + (<usize>exploreDepth << 2), graphStates);
      exploreDepth++;
      layerEnd = graphUsed;
    }
    if (exploreDepth >= bound) exploreStopped = Stopped.DEPTH;
    else expand(graphPlace(graphHeap + expanded));
    if (RECORDING && reducing && learntStale) restart();
  }
  return exploreStopped != 0;
}

function expand(place: u32): void {
  node = place;
  const at = graphAt(place);
  const hash = bounded ? boundNode(at) : load<u64>(at);
  frontierTaken(partsUnpack(frontierFirst(), hash, exploreDepth));
  const degree = <u32>popcnt(<u32>load<u16>(at, NODE_SLOTS));
  let left = RECORDING && reducing && degree > 1 ? others(place) : runnable;
  for (; left && !exploreStopped; left &= left - 1) {
    if (!bounded || boundAllows(<u32>ctz(left))) follow(place, <u32>ctz(left));
  }
  if (exploreStopped) return;
  partsBack();
  lookUp();
  expanded += graphNodeBytes(degree);
}

/** Takes a slot's step from a node and keeps where it leads. */
function follow(place: u32, picked: u32): void {
  const at = graphAt(place);
  const rank = <u32>popcnt(load<u16>(at, NODE_SLOTS) & ((1 << picked) - 1));
  const word = branch(place, rank);
  if (word != LATER_WORD && !exploreStopped) store<u32>(at + (<usize>rank << 2), word, NODE_EDGES);
}

/** Takes steps that may be the only ones to take; gives the slots whose steps must be taken too. */
function others(place: u32): u32 {
  let left = runnable;
  for (let rest = reduceCandidates(); rest && !exploreStopped; rest &= rest - 1) {
    const picked = <u32>ctz(rest);
    mayBeAlone = true;
    follow(place, picked);
    left &= ~(1 << picked);
    const alone = mayBeAlone && reduceConfirm(picked);
    mayBeAlone = false;
    if (alone) return 0;
  }
  return left;
}

/** The states that were to be looked up later. */
function lookUp(): void {
  const end = LATER + (<usize>laterCount << 3);
  let ahead: u32 = 0;
  for (let at = LATER; at < end; at += 8) ahead ^= graphTouch(partsHash(load<u32>(at)));
  for (let at = LATER; at < end; at += 8) ahead ^= graphTouchNode(partsHash(load<u32>(at)));
  readAhead = ahead;
  for (let at = LATER; at < end; at += 8) {
    const stepped = <usize>load<u32>(at);
    const rank = load<u32>(at, 4);
    const hash = partsHash(stepped);
    let word = graphFind(hash);
    if (!word) {
      word = kept(graphAdd(hash, partsRunnable(stepped), node | rank));
      if (!word || !waits(stepped)) return;
    }
    store<u32>(graphAt(node) + (<usize>rank << 2), word, NODE_EDGES);
  }
  laterCount = 0;
  steppedEnd = STEPPED;
}

/** Where a step leads, with all that it can choose; the set-up, where the place is 0. */
function branch(place: u32, rank: u32): u32 {
  const whence = place | rank;
  begin(place, rank);
  if (choiceCount == 0) return arrived(whence);
  let alternatives: u32 = 1;
  while (choiceAdvance()) {
    take(place, rank);
    if (++alternatives > ALTERNATIVES_MAX) {
      exploreStopped = Stopped.CHOICES;
      return 0;
    }
  }
  const chosen = kept(graphChosen(whence, alternatives));
  if (!chosen) return 0;
  begin(place, rank);
  let at = graphAt(chosen) + RECORD_ITEMS;
  for (let left = alternatives; left; left--, at += ALTERNATIVE_BYTES) {
    store<u32>(at, choiceOdds(), 4);
    if (!load<u32>(at, 4)) exploreStopped = Stopped.CHOICES;
    const choices = kept(graphChoices(choiceCount));
    const word = arrived(chosen);
    if (!word || !choices) return 0;
    store<u32>(at, word);
    store<u32>(at, choices, 8);
    if (choiceAdvance()) take(place, rank);
  }
  return chosen;
}

/** Takes a step with the first of all that it can choose. */
function begin(place: u32, rank: u32): void {
  choiceBegin(CHOICE_ENUMERATE, 0);
  if (RECORDING) learntNext();
  take(place, rank);
}

/** Takes a step, with the choices that are set up, from the state that is expanded; or the set-up. */
function take(place: u32, rank: u32): void {
  notesClear();
  if (place) {
    partsBack();
    slot = tasksetSelect(runnable, rank);
  }
  if (RECORDING && reducing) learntBefore();
  if (place) courseStep(slot, always);
  else courseBegin();
  if (RECORDING && reducing) learntAfter(place ? slot : NOBODY);
}

/** The word for what came of the step that was taken, or LATER_WORD. */
function arrived(whence: u32): u32 {
  exploreTransitions++;
  if (outcome != Outcome.RUNNING) {
    mayBeAlone = false;
    return kept(learnEnd());
  }
  const stepped = steppedEnd;
  if (!exploreRoot) partsWhole(stepped);
  else {
    const end = partsStepped(slot, stepped);
    if (runnable && !choiceCount && !noteCount && !internFull && !bounded && !mayBeAlone) {
      store<u32>(LATER + (<usize>laterCount << 3), <u32>stepped);
      store<u32>(LATER + (<usize>laterCount << 3), whence & 15, 4);
      laterCount++;
      steppedEnd = end;
      return LATER_WORD;
    }
    // States are numbered in the order of their steps.
    lookUp();
  }
  if (internFull) return kept(0);
  return arrivedNow(stepped, whence);
}

function arrivedNow(stepped: usize, whence: u32): u32 {
  const chosen = choiceCount;
  const used = graphUsed;
  const hash = partsHash(stepped);
  const word = kept(
    bounded && runnable ? boundLearn(hash, exploreRoot ? slot : NOBODY, whence) : learnState(hash, whence),
  );
  // It leads back: what was put off would not come.
  if ((graphNode(word) & ~15) <= node) mayBeAlone = false;
  // A check at the end that chooses: its other choices are not looked at.
  if (choiceCount != chosen) exploreStopped = Stopped.CHOICES;
  return word && graphUsed != used && !waits(stepped) ? 0 : word;
}

/** A state that is new waits from now on; false, and the end, where it cannot be kept. */
function waits(stepped: usize): bool {
  const room = frontierRoom();
  if (room) frontierPut(partsPack(stepped, room));
  else exploreStopped = Stopped.FULL;
  return room != 0;
}

/** The word, or 0 and the end of the exploration where it could not be kept. */
function kept(word: u32): u32 {
  if (!word) exploreStopped = Stopped.FULL;
  return word;
}
