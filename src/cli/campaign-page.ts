// The page of a campaign in a folder: its numbers and findings from the store, read while it runs or later.
// Each finding that the page has room for is replayed, so that it can be stepped through.

import { version } from "../base/paths.ts";
import { coverageOf } from "../campaign/coverage.ts";
import type { EndedBy } from "../campaign/loop.ts";
import { modelName } from "../campaign/repro.ts";
import { ratesOf, sharesOf } from "../campaign/shares.ts";
import { openToRead, type ReadFolder } from "../campaign/store/folder.ts";
import { damaged } from "../campaign/store/sql-store.ts";
import { type CampaignStats, readStats } from "../campaign/store/stats.ts";
import type { StoredCampaign, StoredFinding } from "../campaign/store/store.ts";
import type { Finding, Summary, Verdict } from "../campaign/summary.ts";
import type { RawTally } from "../engine/engine.ts";
import type { Program } from "../model/program.ts";
import type { ListedFinding, Page } from "../report/html/page.ts";
import { emptyTally, mergeTallies } from "../work/tally.ts";
import { type CampaignSources, campaignSources } from "./campaign-sources.ts";
import { verdictOf } from "./fuzz.ts";
import { runNotes } from "./notes.ts";
import { loadEngine, startEngine } from "./session.ts";
import { keptTokens, Tellers } from "./tell.ts";

/** Findings that are told in full, each another bug, and those that are listed besides. */
const TOLD_MAX = 24;
const LISTED_MAX = 2000;
/** Findings times shards: what is read of tallies for one page. */
const ROWS_MAX = 100_000;
const TALLIES_LEFT_OUT =
  "who drew the schedules, what they covered, how often each strategy showed a finding, and whether runs " +
  "hit a limit is left out: with so many findings in so many shards it would take too long to add up";

export async function campaignPage(folder: string): Promise<Page> {
  const opened = await openToRead(folder);
  try {
    return await new CampaignPage(await pageSubject(opened)).page(opened);
  } finally {
    await opened.store.close();
  }
}

/** What a campaign's page is about, and stays while it runs. */
interface Subject {
  readonly folder: string;
  readonly campaign: StoredCampaign;
  readonly program: Program;
  readonly sources: CampaignSources;
}

export async function pageSubject({ folder, store, campaign }: ReadFolder): Promise<Subject> {
  const program = await store.program(campaign);
  if (program === null) throw damaged(folder, "the campaign's program does not fit its hash");
  return { folder, campaign, program, sources: await campaignSources(campaign.spec, program) };
}

/** A class because what was told once need not be told again when the campaign has gone on. */
export class CampaignPage {
  readonly #subject: Subject;
  readonly #tellers: Tellers;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.#tellers = new Tellers(subject);
  }

  page(opened: ReadFolder): Promise<Page> {
    return pageOf(opened, this.#subject, this.#tellers);
  }
}

async function pageOf(
  { folder, store, writer }: ReadFolder,
  { campaign, program, sources }: Subject,
  tellers: Tellers,
): Promise<Page> {
  const { id, spec } = campaign;
  const stats = await readStats(store, campaign, await writer());
  const found = await store.findings(id, TOLD_MAX + LISTED_MAX);
  const { first, rest } = byBug(found);
  const notes: string[] = [];
  const findings: Finding[] = [];
  for (const stored of first) {
    const finding = await tellers.tell(store, stored, stats.schedules);
    if (typeof finding === "string") notes.push(finding);
    else findings.push(finding);
  }
  const told = new Set(findings.map(({ key }) => key));
  const listed = [...first.filter(({ key }) => !told.has(key)), ...rest];
  const summary = await summaryOf(
    { stats, findings, program, notes: [...notes, ...sources.notes] },
    store,
    id,
  );
  return {
    version,
    summaries: [{ ...summary, model: { ...modelName(program), ...spec.model } }],
    listed: listed.map((each) => listedOf(folder, each, summary)),
    bugs: stats.bugs,
    // A campaign that runs may have found more since its totals were read.
    unlisted: Math.max(0, stats.findings - found.length),
    sources: sources.texts,
  };
}

