// fuzz --out and resume: a campaign that is kept in a folder. A session goes on where the rows in it end, and
// what is reported is the whole campaign, earlier sessions included.

import { hostname } from "node:os";
import { join } from "node:path";
import { type ExitCode, UsageError } from "../base/errors.ts";
import { version } from "../base/paths.ts";
import { shellQuoted } from "../base/shell.ts";
import { groupFindings } from "../campaign/keys.ts";
import type { Campaign } from "../campaign/loop.ts";
import { sharesOf } from "../campaign/shares.ts";
import { budgetsInAll, changeBudgets } from "../campaign/store/budgets.ts";
import { openToWrite, type WrittenFolder } from "../campaign/store/folder.ts";
import { machineFingerprint } from "../campaign/store/machine.ts";
import { Recorder } from "../campaign/store/recorder.ts";
import { damaged } from "../campaign/store/sql-store.ts";
import type { StoredCampaign } from "../campaign/store/store.ts";
import type { EngineModule } from "../engine/engine.ts";
import { LanesEngine } from "../engine/lanes.ts";
import type { Program } from "../model/program.ts";
import { parseBudgets } from "./budgets.ts";
import { CampaignFiles } from "./campaign-files.ts";
import { makeCampaign, planOf, sameCampaign } from "./campaign-spec.ts";
import { EventsFile } from "./events.ts";
import { type ResumeFlags, RUN_FORMATS } from "./flags.ts";
import { parseOutput, type RunOutput, renderSummaryAs } from "./formats.ts";
import {
  exitCodeOf,
  explained,
  type FuzzPlan,
  fuzzedSummary,
  resolvedOptions,
  runPool,
  titleText,
} from "./fuzz.ts";
import { catchInterrupts, type Interrupts } from "./interrupt.ts";
import { drawnByLanes, type Lanes, lanesFor, replayedNotes } from "./lanes.ts";
import { writeError, writeResult } from "./output.ts";
import { type CompiledModel, loadEngine, startEngine } from "./session.ts";
import { parseJobs, parseUi } from "./values.ts";

/** Everything that a session needs to know. */
interface Session {
  readonly opened: WrittenFolder;
  readonly campaign: StoredCampaign;
  readonly program: Program;
  /** With the budgets of the whole campaign. */
  readonly plan: FuzzPlan;
  readonly plateauAnew: boolean;
  readonly output: RunOutput;
}

/** fuzz --out: makes the campaign, or goes on with it where the folder holds the same. */
export async function fuzzInto(
  folder: string,
  { program }: CompiledModel,
  plan: FuzzPlan,
  output: RunOutput,
): Promise<ExitCode> {
  const module = await loadEngine();
  const opened = await openToWrite(folder, { create: true });
  return closing(opened, async () => {
    const campaign = opened.campaign ?? (await makeCampaign(opened.store, module, program, plan));
    const own = sameCampaign(folder, campaign, program, plan);
    const given = Object.values(plan.rules).some((budget) => budget !== undefined);
    const budgets = given ? plan.rules : campaign.budgets;
    await changeBudgets(opened.store, campaign, budgets);
    const stored = await storedProgram(opened, campaign);
    if (own.flags.planOnly) {
      const { tellPlan } = await import("./plan-only.ts");
      const spec = own.flags.spec ?? join(folder, "plan.json");
      return tellPlan(folder, { ...campaign, budgets }, stored, { ...own.flags, spec });
    }
    const session = { opened, campaign, program: stored, plan: { ...own, rules: budgets } };
    return runSession(module, { ...session, plateauAnew: false, output });
  });
}

export async function runResume(folder: string | undefined, flags: ResumeFlags): Promise<ExitCode> {
  const output = parseOutput(flags, RUN_FORMATS);
  if (flags.database !== undefined) {
    if (folder !== undefined) throw new UsageError("resume takes a folder or --database", "give one of them");
    return (await import("./distribute.ts")).resumeDistributed(flags.database, flags);
  }
  if (folder === undefined) throw new UsageError("resume needs a folder", "name one, or give --database URL");
  if (flags.campaign !== undefined) {
    throw new UsageError("--campaign is of a database", "leave it out: a folder has one campaign");
  }
  const further = parseBudgets(flags);
  const workers = parseJobs(flags.jobs);
  const ui = parseUi(flags.ui);
  const module = await loadEngine();
  const opened = await openToWrite(folder, { create: false });
  return closing(opened, async () => {
    const { campaign, store } = opened;
    if (campaign === null) {
      throw new UsageError(`${folder} has no campaign yet`, "raceproof fuzz --out makes one");
    }
    const { spec } = campaign;
    const machine = machineFingerprint();
    if (spec.machine !== machine) {
      throw new UsageError(
        `${folder} was made by another build of the engines (${spec.machine}, this is ${machine})`,
        "go on with that raceproof, or start anew in another folder: the two must not be mixed",
      );
    }
    const given = Object.values(further).some((budget) => budget !== undefined);
    const budgets = given ? await budgetsInAll(store, campaign, further) : campaign.budgets;
    await changeBudgets(store, campaign, budgets);
    const plan = planOf(spec, budgets, { workers, ui, flags });
    const program = await storedProgram(opened, campaign);
    const plateauAnew = further.untilPlateauMs !== undefined;
    return runSession(module, { opened, campaign, program, plan, plateauAnew, output });
  });
}

