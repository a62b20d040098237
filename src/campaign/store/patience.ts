// Waiting: for a database that is away, for the next turn of a loop.

import { isTransient, type Postgres, reasonOf } from "./postgres.ts";
import { StoreError } from "./store.ts";

const BACKOFF_FIRST_MS = 250;
const BACKOFF_LAST_MS = 15_000;

export interface Patience {
  /** So long without the database, and it is given up, milliseconds. */
  readonly outageMs: number;
  readonly signal: AbortSignal;
  /** An outage begins, or is over. */
  readonly onOutage: (reason: string | null) => void;
}

/**
 * Does `action` again, with growing pauses, while the database is away; it must be one that may be done
 * twice.
 */
export async function patiently<Result>(
  database: Pick<Postgres, "place">,
  { outageMs, signal, onOutage }: Patience,
  action: () => Promise<Result>,
): Promise<Result> {
  const since = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      const result = await action();
      if (tries > 0) onOutage(null);
      return result;
    } catch (error) {
      if (!isTransient(error) || signal.aborted) throw error;
      const { message } = reasonOf(error);
      if (performance.now() - since > outageMs) {
        throw new StoreError(
          `${database.place} has not answered for ${Math.round(outageMs / 1000)} s: ${message}`,
          "start the database, then the worker again: what is recorded stays, and nothing else is lost",
        );
      }
      if (tries === 0) onOutage(message);
      await pause(Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** tries), signal);
    }
  }
}

/**
 * What costs more with each row that there is, for a loop that asks for it at every turn: done again after
 * twenty times as long as it took; in between, what it said last.
 */
export function seldom<Result>(action: () => Promise<Result>, leastMs = 500): () => Promise<Result> {
  let known: { readonly result: Result; readonly until: number } | null = null;
  return async () => {
    const started = performance.now();
    if (known !== null && started < known.until) return known.result;
    const result = await action();
    const took = performance.now() - started;
    known = { result, until: started + took + Math.max(leastMs, 20 * took) };
    return result;
  };
}

/** Over early where the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
