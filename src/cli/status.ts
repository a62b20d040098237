// Progress on stderr: on a terminal the screen of screen.ts, redrawn in place; elsewhere a line at once when
// a finding appears and one a minute. Never a full screen: what stood before stays where it was.
//
// A block is drawn over the last one: up as many rows as that took, each line with the rest of its row
// cleared, then what is left below. A terminal that becomes narrower than its lines breaks them anew, as all
// that keep their text do: the rows that the last block takes are counted for the width of the moment.

import { saturationOf } from "../campaign/coverage.ts";
import type { Progress } from "../campaign/loop.ts";
import { type Reached, reachedOf } from "../campaign/reached.ts";
import type { Program } from "../model/program.ts";
import { clean, si } from "../report/text.ts";
import { ago, LINES_MAX, type ScreenCoverage, type ScreenView, screenLines, WIDTH } from "./screen.ts";
import type { UiMode } from "./values.ts";

export interface Status {
  update(progress: Progress): void;
  /** Takes the block away; the cursor is as it was. */
  close(): void;
}

const REDRAW_MS = 250;
const LINE_MS = 60_000;
/** The rate "now" is that of about this long. */
const NOW_MS = 3000;

export interface StatusOptions {
  readonly mode: UiMode;
  /** First line: what runs. */
  readonly title: string;
  /** "after 30s", "after 1.00M schedules": what ends the run, or "". */
  readonly budget: string;
  /** Whose steps are reached; absent: that is not said. */
  readonly program?: Program;
}

interface Output {
  readonly isTTY?: boolean;
  readonly destroyed?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Of Node's terminals: asks for the size now, where a signal that tells of it may be under way. */
  _refreshSize?(): void;
  write(text: string): boolean;
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

export function startStatus(options: StatusOptions, output: Output = process.stderr): Status {
  const { CI, TERM } = process.env;
  if (options.mode === "none") return { update: () => undefined, close: () => undefined };
  const live = options.mode === "auto" && output.isTTY === true && !(CI ?? "") && TERM !== "dumb";
  return live ? startBlock(options, output) : startLines(options, output);
}

// ---------------------------------------------------------------- from progress to a view

/** Makes views of a campaign, one after the other. */
class Viewer {
  readonly #options: StatusOptions;
  readonly #seen = new Set<string>();
  /** Schedules at times of this session, the last few seconds. */
  #past: { readonly ms: number; readonly schedules: number }[] = [{ ms: 0, schedules: 0 }];
  #marks = "";
  #reached: Reached | null = null;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  /** Findings that were not there the last time. */
  fresh(progress: Progress): Progress["findings"] {
    const fresh = bugs(progress).filter((f) => !this.#seen.has(f.group));
    for (const finding of fresh) this.#seen.add(finding.group);
    return fresh;
  }

  view(progress: Progress): ScreenView {
    const { elapsedMs, activeMs, schedules, schedulesBefore, steps, workers, newMs, coveredMs } = progress;
    const ran = schedules - schedulesBefore;
    return {
      title: this.#options.title,
      activeMs,
      schedules,
      rateNow: this.#rateNow(elapsedMs, ran),
      rateMean: (schedules * 1000) / Math.max(1, activeMs),
      stepRate: (steps * 1000) / Math.max(1, activeMs),
      findings: bugs(progress),
      known: progress.findingsBefore,
      newMs,
      coveredMs,
      coverage: this.#coverage(progress),
      workers,
      memoryBytes: process.memoryUsage.rss(),
      ends: this.#options.budget,
    };
  }

  #rateNow(ms: number, schedules: number): number {
    this.#past.push({ ms, schedules });
    const old = this.#past.findLastIndex((each) => each.ms <= ms - NOW_MS);
    if (old > 0) this.#past = this.#past.slice(old);
    const [first] = this.#past;
    return ((schedules - first!.schedules) * 1000) / Math.max(1, ms - first!.ms);
  }

