// What stands below a diagram: the places in the source, how the model was run, how often it happened, and
// last the command that replays it. Every line is indented by at least two, so that git keeps it in a commit
// message whatever it begins with.

import { shellQuoted } from "../base/shell.ts";
import type {
  Minimum,
  ModelName,
  ScheduleSize,
  SourcePlace,
  StrategyRate,
  Trace,
  TraceViolation,
} from "../campaign/summary.ts";
import { isMixed, ratesText } from "./strategies.ts";
import { clean, counted, GLUE, grouped, type Line, line, rateOf, shorten, wrap } from "./text.ts";
import { placeWord } from "./words.ts";

/** How often a finding was seen; absent for a replay, which knows of one run only. */
export interface Rate {
  readonly count: number;
  readonly perMillion: number;
  readonly schedules: number;
  readonly firstSchedule: number;
  readonly exactProbability?: number;
  readonly violatingSchedules?: string;
  readonly byStrategy?: readonly StrategyRate[];
}

export interface Evidence {
  readonly model: ModelName;
  readonly version: string;
  readonly trace: Trace;
  /** Token of the command that replays this trace. */
  readonly token: string;
  /** How the schedule was found: "random, seed 42"; "" where that is not known. */
  readonly drawnBy: string;
  readonly rate?: Rate;
  readonly minimum?: Minimum;
  /** Fewest steps were asked for, not fewest preemptions. */
  readonly fewestSteps?: boolean;
}

const KEY_COLUMNS = 14;

export function evidenceLines(evidence: Evidence, width: number): Line[] {
  const { model, trace } = evidence;
  const lines = trace.violations.flatMap((v) => violationLines(v, width));
  if (lines.length > 0) lines.push(line(""));
  const scenario = model.scenario === "" ? "" : `, scenario ${scenarioName(model.scenario)}`;
  lines.push(
    ...entry("model", `${clean(model.name)}${scenario}, program ${clean(model.hash)}`, width),
    ...entry("memory", "sequentially consistent (sc)", width),
    ...entry("schedule", scheduleText(trace), width),
    ...(evidence.minimum === undefined
      ? []
      : entry("minimum", minimumText(evidence.minimum, evidence.fewestSteps === true), width)),
  );
  if (evidence.rate !== undefined) lines.push(...entry("seen", rateText(evidence.rate), width));
  const rates = ratesText(evidence.rate?.byStrategy);
  if (rates !== "") lines.push(...entry("per million", rates, width));
  if (evidence.drawnBy !== "") lines.push(...entry("found by", evidence.drawnBy, width));
  lines.push(...entry("tool", `raceproof ${clean(evidence.version)}; a model, not a running kernel`, width));
  return lines;
}

/** The replay command alone, as the last thing of a report. */
export function replayLines(model: ModelName, token: string, width: number): Line[] {
  return [line("  replay:"), ...commandLines(model, token, width)];
}

/** The command in as many lines as it takes, joined by backslashes: it may not be wrapped like prose. */
export function commandLines(model: ModelName, token: string, width: number): Line[] {
  return partLines(replayParts(model, token), width);
}

/** The command that runs the same again, for what ended without a finding; flags as they were given. */
export function againLines(
  command: string,
  model: ModelName,
  flags: readonly string[],
  width: number,
): Line[] {
  const scenario = model.scenario === "" ? "" : ` --scenario ${operand(scenarioName(model.scenario))}`;
  const more = [...flags, ...(model.flags ?? []).map(clean)].map((flag) => shellQuoted(flag));
  const parts = [`raceproof ${command}`, `${operand(clean(model.name))}${scenario}`, ...more];
  return [line("  again:"), ...partLines(parts, width)];
}

function partLines(parts: readonly string[], width: number): Line[] {
  const whole = `    ${parts.join(" ")}`;
  if (whole.length <= width) return [line(whole, "strong")];
  const [command, ...rest] = parts as [string, ...string[]];
  const rows = commandRows(command, width - " \\".length);
  const first = rows.length;
  for (const part of rest) {
    const longer = `${rows.at(-1)} ${part}`;
    if (rows.length > first && longer.length + " \\".length <= width) rows[rows.length - 1] = longer;
    else rows.push(`      ${part}`);
  }
  const last = rows.length - 1;
  return rows.map((row, i) => line(first - 1 <= i && i < last ? `${row} \\` : row, "strong"));
}

/** A token longer than a line goes on in the next one: it stands in quotes, and blanks in it do not count. */
function commandRows(command: string, width: number): string[] {
  const rows = [`    ${command}`];
  while (rows.at(-1)!.length > width) {
    const row = rows.pop()!;
    rows.push(row.slice(0, width), `      ${row.slice(width)}`);
  }
  return rows;
}

/** `raceproof repro 'rp1s:...' MODEL --scenario NAME`, quoted for a shell. */
export function replayCommand(model: ModelName, token: string): string {
  return replayParts(model, token).join(" ");
}

