// What fuzz() tallies against what recordings add up to, in a form in which the two can be compared.

import { LimitKind, Outcome } from "../../assembly/abi.ts";
import type { Draw, Engine, RawTally } from "../../src/engine/engine.ts";
import { rawKey } from "../../src/work/tally.ts";

export interface Sums {
  schedules: number;
  steps: number;
  dropped: number;
  limited: number;
  findings: Record<string, { count: number; first: number; task: number }>;
}

/** What the recordings of schedules 0..count-1 add up to. */
export function recorded(engine: Engine, draw: Draw, count: number): Sums {
  const sums: Sums = { schedules: 0, steps: 0, dropped: 0, limited: 0, findings: {} };
  for (let i = 0; i < count; i++) {
    const { outcome, picks, violations } = engine.record(draw, i);
    const seen = new Set<string>();
    for (const violation of violations) {
      const key = rawKey(violation);
      if (seen.has(key)) continue;
      seen.add(key);
      sums.findings[key] ??= { count: 0, first: i, task: violation.task };
      sums.findings[key].count++;
    }
    if (outcome === Outcome.DROPPED) sums.dropped++;
    else {
      sums.schedules++;
      sums.steps += picks.length;
      if (outcome === Outcome.LIMIT) sums.limited++;
    }
  }
  return sums;
}

export function tallied(tally: RawTally): Sums {
  return {
    schedules: tally.schedules,
    steps: tally.steps,
    dropped: tally.dropped,
    limited: tally.limited.reduce((sum, n, kind) => (kind === LimitKind.TALLY ? sum : sum + n), 0),
    findings: Object.fromEntries(
      tally.findings.map((f) => [rawKey(f), { count: f.count, first: f.first, task: f.task }]),
    ),
  };
}
