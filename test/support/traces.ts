// Traces made by hand, for the tests of the reports: a few lines of text each.
//
//   trace({ tasks: ["close(link)", "rmdir"], rows: [...] })
//
// A row is `step("close(link)", "bpf_link_close > bpf_oom_ops_unreg", "v2.c:87", "READ_ONCE(*slot)", "")`:
// the functions on the way to the statement, outermost first.

import type {
  RelatedPlace,
  Reproduction,
  SourcePlace,
  Summary,
  Trace,
  TraceRow,
  TraceTask,
  TraceViolation,
  ViolationKind,
} from "../../src/campaign/summary.ts";

export interface RowSpec {
  readonly task: string;
  readonly path: string;
  readonly at: string;
  readonly text: string;
  readonly effect: string;
  readonly choices: readonly number[];
  readonly violation: TraceViolation | undefined;
}

export function step(task: string, path: string, at: string, text: string, effect = ""): RowSpec {
  return { task, path, at, text, effect, choices: [], violation: undefined };
}

export function chosen(row: RowSpec, ...choices: number[]): RowSpec {
  return { ...row, choices };
}

export function wrong(row: RowSpec, violation: TraceViolation): RowSpec {
  return { ...row, violation };
}

export function place(at: string, fn: string, text = ""): SourcePlace {
  const colon = at.lastIndexOf(":");
  return {
    file: at.slice(0, colon),
    line: Number(at.slice(colon + 1)),
    column: 2,
    function: fn,
    text,
  };
}

export function violation(
  kind: ViolationKind,
  title: string,
  where: { task: string; place: SourcePlace; object?: string },
  related: readonly RelatedPlace[] = [],
  waits: readonly string[] = [],
): TraceViolation {
  const { task, object = "" } = where;
  return { key: `${kind}|${title}`, kind, title, task, place: where.place, object, related, waits };
}

export function trace(spec: {
  readonly tasks: readonly string[];
  readonly rows: readonly RowSpec[];
  /** Violations that no step carries. */
  readonly violations?: readonly TraceViolation[];
}): Trace {
  const tasks = spec.tasks.map(taskOf);
  const found = spec.rows.flatMap((r) => (r.violation === undefined ? [] : [r.violation]));
  const rows = spec.rows.map((r, i): TraceRow => {
    const functions = r.path.split(" > ");
    const inner = functions.at(-1)!;
    return {
      step: i + 1,
      task: spec.tasks.indexOf(r.task),
      text: r.text,
      effect: r.effect,
      place: place(r.at, inner, r.text),
      callers: callersOf(functions, tasks[spec.tasks.indexOf(r.task)]!),
      choices: r.choices,
      violations: r.violation === undefined ? [] : [found.indexOf(r.violation)],
    };
  });
  const switches = rows.filter((r, i) => i > 0 && rows[i - 1]!.task !== r.task).length;
  return {
    tasks,
    rows,
    violations: [...found, ...(spec.violations ?? [])],
    preemptions: Math.min(1, switches),
    switches,
    steps: rows.length,
  };
}

function taskOf(label: string, slot: number): TraceTask {
  const kind = label.startsWith("kworker") ? "kworker" : label.startsWith("rcu") ? "callback" : "thread";
  return { slot, label, kind };
}

/** One call site a function: line 900 + its depth of the function that calls it. */
function callersOf(functions: readonly string[], task: TraceTask): SourcePlace[] {
  const outer = task.kind === "thread" ? ["scenario", ...functions] : functions;
  return outer
    .slice(0, -1)
    .map((fn, i) => place(`model.c:${900 + i}`, fn, `${outer[i + 1]}(...)`))
    .reverse();
}

export function reproduction(of: Trace, more: Partial<Reproduction> = {}): Reproduction {
  return {
    schema: 1,
    version: "0.1.0",
    command: "repro",
    model: { name: "bpf-oom/v2", scenario: "close_vs_rmdir", hash: "7c1e4b20", memoryModel: "sc" },
    token: "rp1s:7c1e4b20:4a9b5a3c7d2b1x",
    verdict: of.violations.length > 0 ? "REPRODUCED" : "NOT REPRODUCED",
    divergence: null,
    trace: of,
    notes: [],
    ...more,
  };
}

export function summary(traces: readonly Trace[], more: Partial<Summary> = {}): Summary {
  return {
    schema: 1,
    version: "0.1.0",
    command: "fuzz",
    model: { name: "bpf-oom/v2", scenario: "close_vs_rmdir", hash: "7c1e4b20", memoryModel: "sc" },
    options: { strategy: "portfolio", seed: "42", jobs: 2, schedules: 1000000, time: null },
    verdict: traces.length > 0 ? "violations" : "none-found",
    schedules: 1000000,
    steps: 41234567,
    elapsedMs: 912.4,
    schedulesPerSecond: 1096010,
    stepsPerSecond: 45193519,
    findings: traces.map((t, i) => {
      const v = t.violations[0]!;
      return {
        key: v.key,
        kind: v.kind,
        title: v.title,
        object: "",
        group: v.title,
        function: v.place.function,
        file: v.place.file,
        line: v.place.line,
        task: v.task,
        count: 212 * (i + 1),
        perMillion: 212 * (i + 1),
        firstSchedule: 4711 + i,
        preemptions: t.preemptions,
        steps: t.steps,
        token: `rp1:7c1e4b20:portfolio:42:${4711 + i}`,
        scheduleToken: "rp1s:7c1e4b20:4a9b5a3c7d2b1x",
        trace: t,
      };
    }),
    endedBy: "schedules",
    notes: [],
    ...more,
  };
}
