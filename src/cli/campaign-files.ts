// The files of a campaign's folder that people read: stats.json, series.ndjson, a folder for each finding,
// and the tokens of all in one file for a repository. The database has it all; these are written from it
// while the campaign runs and once more at its end, when there is time to minimise.

import { join } from "node:path";
import { version } from "../base/paths.ts";
import { explainFindings } from "../campaign/findings.ts";
import { regressionLine } from "../campaign/regressions.ts";
import { LinesFile, makeFolderFor, replaceFile } from "../campaign/store/files.ts";
import type { WrittenFolder } from "../campaign/store/folder.ts";
import { findingId } from "../campaign/store/record.ts";
import type { Checkpointed } from "../campaign/store/recorder.ts";
import { readStats } from "../campaign/store/stats.ts";
import type { StoredCampaign } from "../campaign/store/store.ts";
import type { Finding, Summary } from "../campaign/summary.ts";
import type { Engine } from "../engine/engine.ts";
import { type LanesCode, LanesEngine } from "../engine/lanes.ts";
import type { Program } from "../model/program.ts";
import { renderFindingMail } from "../report/mail.ts";
import { clean } from "../report/text.ts";
import { type FuzzPlan, fuzzedSummary } from "./fuzz.ts";
import { drawnByLanes } from "./lanes.ts";

const STATS_MS = 5000;
/** Findings that are explained while the campaign runs; more are at its end. */
const EXPLAINED_MAX = 50;
/** Machine steps for minimising while workers wait for this thread: some ten milliseconds. */
const MINIMISE_STEPS_MEANWHILE = 200_000;
/** Folders of findings: a campaign with more of them has a model that is wrong. */
const FOLDERS_MAX = 1000;

interface Means {
  readonly opened: WrittenFolder;
  readonly campaign: StoredCampaign;
  readonly program: Program;
  readonly plan: FuzzPlan;
  /** In this thread, with the program loaded. */
  readonly engine: Engine;
}

export class CampaignFiles {
  /** For findings that lanes drew. */
  lanes: Promise<LanesCode> | null = null;
  readonly #means: Means;
  readonly #series: LinesFile;
  readonly #explained = new Map<string, Finding>();
  #statsAt = Number.NEGATIVE_INFINITY;

  constructor(means: Means) {
    this.#means = means;
    this.#series = new LinesFile(join(means.opened.folder, "series.ndjson"));
  }

  async begin(session: number): Promise<void> {
    const { campaign, opened } = this.#means;
    const { spec, id, hash } = campaign;
    this.#series.append({ schema: 1, session, at: Date.now(), version, campaign: id });
    replaceFile(
      join(opened.folder, "campaign.json"),
      `${JSON.stringify({ schema: 1, campaign: id, hash, created: campaign.created, spec }, null, 2)}\n`,
    );
    await this.#stats();
  }

  async checkpoint({ series, progress, endedBy }: Checkpointed): Promise<void> {
    if (series !== null) this.#series.append(series);
    const fresh = progress.findings.some(({ key }) => !this.#explained.has(key));
    // At the end all of them are, with more time.
    if (fresh && endedBy === null && this.#explained.size < EXPLAINED_MAX) await this.#explainNew(progress);
    if (performance.now() - this.#statsAt >= STATS_MS || endedBy !== null) await this.#stats();
  }

  /** Everything that the campaign has found, as it is reported. */
  finish(summary: Summary): void {
    for (const finding of summary.findings.slice(0, FOLDERS_MAX)) this.#writeFinding(summary, finding);
    this.#writeTokens(summary);
  }

  close(): void {
    this.#series.close();
  }

  async #stats(): Promise<void> {
    const { opened, campaign } = this.#means;
    const stats = await readStats(opened.store, campaign, await opened.writer());
    replaceFile(join(opened.folder, "stats.json"), `${JSON.stringify(stats, null, 2)}\n`);
    this.#statsAt = performance.now();
    await opened.touch();
  }

  async #explainNew({ tally, findings, activeMs }: Checkpointed["progress"]): Promise<void> {
    const { program, engine, plan } = this.#means;
    const fresh = findings.filter(({ key }) => !this.#explained.has(key)).slice(0, EXPLAINED_MAX);
    // Where lanes drew something they have been compiled.
    const drawn = drawnByLanes(fresh.map(({ raw }) => raw));
    if (drawn && this.lanes !== null) engine.attachLanes(new LanesEngine(await this.lanes));
    const keys = new Set(fresh.map(({ key }) => key));
    const explained = explainFindings(program, engine, plan.draw, tally, {
      budgetAll: MINIMISE_STEPS_MEANWHILE,
      only: keys,
    });
    for (const finding of explained) this.#explained.set(finding.key, finding);
    const campaign = { tally, endedBy: "time", elapsedMs: activeMs } as const;
    const all = [...this.#explained.values()];
    const summary = fuzzedSummary(
      { program },
      plan,
      { campaign, findings: all, missed: null, notes: [] },
      "fuzz",
    );
    for (const finding of explained) this.#writeFinding(summary, finding);
    this.#writeTokens(summary);
  }

  /** findings/ID/{report.txt,token,trace.json} */
  #writeFinding(summary: Summary, finding: Finding): void {
    const folder = join(this.#means.opened.folder, "findings", findingId(finding.key));
    makeFolderFor(join(folder, "token"));
    const { trace, ...rest } = finding;
    replaceFile(join(folder, "report.txt"), `${renderFindingMail(summary, finding)}\n`);
    replaceFile(join(folder, "token"), `${finding.scheduleToken}\n${finding.token}\n`);
    replaceFile(
      join(folder, "trace.json"),
      `${JSON.stringify({ schema: 1, finding: rest, trace }, null, 1)}\n`,
    );
  }

  /** For a repository: repro --file runs it. */
  #writeTokens(summary: Summary): void {
    const lines = [
      "# Tokens of a campaign's findings, for: raceproof repro --file regressions.txt",
      "# A line is what follows `raceproof repro`; exit code 1: a token still shows a violation.",
    ];
    for (const finding of summary.findings.slice(0, FOLDERS_MAX)) {
      const text = regressionLine(summary.model, finding.scheduleToken);
      lines.push("", `# ${clean(finding.title)}`, text);
    }
    replaceFile(join(this.#means.opened.folder, "regressions.txt"), `${lines.join("\n")}\n`);
  }
}
