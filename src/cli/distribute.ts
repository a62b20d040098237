// fuzz --database: a campaign that any number of workers share. It is planned here; this process works on
// it too, unless it is told only to plan, and reports what all of them have found. resume --database is the
// same for a campaign that is there already.

import { type ExitCode, UsageError } from "../base/errors.ts";
import { tallyUntil, wholeTally } from "../campaign/gather.ts";
import type { Campaign } from "../campaign/loop.ts";
import { sharesOf } from "../campaign/shares.ts";
import { budgetsInAll } from "../campaign/store/budgets.ts";
import { type DispatchEnd, readAttempts } from "../campaign/store/dispatch.ts";
import { specHash } from "../campaign/store/spec.ts";
import type { Session, StoredCampaign } from "../campaign/store/store.ts";
import type { Summary } from "../campaign/summary.ts";
import type { WorkCounts } from "../campaign/worker.ts";
import type { Program } from "../model/program.ts";
import { parseBudgets } from "./budgets.ts";
import { type CampaignPool, mustBeOurBuild, startCampaignPool } from "./campaign-pool.ts";
import { makeCampaign, planOf, specHere } from "./campaign-spec.ts";
import { type CampaignDatabase, findCampaign, inDatabase, storedProgram } from "./database.ts";
import { type ResumeFlags, RUN_FORMATS } from "./flags.ts";
import { parseOutput, type RunOutput, renderSummaryAs } from "./formats.ts";
import { exitCodeOf, explained, type FuzzPlan, fuzzedSummary } from "./fuzz.ts";
import { catchInterrupts, type Interrupts } from "./interrupt.ts";
import { replayedNotes } from "./lanes.ts";
import { writeError, writeResult } from "./output.ts";
import { tellPlan } from "./plan-only.ts";
import { type CompiledModel, loadEngine } from "./session.ts";
import { parseJobs, parseUi } from "./values.ts";
import { watchShared } from "./watch-shared.ts";
import { serveCampaign } from "./worker.ts";

export async function fuzzDistributed(
  url: string,
  { program }: CompiledModel,
  plan: FuzzPlan,
  output: RunOutput,
): Promise<ExitCode> {
  checkBudgets(plan.rules);
  return inDatabase(url, async (open) => {
    const campaign = (await sameThere(open, program, plan)) ?? (await makeThere(open, program, plan));
    await open.dispatcher.open(campaign, plan.rules);
    const stored = { ...campaign, budgets: plan.rules };
    if (plan.flags.planOnly) return tellPlan(open.store.place, stored, program, plan.flags);
    const draw = { ...plan.draw, seed: BigInt(campaign.spec.seed) };
    return workAndReport(open, stored, { ...plan, draw }, output);
  });
}

export async function resumeDistributed(url: string, flags: ResumeFlags): Promise<ExitCode> {
  const output = parseOutput(flags, RUN_FORMATS);
  const further = parseBudgets(flags);
  const [workers, ui] = [parseJobs(flags.jobs), parseUi(flags.ui)];
  return inDatabase(url, async (open) => {
    const campaign = await findCampaign(open.store, flags.campaign);
    mustBeOurBuild(campaign.id, campaign.spec, campaign.version);
    const given = Object.values(further).some((budget) => budget !== undefined);
    const budgets = given ? await budgetsInAll(open.store, campaign, further) : campaign.budgets;
    checkBudgets(budgets);
    await open.dispatcher.open(campaign, budgets);
    const plan = planOf(campaign.spec, budgets, { workers, ui, flags });
    return workAndReport(open, { ...campaign, budgets }, plan, output);
  });
}

/** Time is not the campaign's: what came of it would depend on how many worked. */
function checkBudgets({ schedules, timeMs, untilFinding, untilPlateauMs }: FuzzPlan["rules"]): void {
  if (timeMs !== undefined || untilPlateauMs !== undefined) {
    throw new UsageError(
      "a campaign in a database has no budget of time: its result would depend on how many workers there are",
      "give --schedules or --until-finding here, and --time to each raceproof worker",
    );
  }
  if (schedules === undefined && untilFinding === undefined) {
    throw new UsageError(
      "a campaign in a database needs an end",
      "give --schedules, --until-finding, or both",
    );
  }
}

/** With a seed that is given, the campaign may be there: then it goes on. */
async function sameThere(
  { store }: CampaignDatabase,
  program: Program,
  plan: FuzzPlan,
): Promise<StoredCampaign | null> {
  if (plan.flags.seed === undefined) return null;
  const campaigns = await store.campaigns();
  return campaigns.find(({ spec, hash }) => specHash(specHere(spec, program, plan)) === hash) ?? null;
}

