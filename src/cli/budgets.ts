// Budgets: read from flags, and in words.

import type { StopRules } from "../campaign/loop.ts";
import { si } from "../report/text.ts";
import type { FuzzFlags } from "./flags.ts";
import { parseCount, parseDuration, parseSchedules } from "./values.ts";

const FINDINGS_MAX = 1000;

export function parseBudgets({
  schedules,
  time,
  untilFinding,
  untilPlateau,
}: Pick<FuzzFlags, "schedules" | "time" | "untilFinding" | "untilPlateau">): StopRules {
  return {
    schedules: schedules === undefined ? undefined : parseSchedules(schedules),
    timeMs: time === undefined ? undefined : parseDuration(time),
    untilFinding:
      untilFinding === undefined ? undefined : parseCount("--until-finding", untilFinding, FINDINGS_MAX),
    untilPlateauMs: untilPlateau === undefined ? undefined : parseDuration(untilPlateau, "--until-plateau"),
  };
}

export function budgetText(rules: StopRules): string {
  const parts: string[] = [];
  if (rules.timeMs !== undefined) parts.push(`after ${rules.timeMs / 1000}s`);
  if (rules.schedules !== undefined) parts.push(`after ${si(rules.schedules)} schedules`);
  if (rules.untilFinding !== undefined) parts.push(`with ${rules.untilFinding} found`);
  if (rules.untilPlateauMs !== undefined) parts.push(`after ${rules.untilPlateauMs / 1000}s without news`);
  return parts.join(" or ");
}
