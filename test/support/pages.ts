// What pages are made of, for their tests.

import type { SeriesPoint } from "../../src/campaign/summary.ts";

/** A campaign of ten minutes. */
export const charts: readonly SeriesPoint[] = Array.from({ length: 60 }, (_, i) => ({
  t_active_ms: (i + 1) * 10_000,
  schedules: (i + 1) * 12_000_000,
  findings: Math.min(4, i),
  distinct: Math.round(100_000 * (1 - Math.exp(-i / 10))),
  unseen: 0.5 * Math.exp(-i / 10),
}));