async function closing(opened: WrittenFolder, work: () => Promise<ExitCode>): Promise<ExitCode> {
  if (opened.stale !== null) writeError(`raceproof: ${opened.stale}`);
  try {
    return await work();
  } finally {
    await opened.close();
  }
}

async function storedProgram({ store, folder }: WrittenFolder, campaign: StoredCampaign): Promise<Program> {
  const program = await store.program(campaign);
  if (program === null) throw damaged(folder, "the campaign's program does not fit its hash");
  return program;
}

async function runSession(module: EngineModule, session: Session): Promise<ExitCode> {
  const { opened, campaign, program, plan } = session;
  const interrupts = catchInterrupts();
  const again = `to go on: raceproof resume ${shellQuoted(opened.folder)}`;
  interrupts.farewell = `raceproof: saved up to the last second; ${again}`;
  const engine = startEngine(module, program);
  const files = new CampaignFiles({ opened, campaign, program, plan, engine });
  const events = plan.flags.events === undefined ? null : new EventsFile(plan.flags.events);
  const recorder = await Recorder.begin({
    store: opened.store,
    campaign,
    program,
    schedules: plan.rules.schedules,
    worker: `${hostname()}:${process.pid}`,
    version,
    plateauAnew: session.plateauAnew,
    onCheckpoint: (checkpoint) => files.checkpoint(checkpoint),
  });
  const lanes = lanesFor(program, plan.engine, plan.draw, lanesRules(plan, recorder));
  files.lanes = lanes.code;
  try {
    await files.begin(recorder.session);
    const { tally } = recorder.before;
    const keys = groupFindings(program, tally).map(({ key }) => key);
    events?.start({
      model: campaign.spec.model,
      options: resolvedOptions(plan),
      campaign: campaign.id,
      session: recorder.session,
      schedules: tally.schedules,
      keys,
    });
    const ran = await runRecorded(module, session, recorder, { interrupts, lanes, events });
    sayHowToGoOn(opened.folder, ran, interrupts, plan);
    if (lanes.code !== null && drawnByLanes(ran.tally.findings)) {
      engine.attachLanes(new LanesEngine(await lanes.code));
    }
    const explanation = await explained(engine, program, plan, ran, interrupts);
    const said = await lanes.notes(ran.tally.schedules);
    const notes = [...said, ...replayedNotes(ran.tally.findings)];
    const strategies = sharesOf(program, engine, ran.tally, plan.draw.stepsMax);
    const outcome = { campaign: ran, strategies, ...explanation, notes };
    const summary = fuzzedSummary({ program }, plan, outcome, "fuzz");
    files.finish(summary);
    events?.end(summary);
    await writeResult(renderSummaryAs(summary, session.output));
    interrupts.release();
    return interrupts.exitCode() ?? exitCodeOf(summary.verdict);
  } finally {
    recorder.abandon();
    lanes.stop();
    files.close();
    events?.close();
  }
}

/** A smaller budget than before may need no lanes, but for what they have found already. */
function lanesRules({ rules }: FuzzPlan, { before }: Recorder): FuzzPlan["rules"] {
  return drawnByLanes(before.tally.findings) ? {} : rules;
}

interface Surroundings {
  readonly interrupts: Interrupts;
  readonly lanes: Lanes;
  readonly events: EventsFile | null;
}

/** Everything is on disk when this returns. */
async function runRecorded(
  module: EngineModule,
  { campaign, program, plan }: Session,
  journal: Recorder,
  { interrupts, lanes, events }: Surroundings,
): Promise<Campaign> {
  const { timeMs } = plan.rules;
  const left = timeMs === undefined ? undefined : timeMs - journal.before.activeMs;
  const kept = {
    journal,
    rules: { ...plan.rules, timeMs: left },
    watch: events?.progress.bind(events),
  };
  const ran = { ...plan, engine: campaign.spec.engine };
  const title = titleText({ program }, plan);
  const result = await runPool(module, program, ran, interrupts, title, lanes, kept);
  await journal.end(result.endedBy, result.elapsedMs);
  return result;
}

/** Once everything is on disk, and before anything else takes time. */
function sayHowToGoOn(folder: string, { endedBy }: Campaign, interrupts: Interrupts, { ui }: FuzzPlan): void {
  if (interrupts.exitCode() !== null) {
    writeError(`raceproof: saved; to go on: raceproof resume ${shellQuoted(folder)}`);
    interrupts.farewell = "";
  } else if (ui !== "none" && endedBy !== "until-finding") {
    writeError(`raceproof: saved; for more: raceproof resume ${shellQuoted(folder)} --time 10m`);
  }
}
