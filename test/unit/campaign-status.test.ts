// Goal: what status says of a campaign fits 72 columns, whatever a model's names hold, and says how it
// stands.

import { describe, expect, it } from "vitest";
import type { CampaignStats } from "../../src/campaign/store/stats.ts";
import { statsLines } from "../../src/cli/campaign-status.ts";

const stats: CampaignStats = {
  schema: 1,
  version: "0.1.0",
  campaign: "0123456789abcdef",
  hash: "0123456789abcdef",
  model: { name: "my.c", scenario: "a-b", hash: "01234567" },
  options: {},
  budgets: { timeMs: 3_600_000, untilFinding: 3 },
  state: "running",
  writer: { pid: 42, host: "here" },
  endedBy: null,
  created: 0,
  updated: Date.UTC(2026, 0, 2, 3, 4, 5),
  sessions: 2,
  activeMs: 90_000,
  schedules: 1_234_567,
  steps: 9_999_999,
  dropped: 0,
  shards: 3,
  crashed: 0,
  schedulesPerSecond: 13_717,
  recentSchedulesPerSecond: 20_000,
  findings: 9,
  bugs: 7,
  quietMs: 61_000,
  rssBytes: 1,
  found: Array.from({ length: 7 }, (_, i) => ({
    id: `id${i}`,
    key: `key${i}`,
    kind: "warn",
    title: `WARNING ${i} in f(): \u001b[2J${"x".repeat(100)}`,
    group: `group${i}`,
    first: i,
    count: 1000 * i,
    shards: 1,
  })),
};

describe("status", () => {
  it("shows a running campaign in a few lines of 72 columns", () => {
    const lines = statsLines("runs/my", stats);
    expect(lines.slice(0, 4)).toEqual([
      "runs/my: my.c a-b, running (process 42 on here)",
      "  active 1m30s in 2 sessions; ends at 1h00m or 3 found",
      "  1,234,567 schedules, 20.0k/s now, 13.7k/s mean",
      "  findings 7, the last new one 1m01s of active time ago",
    ]);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain("and 2 more");
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(72);
      expect(line).not.toContain("\u001b");
    }
  });

  it("says of one that ended by which budget, and of one that was killed when it was last heard of", () => {
    const quiet = { found: [], bugs: 0, findings: 0, writer: null, budgets: {}, sessions: 1 };
    const ended = statsLines("d", { ...stats, ...quiet, state: "ended", endedBy: "until-plateau" });
    expect(ended[0]).toContain("ended: until-plateau");
    expect(ended[1]).toBe("  active 1m30s in 1 session, no budget");
    expect(ended[3]).toBe("  no finding");
    const stopped = statsLines("d", { ...stats, ...quiet, state: "stopped" });
    expect(stopped[0]).toContain("stopped without an end, last heard of 2026-01-02T03:04:05Z");
  });
});
