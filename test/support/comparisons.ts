// A result of compare made by hand, for the tests of its reports: one finding that every model shows, one
// that the later ones cure, one that the last one introduces, one that is unclear.

import type { ComparedFinding, Comparison, ComparisonCell } from "../../src/campaign/summary.ts";

const N = 1_000_000;
const NONE: Omit<ComparisonCell, "exposed"> = {
  mark: null,
  count: 0,
  perMillion: 0,
  bound: 3 / N,
  proved: false,
  schedulesNeeded: null,
  finding: null,
};

function found(title: string, model: number, more: Partial<ComparedFinding> = {}): ComparedFinding {
  return {
    keys: [`key of ${title}`],
    title,
    file: `models/v${model}.c`,
    line: 100 + model,
    task: "close(link)",
    firstSchedule: 3 * model,
    preemptions: 1,
    steps: 28,
    token: `rp1:0000000${model % 8}:random:42:${3 * model}`,
    scheduleToken: `rp1s:0000000${model % 8}:a4b11a13.c2cb`,
    ...more,
  };
}

function shown(
  title: string,
  model: number,
  count: number,
  more: Partial<ComparedFinding> = {},
): ComparisonCell {
  const finding = found(title, model, more);
  return { ...NONE, count, perMillion: count, exposed: N, bound: null, finding };
}

const WARN = "WARNING in bpf_oom_ops_unreg(): WARN_ON(READ_ONCE(*slot) != ops)";
const REWORDED = "WARNING in bpf_oom_ops_unreg(): WARN_ON(cmpxchg(slot, ops, NULL) != ops)";
const UAF = "use-after-free in bpf_oom_memcg_offline(): bpf_struct_ops_map";
const NEW = "deadlock in bpf_struct_ops_map_link_detach_by_the_offline_hook(): mutex_lock(&update_mutex)";

export function comparison(models: readonly string[], more: Partial<Comparison> = {}): Comparison {
  const last = models.length - 1;
  const row = (title: string, group: string, cell: (model: number) => ComparisonCell) => {
    const cells = models.map((_, model) => cell(model));
    return { kind: "warn" as const, function: "f", object: "", group, title, cells };
  };
  const marked = (cell: ComparisonCell, mark: ComparisonCell["mark"]) => ({ ...cell, mark });
  const none = (mark: ComparisonCell["mark"] = null): ComparisonCell => ({ ...NONE, mark, exposed: 912_345 });
  return {
    schema: 1,
    version: "0.1.0",
    command: "compare",
    models,
    options: { strategy: "random", seed: "42", schedules: N },
    verdict: "violations",
    scenarios: [
      {
        scenario: "close-vs-rmdir",
        runs: models.map((name, i) => ({
          model: { name, scenario: "close-vs-rmdir", hash: `0000000${i % 8}`, memoryModel: "sc" },
          verdict: "violations",
          schedules: N,
          steps: 55 * N,
          endedBy: "schedules",
          notes: i === last ? ["pr_info() is ignored"] : [],
        })),
        rows: [
          row(WARN, WARN, (i) => {
            return i === 0 ? shown(WARN, i, 822_120) : marked(shown(REWORDED, i, 9_310), "kept");
          }),
          row(UAF, `${UAF} | a()`, (i) => (i === 0 ? shown(UAF, i, 128_680) : none("cured"))),
          row(UAF, `${UAF} | b()`, (i) => {
            return i === 0 ? shown(UAF, i, 3) : { ...none("unclear"), schedulesNeeded: 3_641_589 };
          }),
          row(NEW, NEW, (i) => {
            if (i === 0) return none();
            return i === last ? marked(shown(NEW, i, 4), "introduced") : none();
          }),
        ],
        notes: [],
      },
      {
        scenario: "two-attaches",
        runs: models.map((name, i) => {
          if (i === last) return null;
          return {
            model: { name, scenario: "two-attaches", hash: `1000000${i % 8}`, memoryModel: "sc" },
            verdict: "none-found",
            schedules: 12 * N,
            steps: 30 * N,
            endedBy: "interrupted",
            notes: [],
          };
        }),
        rows: [],
        notes: [],
      },
    ],
    leftOut: [{ scenario: "storm", missing: models.slice(1) }],
    interrupted: true,
    ...more,
  };
}
