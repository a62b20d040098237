// Goal: progress fits its room, names a finding at once, and leaves the terminal as it was. Method: what is
// written goes to a terminal of our own (test/support/terminal.ts), and is looked at there.

import { afterEach, describe, expect, it, vi } from "vitest";
import type { Progress } from "../../src/campaign/loop.ts";
import { ago, type ScreenView, screenLines } from "../../src/cli/screen.ts";
import { startStatus } from "../../src/cli/status.ts";
import { si } from "../../src/report/text.ts";
import { emptyTally } from "../../src/work/tally.ts";
import { Terminal } from "../support/terminal.ts";

const options = { mode: "auto", title: "raceproof test", budget: "after 30s" } as const;

function progress(elapsedMs: number, findings: number): Progress {
  return {
    elapsedMs,
    activeMs: elapsedMs,
    newMs: 0,
    coveredMs: 0,
    findingsBefore: 0,
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

/** A terminal's end of the stream. */
class Screen {
  readonly isTTY = true;
  readonly terminal: Terminal;
  columns: number;
  readonly rows: number;
  writes = 0;
  #resized: () => void = () => undefined;
  constructor(columns: number, rows: number) {
    this.terminal = new Terminal(columns, rows);
    this.columns = columns;
    this.rows = rows;
    this.terminal.write("$ raceproof fuzz\n");
  }
  write(text: string): boolean {
    this.writes++;
    this.terminal.write(text);
    return true;
  }
  on(_event: "resize", listener: () => void): void {
    this.#resized = listener;
  }
  off(): void {
    this.#resized = () => undefined;
  }
  resize(columns: number): void {
    this.terminal.resize(columns);
    this._refreshSize();
  }
  /** As Node's terminals: who asks for the size is told of a new one, as all who listen. */
  _refreshSize(): void {
    if (this.columns === this.terminal.columns) return;
    this.columns = this.terminal.columns;
    this.#resized();
  }
  get shown(): string[] {
    const lines = this.terminal.lines();
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }
}

const view: ScreenView = {
  title: "raceproof 0.1.0 bpf-oom/v2 close-vs-rmdir random seed 42",
  activeMs: 842_000,
  schedules: 8_310_000_000,
  rateNow: 9_810_000,
  rateMean: 9_870_000,
  stepRate: 553_000_000,
  findings: [{ title: "WARNING in bpf_oom_ops_unreg(): WARN_ON(READ_ONCE(*slot) != ops)", count: 12_000 }],
  known: 0,
  newMs: 120,
  coveredMs: 230_000,
  coverage: {
    looked: 64_000,
    behaviours: 136,
    unseen: 0.000_047,
    steps: { reached: 53, total: 83 },
    branches: { reached: 42, total: 94 },
  },
  workers: 2,
  memoryBytes: 241_000_000,
  ends: "after 1800s or with 3 found",
};

afterEach(() => vi.unstubAllEnvs());

function plainTerminal(): void {
  vi.stubEnv("CI", "");
  vi.stubEnv("TERM", "xterm");
}

describe("the screen", () => {
  it("says how far a campaign is, what it has seen and what ends it", () => {
    expect(screenLines(view)).toEqual([
      "raceproof 0.1.0 bpf-oom/v2 close-vs-rmdir random seed 42",
      "  active      14m02s; ends after 1800s or with 3 found",
      "  schedules   8.31G; now 9.81M/s, mean 9.87M/s, 553M steps/s",
      "  findings    1; last new 14m01s ago",
      "  behaviours  136 in 64.0k looked at; next is new: p 4.7e-5",
      "  reached     53 of 83 steps, 42 of 94 branch ways; last new 10m12s ago",
      "  workers     2; memory 241MB",
      "              nothing new for long: you may stop (Ctrl-C)",
      "   12.0k  WARNING in bpf_oom_ops_unreg(): WARN_ON(READ_ONCE(*slot) != op",
    ]);
  });

  it("tells findings of earlier sessions from new ones", () => {
    const findings = Array.from({ length: 3 }, (_, i) => ({ title: `BUG ${i}`, count: 1 }));
    expect(screenLines({ ...view, findings, known: 1 }).join("\n")).toContain("3 (2 new, 1 known); last new");
    expect(screenLines({ ...view, findings: [] }).join("\n")).toContain("findings    none yet");
  });

  it("hints that one may stop only where neither findings nor behaviours come", () => {
    const text = (newMs: number, coveredMs: number) => screenLines({ ...view, newMs, coveredMs }).join("\n");
    expect(text(120, 800_000)).not.toContain("you may stop");
    expect(text(800_000, 120)).not.toContain("you may stop");
    expect(text(120, 120)).toContain("you may stop");
  });

  it("has at most 12 lines of 72 columns, however much was found", () => {
    const title = `WARNING in a_function(): ${"x".repeat(90)}\u001b[2J\nnext`;
    const findings = Array.from({ length: 40 }, () => ({ title, count: 123_456_789 }));
    const lines = screenLines({ ...view, findings, title: "t".repeat(100), ends: "e".repeat(100) });
    expect(lines.length).toBe(12);
    expect(lines.at(-1)).toBe("          and 37 more");
    for (const line of lines) expect(line).toMatch(/^[ -~]{1,72}$/);
  });
});

describe("the status block", () => {
  it("is drawn over itself: what stood before stays, and nothing scrolls any more", () => {
    plainTerminal();
    const screen = new Screen(80, 24);
    const status = startStatus(options, screen);
    for (let ms = 300; ms < 20_000; ms += 300) status.update(progress(ms, Math.floor(ms / 4000)));
    expect(screen.terminal.scrolled).toBe(0);
    expect(screen.terminal.cursorShown).toBe(false);
    expect(screen.shown.slice(0, 2)).toEqual(["$ raceproof fuzz", "raceproof test"]);
    expect(screen.shown.filter((line) => line === "raceproof test")).toHaveLength(1);
    expect(screen.shown.join("\n")).toContain("findings    4; last new");
  });

  it("becomes shorter without leaving anything", () => {
    plainTerminal();
    const screen = new Screen(80, 24);
    const status = startStatus(options, screen);
    status.update(progress(1000, 9));
    const long = screen.shown.length;
    status.update(progress(2000, 1));
    expect(screen.shown.length).toBeLessThan(long);
    expect(screen.shown.filter((line) => line.includes("a_function"))).toHaveLength(1);
  });

  it("is erased and gives the cursor back when it is closed", () => {
    plainTerminal();
    const screen = new Screen(80, 24);
    const status = startStatus(options, screen);
    status.update(progress(300, 3));
    status.close();
    expect(screen.shown).toEqual(["$ raceproof fuzz"]);
    expect(screen.terminal.cursorShown).toBe(true);
    expect(screen.terminal.row).toBe(1);
  });

  it.each([79, 60, 40, 20, 13])(
    "survives that the terminal becomes %i columns wide, and wide again",
    (columns) => {
      plainTerminal();
      const screen = new Screen(80, 60);
      const status = startStatus(options, screen);
      status.update(progress(1000, 5));
      const [, , ...before] = screen.shown;
      screen.resize(columns);
      expect(screen.shown.filter((line) => line.startsWith("rac")).length).toBe(1);
      for (const line of screen.shown.slice(1)) expect(line.length).toBeLessThan(columns);
      status.update(progress(2000, 5));
      screen.resize(80);
      status.update(progress(3000, 5));
      expect(screen.shown[0]).toBe("$ raceproof fuzz");
      expect(screen.shown).toHaveLength(before.length + 2);
      status.close();
      expect(screen.shown).toEqual(["$ raceproof fuzz"]);
    },
  );

  it("is drawn once where a new width is heard of by asking", () => {
    plainTerminal();
    const screen = new Screen(80, 60);
    const status = startStatus(options, screen);
    status.update(progress(1000, 5));
    screen.terminal.resize(40);
    const before = screen.writes;
    status.update(progress(2000, 5));
    expect(screen.writes).toBe(before + 1);
    expect(screen.shown.filter((line) => line.startsWith("rac")).length).toBe(1);
    for (const line of screen.shown) expect(line.length).toBeLessThan(40);
  });

  it("fits a terminal of few rows", () => {
    plainTerminal();
    const screen = new Screen(80, 6);
    const status = startStatus(options, screen);
    const before = screen.terminal.scrolled;
    for (let ms = 300; ms < 9000; ms += 300) status.update(progress(ms, 5));
    expect(screen.terminal.scrolled).toBeLessThanOrEqual(before + 5);
    expect(screen.shown.filter((line) => line === "raceproof test")).toHaveLength(1);
  });

  it("is redrawn at once for a new finding and else at most four times a second", () => {
    plainTerminal();
    const screen = new Screen(80, 24);
    const status = startStatus(options, screen);
    status.update(progress(1000, 0));
    const before = screen.writes;
    status.update(progress(1100, 0));
    expect(screen.writes).toBe(before);
    status.update(progress(1110, 1));
    expect(screen.writes).toBe(before + 1);
    status.update(progress(1400, 1));
    expect(screen.writes).toBe(before + 2);
  });

  it("counts findings of one group as one", () => {
    plainTerminal();
    const { findings, ...rest } = progress(5000, 3);
    const grouped = { ...rest, findings: findings.map((f, i) => ({ ...f, group: i < 2 ? "one" : "two" })) };
    const screen = new Screen(80, 24);
    startStatus(options, screen).update(grouped);
    expect(screen.shown.join("\n")).toContain("findings    2;");
    expect(screen.shown.filter((line) => line.includes("a_function"))).toHaveLength(2);
    expect(screen.shown.at(-2)).toMatch(/^ +200 /);
  });

  it("shows the rate of the last seconds beside the mean", () => {
    plainTerminal();
    const screen = new Screen(80, 24);
    const status = startStatus(options, screen);
    for (let ms = 1000; ms <= 20_000; ms += 1000) {
      const schedules = ms <= 10_000 ? 1000 * ms : 10_000_000 + 100 * (ms - 10_000);
      status.update({ ...progress(ms, 0), schedules });
    }
    expect(screen.shown.join("\n")).toContain("11.0M; now 100k/s, mean 550k/s");
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
    expect(lines[2]).toMatch(/^\d\d:\d\d:\d\dZ run 1m01s sched 61\.0M 1\.00M\/s find 1 last 1m01s$/);
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
