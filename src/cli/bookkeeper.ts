// What a worker writes down about itself while it works on a campaign in a database: its session, and now and
// then a row of the series for all workers together.

import { version } from "../base/paths.ts";
import { isConflict, isTransient } from "../campaign/store/postgres.ts";
import type { CampaignDatabase } from "./database.ts";

export interface Books {
  /** Now and then; nothing is lost where the database is away. */
  keep(endedBy: string | null): Promise<void>;
  close(endedBy: string): Promise<void>;
}

const KEEP_MS = 5000;

export async function bookkeeper(
  { store, database }: CampaignDatabase,
  id: string,
  worker: string,
): Promise<Books> {
  // The server's clock, so that workers whose clocks differ write one series.
  const offset = (await database.now()) - Date.now();
  const now = (): number => Math.round(Date.now() + offset);
  const started = now();
  const session = await begin();
  const began = (await store.sessions(id))[0]?.started ?? started;
  let kept = Number.NEGATIVE_INFINITY;

  /** Two that begin at once want the same number: one of them takes the next. */
  async function begin(): Promise<number> {
    for (;;) {
      try {
        return await store.beginSession(id, { worker, version, started });
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  async function write(endedBy: string | null): Promise<void> {
    const last = now();
    const activeMs = last - started;
    const { schedules, steps, bugs } = await store.totals(id);
    // One row for all workers: whoever comes first in a slot of KEEP_MS.
    const t_active_ms = Math.floor((last - began) / KEEP_MS) * KEEP_MS;
    const { rss } = process.memoryUsage();
    const measured = { schedules, steps, findings: bugs, distinct: null, unseen: null, rss };
    await store.checkpoint(id, {
      session: { session, activeMs, newMs: 0, last, endedBy },
      series: { session, t_active_ms, at: last, ...measured },
    });
  }

  async function keep(endedBy: string | null): Promise<void> {
    if (endedBy === null && performance.now() - kept < KEEP_MS) return;
    kept = performance.now();
    try {
      await write(endedBy);
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }
  return { keep, close: keep };
}
