// Progress on stderr: on a terminal a block of a few lines, redrawn in place; elsewhere a line at once when a
// finding appears and one a minute. Never more than 12 lines of 72 columns, never a full screen.

import type { Progress } from "../campaign/loop.ts";
import { si } from "../report/text.ts";
import { printable } from "./output.ts";
import type { UiMode } from "./values.ts";

export interface Status {
  update(progress: Progress): void;
  /** Takes the block away; the cursor is as it was. */
  close(): void;
}

const WIDTH = 72;
const FINDINGS_SHOWN = 6;
const REDRAW_MS = 250;
const LINE_MS = 60_000;
const SATURATED_MS = 60_000;

export interface StatusOptions {
  readonly mode: UiMode;
  /** First line: what runs. */
  readonly title: string;
  /** "of 30s", "of 1,000,000 schedules": the budget, or "". */
  readonly budget: string;
}

interface Output {
  readonly isTTY?: boolean;
  readonly destroyed?: boolean;
  write(text: string): boolean;
}

export function startStatus(options: StatusOptions, output: Output = process.stderr): Status {
  const { CI, TERM } = process.env;
  if (options.mode === "none") return { update: () => undefined, close: () => undefined };
  const live = options.mode === "auto" && output.isTTY === true && !(CI ?? "") && TERM !== "dumb";
  return live ? startBlock(options, output) : startLines(options, output);
}

/** Remembers which findings were seen, and when the last new one came. */
class News {
  readonly #seen = new Set<string>();
  lastMs = 0;

  fresh(progress: Progress): Progress["findings"] {
    const fresh = bugs(progress).filter((f) => !this.#seen.has(f.group));
    for (const finding of fresh) this.#seen.add(finding.group);
    if (fresh.length > 0) this.lastMs = progress.elapsedMs;
    return fresh;
  }
}

/** One finding for each group, as the final report counts them; how often all of it was seen. */
function bugs(progress: Progress): Progress["findings"] {
  const groups = new Map<string, Progress["findings"][number]>();
  for (const finding of progress.findings) {
    const known = groups.get(finding.group);
    // One schedule may show two findings: never more than all schedules.
    const count = Math.min(progress.schedules, (known?.count ?? 0) + finding.count);
    groups.set(finding.group, { ...(known ?? finding), count });
  }
  return [...groups.values()];
}

function startLines(options: StatusOptions, output: Output): Status {
  const news = new News();
  let lineAt = LINE_MS;
  const write = (text: string) => {
    if (output.destroyed !== true) output.write(`${clock()} ${text}\n`);
  };
  write(options.title);
  return {
    update(progress) {
      for (const { title, first } of news.fresh(progress)) {
        const after = `after ${(progress.elapsedMs / 1000).toFixed(2)}s`;
        write(`finding ${after}, schedule ${first}: ${printable(title)}`);
      }
      if (progress.elapsedMs < lineAt) return;
      lineAt = progress.elapsedMs + LINE_MS;
      const rate = (progress.schedules * 1000) / progress.elapsedMs;
      const found = bugs(progress).length;
      const last = found === 0 ? "" : ` last ${ago(progress.elapsedMs - news.lastMs)}`;
      write(
        `run ${ago(progress.elapsedMs)} sched ${si(progress.schedules)} ${si(rate)}/s ` +
          `find ${found}${last}`,
      );
    },
    close() {},
  };
}

function startBlock(options: StatusOptions, output: Output): Status {
  const news = new News();
  let drawn = 0;
  let at = Number.NEGATIVE_INFINITY;
  const erase = (): string => (drawn > 0 ? `\x1b[${drawn}A\x1b[J` : "");
  const showCursor = () => output.write("\x1b[?25h");
  process.once("exit", showCursor);
  const draw = (lines: readonly string[]) => {
    const cut = lines.map((text) => [...text].slice(0, WIDTH).join(""));
    output.write(`\x1b[?25l${erase()}${cut.join("\n")}\n`);
    drawn = cut.length;
  };
  draw([options.title, "  starting"]);
  return {
    update(progress) {
      const fresh = news.fresh(progress).length > 0;
      if (!fresh && progress.elapsedMs - at < REDRAW_MS) return;
      at = progress.elapsedMs;
      draw(blockLines(options, progress, news.lastMs));
    },
    close() {
      if (output.destroyed !== true) output.write(`${erase()}\x1b[?25h`);
      drawn = 0;
      process.off("exit", showCursor);
    },
  };
}

/** The block's lines, for a given state of the campaign. */
export function blockLines(options: StatusOptions, progress: Progress, lastMs: number): string[] {
  const { elapsedMs, schedules, steps } = progress;
  const findings = bugs(progress);
  const rate = (schedules * 1000) / Math.max(1, elapsedMs);
  const quiet = elapsedMs - lastMs;
  const lines = [
    options.title,
    `  run ${[ago(elapsedMs), options.budget].join(" ").trimEnd()}   Ctrl-C ends it and reports`,
    `  ${si(schedules)} schedules   ${si(rate)}/s   ${si((steps * 1000) / Math.max(1, elapsedMs))} steps/s`,
  ];
  const hint = quiet > Math.max(SATURATED_MS, elapsedMs / 2) ? "   nothing new for long: you may stop" : "";
  lines.push(
    findings.length === 0
      ? `  no finding yet${hint}`
      : `  findings ${findings.length}   last new ${ago(quiet)} ago${hint}`,
  );
  for (const finding of findings.slice(0, FINDINGS_SHOWN)) {
    const count = si(finding.count).padStart(6);
    lines.push(`  ${count}  ${printable(finding.title)}`);
  }
  if (findings.length > FINDINGS_SHOWN) lines.push(`          and ${findings.length - FINDINGS_SHOWN} more`);
  return lines;
}

/** UTC time of day: 12:00:00Z. */
function clock(): string {
  return `${new Date().toISOString().slice(11, 19)}Z`;
}

/** "42s", "14m02s", "3h05m". */
export function ago(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}
