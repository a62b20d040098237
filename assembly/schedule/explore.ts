// Every schedule: the graph of all states that can be reached, breadth first, so that a state is first
// reached by as few steps as possible. What a step does depends on the state alone, so that a state is
// expanded once.
//
// States are not stored: a node holds the hash of its state and whence it was reached, and its state is
// made again by running the way there. Nodes are expanded in the order in which they were met, so that most
// of that way is the one that was run for the node before; the states on it are kept.

import {
  ALTERNATIVE_BYTES, IMAGE_ALWAYS, NODE_EDGES, NODE_PARENT, NODE_SLOTS, RECORD_ITEMS, RECORD_VALUE, STEPS_MAX,
  Stopped,
} from "../abi";
import {
  choiceAdvance, choiceBegin, choiceCount, choiceOdds, choiceResume, choiceSuspend, CHOICE_ENUMERATE,
} from "../core/choice";
import { GRAPH } from "../core/layout";
import { tasksetSelect } from "../core/taskset";
import { courseBegin, courseStep } from "../machine/course";
import { runnable, setStepsMax, setTallying } from "../machine/state";
import { snapshotBytes, snapshotLoad, snapshotSave } from "../machine/snapshot";
import { notesClear, setSchedule, tallyClear } from "../machine/tally";
import { imageWord } from "../machine/task";
import {
  graphAt, graphBegin, graphChoices, graphChosen, graphHeap, graphIsRecord, graphNode, graphNodeBytes,
  graphPlace, graphUsed,
} from "./graph";
import { learn } from "./learn";

/** The word of what the set-up comes to. */
export let exploreRoot: u32 = 0;
/** Steps to the nodes that are being expanded. */
export let exploreDepth: u32 = 0;
/** Steps that were taken. */
export let exploreTransitions: u64 = 0;
/** Why it stopped before the end: a Stopped. */
export let exploreStopped: u32 = 0;

/**
 * The way to the node in hand: for each depth the node's place, and from where to where its state is kept.
 */
const WAY: usize = GRAPH;
const WAY_ENTRY: usize = 16;
const STATES: usize = WAY + <usize>(STEPS_MAX + 1) * WAY_ENTRY;
/** A state that is needed for a moment; the largest takes less than 10 bytes a cell. */
const SCRATCH: usize = STATES + (32 << 20);
const GRAPH_FROM: usize = SCRATCH + (1 << 20);
/** Depth up to which the way is known. */
let wayDepth: u32 = 0;
let bound: u32 = 0;
let always: u32 = 0;
/** Bytes of nodes that were expanded, and where the nodes of the present depth end. */
let expanded: usize = 0;
let layerEnd: usize = 0;

/** Makes room; false where the machine has no such memory. */
export function exploreBegin(bytes: usize, stepsMax: u32): bool {
  const pages = <i32>((GRAPH_FROM + bytes + 0xffff) >> 16);
  if (memory.size() < pages && memory.grow(pages - memory.size()) < 0) return false;
  graphBegin(GRAPH_FROM, bytes);
  bound = min(stepsMax, <u32>STEPS_MAX);
  setStepsMax(bound);
  tallyClear();
  setTallying(true);
  setSchedule(0);
  always = imageWord(IMAGE_ALWAYS);
  exploreDepth = 0;
  exploreTransitions = 0;
  exploreStopped = 0;
  wayDepth = 0;
  store<u32>(wayEntry(0), 0);
  expanded = 8;
  exploreRoot = branch(0, 0);
  layerEnd = graphUsed;
  return true;
}

/** Expands so many nodes; true where no more is to be done, see exploreStopped. */
export function exploreRun(nodes: u32): bool {
  for (let left = nodes; left && !exploreStopped; left--) {
    if (expanded == layerEnd) {
      if (layerEnd == graphUsed) return true;
      exploreDepth++;
      layerEnd = graphUsed;
    }
    if (exploreDepth >= bound) exploreStopped = Stopped.DEPTH;
    else expand(graphPlace(graphHeap + expanded));
  }
  return exploreStopped != 0;
}

/** Nodes whose steps were not all taken yet, in bytes; 0 at the end. */
export function exploreFrontier(): usize {
  return graphUsed - expanded;
}

function expand(place: u32): void {
  const at = graphAt(place);
  const degree = <u32>popcnt(load<u32>(at, NODE_SLOTS));
  for (let rank: u32 = 0; rank < degree; rank++) {
    const word = branch(place, rank);
    if (exploreStopped) return;
    store<u32>(at + (<usize>rank << 2), word, NODE_EDGES);
  }
  expanded += graphNodeBytes(degree);
}

