// Goal: what a campaign prints at its end: the verdict first, the replay command with each finding, and for a
// clean run what it does not prove. Text from models can neither steer a terminal nor a shell.

import { execFileSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/campaign/summary.ts";
import { replayCommand } from "../../src/report/evidence.ts";
import { renderFindingMail, renderSummaryMail } from "../../src/report/mail.ts";
import { renderReproduction } from "../../src/report/reproduction.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { clean } from "../../src/report/text.ts";
import { expectGolden } from "../support/golden.ts";
import { deadlockTrace, hostileTrace, uafTrace, warnTrace } from "../support/race-traces.ts";
import { reproduction, summary } from "../support/traces.ts";

describe("the summary of a campaign", () => {
  test("with findings reads as its golden", () => {
    expectGolden("report/summary-findings.txt", renderSummary(summary([warnTrace(), deadlockTrace()])));
  });

  test("that found nothing reads as its golden", () => {
    const notes = ["pr_info() is ignored", "3 runs were dropped by assume()"];
    expectGolden("report/summary-clean.txt", renderSummary(summary([], { notes })));
  });

  test("that found nothing ends a mail with the command that runs it again", () => {
    const text = renderSummaryMail(summary([]));
    expect(text).toMatch(/^no violation found in bpf-oom\/v2, scenario close-vs-rmdir\n\nNONE FOUND: /);
    const flags = "--scenario close-vs-rmdir --strategy=portfolio --seed=42 --schedules=1000000";
    expect(text.replaceAll(/ \\\n */g, " ").split("\n  again:\n")[1]).toBe(
      `    raceproof fuzz bpf-oom/v2 ${flags}\n`,
    );
    const proved = summary([], { command: "explore", verdict: "proved", schedules: 0, states: 3 });
    const mail = renderSummaryMail(proved);
    expect(mail).toMatch(/^proved: no schedule violates in bpf-oom\/v2, scenario close-vs-rmdir\n\nPROVED: /);
    expect(mail.split("\n").at(-2)).toBe("    raceproof explore bpf-oom/v2 --scenario close-vs-rmdir");
  });

  test("begins with the verdict", () => {
    const first = (s: string): string => s.split("\n")[0]!;
    expect(first(renderSummary(summary([warnTrace()])))).toMatch(
      /^VIOLATIONS: 1 finding in 1,000,000 schedules/,
    );
    expect(first(renderSummary(summary([])))).toMatch(/^NONE FOUND: no violation in 1,000,000 schedules/);
    const proved = summary([], { verdict: "proved", schedules: 0, states: 2689092, transitions: 3463820 });
    expect(first(renderSummary(proved))).toMatch(/^PROVED: .*2,689,092 states/);
    expect(first(renderSummary(summary([], { verdict: "inconclusive" })))).toMatch(/^INCONCLUSIVE: /);
  });

  test("of a clean run names the sampler and the rule of three for its number of schedules", () => {
    const text = renderSummary(summary([], { schedules: 30000 })).replaceAll(/\s+/g, " ");
    expect(text).toContain("What this does not prove");
    expect(text).toContain("0 violations in 30,000 schedules: with 95 % confidence");
    expect(text).toContain("drawn by portfolio (seed 42) fails with p < 3/N = 1.0e-4");
    expect(text).toContain("reorderings beyond the memory model sc");
  });

  test("gives no bound from three schedules or fewer, and none where violations were found", () => {
    expect(renderSummary(summary([], { schedules: 3 }))).not.toContain("3/N");
    expect(renderSummary(summary([warnTrace()]))).not.toContain("does not prove");
  });

  test("ends each finding with the command that replays the minimised schedule", () => {
    const value = summary([uafTrace()]);
    const finding: Finding = value.findings[0]!;
    const joined = renderFindingMail(value, finding).replaceAll(/ \\\n */g, " ");
    expect(joined.trimEnd().split("\n").at(-1)!.trim()).toBe(
      `raceproof repro '${finding.scheduleToken}' bpf-oom/v2 --scenario close-vs-rmdir`,
    );
    expect(renderSummary(value).replaceAll(/ \\\n */g, " ")).toContain(
      replayCommand(value.model, finding.scheduleToken),
    );
  });

  test("shows findings of one group as one, the simplest of them, and where the others are", () => {
    const twice = summary([uafTrace(), warnTrace(), uafTrace()]);
    const [long, warn, short] = twice.findings as [Finding, Finding, Finding];
    const other = { ...long, line: 72, preemptions: long.preemptions + 1 };
    const value = { ...twice, findings: [other, warn, short] };
    const text = renderSummary(value);
    expect(text).toMatch(/^VIOLATIONS: 2 findings in/);
    const [first, second] = text.split(/^\d\. /m).slice(1) as [string, string];
    const joined = first.replaceAll(/\s+/g, " ");
    expect(joined).toContain(`seen: ${short.count} of`);
    expect(joined).toContain(
      `also at: bpf_oom_memcg_offline() bpf-oom/v2.c:72, 212 schedules, ${other.scheduleToken}`,
    );
    expect(second).not.toContain("also at");
    // Each of them can still be mailed alone.
    expect(renderFindingMail(value, other).replaceAll(/\s+/g, " ")).toContain(
      "also at: bpf_oom_memcg_offline() bpf-oom/v2.c:71, 636 schedules",
    );
  });

  test("says how likely an explored finding is at its other place", () => {
    const twice = summary([uafTrace(), uafTrace()]);
    const [short, long] = twice.findings as [Finding, Finding];
    const other = { ...long, line: 72, preemptions: long.preemptions + 1, exactProbability: 0.25 };
    const joined = (found: Finding) =>
      renderSummary({ ...twice, schedules: 0, findings: [short, found] }).replaceAll(/\s+/g, " ");
    const place = "also at: bpf_oom_memcg_offline() bpf-oom/v2.c:72";
    expect(joined(other)).toContain(`${place}, 250,000 per million, ${other.scheduleToken}`);
    const { exactProbability: _, ...unknown } = other;
    expect(joined(unknown)).toContain(`${place}, by exploring, ${other.scheduleToken}`);
  });

  test("says who was on the other side where two findings of a group are at one place", () => {
    const value = summary([uafTrace(), uafTrace()]);
    const joined = renderSummary(value).replaceAll(/\s+/g, " ");
    const place = "bpf_oom_memcg_offline() bpf-oom/v2.c:71";
    expect(joined).toContain(`also at: ${place} (freed by bpf_map_free_deferred() lib/bpf_link.c:28), `);
  });

  test("repeats in the command the flags that no token carries, each a word of the shell", () => {
    const model = {
      ...summary([]).model,
      flags: ["--define=A=1", "--include=my headers", "--max-steps=500"],
    };
    expect(replayCommand(model, "rp1s:0:a")).toBe(
      "raceproof repro 'rp1s:0:a' bpf-oom/v2 --scenario close-vs-rmdir " +
        "--define=A=1 '--include=my headers' --max-steps=500",
    );
    const value = { ...summary([uafTrace()]), model };
    const text = renderSummary(value);
    expect(text.replaceAll(/ \\\n */g, " ")).toContain(
      replayCommand(model, value.findings[0]!.scheduleToken),
    );
    for (const row of text.split("\n").filter((r) => /--(define|include|max-steps)=/.test(r)))
      expect(row.length).toBeLessThanOrEqual(72);
  });

  test("says of an interrupted run that it was interrupted, of others that a limit ended them", () => {
    const text = (endedBy: string) => renderSummary(summary([], { verdict: "inconclusive", endedBy }));
    expect(text("interrupted")).toMatch(/^INCONCLUSIVE: interrupted after /);
    expect(text("interrupted")).not.toContain("limit");
    expect(text("time")).toMatch(/^INCONCLUSIVE: a limit ended the run after /);
  });

  test("says the same without its colours", () => {
    const value = summary([warnTrace(), hostileTrace()]);
    const colored = renderSummary(value, { color: true });
    expect(colored).toContain("\u001b[");
    expect(stripVTControlCharacters(colored)).toBe(renderSummary(value));
  });

  test("uses a wider terminal and stays within 72 columns on a narrow one", () => {
    const widest = (width: number): number =>
      Math.max(
        ...renderSummary(summary([uafTrace()]), { width })
          .split("\n")
          .map((l) => l.length),
      );
    expect(widest(40)).toBeLessThanOrEqual(72);
    expect(widest(100)).toBeGreaterThan(72);
    expect(widest(100)).toBeLessThanOrEqual(100);
  });
});

describe("a replay", () => {
  test("that diverged names the step, what was expected and what was found", () => {
    const divergence = {
      step: 12,
      expected: "task b (rmdir) to step",
      found: "it is blocked on cgroup_mutex",
    };
    const text = renderReproduction(reproduction(warnTrace(), { verdict: "DIVERGED", divergence }));
    expect(text.split("\n").slice(0, 2).join(" ").replaceAll(/ +/g, " ")).toBe(
      "DIVERGED at step 12: expected task b (rmdir) to step, found it is blocked on cgroup_mutex",
    );
  });

  test("that shows nothing says so", () => {
    const quiet = { ...warnTrace(), violations: [], rows: warnTrace().rows.slice(0, 3), steps: 3 };
    const text = renderReproduction(reproduction(quiet));
    expect(text).toContain("NOT REPRODUCED: no violation in the whole schedule (3 steps)");
  });

  test("of a seed token says how the schedule was drawn", () => {
    const text = renderReproduction(reproduction(warnTrace(), { token: "rp1:7c1e4b20:pct:3:42:4711" }));
    expect(text).toContain("found by:     pct:3, seed 42, schedule 4711");
  });
});

describe("text from models", () => {
  test("is shown as printable ASCII in every format", () => {
    const value = summary([hostileTrace()], { notes: ["\u001b[2J\u202e"] });
    const all = [
      renderSummary(value),
      renderFindingMail(value, value.findings[0]!),
      renderReproduction(reproduction(hostileTrace()), { format: "steps" }),
      renderReproduction(reproduction(hostileTrace()), { format: "text" }),
    ];
    for (const text of all) expect(text).toMatch(/^[\n -~]*$/);
    expect(clean("\u001b[31m\u202e \u2192 \u{1f4a9}\t\n x")).toBe("\\x1b[31m\\u202e -> \\u{1f4a9} x");
  });

  test("reaches a shell only as one word of the replay command", () => {
    const model = { ...summary([]).model, name: "-it's $(x) `y`.c", scenario: "a;b" };
    const words = replayCommand(model, "rp1s:'$(id)'").replace(/^raceproof repro/, "printf '%s\\n'");
    const out = execFileSync("sh", ["-c", words], { encoding: "utf8" });
    expect(out).toBe("rp1s:'$(id)'\n./-it's $(x) `y`.c\n--scenario\na;b\n");
  });
});
