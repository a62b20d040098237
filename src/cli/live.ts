// What the live view shows of a campaign's folder, read anew each time it is asked for: the folder may go and
// come back, the campaign in it may end. Knows nothing of HTTP.

import { openToRead, type ReadFolder } from "../campaign/store/folder.ts";
import { type CampaignStats, readStats } from "../campaign/store/stats.ts";
import type { StoredFinding } from "../campaign/store/store.ts";
import type { SeriesPoint } from "../campaign/summary.ts";
import { chartsOf } from "../report/html/campaign.ts";
import { chartParts } from "../report/html/charts.ts";
import { type PageAssets, renderPage } from "../report/html/page.ts";
import { grouped, si } from "../report/text.ts";
import { CampaignPage, pageSubject } from "./campaign-page.ts";
import { ago } from "./screen.ts";

/** Findings that /api/findings gives. */
const FINDINGS_MAX = 10_000;

/** A class because what was told of a campaign once is remembered. */
export class Live {
  readonly #folder: string;
  readonly #assets: PageAssets;
  #page: { readonly id: string; readonly page: CampaignPage } | null = null;
  /** Pages are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, assets: PageAssets) {
    this.#folder = folder;
    this.#assets = assets;
  }

  stats(): Promise<CampaignStats> {
    return this.#read(async ({ store, campaign, writer }) => readStats(store, campaign, await writer()));
  }

  findings(): Promise<StoredFinding[]> {
    return this.#read(({ store, campaign }) => store.findings(campaign.id, FINDINGS_MAX));
  }

  series(): Promise<readonly SeriesPoint[]> {
    return this.#read(({ store, campaign }) => store.series(campaign.id));
  }

  /** For the page that is open: its line of numbers, and the curves as they are now. */
  async news(): Promise<object> {
    const [stats, series] = [await this.stats(), await this.series()];
    const charts = chartsOf(series).map((chart) => {
      const { paths, labels } = chartParts(chart);
      return { key: chart.key, paths, labels };
    });
    return { text: newsText(stats), findings: stats.findings, charts };
  }

  html(): Promise<string> {
    const mine = this.#last.then(() => this.#read((opened) => this.#render(opened)));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #render(opened: ReadFolder): Promise<string> {
    const { store, campaign, writer } = opened;
    if (this.#page?.id !== campaign.id) {
      this.#page = { id: campaign.id, page: new CampaignPage(await pageSubject(opened)) };
    }
    const stats = await readStats(store, campaign, await writer());
    const page = await this.#page.page.page(opened);
    return renderPage({ ...page, live: { text: newsText(stats), findings: stats.findings } }, this.#assets);
  }

  async #read<T>(work: (opened: ReadFolder) => Promise<T>): Promise<T> {
    const opened = await openToRead(this.#folder);
    try {
      return await work(opened);
    } finally {
      await opened.store.close();
    }
  }
}

function newsText(stats: CampaignStats): string {
  const { state, schedules, activeMs, bugs, quietMs } = stats;
  const rate = state === "running" ? `, ${si(stats.recentSchedulesPerSecond)} a second now` : "";
  const found = bugs === 0 ? "no finding" : `${grouped(bugs)} found, the last new one ${ago(quietMs)} ago`;
  const how = state === "ended" ? `ended (${stats.endedBy})` : state;
  const subject = how === "running" ? "The campaign runs" : `The campaign has ${how}`;
  return `${subject}: ${grouped(schedules)} schedules in ${ago(activeMs)}${rate}; ${found}.`;
}
