// SARIF 2.1.0 (OASIS), as code hosts show it beside the source: a rule a kind of violation, a result a
// finding, a thread flow a task, with the order of their steps. The fingerprint is what tells findings apart,
// without line numbers, so that it stays when a line is put above. Nothing in it depends on the clock.

import type { Trace, ViolationKind } from "../campaign/summary.ts";
import { type Cases, distinctProblems } from "./cases.ts";
import { effectOf } from "./events.ts";
import { write } from "./json.ts";
import { clean } from "./text.ts";
import { labelsOf } from "./trace.ts";
import { KIND_TEXTS } from "./words.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/** Code hosts refuse more. */
const RESULTS_MAX = 5000;
const STEPS_MAX = 1000;

export function renderSarif(report: Cases): string {
  return write(sarifLog(report));
}

export function sarifLog(report: Cases) {
  const all = distinctProblems(report);
  const found = all.slice(0, RESULTS_MAX);
  const kinds = [...new Set(found.map(({ problem }) => problem.kind))].sort();
  return {
    $schema: SCHEMA,
    version: "2.1.0" as const,
    runs: [
      {
        tool: {
          driver: {
            name: "raceproof",
            semanticVersion: report.version,
            rules: kinds.map(ruleOf),
          },
        },
        automationDetails: { id: `raceproof/${report.command}/` },
        columnKind: "utf16CodeUnits" as const,
        invocations: [invocationOf(report, all.length - found.length)],
        results: found.map((one) => resultOf(one, kinds)),
      },
    ],
  };
}

function ruleOf(kind: ViolationKind) {
  return {
    id: kind,
    shortDescription: { text: KIND_TEXTS[kind] },
    help: { text: "The steps and the command that replays them stand in the message." },
    defaultConfiguration: { level: "error" as const },
    properties: { tags: ["concurrency"], precision: "high" },
  };
}

/** What was not finished is no result, and must not look like none was found. */
function invocationOf({ cases, verdict, headline }: Cases, left: number) {
  const notifications = cases
    .filter(({ outcome }) => outcome === "unfinished" || outcome === "stale")
    .map(({ suite, name, said }) => `${suite} ${name}: ${said}`);
  if (left > 0) notifications.push(`and ${left} more results, which are left out`);
  return {
    executionSuccessful: verdict !== "inconclusive",
    toolExecutionNotifications: [
      { level: "note" as const, message: { text: clean(headline) } },
      ...notifications.map((text) => ({ level: "warning" as const, message: { text: clean(text) } })),
    ],
  };
}

/** What the first model may have, but was not run for long enough to show, is new all the same. */
const BASELINES = { kept: "unchanged", introduced: "new", unclear: "new", cured: "absent" } as const;

function resultOf(
  { problem, by }: ReturnType<typeof distinctProblems>[number],
  kinds: readonly ViolationKind[],
) {
  const { kind, title, file, line, function: name, known, mark, seen, detail, trace } = problem;
  const where = by.map((one) => `${one.suite} ${one.name}`).join(", ");
  const baseline = mark === null ? {} : { baselineState: BASELINES[mark] };
  return {
    ruleId: kind,
    ruleIndex: kinds.indexOf(kind),
    level: known ? ("note" as const) : ("error" as const),
    ...baseline,
    message: { text: `${title}\n${clean(where)}; ${clean(seen)}\n\n${detail}` },
    locations: locationsOf({ file, line, function: name }),
    partialFingerprints: { "raceproofFinding/v1": fingerprint(kind, title, name, file) },
    ...(known ? { suppressions: [{ kind: "external" as const, justification: "known race" }] } : {}),
    ...(trace === null || trace.rows.length === 0 ? {} : { codeFlows: [codeFlow(trace)] }),
  };
}

function fingerprint(kind: string, title: string, name: string, file: string): string {
  return [kind, title, name, file].map(clean).join("|");
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly function: string;
}

/** A violation at the end of a run may have no place. */
function locationsOf(place: Place) {
  if (place.file === "") return [];
  return [locationOf(place)];
}

function locationOf({ file, line, column, function: name }: Place) {
  const region = { startLine: Math.max(1, line), ...(column === undefined ? {} : { startColumn: column }) };
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(file) }, region },
    ...(name === "" ? {} : { logicalLocations: [{ name: clean(name), kind: "function" }] }),
  };
}

/** One thread flow a task; executionOrder tells how their steps alternate. */
function codeFlow(trace: Trace) {
  const rows = trace.rows.slice(0, STEPS_MAX);
  const labels = labelsOf(trace);
  const acting = [...new Set(rows.map(({ task }) => task))].sort((a, b) => a - b);
  const threadFlows = acting.map((task) => ({
    id: `${trace.tasks[task]?.slot ?? task}`,
    message: { text: labels[task] ?? "(task)" },
    locations: rows
      .filter((row) => row.task === task)
      .map((row) => ({
        executionOrder: row.step,
        importance: row.violations.length > 0 ? ("essential" as const) : ("important" as const),
        location: {
          ...(row.place.file === ""
            ? {}
            : locationOf({ ...row.place, column: Math.max(1, row.place.column) })),
          message: { text: clean(`${row.text} ${effectOf(row)}`) || "(a step)" },
        },
      })),
  }));
  return { message: { text: `${rows.length} of ${trace.rows.length} steps` }, threadFlows };
}

/** A relative reference, each part of the path percent-encoded. */
function uriOf(file: string): string {
  const parts = file
    .replaceAll(/[\ud800-\udfff]/gu, "?")
    .split("/")
    .map(encodeURIComponent);
  const path = parts.join("/").replaceAll("%40", "@");
  return path.startsWith("//") ? `file://${path.slice(1)}` : path.startsWith("/") ? `file://${path}` : path;
}