/** Where a step leads, with all that it can choose; the set-up, where the place is 0. */
function branch(place: u32, rank: u32): u32 {
  const whence = place | rank;
  begin(place, rank);
  if (choiceCount == 0) return arrived(whence);
  let alternatives: u32 = 1;
  while (choiceAdvance()) {
    again(place, rank);
    alternatives++;
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
    if (choiceAdvance()) again(place, rank);
  }
  return chosen;
}

/** The word for what came of the step that was taken. */
function arrived(whence: u32): u32 {
  const chosen = choiceCount;
  exploreTransitions++;
  const word = kept(learn(whence));
  // A check at the end that chooses: its other choices are not looked at.
  if (choiceCount != chosen) exploreStopped = Stopped.CHOICES;
  return word;
}

/** The word, or 0 and the end of the exploration where it could not be kept. */
function kept(word: u32): u32 {
  if (!word) exploreStopped = Stopped.FULL;
  return word;
}

/** Takes a step with the first of all that it can choose. */
function begin(place: u32, rank: u32): void {
  choiceBegin(CHOICE_ENUMERATE, 0);
  again(place, rank);
}

/** Takes a step with the choices that are set up. */
function again(place: u32, rank: u32): void {
  if (place) stand(place, exploreDepth);
  notesClear();
  perform(place, rank);
}

function perform(place: u32, rank: u32): void {
  if (place) courseStep(tasksetSelect(runnable, rank), always);
  else courseBegin();
}

// ---------------------------------------------------------------- the way to a state

// @ts-ignore: decorator
@inline
function wayEntry(depth: u32): usize {
  return WAY + <usize>depth * WAY_ENTRY;
}

/** Makes the state of a node the machine's, given how many steps lead there. */
function stand(place: u32, depth: u32): void {
  let from = <i32>depth;
  let here = place;
  while (from >= 0 && (<u32>from > wayDepth || load<u32>(wayEntry(from)) != here)) {
    store<u32>(wayEntry(from), here);
    store<u32>(wayEntry(from), 0, 4);
    here = whenceOf(here) & ~15;
    from--;
  }
  while (from >= 0 && !load<u32>(wayEntry(from), 4)) from--;
  if (from >= 0) snapshotLoad(load<u32>(wayEntry(from), 4));
  if (from < <i32>depth) choiceSuspend();
  for (let at = <u32>(from + 1); at <= depth; at++) {
    follow(load<u32>(wayEntry(at)));
    keep(at);
  }
  if (from < <i32>depth) choiceResume();
  wayDepth = depth;
}

/** Keeps the state at a depth behind the one before, if there is room. */
function keep(depth: u32): void {
  const room = depth ? <usize>load<u32>(wayEntry(depth - 1), 8) : STATES;
  const end = room + snapshotBytes();
  if (!room || end > SCRATCH) {
    store<u64>(wayEntry(depth), 0, 4);
    return;
  }
  snapshotSave(room);
  store<u32>(wayEntry(depth), <u32>room, 4);
  store<u32>(wayEntry(depth), <u32>end, 8);
}

/** Whence a node was first reached, past a choice: a node's place and a rank, or 0 for the set-up. */
function whenceOf(place: u32): u32 {
  const parent = load<u32>(graphAt(place), NODE_PARENT);
  return graphIsRecord(parent & ~15) ? load<u32>(graphAt(parent), RECORD_VALUE) : parent;
}

/** Takes the step by which a node was first reached; the machine stands where that step begins. */
function follow(place: u32): void {
  const parent = load<u32>(graphAt(place), NODE_PARENT);
  const whence = whenceOf(place);
  const from = whence & ~15;
  choiceBegin(CHOICE_ENUMERATE, 0);
  if (parent == whence) {
    perform(from, whence & 15);
    return;
  }
  if (from) snapshotSave(SCRATCH);
  perform(from, whence & 15);
  for (let at = graphAt(parent) + RECORD_ITEMS; !leadsTo(load<u32>(at), place); at += ALTERNATIVE_BYTES) {
    choiceAdvance();
    if (from) snapshotLoad(SCRATCH);
    perform(from, whence & 15);
  }
}

/** The word leads to the node, past a note. */
function leadsTo(word: u32, place: u32): bool {
  return (graphNode(word) & ~15) == place;
}
