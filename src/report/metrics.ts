// A campaign's numbers in the text format of Prometheus (version 0.0.4): one family after the other, each
// with what it means and its type.

/** What is measured; durations in milliseconds. */
export interface Measured {
  readonly campaign: string;
  readonly model: { readonly name: string; readonly scenario: string; readonly hash: string };
  readonly state: string;
  readonly schedules: number;
  readonly steps: number;
  readonly dropped: number;
  readonly shards: number;
  readonly crashed: number;
  readonly findings: number;
  readonly bugs: number;
  readonly activeMs: number;
  readonly quietMs: number;
  readonly recentSchedulesPerSecond: number;
  readonly rssBytes: number;
  readonly found: readonly { readonly id: string; readonly kind: string; readonly count: number }[];
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function renderMetrics(measured: Measured): string {
  const { campaign, model, state, found } = measured;
  const own = { campaign, model: model.name, scenario: model.scenario };
  const seconds = (ms: number): number => ms / 1000;
  const families: readonly (readonly [string, "counter" | "gauge", string, number])[] = [
    ["schedules_total", "counter", "Schedules run.", measured.schedules],
    ["steps_total", "counter", "Steps of these schedules.", measured.steps],
    ["dropped_total", "counter", "Runs that an assume() dropped.", measured.dropped],
    ["shards_total", "counter", "Shards whose result is recorded.", measured.shards],
    ["crashed_shards_total", "counter", "Shards that could not be run.", measured.crashed],
    ["findings", "gauge", "Different findings, by dedupe key.", measured.findings],
    ["bugs", "gauge", "Findings that a reader takes for different bugs.", measured.bugs],
    [
      "active_seconds_total",
      "counter",
      "Time that the campaign has run, all sessions together.",
      seconds(measured.activeMs),
    ],
    ["quiet_seconds", "gauge", "Active time since the last new finding.", seconds(measured.quietMs)],
    [
      "schedules_per_second",
      "gauge",
      "Rate of about the last ten seconds.",
      measured.recentSchedulesPerSecond,
    ],
    ["resident_memory_bytes", "gauge", "Memory of the process that runs it.", measured.rssBytes],
    ["running", "gauge", "1 while a process runs it.", state === "running" ? 1 : 0],
  ];
  const lines = families.flatMap(([name, type, help, value]) => family(name, type, help, [[own, value]]));
  if (found.length > 0) {
    const samples = found.map(({ id, kind, count }) => [{ ...own, finding: id, kind }, count] as const);
    const help = "Schedules that showed a finding, of those found first.";
    lines.push(...family("finding_schedules_total", "counter", help, samples));
  }
  return `${lines.join("\n")}\n`;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function family(name: string, type: string, help: string, samples: readonly Sample[]): string[] {
  const full = `raceproof_${name}`;
  const rows = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${labelValue(text)}"`);
    return `${full}{${pairs.join(",")}} ${value}`;
  });
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...rows];
}

function labelValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
