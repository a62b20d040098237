// Goal: progress fits its room, names a finding at once, and leaves the terminal as it was.

import { afterEach, describe, expect, it, vi } from "vitest";
import type { Progress } from "../../src/campaign/loop.ts";
import { ago, blockLines, startStatus } from "../../src/cli/status.ts";
import { si } from "../../src/report/text.ts";
import { emptyTally } from "../../src/work/tally.ts";

const options = { mode: "auto", title: "raceproof test", budget: "of 30s" } as const;

function progress(elapsedMs: number, findings: number): Progress {
  return {
    elapsedMs,
    activeMs: elapsedMs,
    newMs: 0,
    schedulesBefore: 0,
    workers: 2,
    tally: emptyTally,
    schedules: 1000 * elapsedMs,
    steps: 50_000 * elapsedMs,
    shards: 5,
    findings: Array.from({ length: findings }, (_, i) => ({
      key: `key ${i}`,
      kind: "warn",
      title: `WARNING in a_function_with_a_long_name_${i}(): ${"x".repeat(80)}\u001b[2J`,
      group: `group ${i}`,
      raw: { kind: 1, detail: 0, site: 0, class: -1, other: -1, task: 0, count: 1, first: i, strategy: 1 },
      count: 100,
      first: i,
    })),
  };
}

class Capture {
  readonly isTTY: boolean;
  text = "";
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

afterEach(() => vi.unstubAllEnvs());

function plainTerminal(): void {
  vi.stubEnv("CI", "");
  vi.stubEnv("TERM", "xterm");
}

describe("the status block", () => {
  it("has at most 12 lines of 72 columns, however much was found", () => {
    plainTerminal();
    const output = new Capture(true);
    const status = startStatus(options, output);
    status.update(progress(5000, 40));
    const drawn = output.text.split("\u001b[J").at(-1)!.trimEnd().split("\n");
    expect(drawn.length).toBeLessThanOrEqual(12);
    expect(drawn.length).toBeGreaterThan(8);
    for (const line of drawn) expect(line.length).toBeLessThanOrEqual(72);
    expect(output.text).not.toContain("\u001b[2J");
  });

  it("counts findings of one group as one", () => {
    const { findings, ...rest } = progress(5000, 3);
    const grouped = { ...rest, findings: findings.map((f, i) => ({ ...f, group: i < 2 ? "one" : "two" })) };
    const lines = blockLines(options, grouped, 0);
    expect(lines.join("\n")).toContain("findings 2 ");
    expect(lines.filter((line) => line.includes("a_function"))).toHaveLength(2);
    expect(lines.at(-2)).toMatch(/^ +200 /);
  });

  it("is erased and gives the cursor back when it is closed", () => {
    plainTerminal();
    const output = new Capture(true);
    const status = startStatus(options, output);
    status.update(progress(300, 0));
    status.close();
    expect(output.text.endsWith("\u001b[4A\u001b[J\u001b[?25h")).toBe(true);
  });

  it("is redrawn at once for a new finding and else at most four times a second", () => {
    plainTerminal();
    const output = new Capture(true);
    const status = startStatus(options, output);
    const draws = () => output.text.split("\u001b[?25l").length - 1;
    status.update(progress(1000, 0));
    const before = draws();
    status.update(progress(1100, 0));
    expect(draws()).toBe(before);
    status.update(progress(1110, 1));
    expect(draws()).toBe(before + 1);
    status.update(progress(1400, 1));
    expect(draws()).toBe(before + 2);
  });

  it("hints that one may stop when nothing new came for long", () => {
    const lines = (lastMs: number) => blockLines(options, progress(300_000, 1), lastMs).join("\n");
    expect(lines(290_000)).not.toContain("you may stop");
    expect(lines(1000)).toContain("you may stop");
  });
});

describe("plain progress", () => {
  it.each([
    ["no terminal", false, "", "xterm"],
    ["CI", true, "true", "xterm"],
    ["a dumb terminal", true, "", "dumb"],
  ])("is used for %s: a line at once for each new finding, one a minute else", (_, isTTY, ci, term) => {
    vi.stubEnv("CI", ci);
    vi.stubEnv("TERM", term);
    const output = new Capture(isTTY);
    const status = startStatus(options, output);
    status.update(progress(200, 0));
    status.update(progress(400, 1));
    status.update(progress(500, 1));
    status.update(progress(61_000, 1));
    status.update(progress(62_000, 1));
    status.close();
    const lines = output.text.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\dZ finding after 0\.40s, schedule 0: WARNING in /);
    expect(lines[2]).toMatch(/^\d\d:\d\d:\d\dZ run 1m01s sched 61\.0M 1\.00M\/s find 1 last 1m00s$/);
    expect(output.text).not.toContain("\u001b");
  });

  it("is silent with --ui none", () => {
    const output = new Capture(true);
    startStatus({ ...options, mode: "none" }, output).update(progress(500, 3));
    expect(output.text).toBe("");
  });
});

describe("numbers", () => {
  it("are short", () => {
    expect([0, 999, 1000, 3_410_000, 999_999, 12_345_678_901].map(si)).toEqual([
      "0",
      "999",
      "1.00k",
      "3.41M",
      "1.00M",
      "12.3G",
    ]);
    expect([0, 42_000, 842_000, 11_100_000].map(ago)).toEqual(["0s", "42s", "14m02s", "3h05m"]);
  });
});
