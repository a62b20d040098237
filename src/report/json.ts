// The JSON of the command line. Keys come in the order of the schemas under docs/schema/, whatever order the
// values were built in; keys that a newer campaign adds follow in alphabetical order. Only ASCII is written,
// so that neither a terminal nor an editor can be fooled by text from a model; parsing gives it back.

import type {
  Check,
  Comparison,
  Finding,
  Gate,
  ProtectionSite,
  Reproduction,
  Summary,
} from "../campaign/summary.ts";

export interface JsonOptions {
  /** Give each finding's trace too (large). */
  readonly trace?: boolean;
}

const SUMMARY_KEYS = [
  "schema",
  "version",
  "command",
  "model",
  "options",
  "verdict",
  "notProved",
  "schedules",
  "steps",
  "states",
  "transitions",
  "reduction",
  "estimatedStates",
  "depth",
  "distinctSchedules",
  "meanSteps",
  "collisionProbability",
  "elapsedMs",
  "schedulesPerSecond",
  "stepsPerSecond",
  "endedBy",
  "strategies",
  "findings",
  "coverage",
  "protections",
  "notes",
];
const COVERAGE_KEYS = [
  "schedules",
  "samplers",
  "behaviours",
  "finalStates",
  "states",
  "steps",
  "branches",
  "unreached",
  "sinceNewMs",
];
const FINDING_KEYS = [
  "key",
  "kind",
  "title",
  "group",
  "object",
  "function",
  "file",
  "line",
  "task",
  "count",
  "perMillion",
  "firstSchedule",
  "byStrategy",
  "preemptions",
  "steps",
  "token",
  "scheduleToken",
  "drawn",
  "minimum",
  "exactProbability",
  "violatingSchedules",
  "necessity",
  "trace",
];
const MODEL_KEYS = ["name", "scenario", "hash", "memoryModel", "flags"];
const REPRODUCTION_KEYS = [
  "schema",
  "version",
  "command",
  "model",
  "token",
  "verdict",
  "divergence",
  "trace",
  "necessity",
  "notes",
];
const TRACE_KEYS = ["tasks", "rows", "violations", "preemptions", "switches", "steps"];
const CHECK_KEYS = [
  "schema",
  "version",
  "command",
  "model",
  "options",
  "verdict",
  "elapsedMs",
  "scenarios",
  "notRun",
  "interrupted",
];
const GATE_KEYS = [
  "schema",
  "version",
  "command",
  "file",
  "options",
  "verdict",
  "elapsedMs",
  "replays",
  "scenarios",
  "interrupted",
];
const REPLAY_KEYS = ["line", "token", "model", "known", "verdict", "reason", "violations"];
const COMPARISON_KEYS = [
  "schema",
  "version",
  "command",
  "models",
  "options",
  "verdict",
  "scenarios",
  "leftOut",
  "interrupted",
];
const RUN_KEYS = ["model", "verdict", "schedules", "steps", "endedBy", "notes"];
const ROW_KEYS = ["kind", "function", "object", "group", "title", "cells"];
const CELL_KEYS = ["mark", "count", "perMillion", "exposed", "bound", "proved", "schedulesNeeded", "finding"];
const COMPARED_FINDING_KEYS = ["keys", ...FINDING_KEYS];

export function renderJson(summary: Summary, options: JsonOptions = {}): string {
  return write(summaryValue(summary, options));
}

export function renderCheckJson(check: Check, options: JsonOptions = {}): string {
  const scenarios = check.scenarios.map((one) => summaryValue(one, options));
  return write(ordered({ ...check, options: ordered(check.options, []), scenarios }, CHECK_KEYS));
}

export function renderGateJson(gate: Gate): string {
  const replays = gate.replays.map(({ trace, ...rest }) => {
    const violations = (trace?.violations ?? []).map(({ key, kind, title }) => ({ key, kind, title }));
    return ordered({ ...rest, model: ordered(rest.model, MODEL_KEYS), violations }, REPLAY_KEYS);
  });
  const scenarios = gate.scenarios.map((one) => summaryValue(one, {}));
  return write(ordered({ ...gate, options: ordered(gate.options, []), replays, scenarios }, GATE_KEYS));
}

function summaryValue(summary: Summary, options: JsonOptions): object {
  const findings = summary.findings.map((f) => findingValue(f, options.trace === true));
  const model = ordered(summary.model, MODEL_KEYS);
  const protections = summary.protections?.map((site) => protectionValue(site, options.trace === true));
  const more = {
    ...(protections === undefined ? {} : { protections }),
    ...(summary.coverage === undefined ? {} : { coverage: ordered(summary.coverage, COVERAGE_KEYS) }),
  };
  return ordered(
    { ...summary, model, options: ordered(summary.options, []), findings, ...more },
    SUMMARY_KEYS,
  );
}

function protectionValue(site: ProtectionSite, withTrace: boolean): object {
  if (site.loss === null) return site;
  const { trace, ...rest } = site.loss;
  return { ...site, loss: withTrace ? { ...rest, trace: ordered(trace, TRACE_KEYS) } : rest };
}

export function renderReproductionJson(r: Reproduction): string {
  const model = ordered(r.model, MODEL_KEYS);
  return write(ordered({ ...r, model, trace: ordered(r.trace, TRACE_KEYS) }, REPRODUCTION_KEYS));
}

export function renderComparisonJson(c: Comparison): string {
  const scenarios = c.scenarios.map((one) => ({
    scenario: one.scenario,
    runs: one.runs.map((run) => {
      return run === null ? null : ordered({ ...run, model: ordered(run.model, MODEL_KEYS) }, RUN_KEYS);
    }),
    rows: one.rows.map((row) => {
      const cells = row.cells.map((cell) => {
        const finding = cell.finding === null ? null : ordered(cell.finding, COMPARED_FINDING_KEYS);
        return ordered({ ...cell, finding }, CELL_KEYS);
      });
      return ordered({ ...row, cells }, ROW_KEYS);
    }),
    notes: one.notes,
  }));
  return write(ordered({ ...c, options: ordered(c.options, []), scenarios }, COMPARISON_KEYS));
}

function findingValue(finding: Finding, withTrace: boolean): object {
  const { trace, ...rest } = finding;
  return ordered(withTrace ? { ...rest, trace: ordered(trace, TRACE_KEYS) } : rest, FINDING_KEYS);
}

/** The same value with the known keys first, in their order, and the others sorted behind them. */
function ordered(value: object, keys: readonly string[]): Record<string, unknown> {
  const entries = new Map<string, unknown>(Object.entries(value));
  const out: Record<string, unknown> = {};
  for (const key of keys) if (entries.has(key)) out[key] = entries.get(key);
  for (const key of [...entries.keys()].sort()) if (!keys.includes(key)) out[key] = entries.get(key);
  return out;
}

export function write(value: object): string {
  const text = JSON.stringify(value, null, 2);
  const ascii = text.replaceAll(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${ascii}\n`;
}
