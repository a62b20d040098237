// Exports only.

import { tasksetInit } from "./core/taskset";

import "./core/abort";

tasksetInit();

export { programLoad } from "./machine/program";
export { live, runnable, outcome, limit, steps, waiting, violationCount, tallyCount, tallyOverflow, objectCount, cellsEnd } from "./machine/state";
export { choiceCount } from "./core/choice";
export {
  shardRandom, recordRandom, replayBegin, replayStep, replayFinish, shardSteps, shardSchedules, shardDropped, shardLimited,
} from "./run";