  #coverage({ tally }: Progress): ScreenCoverage | null {
    const saturation = saturationOf(tally);
    const { program } = this.#options;
    if (saturation === null || saturation.schedules === 0 || program === undefined) return null;
    const { marks } = tally.coverage!;
    if (this.#reached === null || marks !== this.#marks) {
      this.#reached = reachedOf(program, marks, tally.findings);
    }
    this.#marks = marks;
    const { steps, branches } = this.#reached;
    const { schedules, distinct, unseen } = saturation;
    return { looked: schedules, behaviours: distinct, unseen, steps, branches };
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

// ---------------------------------------------------------------- lines

function startLines(options: StatusOptions, output: Output): Status {
  const viewer = new Viewer(options);
  let lineAt = LINE_MS;
  const write = (text: string) => {
    if (output.destroyed !== true) output.write(`${clock()} ${text}\n`);
  };
  write(options.title);
  return {
    update(progress) {
      for (const { title, first } of viewer.fresh(progress)) {
        const after = `after ${(progress.elapsedMs / 1000).toFixed(2)}s`;
        write(`finding ${after}, schedule ${first}: ${clean(title)}`);
      }
      if (progress.elapsedMs < lineAt) return;
      lineAt = progress.elapsedMs + LINE_MS;
      write(minuteLine(viewer.view(progress)));
    },
    close() {},
  };
}

/** "run 1m01s sched 61.0M 1.00M/s find 1 last 1m00s behaviours 136 unseen 0.012 reached 53/83". */
function minuteLine({ activeMs, schedules, rateMean, findings, newMs, coverage }: ScreenView): string {
  const parts = [`run ${ago(activeMs)} sched ${si(schedules)} ${si(rateMean)}/s find ${findings.length}`];
  if (findings.length > 0) parts.push(`last ${ago(activeMs - newMs)}`);
  if (coverage !== null) {
    const { behaviours, unseen, steps } = coverage;
    parts.push(`behaviours ${si(behaviours)}`);
    if (unseen !== null) parts.push(`unseen ${Number(unseen.toPrecision(2))}`);
    parts.push(`reached ${steps.reached}/${steps.total}`);
  }
  return parts.join(" ");
}

/** UTC time of day: 12:00:00Z. */
function clock(): string {
  return `${new Date().toISOString().slice(11, 19)}Z`;
}

// ---------------------------------------------------------------- the block

const HIDE = "\x1b[?25l";
const SHOW = "\x1b[?25h";
const REST_OF_ROW = "\x1b[K";
const REST_OF_SCREEN = "\x1b[J";

function startBlock(options: StatusOptions, output: Output): Status {
  const viewer = new Viewer(options);
  const block = new Block(output);
  let at = Number.NEGATIVE_INFINITY;
  let lines = [clean(options.title), "  starting"];
  let drawing = false;
  const redraw = () => {
    // Asking for the size tells of a new one. To draw then, too, would be to draw twice, the second time for
    // a width that may have changed since it was asked for.
    if (drawing) return;
    drawing = true;
    block.draw(lines);
    drawing = false;
  };
  const restore = () => output.write(SHOW);
  // Whatever ends the process: a signal that is caught, an exception.
  process.once("exit", restore);
  output.on?.("resize", redraw);
  redraw();
  return {
    update(progress) {
      const fresh = viewer.fresh(progress).length > 0;
      if (!fresh && progress.elapsedMs - at < REDRAW_MS) return;
      at = progress.elapsedMs;
      lines = screenLines(viewer.view(progress));
      redraw();
    },
    close() {
      block.erase();
      output.off?.("resize", redraw);
      process.off("exit", restore);
    },
  };
}

/** Lines that are drawn over each other. */
class Block {
  readonly #output: Output;
  /** Columns of each line that stands there. */
  #drawn: number[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  draw(lines: readonly string[]): void {
    if (this.#output.destroyed === true) return;
    this.#output._refreshSize?.();
    const { columns = WIDTH + 1, rows = LINES_MAX + 1 } = this.#output;
    // The last column stays free: a row that is full breaks on some terminals. The last row is the cursor's.
    const room = Math.max(1, Math.min(WIDTH, columns - 1));
    const cut = lines.slice(0, Math.max(1, rows - 1)).map((text) => text.slice(0, room).trimEnd());
    const body = cut.map((text) => `${text}${REST_OF_ROW}\n`).join("");
    this.#output.write(`${HIDE}${this.#up()}${body}${REST_OF_SCREEN}`);
    this.#drawn = cut.map((text) => text.length);
  }

  erase(): void {
    this.#output._refreshSize?.();
    if (this.#output.destroyed !== true) this.#output.write(`${this.#up()}${REST_OF_SCREEN}${SHOW}`);
    this.#drawn = [];
  }

  /** To where the block begins, at the width that the terminal has now. */
  #up(): string {
    const { columns = WIDTH + 1 } = this.#output;
    const rows = this.#drawn.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / columns)), 0);
    return rows === 0 ? "" : `\x1b[${rows}A\r`;
  }
}
