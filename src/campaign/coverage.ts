// What a campaign covered, from the sample of its schedules that was looked at closely: how many behaviours
// and states, the chance that the next schedule shows a new behaviour, and which steps and branches of the
// model were never reached. Each number says what it is: exact, or an estimate.
//
// Good-Turing: of n independent draws, the share of those whose class came only once estimates the
// probability that the next draw is of a new class (Good, Biometrika 40, 1953). Its upper bound is that of
// McAllester and Schapire (COLT 2000). Both hold for one sampler, never for several taken together. How
// many classes there are at least is Chao's estimate (Scandinavian Journal of Statistics 11, 1984).

import type { RawClasses, RawCoverage, RawMembers } from "../engine/coverage.ts";
import { ALL } from "../engine/coverage.ts";
import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { reachedOf } from "./reached.ts";
import { strategyName } from "./strategies.ts";
import type { Coverage, CoverageCount, SamplerCoverage } from "./summary.ts";

/** The bounds hold with this confidence. */
const CONFIDENCE = 0.95;

export interface KnownOfCampaign {
  /** How many states there are, where that is known. */
  readonly states?: number | null;
  /** Active time since anything new was met. */
  readonly sinceNewMs?: number | undefined;
}

/** Null where no schedule was looked at. */
export function coverageOf(
  program: Program,
  tally: RawTally,
  { states = null, sinceNewMs }: KnownOfCampaign = {},
): Coverage | null {
  const { coverage, findings } = tally;
  if (coverage === undefined) return null;
  const schedules = Object.values(coverage.schedules).reduce((sum, n) => sum + n, 0);
  if (schedules === 0) return null;
  const visited = countOf(coverage.states);
  return {
    schedules,
    samplers: samplersOf(coverage),
    behaviours: distinctBehaviours(coverage),
    finalStates: countOf(coverage.ends),
    // An estimate may be above what there is.
    states: states === null ? visited : { ...visited, count: Math.min(states, visited.count), of: states },
    ...reachedOf(program, coverage.marks, findings),
    ...(sinceNewMs === undefined ? {} : { sinceNewMs }),
  };
}

/** Of a running campaign, cheap: distinct behaviours, and Good-Turing for its main sampler. */
export interface Saturation {
  readonly schedules: number;
  readonly distinct: number;
  /** Of the sampler of which most schedules were looked at; null where none was. */
  readonly unseen: number | null;
}

export function saturationOf({ coverage }: Pick<RawTally, "coverage">): Saturation | null {
  if (coverage === undefined) return null;
  const samplers = samplersOf(coverage);
  const main = samplers.reduce<SamplerCoverage | null>(
    (most, each) => (most === null || each.schedules > most.schedules ? each : most),
    null,
  );
  return {
    schedules: samplers.reduce((sum, each) => sum + each.schedules, 0),
    distinct: distinctBehaviours(coverage).count,
    unseen: main === null ? null : main.unseen,
  };
}

function samplersOf({ schedules, behaviours }: RawCoverage): SamplerCoverage[] {
  return Object.entries(schedules).map(([strategy, drawn]) => {
    const members = behaviours.members[strategy] ?? { hashes: [], counts: "" };
    const scale = 2 ** behaviours.level;
    const once = timesSeen(members, 1) * scale;
    const twice = timesSeen(members, 2) * scale;
    const unseen = Math.min(1, once / drawn);
    return {
      sampler: strategyName(Number(strategy)),
      schedules: drawn,
      behaviours: { count: Math.min(drawn, members.hashes.length * scale), exact: behaviours.level === 0 },
      unseen,
      unseenBound: Math.min(1, unseen + missingMassMargin(drawn)),
      unseenBehaviours: once === 0 ? 0 : Math.round((once * (once - 1)) / (2 * (twice + 1))),
    };
  });
}

function timesSeen({ counts }: RawMembers, times: number): number {
  let seen = 0;
  for (const count of counts) if (Number(count) === times) seen++;
  return seen;
}

/** How far the missing mass lies above its estimate at most, with CONFIDENCE. */
function missingMassMargin(drawn: number): number {
  return (2 * Math.SQRT2 + Math.sqrt(3)) * Math.sqrt(Math.log(3 / (1 - CONFIDENCE)) / drawn);
}

/** Whoever drew them. */
function distinctBehaviours({ schedules, behaviours: { level, members } }: RawCoverage): CoverageCount {
  const all = new Set(Object.values(members).flatMap(({ hashes }) => hashes));
  const drawn = Object.values(schedules).reduce((sum, n) => sum + n, 0);
  return { count: Math.min(drawn, all.size * 2 ** level), exact: level === 0 };
}

function countOf({ level, members }: RawClasses): CoverageCount {
  return { count: (members[ALL]?.hashes.length ?? 0) * 2 ** level, exact: level === 0 };
}

/** What was merged into a tally brought a class or a way of a branch that it did not have. */
export function showsMore({ coverage: after }: RawTally, { coverage: before }: RawTally): boolean {
  if (after === undefined || before === undefined) return after !== before;
  const sizes = ({ level, members }: RawClasses) => [
    level,
    ...Object.values(members).map(({ hashes }) => hashes.length),
  ];
  const all = ({ behaviours, states, ends }: RawCoverage) => [behaviours, states, ends].flatMap(sizes).join();
  return after.marks !== before.marks || all(after) !== all(before);
}
