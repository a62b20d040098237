// demo: what `npm start` runs. The review question of the bundled model, for ten seconds on all cores; it
// succeeds if the two findings that the question is about were found.

import type { Command } from "commander";
import { Exit, type ExitCode } from "../base/errors.ts";
import { MODEL_DEFAULT } from "../base/models.ts";
import type { Summary, ViolationKind } from "../campaign/summary.ts";
import { renderJson } from "../report/json.ts";
import { renderSummary } from "../report/summary.ts";
import { type FuzzFlags, fuzz, planFuzz } from "./fuzz.ts";
import { columns, wantsColor, writeError, writeResult } from "./output.ts";
import { loadModel } from "./session.ts";

const DEMO_TIME = "10s";
const SCENARIO = "close-vs-rmdir";
/** bpf_oom_ops_unreg() against bpf_oom_memcg_offline(): a WARN, and a use of the freed ops. */
const EXPECTED: readonly ViolationKind[] = ["warn", "use-after-free"];

interface DemoFlags {
  readonly time: string;
  readonly seed?: string;
  readonly jobs?: string;
  readonly ui: string;
  readonly json: boolean;
}

export function addDemo(program: Command, done: (code: ExitCode) => void): void {
  program
    .command("demo")
    .summary("the bundled question, answered in ten seconds")
    .description(
      `Runs ${MODEL_DEFAULT}, scenario ${SCENARIO}: can bpf_oom_ops_unreg() race with bpf_oom_memcg_offline()?`,
    )
    .option("--time <time>", "wall time", DEMO_TIME)
    .option("--seed <number>", "64 bits, decimal or 0x... (default: drawn, and printed)")
    .option("-j, --jobs <n>", "worker threads (default: all cores)")
    .option("--ui <mode>", "progress: auto, plain or none", "auto")
    .option("--json", "print the result as JSON", false)
    .addHelpText(
      "after",
      `
Example:
  raceproof demo --time 3s

Exit codes: 0 if both expected findings (a warn and a use-after-free) were found, else 1.`,
    )
    .action(async (flags: DemoFlags) => {
      const all: FuzzFlags = {
        ...flags,
        scenario: SCENARIO,
        strategy: "random",
        define: [],
        include: [],
        stub: [],
        strict: false,
        traces: false,
      };
      const plan = planFuzz(all);
      const { summary, code } = await fuzz(await loadModel(MODEL_DEFAULT, all), plan, "demo");
      await writeResult(
        flags.json ? renderJson(summary) : renderSummary(summary, { color: wantsColor(), width: columns() }),
      );
      const missing = missingKinds(summary);
      if (missing.length > 0) writeError(`raceproof: the demo did not find: ${missing.join(", ")}`);
      const interrupted = code === Exit.SIGINT || code === Exit.SIGTERM;
      done(interrupted ? code : missing.length === 0 ? Exit.CLEAN : Exit.FINDING);
    });
}

function missingKinds(summary: Summary): ViolationKind[] {
  return EXPECTED.filter((kind) => !summary.findings.some((finding) => finding.kind === kind));
}