/** Of each bug the finding that was seen first, in that order. */
function byBug(found: readonly StoredFinding[]): { first: StoredFinding[]; rest: StoredFinding[] } {
  const groups = new Set<string>();
  const first: StoredFinding[] = [];
  const rest: StoredFinding[] = [];
  for (const finding of found) {
    const fresh = !groups.has(finding.group) && first.length < TOLD_MAX;
    groups.add(finding.group);
    (fresh ? first : rest).push(finding);
  }
  return { first, rest };
}

interface Parts {
  readonly stats: CampaignStats;
  readonly findings: readonly Finding[];
  readonly program: Program;
  readonly notes: readonly string[];
}

async function summaryOf(
  { stats, findings, program, notes }: Parts,
  store: ReadFolder["store"],
  id: string,
): Promise<Omit<Summary, "model">> {
  const { schedules, steps, activeMs, schedulesPerSecond, endedBy, state } = stats;
  // Without findings tallies are short, and say whether a limit was reached, which no page may leave out.
  const tally = stats.findings * stats.shards > ROWS_MAX ? null : await wholeTally(store, id);
  const drawn = tally === null ? {} : await drawnBy(program, tally, Number(stats.options.maxSteps));
  const ratesBy = tally === null ? () => undefined : ratesOf(program, tally);
  const running = state === "running" ? ["the campaign is running: this is how it stood"] : [];
  const stopped = state === "stopped" ? ["the campaign was stopped without an end"] : [];
  const crashed =
    stats.crashed === 0 ? [] : [`${stats.crashed} shards could not be run, and count for nothing`];
  return {
    schema: 1,
    version: stats.version,
    command: "report",
    options: stats.options,
    verdict: campaignVerdict(stats, tally),
    schedules,
    steps,
    elapsedMs: activeMs,
    schedulesPerSecond,
    stepsPerSecond: Math.round((steps * 1000) / Math.max(1, activeMs)),
    findings: findings.map((finding) => ({ ...finding, byStrategy: ratesBy(finding.key) })),
    ...drawn,
    series: await store.series(id),
    endedBy: endedBy ?? "",
    notes: [
      ...running,
      ...stopped,
      ...crashed,
      ...(tally === null ? [...program.symbols.notes, TALLIES_LEFT_OUT] : runNotes(program, tally)),
      ...notes,
    ],
  };
}

/** Who drew the schedules, and what a sample of them covered. */
async function drawnBy(
  program: Program,
  tally: RawTally,
  stepsMax: number,
): Promise<Pick<Summary, "strategies" | "coverage">> {
  const coverage = coverageOf(program, tally);
  const strategies = sharesOf(program, startEngine(await loadEngine(), program), tally, stepsMax);
  return {
    ...(strategies === undefined ? {} : { strategies }),
    ...(coverage === null ? {} : { coverage }),
  };
}

async function wholeTally(store: ReadFolder["store"], id: string): Promise<RawTally> {
  let whole = emptyTally;
  for await (const { tally } of store.tallies(id)) whole = mergeTallies(whole, tally);
  return whole;
}

/** As fuzz has it; and what runs still, was killed, or has shards that count for nothing is no pass. */
function campaignVerdict(stats: CampaignStats, tally: RawTally | null): Verdict {
  const { findings, crashed, budgets } = stats;
  if (findings > 0) return "violations";
  const endedBy = crashed > 0 ? null : (stats.endedBy as EndedBy | null);
  return verdictOf(budgets, { tally: tally ?? emptyTally, endedBy: endedBy ?? "interrupted" }, findings);
}

function listedOf(
  folder: string,
  { id, title, count, first }: StoredFinding,
  { schedules }: Pick<Summary, "schedules">,
): ListedFinding {
  const perMillion = schedules === 0 ? 0 : (count * 1e6) / schedules;
  return { title, count, perMillion, first, token: keptTokens(folder, id)?.scheduleToken ?? "" };
}
