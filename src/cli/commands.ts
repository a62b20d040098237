// The command tree: a file of commands/ for each command's flags and help. What a command does is imported
// when it is called for, so that --help starts fast.

import { Command } from "commander";
import { version } from "../base/paths.ts";
import { addBench } from "./commands/bench.ts";
import { addCheck } from "./commands/check.ts";
import { addCi } from "./commands/ci.ts";
import { addCompare } from "./commands/compare.ts";
import { addCompletion, addMan } from "./commands/completion.ts";
import { addDemo } from "./commands/demo.ts";
import type { Done } from "./commands/done.ts";
import { addExplore } from "./commands/explore.ts";
import { addFuzz } from "./commands/fuzz.ts";
import { addImport } from "./commands/import.ts";
import { addList } from "./commands/list.ts";
import { addMinimize } from "./commands/minimize.ts";
import { addReport } from "./commands/report.ts";
import { addRepro } from "./commands/repro.ts";
import { addResume } from "./commands/resume.ts";
import { addServe } from "./commands/serve.ts";
import { addShow } from "./commands/show.ts";
import { addStatus } from "./commands/status.ts";
import { addWorker } from "./commands/worker.ts";
import { formatHelp } from "./help.ts";

export function commandTree(done: Done): Command {
  const program = new Command("raceproof")
    .description('Answers "can these two kernel functions race?" by running random schedules of a C model.')
    .version(version, "-V, --version")
    .showSuggestionAfterError(true)
    .configureHelp({ formatHelp });
  addCheck(program, done);
  addFuzz(program, done);
  addExplore(program, done);
  addResume(program, done);
  addStatus(program, done);
  addCompare(program, done);
  addRepro(program, done);
  addMinimize(program, done);
  addCi(program, done);
  addReport(program, done);
  addServe(program, done);
  addShow(program, done);
  addList(program, done);
  addDemo(program, done);
  addCompletion(program, done);
  addMan(program, done);
  addBench(program, done);
  addWorker(program, done);
  addImport(program, done);
  return program;
}
