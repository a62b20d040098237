// A block of lanes, with what the scalar machine has to say of it: schedules that only it can tell are run
// there, and of what went wrong a sample, so that no finding of lanes alone is ever reported. A block that
// lanes cannot follow is run by the scalar machine as a whole.

import { Outcome, Violation } from "../../assembly/abi.ts";
import type { Draw, Engine, RawFinding, RawTally, RawViolation } from "../engine/engine.ts";
import { type LanesEngine, lanesMember, replayLanes } from "../engine/lanes.ts";
import type { Observer } from "../engine/observer.ts";
import { sampledOfBlock, sampleLanes, sampleScalar } from "./sample.ts";
import { emptyTally, mergeTallies, rawKey } from "./tally.ts";

interface BlockOf {
  readonly draw: Draw;
  readonly block: number;
  readonly first: number;
  readonly count: number;
  /** Looks at some of the schedules closely. */
  readonly observing: Observer | null;
}

export function runBlock(
  scalar: Engine,
  lanes: LanesEngine,
  { draw, block, first, count, observing }: BlockOf,
): RawTally {
  const ran = lanes.run(draw, block, count);
  const sampled = observing === null ? [] : sampledOfBlock(block, count);
  if (ran === null) {
    const tally = scalar.fuzz(draw, first, count);
    if (observing === null) return tally;
    return { ...tally, coverage: sampleScalar(scalar, observing, draw, sampled) };
  }
  const settled = settle(scalar, lanes, draw, ran.unsettled);
  const tally = { ...ran.tally, findings: checked(scalar, lanes, draw, block, ran.tally.findings) };
  const merged = mergeTallies(tally, settled);
  if (observing === null) return merged;
  return { ...merged, coverage: sampleLanes(scalar, lanes, observing, draw, sampled) };
}

/**
 * Blocks 0, 1, 2, 4, 8, ... are looked at: often enough to show an error soon, too seldom to cost
 * anything.
 */
function isSampled(block: number): boolean {
  return (block & (block - 1)) === 0;
}

/**
 * Of a sampled block, the first schedule of each finding is run on the scalar machine, which must find it
 * too.
 */
function checked(
  scalar: Engine,
  lanes: LanesEngine,
  draw: Draw,
  block: number,
  findings: readonly RawFinding[],
): RawFinding[] {
  if (!isSampled(block) || findings.length === 0) return [...findings];
  const runs = lanes.record(
    draw,
    findings.map(({ first }) => first),
  );
  return findings.map((finding, n) => {
    const { violations } = replayLanes(scalar, lanes.code, runs[n]!, draw.stepsMax);
    if (violations.some((v) => rawKey(v) === rawKey(finding))) return { ...finding, replayed: 1 };
    const shown = violations.map(rawKey).join("; ") || "nothing";
    throw new Error(
      `lanes and the scalar machine disagree: schedule ${finding.first} of seed ${draw.seed} shows ` +
        `${rawKey(finding)} in a lane and ${shown} on the scalar machine`,
    );
  });
}

/** What ended the schedules that lanes left open; how often they warned before is counted already. */
function settle(scalar: Engine, lanes: LanesEngine, draw: Draw, schedules: readonly number[]): RawTally {
  const findings: RawFinding[] = [];
  if (schedules.length > 0) {
    lanes.record(draw, schedules).forEach((run, n) => {
      const { outcome, violations } = replayLanes(scalar, lanes.code, run, draw.stepsMax);
      if (outcome === Outcome.RUNNING) {
        throw new Error(`schedule ${schedules[n]} of seed ${draw.seed} ends in its lane only`);
      }
      for (const violation of violations.filter(({ kind }) => SETTLED.has(kind))) {
        findings.push({ ...raw(violation, draw), first: schedules[n]!, replayed: 1 });
      }
    });
  }
  return findings.reduce<RawTally>(
    (sum, finding) => mergeTallies(sum, { ...emptyTally, findings: [finding] }),
    emptyTally,
  );
}

/** What lanes leave open; all else they have counted. */
const SETTLED: ReadonlySet<number> = new Set([Violation.DEADLOCK, Violation.STEP_LIMIT]);

function raw(
  { kind, detail, site, class: cls, other, task }: RawViolation,
  draw: Draw,
): Omit<RawFinding, "first"> {
  const strategy = lanesMember(draw.strategy) ?? draw.strategy;
  return { kind, detail, site, class: cls, other, task, count: 1, strategy };
}
