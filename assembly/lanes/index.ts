// What the lanes of a program export to src/engine/lanes.ts.

export {
  deadlockCount, dropped, iterations, recordAt, recordBlock, recordSteps, recordTarget, runBlock,
  schedules, setStays, steps, unsettledCount,
} from "./runtime";
export { setPct } from "./pct";
export { DEADLOCKS, FOUND, UNSETTLED } from "./memory";
export { FINDINGS, VECTORS } from "./program";