/** Scenario names are C identifiers; people read and type `-`. */
export function scenarioName(scenario: string): string {
  return clean(scenario).replaceAll("_", "-");
}

/** The words of the command, each with what belongs on its line. */
function replayParts(model: ModelName, token: string): string[] {
  const scenario = model.scenario === "" ? "" : ` --scenario ${operand(scenarioName(model.scenario))}`;
  return [
    `raceproof repro '${clean(token).replaceAll("'", "'\\''")}'`,
    `${operand(clean(model.name))}${scenario}`,
    ...(model.flags ?? []).map((flag) => shellQuoted(clean(flag))),
  ];
}

/** A word that is no flag whatever it begins with. */
function operand(word: string): string {
  return shellQuoted(word.startsWith("-") ? `./${word}` : word);
}

function violationLines(violation: TraceViolation, width: number): Line[] {
  const related = violation.related.flatMap((r) => placeLines(clean(r.role), r.place, r.task, width));
  if (violation.kind === "deadlock" && violation.waits.length > 0) {
    // Who waits for what is the evidence; the step that happened to be last is not.
    const waits = violation.waits.flatMap((w) => wrap(clean(w), width, "  ", "      ").map((t) => line(t)));
    return related.length === 0 ? waits : [...waits, line(""), ...related];
  }
  const read = violation.read === undefined ? [] : entry("read", clean(violation.read), width);
  return [
    ...placeLines(placeWord(violation.kind), violation.place, violation.task, width),
    ...read,
    ...related,
  ];
}

/** `  freed by:   map_free()  kernel/bpf/syscall.c:880  [kworker: map_free]` */
function placeLines(role: string, place: SourcePlace, task: string, width: number): Line[] {
  if (place.file === "") return [];
  const where = `${clean(place.file)}:${place.line}`;
  const name = place.function === "" ? where : `${clean(place.function)}() ${where}`;
  return entry(
    role,
    task === "" ? name : `${name} [${shorten(clean(task), 40).replaceAll(" ", GLUE)}]`,
    width,
  );
}

/** `  key:          text`, in the columns of the evidence. */
export function entry(key: string, text: string, width: number): Line[] {
  const rest = " ".repeat(2 + KEY_COLUMNS);
  return wrap(text, width, `  ${`${key}:`.padEnd(KEY_COLUMNS)}`, rest).map((t) => line(t));
}

export function scheduleText(trace: Trace): string {
  return sizeText({ ...trace, tasks: new Set(trace.rows.map(({ task }) => task)).size });
}

export function sizeText({ preemptions, switches, steps, tasks }: ScheduleSize): string {
  return [
    counted(preemptions, "preemption"),
    counted(switches, "switch", "switches"),
    counted(steps, "step"),
    counted(tasks, "task"),
  ].join(", ");
}

export function minimumText(minimum: Minimum, steps: boolean): string {
  const fewer = steps ? "fewer steps" : "fewer preemptions";
  return minimum === "exact"
    ? `exact: no schedule shows it with ${fewer}`
    : `at most: ${fewer} are not excluded`;
}

export function rateText(rate: Rate): string {
  if (rate.schedules === 0) return exactText(rate);
  if (rate.count === 0) return `in none of ${counted(rate.schedules, "schedule")} drawn; found by exploring`;
  const share = `${grouped(rate.count)} of ${counted(rate.schedules, "schedule")}`;
  const perMillion = rateOf(rate.perMillion);
  const first = `first in schedule ${grouped(rate.firstSchedule)}`;
  const walk = isMixed(rate.byStrategy) ? " by the random walk" : "";
  const exact =
    rate.exactProbability === undefined
      ? ""
      : `; exactly ${rateOf(rate.exactProbability * 1e6)} per million${walk}`;
  return `${share} (${perMillion} per million), ${first}${exact}`;
}

/** Where every schedule was looked at instead of some of them drawn. */
function exactText({ count, exactProbability, violatingSchedules }: Rate): string {
  const steps = counted(count, "step of the state graph", "steps of the state graph");
  if (exactProbability === undefined) return `at ${steps}`;
  const chance = `exactly ${rateOf(exactProbability * 1e6)} per million schedules of a uniform random walk`;
  return violatingSchedules === undefined
    ? chance
    : `${chance}; ${large(violatingSchedules)} ${violatingSchedules === "1" ? "schedule" : "schedules"}`;
}

/** How often, in a few words: of what only exploring has seen, how often the random walk would. */
export function briefRate({ schedules, count, exactProbability }: Rate): string {
  if (schedules > 0) return counted(count, "schedule");
  return exactProbability === undefined ? "by exploring" : `${rateOf(exactProbability * 1e6)} per million`;
}

/** A decimal number of any length: in full up to 15 digits, else with its power of ten. */
export function large(digits: string): string {
  if (digits.length <= 15) return grouped(Number(digits));
  return `${digits[0]}.${digits.slice(1, 3)}e${digits.length - 1}`;
}
