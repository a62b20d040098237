// What the engine exports to src/engine/engine.ts. It fills the table of task sets, once; all
// else is done by what it exports.

import { tasksetInit } from "./core/taskset";
import "./core/abort";

tasksetInit();

export {
  CELLS, CHOICES, IMAGE, IMAGE_LIMIT, OBJECTS, PICKS, SHADOW, TALLY, TASKS, VIOLATIONS,
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
  exploreBegin, exploreDepth, exploreFrontier, exploreRoot, exploreRun, exploreStopped, exploreTransitions,
} from "./schedule/explore";
export { graphHeap, graphStates, graphUsed } from "./schedule/graph";
export { walkStates } from "./schedule/walk";
export { recordRandom, replayBegin, replayFinish, replayStep, shardRandom } from "./run";
