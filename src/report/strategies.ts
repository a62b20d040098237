// What each strategy of a campaign showed, in words: how often it hit a finding, and what its schedules leave
// open where there is none.

import type { StrategyRate, StrategyShare } from "../campaign/summary.ts";
import { clean, counted, rateOf, scaled } from "./text.ts";

/** Schedules from which on a bound says anything. */
const SCHEDULES_MIN = 4;

/** "surw 3,150; pos 2,410; none by random (16.4k)"; "" where one strategy drew all. */
export function ratesText(rates: readonly StrategyRate[] = []): string {
  if (rates.length < 2) return "";
  const name = ({ strategy }: StrategyRate): string => clean(strategy);
  const parts = rates
    .filter(({ count }) => count > 0)
    .map((rate) => `${name(rate)} ${rateOf(rate.perMillion)}`);
  const none = rates.filter(({ count }) => count === 0);
  const missed = none.map((rate) => `${name(rate)} (${scaled(rate.schedules)} schedules)`);
  return [...parts, ...(none.length === 0 ? [] : [`none by ${missed.join(", ")}`])].join("; ");
}

/** Others than the uniform random walk drew too: a rate is none of its. */
export function isMixed(rates: readonly StrategyRate[] = []): boolean {
  return rates.some(({ strategy }) => strategy !== "random");
}

/** What may be said of violations that none of the strategies showed. */
export function openTexts(shares: readonly StrategyShare[] = []): string[] {
  const drew = shares.filter(({ schedules }) => schedules >= SCHEDULES_MIN);
  const texts = drew.length < 2 ? [] : [`By strategy: ${drew.map(boundText).join(", ")}.`];
  return [...texts, ...drew.flatMap(guaranteeText)];
}

function boundText({ strategy, schedules }: StrategyShare): string {
  return `${clean(strategy)} p < ${(3 / schedules).toExponential(1)}`;
}

/** Of PCT: the chance to miss a violation that takes so many orderings, by its theorem. */
function guaranteeText({ strategy, schedules, among, tasks }: StrategyShare): string[] {
  const depth = Number(/^pct-(\d+)/.exec(strategy)?.[1] ?? 0);
  if (depth === 0 || among === undefined || tasks === undefined) return [];
  const least = 1 / (tasks * among ** (depth - 1));
  const missed = Math.exp(schedules * Math.log1p(-least));
  if (missed > 0.5) return [];
  const chance = missed < 1e-9 ? "below 1e-9" : `of at most ${missed.toExponential(0)}`;
  const condition =
    `if no schedule has more than ${tasks} tasks, nor more than ${counted(among, "step")} at which two or ` +
    `more can step (as none of those in practice had)`;
  return [
    `${clean(strategy)}: a violation that ${counted(depth, "ordering")} of two steps would force was ` +
      `missed with a probability ${chance}, ${condition}.`,
  ];
}
