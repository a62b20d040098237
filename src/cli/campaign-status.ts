// status: how campaigns in folders stand, from their rows alone, also while they run.

import { Exit, type ExitCode, RaceproofError, UsageError } from "../base/errors.ts";
import { openToRead } from "../campaign/store/folder.ts";
import { type CampaignStats, readStats } from "../campaign/store/stats.ts";
import { grouped, si } from "../report/text.ts";
import type { StatusFlags } from "./flags.ts";
import { catchInterrupts } from "./interrupt.ts";
import { printable, writeResult } from "./output.ts";
import { ago } from "./screen.ts";

const WATCH_MS = 1000;
const FOUND_SHOWN = 5;
const WIDTH = 72;

export async function runStatus(folders: readonly string[], flags: StatusFlags): Promise<ExitCode> {
  if (folders.length === 0) throw new UsageError("status needs a folder", "name one, or give --database URL");
  if (!flags.watch) {
    const shown = await readAll(folders);
    await writeResult(
      flags.json ? JSON.stringify(jsonOf(shown, folders), null, 2) : textOf(shown).join("\n"),
    );
    return shown.some((one) => "problem" in one) ? Exit.USAGE : Exit.CLEAN;
  }
  const interrupts = catchInterrupts();
  const live = !flags.json && process.stdout.isTTY === true && process.env.TERM !== "dumb";
  let drawn = 0;
  for (;;) {
    const shown = await readAll(folders);
    const lines = flags.json ? [JSON.stringify(jsonOf(shown, folders))] : textOf(shown);
    const text = live ? `${drawn > 0 ? `\x1b[${drawn}A\x1b[J` : ""}${lines.join("\n")}` : lines.join("\n");
    await writeResult(text);
    drawn = lines.length;
    const running = shown.some((one) => "stats" in one && one.stats.state === "running");
    if (!running || interrupts.signal.aborted) {
      interrupts.release();
      if (interrupts.signal.aborted) return Exit.CLEAN;
      return shown.some((one) => "problem" in one) ? Exit.USAGE : Exit.CLEAN;
    }
    await pause(WATCH_MS, interrupts.signal);
  }
}

type Shown =
  | { readonly folder: string; readonly stats: CampaignStats }
  | { readonly folder: string; readonly problem: RaceproofError };

async function readAll(folders: readonly string[]): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const folder of folders) {
    try {
      const { store, campaign, writer } = await openToRead(folder);
      try {
        shown.push({ folder, stats: await readStats(store, campaign, await writer()) });
      } finally {
        await store.close();
      }
    } catch (error) {
      if (!(error instanceof RaceproofError)) throw error;
      shown.push({ folder, problem: error });
    }
  }
  return shown;
}

function jsonOf(shown: readonly Shown[], folders: readonly string[]) {
  const campaigns = shown.map((one) => {
    return "stats" in one
      ? { folder: one.folder, ...one.stats }
      : { folder: one.folder, error: one.problem.message };
  });
  return { schema: 1, command: "status", folders, campaigns };
}

function textOf(shown: readonly Shown[]): string[] {
  const lines = shown.flatMap((one, i) => {
    const before = i === 0 ? [] : [""];
    return [...before, ...("stats" in one ? statsLines(one.folder, one.stats) : problemLines(one.problem))];
  });
  const stats = shown.flatMap((one) => ("stats" in one ? [one.stats] : []));
  if (stats.length < 2) return lines;
  const schedules = stats.reduce((sum, one) => sum + one.schedules, 0);
  const bugs = stats.reduce((sum, one) => sum + one.bugs, 0);
  const running = stats.filter(({ state }) => state === "running").length;
  const all = `${stats.length} campaigns, ${running} running`;
  return [...lines, "", `${all}: ${grouped(schedules)} schedules, findings ${bugs}`];
}

/** One campaign in a few lines of 72 columns. */
export function statsLines(folder: string, stats: CampaignStats): string[] {
  const { model, state, activeMs, schedules, bugs, quietMs } = stats;
  const rates = `${si(stats.recentSchedulesPerSecond)}/s now, ${si(stats.schedulesPerSecond)}/s mean`;
  const sessions = `${stats.sessions} session${stats.sessions === 1 ? "" : "s"}`;
  const lines = [
    `${folder}: ${model.name} ${model.scenario}, ${stateText(stats)}`,
    `  active ${ago(activeMs)} in ${sessions}${budgetText(stats)}`,
    `  ${grouped(schedules)} schedules, ${state === "running" ? rates : `${si(stats.schedulesPerSecond)}/s`}`,
    bugs === 0 ? "  no finding" : `  findings ${bugs}, the last new one ${ago(quietMs)} of active time ago`,
  ];
  const groups = new Map(stats.found.map((finding) => [finding.group, finding]));
  const first = [...groups.values()].slice(0, FOUND_SHOWN);
  for (const { count, title } of first) lines.push(`  ${si(count).padStart(6)}  ${title}`);
  if (bugs > first.length) lines.push(`          and ${bugs - first.length} more`);
  return lines.map((line) => shortened(printable(line)));
}

function stateText({ state, writer, endedBy, updated }: CampaignStats): string {
  if (state === "running") return `running (process ${writer!.pid} on ${writer!.host})`;
  if (state === "ended") return `ended: ${endedBy}`;
  return `stopped without an end, last heard of ${new Date(updated).toISOString().slice(0, 19)}Z`;
}

function budgetText({ budgets: { schedules, timeMs, untilFinding, untilPlateauMs } }: CampaignStats): string {
  const parts = [
    ...(timeMs === undefined ? [] : [ago(timeMs)]),
    ...(schedules === undefined ? [] : [`${si(schedules)} schedules`]),
    ...(untilFinding === undefined ? [] : [`${untilFinding} found`]),
    ...(untilPlateauMs === undefined ? [] : [`${ago(untilPlateauMs)} without news`]),
  ];
  return parts.length === 0 ? ", no budget" : `; ends at ${parts.join(" or ")}`;
}

function problemLines({ message, hint }: RaceproofError): string[] {
  return [message, ...(hint === undefined ? [] : [`  ${hint}`])].map(printable);
}

function shortened(line: string): string {
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 3)}...`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
