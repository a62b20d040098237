// Budgets, read from flags.

import type { StopRules } from "../campaign/loop.ts";
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
