// demo: what `npm start` runs. The review question of the bundled model: checked, as a reviewer would, and
// fuzzed for ten seconds on all cores. It succeeds if the two findings that the question is about were found.

import { Exit, type ExitCode } from "../base/errors.ts";
import { MODEL_DEFAULT } from "../base/models.ts";
import type { Summary, ViolationKind } from "../campaign/summary.ts";
import { renderCheck } from "../report/check.ts";
import { renderJson } from "../report/json.ts";
import { renderCounts } from "../report/summary.ts";
import { checkModel } from "./check.ts";
import { type DemoFlags, type FuzzFlags, TIME_DEFAULT } from "./flags.ts";
import { fuzz, planFuzz } from "./fuzz.ts";
import { columns, wantsColor, writeError, writeResult } from "./output.ts";
import { loadModel } from "./session.ts";

const SCENARIO = "close-vs-rmdir";
/** bpf_oom_ops_unreg() against bpf_oom_memcg_offline(): a WARN, and a use of the freed ops. */
const EXPECTED: readonly ViolationKind[] = ["warn", "use-after-free"];

/** Of the check: the scenario takes a fraction of this. */
const CHECK_FLAGS = { time: TIME_DEFAULT, maxMemory: "1G", why: false } as const;

export async function runDemo(flags: DemoFlags): Promise<ExitCode> {
  const all: FuzzFlags = {
    ...flags,
    scenario: SCENARIO,
    strategy: "random",
    engine: "auto",
    define: [],
    include: [],
    stub: [],
    strict: false,
    traces: false,
  };
  const plan = planFuzz(all);
  const text = { color: wantsColor(), width: columns() };
  if (!flags.json) {
    const { check, code } = await checkModel(MODEL_DEFAULT, { ...all, ...CHECK_FLAGS });
    await writeResult(renderCheck(check, text));
    if (code === Exit.SIGINT || code === Exit.SIGTERM) return code;
  }
  const { summary, code } = await fuzz(await loadModel(MODEL_DEFAULT, all), plan, "demo");
  await writeResult(flags.json ? renderJson(summary) : `\n${renderCounts(summary, text)}`);
  if (code === Exit.SIGINT || code === Exit.SIGTERM) return code;
  const missing = missingKinds(summary);
  if (missing.length > 0) writeError(`raceproof: the demo did not find: ${missing.join(", ")}`);
  return missing.length === 0 ? Exit.CLEAN : Exit.FINDING;
}

function missingKinds(summary: Summary): ViolationKind[] {
  return EXPECTED.filter((kind) => !summary.findings.some((finding) => finding.kind === kind));
}
