// What the engine exports to src/engine/engine.ts. It fills the table of task sets, once; all
// else is done by what it exports.

import { hashInit } from "./core/hash";
import { SHADOW } from "./core/layout";
import { tasksetInit } from "./core/taskset";
import "./core/abort";

hashInit();
assert(__heap_base <= SHADOW, "static data reaches into what is laid out");
tasksetInit();

export {
  CELLS, CHOICES, IMAGE, IMAGE_LIMIT, MARKS, OBJECTS, PICKS, SEEN, SHADOW, TALLY, TASKS, VIOLATIONS,
  WRITERS,
} from "./core/layout";
export { choiceCount, choiceOffer } from "./core/choice";
export { programLoad } from "./machine/program";
export {
  cellsEnd, limit, live, objectCount, objectFind, outcome, runnable, steps, taskWindow,
  violationCount,
} from "./machine/state";
export { tallyCount, tallyOverflow } from "./machine/tally";
export { shardDropped, shardLimited, shardSchedules, shardSteps } from "./core/sums";
export {
  exploreBegin, exploreDepth, EXPLORE_LAYERS, exploreRoot, exploreRounds, exploreRun, exploreStopped,
  exploreTransitions,
} from "./schedule/explore";
export { boundCut } from "./schedule/bound";
export { reduceAlone } from "./schedule/reduce";
export { frontierStates } from "./schedule/frontier";
export { graphBytes, graphHeap, graphStates, graphUsed } from "./schedule/graph";
export { walkStates } from "./schedule/walk";
export { practice, practiceContested, practiceTasks } from "./schedule/practice";
export {
  observeAbility, observeBegin, observeEnd, observeHash, observeRun, observeSeen, observeStates, observeStep,
} from "./schedule/observe";
export { marksClear } from "./core/marks";
export { FOOT_BYTES, FOOT_STEP } from "./core/footprint";
export { recordDraw, replayBegin, replayFinish, replayStep, shardDraw } from "./run";
