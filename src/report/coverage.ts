// What a campaign covered, in a few lines of a report: each says what its number is of, and which are
// estimates. And what of the model no schedule reached: without that a pass may be an empty one.

import type { Coverage, CoverageCount, SamplerCoverage, UnreachedPlace } from "../campaign/summary.ts";
import { clean, counted, GLUE, grouped, type Line, line, shorten, wrap } from "./text.ts";

/** Places that are named; the JSON has them all. */
const NAMED_MOST = 3;
/** Behaviours met once: below this Good-Turing is noise. */
const ONCE_FEW = 10;

/** `scenario` where it is not plain whose coverage it is. */
export function coverageLines(coverage: Coverage, width: number, scenario = ""): Line[] {
  const whose = scenario === "" ? "Coverage" : `Coverage of ${scenario}`;
  const looked = counted(coverage.schedules, "schedule");
  const lines = [line(`${whose}, of ${looked} looked at closely:`, "strong")];
  const say = (text: string): void => {
    lines.push(...wrap(text, width, "  ", "    ").map((t) => line(t)));
  };
  const { behaviours, finalStates, states } = coverage;
  const of = states.of === undefined ? "" : ` of ${grouped(states.of)}`;
  say(
    `${count(behaviours, "behaviour")} up to the order of independent steps, ` +
      `${count(finalStates, "final state")}, ${about(states)}${of} states`,
  );
  for (const text of unseenTexts(coverage.samplers)) say(text);
  const { steps, branches, sinceNewMs } = coverage;
  const quiet =
    sinceNewMs === undefined ? "" : `; nothing new in the last ${(sinceNewMs / 1000).toFixed(1)} s`;
  say(
    `reached ${grouped(steps.reached)} of ${counted(steps.total, "step")}, ${grouped(branches.reached)} of ` +
      `${counted(branches.total, "way")} of branches${quiet}`,
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

/** One sampler at length; of several, who are never added up, the estimates alone. */
function unseenTexts(samplers: readonly SamplerCoverage[]): string[] {
  if (samplers.length < 2) return samplers.map(unseenText);
  const each = samplers.map(({ sampler, unseen }) => `${clean(sampler)}${GLUE}${percent(unseen)}`);
  return [`the next is a new behaviour with p about, by who draws it: ${each.join(", ")}`];
}

function unseenText({ sampler, schedules, unseen, unseenBound, unseenBehaviours }: SamplerCoverage): string {
  const drawn = `the next by ${clean(sampler)} is a new behaviour with p about`;
  const bound = `95 % bound ${percent(unseenBound)}`;
  if (unseen === 0) return `${drawn} 0 (${bound}): in ${grouped(schedules)} each came twice or more`;
  const few = Math.round(unseen * schedules) < ONCE_FEW ? ", of few: rough" : "";
  const left = unseenBehaviours > 0 ? `; at least ${grouped(unseenBehaviours)} are left, about` : "";
  return `${drawn} ${percent(unseen)} (${bound}${few})${left}`;
}

function percent(share: number): string {
  const rounded = share < 0.0995 ? Number((100 * share).toPrecision(2)) : Math.round(100 * share);
  return `${rounded}${GLUE}%`;
}

/** Of a pass: the steps that it says nothing about; "" where all were reached. */
export function vacuityText({ unreached }: Coverage): string {
  const own = unreached.filter(({ what, file }) => what === "step" && !isLibrary(file)).length;
  if (own === 0) return "";
  const what = own === 1 ? "A step of the model was" : `${grouped(own)} steps of the model were`;
  return `${what} reached by no schedule that was looked at: nothing is said of what happens there.`;
}

/** Steps of the model under test that were never reached; of its library how many. */
function missedText(unreached: readonly UnreachedPlace[]): string {
  const steps = unreached.filter(({ what }) => what === "step");
  const own = steps.filter(({ file }) => !isLibrary(file));
  const library = steps.length - own.length;
  const named = own.slice(0, NAMED_MOST).map((place) => {
    return `${clean(place.function)}() ${clean(place.file)}:${place.line} ${shorten(clean(place.text), 40)}`;
  });
  const more = own.length - named.length;
  const parts = [
    ...named,
    ...(more > 0 ? [`${grouped(more)} more of the model`] : []),
    ...(library > 0 ? [`${counted(library, "step")} of models/lib/`] : []),
  ];
  return parts.length === 0 ? "" : `never reached: ${parts.join("; ")}`;
}

/** The kernel's own machinery, which comes with raceproof. */
function isLibrary(file: string): boolean {
  return /^(models\/)?(lib|include)\//.test(file);
}
