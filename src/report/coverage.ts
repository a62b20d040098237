// What a campaign covered, in a few lines of a report: each says what its number is of, and which are
// estimates. And what of the model no schedule reached: without that a pass may be an empty one.

import type { Coverage, CoverageCount, SamplerCoverage, UnreachedPlace } from "../campaign/summary.ts";
import { clean, counted, grouped, type Line, line, shorten, wrap } from "./text.ts";

/** Places that are named; the JSON has them all. */
const NAMED_MOST = 3;
/** Behaviours met once: below this Good-Turing is noise. */
const ONCE_FEW = 10;

export function coverageLines(coverage: Coverage, width: number): Line[] {
  const lines = [
    line(`Coverage, of ${counted(coverage.schedules, "schedule")} looked at closely:`, "strong"),
  ];
  const say = (text: string): void => {
    lines.push(...wrap(text, width, "  ", "    ").map((t) => line(t)));
  };
  const { behaviours, finalStates, states } = coverage;
  const of = states.of === undefined ? "" : ` of ${grouped(states.of)}`;
  say(
    `${count(behaviours, "distinct behaviour")} (schedules that differ in the order of independent steps are ` +
      `one), ${count(finalStates, "final state")}, ${about(states)}${of} states`,
  );
  for (const sampler of coverage.samplers) say(unseenText(sampler));
  say(
    `reached ${grouped(coverage.steps.reached)} of ${counted(coverage.steps.total, "step")} and ` +
      `${grouped(coverage.branches.reached)} of ${counted(coverage.branches.total, "way")} of branches`,
  );
  const missed = missedText(coverage.unreached);
  if (missed !== "") say(missed);
  return lines;
}

function about({ count: n, exact }: CoverageCount): string {
  return `${exact ? "" : "about "}${grouped(n)}`;
}

function count(of: CoverageCount, noun: string): string {
  return `${of.exact ? "" : "about "}${counted(of.count, noun)}`;
}

function unseenText({ sampler, schedules, unseen, unseenBound, unseenBehaviours }: SamplerCoverage): string {
  const drawn = `the next schedule by ${clean(sampler)}`;
  const bound = `95 % bound ${percent(unseenBound)}`;
  if (unseen === 0) {
    return `${drawn} shows a new behaviour with p about 0: each of ${grouped(schedules)} came twice at least (${bound})`;
  }
  const few = Math.round(unseen * schedules) < ONCE_FEW ? ", of few: rough" : "";
  const left = unseenBehaviours > 0 ? `; at least ${grouped(unseenBehaviours)} not seen yet` : "";
  return `${drawn} shows a new behaviour with p about ${percent(unseen)} (${bound}${few})${left}`;
}

function percent(share: number): string {
  if (share >= 0.9995) return "100 %";
  return `${share < 0.0995 ? Number((100 * share).toPrecision(2)) : Math.round(100 * share)} %`;
}

/** Steps of the model under test that were never reached; of its library how many. */
export function missedText(unreached: readonly UnreachedPlace[]): string {
  const steps = unreached.filter(({ what }) => what === "step");
  const own = steps.filter(({ file }) => !isLibrary(file));
  const library = steps.length - own.length;
  if (own.length === 0) {
    return library === 0
      ? ""
      : `never reached: ${counted(library, "place")} of models/lib/, none of the model`;
  }
  const named = own.slice(0, NAMED_MOST).map((place) => {
    return `${clean(place.function)}() ${clean(place.file)}:${place.line} ${shorten(clean(place.text), 40)}`;
  });
  const more = own.length - named.length;
  const rest = [
    ...(more > 0 ? [`${grouped(more)} more of the model`] : []),
    ...(library > 0 ? [`${counted(library, "place")} of models/lib/`] : []),
  ];
  return `never reached: ${[...named, ...rest].join("; ")}`;
}

/** The kernel's own machinery, which comes with raceproof. */
export function isLibrary(file: string): boolean {
  return /^(models\/)?(lib|include)\//.test(file);
}