async function makeThere(
  { store }: CampaignDatabase,
  program: Program,
  plan: FuzzPlan,
): Promise<StoredCampaign> {
  return makeCampaign(store, await loadEngine(), program, plan);
}

async function workAndReport(
  open: CampaignDatabase,
  campaign: StoredCampaign,
  plan: FuzzPlan,
  output: RunOutput,
): Promise<ExitCode> {
  const program = await storedProgram(open.store, campaign);
  const interrupts = catchInterrupts();
  const pool = await startCampaignPool(campaign.spec, program, plan.workers);
  try {
    const end = await workHere(open, campaign, plan, { program, pool, interrupts });
    const ran = await ranSoFar(open, campaign, program, pool, end);
    const engine = await pool.engineFor(ran.tally);
    const explanation = await explained(engine, program, plan, ran, interrupts);
    const notes = [...(await sharedNotes(open, campaign)), ...replayedNotes(ran.tally.findings)];
    const strategies = sharesOf(program, engine, ran.tally, plan.draw.stepsMax);
    const outcome = { campaign: ran, ...explanation, strategies, notes };
    const summary = fuzzedSummary({ program }, plan, outcome, "fuzz");
    const { crashed } = await open.store.totals(campaign.id);
    // Schedules of a shard that was given up were never run: that is no pass.
    const short = crashed > 0 && summary.verdict === "none-found";
    const honest: Summary = short ? { ...summary, verdict: "inconclusive" } : summary;
    await writeResult(renderSummaryAs(honest, output));
    interrupts.release();
    return interrupts.exitCode() ?? exitCodeOf(honest.verdict);
  } finally {
    await pool.destroy();
  }
}

interface Means {
  readonly program: Program;
  readonly pool: CampaignPool;
  readonly interrupts: Interrupts;
}

async function workHere(
  open: CampaignDatabase,
  campaign: StoredCampaign,
  plan: FuzzPlan,
  { program, pool, interrupts }: Means,
): Promise<DispatchEnd | null> {
  const { signal } = interrupts;
  const counts: WorkCounts = { recorded: 0, known: 0, crashed: 0, schedules: 0 };
  const screen = watchShared(open, campaign, program, plan);
  // The screen says it all.
  const say = (): void => undefined;
  try {
    const shift = { open, signal, threads: plan.workers, counts, say, onChange: () => screen.update() };
    const end = await serveCampaign(shift, campaign, program, pool);
    await screen.update(true);
    return end;
  } finally {
    screen.close();
    if (signal.aborted) {
      const where = `--database ${open.store.place} --campaign ${campaign.id}`;
      writeError(`raceproof: what is recorded stays; to go on: raceproof resume ${where}`);
    }
  }
}

/** What counts of what is recorded. */
async function ranSoFar(
  { store }: CampaignDatabase,
  campaign: StoredCampaign,
  program: Program,
  pool: CampaignPool,
  end: DispatchEnd | null,
): Promise<Campaign> {
  const elapsedMs = worked(await store.sessions(campaign.id));
  const { untilFinding } = campaign.budgets;
  if (end === "until-finding" && untilFinding !== undefined) {
    const tally = await tallyUntil(store, campaign, program, untilFinding, (job) => pool.run(job));
    return { tally, endedBy: "until-finding", elapsedMs };
  }
  const endedBy = end === "schedules" ? "schedules" : "interrupted";
  return { tally: await wholeTally(store, campaign.id), endedBy, elapsedMs };
}

/** How long at least one of them was at work, milliseconds. */
function worked(sessions: readonly Session[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { started, last } of [...sessions].sort((a, b) => a.started - b.started)) {
    total += Math.max(0, last - Math.max(started, until));
    until = Math.max(until, last);
  }
  return total;
}

/** What was run more often than once, and what was given up. */
async function sharedNotes({ database, store }: CampaignDatabase, { id }: StoredCampaign): Promise<string[]> {
  const { shards, lost, late } = await readAttempts(database, id);
  const { crashed } = await store.totals(id);
  const notes: string[] = [];
  if (shards > 0) {
    const times = `${lost} runs were lost, ${late} came late with an equal result`;
    notes.push(
      `${counted(shards, "shard was", "shards were")} run more often than once (${times}): each counts once`,
    );
  }
  if (crashed > 0) {
    const what = counted(crashed, "shard", "shards");
    notes.push(`${what} killed every worker that ran it, and is not counted: its schedules say nothing`);
  }
  return notes;
}

function counted(n: number, one: string, more: string): string {
  return `${n} ${n === 1 ? one : more}`;
}
