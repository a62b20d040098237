// The JavaScript heap, kept small: a campaign's process has a bound on its memory, and V8 lets garbage of
// long replays pile up to several times what is in use before it looks.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Keeps the space of young objects as small as it begins, whichever Node runs us: grown to its limit it takes
 * some 50 MB more, in which hardly anything lives. To be called before much is made.
 */
export function keepYoungSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** Garbage that may pile up, bytes. */
const SLACK = 24 << 20;

let collect: (() => void) | null = null;
let inUse = 0;

/** Collects garbage if there may be much since the last time. Costs some ten milliseconds then. */
export function trimHeap(): void {
  if (process.memoryUsage().heapUsed < inUse + SLACK) return;
  if (collect === null) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
  inUse = process.memoryUsage().heapUsed;
}
