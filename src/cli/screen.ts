// What the screen says of a campaign that runs, or of one that a folder holds: at most LINES_MAX lines of
// WIDTH columns, a pure function of values. How they get onto a terminal is status.ts's business.

import type { StopRules } from "../campaign/loop.ts";
import type { CoverageShare } from "../campaign/summary.ts";
import { clean, grouped, si } from "../report/text.ts";

export const WIDTH = 72;
export const LINES_MAX = 12;
const FINDINGS_SHOWN = 4;
const SATURATED_MS = 60_000;

export interface ScreenFinding {
  readonly title: string;
  readonly count: number;
}

/** Times are active time, milliseconds. */
export interface ScreenView {
  /** First line: what runs. */
  readonly title: string;
  readonly activeMs: number;
  readonly schedules: number;
  /** Per second: of late, and all in all; schedules, then steps. */
  readonly rateNow: number;
  readonly rateMean: number;
  readonly stepRate: number;
  /** One for each that a report would show. */
  readonly findings: readonly ScreenFinding[];
  /** Of them, those of earlier sessions. */
  readonly known: number;
  /** When the last finding came, and when a schedule that was looked at showed anything new. */
  readonly newMs: number;
  readonly coveredMs: number;
  readonly coverage: ScreenCoverage | null;
  readonly workers: number;
  readonly memoryBytes: number;
  /** "after 30s", "after 1.00M schedules": what ends the run, or "". */
  readonly ends: string;
}

export interface ScreenCoverage {
  /** Schedules that were looked at, and the behaviours that they showed. */
  readonly looked: number;
  readonly behaviours: number;
  /** Good-Turing, or null where nothing was looked at. */
  readonly unseen: number | null;
  readonly steps: CoverageShare;
  readonly branches: CoverageShare;
}

export function screenLines(view: ScreenView): string[] {
  const { activeMs, findings, known, newMs, coverage } = view;
  const rates = `now ${si(view.rateNow)}/s, mean ${si(view.rateMean)}/s, ${si(view.stepRate)} steps/s`;
  const lines = [
    clean(view.title),
    row("active", `${ago(activeMs)}${view.ends === "" ? "" : `; ends ${view.ends}`}`),
    row("schedules", `${si(view.schedules)}; ${rates}`),
    row("findings", findingsText(findings.length, known, activeMs - newMs)),
  ];
  if (coverage !== null) {
    lines.push(row("behaviours", behavioursText(coverage)));
    lines.push(row("reached", `${reachedText(coverage)}; last new ${ago(activeMs - view.coveredMs)} ago`));
  }
  lines.push(row("workers", `${view.workers}; memory ${si(view.memoryBytes)}B`));
  const quiet = activeMs - Math.max(newMs, view.coveredMs);
  const stop = quiet > Math.max(SATURATED_MS, activeMs / 2);
  lines.push(row("", stop ? "nothing new for long: you may stop (Ctrl-C)" : "Ctrl-C ends it and reports"));
  const shown = findings.length > FINDINGS_SHOWN ? FINDINGS_SHOWN - 1 : findings.length;
  for (const { title, count } of findings.slice(0, shown)) {
    lines.push(`  ${si(count).padStart(6)}  ${clean(title)}`);
  }
  if (shown < findings.length) lines.push(`          and ${findings.length - shown} more`);
  return lines.map((text) => [...text].slice(0, WIDTH).join(""));
}

/** "after 30s or with 3 found": what ends a run. */
export function endsText(rules: StopRules): string {
  const { timeMs, schedules, untilFinding, untilPlateauMs } = rules;
  return [
    ...(timeMs === undefined ? [] : [`after ${timeMs / 1000}s`]),
    ...(schedules === undefined ? [] : [`after ${si(schedules)} schedules`]),
    ...(untilFinding === undefined ? [] : [`with ${untilFinding} found`]),
    ...(untilPlateauMs === undefined ? [] : [`after ${untilPlateauMs / 1000}s without news`]),
  ].join(" or ");
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(11)} ${text}`;
}

function findingsText(found: number, known: number, quietMs: number): string {
  if (found === 0) return "none yet";
  const parts = known === 0 ? "" : ` (${found - known} new, ${known} known)`;
  return `${found}${parts}; last new ${ago(quietMs)} ago`;
}

function behavioursText({ looked, behaviours, unseen }: ScreenCoverage): string {
  const next = unseen === null ? "" : `; next is new: p ${probability(unseen)}`;
  return `${si(behaviours)} in ${si(looked)} looked at${next}`;
}

function reachedText({ steps, branches }: Pick<ScreenCoverage, "steps" | "branches">): string {
  const share = ({ reached, total }: CoverageShare) => `${grouped(reached)} of ${grouped(total)}`;
  return `${share(steps)} steps, ${share(branches)} branch ways`;
}

/** Two digits: "0.012", "1.0e-5"; 0 is what no schedule showed. */
function probability(p: number): string {
  if (p === 0) return "about 0";
  return p < 0.001 ? p.toExponential(1) : String(Number(p.toPrecision(2)));
}

/** "42s", "14m02s", "3h05m". */
export function ago(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}
