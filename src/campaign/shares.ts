// Who drew the schedules of a campaign, and who found what: from the tally of each member to the summary.

import { MEMBER_STEPS_SHIFT, MEMBER_STRATEGY_MASK, Strategy } from "../../assembly/abi.ts";
import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import { countGroups, groupFindings } from "./keys.ts";
import { strategyName } from "./strategies.ts";
import type { StrategyRate, StrategyShare } from "./summary.ts";

/** A machine that knows what practice observed of the program (Engine.practice). */
interface Observes {
  practice(stepsMax: number): { readonly contested: number; readonly tasks: number };
}

/** Nothing where the tally names nobody. */
export function sharesOf(
  program: Program,
  machine: Observes,
  tally: RawTally,
  stepsMax: number,
): StrategyShare[] | undefined {
  // What a finding is called is said by the schedule that showed it first, whoever drew that: nobody has
  // found more than all have.
  const groups = new Map(groupFindings(program, tally).map(({ key, group }) => [key, group]));
  return tally.byStrategy?.map(({ strategy, schedules, steps, findings }) => {
    const own = groupFindings(program, { findings, schedules });
    const found = countGroups(own.map(({ key, group }) => ({ group: groups.get(key) ?? group })));
    const share = { strategy: strategyName(strategy), schedules, steps, findings: found };
    if ((strategy & MEMBER_STRATEGY_MASK) !== Strategy.PCT) return share;
    const { contested, tasks } = machine.practice(stepsMax);
    return { ...share, among: strategy >>> MEMBER_STEPS_SHIFT || contested, tasks };
  });
}

/** By the key of a finding: how often each member showed it, whoever did most often first. */
export function ratesOf(
  program: Program,
  { byStrategy }: RawTally,
): (key: string) => StrategyRate[] | undefined {
  const shares = byStrategy?.map((share) => ({
    ...share,
    groups: new Map(groupFindings(program, share).map((group) => [group.key, group])),
  }));
  return (key) =>
    shares
      ?.map(({ strategy, schedules, groups }) => {
        const { count = 0, first = null } = groups.get(key) ?? {};
        const perMillion = schedules === 0 ? 0 : (count * 1e6) / schedules;
        return { strategy: strategyName(strategy), schedules, count, perMillion, firstSchedule: first };
      })
      .sort((a, b) => b.perMillion - a.perMillion || (a.strategy < b.strategy ? -1 : 1));
}
